"""Each condition is met by what it says, and by nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.approvals import Policy, Required, required
from tests.unit.compiler.approvals.conftest import APPS, app, between, meaning, policy_of, rule

Needed = Callable[..., dict[str, Required]]
LIMITED = {"data": {"max": "internal"}}


def given(limit: str = "internal", **more: Any) -> dict[str, Any]:
    """A rule that allows data up to a class."""
    return rule(require={"data": {"max": limit}, **more})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([rule()], [rule()], ""),
        ([rule(message="a")], [rule(message="b")], ""),
        ([rule("warn")], [rule("allow")], "looser"),
        ([rule("allow")], [rule("warn")], "stricter"),
        ([given(sso=True)], [given(mfa=True)], "looser stricter"),
        ([rule("block")], [given()], "looser new-data-flow"),
        ([given("public")], [given()], "looser new-data-flow"),
        ([given(sso=True)], [given()], "looser"),
        ([given()], [given(log="full")], "stricter full-logging"),
        ([given(log="metadata")], [given(log="full")], "stricter full-logging"),
        ([rule("block")], [given(log="full")], "looser full-logging new-data-flow"),
        ([given(log="full")], [rule("block")], "stricter"),
        # The same data goes to the same vendor already, by another of its apps.
        (
            [given(), rule("block", apps=["coder"])],
            [given(), given() | {"apps": ["coder"]}],
            "looser",
        ),
        (
            [given(), rule("block", apps=["far"])],
            [given(), given() | {"apps": ["far"]}],
            "looser new-data-flow",
        ),
        # The corporate account is another place for data than a private one.
        (
            [given() | {"account": {"corporate": ["w1"]}}],
            [given()],
            "looser new-data-flow",
        ),
        (
            [given() | {"account": {"corporate": ["w1"]}}],
            [given() | {"account": {"corporate": ["w2"]}}],
            "looser stricter",
        ),
        # Whoever is in finance may already.
        (
            [given() | {"groups": ["finance"]}],
            [given() | {"groups": ["finance", "pilot"]}],
            "looser new-data-flow",
        ),
        # The order alone.
        (
            [given() | {"groups": ["finance"]}, rule("block")],
            [rule("block"), given() | {"groups": ["finance"]}],
            "stricter",
        ),
    ],
)
def test_an_effect_on_people_is_met_by_its_conditions(
    needed: Needed, before: list[Any], after: list[Any], expected: str
) -> None:
    """What is decided about uses, whatever the text of the change."""
    rest = rule("block", apps=["*"], id="rest")
    found = needed(policy_of(*before, rest), policy_of(*after, rest))
    assert set(found) == {f"on-{name}" for name in expected.split()}


EXCEPTION = {
    "id": "ex",
    "apps": ["chatty"],
    "groups": ["finance"],
    "effect": "block",
    "until": "2026-12-31",
    "owner": "a@acme.example",
    "reason": "r",
}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"exceptions": [EXCEPTION]}, "exception"),
        ({"exceptions": [EXCEPTION]}, {}, ""),
        ({"exceptions": [EXCEPTION]}, {"exceptions": [EXCEPTION | {"reason": "other"}]}, ""),
        ({"exceptions": [EXCEPTION]}, {"exceptions": [EXCEPTION | {"until": "2026-11-30"}]}, ""),
        (
            {"exceptions": [EXCEPTION]},
            {"exceptions": [EXCEPTION | {"until": "2027-11-30"}]},
            "exception",
        ),
        (
            {"exceptions": [EXCEPTION]},
            {"exceptions": [EXCEPTION | {"groups": ["pilot"]}]},
            "exception",
        ),
        ({}, {"protected": ["a@acme.example"]}, "protected"),
        ({"protected": ["a@acme.example"]}, {}, "protected"),
        ({}, {"unlisted_ai": "warn"}, "looser new-data-flow"),
        ({"on_gap": "tighten"}, {}, "looser"),
        ({}, {"network": {"close_bypasses": True}}, "stricter"),
        ({"network": {"close_bypasses": True}}, {}, "looser"),
        ({"network": {"inspect_tls": "all"}}, {"network": {"inspect_tls": "ai-only"}}, "looser"),
        ({}, {"network": {"never_inspect": ["bank.example"]}}, "looser"),
        ({}, {"logging": {"retention_days": 900}}, ""),
        ({}, {"gap_budget": 99}, ""),
    ],
)
def test_what_is_about_everybody_is_met_by_its_conditions(
    needed: Needed, before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    """Though all listed apps are blocked before and after."""
    rest = rule("block", apps=["*"])
    found = needed(policy_of(rest, **before), policy_of(rest, **after))
    expected = expected.replace(" new-data-flow", "")
    assert set(found) == {f"on-{name}" for name in expected.split()}


def test_full_records_that_are_kept_longer_or_elsewhere_are_full_logging(needed: Needed) -> None:
    """As long as there are any."""
    full = given(log="full")
    for after in ({"retention_days": 120}, {"sink": "sentinel"}):
        found = needed(policy_of(full), policy_of(full, logging=after))
        assert set(found) == {"on-full-logging"}
    assert needed(policy_of(full), policy_of(full, logging={"retention_days": 30})) == {}


def test_a_group_that_is_somebody_else_is_looser(needed: Needed) -> None:
    """Its rules are for other people, though they say the same."""
    one, other = policy_of(given()), policy_of(given())
    one["groups"]["finance"] = {"jamf": "Finance Macs"}
    other["groups"]["finance"] = {"jamf": "All Macs"}
    (found,) = needed(one, other).values()
    assert [(r.condition, r.text) for r in found.reasons] == [
        ("looser", "group `finance` stands for others on jamf")
    ]


@pytest.mark.parametrize(
    "after",
    [
        [rule("warn", locked=True)],
        [rule("block")],
        [rule("block", locked=True, message="why")],
        [rule("block", locked=True, groups=["finance"]), rule("block")],
    ],
)
def test_a_locked_rule_that_is_another_is_a_floor(needed: Needed, after: list[Any]) -> None:
    """Looser, unlocked, with other words, for fewer people."""
    found = needed(policy_of(rule("block", locked=True)), policy_of(*after))
    assert "on-floor" in found


def test_apps_that_are_known_by_something_else_are_the_catalogue(needed: Needed) -> None:
    """A catalogue that is another, and the policy's own `apps`."""
    policy = policy_of(given())
    apps = {**APPS, "far": app("v2", "farther")}
    assert "on-catalogue" in needed(policy, policy, apps=(APPS, apps))
    own = {"apps": {"far": {"domains": [{"domain": "near.example"}]}}}
    assert "on-catalogue" in needed(policy, policy_of(given(), **own))


