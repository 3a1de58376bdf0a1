"""Turns the gaps of one person's use into words."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.coverage import Gap
from aipol.report.gaps import OUT_OF_SIGHT
from aipol.report.words import MOST_REASONS, at_sites, count, not_done, places
from aipol.target import Reason
from aipol.vocabulary import Situation


def open_ends(gaps: tuple[Gap, ...]) -> Iterator[str]:
    """What is open where, each thing with the reasons that say most."""
    if not gaps:
        return
    yield ""
    yield "Not enforced"
    open_: dict[str, _Causes] = {}
    for gap in gaps:
        causes = open_.setdefault(not_done(gap.ruling, gap.clause), {})
        causes.setdefault((gap.reason, gap.sites), []).append(gap.situation)
    for what, causes in open_.items():
        yield from _causes(what, causes)


_Causes = dict[tuple[Reason, tuple[str, ...]], list[Situation]]


def _causes(what: str, causes: _Causes) -> Iterator[str]:
    """Where something is open, and why."""
    of_all = places(s for here in causes.values() for s in here)
    sites = {sites for _, sites in causes}
    everywhere = f"{of_all}{at_sites(sites.pop() if len(sites) == 1 else ())}"
    yield f"  {what}: {everywhere}"
    near = [cause for cause, here in causes.items() if set(here) != {OUT_OF_SIGHT}]
    for cause in near[:MOST_REASONS] or list(causes)[:1]:
        reason, there = cause
        advice = f"; {reason.advice}" if reason.advice and near else ""
        here = f"{places(causes[cause])}{at_sites(there)}"
        where = "" if here == everywhere else f"{here}: "
        yield f"    {where}{reason.text}{advice}"
    if len(near) > MOST_REASONS:
        yield f"    and {count(len(near) - MOST_REASONS, 'other reason')}"
