"""The table of contents: every stage from a policy file to verified artefacts, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from aipol.both import Meanwhile, both
from aipol.coverage import Gap, Matrix, complete, only_known
from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import has_errors
from aipol.ir import Ir
from aipol.sites import Place, at_site, by_site, places
from aipol.source import Sources, whole_file
from aipol.target import (
    Artifact,
    Compiled,
    Coverage,
    PolicyCoverage,
    Target,
    UnreadableArtifact,
)
from aipol.tightening import account_for_tightening, candidates, stopped, tightened
from aipol.verify import verify

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled


@dataclass(frozen=True, slots=True)
class Opened:
    """A policy as far as it could be understood; `ir` is None when an error stood in the way."""

    path: str
    assembled: Assembled | None
    ir: Ir | None
    findings: tuple[Diagnostic, ...]
    sources: Sources
    settings: Mapping[str, Any]
    """Validated settings of each configured target."""
    catalogue: Catalogue
    """What the policy is compiled with: the shipped one, or what it locks, overlays included."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one target made of the policy. `ir` is what it was given: tightened, where asked."""

    target: Target
    ir: Ir
    compiled: Compiled
    coverage: tuple[Coverage, ...]
    settings: Any = None
    site: str = ""
    """Where the target is; empty where it is wherever it reaches."""

    @property
    def label(self) -> str:
        """The target, with the site where it is at one."""
        return at_site(self.target.id, self.site)


