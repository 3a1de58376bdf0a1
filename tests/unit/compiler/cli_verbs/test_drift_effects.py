"""What `aipol drift` says of people, and what `plan` and `rollback` refuse for their sake."""

from __future__ import annotations

import json

import pytest

from aipol.diagnostics import codes
from aipol.plan.lockout import Checked
from aipol.source import whole_file
from tests.unit.compiler.apply.vendor import bearing, key_of, script, seeded
from tests.unit.compiler.cli_verbs.conftest import Run
from tests.unit.compiler.cli_verbs.pushing import Shop


@pytest.fixture
def switching(shop: Shop, run: Run) -> Shop:
    """A place where a script switches Apple Intelligence off for everybody, as it was applied."""
    shop.switching, shop.wanted = True, (script("s"),)
    assert run("apply", "--yes").code == 0
    return shop


def _edited(shop: Shop, **changes: str) -> None:
    (stored,) = bearing(shop.vendor, key_of("s"))
    shop.vendor.change(stored.id, changes)


def test_who_can_do_what_again(switching: Shop, run: Run) -> None:
    """In words, with the line of the policy and the object; for a page, and for a program."""
    _edited(switching, text="off")
    found = run("drift")
    assert found.code == 1
    said = " ".join(found.out.split())
    assert "the effect on people, as far as alpha acts:" in said
    assert "can use apple-intelligence (builtin) again on managed Macs, managed Windows" in said
    assert "the policy says block (policy/ai-usage.yaml:17)" in said
    assert f"by {key_of('s')}" in said
    assert "apply puts it back; to keep the edit, let the policy say so" in said
    told = run("drift", "--format", "json").json["places"][0]["effects"]
    assert {each["direction"] for each in told["shifts"]} == {"looser"}
    assert {name for each in told["shifts"] for name in each["objects"]} == {key_of("s")}
    assert {each["policy"][0]["effect"] for each in told["shifts"]} == {"block", "allow"}
    assert told["unread"] == told["without_unread"] == told["no_effect"] == []
    page = run("drift", "--format", "markdown").out
    assert page.startswith("### alpha at tenant 1&#58; 1 object changed by others")
    assert "  - looser&#58; " in page


def test_nobody_is_affected(switching: Shop, run: Run) -> None:
    """An edit of what people in the console see."""
    _edited(switching, name="another name")
    found = run("drift")
    assert found.code == 1
    assert "  no effect on people\n" in found.out
    assert run("drift", "--format", "json").json["places"][0]["effects"]["no_effect"] == [
        key_of("s")
    ]


def _copied(shop: Shop, text: str, name: str = "s") -> None:
    (stored,) = bearing(shop.vendor, key_of("s"))
    said = stored.document["description"].replace(key_of("s"), key_of(name))
    shop.vendor.put_in("script", {**stored.document, "text": text, "description": said})


def test_a_copy_stands_beside_the_object(switching: Shop, run: Run) -> None:
    """It is in nothing's place: one that does less takes nothing from what the object does."""
    _copied(switching, "off")
    found = run("drift")
    assert found.code == 1
    assert "copied: 1" in found.out
    assert "  no effect on people\n" in found.out


def test_what_bears_our_mark_and_is_none_of_ours_is_told_with_what_it_does(
    switching: Shop, run: Run
) -> None:
    """Each of several under one key."""
    switching.wanted = (script("s", "off"),)
    assert run("apply", "--yes").code == 0
    for text in ("echo", "off"):
        _copied(switching, text, "strange")
    found = run("drift")
    assert found.code == 1
    said = " ".join(found.out.split())
    assert "bears our mark, and is neither asked for nor as aipol wrote it" in said
    assert "stricter: pilot cannot use apple-intelligence (builtin) any more" in said
    assert f"by {key_of('strange')}" in said
    refused = run("apply", "--yes")
    assert refused.code == 1
    assert "AIP707" in refused.out + refused.err


