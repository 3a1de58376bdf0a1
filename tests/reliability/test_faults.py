"""Every fault at every write of an apply ends in the right state, once gone on with.

A few writes are tried by default, all of them where `AIPOL_FAULTS=all` is set. What was seen of all
of them is in docs/reliability.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aipol.apply.events import Outcome
from aipol.plan.model import Action
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.graph.tenant import READ_ONLY, Tenant
from tests.reliability.office import Office, Scene, office
from tests.reliability.scenes import SCENES
from tests.reliability.trouble import FAULTS, KILLS, NAMES, Quiet, quiet
from tests.reliability.vendors import ALL, SUBJECTS, TENANT, Intune, Killed

# By default each fault is tried at each vendor in one of the scenes.
MATRIX = [
    (target, scene, name)
    for place, target in enumerate(SUBJECTS)
    for turn, name in enumerate(NAMES)
    for scene in (SCENES if ALL else (SCENES[(place + turn) % len(SCENES)],))
]


@contextmanager
def struck(target: str, made: Quiet, name: str, number: int, folder: Path) -> Iterator[Office]:
    """A place after an apply in which one write met a fault."""
    subject = SUBJECTS[target]
    if name in FAULTS:
        schedule = Faults(at_write={made.first + number: FAULTS[name]})
        with office(subject, folder, Scene(made.earlier, schedule)) as found:
            found.apply()
            assert schedule.struck
            yield found
        return

    def dies(at: int, answered: bool) -> bool:
        return at == number and answered is KILLS[name]

    with office(subject, folder, Scene(made.earlier)) as found:
        with pytest.raises(Killed):
            found.apply(dies=dies)
        yield found


def chosen(name: str, writes: int) -> Iterator[int]:
    """The writes that are tried with a fault: all, or one that differs from fault to fault."""
    if ALL:
        return iter(range(1, writes + 1))
    return iter((1 + NAMES.index(name) * writes // len(NAMES),))


@pytest.mark.parametrize(("target", "scene", "name"), MATRIX)
def test_a_fault_at_any_write_leaves_nothing_twice_and_nothing_lost(
    target: str,
    scene: str,
    name: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """After going on: each object once, the next plan empty, others' objects as they were."""
    made = quiet(target, scene)
    tried, applies, sent = 0, 0, 0
    for number in chosen(name, made.writes):
        with struck(target, made, name, number, tmp_path / str(number)) as found:
            applies += found.until_done()
            assert found.ours() == made.ours, number
            assert found.plan().writes == (), number
            assert found.others() == found.before != [], number
            sent += len(found.running.writes) - made.first - made.writes
            tried += 1
    record_property("tried", tried)
    record_property("applies", applies)
    record_property("writes more", sent)
    print(f"| {target} | {scene} | {name} | {tried} | {applies} | {sent} |")  # noqa: T201


@pytest.mark.parametrize("target", SUBJECTS)
def test_the_scenes_have_every_kind_and_every_action(target: str) -> None:
    """Or a fault at some of them would be tried by nobody."""
    made, changed = (quiet(target, scene) for scene in SCENES)
    kinds = {kind for kind, _ in made.actions}
    assert made.actions == {(kind, Action.CREATE) for kind in kinds}
    assert len(kinds) == {"intune": 4, "jamf": 3, "cloudflare": 2}[target]
    several = {kind for kind, _ in made.ours if sum(1 for each, _ in made.ours if each == kind) > 1}
    asked = {(kind, action) for kind in kinds for action in (Action.UPDATE, Action.DELETE)}
    assert asked | {(kind, Action.CREATE) for kind in several} <= changed.actions
    assert changed.ours == made.ours


def test_planning_sends_no_write_and_reads_with_read_permissions(tmp_path: Path) -> None:
    """As the server sees it; the same token is refused the first write, and nothing is made."""
    subject = Intune(Tenant(id=TENANT, scopes=READ_ONLY))
    with office(subject, tmp_path) as found:
        assert found.plan().writes
        assert found.running.writes == []
        assert {each.outcome for each in found.apply()} <= {Outcome.FAILED, Outcome.SKIPPED}
        assert not found.ours()
        assert found.others() == found.before
