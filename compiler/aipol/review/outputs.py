"""Turns an opened policy into what its targets make of it, with what nobody holds of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aipol.both import both
from aipol.diagnostics.model import has_errors
from aipol.target import Status

if TYPE_CHECKING:
    from aipol.coverage import Gap, PolicyGap
    from aipol.diagnostics import Diagnostic
    from aipol.pipeline import Build, Opened
    from aipol.target import Reason, Target


@dataclass(frozen=True, slots=True)
class Unlicensed:
    """A clause of a ruling that a target would carry out with another licence."""

    target: str
    ruling: str
    clause: str
    reason: Reason


@dataclass(frozen=True)
class Outputs:
    """What the targets make of a policy; nothing of it was read back."""

    files: Mapping[str, bytes]
    """By path, the target's folder first."""
    gaps: tuple[Gap, ...]
    policy_gaps: tuple[PolicyGap, ...]
    unlicensed: tuple[Unlicensed, ...]
    findings: tuple[Diagnostic, ...]
    sound: bool = True
    """Whether every target could say what it was to; more gaps than are allowed are no matter."""


NOTHING = Outputs({}, (), (), (), ())
"""The outputs where there is no policy, or none that means anything."""


def outputs(policy: Opened | None, targets: Sequence[Target], *, whole: bool = True) -> Outputs:
    """What the configured of `targets` make of a policy; nothing where it means nothing.

    A policy whose tests fail means something all the same, and what is to be seen.
    Only where `targets` are the `whole` of them its gaps can be held against its budget.
    """
    return built(policy, targets, whole=whole)[1] if policy is not None else NOTHING


def built(
    policy: Opened, targets: Sequence[Target], *, whole: bool = True
) -> tuple[Build | None, Outputs]:
    """The same, with the build that they are of, if the policy means anything."""
    from aipol.pipeline import unverified
    from aipol.report.expectations import over_budget

    if policy.ir is None:
        return None, NOTHING
    build = unverified(policy.ir, policy.settings, targets)
    findings, matrix = build.findings, build.matrix
    sound = not has_errors(findings)
    if policy.assembled is not None and whole and sound:
        findings += over_budget(policy.assembled, matrix)
    gaps = matrix.gaps, matrix.policy_gaps
    return build, Outputs(build.files, *gaps, _unlicensed(build), findings, sound)


def of_both(
    before: Opened | None, after: Opened, targets: Sequence[Target], *, whole: bool = True
) -> tuple[Outputs, Outputs]:
    """The outputs of two policies, on two processors where there are two."""
    if before is not None and same_inputs(before, after):
        made = outputs(after, targets, whole=whole)
        return made, made
    old, new = both(
        lambda: outputs(before, targets, whole=whole), lambda: outputs(after, targets, whole=whole)
    )
    return _of_here(old, before), new


def _of_here(made: Outputs, policy: Opened | None) -> Outputs:
    """Outputs whose gaps are of this process's rulings: regions of another one mean nothing."""
    if policy is None or policy.ir is None:
        return made
    rulings = policy.ir.by_id
    gaps = tuple(replace(gap, ruling=rulings[gap.ruling.id]) for gap in made.gaps)
    return replace(made, gaps=gaps)


def same_inputs(before: Opened, after: Opened) -> bool:
    """Whether two policies are of the same texts with the same catalogue: all else follows."""
    texts = tuple(tuple(each.sources.texts.values()) for each in (before, after))
    return texts[0] == texts[1] and before.catalogue.digest == after.catalogue.digest


def _unlicensed(build: Build) -> tuple[Unlicensed, ...]:
    found = (
        Unlicensed(record.target, record.ruling, record.clause, record.reason)
        for run in build.runs
        for record in run.coverage
        if record.status is Status.LICENCE_MISSING and record.reason is not None
    )
    return tuple(dict.fromkeys(found))
