"""Bytes: the same for the same policy, and harmless whatever the policy says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOSTILE = "x'; Remove-Item C:\\ # $(whoami) `\"&<>\u2019\u202e{0}"


def test_bytes_are_deterministic(make: Any, compiled: Any) -> None:
    """Compiling twice gives the same bytes, ASCII and with line feeds only."""
    first, second = make(), make()
    first.limit("internal")
    second.limit("internal")
    one, two = compiled(first).files, compiled(second).files
    assert one == two
    for content in one.values():
        assert content.isascii()
        assert b"\r" not in content


def test_names_are_stable_and_short_enough(make: Any, compiled: Any) -> None:
    """A name does not depend on what the rule says, and stays within 64 characters."""
    strict, lax = make(), make()
    strict.limit("public")
    lax.limit("internal")
    names = [[r["Name"] for r in compiled(p).json("rules.json")] for p in (strict, lax)]
    assert names[0] == names[1]
    assert all(len(name) <= 64 for name in names[0])


def test_another_organisation_gets_other_objects(make: Any, compiled: Any) -> None:
    """Two organisations in one tenant never share a name or a marker."""
    ours, theirs = make(), make(organization="org.example")
    ours.limit("internal")
    theirs.limit("internal")
    one, two = (compiled(p).json("policies.json")[0] for p in (ours, theirs))
    assert one["Name"] != two["Name"]
    assert one["Comment"].startswith("aipol:com.acme/m365-copilot/")


def test_the_script_is_the_same_for_every_policy(make: Any, compiled: Any) -> None:
    """No value of a policy is in the script."""
    plain, hostile = make(), make(names={"acme-gpt": HOSTILE})
    plain.limit("internal")
    hostile.limit("public", app="acme-gpt")
    scripts = {
        compiled(p, asking_apps=("acme-gpt",)).files["apply-dlp.ps1"] for p in (plain, hostile)
    }
    assert len(scripts) == 1


def test_hostile_text_stays_text(make: Any, with_class: Any, compiled: Any) -> None:
    """An app's name and a type's name come back from the JSON as they were."""
    policy = make(
        classes=with_class("restricted", info_types=(HOSTILE,)), names={"acme-gpt": HOSTILE}
    )
    policy.limit("confidential", app="acme-gpt")
    guid = "11111111-2222-4333-8444-555555555555"
    result = compiled(policy, asking_apps=("acme-gpt",), info_types={HOSTILE: guid})
    (entry,) = json.loads(result.json("policies.json")[0]["Locations"])
    assert entry["LocationDisplayName"] == HOSTILE
    tree = json.loads(result.json("rules.json")[0]["AdvancedRule"])
    group = tree["Condition"]["SubConditions"][0]["Value"][0]["groups"][0]
    assert group["sensitivetypes"][0]["name"] == HOSTILE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(text=st.text(min_size=1, max_size=40), regex=st.text("ab<>&'\"]\\$`{}", min_size=1))
def test_any_text_survives_the_round_trip(
    text: str, regex: str, make: Any, with_class: Any, compiled: Any
) -> None:
    """Whatever an app is called and a pattern holds, what is written can be read."""
    policy = make(
        names={"acme-gpt": text}, classes=with_class("restricted", patterns=(("p", regex),))
    )
    policy.limit("confidential", app="acme-gpt")
    compiled(policy, asking_apps=("acme-gpt",))
