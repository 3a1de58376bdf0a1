"""What a review finds in a change: effects, edits, gaps, and that nothing changed."""

from __future__ import annotations

from dataclasses import replace

from aipol.audience import EVERYBODY
from aipol.report.review import sections
from aipol.report.review_headline import effects_of, headline
from aipol.report.review_json import review_json
from aipol.report.review_markdown import review_markdown
from aipol.report.review_text import Next
from aipol.report.unchanged import unchanged
from aipol.review.edits import Way, moved
from aipol.review.outputs import same_inputs
from aipol.vocabulary import Surface
from tests.unit.compiler.review.conftest import APPS, CHAT, HEAD, REST, Change, policy

OLD = policy(CHAT, REST)


def texts(review: object) -> dict[str, list[str]]:
    """What is told, by title."""
    return {each.title: [item.text for item in each.items] for each in sections(review)}  # type: ignore[arg-type]


def test_another_layout_has_no_effect_and_the_files_are_the_same(change: Change) -> None:
    """Comments, order of keys and flow style are no change."""
    rule = """\
  # whoever counts
  - id: chat
    effect: allow
    groups: [finance]
    apps: [chatty]
"""
    review = change(OLD, policy(rule, REST))
    assert review.proven_same
    assert not review.affects
    assert headline(review).startswith("No effect on people; the outputs are the same to the byte")
    assert review.edits == ()
    assert texts(review) == {}


def test_a_looser_effect_comes_first_with_lines_and_a_witness(change: Change) -> None:
    """Then what is stricter; each with the lines that decide, and somebody."""
    wider = CHAT.replace("[finance]", "[pilot]")
    review = change(OLD, policy(wider, REST))
    found = list(sections(review))
    assert [each.title for each in found][:2] == ["Looser", "Stricter"]
    (item,) = found[0].items
    assert item.text == "pilot except finance: may use Chatty on the web: block -> allow"
    assert item.details[0].endswith("policy.yaml:11 rule `rest` -> :10 rule `chat`")
    assert item.details[1] == "for example somebody in pilot, for chatty (web)"
    (item,) = found[1].items
    assert item.text == "finance except pilot: lose Chatty on the web: allow -> block"


def test_what_stays_is_told_in_a_line(change: Change) -> None:
    """Who is not touched, and how many apps."""
    review = change(OLD, policy(REST))
    assert unchanged(review) == "everyone except finance; 1 of 2 apps"


def test_a_base_without_the_policy_makes_everything_new(change: Change) -> None:
    """And it is said so."""
    review = change(None, OLD)
    assert review.is_new
    assert review.affects
    assert headline(review).startswith("HEAD has no such policy: everything is new.")
    assert any(
        "Chatty on the web: not governed -> allow" in text
        for text in texts(review)["Changed in other ways"]
    )


def test_a_base_with_errors_is_said_and_findings_are_compared(change: Change) -> None:
    """No effect is told, and none is denied."""
    review = change(OLD.replace("effect: allow", "effect: alow"), OLD)
    assert review.difference is None
    assert not review.proven_same
    assert headline(review) == "The policy of HEAD has errors: no effect can be told."
    assert not review.fails
    assert any("AIP110" in text for text in texts(review)["Findings resolved"])


def test_places_of_the_base_are_told_as_those_of_the_policy(change: Change) -> None:
    """Nobody is told of the folder in which a revision is laid out, not in a message either."""
    review = change(f"extends: gone.yaml\n{OLD}", OLD)
    (error,) = review.gone
    assert error.span.file == review.policy
    assert error.hint == f"the path is relative to `{review.policy}`"


def test_a_new_policy_with_errors_fails(change: Change) -> None:
    """The errors are told and nothing else."""
    review = change(OLD, OLD.replace("effect: allow", "effect: alow"))
    assert review.fails
    assert headline(review) == "The new policy has 1 error. What it would do cannot be said."
    assert list(texts(review)) == ["New findings"]


def test_a_failed_test_does_not_hide_the_effect(change: Change) -> None:
    """A policy whose tests fail means something all the same."""
    tests = "tests:\n  - {who: [finance], app: chatty, expect: allow}\n"
    review = change(OLD + tests, policy(REST) + tests)
    assert review.fails
    assert "1 stricter" in headline(review)


