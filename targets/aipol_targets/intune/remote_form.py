"""Bring what Graph says of an object to the form that aipol writes and compares.

Graph answers with every property an object can have, in an order of its own, and with ids, dates
and types that nobody sent. What is left out here is only that; whatever else somebody changed by
hand stays, and shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aipol.remote import Json

TYPE = "@odata.type"
_NAMESPACE = "#microsoft.graph."
# What only the server says, of an object as a whole: microsoftgraph/msgraph-metadata @f54f11b6,
# SkipToTheEndpoint/OpenIntuneBaseline @75c4825c.
_STAMPS = frozenset(
    {
        "createdDateTime",
        "creationSource",
        "isAssigned",
        "lastModifiedDateTime",
        "priorityMetaData",
        "settingCount",
        "supportsScopeTags",
        "version",
    }
)
# Types that Graph leaves out of an answer, for nothing else can stand there (OData's minimal
# metadata); the others say which of several it is.
_DECLARED = frozenset(
    f"{_NAMESPACE}{name}"
    for name in (
        "deviceComplianceActionItem",
        "deviceCompliancePolicyAssignment",
        "deviceCompliancePolicyScript",
        "deviceComplianceScheduledActionForRule",
        "deviceComplianceScript",
        "deviceConfigurationAssignment",
        "deviceManagementConfigurationChoiceSettingValue",
        "deviceManagementConfigurationGroupSettingValue",
        "deviceManagementConfigurationPolicy",
        "deviceManagementConfigurationPolicyAssignment",
        "deviceManagementConfigurationPolicyTemplateReference",
        "deviceManagementConfigurationSetting",
    )
)
_NOBODY = "00000000-0000-0000-0000-000000000000"  # Graph's way to say that there is none
# What a property says that says nothing. Booleans are false, lists empty, and the rest null where
# nobody set them; these are the enumerations, of which none is null (msgraph-beta-sdk 1.66.0).
DEFAULTS: Mapping[str, Json] = MappingProxyType(
    {
        "advancedThreatProtectionRequiredSecurityLevel": "unavailable",
        "deviceThreatProtectionRequiredSecurityLevel": "unavailable",
        "gatekeeperAllowedAppSource": "notConfigured",
        "passwordRequiredType": "deviceDefault",
        "roleScopeTagIds": ["0"],
    }
)
_PARTS: Mapping[str, Json] = MappingProxyType(
    {
        "deviceAndAppManagementAssignmentFilterType": "none",
        "intent": "apply",
        "isEncrypted": False,
        "source": "direct",
    }
)
_SERVERS = frozenset({"id", "settingDefinitions", "sourceId"})
_FREE = "value"  # a setting's own, which may be empty and mean it


def writable(body: Mapping[str, Any]) -> dict[str, Any]:
    """An object without what only the server says, and without what says nothing."""
    found = _object(body)
    return {
        name: value
        for name, value in found.items()
        if name not in _STAMPS and value is not False and value != DEFAULTS.get(name, None)
    }


def part(value: Json) -> Json:
    """The same of what is within an object."""
    if isinstance(value, dict):
        return _object(value)
    return [part(each) for each in value] if isinstance(value, list) else value


def _object(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = ((name, part(each)) for name, each in value.items() if not _is_servers(name, each))
    return {name: each for name, each in kept if _says(name, each)}


def _is_servers(name: str, value: Json) -> bool:
    if name == TYPE:
        return value in _DECLARED
    if name == "templateReference":
        return not (value or {}).get("templateId")
    return name in _SERVERS or "@odata." in name or name.startswith("#")


def _says(name: str, value: Json) -> bool:
    if value is None or value == _NOBODY or (name in _PARTS and value == _PARTS[name]):
        return False
    return name == _FREE or value not in ("", [], {})
