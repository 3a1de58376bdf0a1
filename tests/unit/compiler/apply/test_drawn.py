"""Of 200 drawn places and policies: what a plan announces is what there is after the apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from aipol.apply.events import Outcome, Result
from aipol.plan.model import Action, Plan
from aipol.remote import references
from tests.unit.compiler.apply.pushing import Pushing, as_planned, foreign, holds, meaning
from tests.unit.compiler.apply.vendor import FakeRemote
from tests.unit.compiler.apply.worlds import World, drawn

SEEDS = range(200)


def _pushing(world: World, folder: Path, concurrency: int = 1) -> Pushing:
    pushing = Pushing(folder, world.vendor)
    pushing.remote = FakeRemote(world.vendor, concurrency=concurrency)
    return pushing


def _sound(pushing: Pushing, world: World) -> tuple[Plan, World]:
    """A plan that guards let through: what collides is adopted, or else not wanted."""
    collisions = pushing.plan(*world.wanted, adopt=world.adopt).collisions
    adopt = world.adopt | {each.key for each in collisions if each.adoptable}
    without = {each.key for each in collisions if not each.adoptable}
    wanted = [each for each in world.wanted if each.key not in without]
    wanted = [each for each in wanted if not without.intersection(references(each.body))]
    sound = World(world.vendor, tuple(wanted), adopt)
    plan = pushing.plan(*wanted, adopt=adopt)
    assert not plan.collisions
    return plan, sound


def _in_use(results: tuple[Result, ...]) -> bool:
    """Whether an object of others uses one of ours that should go: then it stays."""
    failed = [each for each in results if each.outcome is Outcome.FAILED]
    return bool(failed) and all(each.why == "409 it is in use" for each in failed)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_apply_does_what_its_plan_said_and_a_second_has_nothing_to_do(
    seed: int, tmp_path: Path
) -> None:
    """Bodies and marks are as announced, others' objects are untouched to the byte."""
    world = drawn(seed)
    pushing = _pushing(world, tmp_path, concurrency=1 + seed % 4)
    plan, world = _sound(pushing, world)
    adopted = {change.id for change in plan.of(Action.ADOPT)}
    theirs = {id_: said for id_, said in foreign(world.vendor).items() if id_ not in adopted}
    results = pushing.apply(plan)
    if _in_use(results):
        return
    assert {each.outcome for each in results} <= {Outcome.DONE}, results
    assert as_planned(plan, world.vendor, pushing.remote) == []
    assert foreign(world.vendor) == theirs
    again = pushing.plan(*world.wanted, adopt=world.adopt)
    assert again.writes == ()
    assert holds(world.vendor, pushing.remote, world.wanted) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rollback_brings_back_what_was_there(seed: int, tmp_path: Path) -> None:
    """Bodies, marks and others are as before the apply; and a rollback can be undone, too."""
    world = drawn(seed)
    pushing = _pushing(world, tmp_path)
    before = meaning(world.vendor, pushing.remote)
    plan, world = _sound(pushing, world)
    if _in_use(pushing.apply(plan)):
        return
    after = meaning(world.vendor, pushing.remote)
    pushing.roll_back()
    assert meaning(world.vendor, pushing.remote) == before
    if plan.writes:
        pushing.roll_back()
        assert meaning(world.vendor, pushing.remote) == after
