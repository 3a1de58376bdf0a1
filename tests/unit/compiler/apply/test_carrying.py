"""One change at a time: in which order, what stops what, and what is never written over."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from aipol.apply.carrying import BEFORE_DELETING, NEEDED, STOPPED, levels
from aipol.apply.events import Begun, Outcome, Result
from aipol.apply.journal import JournalError, read
from aipol.plan.model import Action
from aipol.remote import Mark, marked
from tests.unit.compiler.apply.pushing import Pushing, holds
from tests.unit.compiler.apply.vendor import (
    SCRIPT,
    Fault,
    bearing,
    digest_for,
    key_of,
    policy,
    script,
    seeded,
)


def _outcomes(results: tuple[Result, ...]) -> dict[str, tuple[Outcome, str]]:
    return {each.change.key.partition("/")[2]: (each.outcome, each.why) for each in results}


def test_what_is_needed_is_made_first_and_what_uses_it_is_removed_first(pushing: Pushing) -> None:
    """References order creates one way and deletions the other; deletions come last."""
    pushing.go_on(policy("p", "s"), script("s"))
    assert [verb for verb, *_ in pushing.vendor.writes] == ["post", "post", "patch"]
    assert [what for *_, what in pushing.vendor.writes][:2] == ["AI s", "AI p"]
    pushing.vendor.writes.clear()
    results = pushing.go_on(script("t"))
    assert [each.change.key for each in results] == [key_of(each) for each in ("t", "p", "s")]
    assert all(each.outcome is Outcome.DONE for each in results)
    assert [verb for verb, *_ in pushing.vendor.writes] == ["post", "delete", "delete"]


def test_what_fails_stops_what_needs_it_and_deletions_and_nothing_else(pushing: Pushing) -> None:
    """Others are made; the next apply does the rest."""
    pushing.go_on(script("gone"), script("same"))
    pushing.vendor.faults[len(pushing.vendor.writes) + 1] = Fault.REFUSED
    wanted = (script("a"), script("b"), policy("p", "a"), policy("q", "p"), script("same"))
    found = _outcomes(pushing.go_on(*wanted))
    assert found == {
        "a": (Outcome.FAILED, "400 by schedule"),
        "b": (Outcome.DONE, ""),
        "p": (Outcome.SKIPPED, NEEDED),
        "q": (Outcome.SKIPPED, NEEDED),
        "gone": (Outcome.SKIPPED, BEFORE_DELETING),
    }
    assert pushing.journals()[-1].end == "failed"
    pushing.until_done(*wanted)
    assert holds(pushing.vendor, pushing.remote, wanted) == []
    assert pushing.journals()[-1].end == "complete"


def test_a_failed_deletion_stops_the_deletions_after_it(pushing: Pushing) -> None:
    """A script stays while a policy that uses it could not be removed."""
    pushing.go_on(script("s"), policy("p", "s"))
    pushing.vendor.faults[len(pushing.vendor.writes) + 1] = Fault.REFUSED
    found = _outcomes(pushing.go_on())
    assert found["s"] == (Outcome.SKIPPED, BEFORE_DELETING)


def test_levels_are_as_wide_as_they_can_be(pushing: Pushing) -> None:
    """Five scripts and two policies that use them are two levels, as is their removal."""
    scripts = tuple(script(f"s{number}") for number in range(5))
    wanted = (*scripts, policy("p", "s0", "s4"), policy("q", "s1"))
    assert list(map(len, levels(pushing.plan(*wanted).writes))) == [5, 2]
    pushing.go_on(*wanted)
    assert list(map(len, levels(pushing.plan(script("x")).writes))) == [1, 4, 3]


def test_an_interruption_finishes_what_is_under_way_and_begins_nothing(pushing: Pushing) -> None:
    """Ctrl-C while the second is made: it is finished, and the next apply goes on."""
    made = pushing.plan(*(script(f"s{number}") for number in range(4)))
    done, stopped = list[str](), list[str]()

    def told(event: Begun | Result) -> None:
        if isinstance(event, Begun) and done:
            time.sleep(0.2)  # until it is known that nothing more is to be begun
        elif isinstance(event, Result) and event.outcome is Outcome.DONE:
            done.append(event.change.key)
            if len(done) == 1:
                raise KeyboardInterrupt
        elif isinstance(event, Result):
            stopped.append(event.why)

    pushing.told = type("Told", (list,), {"append": staticmethod(told)})()
    with pytest.raises(KeyboardInterrupt):
        pushing.apply(made)
    assert done == [key_of("s0"), key_of("s1")]
    assert stopped == [STOPPED, STOPPED]
    assert len(pushing.vendor.objects) == 2
    (journal,) = pushing.journals()
    assert journal.end == "interrupted"
    assert not journal.unsettled
    pushing.told = []
    wanted = tuple(script(f"s{number}") for number in range(4))
    assert pushing.until_done(*wanted) == 1


def test_a_journal_that_cannot_be_written_stops_everything(pushing: Pushing) -> None:
    """No room on the disk: nothing is sent that is not written down."""
    made = pushing.plan(*(script(f"s{number}") for number in range(4)))

    class Full(list[Any]):
        def append(self, event: object) -> None:
            if isinstance(event, Begun):
                raise OSError(28, "No space left on device")

    pushing.told = Full()
    with pytest.raises(OSError, match="No space"):
        pushing.apply(made)
    assert pushing.vendor.writes == []


@pytest.mark.parametrize("edit", ["body", "mark", "other", "gone"])
def test_what_changed_since_the_plan_is_not_written_over(edit: str, pushing: Pushing) -> None:
    """An object that was edited, lost its mark, or is gone is left alone: plan again."""
    pushing.go_on(script("s", "one"))
    made = pushing.plan(script("s", "two"))
    (stored,) = pushing.vendor.all()
    description = stored.document["description"]
    if edit == "body":
        pushing.vendor.change(stored.id, {"text": "by hand"})
    elif edit == "mark":
        pushing.vendor.change(stored.id, {"description": "by policy"})
    elif edit == "other":
        text = marked(description, Mark("com.acme2/s"))
        pushing.vendor.change(stored.id, {"description": text})
    else:
        pushing.vendor.objects.clear()
    before = dict(pushing.vendor.objects)
    (result,) = pushing.apply(made)
    assert result.outcome is Outcome.FAILED
    assert result.why.endswith("plan again")
    assert pushing.vendor.objects == before
    assert list(pushing.journals()[-1].touched()) == []


@pytest.mark.parametrize("edit", ["body", "mark"])
def test_what_changed_since_the_plan_is_not_deleted(edit: str, pushing: Pushing) -> None:
    """The same of what should go; what is gone already is done."""
    pushing.go_on(script("s"))
    made = pushing.plan()
    (stored,) = pushing.vendor.all()
    part = {"text": "by hand"} if edit == "body" else {"description": "by policy"}
    pushing.vendor.change(stored.id, part)
    (result,) = pushing.apply(made)
    assert result.outcome is Outcome.FAILED
    assert list(pushing.vendor.objects) == [stored.id]


def test_what_is_gone_already_is_done(pushing: Pushing) -> None:
    """Somebody was quicker."""
    pushing.go_on(script("s"))
    made = pushing.plan()
    pushing.vendor.objects.clear()
    (result,) = pushing.apply(made)
    assert result.outcome is Outcome.DONE


@pytest.mark.parametrize(
    "mark", ["", "aipol:com.acme/s sha256:0123456789abcdef", "aipol:com.acme/t"]
)
def test_a_vendor_that_keeps_another_mark_is_told(mark: str, pushing: Pushing) -> None:
    """An object without its mark would be somebody else's at the next apply: no success."""
    rewritten = pushing.vendor._rewritten

    def lossy(kind: str, document: dict[str, Any]) -> dict[str, Any]:
        return {**rewritten(kind, document), "description": f"by policy {mark}"}

    pushing.vendor._rewritten = lossy  # type: ignore[method-assign]
    (result,) = pushing.go_on(script("s"))
    assert result.outcome is Outcome.FAILED
    assert result.why == "the vendor keeps it differently: its mark"


