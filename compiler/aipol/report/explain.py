"""Turns one ruling and its coverage into the chain from a policy line to artefacts and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.coverage import Gap
from aipol.ir import Because, Ir, Ruling
from aipol.report.apps import collateral_cells, collateral_json
from aipol.report.entries import Entry
from aipol.report.entries_told import entries_json, entries_text
from aipol.report.open_ends import open_ends
from aipol.report.person import NETWORKS, Use, gaps_for, records_for
from aipol.report.reasons import Platforms, said
from aipol.report.words import (
    MOST_REASONS,
    account_words,
    clause_words,
    count,
    folded,
    listed,
    places,
    some,
)
from aipol.sites import at_site
from aipol.target import EFFECT_CLAUSE, Coverage, Status
from aipol.vocabulary import Account, Effect, Surface

if TYPE_CHECKING:
    from aipol.audience import Person
    from aipol.catalogue.collateral import Collateral
    from aipol.coverage import Matrix
    from aipol.source import Sources

SCHEMA = "aipol.explain/1"
_EXACTNESS = {Status.ENFORCED: "exact", Status.STRICTER: "stricter", Status.LOOSER: "looser"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: who does what."""

    app: str
    name: str
    surface: Surface
    account: Account
    groups: tuple[str, ...]
    site: str = ""
    """Where the person is, if that is asked; else it is about all sites."""
    source: str = ""
    """The address they come from, where that says who they are."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What readers found in the artefacts about the use.

    `spots` are the places that decide about it; `acting` the targets, with their sites, and devices
    where anything answers at least as strictly as the ruling.
    """

    spots: Mapping[str, str]
    acting: frozenset[tuple[str, str, str]]
    entries: tuple[Entry, ...] = ()
    """How each target says each host."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer. `records` and `gaps` are those of the person, not of everybody's."""

    asked: Asked
    ruling: Ruling
    other: Ruling | None
    """What holds for the other kind of account, where that is different."""
    records: tuple[Coverage, ...]
    gaps: tuple[Gap, ...]
    seen: Seen
    besides: tuple[Collateral, ...]
    """What a block would break besides, or spares because it would."""
    on_devices: frozenset[str]
    """The targets that sit on the device, where a person could be shown a message."""
    ir: Ir


def explanation(
    matrix: Matrix,
    platforms: Platforms,
    asked: Asked,
    who: tuple[Person, Ruling, Ruling | None],
    seen: Seen,
    *,
    besides: tuple[Collateral, ...],
) -> Explanation:
    """Collect what is known about one person's use; `who` is the person with both rulings."""
    person, ruling, other = who
    records = records_for(matrix, Use(person, asked.account, ruling), platforms)
    gaps = gaps_for(matrix, ruling, records, platforms)
    on_devices = frozenset(name for name, platform in platforms.items() if platform != NETWORKS)
    return Explanation(asked, ruling, other, records, gaps, seen, besides, on_devices, matrix.ir)


# --- for a program --------------------------------------------------------------------------------


def explanation_json(found: Explanation) -> dict[str, Any]:
    """Everything, for a program."""
    ruling, span = found.ruling, found.ruling.decided_by.span
    return {
        "schema": SCHEMA,
        "app": found.asked.app,
        "surface": found.asked.surface.value,
        "account": found.asked.account.value,
        "groups": list(found.asked.groups),
        **({"site": found.asked.site} if found.asked.site else {}),
        **({"source": found.asked.source} if found.asked.source else {}),
        "effect": ruling.effect.value,
        "rule": ruling.decided_by.id,
        "file": span.file,
        "line": span.line,
        "obligations": dict(ruling.obligations.items()),
        "addresses": _addresses(found),
        "audience": str(ruling.audience),
        "redirect_to": ruling.redirect_to,
        "message": ruling.message,
        "because": [_because_json(because) for because in ruling.because],
        "other_account": _other_json(found),
        "enforced_by": [
            entry
            for record in found.records
            if record.carried_out
            for entry in _record_json(found, record)
        ],
        "approximated": [
            {**entry, "differs": _differs(record)}
            for record in found.records
            if record.status in {Status.STRICTER, Status.LOOSER}
            for entry in _record_json(found, record)
        ],
        "gaps": [_gap_json(gap) for gap in found.gaps],
        "hosts": entries_json(found.seen.entries),
        "collateral": [collateral_json(each) for each in found.besides],
    }


