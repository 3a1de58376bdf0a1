"""Two bodies that mean the same compare equal, and two that do not never do."""

from __future__ import annotations

import base64
import copy
import json
import plistlib
from typing import Any

import pytest

from aipol_targets.intune.remote_canonical import canonical
from aipol_targets.intune.remote_form import part, writable

GRAPH = "#microsoft.graph."
NOBODY = "00000000-0000-0000-0000-000000000000"


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _setting(key: str, *values: str) -> dict[str, Any]:
    kind = f"{GRAPH}deviceManagementConfiguration"
    return {
        "@odata.type": f"{kind}Setting",
        "settingInstance": {
            "@odata.type": f"{kind}SimpleSettingCollectionInstance",
            "settingDefinitionId": key,
            "simpleSettingCollectionValue": [
                {"@odata.type": f"{kind}StringSettingValue", "value": each} for each in values
            ],
        },
    }


CATALOG = {
    "object": {
        "name": "a",
        "description": "d",
        "platforms": "macOS",
        "technologies": "mdm,appleRemoteManagement",
        "roleScopeTagIds": ["0"],
        "settings": [_setting("one", "x", "y"), _setting("two", "z")],
    },
    "assignments": [
        {"target": {"@odata.type": f"{GRAPH}groupAssignmentTarget", "groupId": "aa"}},
        {"target": {"@odata.type": f"{GRAPH}allDevicesAssignmentTarget"}},
    ],
}
COMPLIANCE = {
    "object": {
        "@odata.type": f"{GRAPH}windows10CompliancePolicy",
        "displayName": "a",
        "storageRequireEncryption": True,
        "scheduledActionsForRule": [
            {
                "ruleName": "PasswordRequired",
                "scheduledActionConfigurations": [
                    {
                        "actionType": "block",
                        "gracePeriodHours": 24,
                        "notificationTemplateId": "",
                        "notificationMessageCCList": [],
                    }
                ],
            }
        ],
    },
    "assignments": [],
}
SWITCHES = {
    "object": {
        "@odata.type": f"{GRAPH}windows10CustomConfiguration",
        "displayName": "a",
        "omaSettings": [
            {"@odata.type": f"{GRAPH}omaSettingInteger", "omaUri": "./B", "value": 0},
            {"@odata.type": f"{GRAPH}omaSettingInteger", "omaUri": "./A", "value": 1},
        ],
    },
    "assignments": [],
}


def _changed(body: Any, change: Any) -> Any:
    made = copy.deepcopy(body)
    change(made)
    return made


def _stamped(body: Any) -> None:
    body["object"] |= {
        "@odata.context": "https://graph.microsoft.com/beta/$metadata#x",
        "@odata.type": f"{GRAPH}deviceManagementConfigurationPolicy",
        "id": "1",
        "createdDateTime": "2026-01-01T00:00:00Z",
        "lastModifiedDateTime": "2026-01-01T00:00:00Z",
        "settingCount": 2,
        "isAssigned": True,
        "creationSource": None,
        "priorityMetaData": None,
        "templateReference": {"templateId": "", "templateFamily": "none"},
        "assignments@odata.context": "x",
        "#microsoft.graph.assign": {"target": "x"},
    }


def _assignments_as_answered(body: Any) -> None:
    for number, each in enumerate(body["assignments"]):
        each |= {"id": f"1_{number}", "source": "direct", "sourceId": "1"}
        each["target"] |= {
            "deviceAndAppManagementAssignmentFilterId": None,
            "deviceAndAppManagementAssignmentFilterType": "none",
        }
    body["assignments"].reverse()


def _settings_as_answered(body: Any) -> None:
    body["object"]["settings"].reverse()
    for number, each in enumerate(body["object"]["settings"]):
        each["id"] = str(number)
        del each["@odata.type"]  # the declared type is left out
        each["settingInstance"]["settingInstanceTemplateReference"] = None
        each["settingInstance"]["simpleSettingCollectionValue"].reverse()


def _actions_as_answered(body: Any) -> None:
    (rule,) = body["object"]["scheduledActionsForRule"]
    rule |= {"id": "1", "ruleName": None}
    rule["scheduledActionConfigurations"][0] |= {"id": "2", "notificationTemplateId": NOBODY}


def _defaults(body: Any) -> None:
    body["object"] |= {
        "bitLockerEnabled": False,
        "passwordRequiredType": "deviceDefault",
        "deviceThreatProtectionRequiredSecurityLevel": "unavailable",
        "osMinimumVersion": None,
        "mobileOsMinimumVersion": "",
        "validOperatingSystemBuildRanges": [],
        "deviceCompliancePolicyScript": None,
        "roleScopeTagIds": ["0"],
        "version": 3,
    }


def _switches_as_answered(body: Any) -> None:
    body["object"]["omaSettings"].reverse()
    body["object"]["supportsScopeTags"] = True
    for each in body["object"]["omaSettings"]:
        each |= {"isEncrypted": False, "secretReferenceValueId": None, "description": None}


