"""Tells for each host of an app how each target says it to one person, as its files are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from aipol.domains import Intent
from aipol.expressed import Expressed, expressed, names_of, worst
from aipol.report.words import count, folded, listed
from aipol.sites import at_site
from aipol.target import EFFECT_CLAUSE, EXCEPTED, Deviation, Kind, Question, Status
from aipol.verify.reference import HostReference
from aipol.vocabulary import Effect

if TYPE_CHECKING:
    from aipol.audience import Person
    from aipol.ir import Ir, Ruling
    from aipol.pipeline import Run
    from aipol.target import Decider


@dataclass(frozen=True, slots=True)
class Entry:
    """One host pattern as one target says it; `client` is the enforcement path."""

    host: str
    intent: Intent
    target: str
    site: str
    client: str
    verdict: Expressed
    looser: bool
    """Whether what is wrong is let through, for an entry that is not exact."""
    reason: str = ""
    """The names of the reasons that the target gives for it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A target's files, read back; `ir` is the policy there as written, before any tightening."""

    run: Run
    decider: Decider
    ir: Ir


def entries_of(
    heard: Heard, who: tuple[Person, Ruling], identities: Iterable[frozenset[str]]
) -> Iterator[Entry]:
    """How a target says every host pattern that only the app's rules are about."""
    person, ruling = who
    run, decider, ir = heard.run, heard.decider, heard.ir
    wanted = partial(_wanted, ir, HostReference(ir), person)
    seats, (situation, *_) = tuple(identities), run.target.reach
    for claim in ir.apps[ruling.app].behind[ruling.surface]:
        if claim.shared:
            continue
        for client in decider.clients(Kind.HOST):

            def said(seat: frozenset[str], host: str, path: str = client) -> bool:
                asked = Question(Kind.HOST, host, seat, path, situation)
                return decider.decide(asked).effect is Effect.BLOCK

            found = [expressed(claim.host, claim.intent, wanted, partial(said, s)) for s in seats]
            place, verdict = (run.target.id, run.site, client), worst(found)
            blocked = wanted(names_of(claim.host, claim.intent)[0])
            looser = verdict is Expressed.NARROWED or (verdict is Expressed.IMPOSSIBLE and blocked)
            if found:
                entry = Entry(claim.host, claim.intent, *place, verdict, looser)
                yield replace(entry, reason=_reason(run, who, entry))


def _wanted(ir: Ir, reference: HostReference, person: Person, host: str) -> bool:
    return not ir.universe.contains(reference.allowed(host), person)


def _reason(run: Run, who: tuple[Person, Ruling], entry: Entry) -> str:
    """The names of the reasons that the target gives for it; nothing where it is exact.

    What is wrong below a host that one rule is about may be a fault against another's.
    """
    if entry.verdict is Expressed.EXACT:
        return ""
    person, ruling = who
    contains = run.ir.universe.contains
    records = [record for record in run.coverage if record.clause == EFFECT_CLAUSE]
    told = {
        each.reason.code
        for record in records
        for each in record.deviations
        if (each.value != "*" or record.ruling == ruling.id)
        and _is_about(each, entry)
        and contains(each.people, person)
    }
    own = (record.reason for record in records if record.ruling == ruling.id and record.reason)
    given = (reason.code for reason in own if not reason.absent)
    return ", ".join(sorted(told)) or next(given, "")


def _is_about(deviation: Deviation, entry: Entry) -> bool:
    """Whether it is about the entry's host or names below it, and goes the same way."""
    status = Status.LOOSER if entry.looser else Status.STRICTER
    place = deviation.value
    while place.startswith("*."):
        place = place.removeprefix("*.")
    # What is so below a name above it is so below it.
    within = place.endswith(f".{entry.host}") or entry.host.endswith(f".{place}")
    near = place in {"*", entry.host} or within
    client = deviation.client in {"*", entry.client}
    return client and deviation.status is status and (near or deviation.value == EXCEPTED)


# --- what is said of them -------------------------------------------------------------------------


def entries_json(entries: Iterable[Entry]) -> list[Mapping[str, Any]]:
    """Every entry of every target, for a program."""
    return [
        {
            "host": entry.host,
            "match": entry.intent.value,
            "target": entry.target,
            **({"site": entry.site} if entry.site else {}),
            "client": entry.client,
            "verdict": entry.verdict.value,
            "reason": entry.reason,
        }
        for entry in entries
    ]


def entries_text(entries: tuple[Entry, ...]) -> Iterator[str]:
    """Those that are not exact, and how many are."""
    if not entries:
        return
    yield "Hosts, as the files say them"
    others = [entry for entry in entries if entry.verdict is not Expressed.EXACT]
    rows = [
        (
            f"{entry.host} ({entry.intent})",
            _path(entry),
            entry.verdict.value,
            entry.reason,
        )
        for entry in others
    ]
    yield from listed(rows[:_MOST])
    if len(rows) > _MOST:
        yield f"  and {len(rows) - _MOST} more; --format json has all"
    exact = Counter(_path(entry) for entry in entries if entry.verdict is Expressed.EXACT)
    said = "; ".join(f"{path}: {number}" for path, number in exact.items())
    if said:
        yield from folded(f"  exact, of {count(len({e.host for e in entries}), 'host')}: {said}")


_MOST = 8


def _path(entry: Entry) -> str:
    named = entry.target if entry.target == entry.client else f"{entry.target}/{entry.client}"
    return at_site(named, entry.site)
