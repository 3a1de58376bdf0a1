"""Turns a build into the summary that `compile` ends with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.coverage import Matrix, clauses_of
from aipol.report.gaps import (
    Shortfall,
    beyond_reach,
    by_reason,
    gap_count,
    shortfalls,
    telling,
    within_reach,
)
from aipol.report.reasons import MODES, modes, told
from aipol.report.words import (
    at_sites,
    count,
    folded,
    listed,
    markdown,
    markdown_row,
    places,
    some,
)
from aipol.sites import at_site
from aipol.target import EFFECT_CLAUSE, Reason, Status
from aipol.vocabulary import Effect

if TYPE_CHECKING:
    from aipol.coverage import Gap
    from aipol.pipeline import Build, Run

SCHEMA = "aipol.compile/1"
_REASONS, _ACTIONABLE = 3, 5


@dataclass(frozen=True, slots=True)
class Tally:
    """How one target fares: files, and clauses by how far they are carried out."""

    target: str
    site: str
    files: int
    enforced: int
    approximated: int
    missing: int


def tally(build: Build, run: Run) -> Tally:
    """Count every clause once, by the worst that happens to it where the target acts."""
    best: dict[tuple[str, str], set[Status]] = {}
    reach = set(run.target.reach)
    for record in run.coverage:
        if reach & set(record.situations) and record.status is not Status.NOT_APPLICABLE:
            best.setdefault((record.ruling, record.clause), set()).add(record.status)
    counts = [0, 0, 0]
    for ruling in build.ir.rulings:
        for clause in clauses_of(ruling):
            found = best.get((ruling.id, clause))
            if found and (clause != EFFECT_CLAUSE or ruling.effect is not Effect.ALLOW):
                counts[_grade(found)] += 1
    return Tally(run.target.id, run.site, len(run.compiled.artifacts), *counts)


def _grade(found: set[Status]) -> int:
    if found == {Status.ENFORCED}:
        return 0
    partly = {Status.ENFORCED, Status.STRICTER, Status.LOOSER}
    return 1 if found & partly else 2


def told_gaps(build: Build) -> tuple[Gap, ...]:
    """Every gap with the reason that says most about it."""
    platforms = {run.target.id: run.target.identity for run in build.runs}
    return told(build.matrix, build.matrix.gaps, platforms)


def mode_lines(build: Build) -> Iterator[str]:
    """For each target that only reports: that it does, and the setting that makes it act."""
    for target, reason in sorted(modes(build.matrix).items()):
        yield f"{target} is in {reason.code} mode: {reason.text}; {reason.advice}."


def summary_json(build: Build) -> dict[str, Any]:
    """The summary for a program."""
    gaps = within_reach(told_gaps(build))
    return {
        "as_of": build.ir.as_of.isoformat(),
        "rulings": len(build.ir.rulings),
        "targets": [
            {
                "id": row.target,
                **({"site": row.site} if row.site else {}),
                "files": row.files,
                "enforced": row.enforced,
                "approximated": row.approximated,
                "not_enforced": row.missing,
            }
            for row in (tally(build, run) for run in build.runs)
        ],
        "modes": {target: reason.code for target, reason in sorted(modes(build.matrix).items())},
        "gaps": gap_count(build.matrix),
        "not_enforced": [
            {"reason": row.reason.code, "text": row.reason.text, "apps": row.apps, "gaps": row.gaps}
            for row in by_reason(gaps)
        ],
        "actionable": [shortfall_json(fall) for fall in telling(shortfalls(gaps), _ACTIONABLE)],
    }


def shortfall_json(fall: Shortfall) -> dict[str, Any]:
    """One shortfall for a program."""
    return {
        "rule": fall.rule,
        "what": fall.what,
        "audience": fall.audience,
        "apps": list(fall.apps),
        "surfaces": [surface.value for surface in fall.surfaces],
        "situations": [situation.value for situation in fall.situations],
        **({"sites": list(fall.sites)} if fall.sites else {}),
        "target": fall.target,
        "reason": fall.reason.code,
        "text": fall.reason.text,
        "advice": fall.reason.advice,
    }


def summary_text(build: Build) -> Iterator[str]:
    """What is enforced by which target, and what to do about the rest."""
    yield from listed(_rows(build), frozenset({1, 2, 3, 4}))
    for line in mode_lines(build):
        yield from folded(line)
    yield from _gaps_text(build)


def _rows(build: Build) -> list[tuple[str, ...]]:
    head = ("target", "files", "enforced", "approximated", "not enforced")
    rows = [tally(build, run) for run in build.runs]
    return [
        head,
        *(
            (
                at_site(row.target, row.site),
                *(f"{n:,}" for n in (row.files, row.enforced, row.approximated, row.missing)),
            )
            for row in rows
        ),
    ]


def _gaps_text(build: Build) -> Iterator[str]:
    gaps = told_gaps(build)
    if not gaps:
        yield "Everything is enforced everywhere."
        yield from policy_gaps_text(build.matrix)
        return
    near, far = within_reach(gaps), beyond_reach(gaps)
    reasons = [row for row in by_reason(near) if row.reason.code not in MODES]
    if reasons:
        yield "Not enforced by anything:"
        rows = [(f"{r.apps:,}", r.reason.code, r.reason.text) for r in reasons[:_REASONS]]
        yield from listed([("apps", "reason", "why"), *rows], frozenset({0}))
        if len(reasons) > _REASONS:
            yield f"  and {count(len(reasons) - _REASONS, 'other reason')}; `coverage` has all"
    if far:
        yield f"  {_out_of_sight(build, far)}"
    falls = telling(shortfalls(near), _ACTIONABLE)
    if falls:
        yield "Worth acting on:"
    for fall in falls:
        yield from folded(f"  {shortfall_words(fall)}")
        yield from folded(f"    {advice_words(fall)}")
    yield from policy_gaps_text(build.matrix)


def policy_gaps_text(matrix: Matrix) -> Iterator[str]:
    """Clauses about the whole policy that nothing carries out."""
    if matrix.policy_gaps:
        yield "About the whole policy:"
    values: dict[tuple[str, Reason, tuple[str, ...]], list[str]] = {}
    for gap in matrix.policy_gaps:
        values.setdefault((gap.clause.key, gap.reason, gap.sites), []).append(gap.clause.value)
    for (key, reason, sites), each in values.items():
        what = f"`{key}: {', '.join(each)}`{at_sites(sites)}"
        yield from folded(f"  {what}: {reason.text}; {reason.advice}")


def advice_words(fall: Shortfall) -> str:
    """Why, and what would help; what opens an app says so."""
    why = "opened to them: " if fall.opens else ""
    advice = f"; {fall.reason.advice}" if fall.reason.advice else ""
    return f"{why}{fall.reason.text}{advice}"


def shortfall_words(fall: Shortfall) -> str:
    """`notion-ai (web) for everyone: not blocked on any device on the network`."""
    surfaces = ", ".join(fall.surfaces)
    return f"{some(fall.apps, 2)} ({surfaces}) for {fall.audience}: {fall.what} {_where(fall)}"


def _where(fall: Shortfall) -> str:
    where = places(fall.situations)
    there = where if where.startswith("everywhere") else f"on {where}"
    return f"{there}{at_sites(fall.sites)}"


def summary_markdown(build: Build) -> Iterator[str]:
    """The same for a comment on a change."""
    head, *rows = _rows(build)
    yield markdown_row(head)
    yield "| --- | ---: | ---: | ---: | ---: |"
    yield from (markdown_row(row) for row in rows)
    for line in mode_lines(build):
        yield ""
        yield markdown(line)
    near = within_reach(told_gaps(build))
    if near:
        yield ""
        yield "| not enforced | why | what would help |"
        yield "| --- | --- | --- |"
        yield from (
            markdown_row((shortfall_words(fall), fall.reason.text, fall.reason.advice))
            for fall in telling(shortfalls(near), _ACTIONABLE)
        )
    far = beyond_reach(build.matrix.gaps)
    if far:
        yield ""
        yield markdown(_out_of_sight(build, far))


def _out_of_sight(build: Build, gaps: Iterable[Gap]) -> str:
    """How many apps have something to enforce where nothing can, of all that can be ruled on."""
    apps, every = len({gap.ruling.app for gap in gaps}), len(build.ir.apps)
    return (
        f"On unmanaged devices off the network nothing acts: open for {apps:,} of {every:,} apps."
    )