def test_the_catalogues_part_is_told_apart(change: Change) -> None:
    """An app that goes by the catalogue; a rule that goes by the policy."""
    later = {name: app for name, app in APPS.items() if name != "siri"}
    review = change(OLD, policy(REST), APPS, later)
    found = texts(review)
    assert found["Stricter"] == ["finance: lose Chatty on the web: allow -> block"]
    assert found["Looser by the catalogue"] == [
        "everyone: Siri as a built-in feature: block -> not governed"
    ]
    assert len(effects_of(review)) == 2


def test_gaps_that_open_and_close_are_of_the_people_they_are_of(change: Change) -> None:
    """A block that the target cannot carry out opens for those who are newly blocked."""
    review = change(OLD, policy(REST))
    assert review.gaps is not None
    assert {gap.who for gap in review.gaps.opened} == {"finance"}
    assert review.gaps.closed == ()
    back = change(policy(REST), OLD)
    assert back.gaps is not None
    assert {gap.who for gap in back.gaps.closed} == {"finance"}
    assert back.gaps.number_closed == review.gaps.number_opened


def test_what_holds_for_everybody_is_told(change: Change) -> None:
    """A setting that no decision shows, which way it goes, and whom a group stands for."""
    other = HEAD.replace("cf1e0218", "aaaa0218")
    review = change(
        policy(CHAT, REST, tail="unlisted_ai: block\ntargets: {alpha: {}}\n"),
        policy(CHAT, REST, head=other, tail="unlisted_ai: allow\ntargets: {alpha: {}}\n"),
    )
    found = texts(review)["For everybody"]
    assert "looser: unlisted_ai: block -> allow" in found
    assert any(text.startswith("groups.finance.entra: cf1e0218") for text in found)
    assert {risk.code for risk in review.risks} == {"AIP810", "AIP811"}
    assert not review.proven_same


def test_more_sensitive_data_is_a_risk(change: Change) -> None:
    """A raised limit, and a limit that falls away."""
    capped = CHAT.replace("effect: allow", "effect: allow, require: {data: {max: public}}")
    for later in (capped.replace("public", "internal"), CHAT):
        review = change(policy(capped, REST), policy(later, REST))
        assert {risk.code for risk in review.risks} >= {"AIP805", "AIP807"}
    review = change(policy(capped.replace("public", "internal"), REST), policy(capped, REST))
    assert review.risks == ()


def test_the_fewest_are_moved() -> None:
    """Of an order and another, those that must be taken out and put elsewhere."""
    assert moved("abcde", "abcde") == frozenset()
    assert moved("abcde", "bcdea") == {"a"}
    assert moved("abcde", "ebcda") == {"a", "e"}
    assert moved("", "") == frozenset()


def test_edits_are_by_what_the_policy_says(change: Change) -> None:
    """A rule added, one removed, one changed."""
    more = "  - {id: more, apps: [siri], groups: [pilot], effect: allow}\n"
    review = change(OLD, policy(more, REST.replace("effect: block", "effect: warn")))
    assert {(edit.title, edit.way) for edit in review.edits} == {
        ("rules.more", Way.ADDED),
        ("rules.chat", Way.REMOVED),
        ("rules.rest", Way.CHANGED),
    }


EXCEPTION = """\
exceptions:
  - {id: trial, apps: [chatty], groups: [pilot], effect: allow, until: 2026-12-31,
     owner: o@acme.example, reason: r}
"""


def test_an_exception_that_lasts_longer_is_an_effect_of_a_later_day(change: Change) -> None:
    """Nothing differs today, and it is not said that nothing does."""
    head = HEAD + EXCEPTION
    longer = head.replace("2026-12-31", "2027-12-31")
    review = change(policy(CHAT, REST, head=head), policy(CHAT, REST, head=longer))
    assert review.affects
    assert not review.proven_same
    assert "No effect on people yet; 1 effect from 2027-01-01 on." in headline(review)
    assert texts(review)["Looser from 2027-01-01 on"] == [
        "pilot except finance: may use Chatty on the web: block -> allow"
    ]
    (risk,) = review.risks
    assert risk.message.startswith("looser: from 2027-01-01 on: pilot except finance")


