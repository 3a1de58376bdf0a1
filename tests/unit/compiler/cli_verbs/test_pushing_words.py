"""What a nervous person reads while pushing: where they are, what is asked, and how to go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aipol.plan.guards import Consent
from aipol.report.plans import asked, plan_text
from tests.unit.compiler.apply.vendor import key_of, script
from tests.unit.compiler.cli_verbs.conftest import Run
from tests.unit.compiler.cli_verbs.pushing import Shop

ABOUT_ALL = replace(script("all"), artifacts=("switches/apple-intelligence.json",))


def test_names_are_taken_as_plans_show_them(shop: Shop, run: Run) -> None:
    """With and without the organisation, or with `*`; what names nothing is wrong usage."""
    for given in ("all", key_of("all"), "a*"):
        shop.wanted = (ABOUT_ALL,)
        assert run("apply", "--yes").code == 0
        shop.wanted = ()
        refused = run("apply", "--yes")
        assert "AIP704" in refused.out
        unknown = run("apply", "--yes", "--allow-everybody", "other")
        assert (unknown.code, "no such object would go" in unknown.err) == (2, True)
        assert run("apply", "--yes", "--allow-everybody", given).code == 0


def test_many_that_go_are_one_finding(shop: Shop, run: Run) -> None:
    """With some of their names, and how many more."""
    shop.wanted = tuple(
        replace(script(f"all{number}"), artifacts=ABOUT_ALL.artifacts) for number in range(9)
    )
    run("apply", "--yes")
    shop.wanted = ()
    found = run("plan")
    assert found.err.count("AIP704") == 2, found.err  # the finding, and where to read more
    assert "and 4 more" in found.err
    assert Consent(everybody=frozenset({"a/*"})).lets_go("a/b")


def test_what_acts_is_said_where_it_could_only_report(shop: Shop, run: Run) -> None:
    """As long as something is written."""
    shop.rehearsal = "mode: report-only"
    told = "note: what is written acts at once; with `mode: report-only` it would only report"
    assert told in run("plan").out
    run("apply", "--yes", "--allow-first-enforcement")
    assert "acts at once" not in run("plan").out


def test_the_question_says_what_and_where(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deletions are called so."""
    questions = list[str]()

    def confirm(question: str, **_: object) -> bool:
        questions.append(question)
        return True

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", confirm)
    assert run("apply").code == 0
    assert run("rollback").code == 0
    assert questions == [
        "Do it: 2 to create at tenant 1?",
        "Do it: 2 to delete at tenant 1?",
    ]
    assert shop.vendor.objects == {}


def test_a_rollback_says_what_it_undoes_and_shows_all_of_it(shop: Shop, run: Run) -> None:
    """An apply or a rollback; `-v` shows every object."""
    shop.wanted = tuple(script(f"s{number:02}") for number in range(20))
    run("apply", "--yes")
    first = run("rollback", "--dry-run")
    assert "To undo the apply of" in first.out
    assert "- s19" not in first.out
    assert "- s19" in run("rollback", "--dry-run", "-v").out
    assert run("rollback", "--yes").code == 0
    assert "To undo the rollback of" in run("rollback", "--dry-run").out


def test_no_apply_at_this_place(shop: Shop, run: Run) -> None:
    """Another place's journals are no answer, and the place is named."""
    run("apply", "--yes")
    shop.place = "tenant 2"
    found = run("rollback", "--yes")
    assert found.code == 2
    assert "no apply at alpha at tenant 2 is written down" in found.err


def test_ctrl_c_says_how_far_it_got_and_both_ways_on(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not begun is not listed; a rollback goes on as a rollback."""
    from aipol.apply import making

    shop.wanted = (script("a"), script("b"))
    run("apply", "--yes")
    (journal,) = sorted(Path(".aipol/journals/alpha").glob("*.jsonl"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making.Making, "make", interrupted)
    found = run("rollback", "--yes")
    assert found.code == 130
    assert f"stopped after 0 of 2 changes; to go on: aipol rollback {journal}" in found.err
    assert "stopped before it was begun" not in found.err


def test_nothing_to_do_is_an_event(shop: Shop, run: Run) -> None:
    """A program that reads lines gets one."""
    del shop
    run("apply", "--yes")
    assert '"event": "finished"' in run("apply", "--yes", "--json").out


def test_the_next_command_repeats_what_was_adopted() -> None:
    """The words of plans that need no vendor."""
    from aipol.plan.model import Action, Cause, Change, Inputs, Plan, Plans

    change = Change(Action.ADOPT, Cause.FOREIGN, "script", "com.acme/s", "s", "1", after={})
    plan = Plan("alpha", "tenant 1", (change,))
    plans = Plans(Inputs("1", "p", "2026-12-01", "d", "f", "c"), (plan,), ("com.acme/s",))
    assert asked(plans) == "Do it: 1 to adopt at tenant 1?"
    assert next(iter(plan_text(plan))) == "alpha at tenant 1: 1 to adopt."
