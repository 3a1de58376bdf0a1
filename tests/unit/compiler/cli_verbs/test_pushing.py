"""`plan`, `apply`, `drift` and `rollback` at the command line, against a vendor in memory."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aipol.cli import output
from aipol.cli.carrying import How, carry_out
from aipol.plan.model import Plans
from aipol.plan.planning import Asked, compare
from aipol.remote import Absent, InDoubt, Mark, Unusable, WrongPlace
from tests.unit.compiler.apply.pushing import INPUTS
from tests.unit.compiler.apply.vendor import (
    ORGANIZATION,
    FakeRemote,
    Fault,
    Killed,
    bearing,
    key_of,
    policy,
    script,
    seeded,
)
from tests.unit.compiler.cli_verbs.conftest import Outcome, Run
from tests.unit.compiler.cli_verbs.pushing import Shop

Edit = Callable[[str, str], None]
HOSTILE = "\x1b[2J\u202e|`<b>[x](http://y)"


def _journals() -> list[Path]:
    return sorted(Path(".aipol/journals/alpha").glob("*.jsonl"))


def _events(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_from_plan_to_rollback(shop: Shop, run: Run) -> None:
    """The way of the documentation: plan, apply, an edit, drift, apply, rollback."""
    planned = run("plan", "-o", "plan.json")
    assert planned.code == 0
    assert "alpha at tenant 1: 2 to create." in planned.out
    assert "Next: aipol apply plan.json" in planned.out
    assert shop.vendor.writes == []
    assert run("apply", "plan.json").code == 0
    assert len(shop.vendor.objects) == 2
    assert run("drift").code == 0
    (stored,) = bearing(shop.vendor, key_of("s"))
    shop.vendor.change(stored.id, {"text": "by hand"})
    drift = run("drift")
    assert drift.code == 1
    assert 'text: now "by hand", and apply makes it "echo"' in drift.out
    assert run("apply", "--yes").code == 0
    assert run("drift").code == 0
    undone = run("rollback", "--yes")
    assert undone.code == 0
    assert "1 to update" in undone.out
    (stored,) = bearing(shop.vendor, key_of("s"))
    assert stored.document["text"] == "by hand"


def test_exit_codes_of_plan(shop: Shop, run: Run) -> None:
    """With `--exit-code` one says that there are changes; refusals always do."""
    assert run("plan").code == 0
    assert run("plan", "--exit-code").code == 1
    run("apply", "--yes")
    assert run("plan", "--exit-code").code == 0
    seeded(shop.vendor, script("t"), {}, None)
    shop.wanted = (*shop.wanted, script("t"))
    refused = run("plan")
    assert refused.code == 1
    assert "AIP701" in refused.err
    assert "Next:" not in refused.out


def test_the_forms_of_a_plan(shop: Shop, run: Run) -> None:
    """Text for a screen, all of it with -v, JSON for programs, Markdown for a comment."""
    shop.notes = ("DeviceManagement.ReadWrite is missing",)
    assert "note: DeviceManagement" in run("plan").out
    told = run("plan", "--format", "json").json
    assert (told["schema"], told["ok"], told["findings"]) == ("aipol.planned/1", True, [])
    assert [each["action"] for each in told["plan"]["plans"][0]["changes"]] == ["create"] * 2
    markdown = run("plan", "--format", "markdown").out
    assert markdown.startswith("### alpha at tenant 1\n")
    assert "Note: DeviceManagement&#46;ReadWrite is missing" in markdown
    run("apply", "--yes")
    shop.wanted = (script("s", "x" * 500), policy("p", "s"))
    verbose = run("plan", "-v").out
    assert 'text: "echo" -> "xxx' in verbose
    assert "(502 characters)" in verbose


def test_a_plan_of_three_hundred_changes_fits_a_screen(shop: Shop, run: Run) -> None:
    """It says how many it folded; with -v all of them are told."""
    shop.wanted = tuple(script(f"a-rather-long-name-of-a-script-{n}") for n in range(300))
    out = run("plan").out
    assert len(out.splitlines()) <= 24
    assert max(map(len, out.splitlines())) <= 100
    assert "and 288 more: `-v` shows them all" in out
    assert len(run("plan", "-v").out.splitlines()) > 300


def test_what_vendors_answer_is_shown_as_text(shop: Shop, run: Run) -> None:
    """Control characters, markup and endless names do nothing to a terminal or a comment."""
    key = f"com.acme/{HOSTILE.replace(':', '')}"
    document = {"name": HOSTILE + "x" * 9_000, "description": f"aipol:{key}", "text": HOSTILE}
    long = document | {"description": f"aipol:com.acme/{'y' * 9_000}"}
    for said in (document, long):
        shop.vendor.put_in("script", said)
        digest = f"{said['description']} sha256:{'0' * 16}"
        shop.vendor.put_in("script", said | {"description": digest})
    shop.vendor.put_in("script", document | {"description": HOSTILE})
    shop.notes = (HOSTILE,)
    answers = [
        run("plan"),
        run("plan", "-v"),
        run("plan", "--format", "markdown"),
        run("drift"),
        run("apply", "--yes"),
        run("apply", "--yes", "--allow-deletes", "2"),
        run("rollback", "--yes"),
    ]
    for each in answers:
        assert each.code in {0, 1}
        assert not any(bad in each.out + each.err for bad in ("\x1b", "\u202e", "Traceback"))
    assert "<b>" not in answers[2].out
    assert "|`" not in answers[2].out
    assert max(map(len, answers[0].out.splitlines())) < 500


def test_git_leaves_journals_out(shop: Shop, run: Run) -> None:
    """`git add -A` takes none of them along; folders that were there stay as somebody has them."""
    del shop
    subprocess.run(("git", "init", "-q"), check=True)
    assert run("apply", "--yes").code == 0
    assert _journals()
    known = subprocess.run(
        ("git", "status", "--porcelain", "-uall"), capture_output=True, check=True
    )
    assert b".aipol" not in known.stdout
    rule = Path(".aipol/journals/.gitignore")
    rule.unlink()
    assert run("rollback", "--yes").code in {0, 1}
    assert not rule.exists()


def test_apply_asks_and_nobody_is_there(shop: Shop, run: Run) -> None:
    """Without a terminal, a saved plan or `--yes` nothing is changed."""
    asked = run("apply")
    assert asked.code == 2
    assert "there is no terminal to ask at; pass `--yes`" in asked.err
    assert shop.vendor.writes == []
    assert _journals() == []


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("", 130)])
def test_apply_asks_who_is_there(
    answer: str, code: int, shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yes does it, no and the end of input do not."""
    import io
    import sys

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert run("apply").code == code
    assert bool(shop.vendor.writes) == (code == 0)


