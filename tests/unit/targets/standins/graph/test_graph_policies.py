"""Policies behind the stand-in of Graph: made, read, changed, assigned, deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aipol_targets.standins.graph.schema import Version

COMPLIANCE = "deviceCompliancePolicies"
SCRIPTS = "deviceComplianceScripts"
CATALOG = "configurationPolicies"
CUSTOM = "deviceConfigurations"
ACTIONS = "$expand=scheduledActionsForRule($expand=scheduledActionConfigurations)"
BELOW = "scheduleActionsForRules"


def test_graph_fills_in_what_a_policy_did_not_say(asked: Any, make: Any) -> None:
    """Stamps, defaults and nulls are added; what v1.0 does not know, it does not show."""
    graph = asked()
    key = graph.made("v1.0:deviceCompliancePolicies", make.windows(storageRequireEncryption=True))
    _, read = graph("GET", f"v1.0:{COMPLIANCE}/{key}")
    assert (read["id"], read["version"], read["storageRequireEncryption"]) == (key, 1, True)
    assert (read["passwordRequired"], read["osMinimumVersion"]) == (False, None)
    assert (read["passwordRequiredType"], read["description"]) == ("deviceDefault", None)
    assert read["createdDateTime"] == read["lastModifiedDateTime"]
    assert "roleScopeTagIds" not in read
    _, beta = graph("GET", f"beta:{COMPLIANCE}/{key}")
    assert (beta["roleScopeTagIds"], beta["validOperatingSystemBuildRanges"]) == (["0"], [])
    assert beta.keys() > read.keys()


def test_the_type_is_written_only_where_it_is_not_the_declared_one(asked: Any, make: Any) -> None:
    """A derived policy and an abstract target name their type; what is declared does not."""
    graph = asked()
    _, policy = graph("POST", f"v1.0:{COMPLIANCE}", make.windows())
    assert policy["@odata.type"] == "#microsoft.graph.windows10CompliancePolicy"
    _, made = graph("POST", f"beta:{CATALOG}", make.catalog())
    assert "@odata.type" not in made
    _, read = graph("GET", f"beta:{CATALOG}/{made['id']}/settings")
    (setting,) = read["value"]
    instance = setting["settingInstance"]
    assert "@odata.type" not in setting
    assert instance["@odata.type"].endswith("ChoiceSettingInstance")
    assert instance["settingInstanceTemplateReference"] is None
    assert "@odata.type" not in instance["choiceSettingValue"]
    (child,) = instance["choiceSettingValue"]["children"]
    assert child["simpleSettingCollectionValue"][0]["@odata.type"].endswith("StringSettingValue")


def test_scheduled_actions_come_only_when_asked_for(asked: Any, make: Any) -> None:
    """Without $expand they are missing; with it the rule's name and the template are rewritten."""
    graph = asked()
    key = graph.made(f"v1.0:{COMPLIANCE}", make.windows())
    _, plain = graph("GET", f"v1.0:{COMPLIANCE}/{key}")
    assert "scheduledActionsForRule" not in plain
    _, outer = graph("GET", f"v1.0:{COMPLIANCE}/{key}?$expand=scheduledActionsForRule")
    assert outer["scheduledActionsForRule"] == [{"id": key, "ruleName": None}]
    _, whole = graph("GET", f"v1.0:{COMPLIANCE}/{key}?{ACTIONS}")
    (rule,) = whole["scheduledActionsForRule"]
    (action,) = rule["scheduledActionConfigurations"]
    assert (action["actionType"], action["gracePeriodHours"]) == ("block", 24)
    assert action["notificationTemplateId"] == "00000000-0000-0000-0000-000000000000"
    assert graph.refused("GET", f"v1.0:{COMPLIANCE}/{key}/scheduledActionsForRule")


@pytest.mark.parametrize("rules", [None, [], "twice", "none", "two rules"])
def test_a_compliance_policy_has_exactly_one_block(asked: Any, make: Any, rules: Any) -> None:
    """No rule, no block, two blocks and two rules are refused on creation."""
    action = make.block[0]["scheduledActionConfigurations"][0]
    given = {
        "twice": [{"scheduledActionConfigurations": [action, action]}],
        "none": [{"scheduledActionConfigurations": [{**action, "actionType": "noAction"}]}],
        "two rules": make.block * 2,
    }.get(str(rules), rules)
    body = make.windows(scheduledActionsForRule=given)
    if given is None:
        del body["scheduledActionsForRule"]
    graph = asked()
    assert "one and only one block" in graph.refused("POST", f"v1.0:{COMPLIANCE}", body)
    assert graph.standin.state() == {}