def test_data_that_is_recognised_by_less_is_a_new_flow(needed: Needed) -> None:
    """It may go wherever data of no class may."""
    ladder = [{"id": "public"}, {"id": "internal", "info_types": ["Credit Card Number"]}]
    one, other = (policy_of(given(), data_classes=copy.deepcopy(ladder)) for _ in "ab")
    del other["data_classes"][1]["info_types"]
    (found,) = needed(one, other).values()
    assert found.id == "on-new-data-flow"
    assert found.reasons[0].text == (
        "`internal` data is no longer recognised by the information type Credit Card Number"
    )
    assert needed(other, one) == {}


def test_a_ladder_in_another_order_is_a_new_flow(needed: Needed) -> None:
    """The limit has the same name, and more is below it."""
    ladder = [{"id": "public"}, {"id": "secret"}, {"id": "internal"}]
    found = needed(policy_of(given()), policy_of(given(), data_classes=ladder))
    assert "`secret` data may go to v1" in found["on-new-data-flow"].reasons[0].text


def test_a_vendor_who_takes_over_an_app_gets_a_new_flow(needed: Needed) -> None:
    """With the catalogue that says so."""
    policy = policy_of(given() | {"apps": ["*"]})
    found = needed(policy, policy, apps=(APPS, {**APPS, "far": app("v3", "far")}))
    assert "may go to v3" in found["on-new-data-flow"].reasons[0].text


def test_an_address_that_moves_to_another_site_is_looser(tmp_path: Path) -> None:
    """Though all sites together have the same addresses for each group."""

    def with_sites(berlin: str, paris: str) -> Policy:
        sites = {
            "berlin": {"groups": {"finance": {"networks": [berlin]}}},
            "paris": {"groups": {"finance": {"networks": [paris]}}},
        }
        (tmp_path / "sites.yaml").write_text(json.dumps({"version": 1, "sites": sites}))
        return meaning(tmp_path, policy_of(given(), network={"inventory": "sites.yaml"}))

    one, other = "10.1.0.0/24", "10.2.0.0/24"
    same = between(with_sites(one, other), with_sites(one, other))
    assert required(same) == ()
    (found,) = required(between(with_sites(one, other), with_sites(other, one)))
    assert [reason.text for reason in found.reasons] == [
        "group `finance` stands for others on networks"
    ]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({"mode": "enforce"}, {"mode": "test"}, "target `a` has another `mode`"),
        ({"mode": "test"}, {"mode": "test", "tenant": "t"}, "target `a` has another `tenant`"),
        ({"mode": "test", "b": []}, {}, "target `a` has another `b` and `mode`"),
        ({"b": False}, {"b": 0}, "target `a` has another `b`"),
        ({}, None, "target `a` is gone"),
    ],
)
def test_a_target_that_is_set_otherwise(
    needed: Needed, before: dict[str, Any], after: dict[str, Any] | None, text: str
) -> None:
    """Whatever it does: none of it shows in a decision, and most of it opens no gap."""
    targets = {} if after is None else {"a": after}
    rules = (rule("block"),)
    found = needed(policy_of(*rules, targets={"a": before}), policy_of(*rules, targets=targets))
    assert [reason.text for reason in found.pop("on-targets").reasons] == [text]
    assert not found


def test_a_target_that_is_new_takes_nothing_away(needed: Needed) -> None:
    """It enforces what nobody enforced."""
    one, more = (
        policy_of(rule("block"), targets={key: {} for key in names}) for names in ("a", "ab")
    )
    assert not needed(one, more)


def test_marks_of_another_organization(needed: Needed) -> None:
    """What was pushed under the old ones is nobody's, and stays in force or not."""
    after = policy_of(rule("block"))
    after["organization"] = {**after["organization"], "identifier": "com.other"}
    found = needed(policy_of(rule("block")), after)
    assert "com.other" in found["on-targets"].reasons[0].text
