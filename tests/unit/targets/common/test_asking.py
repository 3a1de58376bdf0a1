"""How often a vendor is asked, and what is made of no answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aipol.remote import Clock, InDoubt, Refused
from aipol_targets.common.asking import Asking, Patience
from aipol_targets.common.http import Answer, NoAnswer

MOST = 100.0


class Vendor:
    """Answers what it is told to, and the last of it for good."""

    def __init__(self, *answers: Answer | NoAnswer) -> None:
        self._answers: Iterator[Answer | NoAnswer] = iter(answers)
        self._last = answers[-1]
        self.asked = 0
        self.slept: list[float] = []

    def once(self) -> Answer:
        """The next answer."""
        self.asked += 1
        found = next(self._answers, self._last)
        if isinstance(found, NoAnswer):
            raise found
        return found

    @property
    def asking(self) -> Asking:
        """Asks it."""
        clock = Clock(lambda: sum(self.slept), self.slept.append)
        return Asking("Acme", clock, Patience(2.0, 30.0, MOST), lambda each: f"says {each.status}")


BUSY, GOOD, BROKEN, GONE = Answer(429, ""), Answer(200, "x"), Answer(500, ""), Answer(404, "")


def test_a_vendor_that_is_busy_is_waited_for_longer_each_time() -> None:
    """For a write as for a read: nothing was done meanwhile."""
    for ask in ("read", "write"):
        vendor = Vendor(BUSY, BUSY, Answer(429, "", 7.0), GOOD)
        assert getattr(vendor.asking, ask)("list", vendor.once) is GOOD
        assert vendor.slept == [2.0, 4.0, 7.0]


def test_a_vendor_that_is_busy_for_good_gives_its_answer_in_the_end() -> None:
    """Also where it says that there is nothing to wait for, which would go on for ever."""
    for busy in (BUSY, Answer(429, "", 0.0), Answer(429, "", 1_000.0)):
        vendor = Vendor(busy)
        assert vendor.asking.write("make", vendor.once) is busy
        assert sum(vendor.slept) <= MOST


def test_a_read_is_asked_five_times() -> None:
    """Whatever is wrong with its answers."""
    for wrong in (BROKEN, NoAnswer("is silent"), NoAnswer("is away", sent=False)):
        vendor = Vendor(wrong)
        with pytest.raises(InDoubt, match=r"list: Acme .*, 5 times"):
            vendor.asking.read("list", vendor.once)
        assert vendor.asked == 5
        patient = Vendor(wrong, wrong, GOOD)
        assert patient.asking.read("list", patient.once) is GOOD


def test_a_write_goes_out_once() -> None:
    """What nobody knows is in doubt; what was never sent is refused."""
    for wrong, error in (
        (BROKEN, InDoubt),
        (NoAnswer("is silent"), InDoubt),
        (NoAnswer("is away", sent=False), Refused),
    ):
        vendor = Vendor(wrong)
        with pytest.raises(error, match="make: Acme "):
            vendor.asking.write("make", vendor.once)
        assert vendor.asked == 1


def test_what_is_not_there_is_no_answer() -> None:
    """To a read and to a write."""
    vendor = Vendor(GONE)
    assert vendor.asking.read("list", vendor.once) is None
    assert vendor.asking.write("make", vendor.once) is None
