"""Check a body against the properties of its Graph type that this target relies on.

Restated from microsoftgraph/msgraph-metadata @f54f11b6 (v1.0) and msgraph-beta-sdk 1.66.0 (beta),
read 2026-11-23, so that a misspelt property is found without the vendor's metadata at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

_LABELS = {"displayName": "text", "description": "text"}
_COMPLIANCE = {
    **_LABELS,
    "osMinimumVersion": "text",
    "scheduledActionsForRule": "[deviceComplianceScheduledActionForRule]",
    "storageRequireEncryption": "boolean",
}
_CATALOG = "deviceManagementConfiguration"

TYPES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "windows10CompliancePolicy": {
            **_COMPLIANCE,
            "deviceCompliancePolicyScript": "deviceCompliancePolicyScript",
            "roleScopeTagIds": "[text]",
        },
        "macOSCompliancePolicy": _COMPLIANCE,
        "deviceCompliancePolicyScript": {
            "deviceComplianceScriptId": "text",
            "rulesContent": "text",
        },
        "deviceComplianceScheduledActionForRule": {
            "ruleName": "text",
            "scheduledActionConfigurations": "[deviceComplianceActionItem]",
        },
        "deviceComplianceActionItem": {
            "actionType": "text",
            "gracePeriodHours": "integer",
            "notificationMessageCCList": "[text]",
            "notificationTemplateId": "text",
        },
        "deviceComplianceScript": {
            **_LABELS,
            "detectionScriptContent": "text",
            "enforceSignatureCheck": "boolean",
            "publisher": "text",
            "roleScopeTagIds": "[text]",
            "runAs32Bit": "boolean",
            "runAsAccount": "text",
        },
        "macOSCustomConfiguration": {
            **_LABELS,
            "payload": "text",
            "payloadFileName": "text",
            "payloadName": "text",
        },
        "windows10CustomConfiguration": {**_LABELS, "omaSettings": "[omaSettingInteger]"},
        "omaSettingInteger": {"displayName": "text", "omaUri": "text", "value": "integer"},
        f"{_CATALOG}Policy": {
            "name": "text",
            "description": "text",
            "platforms": "text",
            "roleScopeTagIds": "[text]",
            "settings": f"[{_CATALOG}Setting]",
            "technologies": "text",
        },
        f"{_CATALOG}Setting": {"settingInstance": f"{_CATALOG}ChoiceSettingInstance"},
        f"{_CATALOG}ChoiceSettingInstance": {
            "settingDefinitionId": "text",
            "choiceSettingValue": f"{_CATALOG}ChoiceSettingValue",
        },
        f"{_CATALOG}ChoiceSettingValue": {
            "value": "text",
            "children": f"[{_CATALOG}SimpleSettingCollectionInstance]",
        },
        f"{_CATALOG}SimpleSettingCollectionInstance": {
            "settingDefinitionId": "text",
            "simpleSettingCollectionValue": f"[{_CATALOG}StringSettingValue]",
        },
        f"{_CATALOG}StringSettingValue": {"value": "text"},
        "assign": {"assignments": "[assignment]"},
        "assignment": {"target": "target"},
        "target": {"groupId": "text"},
    }
)
_TARGETS = (
    "allDevicesAssignmentTarget",
    "allLicensedUsersAssignmentTarget",
    "exclusionGroupAssignmentTarget",
    "groupAssignmentTarget",
)
_PLAIN: Mapping[str, type] = MappingProxyType({"text": str, "boolean": bool, "integer": int})


def faults(kind: str, content: bytes) -> Iterator[str]:
    """What is wrong with a body of a Graph type, or of `type/action`."""
    return _value(kind.rpartition("/")[2], json.loads(content), "$")


def _value(kind: str, value: Any, path: str) -> Iterator[str]:
    if kind.startswith("["):
        if not isinstance(value, list):
            yield f"{path}: is no list"
            return
        for position, each in enumerate(value):
            yield from _value(kind[1:-1], each, f"{path}[{position}]")
    elif kind in _PLAIN:
        if type(value) is not _PLAIN[kind]:
            yield f"{path}: is no {kind}"
    else:
        yield from _object(kind, value, path)


def _object(kind: str, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: is no object"
        return
    named = _TARGETS if kind == "target" else (kind,)
    tag = value.get("@odata.type")
    if tag is not None and tag not in {f"#microsoft.graph.{name}" for name in named}:
        yield f"{path}: has the type {tag}"
    for key, each in value.items():
        if key in TYPES[kind]:
            yield from _value(TYPES[kind][key], each, f"{path}.{key}")
        elif key != "@odata.type":
            yield f"{path}: {kind} has no property {key}"
