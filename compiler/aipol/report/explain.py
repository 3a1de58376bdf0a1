"""Turns one ruling and its coverage into the chain from a policy line to artefacts and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.coverage import Gap, clauses_of
from aipol.diagnostics.quoting import printable
from aipol.ir import Because, Ruling
from aipol.report.gaps import OUT_OF_SIGHT, told_gaps
from aipol.report.words import account_words, clause_words, not_done, places, some, table
from aipol.target import EFFECT_CLAUSE, Coverage, Status
from aipol.vocabulary import Account, Effect, Situation, Surface

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer. `spots` are places in artefacts that a reader found to decide about the use."""

    asked: Asked
    ruling: Ruling
    other: Ruling | None
    """What holds for the other kind of account, where that is different."""
    records: tuple[Coverage, ...]
    gaps: tuple[Gap, ...]
    spots: Mapping[str, str]


def explanation(
    matrix: Matrix, asked: Asked, ruling: Ruling, other: Ruling | None, spots: Mapping[str, str]
) -> Explanation:
    """Collect what is known about one ruling."""
    records = tuple(
        record
        for clause in clauses_of(ruling)
        for record in matrix.by_clause.get((ruling.id, clause), ())
    )
    gaps = tuple(gap for gap in told_gaps(matrix) if gap.ruling.id == ruling.id)
    return Explanation(asked, ruling, other, records, gaps, spots)


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
        "effect": ruling.effect.value,
        "rule": ruling.decided_by.id,
        "file": span.file,
        "line": span.line,
        "obligations": dict(ruling.obligations.items()),
        "audience": str(ruling.audience),
        "redirect_to": ruling.redirect_to,
        "message": ruling.message,
        "because": [_because_json(because) for because in ruling.because],
        "other_account": _other_json(found),
        "enforced_by": [
            entry
            for record in found.records
            if record.status.holds
            for entry in _record_json(found, record)
        ],
        "approximated": [
            {**entry, "differs": _differs(record)}
            for record in found.records
            if record.status in {Status.STRICTER, Status.LOOSER}
            for entry in _record_json(found, record)
        ],
        "gaps": [_gap_json(gap) for gap in found.gaps],
    }


def _gap_json(gap: Gap) -> dict[str, Any]:
    return {
        "situation": gap.situation.value,
        "clause": gap.clause,
        "reason": gap.reason.code,
        "text": gap.reason.text,
        "advice": gap.reason.advice,
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
            "locator": found.spots.get(artifact, ""),
            "clause": record.clause,
            "situations": [situation.value for situation in record.situations],
            "exactness": _EXACTNESS[record.status],
            "reason": record.reason.code if record.reason else "",
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
    asked, ruling = found.asked, found.ruling
    who = " and ".join(asked.groups) if asked.groups else "nobody's group"
    yield (
        f"{asked.name} ({asked.app}), {asked.surface}, for someone in {who}"
        f"{account_words(asked.account)}: {ruling.effect.upper()}"
    )
    for name, value in ruling.obligations.items():
        yield f"  provided that {name}{'' if value == 'true' else f': {value}'}"
    if ruling.tenants:
        yield f"  in the organisation's own: {', '.join(ruling.tenants)}"
    if ruling.message:
        yield f"  they read: {ruling.message}"
    if ruling.redirect_to:
        yield f"  instead: {ruling.redirect_to}"
    if found.other is not None:
        other = found.other
        yield (
            f"  with a {other.account} account: {other.effect.upper()} "
            f"({other.decided_by.origin} `{other.decided_by.id}`, "
            f"{other.decided_by.span.file}:{other.decided_by.span.line})"
        )
    yield ""
    yield from _why(ruling, sources)
    yield ""
    yield from _by(found)
    yield from _open(found)


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
    ruling = found.ruling
    allowed = ruling.effect is Effect.ALLOW
    rows: list[tuple[str, ...]] = []
    for record in found.records:
        if record.status not in _EXACTNESS or (
            record.clause == EFFECT_CLAUSE and allowed and record.status is Status.ENFORCED
        ):
            continue
        exactness = _EXACTNESS[record.status]
        note = exactness if exactness == "exact" else f"{exactness}: {_reason(record)}"
        what = clause_words(ruling, record.clause)
        rows.append((what, record.target, places(record.situations), note))
    yield "Enforced by" if rows else "Enforced by nothing"
    yield from (f"  {line}" for line in table(rows))
    if allowed:
        through = sorted({r.target for r in found.records if _lets_through(r)})
        yield f"  let through by {', '.join(through)}" if through else "  let through by nothing"
    artifacts = sorted({name for r in found.records if r.status.holds for name in r.artifacts})
    if artifacts:
        yield "  in"
        yield from (f"    {_spot(found, name)}" for name in artifacts[:_MOST_ARTIFACTS])
        if len(artifacts) > _MOST_ARTIFACTS:
            yield f"    and {len(artifacts) - _MOST_ARTIFACTS} more; --format json has all"


_MOST_ARTIFACTS = 12


def _spot(found: Explanation, artifact: str) -> str:
    place = found.spots.get(artifact, "")
    return f"{artifact} ({place})" if place else artifact


def _lets_through(record: Coverage) -> bool:
    return record.clause == EFFECT_CLAUSE and record.status in {Status.ENFORCED, Status.LOOSER}


def _reason(record: Coverage) -> str:
    values = sorted({d.value for d in record.deviations if d.value != "*"})
    text = record.reason.text if record.reason else ""
    return f"{text} ({some(values, 2)})" if values else text


def _open(found: Explanation) -> Iterator[str]:
    if not found.gaps:
        return
    yield ""
    yield "Not enforced"
    folded: dict[tuple[str, str, str], list[Situation]] = {}
    for gap in found.gaps:
        what = not_done(gap.ruling, gap.clause)
        folded.setdefault((what, gap.reason.text, gap.reason.advice), []).append(gap.situation)
    for (what, text, advice), situations in folded.items():
        where = places(situations)
        yield f"  {where}: {what}: {text}"
        if advice and set(situations) != {OUT_OF_SIGHT}:
            yield f"    {printable(advice)}"
