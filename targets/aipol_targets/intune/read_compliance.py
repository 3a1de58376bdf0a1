"""Read compliance policies, their rules and their scripts to the programs that they find."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aipol.target import UnreadableArtifact
from aipol_targets.intune.read_json import decoded, fields, items, read_json, same, strings, text

# The script with an empty literal: what any other script finds is not known here.
SCRIPT_DIGEST = "6bc944187685aa9a6c0f56bd44172fa56f399a8cf3ee3e5945563816586b90a9"
_LITERAL = re.compile(rb"^\$encoded = '([A-Za-z0-9+/=]+)'$", re.MULTILINE)
_FIELDS = {"exe": "windows:exe", "family": "windows:family", "product": "windows:product"}
_MOST_RULES, _MOST_BYTES, _MOST_HOURS = 100, 100 * 1024, 8760


@dataclass(frozen=True, slots=True)
class Finds:
    """Names of settings by the identifier that each of them looks for, in lower case."""

    settings: Mapping[str, str]


def read_script(path: str, document: Any) -> dict[str, tuple[str, ...]]:
    """The identifiers by setting; raises UnreadableArtifact for any script but the known one."""
    names = (
        *("@odata.type", "detectionScriptContent", "enforceSignatureCheck", "publisher"),
        *("displayName", "description", "roleScopeTagIds", "runAs32Bit", "runAsAccount"),
    )
    kind, content, signed, publisher, title, about, tags, narrow, account = fields(
        path, document, "the script", names
    )
    same(path, kind, "@odata.type", "#microsoft.graph.deviceComplianceScript")
    same(path, signed, "enforceSignatureCheck", wanted=False)
    same(path, narrow, "runAs32Bit", wanted=False)
    same(path, account, "runAsAccount", "system")
    same(path, tags, "roleScopeTagIds", ["0"])
    for value in (publisher, title, about):
        text(path, value, "a label")
    script = decoded(path, content, "detectionScriptContent")
    literals = _LITERAL.findall(script)
    bare = _LITERAL.sub(b"$encoded = ''", script)
    if len(literals) != 1 or hashlib.sha256(bare).hexdigest() != SCRIPT_DIGEST:
        raise UnreadableArtifact(path, "is not the script that is known to look for programs")
    wanted = read_json(path, decoded(path, literals[0].decode("ascii"), "the script's data"))
    return _identifiers(path, wanted)


def _identifiers(path: str, wanted: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    (settings,) = fields(path, wanted, "the script's data", ["settings"])
    for setting in items(path, settings, "settings"):
        name, apps = fields(path, setting, "a setting", ["name", "apps"])
        values = [each for app in items(path, apps, "apps") for each in _of_app(path, app)]
        if text(path, name, "name") in found or not values:
            raise UnreadableArtifact(path, f"setting {name!r} is given twice, or looks for nothing")
        found[name] = tuple(values)
    return found


def _of_app(path: str, app: Any) -> list[str]:
    name, *lists = fields(path, app, "an app", ["name", *_FIELDS])
    text(path, name, "name")
    return [
        f"{form}:{value}".casefold()
        for form, values in zip(_FIELDS.values(), lists, strict=True)
        for value in strings(path, values, form)
    ]


def read_custom(path: str, document: Any, looked_for: Mapping[str, tuple[str, ...]]) -> Finds:
    """The identifiers whose presence makes a device noncompliant."""
    names = (
        *("@odata.type", "displayName", "description", "roleScopeTagIds"),
        *("scheduledActionsForRule", "deviceCompliancePolicyScript"),
    )
    kind, title, about, tags, actions, script = fields(path, document, "the policy", names)
    same(path, kind, "@odata.type", "#microsoft.graph.windows10CompliancePolicy")
    same(path, tags, "roleScopeTagIds", ["0"])
    for value in (title, about):
        text(path, value, "a label")
    _check_actions(path, actions)
    (rules,) = fields(path, script, "deviceCompliancePolicyScript", ["rulesContent"])
    settings = _rules(path, decoded(path, rules, "rulesContent"))
    if settings != set(looked_for):
        raise UnreadableArtifact(path, "its rules and its script speak of other settings")
    found: dict[str, str] = {}
    for setting, values in looked_for.items():
        for value in values:
            if value in found:
                raise UnreadableArtifact(path, f"{value} is looked for twice")
            found[value] = setting
    return Finds(found)


def _rules(path: str, content: bytes) -> set[str]:
    if len(content) > _MOST_BYTES:
        raise UnreadableArtifact(path, "the rules are larger than Intune takes")
    (rules,) = fields(path, read_json(path, content), "the rules", ["Rules"])
    names: set[str] = set()
    for rule in items(path, rules, "Rules"):
        name = _rule(path, rule)
        if name in names:
            raise UnreadableArtifact(path, f"two rules are about {name}")
        names.add(name)
    if len(names) > _MOST_RULES:
        raise UnreadableArtifact(path, "there are more rules than Intune takes")
    return names


def _rule(path: str, rule: Any) -> str:
    names = ("SettingName", "Operator", "DataType", "Operand", "MoreInfoUrl", "RemediationStrings")
    name, operator, kind, operand, url, remedies = fields(path, rule, "a rule", names)
    same(path, operator, "Operator", "IsEquals")
    same(path, kind, "DataType", "String")
    same(path, operand, "Operand", "none")
    if not text(path, url, "MoreInfoUrl").startswith("https://"):
        raise UnreadableArtifact(path, "MoreInfoUrl is no https address")
    languages = []
    for each in items(path, remedies, "RemediationStrings"):
        language, title, about = fields(path, each, "a text", ["Language", "Title", "Description"])
        languages.append(language)
        text(path, title, "Title")
        text(path, about, "Description")
    if languages != ["en_US"]:
        raise UnreadableArtifact(path, "RemediationStrings must be in en_US")
    return text(path, name, "SettingName")


def read_baseline(path: str, document: Any, kind: str) -> None:
    """Check a policy of built-in settings; it decides no use."""
    fixed = {"@odata.type", "displayName", "description", "scheduledActionsForRule"}
    known = {"storageRequireEncryption", "osMinimumVersion"}
    if not isinstance(document, dict) or not fixed < document.keys() <= fixed | known:
        raise UnreadableArtifact(path, "has other keys than a baseline of ours")
    same(path, document["@odata.type"], "@odata.type", f"#microsoft.graph.{kind}")
    for name in ("displayName", "description"):
        text(path, document[name], name)
    _check_actions(path, document["scheduledActionsForRule"])
    if "storageRequireEncryption" in document:
        same(path, document["storageRequireEncryption"], "storageRequireEncryption", wanted=True)
    if "osMinimumVersion" in document:
        text(path, document["osMinimumVersion"], "osMinimumVersion")


def _check_actions(path: str, actions: Any) -> None:
    """Exactly one action, to mark the device noncompliant: without it Intune takes no policy."""
    if len(items(path, actions, "scheduledActionsForRule")) != 1:
        raise UnreadableArtifact(path, "scheduledActionsForRule must have one element")
    name, configured = fields(
        path, actions[0], "an action", ["ruleName", "scheduledActionConfigurations"]
    )
    same(path, name, "ruleName", "PasswordRequired")
    if len(items(path, configured, "scheduledActionConfigurations")) != 1:
        raise UnreadableArtifact(path, "scheduledActionConfigurations must have one element")
    names = (
        "actionType",
        "gracePeriodHours",
        "notificationMessageCCList",
        "notificationTemplateId",
    )
    action, hours, mails, template = fields(path, configured[0], "a configured action", names)
    same(path, action, "actionType", "block")
    same(path, mails, "notificationMessageCCList", [])
    same(path, template, "notificationTemplateId", "")
    if type(hours) is not int or not 0 <= hours <= _MOST_HOURS:
        raise UnreadableArtifact(path, f"gracePeriodHours is {hours!r}")
