"""Turns all files together into what is wrong between them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aipol.catalogue.identity import OF_VENDORS, SINGLE, identifiers, name_of
from aipol.catalogue.lint_dates import date_faults
from aipol.catalogue.lint_hosts import host_faults
from aipol.catalogue.lint_programs import program_faults
from aipol.catalogue.lint_restrictions import restriction_faults
from aipol.catalogue.lint_sources import source_faults
from aipol.catalogue.row_faults import requirement_faults, team_faults, teams_of
from aipol.catalogue.signing import signed_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aipol.catalogue.identity import Identity
    from aipol.catalogue.tree import Document, Fault, Where

Entry = tuple["Document", str, dict[str, Any]]
Held = tuple[str, "Document", "Where", dict[str, Any]]


def across(documents: dict[str, Document], files: list[Document]) -> tuple[Fault, ...]:
    """Faults between rows and files that are each well formed."""
    every = [
        (document, app_id, entry) for document in files for app_id, entry in document.value.items()
    ]
    return (
        *_ids(every),
        *_shared_identifiers(every),
        *_said_alike(every),
        *_signed_alike(every),
        *_teams_alike(documents, every),
        *_one_owner(every),
        *_requirements(every),
        *_known_ids(documents, every),
        *host_faults(documents, every),
        *restriction_faults(documents, every),
        *program_faults(documents, every),
        *source_faults(documents, every),
        *date_faults(documents),
    )


def _ids(every: Iterable[Entry]) -> Iterator[Fault]:
    first: dict[str, tuple[Document, dict[str, Any]]] = {}
    for document, app_id, entry in every:
        if app_id in first:
            yield document.fault(
                (app_id,), f"the app `{app_id}` is also in {first[app_id][0].file}"
            )
        first.setdefault(app_id, (document, entry))
    for document, app_id, entry in every:
        parent = entry.get("edition_of")
        if parent is not None and (parent not in first or "edition_of" in first[parent][1]):
            yield document.fault(
                (app_id, "edition_of"), f"`{parent}` is no app that can have editions"
            )


def _holders(every: Iterable[Entry]) -> dict[Identity, list[Held]]:
    holders: dict[Identity, list[Held]] = defaultdict(list)
    for document, app_id, entry in every:
        for section, number, row in identifiers(entry):
            holders[name_of(row)].append((app_id, document, (app_id, section, number), row))
    return holders


def _shared_identifiers(every: Iterable[Entry]) -> Iterator[Fault]:
    """A rule about one app must know that it hits another: equal identifiers name each other."""
    for (kind, _), found in _holders(every).items():
        # A team or a publisher is the vendor's, so it is always on several apps.
        names = () if kind in OF_VENDORS else sorted({app_id for app_id, *_ in found})
        for app_id, document, where, row in found:
            if not _tells(row.get("shared_with", ()), names, app_id):
                message = f"`shared_with` must be {_others(names, app_id)}"
                yield document.fault(where, f"{message}: the apps with the same {kind}")


def _said_alike(every: Iterable[Entry]) -> Iterator[Fault]:
    """What one app says of an identifier holds of it, whichever app or edition names it.

    What a signature breaks differs from one of its vendor's apps to the next; whether it is shared
    does not. Extensions and client ids have one owner, and hosts a rule of their own.
    """
    for (kind, _), found in _holders(every).items():
        for key in ("shared",) if kind in OF_VENDORS else ("shared", "breaks"):
            speaker, _, _, told = next((held for held in found if key in held[3]), found[0])
            for _, document, where, row in found:
                if row.get(key) != told.get(key):
                    message = f"`{key}` of `{row['value']}` is not the same for `{speaker}`"
                    yield document.fault((*where, key), message)


def _signed_alike(every: Iterable[Entry]) -> Iterator[Fault]:
    """A bundle is signed with its own id, so a signature is shared where the bundle is."""
    bundles: dict[str, tuple[str, bool]] = {}
    for _, app_id, entry in every:
        for row in entry.get("macos", ()):
            if row["kind"] == "bundle_id":
                bundles.setdefault(row["value"].casefold(), (app_id, bool(row.get("shared"))))
    for document, app_id, entry in every:
        for number, row in enumerate(entry.get("macos", ())):
            mine = bool(row.get("shared"))
            for signed in signed_as(row["kind"], row["value"]):
                owner, shared = bundles.get(signed.casefold(), (app_id, mine))
                if shared != mine:
                    message = f"`shared` of `{signed}` is not the same for the bundle of `{owner}`"
                    yield document.fault((app_id, "macos", number, "shared"), message)


def _teams_alike(documents: dict[str, Document], every: Iterable[Entry]) -> Iterator[Fault]:
    """A team is shared where `teams.yaml` says what else it signs, and nowhere else."""
    known = documents["teams"].value if "teams" in documents else {}
    for document, app_id, entry in every:
        yield from document.told(team_faults((app_id, "macos"), entry.get("macos", ()), known))


def _tells(told: Sequence[str], names: Sequence[str], app_id: str) -> bool:
    """Whether a row names all the others; without listing them, for there may be thousands."""
    wanted = len(names) - (1 if names else 0)
    return len(told) == wanted and (not told or {app_id, *told} == {*names})


def _others(names: Sequence[str], app_id: str) -> str:
    few = [name for name in names[: _FEW + 1] if name != app_id][:_FEW]
    more = len(names) - 1 - len(few)
    return f"{few} and {more:,} more" if more > 0 else str(few)


_FEW = 8


def _one_owner(every: Iterable[Entry]) -> Iterator[Fault]:
    """An extension or a client id is of one app: two that claim it contradict each other."""
    owners: dict[tuple[str, str], str] = {}
    for document, app_id, entry in every:
        for section, selector, key in SINGLE:
            for number, row in enumerate(entry.get(section, ())):
                owner = owners.setdefault((row[selector], row[key].casefold()), app_id)
                if owner != app_id:
                    where = (app_id, section, number, key)
                    yield document.fault(where, f"`{row[key]}` is already `{owner}`'s")


def _requirements(every: Iterable[Entry]) -> Iterator[Fault]:
    """The team of a designated requirement is one of the app's Team ids."""
    for document, app_id, entry in every:
        rows = entry.get("macos", ())
        yield from document.told(requirement_faults((app_id, "macos"), rows, teams_of(rows)))


def _known_ids(documents: dict[str, Document], every: Iterable[Entry]) -> Iterator[Fault]:
    """What `gaps.yaml` and `teams.yaml` speak of is in the catalogue."""
    apps = {app_id for _, app_id, _ in every}
    vendors = documents["vendors"].value
    if "gaps" in documents:
        gaps = documents["gaps"]
        for number, row in enumerate(gaps.value):
            if row["app"] not in apps:
                yield gaps.fault((number, "app"), f"the catalogue has no app `{row['app']}`")
    if "teams" in documents:
        teams = documents["teams"]
        for team, row in teams.value.items():
            if row["vendor"] not in vendors:
                message = f"`{row['vendor']}` is not in vendors.yaml"
                yield teams.fault((team, "vendor"), message)