def test_actions_are_changed_by_their_own_action(asked: Any, make: Any) -> None:
    """PATCH refuses them, scheduleActionsForRules answers 204 and checks them like a creation."""
    graph = asked()
    url = f"v1.0:{COMPLIANCE}/{graph.made(f'v1.0:{COMPLIANCE}', make.windows())}"
    kind = "#microsoft.graph.windows10CompliancePolicy"
    patch = {"@odata.type": kind, "scheduledActionsForRule": make.block}
    assert "navigation property" in graph.refused("PATCH", url, patch)
    key = "deviceComplianceScheduledActionForRules"
    later = json.loads(json.dumps(make.block))
    later[0]["scheduledActionConfigurations"][0]["gracePeriodHours"] = 72
    assert graph("POST", f"{url}/{BELOW}", {key: later}) == (204, None)
    assert graph.refused("POST", f"{url}/{BELOW}", {key: []})
    assert key in graph.refused("POST", f"{url}/{BELOW}", {"scheduledActionsForRule": later})
    _, read = graph("GET", f"{url}?{ACTIONS}")
    (rule,) = read["scheduledActionsForRule"]
    assert rule["scheduledActionConfigurations"][0]["gracePeriodHours"] == 72


def test_a_notification_needs_a_template(asked: Any, make: Any) -> None:
    """An action that tells somebody names the text it tells."""
    notify = {"actionType": "notification", "gracePeriodHours": 1}
    rule = make.block[0]["scheduledActionConfigurations"]
    body = make.windows(
        scheduledActionsForRule=[{"scheduledActionConfigurations": [*rule, notify]}]
    )
    graph = asked()
    assert "notificationTemplateId" in graph.refused("POST", f"v1.0:{COMPLIANCE}", body)
    notify["notificationTemplateId"] = "0a0f7c0e-7d3b-4a9e-8f8c-1f2d3c4b5a69"
    assert graph.made(f"v1.0:{COMPLIANCE}", body)


def test_a_patch_says_again_of_which_type_it_is(asked: Any, make: Any) -> None:
    """Of an abstract collection the type is needed, has to be the object's, and stays."""
    graph = asked()
    url = f"v1.0:{COMPLIANCE}/{graph.made(f'v1.0:{COMPLIANCE}', make.windows())}"
    kind = "#microsoft.graph.windows10CompliancePolicy"
    assert "@odata.type" in graph.refused("PATCH", url, {"description": "d"})
    other = {"@odata.type": "#microsoft.graph.macOSCompliancePolicy", "description": "d"}
    assert "no macOSCompliancePolicy" in graph.refused("PATCH", url, other)
    status, read = graph("PATCH", url, {"@odata.type": kind, "description": "d"})
    assert (status, read["description"], read["version"]) == (200, "d", 2)
    assert read["displayName"] == "w"
    assert read["lastModifiedDateTime"] > read["createdDateTime"]
    assert graph.refused("PATCH", url, {"@odata.type": kind, "displayName": None})


def _ruled(make: Any, script: str, *rules: Any) -> Any:
    content = make.encoded({"Rules": list(rules or [make.rule])})
    given = {"deviceComplianceScriptId": script, "rulesContent": content}
    return make.windows(deviceCompliancePolicyScript=given)


def test_custom_compliance_needs_a_script_of_its_own(asked: Any, make: Any) -> None:
    """An unknown script is refused, a second policy of one too, and what is in use stays."""
    graph = asked()
    script = graph.made(f"beta:{SCRIPTS}", make.script())
    assert "does not exist" in graph.refused("POST", f"beta:{COMPLIANCE}", _ruled(make, "x"))
    policy = graph.made(f"beta:{COMPLIANCE}", _ruled(make, script))
    assert "another policy" in graph.refused("POST", f"beta:{COMPLIANCE}", _ruled(make, script))
    assert "cannot be deleted" in graph.refused("DELETE", f"beta:{SCRIPTS}/{script}")
    assert graph("DELETE", f"beta:{COMPLIANCE}/{policy}") == (204, None)
    assert graph("DELETE", f"beta:{SCRIPTS}/{script}") == (204, None)
    assert graph.standin.state() == {}