@dataclass(frozen=True)
class Build:
    """All targets' artefacts with the account of what they enforce."""

    ir: Ir
    runs: tuple[Run, ...]
    findings: tuple[Diagnostic, ...]

    @cached_property
    def matrix(self) -> Matrix:
        """Coverage over all targets."""
        return _matrix(self.ir, self.runs)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Every artefact by its path below the output directory."""
        return {
            f"{run.target.id}/{artifact.path}": artifact.content
            for run in self.runs
            for artifact in run.compiled.artifacts
        }


def open_policy(
    path: str,
    as_of: date,
    shipped: Catalogue,
    targets: Sequence[Target],
    *,
    instead: str | None = None,
    root: str = "",
) -> Opened:
    """Load, check and resolve; every finding of every stage that could run.

    `shipped` is the catalogue for a policy that locks none, and what its overlays lie on; `instead`
    is the text that the policy's file would have. Where `root` is given, no file of the policy may
    be outside of that folder.
    """
    from aipol.language.assemble import assemble

    assembled, findings, sources = assemble(path, instead, root)
    if assembled is None:
        return Opened(path, None, None, findings, sources, {}, shipped)
    return _opened(path, _Read(assembled, findings, sources), as_of, shipped, targets)


def open_policy_under(
    path: str, as_of: date, catalogue: Catalogue, targets: Sequence[Target]
) -> Opened:
    """The same as if `catalogue` were the one the policy locks, whatever it locks."""
    from aipol.language.assemble import assemble

    assembled, findings, sources = assemble(path)
    if assembled is None:
        return Opened(path, None, None, findings, sources, {}, catalogue)
    unlocked = replace(assembled, lock=None)
    return _opened(path, _Read(unlocked, findings, sources), as_of, catalogue, targets)


def reopened(
    policy: Opened, as_of: date, catalogue: Catalogue, targets: Sequence[Target]
) -> Opened:
    """An opened policy with another's catalogue, overlays included, whatever it asks for itself."""
    if policy.assembled is None:
        return policy
    bare = replace(policy.assembled, lock=None, overlays=())
    found = _Read(bare, (), policy.sources)
    return replace(
        _opened(policy.path, found, as_of, catalogue, targets), assembled=policy.assembled
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A policy that was put together of its files, with what was found on the way."""

    assembled: Assembled
    findings: tuple[Diagnostic, ...]
    sources: Sources


def _opened(
    path: str, read: _Read, as_of: date, shipped: Catalogue, targets: Sequence[Target]
) -> Opened:
    from aipol.check.collateral import collateral_findings
    from aipol.check.spanning import check_spanning
    from aipol.resolve import resolve
    from aipol.resolve.tests import failed_tests

    assembled, findings = read.assembled, read.findings
    catalogue, faults, sources = _catalogue(assembled, shipped, read.sources)
    findings += faults
    if has_errors(faults):
        return Opened(path, assembled, None, _sorted(findings), sources, {}, catalogue)
    checked, settings = _checked(assembled, catalogue, targets)
    findings += checked
    if has_errors(findings):
        return Opened(path, assembled, None, _sorted(findings), sources, {}, catalogue)
    ir, meaning = resolve(assembled, catalogue, as_of)
    findings += meaning
    if ir is not None:
        findings += failed_tests(assembled, ir, catalogue)
        findings += tuple(collateral_findings(assembled, ir, catalogue, shipped))
        spanning = tuple(check_spanning(assembled, ir, targets))
        findings += spanning
        # Of what cannot be written nothing is told, either.
        ir = None if has_errors(spanning) else ir
    return Opened(path, assembled, ir, _sorted(findings), sources, settings, catalogue)


def _checked(
    assembled: Assembled, catalogue: Catalogue, targets: Sequence[Target]
) -> tuple[tuple[Diagnostic, ...], Mapping[str, Any]]:
    """What is wrong with the policy's names and settings, and the settings."""
    from aipol.check.configured import outputs_of
    from aipol.check.idle import check_idle
    from aipol.check.names import check_names
    from aipol.check.programs import check_programs
    from aipol.check.settings import check_settings
    from aipol.check.shared import check_shared
    from aipol.check.sites import check_sites
    from aipol.check.tidiness import check_tidiness

    outputs = {target.id: outputs_of(target) for target in targets}
    # A cached property is not taken for a property by that checker.
    findings = check_names(assembled, catalogue, outputs)  # pyright: ignore[reportArgumentType]
    settings, bad_settings = check_settings(assembled, targets)
    findings += (*check_shared(assembled, catalogue), *check_programs(assembled, catalogue))
    findings += tuple(check_sites(assembled, targets))
    findings += (*check_idle(assembled, targets), *check_tidiness(assembled))
    return (*findings, *bad_settings), settings


def build(ir: Ir, settings: Mapping[str, Any], targets: Sequence[Target]) -> Build:
    """Lower, render, read back and verify on every configured target."""
    every = tuple(places(ir, settings, targets))
    if not ir.tighten and not any(place.site for place in every):
        runs, verified = _made_and_verified(every)
        findings = [finding for run in runs for finding in run.compiled.findings]
        findings += () if has_errors(tuple(findings)) else verified
        return Build(ir, runs, _sorted(findings))
    made = _made(ir, every)
    verified = () if has_errors(made.findings) else _verified(made.runs)
    return replace(made, findings=_sorted((*made.findings, *verified)))


def unverified(ir: Ir, settings: Mapping[str, Any], targets: Sequence[Target]) -> Build:
    """The same, of which nothing is read back: for comparing two policies' outputs."""
    return _made(ir, tuple(places(ir, settings, targets)))


def _made(ir: Ir, every: Sequence[Place]) -> Build:
    """What targets make where they are; of a policy that tightens, in its second turn."""
    runs = tuple(by_site(every, _run))
    if ir.tighten:
        gaps = _matrix(ir, runs).gaps
        tighter = by_site(runs, lambda run: _tighter(run, [g for g in gaps if g.is_at(run.site)]))
        runs = tuple(tighter)
    findings = (finding for run in runs for finding in run.compiled.findings)
    return Build(ir, runs, _sorted(findings))


def _made_and_verified(
    every: Sequence[Place],
) -> tuple[tuple[Run, ...], tuple[Diagnostic, ...]]:
    """What targets make, with what reading it back finds; of much, that is done meanwhile.

    Where a target has an error, it is told at once, and nothing more is read back.
    """
    runs: list[Run] = []
    waiting: list[Meanwhile[tuple[Diagnostic, ...]]] = []
    sound = True
    try:
        for place in every:
            run = _run(place)
            runs.append(run)
            sound = sound and not has_errors(run.compiled.findings)
            if sound:
                much = _size([run]) >= _MANY_RECORDS and len(runs) < len(every)
                read_back = partial(verify_files, run, run.compiled.artifacts)
                waiting.append(Meanwhile(read_back, worth_it=much))
        # The last first, which nobody has begun with.
        found = [each.result() for each in reversed(waiting if sound else ())]
    finally:
        for each in waiting:
            each.drop()
    return tuple(runs), tuple(finding for each in reversed(found) for finding in each)


def _matrix(ir: Ir, runs: Iterable[Run]) -> Matrix:
    records: dict[str, dict[Coverage, None]] = {}
    policy: list[PolicyCoverage] = []
    for run in runs:
        # What is out of reach of a target is so at every site, and told once.
        records.setdefault(run.target.id, {}).update(dict.fromkeys(run.coverage))
        policy += run.compiled.policy
    return Matrix(ir, {target: tuple(found) for target, found in records.items()}, tuple(policy))


def _verified(runs: Sequence[Run]) -> tuple[Diagnostic, ...]:
    """What reading every run's artefacts back finds; large policies on two processors."""

    def findings(part: Sequence[Run]) -> tuple[Diagnostic, ...]:
        found = by_site(part, lambda run: verify_files(run, run.compiled.artifacts))
        return tuple(finding for each in found for finding in each)

    if _size(runs) < _MANY_RECORDS:
        return findings(runs)
    mine, others = _halves(runs)
    here, there = both(lambda: findings(mine), lambda: findings(others))
    return (*here, *there)


def _halves(runs: Sequence[Run]) -> tuple[Sequence[Run], Sequence[Run]]:
    """The runs in two parts; those of one site stay together, and without sites the largest goes.

    Sites are dealt out so that there is about as much to verify in both.
    """
    sites = sorted({run.site for run in runs})
    if len(sites) == 1:
        ordered = sorted(runs, key=lambda run: _size([run]), reverse=True)
        return ordered[1:], ordered[:1]
    parts = [[run for run in runs if run.site == site] for site in sites]
    halves: tuple[list[Run], list[Run]] = ([], [])
    for part in sorted(parts, key=_size, reverse=True):
        min(halves, key=_size).extend(part)
    return halves


def _size(runs: Iterable[Run]) -> int:
    """How much there is to verify, in records; so many octets take about as long as one."""
    return sum(
        len(run.coverage)
        + sum(len(artifact.content) for artifact in run.compiled.artifacts) // _OCTETS_A_RECORD
        for run in runs
    )


_MANY_RECORDS = 2_500
"""From here on a second process saves more time than it costs."""
_OCTETS_A_RECORD = 1_000


def _run(place: Place) -> Run:
    target, ir = place.target, place.ir
    compiled = target.compile(ir, place.settings)
    coverage = compiled.coverage
    if not has_errors(compiled.findings):
        coverage = complete(ir, target, coverage)
        only_known(ir, target, compiled.policy)
    return Run(target, ir, compiled, coverage, place.settings, place.site)


def _tighter(run: Run, gaps: Iterable[Gap]) -> Run:
    """The run again, blocking what nothing limits as far as its target can.

    It is accounted for in terms of the policy as written.
    """
    ir, wanted = run.ir, candidates(run, gaps)
    while wanted:
        stricter = tightened(ir, wanted)
        again = _run(Place(run.target, run.site, stricter, run.settings))
        if has_errors(again.compiled.findings):
            return again
        kept = stopped(ir, wanted, run.coverage, again.coverage)
        if kept == wanted:
            account = account_for_tightening(ir, stricter, again.coverage)
            return replace(again, coverage=account)
        wanted = kept
    return run


def verify_files(run: Run, artifacts: Iterable[Artifact]) -> tuple[Diagnostic, ...]:
    """Read `artifacts` back as `run`'s target would and hold them against the policy."""
    files = {artifact.path: artifact.content for artifact in artifacts}
    try:
        # A reader may find only when asked that two objects are at odds for somebody.
        decider, compiled = run.target.read(files), run.compiled
        account = (compiled.coverage, compiled.policy)
        return verify(
            run.ir,
            run.target,
            decider,
            *account,
            told=compiled.told,
            indistinct=compiled.indistinct,
        )
    except UnreadableArtifact as fault:
        span = whole_file(f"{run.target.id}/{fault.artifact}")
        return (codes.ARTIFACT_UNREADABLE.at(span, artifact=span.file, why=fault.why),)


def _sorted(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.sort_key))


def _catalogue(
    assembled: Assembled, shipped: Catalogue, sources: Sources
) -> tuple[Catalogue, tuple[Diagnostic, ...], Sources]:
    """The catalogue that the policy asks for, what is wrong with it, and the texts of it."""
    if assembled.lock is None and not assembled.overlays:
        return shipped, (), sources
    from aipol.catalogue.chosen import chosen
    from aipol.check.overlaid import check_overlaid, check_overlaid_programs
    from aipol.check.overlays import check_overlays
    from aipol.check.restrictions import check_restrictions

    found = chosen(assembled, shipped)
    findings = found.findings
    if not has_errors(findings):
        findings += check_overlays(assembled, found.applied)
        for overlay in found.applied:
            findings += (*check_overlaid(overlay), *check_restrictions(overlay))
            findings += tuple(check_overlaid_programs(overlay))
    return found.catalogue, findings, Sources({**sources.texts, **found.texts})
