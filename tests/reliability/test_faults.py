"""Every fault at every write of the example's apply ends in the right state, once gone on with.

Some writes are tried by default, others on each machine that asks for `AIPOL_FAULTS=all`. What was
seen of all of them is in docs/reliability.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aipol.apply.events import Outcome
from aipol_targets.standins import faults as wrong
from aipol_targets.standins.faults import Fault, Faults
from aipol_targets.standins.graph.tenant import READ_ONLY, Tenant
from tests.reliability.office import ANSWER, TENANT, Killed, Office, office

ALL = os.environ.get("AIPOL_FAULTS") == "all"
SOME = 3
FAULTS: dict[str, Fault] = {
    each.name: each
    for each in (
        wrong.throttled(2),
        wrong.throttled(None),
        wrong.unavailable(2),
        wrong.unavailable(None),
        wrong.broken(),
        wrong.broken_after(),
        wrong.cut(),
        wrong.cut_after(),
        wrong.late(2 * ANSWER),
        wrong.expired(),
        wrong.conflict(),
        wrong.precondition_failed(),
    )
}
KILLS: dict[str, bool] = {"killed-before": False, "killed-after": True}
NAMES = (*FAULTS, *KILLS)
OBJECTS = 17


@pytest.fixture(scope="session")
def writes(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many writes the example's apply takes when nothing goes wrong."""
    with office(tmp_path_factory.mktemp("quiet")) as quiet:
        assert quiet.until_done() == 1
        return len(quiet.running.writes)


def struck(name: str, number: int, folder: Path) -> Iterator[Office]:
    """A tenant after an apply in which one write met a fault."""
    if name in FAULTS:
        with office(folder, Faults(at_write={number: FAULTS[name]})) as found:
            found.apply()
            yield found
        return

    def dies(at: int, answered: bool) -> bool:
        return at == number and answered is KILLS[name]

    with office(folder) as found:
        with pytest.raises(Killed):
            found.apply(dies=dies)
        yield found


def chosen(name: str, number: int) -> Iterator[int]:
    """The writes that are tried with a fault: all, or some that differ from fault to fault."""
    step = 1 if ALL else max(1, number // SOME)
    first = 1 if ALL else 1 + NAMES.index(name) % step
    return iter(range(first, number + 1, step))


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_at_any_write_leaves_nothing_twice_and_nothing_lost(
    name: str, writes: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """After going on: each object once, the next plan empty, others' objects as they were."""
    tried, applies, sent = 0, 0, 0
    for number in chosen(name, writes):
        for found in struck(name, number, tmp_path / str(number)):
            applies += found.until_done()
            counts = found.counts()
            assert counts.pop("") == 1, number
            assert set(counts.values()) == {1}, number
            assert len(counts) == OBJECTS, number
            assert found.plan().writes == (), number
            sent += len(found.running.writes) - writes
            tried += 1
    assert tried >= (writes if ALL else SOME)
    record_property("tried", tried)
    record_property("applies", applies)
    record_property("writes more", sent)
    print(f"{name}: {tried} writes tried, {applies} applies to go on, {sent} writes more")  # noqa: T201


def test_planning_sends_no_write_and_reads_with_read_permissions(tmp_path: Path) -> None:
    """As the server sees it; the same token is refused the first write, and nothing is made."""
    tenant = Tenant(id=TENANT, scopes=READ_ONLY)
    with office(tmp_path, tenant=tenant) as found:
        before = len(found.running.writes)
        assert len(found.plan().writes) == OBJECTS
        assert len(found.running.writes) == before == 0
        assert {each.outcome for each in found.apply()} <= {Outcome.FAILED, Outcome.SKIPPED}
        assert found.counts() == {"": 1}