def test_a_yes_is_to_what_was_shown(shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody else did while the question stood is not overrun."""

    def asked(*_: object, **__: object) -> bool:
        seeded(shop.vendor, script("s"), {}, None)
        return True

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", asked)
    found = run("apply")
    assert found.code == 1
    assert "AIP706" in found.out
    assert shop.vendor.writes == []


def test_a_saved_plan_is_for_its_owner_and_written_in_one_step(shop: Shop, run: Run) -> None:
    """It tells what a tenant has; what was there before is there until all of it is written."""
    del shop
    Path("plan.json").write_text("before", encoding="utf-8")
    assert run("plan", "-o", "plan.json").code == 0
    assert Path("plan.json").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in Path().glob(".plan*")] == []
    Path("there.json").mkdir()
    assert run("plan", "-o", "there.json").code == 2


def test_apply_tells_lines_of_json(shop: Shop, run: Run) -> None:
    """Each event is a line, and nothing else is on stdout; refusals are events as well."""
    events = _events(run("apply", "--yes", "--json"))
    assert [each["event"] for each in events] == [*["begun", "ended"] * 2, "finished"]
    assert {each["schema"] for each in events} == {"aipol.events/1"}
    assert events[-1]["counts"] == {"done": 2}
    assert Path(events[-1]["journal"]).exists()
    seeded(shop.vendor, script("t"), {}, None)
    shop.wanted = (*shop.wanted, script("t"))
    refused = run("apply", "--yes", "--json")
    assert refused.code == 1
    assert [each["event"] for each in _events(refused)] == ["refused"]
    assert _events(refused)[0]["findings"][0]["code"] == "AIP701"


def test_a_policy_with_errors_is_refused_in_either_form(shop: Shop, run: Run, edit: Edit) -> None:
    """Nothing is asked of the vendor."""
    edit("effect: block", "effect: blok")
    for arguments in (("plan",), ("apply", "--yes"), ("drift",), ("rollback", "--yes")):
        assert run(*arguments).code == 1
    for verb in ("apply", "rollback"):
        assert _events(run(verb, "--yes", "--json"))[0]["event"] == "refused"
    assert shop.vendor.reads == 0


@pytest.mark.parametrize("what", ["policy", "version", "live", "edited", "schema", "text", "none"])
def test_a_saved_plan_that_is_stale_or_none(
    what: str, shop: Shop, run: Run, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is refused with its reason, and nothing is changed."""
    run("plan", "-o", "plan.json")
    path = Path("plan.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    if what == "policy":
        edit("reason: a trial", "reason: another trial")
    elif what == "version":
        monkeypatch.setattr("aipol.report.generated.__version__", "9.9")
    elif what == "live":
        seeded(shop.vendor, script("s"), {}, Mark(key_of("s"), "0" * 16))
    elif what == "edited":
        path.write_text(json.dumps(content | {"adopted": ["x"]}), encoding="utf-8")
    elif what == "schema":
        path.write_text(json.dumps(content | {"schema": "x"}), encoding="utf-8")
    elif what == "text":
        path.write_bytes(b"\xff\xfe no")
    else:
        path.unlink()
    refused = run("apply", "plan.json")
    assert refused.code == (1 if what in {"policy", "version", "live"} else 2)
    assert ("AIP706" in refused.out) == (refused.code == 1)
    assert "internal error" not in refused.err
    assert shop.vendor.writes == []


def test_a_saved_plan_says_itself_what_it_is_for(shop: Shop, run: Run) -> None:
    """No options that would make it another plan; a name by which apply knows it."""
    del shop
    run("plan", "-o", "plan.json")
    assert run("apply", "plan.json", "-t", "alpha").code == 2
    assert run("plan", "-o", "plan").code == 2
    assert not Path("plan").exists()
    assert run("plan", "-o", "nowhere/plan.json").code == 2


@pytest.mark.usefixtures("shop")
def test_a_saved_plan_given_to_plan_is_told_apart_from_a_policy(run: Run) -> None:
    """With the verb that takes it; another file of that ending is opened as a policy."""
    run("plan", "-o", "plan.json")
    found = run("plan", "plan.json")
    assert found.code == 2
    assert "`aipol apply plan.json` carries it out" in found.err
    for other in ("[]", "{", '{"schema": 1}'):
        Path("plan.json").write_text(other, encoding="utf-8")
        assert "carries it out" not in run("plan", "plan.json").err
    assert "carries it out" not in run("plan", "none.json").err


def test_foreign_churn_makes_no_plan_stale(shop: Shop, run: Run) -> None:
    """What others do to their own objects is theirs."""
    run("plan", "-o", "plan.json")
    seeded(shop.vendor, script("theirs"), {}, None)
    assert run("apply", "plan.json").code == 0


@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_saved_plan_is_gone_on_with_after_a_kill(
    number: int, fault: Fault, shop: Shop, run: Run
) -> None:
    """The same command does the rest, and again has nothing to do; nothing is there twice."""
    run("plan", "-o", "plan.json")
    shop.vendor.faults[number] = fault
    with pytest.raises(Killed):
        run("apply", "plan.json")
    shop.vendor.revive()
    shop.vendor.faults.clear()
    again = run("apply", "plan.json")
    assert again.code == 0, again
    assert "left something open; looking" in again.err
    assert len(shop.vendor.objects) == 2
    assert run("apply", "plan.json").code == 0
    (stored,) = bearing(shop.vendor, key_of("s"))
    shop.vendor.change(stored.id, {"text": "by hand"})
    assert run("apply", "plan.json").code == 1


def test_what_was_in_doubt_is_settled_before_anything_else(shop: Shop, run: Run) -> None:
    """An apply that ended in doubt left its end in its journal; the next one still looks first."""
    shop.vendor.lag = 15.0
    shop.wanted = (script("s"),)
    shop.vendor.faults[1] = Fault.LOST_AFTER
    shop.vendor.read_faults[3] = Fault.LOST_BEFORE
    first = run("apply", "--yes")
    assert first.code == 1
    assert "doubtful" in first.err
    assert run("apply", "--yes").code == 0
    assert len(shop.vendor.objects) == 1


def test_a_rollback_settles_first(shop: Shop, run: Run) -> None:
    """What was created unseen is found before it is undone."""
    shop.vendor.lag = 15.0
    shop.vendor.faults[1] = Fault.KILLED_AFTER
    with pytest.raises(Killed):
        run("apply", "--yes")
    shop.vendor.revive()
    assert run("rollback", "--yes").code == 0
    assert shop.vendor.objects == {}


def test_rollback_by_name_and_place(shop: Shop, run: Run) -> None:
    """A journal by its path; one of another place is refused, or passed over if none is named."""
    run("apply", "--yes")
    (first,) = _journals()
    shop.vendor.time.at += 60
    shop.place = "tenant 2"
    shop.wanted = (script("s", "two"), policy("p", "s"))
    run("apply", "--yes")
    second = _journals()[-1]
    shop.place = "tenant 1"
    wrong = run("rollback", str(second), "--yes")
    assert wrong.code == 2
    assert "is of tenant 2, the policy's is tenant 1" in wrong.err
    dry = run("rollback", "--dry-run")
    assert dry.code == 0
    assert first.name in dry.out
    assert run("rollback", "--dry-run", "--json").code == 2
    assert run("rollback", str(first), "-t", "alpha").code == 2
    assert run("rollback", "nowhere.jsonl").code == 2
    assert run("plan", "-o", "plan.json").code == 0
    Path("line").write_text("no journal")
    for other in ("line", "plan.json"):
        assert "it is no journal: its first line is no JSON" in run("rollback", other).err
    Path("begun").write_bytes(first.read_bytes()[:40])
    assert "cut short before anything was done" in run("rollback", "begun").err
    assert run("rollback", "--yes", "--json").code == 0
    assert shop.vendor.objects == {}


def test_rollback_of_nothing(shop: Shop, run: Run) -> None:
    """Nothing was applied, so nothing is undone."""
    del shop
    assert "no apply is written down" in run("rollback", "--yes").err


def test_a_clock_that_went_back_keeps_the_order(shop: Shop, run: Run) -> None:
    """The last apply is the one that is undone, whatever its time says."""
    run("apply", "--yes")
    shop.vendor.time.at -= 7_200
    shop.wanted = (script("s", "two"), policy("p", "s"))
    run("apply", "--yes")
    assert "1 to update" in run("rollback", "--dry-run").out
    assert run("drift").code == 0


@pytest.mark.parametrize("verb", ["plan", "apply", "drift", "rollback"])
@pytest.mark.parametrize(
    "error", [Unusable("set TOKEN"), WrongPlace("of tenant 2"), InDoubt("no answer \x1b[2J")]
)
def test_a_vendor_that_cannot_be_asked(
    verb: str, error: Exception, shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong usage, in the vendor's words, safely."""
    run("apply", "--yes")
    if isinstance(error, Unusable):
        shop.error = error
    else:
        monkeypatch.setattr(FakeRemote, "observe", lambda _: (_ for _ in ()).throw(error))
    found = run(verb, *(["--yes"] if verb in {"apply", "rollback"} else []))
    assert found.code == 2
    assert "\x1b" not in found.err
    assert str(error)[:8] in found.err


def test_which_targets_are_pushed(shop: Shop, run: Run, edit: Edit) -> None:
    """One that cannot be pushed to is wrong usage; one that is named twice is pushed once."""
    assert "these can: `alpha`" in run("plan", "-t", "beta").err
    assert run("plan", "-t", "nothing").code == 2
    assert run("apply", "-t", "alpha", "-t", "alpha", "--yes").code == 0
    assert len(shop.vendor.objects) == 2
    edit("targets: {alpha: {}, beta: {}}", "targets: {beta: {}}")
    assert "no target that can be pushed to" in run("plan").err


def test_guards_and_consent(shop: Shop, run: Run) -> None:
    """Each refusal names the option that lets it pass, and it does."""
    shop.rehearsal = "mode: report-only"
    shop.wanted = tuple(script(f"s{n}") for n in range(11))
    assert "AIP705" in run("apply", "--yes").out
    assert run("apply", "--yes", "--allow-first-enforcement").code == 0
    shop.wanted = tuple(script(f"s{n}", "new") for n in range(11))
    assert "--allow-updates 11" in run("apply", "--yes").out
    assert run("apply", "--yes", "--allow-updates", "11").code == 0
    shop.wanted = ()
    assert "--allow-deletes 11" in run("apply", "--yes").out
    assert run("apply", "--yes", "--allow-deletes", "10").code == 1
    assert run("apply", "--yes", "--allow-deletes", "11").code == 0
    assert shop.vendor.objects == {}


def test_an_object_about_everybody_goes_by_its_name(shop: Shop, run: Run) -> None:
    """The journal remembers whom it was about."""
    path = "switches/apple-intelligence.json"
    about = replace(script("all"), artifacts=(path,))
    shop.wanted = (about,)
    run("apply", "--yes")
    shop.wanted = ()
    refused = run("apply", "--yes")
    assert "AIP704" in refused.out
    assert run("apply", "--yes", "--allow-everybody", key_of("all")).code == 0


def test_a_class_of_everybody_that_is_split_needs_no_consent(shop: Shop, run: Run) -> None:
    """The journal remembers what it was about, too: what replaces it is made first."""
    path = "switches/apple-intelligence.json"
    shop.wanted = (replace(script("all"), artifacts=(path,), topic="switches"),)
    run("apply", "--yes")
    halves = tuple(replace(script(name), artifacts=(path,), topic="switches") for name in "ab")
    shop.wanted = tuple(replace(each, topic="elsewhere") for each in halves)
    assert "AIP704" in run("apply", "--yes").out
    shop.wanted = halves
    assert run("apply", "--yes").code == 0
    assert [each.document["name"] for each in shop.vendor.all()] == ["AI a", "AI b"]


def test_a_state_that_cannot_be_written(shop: Shop, run: Run) -> None:
    """Told as wrong usage before anything is changed."""
    Path("state").mkdir()
    Path("state/journals").write_text("no folder", encoding="utf-8")
    found = run("apply", "--yes", "--state", "state")
    assert found.code == 2
    assert "cannot write the journal" in found.err
    assert shop.vendor.writes == []


def test_a_journal_that_is_none_is_told(shop: Shop, run: Run) -> None:
    """With what to do about it; a torn head is passed over."""
    run("apply", "--yes")
    folder = Path(".aipol/journals/alpha")
    (folder / "0.jsonl").write_bytes(b"{")
    assert run("drift").code == 0
    (folder / "0.jsonl").write_bytes(b"{}\n")
    for verb in ("plan", "apply", "drift", "rollback"):
        found = run(verb)
        assert found.code == 2
        assert "move it away" in found.err
    assert len(shop.vendor.objects) == 2


def test_two_at_once(shop: Shop, run: Run) -> None:
    """The second on the same machine is refused."""
    fcntl = pytest.importorskip("fcntl")
    run("apply", "--yes")
    handle = os.open(".aipol/journals/alpha/lock", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        busy = run("apply", "--yes")
    finally:
        os.close(handle)
    assert busy.code == 2
    assert "another aipol is changing alpha" in busy.err
    assert len(shop.vendor.objects) == 2


def test_the_state_on_a_network_file_system(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There only what is open for writing can be locked (flock(2)); no lock at all is told."""
    fcntl = pytest.importorskip("fcntl")

    def flock(handle: int, how: int) -> None:
        del how
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")

    def unable(handle: int, how: int) -> None:
        del handle, how
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unable)
    found = run("apply", "--yes")
    assert found.code == 2
    assert "lock` cannot be locked: no locks available" in found.err
    assert shop.vendor.writes == []
    monkeypatch.setattr(fcntl, "flock", flock)
    assert run("apply", "--yes").code == 0


def test_events_that_nobody_reads_any_more(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops, blames no journal for it, and the next apply goes on."""

    def gone(text: str) -> None:
        raise BrokenPipeError(errno.EPIPE, text)

    remote = FakeRemote(shop.vendor)
    plans = Plans(INPUTS, (compare(remote, Asked(ORGANIZATION, shop.wanted), remote.observe()),))
    monkeypatch.setattr(output, "answer", gone)
    with pytest.raises(BrokenPipeError):
        carry_out((remote,), plans, How(tmp_path, stream=True))
    assert shop.vendor.writes == []


def test_what_fails_is_told_with_the_vendors_words(shop: Shop, run: Run) -> None:
    """Each object's end is a line, the sum says how to go on and how to go back."""
    shop.vendor.faults[2] = Fault.REFUSED
    found = run("apply", "--yes")
    assert found.code == 1
    assert "[2/2] + com.acme/p: failed: 400 by schedule" in found.err
    assert "1 change made, 1 failed." in found.out
    assert "To do what is left: aipol apply\n" in found.out
    assert f"To go back: aipol rollback {_journals()[0]}" in found.out


def test_drift_for_programs(shop: Shop, run: Run) -> None:
    """Each object with its way, and whether anybody else did something."""
    run("apply", "--yes")
    for stored in shop.vendor.all():
        shop.vendor.change(stored.id, {"name": HOSTILE})
    found = run("drift", "--format", "json")
    assert found.code == 1
    assert found.json["ok"] is False
    assert [each["way"] for each in found.json["places"][0]["drift"]] == ["edited", "edited"]


def test_drift_tells_why_objects_may_do_less_than_they_say(shop: Shop, run: Run) -> None:
    """Nothing of ours differs, or nothing that matters, and still people may get around it."""
    run("apply", "--yes")
    shop.notes, shop.limits = ("may only read",), ("`theirs` comes first",)
    found = run("drift")
    assert found.code == 0
    assert "as the policy asks; the notes tell why it may do less." in found.out
    assert "  note: `theirs` comes first\n  note: may only read\n" in found.out
    shop.switching = True
    (stored, *_) = shop.vendor.all()
    shop.vendor.change(stored.id, {"more": "x"})
    found = run("drift")
    assert found.code == 1
    assert "  no effect on people but for what the notes tell\n" in found.out
    assert "- note&#58; may only read" in run("drift", "--format", "markdown").out
    (place,) = run("drift", "--format", "json").json["places"]
    assert place["notes"] == ["`theirs` comes first", "may only read"]


def test_a_group_that_is_not_there_stops_a_plan_at_the_policys_line(shop: Shop, run: Run) -> None:
    """Before anything is written, and whatever is allowed."""
    finance = "cf1e0218-6b29-4bfa-aa69-5b32908cb1bd"
    shop.lacks = (Absent("group", finance, 1, "make it there"),)
    for verb in (("plan",), ("apply", "--yes", "--allow-first-enforcement")):
        stopped = run(*verb)
        assert stopped.code == 1
        assert f"error[AIP715] the group `{finance}`" in stopped.err + stopped.out
        assert "policy/ai-usage.yaml:5:" in stopped.err + stopped.out
    assert shop.vendor.writes == []
