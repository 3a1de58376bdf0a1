"""Every fault at every request: after going on, the right state, no second object, none lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest

from aipol.apply.events import Outcome
from aipol.remote import Mark
from tests.unit.compiler.apply.pushing import Pushing, foreign, holds
from tests.unit.compiler.apply.vendor import (
    FakeRemote,
    Fault,
    Killed,
    Time,
    Vendor,
    digest_for,
    policy,
    script,
    seeded,
)

BEFORE = (
    script("kept"),
    script("old", "one"),
    script("gone", "none"),
    policy("moved", "old"),
    policy("ended", "gone"),
)
WANTED = (
    script("kept"),
    script("old", "two"),
    script("new", "three"),
    policy("moved", "kept", "new"),
    policy("made", "new", assignments=["x", "y"]),
)
Count = Callable[[str, object], None]


def _place(folder: Path, lag: float = 0.0, concurrency: int = 1) -> Pushing:
    vendor = Vendor(Time(), lag=lag)
    ids = dict[str, str]()
    for each in BEFORE:
        ids[each.key] = seeded(vendor, each, ids, Mark(each.key, digest_for(each)))
    seeded(vendor, script("of others", "theirs"), {}, None)
    seeded(vendor, policy("of others too"), {}, Mark("com.acme2/p", "0" * 16))
    pushing = Pushing(folder, vendor)
    pushing.remote = FakeRemote(vendor, concurrency=concurrency)
    return pushing


def _first(pushing: Pushing) -> None:
    with suppress(Killed):
        pushing.go_on(*WANTED)


def _is_right(pushing: Pushing, theirs: object) -> None:
    assert holds(pushing.vendor, pushing.remote, WANTED) == []
    assert foreign(pushing.vendor) == theirs
    assert pushing.plan(*WANTED).writes == ()


def _writes(folder: Path) -> int:
    pushing = _place(folder)
    assert all(each.outcome is Outcome.DONE for each in pushing.go_on(*WANTED))
    return len(pushing.vendor.writes)


@pytest.mark.parametrize("lag", [0.0, 5.0])
@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_at_any_write(
    fault: Fault, concurrency: int, lag: float, tmp_path: Path, record_property: Count
) -> None:
    """Whatever happens to whichever write, going on ends with what is wanted."""
    writes, applies = _writes(tmp_path / "whole"), 0
    for number in range(1, writes + 1):
        pushing = _place(tmp_path / str(number), lag, concurrency)
        theirs = foreign(pushing.vendor)
        pushing.vendor.faults[number] = fault
        _first(pushing)
        pushing.vendor.faults.clear()
        applies += 1 + pushing.until_done(*WANTED)
        _is_right(pushing, theirs)
    assert writes == 8
    record_property("faults", f"{fault}: {writes} writes, {applies} applies, 0 duplicates, 0 lost")


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.REFUSED, Fault.KILLED_AFTER])
def test_a_fault_at_any_read(fault: Fault, tmp_path: Path, record_property: Count) -> None:
    """The same of what is only looked at."""
    whole = _place(tmp_path / "whole", 5.0)
    whole.go_on(*WANTED)
    for number in range(1, whole.vendor.reads + 1):
        pushing = _place(tmp_path / str(number), 5.0)
        theirs = foreign(pushing.vendor)
        pushing.vendor.read_faults[number] = fault
        try:
            _first(pushing)
        except Exception:  # noqa: BLE001 - planning itself may fail, and nothing is done then
            assert number <= 2
        applies = pushing.until_done(*WANTED)
        assert applies <= 2
        _is_right(pushing, theirs)
    record_property("faults", f"read {fault}: {whole.vendor.reads} reads")


@pytest.mark.parametrize("first", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.KILLED_AFTER])
@pytest.mark.parametrize("second", [Fault.LOST_AFTER, Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
def test_two_faults_one_of_them_perhaps_while_going_on(
    first: Fault, second: Fault, tmp_path: Path
) -> None:
    """The second fault meets the same apply, or the one that goes on."""
    writes = _writes(tmp_path / "whole")
    for number, pair in enumerate(combinations(range(1, writes + 3), 2)):
        pushing = _place(tmp_path / str(number), 5.0)
        theirs = foreign(pushing.vendor)
        pushing.vendor.faults.update(zip(pair, (first, second), strict=True))
        _first(pushing)
        pushing.until_done(*WANTED)
        _is_right(pushing, theirs)


def test_no_answer_at_all_for_a_while(pushing: Pushing) -> None:
    """Every create is done and unanswered three times over; still nothing is made twice."""
    pushing.vendor.lag = 10.0
    pushing.vendor.faults.update(dict.fromkeys(range(1, 30), Fault.LOST_AFTER))
    results = pushing.go_on(*WANTED)
    assert {each.outcome for each in results} > {Outcome.DOUBTFUL}
    pushing.vendor.faults.clear()
    pushing.until_done(*WANTED)
    assert holds(pushing.vendor, pushing.remote, WANTED) == []


@pytest.mark.parametrize("read", ["refused", "lost"])
def test_looking_for_what_may_have_been_made_fails_too(read: str, pushing: Pushing) -> None:
    """A create without an answer stays in doubt when looking for it is refused, and is settled."""
    pushing.vendor.lag = 15.0
    pushing.vendor.faults[1] = Fault.LOST_AFTER
    # The plan reads two lists; the third is looking for what may have been made.
    pushing.vendor.read_faults[3] = Fault.REFUSED if read == "refused" else Fault.LOST_BEFORE
    (result,) = pushing.go_on(script("new"))
    assert result.outcome is Outcome.DOUBTFUL
    assert pushing.journals()[0].end == "failed"
    assert pushing.journals()[0].unsettled
    pushing.until_done(script("new"))
    assert holds(pushing.vendor, pushing.remote, (script("new"),)) == []
    assert not pushing.journals()[0].unsettled


def test_a_create_is_not_repeated_after_a_doubt_that_ends_in_a_refusal(pushing: Pushing) -> None:
    """The second try is refused: perhaps because the first one worked; so it is in doubt."""
    pushing.vendor.faults.update({1: Fault.LOST_BEFORE, 2: Fault.REFUSED})
    (result,) = pushing.go_on(script("new"))
    assert result.outcome is Outcome.DOUBTFUL
    assert pushing.journals()[0].unsettled


def test_settling_waits_from_when_it_begins(pushing: Pushing) -> None:
    """A create was sent long after it was begun: what its request made is still waited for."""
    pushing.vendor.lag = 15.0
    pushing.vendor.faults.update({1: Fault.LOST_BEFORE, 2: Fault.KILLED_AFTER})
    with pytest.raises(Killed):
        pushing.go_on(script("new"))
    pushing.until_done(script("new"))
    assert holds(pushing.vendor, pushing.remote, (script("new"),)) == []


def test_settling_waits_once_for_all_and_no_longer_than_needed(pushing: Pushing) -> None:
    """Five creates in doubt that nobody made cost one wait; what is seen at once costs none."""
    pushing.remote.concurrency = 5
    pushing.vendor.faults.update(dict.fromkeys(range(1, 6), Fault.KILLED_BEFORE))
    wanted = tuple(script(f"n{number}") for number in range(5))
    with pytest.raises(Killed):
        pushing.go_on(*wanted)
    pushing.vendor.revive()
    before = pushing.vendor.time.now()
    pushing.settle()
    assert pushing.vendor.time.now() - before == pushing.remote.settles
    pushing.settle()
    assert pushing.vendor.time.now() - before == pushing.remote.settles


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_a_clock_that_is_set_makes_no_second_object(jump: float, pushing: Pushing) -> None:
    """A clock that jumps between the kill and going on neither shortens nor lengthens the wait."""
    pushing.vendor.faults[1] = Fault.KILLED_AFTER
    with pytest.raises(Killed):
        pushing.go_on(script("new"))
    for stored in pushing.vendor.all():  # the server has its own clock
        stored.seen_from = pushing.vendor.time.at + jump + 15.0
    pushing.vendor.time.at += jump
    before = pushing.vendor.time.now()
    pushing.until_done(script("new"))
    assert holds(pushing.vendor, pushing.remote, (script("new"),)) == []
    assert pushing.vendor.time.now() - before <= 2 * pushing.remote.settles
    assert [each.head.at for each in pushing.journals()] == sorted(
        each.head.at for each in pushing.journals()
    ) or jump < 0


def test_a_torn_last_line_says_nothing(pushing: Pushing) -> None:
    """A journal whose last line was cut is gone on with, and is whole afterwards."""
    pushing.vendor.faults[2] = Fault.KILLED_AFTER
    with pytest.raises(Killed):
        pushing.go_on(*WANTED)
    (journal,) = pushing.journals()
    with journal.path.open("ab") as stream:
        stream.write(b'{"change": 1, "event": "do')
    pushing.until_done(*WANTED)
    assert holds(pushing.vendor, pushing.remote, WANTED) == []
    assert journal.path.read_bytes().endswith(b'"settled"}\n')


def test_a_journal_cut_short_in_its_head_is_no_obstacle(pushing: Pushing) -> None:
    """Nothing was sent before the head was on the disk, so there is nothing to find out."""
    pushing.folder.mkdir()
    (pushing.folder / "20261129T000000Z.jsonl").write_bytes(b'{"at": 17')
    (pushing.folder / "20261129T000000Z-2.jsonl").write_bytes(b"")
    assert pushing.until_done(*WANTED) == 1
    assert len(pushing.journals()) == 1


def test_requests_do_not_grow_faster_than_objects(tmp_path: Path, record_property: Count) -> None:
    """An object costs as many requests among forty as among twenty."""
    costs = dict[int, float]()
    for number in (20, 40):
        pushing = Pushing(tmp_path / str(number))
        pushing.go_on(*(script(f"n{each}") for each in range(number)))
        costs[number] = (pushing.vendor.reads + len(pushing.vendor.writes)) / number
    record_property("requests", f"{costs[40]:.2f} an object")
    assert costs[40] <= costs[20] <= 3