def test_a_vendor_that_keeps_something_else_is_told_where(pushing: Pushing) -> None:
    """A field that the vendor drops is a failure, with its place, and no endless repetition."""
    rewritten = pushing.vendor._rewritten

    def lossy(kind: str, document: dict[str, Any]) -> dict[str, Any]:
        return {**rewritten(kind, document), "text": "echo..."}

    pushing.vendor._rewritten = lossy  # type: ignore[method-assign]
    (result,) = pushing.go_on(script("s"))
    assert (result.outcome, result.why) == (
        Outcome.FAILED,
        "the vendor keeps it differently: text",
    )


def test_an_object_that_never_shows_is_a_failure(pushing: Pushing) -> None:
    """Waiting has an end."""
    pushing.vendor.lag = 1_000.0
    (result,) = pushing.go_on(script("s"))
    assert result.why == "the vendor keeps it differently: it cannot be seen"
    assert result.outcome is Outcome.FAILED


def test_a_reference_to_what_is_not_there_is_a_failure(pushing: Pushing) -> None:
    """No KeyError, and nothing sent."""
    (result,) = pushing.go_on(policy("p", "nowhere"))
    assert result.outcome is Outcome.FAILED
    assert key_of("nowhere") in result.why
    assert pushing.vendor.writes == []