def _gap_json(gap: Gap) -> dict[str, Any]:
    return {
        "situation": gap.situation.value,
        "clause": gap.clause,
        "reason": gap.reason.code,
        "text": gap.reason.text,
        "advice": gap.reason.advice,
        **({"sites": list(gap.sites)} if gap.sites else {}),
    }


def _because_json(because: Because) -> dict[str, Any]:
    return {
        "origin": because.origin.value,
        "id": because.id,
        "file": because.span.file,
        "line": because.span.line,
        "note": because.note,
    }


def _other_json(found: Explanation) -> dict[str, Any] | None:
    other = found.other
    if other is None:
        return None
    return {
        "account": other.account.value,
        "effect": other.effect.value,
        "rule": other.decided_by.id,
        "file": other.decided_by.span.file,
        "line": other.decided_by.span.line,
        "obligations": dict(other.obligations.items()),
    }


def _record_json(found: Explanation, record: Coverage) -> Iterator[dict[str, Any]]:
    for artifact in record.artifacts or ("",):
        yield {
            "target": record.target,
            "artifact": artifact,
            "locator": found.seen.spots.get(artifact, ""),
            "clause": record.clause,
            "situations": [situation.value for situation in record.situations],
            "exactness": _EXACTNESS[record.status],
            "reason": record.reason.code if record.reason else "",
            **({"site": record.site} if record.site else {}),
        }


def _differs(record: Coverage) -> list[str]:
    return sorted(
        {
            f"{deviation.value}: {deviation.reason.text} ({deviation.status})"
            for deviation in record.deviations
        }
    )


# --- for a person ---------------------------------------------------------------------------------


def explanation_text(found: Explanation, sources: Sources) -> Iterator[str]:
    """Who does what, what happens, why, by what, and where it does not."""
    for line in _head(found):
        yield from folded(line)
    yield ""
    for line in _why(found.ruling, sources):
        yield from folded(line)
    yield ""
    yield from _by(found)
    for line in open_ends(found.gaps):
        yield from folded(line)
    if found.seen.entries:
        yield ""
        yield from entries_text(found.seen.entries)
    if found.ruling.direct is Effect.BLOCK and found.besides:
        yield ""
        yield "What the block reaches besides"
        rows = [collateral_cells(each) for each in found.besides]
        yield from listed(rows[:_MOST_BESIDES])
        if len(rows) > _MOST_BESIDES:
            rest = len(rows) - _MOST_BESIDES
            yield f"  and {rest} more; --format json has all"


_MOST_BESIDES = 5


def _head(found: Explanation) -> Iterator[str]:
    asked, ruling = found.asked, found.ruling
    who = " and ".join(asked.groups) if asked.groups else "nobody's group"
    yield (
        f"{asked.name} ({asked.app}), {asked.surface}, for someone in {who}"
        f"{account_words(asked.account)}: {ruling.effect.upper()}"
    )
    if asked.site or asked.source:
        yield f"  {at_site(asked.source or 'sitting', asked.site)}"
    for address in _addresses(found):
        yield f"  at {address}"
    for name, value in ruling.obligations.items():
        yield f"  provided that {name}{'' if value == 'true' else f': {value}'}"
    if ruling.tenants:
        yield f"  in the organisation's own: {', '.join(ruling.tenants)}"
    if ruling.message:
        yield f"  {_message(found)}: {ruling.message}"
    if ruling.redirect_to:
        yield f"  instead: {ruling.redirect_to}"
    if found.other is not None:
        other = found.other
        yield (
            f"  with a {other.account} account: {other.effect.upper()} "
            f"({other.decided_by.origin} `{other.decided_by.id}`, "
            f"{other.decided_by.span.file}:{other.decided_by.span.line})"
        )


def _addresses(found: Explanation) -> list[str]:
    """Where the app is a part of a site, as far as the surface is there."""
    claims = found.ir.apps[found.ruling.app].behind[found.ruling.surface]
    return [claim.named for claim in claims if claim.address]


def _message(found: Explanation) -> str:
    """What a rule's message is: a network answers without a word, some of a device's means too."""
    acting = (r.target for r in found.records if _title(found, r) not in {"", _THROUGH})
    if found.on_devices.isdisjoint(acting):
        return "message, which nothing that acts here shows to anybody"
    return "message, where the device can show one"


