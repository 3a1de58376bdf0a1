"""Of 200 drawn places and policies: what a plan announces is what there is after the apply."""

from __future__ import annotations

from collections.abc import Iterator
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


def _sound(pushing: Pushing, world: World) -> World:
    """What guards let through: what collides is adopted, or else not wanted."""
    collisions = pushing.plan(*world.wanted).collisions
    adopt = frozenset(each.key for each in collisions if each.adoptable)
    without = {each.key for each in collisions if not each.adoptable}
    wanted = [each for each in world.wanted if each.key not in without]
    wanted = [each for each in wanted if not without.intersection(references(each.body))]
    adopt &= {each.key for each in wanted}
    return World(world.vendor, tuple(wanted), adopt)


def _plans(pushing: Pushing, world: World) -> Iterator[Plan]:
    """First what takes objects over, then everything; each plan is made when its turn comes."""
    if world.adopt:
        yield pushing.plan(*world.wanted, adopt=world.adopt)
    yield pushing.plan(*world.wanted)


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
    world = _sound(pushing, world)
    for plan in _plans(pushing, world):
        assert not plan.collisions
        adopted = {change.id for change in plan.of(Action.ADOPT)}
        theirs = {id_: said for id_, said in foreign(world.vendor).items() if id_ not in adopted}
        results = pushing.apply(plan)
        if _in_use(results):
            return
        assert {each.outcome for each in results} <= {Outcome.DONE}, results
        assert as_planned(plan, world.vendor, pushing.remote) == []
        assert foreign(world.vendor) == theirs
    again = pushing.plan(*world.wanted)
    assert again.writes == ()
    assert holds(world.vendor, pushing.remote, world.wanted) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rollback_brings_back_what_was_there(seed: int, tmp_path: Path) -> None:
    """Bodies, marks and others are as before the apply; and a rollback can be undone, too."""
    world = drawn(seed)
    pushing = _pushing(world, tmp_path)
    before = meaning(world.vendor, pushing.remote)
    world = _sound(pushing, world)
    for plan in _plans(pushing, world):
        if _in_use(pushing.apply(plan)):
            return
    after = meaning(world.vendor, pushing.remote)
    done = _roll_back(pushing, 0)
    assert meaning(world.vendor, pushing.remote) == before
    _roll_back(pushing, done)
    assert meaning(world.vendor, pushing.remote) == after


def _roll_back(pushing: Pushing, first: int) -> int:
    """Undo the journals from one on, the last of them first; how many there were."""
    there = pushing.journals()
    for journal in reversed(there[first:]):
        if any(journal.touched()):
            pushing.roll_back(journal)
    return len(there)