def test_what_cannot_be_told_is_said(switching: Shop, run: Run) -> None:
    """With the reason, and what it would be if the object did nothing."""
    _edited(switching, text="odd")
    said = " ".join(run("drift").out.split())
    assert f"what it does now cannot be told: {key_of('s')}: {key_of('s')}.json it is not" in said
    assert "if what cannot be told does nothing: looser: " in said
    told = run("drift", "--format", "json").json["places"][0]["effects"]
    assert told["unread"] == [{"object": key_of("s"), "why": f"{key_of('s')}.json it is not JSON"}]


def test_without_others_doing_nothing_is_read(switching: Shop, run: Run) -> None:
    """A policy that has moved is pending, and told by plan."""
    switching.wanted = (script("s", "off"),)
    found = run("drift")
    assert found.code == 0
    assert "effect" not in found.out
    assert run("drift", "--format", "json").json["places"][0]["effects"] is None


def test_what_a_rollback_took_away_is_not_taken_for_deleted(switching: Shop, run: Run) -> None:
    """Nobody else did it; after all of it, what is to be done is told."""
    del switching
    assert run("rollback", "--yes").code == 0
    found = run("drift")
    assert found.code == 0
    assert "0 objects changed by others" in found.out
    assert "taken away by a rollback: 1 (apply makes it again)" in found.out


def test_what_was_never_applied_is_told_so(shop: Shop, run: Run) -> None:
    """With what it means where it was, and the journals are elsewhere."""
    found = run("drift")
    assert "not made yet: 2 (apply makes it; if it was applied, its journal is not in" in found.out
    seeded(shop.vendor, script("s"), {}, None)
    assert run("drift").code == 0


def test_plan_and_drift_have_one_word_for_one_thing(shop: Shop, run: Run) -> None:
    """Where the vendor keeps no digest, too: the journal tells, and without one nobody knows."""
    shop.vendor.digests = False
    shop.wanted = (script("s"),)
    run("apply", "--yes")
    _edited(shop, text="by hand")
    for verb in ("plan", "drift"):
        assert "edited by hand" in run(verb).out
        without = run(verb, "--state", "elsewhere").out
        assert "differs, and no journal tells who changed it" in without
        assert "edited by hand" not in without
    shop.wanted = (script("s", "new"),)
    _edited(shop, text="echo")
    assert "the policy asks for something else" in run("plan").out


def test_what_aipol_writes_it_can_read(switching: Shop, run: Run) -> None:
    """If not, nothing is written; what a rollback brings back is no such thing, and is noted."""
    switching.wanted = (script("s", "odd"),)
    refused = run("apply", "--yes")
    assert refused.code == 1
    assert "AIP713" in refused.out + refused.err
    _edited(switching, text="odd")
    switching.wanted = (script("s"),)
    assert run("apply", "--yes").code == 0
    undone = run("rollback", "--yes")
    assert undone.code == 0
    assert "cannot be read back, so look yourself whom it locks out" in undone.out
    (stored,) = bearing(switching.vendor, key_of("s"))
    assert stored.document["text"] == "odd"


def test_a_rollback_that_would_lock_out_is_refused(
    switching: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it was shown, and before anything is written."""
    finding = codes.LOCKED_OUT.at(whole_file("p.yaml"), names="`login.test`", place="tenant 1")
    monkeypatch.setattr("aipol.plan.lockout.checked", lambda *_: Checked((finding,)))
    before = len(switching.vendor.writes)
    for dry in ((), ("--dry-run",)):
        refused = run("rollback", "--yes", *dry)
        assert refused.code == 1
        assert "1 to delete" in refused.out
        assert "AIP708" in refused.out + refused.err
    assert len(switching.vendor.writes) == before
    assert run("plan").code == 1


def test_an_edit_is_told_as_it_was_made(switching: Shop, run: Run) -> None:
    """What is there now, and what would be there: not as if somebody had made the plan's change."""
    (stored,) = bearing(switching.vendor, key_of("s"))
    asked = stored.document["text"]
    _edited(switching, text="off")
    line = f'      text: now "off", and apply makes it "{asked}"'
    assert line in run("drift").out.splitlines()
    (told,) = json.loads(run("drift", "--format", "json").out)["places"][0]["drift"]
    assert told["differences"] == [{"path": "text", "now": "off", "applied": asked}]
    assert told["way"] == "edited"
