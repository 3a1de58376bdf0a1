"""Turns the raw rows of an app or a file into what is wrong with each, wherever they are written.

The lint holds the shipped files to it and a policy's overlays are held to it: the form of a row may
differ between the two, for an organisation has sources of its own, and what a row must say may not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from aipol.catalogue import forms, rules, signing
from aipol.catalogue.hosts import is_public_suffix
from aipol.catalogue.identity import Row, identity
from aipol.catalogue.model import Match
from aipol.catalogue.rules import Shape
from aipol.catalogue.source import Kind, is_one, parse
from aipol.catalogue.tree import Complaint, Where, is_list, is_mapping
from aipol.language.hosts import HostError, canonical_host
from aipol.language.words import clip

Form = Callable[[Shape, Where, Any], Iterator[Complaint]]
"""What is wrong with the keys of a row and with what each holds."""


def shipped_form(shape: Shape, where: Where, row: Any) -> Iterator[Complaint]:
    """The form of what ships: the table as it is."""
    for key, message in shape.faults(row):
        yield Complaint(where if key is None else (*where, key), message)


def entry_faults(where: Where, entry: Row, form: Form = shipped_form) -> Iterator[Complaint]:
    """What is wrong with the sections of one app."""
    for section, shape in rules.ROWS.items():
        if section in entry:
            yield from rows_faults(shape, (*where, section), entry[section], form, section)
    yield from _product_codes(where, entry)
    features = entry.get("features")
    # What is no list at all is told with the entry's keys.
    for number, name in enumerate(features if is_list(features) else ()):
        if message := rules.feature(name):
            yield Complaint((*where, "features", number), message)
    if "tenant_restriction" in entry:
        place, row = (*where, "tenant_restriction"), entry["tenant_restriction"]
        yield from row_faults(rules.RESTRICTION, place, row, form)
        if is_mapping(row):
            yield from rows_faults(rules.HOST_MATCH, (*place, "hosts"), row.get("hosts"), form)


def _product_codes(where: Where, entry: Row) -> Iterator[Complaint]:
    """Where no installer made up the key that lists a program, it is called after the program."""
    rows = entry.get("windows")
    for number, row in enumerate(rows if is_list(rows) else ()):
        value = row.get("value") if is_mapping(row) and row.get("kind") == "product_code" else None
        if not isinstance(value, str) or forms.is_made_up(value):
            continue
        if not forms.names_app(value, where[-1], entry.get("name", ""), entry.get("vendor", "")):
            why = f"`{value}` is not a product code: a GUID, or a key called after this app"
            yield Complaint((*where, "windows", number, "value"), why)


def recognisable(entry: Row) -> bool:
    """Whether anything of an app can be recognised on a device or a network."""
    return bool(entry.keys() & {*rules.ROWS, "features", "edition_of"})


def rows_faults(
    shape: Shape, where: Where, rows: Any, form: Form = shipped_form, section: str = ""
) -> Iterator[Complaint]:
    """What is wrong with a list of rows of `shape`, which may be a section of an app."""
    if not is_list(rows) or not rows:
        yield Complaint(where, "must be a list, and not empty")
        return
    seen: set[tuple[str, ...]] = set()
    for number, row in enumerate(rows):
        place = (*where, number)
        faults = list(row_faults(shape, place, row, form, section))
        yield from faults
        if faults or not section:
            continue
        mine = identity(section, row)
        if mine in seen:
            yield Complaint(place, "the same row stands here twice")
        seen.add(mine)


def row_faults(
    shape: Shape, where: Where, row: Any, form: Form = shipped_form, section: str = ""
) -> Iterator[Complaint]:
    """What is wrong with one row by itself: its form, or else what it says."""
    faults = list(form(shape, where, row))
    yield from faults
    if faults:
        return
    if (wrong := rules.value_fault(section, row)) is not None:
        yield Complaint((*where, wrong[0]), wrong[1])
    yield from _host(where, row)
    yield from _shared(where, row)
    yield from _read_twice(where, row)


def _host(where: Where, row: Row) -> Iterator[Complaint]:
    key = "domain" if "domain" in row else "host"
    if key not in row:
        return
    # What `rules.host` lets through is written as it is compared, or is no host name at all.
    try:
        canonical_host(row[key])
    except HostError as error:
        yield Complaint((*where, key), f"`{clip(row[key])}` is not a host name: {error}")
        return
    if "domain" in row:
        yield from _suffix(where, row)


def _suffix(where: Where, row: Row) -> Iterator[Complaint]:
    """Nobody owns what anybody may register below, unless its owner keeps it to one product."""
    public = row["match"] != Match.EXACT and is_public_suffix(row["domain"])
    owned = bool(row.get("own_suffix"))
    if public and not (owned or row.get("shared")):
        why = f"`{row['domain']}` is a public suffix, below which anybody may register"
        hint = "say `shared: true`, or `own_suffix: true` where all below it is this app's"
        yield Complaint((*where, "domain"), why, hint)
    elif owned and not public:
        what = "is meant alone" if row["match"] == Match.EXACT else "is no public suffix"
        why = f"`{row['domain']}` {what}"
        yield Complaint((*where, "own_suffix"), why, "leave `own_suffix` out")


def _shared(where: Where, row: Row) -> Iterator[Complaint]:
    """What is spared because it is shared says for whose sake; of teams, `teams.yaml` says it."""
    if "domain" in row and row.get("serves") and not row.get("shared"):
        why = "`serves` says what else a shared host is for"
        yield Complaint((*where, "serves"), why, "say `shared: true` with it")
    word = "serves" if "domain" in row else "breaks"
    if row.get("shared") and not row.get(word) and row.get("kind") != "team_id":
        why = "`shared` does not say what a block would break"
        yield Complaint((*where, "shared"), why, f"add `{word}`")


def _read_twice(where: Where, row: Row) -> Iterator[Complaint]:
    """What a row must say of where it was read, besides its source and tier."""
    if "source" not in row:
        return
    if row.get("tier") == "C" and not row.get("also") and row.get("sources", 1) == 1:
        yield Complaint(where, "tier C takes a second source: `also:`, or `sources:` above 1")
    if "also" in row and is_one(row["source"], row["also"]):
        yield Complaint((*where, "also"), "`also` is the source itself, not a second one")


def public_code_faults(where: Where, row: Row) -> Iterator[Complaint]:
    """What is known from code without its repository is dated, and of the last tier.

    Any other words in parentheses are no repository; which of them can be believed, the register
    of sources says.
    """
    found, tier = parse(row["source"]), row.get("tier")
    if found is None or tier is None or found.kind is not Kind.PUBLIC_CODE:
        return
    if not row.get("seen"):
        yield Complaint(where, "`seen` is missing: nobody else says when it was read")
    if tier == "A" or (tier == "B" and found.repository is None):
        why = "a file known without its repository is tier C"
        yield Complaint((*where, "tier"), why, "name it in parentheses: `(owner/repository:path)`")


def requirement_faults(
    where: Where, rows: Iterable[Row], teams: Collection[str]
) -> Iterator[Complaint]:
    """The team of a designated requirement is one of the app's Team ids."""
    for number, row in enumerate(rows):
        accepted = signing.teams_of(row["value"]) if row["kind"] == "requirement" else ()
        if accepted and not any(team in teams for team in accepted):
            found = " or ".join(f"`{team}`" for team in accepted)
            why = f"the requirement is of team {found}, which is no `team_id` of the app"
            yield Complaint((*where, number, "value"), why)


def teams_of(rows: Iterable[Row]) -> frozenset[str]:
    """The Team ids among an app's rows."""
    return frozenset(row["value"] for row in rows if row["kind"] == "team_id")


def team_faults(where: Where, rows: Iterable[Row], known: Collection[str]) -> Iterator[Complaint]:
    """A team is shared where `teams.yaml` says what else it signs, and nowhere else."""
    for number, row in enumerate(rows):
        if row["kind"] != "team_id" or bool(row.get("shared")) == (row["value"] in known):
            continue
        place = (*where, number, "shared")
        if row["value"] in known:
            why = f"`{row['value']}` signs more than AI apps, as teams.yaml says"
            yield Complaint(place, why, "say `shared: true`")
        else:
            why = f"`{row['value']}` is shared, and teams.yaml does not say what else it signs"
            yield Complaint(place, why, "say it there, or leave `shared` out")
