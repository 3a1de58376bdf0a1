"""`aipol adopt`: named objects of others become ours, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from aipol.cli import composition
from aipol.remote import Mark, Surroundings
from tests.unit.compiler.apply.vendor import FakeRemote, Fault, key_of, script, seeded
from tests.unit.compiler.cli_verbs.conftest import Run, fake
from tests.unit.compiler.cli_verbs.pushing import Shop

Edit = Callable[[str, str], None]


def _texts(shop: Shop) -> list[tuple[str, bool]]:
    """What there is: the text, and whether it is ours."""
    found = (each.document for each in shop.vendor.all())
    return sorted((each.get("text", ""), "aipol:" in each["description"]) for each in found)


def test_from_a_collision_to_its_adoption_and_back(shop: Shop, run: Run) -> None:
    """The error says the verb; it takes over one object, apply does the rest, rollback gives it
    back as it was.
    """
    seeded(shop.vendor, script("s", "theirs"), {}, None)
    assert f"`aipol adopt {key_of('s')}` takes it over" in run("apply", "--yes").out
    told = run("adopt", key_of("s"), "--yes")
    assert told.code == 0, told.err
    assert "alpha at tenant 1: 1 to adopt." in told.out
    assert _texts(shop) == [("echo", True)]
    assert run("apply", "--yes").code == 0
    assert len(shop.vendor.objects) == 2
    for journal in sorted(Path(".aipol/journals/alpha").glob("*.jsonl"), reverse=True):
        assert run("rollback", "--yes", str(journal)).code == 0
    (stored,) = shop.vendor.all()
    assert (stored.document["text"], stored.document["description"]) == ("theirs", "by policy")


def test_an_object_is_named_as_anybody_sees_it(shop: Shop, run: Run) -> None:
    """By its key, short or whole, and by the name and the id that the vendor shows."""
    theirs = seeded(shop.vendor, script("s", "theirs"), {}, None)
    for name in ("s", key_of("s"), "AI s", theirs):
        assert "1 to adopt" in run("adopt", name, "-o", "plan.json").out
    unknown = run("adopt", "AI t", "--yes")
    assert unknown.code == 2
    assert "did you mean `AI s`?" in unknown.err
    assert shop.vendor.writes == []


@pytest.mark.usefixtures("shop")
def test_without_a_collision_there_is_nothing_to_take_over(run: Run) -> None:
    """What is ours already is said to be so, and is no mistake."""
    assert "there is nothing to take over" in run("adopt", "s").err
    run("apply", "--yes")
    again = run("adopt", "s", "--yes")
    assert again.code == 0
    assert f"`{key_of('s')}` is ours already" in again.err


def test_it_is_shown_and_asked_for(shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nobody there nothing is done; a no is a no."""
    seeded(shop.vendor, script("s", "theirs"), {}, None)
    nobody = run("adopt", "s")
    assert (nobody.code, f"`aipol adopt {key_of('s')} -o plan.json`" in nobody.err) == (2, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    found = run("adopt", "s")
    assert (found.code, "nothing was changed" in found.err) == (1, True)
    assert shop.vendor.writes == []


def test_a_saved_plan_is_approved_and_applied(shop: Shop, run: Run) -> None:
    """It stays a plan for these objects alone; once done it has nothing left to do."""
    seeded(shop.vendor, script("s", "theirs"), {}, None)
    saved = run("adopt", "s", "-v", "-o", "plan.json")
    assert saved.code == 0
    assert 'text: "theirs" -> "echo"' in saved.out
    assert "Next: aipol apply plan.json" in saved.out
    assert run("apply", "plan.json").code == 0
    assert _texts(shop) == [("echo", True)]
    assert run("adopt", "s", "-o", "plan.json", "--yes").code == 2
    assert run("adopt", "s", "-o", "plan").code == 2


def test_a_plan_that_was_approved_is_stale_where_theirs_changed(shop: Shop, run: Run) -> None:
    """What somebody said yes to is what is overwritten."""
    theirs = seeded(shop.vendor, script("s", "theirs"), {}, None)
    run("adopt", "s", "-o", "plan.json")
    shop.vendor.change(theirs, {"text": "moved"})
    found = run("apply", "plan.json")
    assert (found.code, "AIP706" in found.out) == (1, True)
    assert _texts(shop) == [("moved", False)]


def test_what_cannot_be_taken_over_says_why(shop: Shop, run: Run) -> None:
    """Another organisation's stays another's."""
    seeded(shop.vendor, script("s", "theirs"), {}, Mark("com.other/s", "a" * 16))
    found = run("adopt", "s", "--yes")
    assert (found.code, "AIP701" in found.out) == (1, True)
    assert "aipol adopt" not in found.out
    assert shop.vendor.writes == []


def test_acting_at_once_needs_a_word(shop: Shop, run: Run) -> None:
    """An object that is taken over acts from then on."""
    shop.rehearsal = "mode: report-only"
    seeded(shop.vendor, script("s", "theirs"), {}, None)
    assert "AIP705" in run("adopt", "s", "--yes").out
    assert run("adopt", "s", "-o", "plan.json").code == 1
    assert run("adopt", "s", "--yes", "--allow-first-enforcement").code == 0


def test_what_is_left_of_an_adoption_is_done_by_the_same_words(shop: Shop, run: Run) -> None:
    """Not by an apply, which would do everything."""
    seeded(shop.vendor, script("s", "theirs"), {}, None)
    shop.vendor.faults = {1: Fault.REFUSED}
    found = run("adopt", "s", "--yes")
    assert (found.code, f"aipol adopt {key_of('s')}" in found.out) == (1, True)
    assert run("adopt", "s", "--yes").code == 0


def test_only_targets_that_have_it_are_touched(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two places that are pushed to the other is not in the plan."""
    other = Shop()
    other.wanted = (script("elsewhere"),)

    def opened(settings: object, surroundings: Surroundings) -> FakeRemote:
        return replace(other.open(settings, surroundings), target="beta")

    targets = (replace(fake("alpha"), remote=shop.open), replace(fake("beta"), remote=opened))
    monkeypatch.setattr(composition, "all_targets", lambda: targets)
    seeded(shop.vendor, script("s", "theirs"), {}, None)
    found = run("adopt", "s", "--yes")
    assert found.code == 0, found.err
    assert "beta" not in found.out
    assert other.vendor.writes == []


def test_a_policy_with_errors_is_told(shop: Shop, run: Run, edit: Edit) -> None:
    """Before any vendor is asked."""
    edit("version: 1", "version: 9")
    assert run("adopt", "s", "--policy", "policy/ai-usage.yaml").code == 1
    assert shop.vendor.writes == []