def test_a_copy_that_is_used_is_let_go_of_before_it_is_removed(pushing: Pushing) -> None:
    """A policy refers to the copy of a script: it is pointed at the script, then the copy goes."""
    pushing.go_on(script("s"), policy("p", "s"))
    (stored,) = bearing(pushing.vendor, key_of("s"))
    copy = pushing.vendor.put_in(SCRIPT, dict(stored.document))
    (user,) = bearing(pushing.vendor, key_of("p"))
    pushing.vendor.change(user.id, {"uses": [copy]})
    made = pushing.plan(script("s"), policy("p", "s"))
    assert [(each.action, each.key) for each in made.writes] == [
        (Action.UPDATE, key_of("p")),
        (Action.DELETE, key_of("s")),
    ]
    assert all(each.outcome is Outcome.DONE for each in pushing.apply(made))
    (user,) = bearing(pushing.vendor, key_of("p"))
    assert user.document["uses"] == [stored.id]


def test_what_was_another_kind_of_object_is_let_go_of_before_it_is_removed(
    pushing: Pushing,
) -> None:
    """The key names a policy now and was a script's: who used the script, uses the policy."""
    pushing.go_on(script("s"), policy("p", "s"))
    wanted = (policy("s"), policy("p", "s"))
    results = pushing.go_on(*wanted)
    assert all(each.outcome is Outcome.DONE for each in results)
    assert holds(pushing.vendor, pushing.remote, wanted) == []


def test_an_adopted_object_may_be_used_by_others_and_use_them(pushing: Pushing) -> None:
    """A foreign policy that uses our script is adopted as it is; so is a script that ours use."""
    pushing.go_on(script("s"), policy("p", "s"))
    ids = {key_of("s"): next(bearing(pushing.vendor, key_of("s"))).id}
    seeded(pushing.vendor, policy("q", "s"), ids, None)
    theirs = seeded(pushing.vendor, script("t"), {}, None)
    (user,) = bearing(pushing.vendor, key_of("p"))
    pushing.vendor.change(user.id, {"uses": [theirs]})
    wanted = (script("s"), policy("p", "t"), policy("q", "s"), script("t"))
    made = pushing.plan(*wanted, adopt=frozenset({key_of("q"), key_of("t")}))
    assert {each.key: each.differences for each in made.of(Action.ADOPT)} == {
        key_of("q"): (),
        key_of("t"): (),
    }
    assert all(each.outcome is Outcome.DONE for each in pushing.apply(made))
    (user,) = bearing(pushing.vendor, key_of("p"))
    assert user.document["uses"] == [theirs]
    assert all(each.outcome is Outcome.DONE for each in pushing.go_on(*wanted))
    assert holds(pushing.vendor, pushing.remote, wanted) == []


def test_others_are_read_by_nobody_else_than_whom_they_are_for(pushing: Pushing) -> None:
    """A journal holds what a tenant does, so only its owner reads it."""
    pushing.go_on(script("s"))
    (journal,) = pushing.journals()
    assert journal.path.stat().st_mode & 0o077 == 0


def test_what_is_no_journal_is_told(tmp_path: Path) -> None:
    """Whatever a file holds, it is a journal or a reason."""
    path = tmp_path / "j.jsonl"
    for content in (
        b"[]\n",
        b"no\n",
        b"\xff\n",
        b'{"schema": "aipol.journal/2"}\n',
        b'{"schema": "aipol.journal/1"}\n',
    ):
        path.write_bytes(content)
        with pytest.raises(JournalError):
            read(path)
    with pytest.raises(JournalError, match="directory"):
        read(tmp_path)


@pytest.mark.parametrize(
    "line",
    ["[]", "{}", '{"event": "begin", "change": 9, "at": 1}', '{"event": "odd", "change": 0}'],
)
def test_a_line_that_aipol_does_not_write_is_told(line: str, pushing: Pushing) -> None:
    """With its number."""
    pushing.go_on(script("s"))
    (journal,) = pushing.journals()
    text = journal.path.read_text(encoding="utf-8") + line + "\n"
    journal.path.write_text(text, encoding="utf-8")
    with pytest.raises(JournalError, match="line 6"):
        read(journal.path)


def test_the_journal_is_ahead_of_the_vendor(pushing: Pushing) -> None:
    """Before the first request is sent, what it is for is on the disk."""
    seen = list[list[str]]()
    post = pushing.vendor.post

    def watched(kind: str, document: dict[str, Any]) -> str:
        (path,) = pushing.folder.glob("*.jsonl")
        lines = path.read_text(encoding="utf-8").splitlines()
        seen.append([json.loads(line).get("event", "head") for line in lines])
        return post(kind, document)

    pushing.vendor.post = watched  # type: ignore[method-assign]
    pushing.go_on(script("s"))
    assert seen == [["head", "begin"]]
    assert digest_for(script("s"))
