"""Each way in which something came to differ from how it was left, with and without journals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aipol.apply.history import past
from aipol.plan.drifting import Drift, Way, drifts
from aipol.plan.model import Inputs
from aipol.remote import Wanted, without_mark
from tests.unit.compiler.apply.pushing import INPUTS, Pushing
from tests.unit.compiler.apply.vendor import (
    SCRIPT,
    Fault,
    bearing,
    key_of,
    policy,
    script,
    seeded,
)


@pytest.fixture
def pushing(tmp_path: Path) -> Pushing:
    """A policy that was applied: two scripts, beside somebody else's."""
    found = Pushing(tmp_path / "journals")
    seeded(found.vendor, script("theirs"), {}, None)
    found.go_on(script("s"), script("t"))
    return found


def _drift(pushing: Pushing, *wanted: Wanted, inputs: Inputs = INPUTS) -> list[tuple[Way, str]]:
    return [(each.way, each.key or each.name) for each in _found(pushing, *wanted, inputs=inputs)]


def _found(pushing: Pushing, *wanted: Wanted, inputs: Inputs = INPUTS) -> tuple[Drift, ...]:
    told = past(tuple(pushing.journals()))
    plan = pushing.plan(*(wanted or (script("s"), script("t"))))
    return drifts(plan, told, inputs)


def _hand(pushing: Pushing, name: str, **part: object) -> None:
    (stored,) = bearing(pushing.vendor, key_of(name))
    pushing.vendor.change(stored.id, part)


@pytest.mark.parametrize("digests", [True, False])
def test_nothing_drifts_by_itself(digests: bool, tmp_path: Path) -> None:
    """As it was left, it is reported as such; digest or none."""
    pushing = Pushing(tmp_path / "more")
    pushing.vendor.digests = digests
    pushing.go_on(script("s"), script("t"))
    assert _drift(pushing) == []


@pytest.mark.parametrize("digests", [True, False])
def test_an_edit_is_somebodys(digests: bool, tmp_path: Path) -> None:
    """Told with the place, by the digest or by what the journal says was written."""
    pushing = Pushing(tmp_path / "more")
    pushing.vendor.digests = digests
    pushing.go_on(script("s"), script("t"))
    _hand(pushing, "s", text="by hand")
    (found,) = _found(pushing)
    assert (found.way, found.key) == (Way.EDITED, key_of("s"))
    assert [each.path for each in found.differences] == ["text"]


@pytest.mark.parametrize("digests", [True, False])
def test_a_policy_that_moved_is_nobodys_edit(digests: bool, tmp_path: Path) -> None:
    """The policy, the catalogue or the tool, whichever of the inputs differs first."""
    pushing = Pushing(tmp_path / "more")
    pushing.vendor.digests = digests
    pushing.go_on(script("s"), script("t"))
    wanted = (script("s", "new"), script("t"))
    for change, way in (
        ({"files": "x", "catalogue": "x"}, Way.POLICY),
        ({"catalogue": "x"}, Way.CATALOGUE),
        ({"version": "x"}, Way.TOOL),
    ):
        inputs = replace(INPUTS, **change)
        assert _drift(pushing, *wanted, inputs=inputs) == [(way, key_of("s"))]


def test_without_a_journal_what_differs_counts_as_others_doing(tmp_path: Path) -> None:
    """Where neither a digest nor a journal tells, somebody may have done it, and it is said so."""
    pushing = Pushing(tmp_path / "more")
    pushing.vendor.digests = False
    pushing.go_on(script("s"))
    pushing.folder = tmp_path / "nowhere"
    assert _drift(pushing, script("s", "new")) == [(Way.UNKNOWN, key_of("s"))]
    assert Way.UNKNOWN.by_others


def test_what_was_deleted(pushing: Pushing) -> None:
    """An object that was made and is gone was deleted; one that was never made was not."""
    (stored,) = bearing(pushing.vendor, key_of("s"))
    del pushing.vendor.objects[stored.id]
    wanted = (script("s"), script("t"), script("new"))
    assert _drift(pushing, *wanted) == [(Way.DELETED, key_of("s")), (Way.NEVER, key_of("new"))]


def test_what_bears_our_mark_no_more(pushing: Pushing) -> None:
    """Its mark was taken away: told as ours that is lost, not as somebody's new object."""
    (stored,) = bearing(pushing.vendor, key_of("s"))
    text = without_mark(stored.document["description"])
    pushing.vendor.change(stored.id, {"description": text})
    found = _found(pushing)
    assert [(each.way, each.key) for each in found] == [(Way.UNMARKED, key_of("s"))]
    assert found[0].way.by_others


def test_a_name_that_was_taken_before_anything_was_applied(pushing: Pushing) -> None:
    """Nothing of ours is lost."""
    seeded(pushing.vendor, script("new"), {}, None)
    wanted = (script("s"), script("t"), script("new"))
    assert _drift(pushing, *wanted) == [(Way.NEVER, key_of("new"))]