@pytest.mark.parametrize(
    ("body", "rewriting"),
    [
        (CATALOG, _stamped),
        (CATALOG, _assignments_as_answered),
        (CATALOG, _settings_as_answered),
        (CATALOG, lambda body: body["object"].update(technologies="appleRemoteManagement,mdm")),
        (CATALOG, lambda body: body["assignments"][0]["target"].update(groupId="AA")),
        (COMPLIANCE, _actions_as_answered),
        (COMPLIANCE, _defaults),
        (SWITCHES, _switches_as_answered),
    ],
)
def test_what_graph_makes_of_a_body_means_the_same(body: Any, rewriting: Any) -> None:
    """Stamps, ids, defaults, order, and types that go without saying."""
    assert canonical(_changed(body, rewriting)) == canonical(body)


@pytest.mark.parametrize(
    ("body", "change"),
    [
        (CATALOG, lambda body: body["object"]["settings"].append(_setting("three"))),
        (CATALOG, lambda body: body["object"]["settings"].append(_setting("one", "x"))),
        (CATALOG, lambda body: body["object"].update(technologies="mdm")),
        (CATALOG, lambda body: body["object"].update(unheardOf="x")),
        (CATALOG, lambda body: body["object"].update(roleScopeTagIds=["1"])),
        (CATALOG, lambda body: body["assignments"].pop()),
        (CATALOG, lambda body: body["assignments"][0].update(intent="remove")),
        (CATALOG, lambda body: body["assignments"][0].update(source="policySets")),
        (COMPLIANCE, lambda body: body["object"].update(bitLockerEnabled=True)),
        (COMPLIANCE, lambda body: body["object"].update(storageRequireEncryption=False)),
        (COMPLIANCE, lambda body: body["object"].update(passwordRequiredType="numeric")),
        (COMPLIANCE, lambda body: body["object"].update(displayName="b")),
        (SWITCHES, lambda body: body["object"]["omaSettings"][0].update(value=1)),
        (SWITCHES, lambda body: body["object"]["omaSettings"][0].update(value=False)),
        (SWITCHES, lambda body: body["object"]["omaSettings"][0].update(isEncrypted=True)),
        (SWITCHES, lambda body: body["object"]["omaSettings"].pop()),
    ],
)
def test_what_somebody_changed_never_means_the_same(body: Any, change: Any) -> None:
    """Whatever else differs shows, known or not."""
    assert json.dumps(canonical(_changed(body, change))) != json.dumps(canonical(body))


def test_a_profile_is_compared_by_what_is_in_it() -> None:
    """Other bytes of the same property list are no change; another value is."""
    profile = {"PayloadType": "Configuration", "x": [1, True, b"data", 1.5]}
    spaced = plistlib.dumps(profile).replace(b"\t", b"        ")

    def meaning(content: bytes) -> Any:
        return canonical({"object": {"payload": _encoded(content)}})

    assert meaning(spaced) == meaning(plistlib.dumps(profile))
    assert meaning(plistlib.dumps({**profile, "x": [1]})) != meaning(spaced)
    assert json.dumps(meaning(spaced))


def test_rules_are_compared_by_name_and_a_false_operand_counts() -> None:
    """The order of rules means nothing."""
    one = {"SettingName": "A", "Operand": False}
    two = {"SettingName": "B", "Operand": "x"}

    def meaning(*rules: Any) -> Any:
        content = json.dumps({"Rules": list(rules)}).encode()
        return canonical({"object": {"x": {"rulesContent": _encoded(content)}}})

    assert meaning(one, two) == meaning(two, one)
    assert meaning(one, two) != meaning({"SettingName": "A"}, two)


@pytest.mark.parametrize(
    "content",
    [
        "not base64!",
        _encoded(b"\xff\xfe"),
        _encoded(b"<plist>"),
        _encoded(b"<?xml version='1.0'?><!DOCTYPE p [<!ENTITY a 'b'>]><plist><string/></plist>"),
        _encoded(b"[" * 200_000),
        "",
    ],
)
@pytest.mark.parametrize("name", ["payload", "rulesContent", "detectionScriptContent"])
def test_what_cannot_be_read_is_compared_as_it_stands(name: str, content: str) -> None:
    """Somebody else's object may hold anything."""
    found = canonical({"object": {name: content}})
    assert json.dumps(found)
    if content and name != "detectionScriptContent":
        assert found["object"][name] == content


def test_an_empty_value_of_a_setting_is_kept_and_other_emptiness_is_not() -> None:
    """A setting may be empty and mean it."""
    assert part({"value": "", "description": "", "x": []}) == {"value": ""}
    assert writable({"id": "1", "displayName": "a", "x": False, "y": None}) == {"displayName": "a"}


def test_a_body_that_is_not_there_has_no_meaning() -> None:
    """The body of a foreign object is read only when it is needed."""
    assert canonical(None) is None
