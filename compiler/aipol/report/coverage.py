"""Turns a coverage matrix into rows for a program and a matrix for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aipol.coverage import Gap, Matrix, Row, clauses_of
from aipol.ir import Ruling
from aipol.report.gaps import (
    OUT_OF_SIGHT,
    Shortfall,
    by_reason,
    gap_count,
    shortfalls,
    told_gaps,
    within_reach,
)
from aipol.report.summary import shortfall_words
from aipol.report.words import clause_words, clipped, count, markdown_row, table
from aipol.target import EFFECT_CLAUSE, Status
from aipol.vocabulary import Effect, Situation

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
    "all: every use the rule decides; 12/40: so many of them; none: not one; -: not found there",
    "in: on the organisation's network; out: anywhere else; other: unmanaged devices",
)
_MOST_SHORTFALLS = 20


# --- for a program --------------------------------------------------------------------------------


def coverage_json(matrix: Matrix, budget: int | None) -> Iterator[str]:
    """One row a line: there are many, and a reader may stream them."""
    head = {
        "schema": SCHEMA,
        "as_of": matrix.ir.as_of.isoformat(),
        "gap_count": gap_count(matrix),
        "gap_budget": budget,
        "totals": matrix.totals(),
        "reasons": _reasons(matrix),
    }
    text = json.dumps(head, indent=1, ensure_ascii=False)
    yield f"{text.removesuffix(chr(10) + '}')},\n"
    yield from _array("rows", (_row(row) for row in matrix.rows()))
    yield ",\n"
    yield from _array("gaps", (_gap(gap) for gap in told_gaps(matrix)))
    yield "\n}\n"


def _array(name: str, entries: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f' "{name}": ['
    separator = "\n"
    for entry in entries:
        yield f"{separator}  {json.dumps(entry, ensure_ascii=False)}"
        separator = ",\n"
    yield "\n ]"


def _reasons(matrix: Matrix) -> dict[str, dict[str, str]]:
    found = {
        record.reason.code: {"text": record.reason.text, "advice": record.reason.advice}
        for records in matrix.records.values()
        for record in records
        if record.reason
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
    }


# --- for a person ---------------------------------------------------------------------------------


def coverage_text(matrix: Matrix, budget: int | None) -> Iterator[str]:
    """One row a rule and clause: how many of its uses are held in each situation."""
    head = ("rule", "says", *_HEADS.values())
    rows = [head, *(tuple(cells) for cells in _cells(matrix))]
    yield from table(rows, frozenset(range(2, len(head))))
    yield ""
    yield from _LEGEND
    yield ""
    yield _verdict(matrix, budget)
    near = within_reach(told_gaps(matrix))
    for reason in by_reason(near):
        uses = f"{count(reason.gaps, 'gap')}, {count(reason.apps, 'app')}"
        yield f"  {uses}: {reason.reason.text} ({reason.reason.code})"
    falls = shortfalls(near)
    if falls:
        yield ""
        yield "The most telling first"
    for fall in falls[:_MOST_SHORTFALLS]:
        yield from _shortfall(fall)
    if len(falls) > _MOST_SHORTFALLS:
        yield f"  and {len(falls) - _MOST_SHORTFALLS} more; --format json has all"


def _shortfall(fall: Shortfall) -> Iterator[str]:
    yield f"  {fall.rule}: {shortfall_words(fall)}"
    advice = f"; {fall.reason.advice}" if fall.reason.advice else ""
    yield f"    {fall.reason.text}{advice}"


def _verdict(matrix: Matrix, budget: int | None) -> str:
    found = gap_count(matrix)
    far = len({gap.ruling.id for gap in matrix.gaps if gap.situation is OUT_OF_SIGHT})
    text = f"{count(found, 'gap')}, {far:,} of them on unmanaged devices off the network"
    return text if budget is None else f"{text}; the policy allows {budget:,}"


def coverage_markdown(matrix: Matrix, budget: int | None) -> Iterator[str]:
    """The same for a comment on a change."""
    yield _verdict(matrix, budget)
    yield ""
    yield markdown_row(("rule", "says", *_HEADS.values()))
    yield f"| --- | --- |{' ---: |' * len(_HEADS)}"
    yield from (markdown_row(cells) for cells in _cells(matrix))
    yield ""
    yield "| not enforced | why | what would help |"
    yield "| --- | --- | --- |"
    for fall in shortfalls(within_reach(told_gaps(matrix)))[:_MOST_SHORTFALLS]:
        yield markdown_row((shortfall_words(fall), fall.reason.text, fall.reason.advice))


def _cells(matrix: Matrix) -> Iterator[list[str]]:
    counts: dict[tuple[str, str], dict[Situation, list[int]]] = {}
    for ruling in matrix.ir.rulings:
        for clause in clauses_of(ruling):
            if clause == EFFECT_CLAUSE and ruling.effect is Effect.ALLOW:
                continue
            key = (ruling.decided_by.id, clipped(clause_words(ruling, clause), 28))
            table_ = counts.setdefault(key, {situation: [0, 0] for situation in Situation})
            for situation, held in _held(matrix, ruling, clause).items():
                table_[situation][0] += held
                table_[situation][1] += 1
    order = {rule: position for position, rule in enumerate(_in_policy_order(matrix))}
    for (rule, words), table_ in sorted(counts.items(), key=lambda item: order[item[0][0]]):
        yield [rule, words, *(_share(*table_[situation]) for situation in _HEADS)]


def _in_policy_order(matrix: Matrix) -> list[str]:
    spans = {ruling.decided_by.id: ruling.decided_by.span for ruling in matrix.ir.rulings}
    return sorted(spans, key=lambda rule: (spans[rule], rule == "default"))


def _held(matrix: Matrix, ruling: Ruling, clause: str) -> Mapping[Situation, bool]:
    """Whether anything holds the clause, in each situation in which the app exists."""
    records = matrix.by_clause.get((ruling.id, clause), ())
    held: dict[Situation, bool] = {}
    for record in records:
        for situation in record.situations:
            if record.status is Status.NOT_APPLICABLE:
                continue
            held[situation] = held.get(situation, False) or record.status.holds
    elsewhere = {
        situation
        for record in records
        if record.status is Status.NOT_APPLICABLE
        for situation in record.situations
    }
    return {s: yes for s, yes in held.items() if yes or s not in elsewhere}


def _share(held: int, total: int) -> str:
    if not total:
        return "-"
    if held == total:
        return "all"
    return f"{held}/{total}" if held else "none"
