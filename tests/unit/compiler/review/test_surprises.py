"""What the lines of a change do not let expect."""

from __future__ import annotations

from aipol.review.surprises import spaced
from tests.unit.compiler.review.conftest import CHAT, HEAD, REST, Change, policy

LIMITED = """\
  - id: chat
    apps: ["*"]
    groups: [finance]
    effect: warn
    message: >-
      Ask first.
    surfaces: [builtin]
"""
SWALLOWED = LIMITED.replace("    surfaces:", "      surfaces:")


def codes(review: object) -> list[str]:
    """The codes of the surprises."""
    return [each.code for each in review.surprises]  # type: ignore[attr-defined]


def test_an_indentation_that_changes_who_is_told_at_its_line(change: Change) -> None:
    """A key that the message above swallowed; and that the rule lost its limit."""
    review = change(policy(LIMITED, REST), policy(SWALLOWED, REST))
    assert codes(review) == ["AIP801", "AIP802"]
    first, second = review.surprises
    assert first.span.line == HEAD.count("\n") + 8
    assert "`surfaces` and `message`" in first.message
    assert "`rules.chat`" in first.message
    assert second.message.startswith("`chat` no longer has `surfaces` (it was [builtin])")


def test_white_space_without_meaning_is_no_surprise(change: Change) -> None:
    """Nor is it where something else changes elsewhere."""
    wider = LIMITED.replace("    ", "     ").replace("  - id", "  -  id")
    review = change(policy(LIMITED, REST), policy(wider, REST))
    assert review.proven_same
    review = change(policy(LIMITED, REST), policy(wider, REST.replace("block", "warn")))
    assert codes(review) == []


def test_a_line_that_is_new_is_not_taken_for_one_with_other_space() -> None:
    """Only lines that are equal but for white space count."""
    assert list(spaced("a:\n  b: 1\n", "a:\n    b: 1\nc: 2\n")) == [2]
    assert list(spaced("a: 1\n", "a: 2\n")) == []
    assert list(spaced("a: 1 \n", "a: 1\n")) == []


def test_a_rule_that_moved_below_its_rival_has_a_witness(change: Change) -> None:
    """The clause that moved, what decides now, and somebody for whom it matters."""
    review = change(policy(CHAT, REST), policy(REST, CHAT))
    (surprise,) = review.surprises
    assert surprise.code == "AIP803"
    assert "so `rest` decides for finance: chatty (web): allow -> block" in surprise.message
    assert {each.message for each in surprise.related} == {
        "`chat` decided before",
        "`rest` decides now",
    }
    assert "AIP301" in {each.code for each in review.found}


def test_an_order_that_matters_to_nobody_is_no_surprise(change: Change) -> None:
    """Rules about different people may stand in any order."""
    other = "  - {id: siri, apps: [siri], groups: [finance], effect: allow}\n"
    review = change(policy(CHAT, other, REST), policy(other, CHAT, REST))
    assert codes(review) == []
    assert review.proven_same


def test_rules_that_a_group_changes_from_afar_are_named(change: Change) -> None:
    """The group's line, and the rules that nobody edited."""
    rule = CHAT.replace("[finance]", "[staff]")
    head = HEAD.replace("any_of", "all_of")
    review = change(policy(rule, REST), policy(rule, REST, head=head))
    (surprise,) = review.surprises
    assert surprise.code == "AIP804"
    assert surprise.message.startswith(
        "`groups.staff` changes the outcome of 1 rule that was not edited"
    )
    assert surprise.span.line == 7


def test_a_plain_edit_surprises_nobody(change: Change) -> None:
    """A rule that says something else, and decides so."""
    review = change(policy(CHAT, REST), policy(CHAT.replace("allow", "warn"), REST))
    assert codes(review) == []


def test_white_space_in_one_rule_is_not_blamed_for_another(change: Change) -> None:
    """A rule that is laid out otherwise, beside one that says something else."""
    wider = LIMITED.replace("    groups:", "    groups:  ")
    other = REST.replace("block", "warn")
    assert codes(change(policy(LIMITED, REST), policy(wider, other))) == []


def test_many_lines_are_compared_in_time() -> None:
    """Of twenty thousand lines, those with other white space."""
    lines = [f"  - id: r{n}\n    effect: allow\n" for n in range(10_000)]
    moved = [lines[0], "  - id: new\n", *lines[1:5_000], "   - id: r5000\n    effect: allow\n"]
    assert list(spaced("".join(lines), "".join(moved + lines[5_001:]))) == [10_002]