def _why(ruling: Ruling, sources: Sources) -> Iterator[str]:
    yield "Because"
    for because in ruling.because:
        place = f"{because.span.file}:{because.span.line}"
        note = f": {because.note}" if because.note else ""
        yield f"  {place}  {because.origin} `{because.id}`{note}"
        line = sources.line(because.span)
        if line:
            yield f"    | {line.strip()}"
    yield f"  which is for {ruling.audience}"


def _by(found: Explanation) -> Iterator[str]:
    sections: dict[str, list[tuple[str, ...]]] = {title: [] for title in _TITLES}
    through: set[str] = set()
    for record in found.records:
        title = _title(found, record)
        if title == _THROUGH and found.ruling.effect is Effect.ALLOW:
            through.add(at_site(record.target, record.site))
        elif title:
            sections[title] += _rows(found, record)
    if not any(sections.values()) and not through:
        yield "Enforced by nothing"
        return
    for title, rows in sections.items():
        if rows:
            yield title
            yield from listed(rows)
    if through:
        yield from folded(f"{_THROUGH} {', '.join(sorted(through))}")
    yield from _files(found)


_WHOLE, _PARTLY, _THROUGH = "Enforced by", "Enforced in part by", "Let through by"
_STOPPED = "Blocked, although allowed, by"
_TITLES = (_WHOLE, _STOPPED, _PARTLY, _THROUGH)
_THOUGH = {
    Effect.WARN: "nothing warns, although the rule says warn",
    Effect.JUSTIFY: "nothing asks why, although the rule says justify",
    Effect.BLOCK: "nothing stops it, although the rule says block",
}


def _title(found: Explanation, record: Coverage) -> str:
    """Under which heading a record belongs, if any."""
    effect = found.ruling.effect
    if record.status not in _EXACTNESS:
        return ""
    if record.clause != EFFECT_CLAUSE:
        return _PARTLY if record.status is Status.LOOSER else _WHOLE
    if effect is Effect.ALLOW:
        return _STOPPED if record.status is Status.STRICTER else _THROUGH
    devices = {(record.target, record.site, each.device) for each in record.situations}
    if record.status is Status.LOOSER:
        return _PARTLY if devices & found.seen.acting else _THROUGH
    return _WHOLE


def _rows(found: Explanation, record: Coverage) -> Iterator[tuple[str, ...]]:
    """What a target does, then a row for each reason why that is not what the rule says."""
    ruling = found.ruling
    target = at_site(record.target, record.site)
    cells = (clause_words(ruling, record.clause), target, places(record.situations))
    notes = list(_notes(found, record))
    if _title(found, record) == _THROUGH and ruling.effect in _THOUGH:
        notes.insert(0, _THOUGH[ruling.effect])
    for number, note in enumerate(notes or [""]):
        yield (*(cells if not number else ("", "", "")), note)


def _notes(found: Explanation, record: Coverage) -> Iterator[str]:
    if record.status is Status.ENFORCED:
        if found.ruling.effect is not Effect.ALLOW or record.clause != EFFECT_CLAUSE:
            yield "exact"
        return
    every = said(found.ir, found.ruling, record)
    for each in every[:MOST_REASONS]:
        hosts = f" ({some(each.values, 2)})" if each.values else ""
        yield f"{_EXACTNESS[each.status]}: {each.reason.text}{hosts}"
    if len(every) > MOST_REASONS:
        yield f"and {count(len(every) - MOST_REASONS, 'other reason')}"


def _files(found: Explanation) -> Iterator[str]:
    """The artefacts that decide for this very person, and how many others carry out the ruling."""
    named = {name for record in found.records for name in record.artifacts}
    every = sorted({*named, *found.seen.spots})
    own = [name for name in every if name in found.seen.spots] or every
    if own:
        yield "In"
        for name in own[:_MOST_ARTIFACTS]:
            yield from folded(f"  {_spot(found, name)}")
    rest = len(every) - len(own[:_MOST_ARTIFACTS])
    if rest:
        yield f"  and {count(rest, 'other file')}; --format json has all"


_MOST_ARTIFACTS = 8


def _spot(found: Explanation, artifact: str) -> str:
    place = found.seen.spots.get(artifact, "")
    return f"{artifact} ({place})" if place else artifact
