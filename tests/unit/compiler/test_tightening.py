"""`on_gap: tighten` blocks what nobody limits, wherever that can be done, and loosens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, Universe
from aipol.coverage import Gap, Matrix, clauses_of
from aipol.ir import Audience, Because, Ir, Obligations, Organization, Origin, Ruling
from aipol.pipeline import Run, _run, _tighter
from aipol.sites import Place
from aipol.source import Span
from aipol.target import EFFECT_CLAUSE, Compiled, Coverage, Reason, Status, Target
from aipol.tightening import TIGHTENED
from aipol.vocabulary import MACOS, ON_NETWORK, WINDOWS, Account, Effect, Situation, Surface

HERE = Span("policy.yaml", 1, 1)
WHY = Reason("why", "because")
REACHES = (MACOS, WINDOWS, ON_NETWORK, tuple(Situation))
CLAUSES = ("sso", "data.max", "log")


@dataclass(frozen=True)
class Pretended:
    """A target that can block some apps, some in part, prompt for some, and hold some clauses."""

    id: str
    reach: tuple[Situation, ...]
    blocks: frozenset[str]
    prompts: frozenset[str]
    holds: frozenset[str]
    leaks: frozenset[str] = frozenset()

    def compile(self, ir: Ir, _: object) -> Compiled:
        """Say what would be enforced."""
        return Compiled(
            (),
            tuple(
                Coverage(ruling.id, clause, self.id, self.reach, status, WHY)
                for ruling in ir.rulings
                for clause in clauses_of(ruling)
                for status in [self._status(ruling, clause)]
            ),
            (),
        )

    def _status(self, ruling: Ruling, clause: str) -> Status:
        able = {
            Effect.ALLOW: True,
            Effect.WARN: ruling.app in self.prompts,
            Effect.JUSTIFY: ruling.app in self.prompts,
            Effect.BLOCK: ruling.app in self.blocks,
        }[ruling.effect]
        if ruling.effect is Effect.BLOCK and ruling.app in self.leaks - self.blocks:
            return Status.LOOSER
        if clause == EFFECT_CLAUSE:
            return Status.ENFORCED if able else Status.UNSUPPORTED
        return Status.ENFORCED if clause in self.holds else Status.UNSUPPORTED


obligations = st.builds(
    Obligations,
    sso=st.booleans(),
    data_max=st.sampled_from(["", "public"]),
    log=st.sampled_from(["", "full"]),
)
wishes = st.lists(st.tuples(st.sampled_from(Effect), obligations), min_size=1, max_size=3)
apps = st.frozensets(st.sampled_from(["app0", "app1", "app2"]))
targets = st.lists(
    st.tuples(st.sampled_from(REACHES), apps, apps, st.frozensets(st.sampled_from(CLAUSES)), apps),
    min_size=1,
    max_size=3,
).map(lambda found: [Pretended(f"t{n}", *parts) for n, parts in enumerate(found)])
Wishes = list[tuple[Effect, Obligations]]


def ir_of(wished: Wishes) -> Ir:
    """One ruling for everybody for each app."""
    rulings = tuple(
        Ruling(
            f"app{n}/web",
            f"app{n}",
            Surface.WEB,
            Account.ANY,
            Audience(EVERYBODY, ("everyone",)),
            effect,
            Obligations() if effect is Effect.BLOCK else held,
            (Because(Origin.RULE, "r", HERE),),
        )
        for n, (effect, held) in enumerate(wished)
    )
    return Ir(
        organization=Organization("Acme", "com.acme"),
        universe=Universe(()),
        groups={},
        apps={},
        data_classes=(),
        rulings=rulings,
        protected_hosts=(),
        gateways={},
        inspect_tls="none",
        close_bypasses=False,
        unlisted_ai=Effect.BLOCK,
        unlisted_span=HERE,
        tighten=True,
        as_of=date(2026, 1, 1),
    )


def matrix_of(ir: Ir, runs: list[Run]) -> Matrix:
    """Coverage over all runs, in terms of the policy as written."""
    return Matrix(ir, {run.target.id: run.coverage for run in runs})


def both(wished: Wishes, made: list[Pretended]) -> tuple[Ir, list[Run], list[Run]]:
    """The runs before and after tightening."""
    ir = ir_of(wished)
    before = [_run(Place(cast("Target", target), "", ir, None)) for target in made]
    gaps = matrix_of(ir, before).gaps
    return ir, before, [_tighter(run, gaps) for run in before]


def open_at(gaps: tuple[Gap, ...]) -> set[tuple[str, str, Situation]]:
    """Gaps without their reasons."""
    return {(gap.ruling.id, gap.clause, gap.situation) for gap in gaps}


@given(wishes, targets)
def test_no_gap_opens(wished: Wishes, made: list[Pretended]) -> None:
    """What was held before is held afterwards, in every situation."""
    ir, before, after = both(wished, made)
    assert open_at(matrix_of(ir, after).gaps) <= open_at(matrix_of(ir, before).gaps)


@given(wishes, targets)
def test_no_gap_stays_where_a_target_can_block(wished: Wishes, made: list[Pretended]) -> None:
    """Where some target can block a use, nothing of a rule that allows it stays open."""
    ir, _, after = both(wished, made)
    for gap in matrix_of(ir, after).gaps:
        if gap.ruling.effect is not Effect.BLOCK:
            able = [t for t in made if gap.situation in t.reach and gap.ruling.app in t.blocks]
            assert not able


@given(wishes, targets)
def test_nothing_gets_looser(wished: Wishes, made: list[Pretended]) -> None:
    """Each target is given rulings at least as strict, and those that change say why."""
    ir, _, after = both(wished, made)
    for run in after:
        for ruling, given_ruling in zip(ir.rulings, run.ir.rulings, strict=True):
            if ruling.effect is not given_ruling.effect:
                assert given_ruling.effect is Effect.BLOCK
                assert given_ruling.because[-1].origin is Origin.GAP
                assert given_ruling.because[:-1] == ruling.because
            else:
                assert ruling == given_ruling


@given(wishes, targets)
def test_what_is_tightened_is_accounted_for_as_written(
    wished: Wishes, made: list[Pretended]
) -> None:
    """A use that is blocked instead is `stricter` for every clause, each situation once."""
    ir, _, after = both(wished, made)
    for run in after:
        changed = {r.id for r in run.ir.rulings if r.because[-1].origin is Origin.GAP}
        for ruling in ir.rulings:
            for clause in clauses_of(ruling):
                mine = [r for r in run.coverage if (r.ruling, r.clause) == (ruling.id, clause)]
                assert sorted(s for r in mine for s in r.situations) == sorted(Situation)
                if ruling.id in changed and ruling.app in cast("Any", run.target).blocks:
                    inside = [r for r in mine if set(r.situations) <= set(run.target.reach)]
                    assert [(r.status, r.reason) for r in inside] == [(Status.STRICTER, TIGHTENED)]


def test_a_target_that_cannot_block_goes_on_limiting() -> None:
    """Data limits on one target survive that the use is blocked on another."""
    wished = [(Effect.ALLOW, Obligations(sso=True, data_max="public"))]
    dlp = Pretended("dlp", tuple(Situation), frozenset(), frozenset(), frozenset({"data.max"}))
    wall = Pretended("wall", ON_NETWORK, frozenset({"app0"}), frozenset(), frozenset())
    ir, _, (limiting, blocking) = both(wished, [dlp, wall])
    assert limiting.ir.rulings == ir.rulings
    assert blocking.ir.rulings[0].effect is Effect.BLOCK
    left = open_at(matrix_of(ir, [limiting, blocking]).gaps)
    assert left == {("app0/web", "sso", s) for s in Situation if s not in ON_NETWORK}


@given(wishes, targets)
def test_a_target_that_stops_nothing_is_left_as_written(
    wished: Wishes, made: list[Pretended]
) -> None:
    """Where a block would do nothing, the target is given the policy as it was written."""
    idle = Pretended("idle", tuple(Situation), frozenset(), frozenset(), frozenset())
    ir, _, after = both(wished, [*made, idle])
    assert after[-1].ir.rulings == ir.rulings