def test_rules_and_scripts_come_back_as_they_were_sent(asked: Any, make: Any) -> None:
    """Base64 stays what it was; a list of scripts leaves the text out."""
    graph = asked()
    script = graph.made(f"beta:{SCRIPTS}", make.script())
    policy = graph.made(f"beta:{COMPLIANCE}", sent := _ruled(make, script))
    part = "deviceCompliancePolicyScript"
    read = graph("GET", f"beta:{COMPLIANCE}/{policy}")[1][part]
    assert read["rulesContent"] == sent[part]["rulesContent"]
    assert part not in graph("GET", f"v1.0:{COMPLIANCE}/{policy}")[1]
    assert graph("GET", f"beta:{SCRIPTS}/{script}")[1]["detectionScriptContent"]
    assert graph("GET", f"beta:{SCRIPTS}")[1]["value"][0]["detectionScriptContent"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SettingName": None}, "settingNameMissing"),
        ({"Operator": "isEquals"}, "operatorNotSupported"),
        ({"Operator": None}, "operatorMissing"),
        ({"DataType": "Int32"}, "datatypeNotSupported"),
        ({"DataType": None}, "datatypeMissing"),
        ({"Operand": "0"}, "operandInvalid"),
        ({"Operand": ...}, "operandMissing"),
        ({"MoreInfoUrl": None}, "moreInfoUriMissing"),
        ({"MoreInfoUrl": "intranet"}, "moreInfoUriInvalid"),
        ({"RemediationStrings": []}, "remediationStringsMissing"),
        ({"RemediationStrings": [{"Language": "de_DE"}]}, "titleMissing"),
        ({"language": "de_DE"}, "englishLocaleMissing"),
        ({"language": "en_GB"}, "unrecognizedLocale"),
    ],
)
def test_wrong_rules_are_refused_by_their_code(
    asked: Any, make: Any, change: dict[str, Any], code: str
) -> None:
    """The rules file is checked as the service's own list of faults has it."""
    rule = json.loads(json.dumps(make.rule))
    rule["RemediationStrings"][0] |= {"Language": change.get("language", "en_US")}
    rule |= {name: value for name, value in change.items() if name != "language"}
    rule = {name: value for name, value in rule.items() if value is not ...}
    graph = asked()
    script = graph.made(f"beta:{SCRIPTS}", make.script())
    assert code in graph.refused("POST", f"beta:{COMPLIANCE}", _ruled(make, script, rule))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("no json", "jsonFileInvalid"),
        ("{}", "rulesMissing"),
        ('{"Rules": []}', "rulesMissing"),
        (" " * 102_401, "jsonFileTooLarge"),
    ],
)
def test_a_wrong_rules_file_is_refused(asked: Any, make: Any, content: str, code: str) -> None:
    """A file that is no JSON, holds no rules, too many, the same twice, or is too large."""
    graph = asked()
    script = graph.made(f"beta:{SCRIPTS}", make.script())
    body = _ruled(make, script)
    body["deviceCompliancePolicyScript"]["rulesContent"] = make.encoded(content)
    assert code in graph.refused("POST", f"beta:{COMPLIANCE}", body)
    assert "tooMany" in graph.refused(
        "POST", f"beta:{COMPLIANCE}", _ruled(make, script, *[make.rule] * 101)
    )
    twice = _ruled(make, script, make.rule, make.rule)
    assert "duplicateRules" in graph.refused("POST", f"beta:{COMPLIANCE}", twice)


def test_a_catalog_policy_has_a_name_and_shows_no_settings(asked: Any, make: Any) -> None:
    """`displayName` is refused; a read has the count, and the settings only when asked for."""
    graph = asked()
    assert "displayName" in graph.refused("POST", f"beta:{CATALOG}", make.catalog(displayName="x"))
    assert "name" in graph.refused("POST", f"beta:{CATALOG}", make.catalog(name=None))
    key = graph.made(f"beta:{CATALOG}", make.catalog("a", "b", "c"))
    _, read = graph("GET", f"beta:{CATALOG}/{key}")
    assert (read["settingCount"], read["isAssigned"]) == (3, False)
    assert "settings" not in read
    assert "settings" not in graph("GET", f"beta:{CATALOG}")[1]["value"][0]
    _, whole = graph("GET", f"beta:{CATALOG}('{key}')?$expand=settings")
    assert len(whole["settings"]) == 3


def test_settings_come_back_in_another_order_and_in_pages(asked: Any, make: Any) -> None:
    """Ids count what the service has sorted its own way."""
    names = [f"setting_{number}" for number in range(7)]
    graph = asked(page_size=3)
    key = graph.made(f"beta:{CATALOG}", make.catalog(*names))
    found, url = [], f"beta:{CATALOG}/{key}/settings?$expand=settingDefinitions"
    while url:
        _, read = graph("GET", url)
        found += read["value"]
        url = read.get("@odata.nextLink", "")
    order = [each["settingInstance"]["settingDefinitionId"] for each in found]
    assert sorted(order) == names != order
    assert [each["id"] for each in found] == [str(number) for number in range(7)]
    assert found[0]["settingDefinitions"] == [{"id": order[0]}]