def test_an_exception_that_ends_is_no_later_effect(change: Change) -> None:
    """What it gives today, it gives until it ends; then both are the same."""
    review = change(OLD, policy(CHAT, REST, head=HEAD + EXCEPTION))
    assert review.later == ()
    assert "1 looser" in headline(review)


def test_weaker_guards_are_told_though_nobody_notices(change: Change) -> None:
    """More gaps allowed, and a test that is gone."""
    tests = "tests:\n  - {who: [finance], app: chatty, expect: allow}\n"
    review = change(f"{OLD}gap_budget: 90\n{tests}", f"{OLD}gap_budget: 91\n")
    assert [risk.message for risk in review.risks] == [
        "a guard is weaker: gap_budget: 90 -> 91",
        "a guard is weaker: 1 test of the policy is gone or changed",
    ]
    assert review.proven_same
    assert "Risks" in texts(review)
    assert change(f"{OLD}gap_budget: 91\n", f"{OLD}gap_budget: 90\n{tests}").risks == ()


def test_a_clause_about_everything_that_nothing_carries_out_is_a_gap(change: Change) -> None:
    """Whatever else is told of it."""
    review = change(OLD, f"{OLD}logging: {{sink: sentinel}}\n")
    assert any(text.startswith("new: `logging.sink: sentinel`") for text in texts(review)["Gaps"])
    assert "AIP806" in {risk.code for risk in review.risks}


LADDER = "data_classes: [{id: public}, {id: internal}]"
KNOWN = LADDER.replace("internal}", "internal, info_types: [SWIFT Code, Credit Card Number]}")


def test_data_that_is_recognised_by_less_is_an_effect(change: Change) -> None:
    """No decision shows it, and nobody may be told that nothing changes."""
    fewer = KNOWN.replace(", Credit Card Number", "")
    old, new = (policy(CHAT, REST, head=HEAD.replace(LADDER, each)) for each in (KNOWN, fewer))
    review = change(old, new)
    text = "`internal` data is no longer recognised by the information type Credit Card Number"
    assert texts(review)["Recognition of data"] == [f"looser: {text}"]
    assert [(risk.code, risk.message) for risk in review.risks] == [("AIP813", text)]
    assert "1 effect on people: 1 looser." in headline(review)
    assert unchanged(review) == ""
    assert review.affects
    assert "stricter: " in texts(change(new, old))["Recognition of data"][0]


def test_classes_that_come_go_or_stand_elsewhere_are_told(change: Change) -> None:
    """A rule names a class, and the class is another."""
    swapped = LADDER.replace("public", "x").replace("internal", "public").replace("x", "internal")
    more = LADDER.replace("]", ", {id: secret}]")
    old, other, longer = (
        policy(CHAT, REST, head=HEAD.replace(LADDER, each)) for each in (LADDER, swapped, more)
    )
    (moved_up,) = texts(change(old, other))["Recognition of data"]
    assert moved_up.startswith("changed in other ways: `public` data is more sensitive than")
    assert texts(change(old, longer))["Recognition of data"] == [
        "changed in other ways: `secret` data is a new class"
    ]
    assert texts(change(longer, old))["Recognition of data"] == [
        "looser: `secret` data is no longer a class"
    ]


def test_nobody_is_unchanged_whom_something_told_is_about(change: Change) -> None:
    """Whom a gap is about, whom a later day is about, and anybody where a setting changed."""
    review = change(OLD, policy(REST))
    assert review.gaps is not None
    (opened, *_) = review.gaps.opened
    gap = replace(opened, people=EVERYBODY, uses=(("siri", Surface.BUILTIN),))
    wider = replace(review, gaps=replace(review.gaps, opened=(gap,)))
    assert unchanged(wider) == "0 of 2 apps"
    head = HEAD + EXCEPTION
    longer = head.replace("2026-12-31", "2027-12-31")
    later = change(policy(CHAT, REST, head=head), policy(CHAT, REST, head=longer))
    assert unchanged(later) == ("everybody else, such as whoever is only in finance; 1 of 2 apps")
    setting = change(OLD, f"{OLD}unlisted_ai: allow\n")
    assert unchanged(setting) == ""
    logged = change(OLD, f"{OLD}logging: {{sink: sentinel}}\n")
    assert unchanged(logged) == ""