def test_a_copy(pushing: Pushing) -> None:
    """A second object with the same mark."""
    (stored,) = bearing(pushing.vendor, key_of("s"))
    pushing.vendor.put_in(SCRIPT, dict(stored.document))
    assert _drift(pushing) == [(Way.DOUBLED, key_of("s"))]


def test_what_others_added(pushing: Pushing) -> None:
    """Told, and no reason to fail; what the last apply saw is not new."""
    seeded(pushing.vendor, script("new of theirs"), {}, None)
    found = _found(pushing)
    assert [(each.way, each.name) for each in found] == [(Way.ADDED, "AI new of theirs")]
    assert not found[0].way.by_others


def test_what_the_vendor_writes_differently(pushing: Pushing) -> None:
    """It means the same, and is told last."""
    (stored,) = bearing(pushing.vendor, key_of("s"))
    stored.document["default"] = None
    _hand(pushing, "t", text="by hand")
    assert _drift(pushing) == [(Way.EDITED, key_of("t")), (Way.REWRITTEN, key_of("s"))]


def test_a_rollback_is_no_others_doing(pushing: Pushing) -> None:
    """What was rolled back is not yet what the policy says; strangers stay known."""
    pushing.go_on(script("s", "new"), script("t"))
    pushing.roll_back()
    assert _drift(pushing, script("s", "new"), script("t")) == [(Way.POLICY, key_of("s"))]


def test_what_a_rollback_took_away_is_told_so(pushing: Pushing) -> None:
    """It is neither deleted by somebody nor never applied; one that the policy took is pending."""
    wanted = (script("s"), script("t"), script("new"))
    pushing.go_on(*wanted)
    pushing.roll_back()
    assert _drift(pushing, *wanted) == [(Way.UNDONE, key_of("new"))]
    pushing.go_on(script("s"))
    assert _drift(pushing, *wanted[:2]) == [(Way.TOOL, key_of("t"))]


def test_what_was_made_in_doubt_is_known_to_be_made(pushing: Pushing) -> None:
    """Its answer was lost and it was found afterwards: if it goes, somebody deleted it."""
    pushing.vendor.faults[len(pushing.vendor.writes) + 1] = Fault.KILLED_AFTER
    wanted = (script("s"), script("t"), script("new"))
    pushing.until_done(*wanted)
    (stored,) = bearing(pushing.vendor, key_of("new"))
    del pushing.vendor.objects[stored.id]
    assert _drift(pushing, *wanted) == [(Way.DELETED, key_of("new"))]


def test_what_is_wanted_no_more(pushing: Pushing) -> None:
    """It goes by the policy, not by others."""
    inputs = replace(INPUTS, files="x")
    assert _drift(pushing, script("s"), inputs=inputs) == [(Way.POLICY, key_of("t"))]


@pytest.mark.parametrize("digests", [True, False])
def test_what_bears_our_mark_and_is_none_of_ours(digests: bool, tmp_path: Path) -> None:
    """A copy in a console whose key, or name, was edited: neither policy nor journal knows it."""
    pushing = Pushing(tmp_path / "more")
    pushing.vendor.digests = digests
    pushing.go_on(script("s"), script("t"))
    (stored,) = bearing(pushing.vendor, key_of("s"))
    text = stored.document["description"].replace(key_of("s"), key_of("s2"))
    pushing.vendor.put_in(SCRIPT, {**stored.document, "name": "mine", "description": text})
    (found,) = _found(pushing)
    assert (found.way, found.key, found.name) == (Way.STRAY, key_of("s2"), "mine")
    assert found.way.by_others


@pytest.mark.parametrize("digests", [True, False])
def test_what_is_wanted_no_more_and_somebody_changed(digests: bool, tmp_path: Path) -> None:
    """It is not only the policy's doing."""
    pushing = Pushing(tmp_path / "more")
    pushing.vendor.digests = digests
    pushing.go_on(script("s"), script("t"))
    _hand(pushing, "t", text="by hand")
    assert _drift(pushing, script("s"), inputs=replace(INPUTS, files="x")) == [
        (Way.STRAY, key_of("t"))
    ]


def test_a_backup_that_was_restored_is_others_doing(pushing: Pushing) -> None:
    """Mark and all: told with what differs, not as another version of aipol."""
    (old,) = bearing(pushing.vendor, key_of("s"))
    kept = dict(old.document)
    wanted = (script("s", "new"), script("t"))
    pushing.go_on(*wanted)
    pushing.vendor.change(old.id, kept)
    (found,) = _found(pushing, *wanted)
    assert (found.way, found.key) == (Way.RESTORED, key_of("s"))
    assert found.way.by_others
    assert [each.path for each in found.differences] == ["text"]


def test_what_an_adoption_that_was_undone_leaves(pushing: Pushing) -> None:
    """An object that was given back is no object of ours any more."""
    seeded(pushing.vendor, policy("p"), {}, None)
    wanted = (script("s"), script("t"), policy("p", assignments=["x"]))
    pushing.apply(pushing.plan(*wanted, adopt=frozenset({key_of("p")})))
    pushing.roll_back()
    assert key_of("p") not in past(tuple(pushing.journals())).objects