def test_settings_are_replaced_by_put_and_by_nothing_else(asked: Any, make: Any) -> None:
    """PATCH takes the name and the description; PUT needs the whole policy and keeps the id."""
    graph = asked()
    key = graph.made(f"beta:{CATALOG}", make.catalog("a"))
    url = f"beta:{CATALOG}/{key}"
    assert "'settings'" in graph.refused("PATCH", url, {"settings": []})
    assert "'platforms'" in graph.refused("PATCH", url, {"platforms": "macOS"})
    assert graph.refused("PATCH", f"{url}/settings/0", {"settingInstance": {}})
    assert graph("PATCH", url, {"name": "n", "description": "d"})[1]["name"] == "n"
    assert graph.refused("PUT", url, make.catalog("b", name=None))
    assert graph("PUT", url, make.catalog("b", "c")) == (204, None)
    _, read = graph("GET", url)
    assert (read["name"], read["description"], read["settingCount"]) == ("e", None, 2)
    assert read["lastModifiedDateTime"] > read["createdDateTime"]
    assert graph.refused("PUT", f"v1.0:{CUSTOM}/x", make.custom(), status=404)


def test_a_tenant_may_know_its_settings(asked: Any, make: Any) -> None:
    """An id that the catalog has not, or an option that the setting has not, is refused."""
    graph = asked(definitions={"a": ("a_0", "a_1"), "a_desc": ()})
    assert graph.made(f"beta:{CATALOG}", make.catalog("a"))
    assert "'b'" in graph.refused("POST", f"beta:{CATALOG}", make.catalog("b"))
    wrong = make.catalog(settings=[make.choice("a", "9")])
    assert "a_9" in graph.refused("POST", f"beta:{CATALOG}", wrong)


def test_text_of_custom_settings_is_masked(asked: Any, make: Any) -> None:
    """A number is shown; the text is asterisks and a reference, and who may write gets it."""
    graph = asked()
    key = graph.made(f"v1.0:{CUSTOM}", make.custom())
    url = f"beta:{CUSTOM}/{key}"
    number, text = graph("GET", url)[1]["omaSettings"]
    assert (number["value"], number["isEncrypted"]) == (1, False)
    assert (text["value"], text["isEncrypted"]) == ("****", True)
    plain = graph("GET", f"v1.0:{CUSTOM}/{key}")[1]["omaSettings"][1]
    assert (plain["value"], "isEncrypted" in plain) == ("****", False)
    reference = text["secretReferenceValueId"]
    ask = f"{url}/getOmaSettingPlainTextValue(secretReferenceValueId='{reference}')"
    assert graph("GET", ask)[1]["value"] == "x"
    assert graph.refused("GET", ask.replace(reference, "y"), status=404)


def test_xml_of_custom_settings_is_masked_where_the_tenant_masks(asked: Any, make: Any) -> None:
    """XML reads back as base64 of an empty element; a tenant may show it in one version."""
    kind = "#microsoft.graph.omaSettingStringXml"
    xml = {"@odata.type": kind, "displayName": "x", "omaUri": "./x", "value": make.encoded("<b/>")}
    graph = asked(masked_in=frozenset({Version.BETA}))
    key = graph.made(f"v1.0:{CUSTOM}", make.custom(omaSettings=[xml]))
    values = [
        graph("GET", f"{version}:{CUSTOM}/{key}")[1]["omaSettings"][0]["value"]
        for version in Version
    ]
    assert values == [make.encoded("<b/>"), make.encoded("<a/>")]


def test_what_was_read_back_masked_cannot_be_sent_again(asked: Any, make: Any) -> None:
    """A reference to a secret is refused on creation and in a change."""
    graph = asked()
    key = graph.made(f"v1.0:{CUSTOM}", make.custom())
    read = graph("GET", f"beta:{CUSTOM}/{key}")[1]
    again = {"@odata.type": read["@odata.type"], "omaSettings": read["omaSettings"]}
    body = {**again, "displayName": "c"}
    assert "SecretReferenceValueId" in graph.refused("POST", f"beta:{CUSTOM}", body)
    assert "SecretReferenceValueId" in graph.refused("PATCH", f"beta:{CUSTOM}/{key}", again)
    assert graph.standin.state()[CUSTOM][key]["omaSettings"][1]["value"] == "x"


def test_a_profile_comes_back_as_it_was_sent(asked: Any, make: Any) -> None:
    """The payload of a macOS custom configuration is base64, and stays as it is."""
    kind = "#microsoft.graph.macOSCustomConfiguration"
    profile = make.encoded("<plist/>")
    body = {"@odata.type": kind, "displayName": "m", "payloadName": "p", "payload": profile}
    graph = asked()
    key = graph.made(f"v1.0:{CUSTOM}", body)
    assert graph("GET", f"v1.0:{CUSTOM}/{key}")[1]["payload"] == profile
    assert "base64" in graph.refused("POST", f"v1.0:{CUSTOM}", {**body, "payload": "<plist/>"})
    assert "payload" in graph.refused("POST", f"v1.0:{CUSTOM}", {**body, "payload": None})
