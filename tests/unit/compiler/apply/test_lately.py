"""A plan soon after an apply waits until what was done can be seen."""

from __future__ import annotations

import pytest

from aipol.apply.doubts import settle
from aipol.apply.events import Outcome
from aipol.apply.lately import observed
from aipol.plan.model import Action
from aipol.plan.planning import Asked, compare
from tests.unit.compiler.apply.pushing import Pushing
from tests.unit.compiler.apply.vendor import (
    ORGANIZATION,
    SCRIPT,
    FakeRemote,
    Fault,
    key_of,
    policy,
    script,
)

SETTLES = FakeRemote.settles


def later(pushing: Pushing, seconds: float) -> None:
    """The next who asks is answered by a server that has heard of nothing yet."""
    for each in pushing.vendor.objects.values():
        each.seen_from = pushing.vendor.time.at + seconds
        each.older = None


@pytest.mark.parametrize(("seconds", "creates"), [(0.0, 0), (SETTLES / 2, 0), (SETTLES * 9, 2)])
def test_what_was_made_a_moment_ago_is_not_made_again(
    pushing: Pushing, seconds: float, creates: int
) -> None:
    """It is waited for as long as a vendor may need, and no longer."""
    wanted = (script("one"), policy("two", "one"))
    pushing.apply(pushing.plan(*wanted))
    later(pushing, seconds)
    before = pushing.vendor.time.at
    journals = tuple(pushing.journals())
    found = observed(pushing.remote, journals, pushing.vendor.time.clock())
    assert len(compare(pushing.remote, Asked(ORGANIZATION, wanted), found).writes) == creates
    assert pushing.vendor.time.at - before <= SETTLES


def test_a_note_on_what_was_changed_is_not_it(pushing: Pushing) -> None:
    """Somebody's object names its key, which is no reason not to wait for the object."""
    pushing.apply(pushing.plan(script("one", "before")))
    pushing.apply(pushing.plan(script("one")))
    for each in pushing.vendor.objects.values():
        each.seen_from = pushing.vendor.time.at + SETTLES / 2
    note = {"name": "theirs", "description": f"see aipol:{key_of('one')}", "text": "theirs"}
    pushing.vendor.put_in(SCRIPT, note)
    journals = tuple(pushing.journals())
    found = observed(pushing.remote, journals, pushing.vendor.time.clock())
    assert compare(pushing.remote, Asked(ORGANIZATION, (script("one"),)), found).writes == ()


def test_an_apply_of_long_ago_is_not_waited_for(pushing: Pushing) -> None:
    """What is missing then was deleted by somebody."""
    pushing.apply(pushing.plan(script("one")))
    pushing.vendor.time.sleep(SETTLES + 1)
    later(pushing, SETTLES)
    before = pushing.vendor.time.at
    journals = tuple(pushing.journals())
    assert not observed(pushing.remote, journals, pushing.vendor.time.clock()).objects
    assert pushing.vendor.time.at == before


def test_what_was_made_and_not_finished_is_not_made_again(pushing: Pushing) -> None:
    """An object whose assignment was refused is there, although nobody has seen it yet."""
    wanted = (script("one"), policy("two", "one"))
    pushing.vendor.lag = SETTLES / 2
    pushing.vendor.faults = {3: Fault.REFUSED}
    *_, last = pushing.apply(pushing.plan(*wanted))
    assert last.outcome is Outcome.FAILED
    assert len(pushing.vendor.objects) == 2
    journals = tuple(pushing.journals())
    found = observed(pushing.remote, journals, pushing.vendor.time.clock())
    (change,) = compare(pushing.remote, Asked(ORGANIZATION, wanted), found).writes
    assert change.action is Action.UPDATE


def test_settling_looks_at_what_was_made_and_refused(pushing: Pushing) -> None:
    """It is not over before that can be seen, too."""
    wanted = (script("one"), policy("two", "one"))
    pushing.vendor.lag = SETTLES / 2
    pushing.vendor.faults = {3: Fault.REFUSED}
    pushing.apply(pushing.plan(*wanted))
    (journal,) = pushing.journals()
    before = pushing.vendor.time.at
    settle(pushing.remote, journal, pushing.vendor.time.clock())
    assert pushing.vendor.time.at - before >= SETTLES / 2
    (change,) = pushing.plan(*wanted).writes
    assert change.action is Action.UPDATE
