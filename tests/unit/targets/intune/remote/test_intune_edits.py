"""What somebody changes by hand shows in the plan, and the next apply puts it right."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from aipol.apply.events import Outcome
from aipol.plan.model import Action, Cause

SCRIPTS, COMPLIANCE = "deviceComplianceScripts", "deviceCompliancePolicies"
CATALOG, CUSTOM = "configurationPolicies", "deviceConfigurations"
GRAPH = "#microsoft.graph."
GROUP = "77de0000-0000-4000-8000-00000000beef"


def _text(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _without_a_setting(held: Any) -> Any:
    return {"settings": held["settings"][1:]}


def _with_a_setting(held: Any) -> Any:
    more = copy.deepcopy(held["settings"][0])
    more["settingInstance"]["settingDefinitionId"] += "_more"
    return {"settings": [*held["settings"], more]}


def _with_a_host(held: Any) -> Any:
    settings = copy.deepcopy(held["settings"])
    (child,) = settings[0]["settingInstance"]["choiceSettingValue"]["children"]
    values = child["simpleSettingCollectionValue"]
    values.append({**values[0], "value": "by-hand.example"})
    return {"settings": settings}


def _for_one_more(held: Any) -> Any:
    target = {"@odata.type": f"{GRAPH}groupAssignmentTarget", "groupId": GROUP}
    return {
        "assignments": [*held["assignments"], {"id": "x", "source": "direct", "target": target}]
    }


def _for_nobody(_: Any) -> Any:
    return {"assignments": []}


def _filtered(held: Any) -> Any:
    first, *others = copy.deepcopy(held["assignments"])
    first["target"] |= {
        "deviceAndAppManagementAssignmentFilterId": GROUP,
        "deviceAndAppManagementAssignmentFilterType": "exclude",
    }
    return {"assignments": [first, *others]}


def _rule_added(held: Any) -> Any:
    script = held["deviceCompliancePolicyScript"]
    rules = json.loads(base64.b64decode(script["rulesContent"]))
    rules["Rules"].append({**rules["Rules"][0], "SettingName": "Another"})
    return {"deviceCompliancePolicyScript": {**script, "rulesContent": _text(json.dumps(rules))}}


def _profile_changed(held: Any) -> Any:
    profile = base64.b64decode(held["payload"]).decode()
    return {"payload": _text(profile.replace("<key>PayloadType</key>", "<key>x</key>", 1))}


def _switch_turned(held: Any) -> Any:
    first, *others = copy.deepcopy(held["omaSettings"])
    return {"omaSettings": [{**first, "value": 7}, *others]}


def _is(kind: str) -> Callable[[Any], bool]:
    return lambda held: held["@odata.type"] == f"{GRAPH}{kind}"


def _runs_a_script(held: Any) -> bool:
    return bool(held.get("deviceCompliancePolicyScript"))


def _any(_: Any) -> bool:
    return True


EDITS = {
    "a setting goes": (CATALOG, _any, _without_a_setting),
    "a setting is added": (CATALOG, _any, _with_a_setting),
    "a host is added to a list": (CATALOG, _any, _with_a_host),
    "it is for one more group": (CATALOG, _any, _for_one_more),
    "it is for nobody": (CUSTOM, _any, _for_nobody),
    "a filter narrows it": (COMPLIANCE, _any, _filtered),
    "it is renamed": (CATALOG, _any, lambda _: {"name": "mine now"}),
    "its mark's sentence changes": (
        CATALOG,
        _any,
        lambda held: {"description": f"Do not touch. {held['description']}"},
    ),
    "it gets a scope tag": (COMPLIANCE, _any, lambda _: {"roleScopeTagIds": ["0", "7"]}),
    "a property is set that was not": (
        COMPLIANCE,
        _is("windows10CompliancePolicy"),
        lambda _: {"secureBootEnabled": True},
    ),
    "an enumeration is set that was not": (
        COMPLIANCE,
        _is("macOSCompliancePolicy"),
        lambda _: {"passwordRequiredType": "numeric"},
    ),
    "a number is set that was not": (
        COMPLIANCE,
        _is("macOSCompliancePolicy"),
        lambda _: {"passwordMinimumLength": 4},
    ),
    "a rule is added": (COMPLIANCE, _runs_a_script, _rule_added),
    "the script is another": (
        SCRIPTS,
        _any,
        lambda _: {"detectionScriptContent": _text("return '{}'")},
    ),
    "the script runs as the user": (SCRIPTS, _any, lambda _: {"runAsAccount": "user"}),
    "a profile is another": (CUSTOM, _is("macOSCustomConfiguration"), _profile_changed),
    "a switch is turned": (CUSTOM, _is("windows10CustomConfiguration"), _switch_turned),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_hand_edit_is_seen_and_undone(edit: str, applied: Any, enforcing: Any) -> None:
    """One update, said to be of somebody's edit; after it the plan is empty."""
    kind, chosen, change = EDITS[edit]
    tenant = applied
    held = next(each for each in tenant.held(kind).values() if chosen(each))
    tenant.standin.edit(kind, held["id"], change(held))
    (found,) = tenant.plan(enforcing).writes
    assert (found.action, found.cause, found.id) == (Action.UPDATE, Cause.EDITED, held["id"])
    assert found.differences
    assert {each.outcome for each in tenant.apply(enforcing)} == {Outcome.DONE}
    assert not tenant.plan(enforcing).writes