def test_access_that_becomes_permanent_is_an_effect_of_a_later_day(change: Change) -> None:
    """Behind an exception that gives the same nothing differs today, but from the day after."""
    head = HEAD + EXCEPTION.replace("[pilot]", "[finance]")
    rule = CHAT.replace("[finance]", "[pilot]")
    wider = rule.replace("[pilot]", "[everyone]")
    review = change(policy(rule, REST, head=head), policy(wider, REST, head=head))
    assert texts(review)["Looser"] == [
        "everyone except (finance, pilot): may use Chatty on the web: block -> allow"
    ]
    assert texts(review)["Looser from 2027-01-01 on"] == [
        "finance except pilot: may use Chatty on the web: block -> allow"
    ]
    assert unchanged(review) == "pilot; 1 of 2 apps"
    (later,) = review_json(review)["later"]
    assert later["day"] == "2027-01-01"
    assert later["changes"][0]["who"] == "finance except pilot"
    assert "Looser from 2027-01-01 on" in review_markdown(review, Next("x"))


def test_a_later_day_tells_nothing_that_goes_no_further_than_before(change: Change) -> None:
    """What is given without a limit is not told again when evidence ends, and limits it."""
    head = (
        f"{HEAD}vendors: {{v: {{soc2: {{until: 2026-12-31}}}}}}\n"
        "vendor_tiers:\n  - {id: good, when: {soc2: valid}, max_data: internal}\n"
        "  - {id: rest, max_data: public}\n"
    )
    review = change(policy(REST, head=head), policy(CHAT, REST, head=head))
    assert texts(review)["Looser"] == [
        "finance: may use Chatty on the web: block -> allow with data.max: internal"
    ]
    assert review.later == ()
    assert len(review.coming) == 1


def test_of_many_days_a_few_are_shown_and_the_rest_is_counted(change: Change) -> None:
    """With `-v` all of them are."""
    days = [f"2027-0{month}-01" for month in range(1, 9)]
    head = f"{HEAD}exceptions:\n"
    for number, day in enumerate(days):
        head += f"  - {{id: e{number}, apps: [chatty], groups: [g{number}], effect: allow, "
        head += f"until: {day}, owner: o@acme.example, reason: r}}\n"
    more = "".join(f"  g{number}: {{}}\n" for number, _ in enumerate(days))
    head = head.replace("  pilot: {}\n", f"  pilot: {{}}\n{more}")
    wider = CHAT.replace("[finance]", "[everyone]")
    review = change(policy(REST, head=head), policy(wider, REST, head=head))
    assert len(review.later) == 8
    assert texts(review)["Later still"] == [
        "2 effects from 2 more days on, 2027-07-02 the first of them"
    ]
    assert "Later still" not in {each.title for each in sections(review, whole=True)}


def test_nothing_is_proven_of_outputs_that_could_not_be_made(change: Change) -> None:
    """Where one side's targets say an error, the same files are no proof."""
    review = change(OLD, policy("  # whoever counts\n", CHAT, REST))
    assert review.proven_same
    broken = replace(review.new.outputs, sound=False)
    assert not replace(review, new=replace(review.new, outputs=broken)).proven_same
    assert not replace(review, base=replace(review.base, outputs=broken)).proven_same


def test_the_same_text_with_another_catalogue_is_made_twice(change: Change) -> None:
    """What a policy means is its catalogue's, too."""
    apps = {**APPS, "chatty": {**APPS["chatty"], "name": "Chatty 2"}}
    review = change(OLD, OLD, later=apps)
    before, after = review.base.opened, review.new.opened
    assert before is not None
    assert after is not None
    assert same_inputs(after, after)
    assert not same_inputs(before, after)
