"""Turns a coverage matrix into rows for a program and a matrix for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from aipol.coverage import Gap, Matrix, PolicyGap, Row, clauses_of
from aipol.ir import Ruling
from aipol.report.gaps import (
    OUT_OF_SIGHT,
    by_reason,
    gap_count,
    shortfalls,
    within_reach,
)
from aipol.report.summary import (
    advice_words,
    mode_lines,
    policy_gaps_text,
    shortfall_words,
    told_gaps,
)
from aipol.report.words import (
    clause_words,
    count,
    folded,
    listed,
    markdown,
    markdown_row,
)
from aipol.target import EFFECT_CLAUSE, Coverage, PolicyCoverage, Status
from aipol.vocabulary import Effect, Situation

if TYPE_CHECKING:
    from aipol.pipeline import Build

SCHEMA = "aipol.coverage/1"
_HEADS = {
    Situation.MACOS_CORPORATE: "mac in",
    Situation.MACOS_ELSEWHERE: "mac out",
    Situation.WINDOWS_CORPORATE: "win in",
    Situation.WINDOWS_ELSEWHERE: "win out",
    Situation.UNMANAGED_CORPORATE: "other in",
    Situation.UNMANAGED_ELSEWHERE: "other out",
}
_LEGEND = (
    "all: every use the rule decides; 12/40: so many of them as written; none: not one",
    "part: none as written, some of them with losses; -: not found there",
    "in: on the organisation's network; out: anywhere else; other: unmanaged devices",
)
_MOST_SHORTFALLS = 20


# --- for a program --------------------------------------------------------------------------------


def coverage_json(build: Build, budget: int | None) -> Iterator[str]:
    """One row a line: there are many, and a reader may stream them."""
    matrix, gaps = build.matrix, told_gaps(build)
    head = {
        "schema": SCHEMA,
        "as_of": matrix.ir.as_of.isoformat(),
        "gap_count": gap_count(matrix),
        "gap_budget": budget,
        "totals": matrix.totals(),
        "reasons": _reasons(matrix, gaps),
        "policy_gaps": [_policy_gap(gap) for gap in matrix.policy_gaps],
        "policy_rows": [_policy_row(record) for record in matrix.policy],
    }
    text = json.dumps(head, indent=1, ensure_ascii=False)
    yield f"{text.removesuffix(chr(10) + '}')},\n"
    yield from _array("rows", (_row(row) for row in matrix.rows()))
    yield ",\n"
    yield from _array("gaps", (_gap(gap) for gap in gaps))
    yield "\n}\n"


def _policy_gap(gap: PolicyGap) -> dict[str, Any]:
    return {
        "clause": gap.clause.key,
        "value": gap.clause.value,
        "file": gap.clause.span.file,
        "line": gap.clause.span.line,
        "reason": gap.reason.code,
        "text": gap.reason.text,
        "advice": gap.reason.advice,
        "targets": list(gap.targets),
        **({"sites": list(gap.sites)} if gap.sites else {}),
    }


def _policy_row(record: PolicyCoverage) -> dict[str, Any]:
    return {
        "clause": record.clause.key,
        "value": record.clause.value,
        "target": record.target,
        "status": record.status.value,
        "reason": record.reason.code if record.reason else "",
        "leaves": list(record.leaves),
        "artifacts": list(record.artifacts),
        **({"site": record.site} if record.site else {}),
    }


def _array(name: str, entries: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f' "{name}": ['
    separator = "\n"
    for entry in entries:
        yield f"{separator}  {json.dumps(entry, ensure_ascii=False)}"
        separator = ",\n"
    yield "\n ]"


def _reasons(matrix: Matrix, gaps: tuple[Gap, ...]) -> dict[str, dict[str, str]]:
    given = [r.reason for records in matrix.records.values() for r in records if r.reason]
    found = {
        reason.code: {"text": reason.text, "advice": reason.advice}
        for reason in (*(gap.reason for gap in gaps), *given)
    }
    return dict(sorted(found.items()))


def _row(row: Row) -> dict[str, Any]:
    ruling, record = row.ruling, row.record
    return {
        "ruling": ruling.id,
        "app": ruling.app,
        "surface": ruling.surface.value,
        "account": ruling.account.value,
        "audience": str(ruling.audience),
        "effect": ruling.effect.value,
        "rule": ruling.decided_by.id,
        "file": ruling.decided_by.span.file,
        "line": ruling.decided_by.span.line,
        "clause": row.clause,
        "situation": row.situation.value,
        "target": record.target,
        "status": record.status.value,
        "reason": record.reason.code if record.reason else "",
        "artifacts": list(record.artifacts),
        **({"site": record.site} if record.site else {}),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "ruling": gap.ruling.id,
        "clause": gap.clause,
        "situation": gap.situation.value,
        "target": gap.target,
        "reason": gap.reason.code,
        "rule": gap.ruling.decided_by.id,
        "file": gap.ruling.decided_by.span.file,
        "line": gap.ruling.decided_by.span.line,
        **({"sites": list(gap.sites)} if gap.sites else {}),
    }


# --- for a person ---------------------------------------------------------------------------------


def coverage_text(build: Build, budget: int | None) -> Iterator[str]:
    """One row a rule and clause: how many of its uses are held in each situation."""
    matrix = build.matrix
    head = ("rule", "says", *_HEADS.values())
    rows = [head, *(tuple(cells) for cells in _cells(matrix))]
    yield from listed(rows, frozenset(range(2, len(head))), 0)
    yield ""
    yield from _LEGEND
    yield ""
    yield from policy_gaps_text(matrix)
    for line in mode_lines(build):
        yield from folded(line)
    yield _verdict(matrix, budget)
    near = within_reach(told_gaps(build))
    for reason in by_reason(near):
        uses = f"{count(reason.gaps, 'gap')}, {count(reason.apps, 'app')}"
        yield from folded(f"  {uses}: {reason.reason.text} ({reason.reason.code})")
    falls = shortfalls(near)
    if falls:
        yield ""
        yield "The most telling first"
    for fall in falls[:_MOST_SHORTFALLS]:
        yield from folded(f"  {fall.rule}: {shortfall_words(fall)}")
        yield from folded(f"    {advice_words(fall)}")
    if len(falls) > _MOST_SHORTFALLS:
        yield f"  and {len(falls) - _MOST_SHORTFALLS} more; --format json has all"


def _verdict(matrix: Matrix, budget: int | None) -> str:
    found = gap_count(matrix)
    far = len({gap.ruling.id for gap in matrix.gaps if gap.situation is OUT_OF_SIGHT})
    text = f"{count(found, 'gap')}, {far:,} of them on unmanaged devices off the network"
    return text if budget is None else f"{text}; the policy allows {budget:,}"


def coverage_markdown(build: Build, budget: int | None) -> Iterator[str]:
    """The same for a comment on a change."""
    matrix = build.matrix
    for line in mode_lines(build):
        yield markdown(line)
        yield ""
    yield _verdict(matrix, budget)
    yield ""
    yield markdown_row(("rule", "says", *_HEADS.values()))
    yield f"| --- | --- |{' ---: |' * len(_HEADS)}"
    yield from (markdown_row(cells) for cells in _cells(matrix))
    yield ""
    yield "| not enforced | why | what would help |"
    yield "| --- | --- | --- |"
    for fall in shortfalls(within_reach(told_gaps(build)))[:_MOST_SHORTFALLS]:
        yield markdown_row((shortfall_words(fall), fall.reason.text, fall.reason.advice))


def _cells(matrix: Matrix) -> Iterator[list[str]]:
    counts: dict[tuple[str, str], dict[Situation, list[_Grade]]] = {}
    for ruling in matrix.ir.rulings:
        for clause in clauses_of(ruling):
            if clause == EFFECT_CLAUSE and ruling.effect is Effect.ALLOW:
                continue
            key = (ruling.decided_by.id, clause_words(ruling, clause))
            table_ = counts.setdefault(key, {situation: [] for situation in Situation})
            for situation, grade in _held(matrix, ruling, clause).items():
                table_[situation].append(grade)
    order = {rule: position for position, rule in enumerate(_in_policy_order(matrix))}
    for (rule, words), table_ in sorted(counts.items(), key=lambda item: order[item[0][0]]):
        yield [rule, words, *(_share(table_[situation]) for situation in _HEADS)]


def _in_policy_order(matrix: Matrix) -> list[str]:
    spans = {ruling.decided_by.id: ruling.decided_by.span for ruling in matrix.ir.rulings}
    return sorted(spans, key=lambda rule: (spans[rule], rule == "default"))


class _Grade(IntEnum):
    """How far a use is held somewhere."""

    NOT = 0
    PARTLY = 1
    WHOLLY = 2


def _held(matrix: Matrix, ruling: Ruling, clause: str) -> Mapping[Situation, _Grade]:
    """How far anything holds the clause, in each situation in which the app exists.

    Of several sites, where it is held least.
    """
    records = matrix.by_clause.get((ruling.id, clause), ())
    held: dict[Situation, _Grade] = {}
    for site in tuple(matrix.ir.sites) or ("",):
        there = _held_by(ruling, [each for each in records if each.site in ("", site)])
        for situation, grade in there.items():
            held[situation] = min(held.get(situation, grade), grade)
    return held


def _held_by(ruling: Ruling, records: Iterable[Coverage]) -> Mapping[Situation, _Grade]:
    held: dict[Situation, _Grade] = {}
    elsewhere: set[Situation] = set()
    for record in records:
        if record.status is Status.NOT_APPLICABLE:
            elsewhere |= set(record.situations)
            continue
        grade = _grade(ruling, record)
        for situation in record.situations:
            held[situation] = max(held.get(situation, _Grade.NOT), grade)
    return {s: grade for s, grade in held.items() if grade or s not in elsewhere}


def _grade(ruling: Ruling, record: Coverage) -> _Grade:
    if record.status.holds:
        return _Grade.WHOLLY
    # What is let through without its warning is not warned of in part.
    silent = record.clause == EFFECT_CLAUSE and ruling.effect in {Effect.WARN, Effect.JUSTIFY}
    return _Grade.PARTLY if record.status is Status.LOOSER and not silent else _Grade.NOT


def _share(grades: list[_Grade]) -> str:
    if not grades:
        return "-"
    held = grades.count(_Grade.WHOLLY)
    if held == len(grades):
        return "all"
    if held:
        return f"{held}/{len(grades)}"
    return "part" if _Grade.PARTLY in grades else "none"