def test_another_grace_period_is_seen_and_undone(applied: Any, enforcing: Any) -> None:
    """The actions of a policy are asked for, and written, apart from it."""
    tenant = applied
    stored = next(iter(tenant.standin._store.collections[COMPLIANCE].values()))
    stored.actions[0]["gracePeriodHours"] = 8760
    (found,) = tenant.plan(enforcing).writes
    assert any("gracePeriodHours" in each.path for each in found.differences)
    tenant.apply(enforcing)
    assert not tenant.plan(enforcing).writes


def test_a_deleted_object_is_made_again(applied: Any, enforcing: Any) -> None:
    """What somebody deleted is missing, whatever was written about it."""
    tenant = applied
    (first, *_) = tenant.held(CATALOG).values()
    tenant.standin.remove(CATALOG, first["id"])
    assert [each.action for each in tenant.plan(enforcing).writes] == [Action.CREATE]


POLICY_CHANGES: dict[str, tuple[str, str, Callable[[Any], None]]] = {
    "a list": (CATALOG, "ConfigurationPolicy.json", lambda body: body["settings"].pop()),
    "a switch": (CUSTOM, "features-", lambda body: body["omaSettings"].pop()),
    "a grace period": (
        COMPLIANCE,
        "programs-",
        lambda body: body["scheduledActionsForRule"][0]["scheduledActionConfigurations"][0].update(
            gracePeriodHours=1
        ),
    ),
    "a required version": (
        COMPLIANCE,
        "macOSCompliancePolicy",
        lambda body: body.update(osMinimumVersion="26.0"),
    ),
    "a requirement that goes": (
        COMPLIANCE,
        "macOSCompliancePolicy",
        lambda body: body.pop("osMinimumVersion"),
    ),
    "a script": (
        SCRIPTS,
        "deviceComplianceScript",
        lambda body: body.update(detectionScriptContent=_text("return '{}'")),
    ),
    "a profile": (
        CUSTOM,
        "macOSCustomConfiguration",
        lambda body: body.update(payloadName="another"),
    ),
}


@pytest.mark.parametrize("what", POLICY_CHANGES)
def test_a_policy_that_moves_is_followed(
    what: str, applied: Any, enforcing: Any, changed: Any
) -> None:
    """Objects of each kind are updated where they are, and keep their ids."""
    kind, part, edit = POLICY_CHANGES[what]
    tenant = applied
    before = {each["id"] for each in tenant.held(kind).values()}

    def own(body: Any) -> None:
        is_script = "detectionScriptContent" in body
        if "assignments" not in body and is_script is (kind == SCRIPTS):
            edit(body)

    moved = changed(enforcing, part, own)
    found = tenant.plan(moved).writes
    assert found
    assert {(each.action, each.cause) for each in found} == {(Action.UPDATE, Cause.MOVED)}
    assert {each.outcome for each in tenant.apply(moved)} == {Outcome.DONE}
    assert not tenant.plan(moved).writes
    assert {each["id"] for each in tenant.held(kind).values()} == before
