"""Turn values into canonical JSON, and into the parts that Graph bodies are made of."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from aipol_targets.intune.model import Assignment

NAMESPACE = "#microsoft.graph."


def canonical(document: Any) -> bytes:
    """Equal documents give equal bytes: sorted keys, two spaces, a line feed at the end."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def compact(document: Any) -> bytes:
    """The same for JSON inside of JSON, which nobody reads as it stands."""
    return json.dumps(document, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()


def encoded(content: bytes) -> str:
    """Base64, as Graph takes bytes."""
    return base64.b64encode(content).decode("ascii")


def typed(name: str, **fields: Any) -> dict[str, Any]:
    """An object of a Graph type."""
    return {"@odata.type": f"{NAMESPACE}{name}", **fields}


def assign_body(assignment: Assignment) -> dict[str, Any]:
    """The body of `POST .../assign`, which replaces all assignments."""
    return {"assignments": [{"target": target} for target in _targets(assignment)]}


def _targets(assignment: Assignment) -> Iterable[dict[str, Any]]:
    if assignment.everyone == "users":
        yield typed("allLicensedUsersAssignmentTarget")
    if assignment.everyone == "devices":
        yield typed("allDevicesAssignmentTarget")
    for group in assignment.include:
        yield typed("groupAssignmentTarget", groupId=group)
    for group in assignment.exclude:
        yield typed("exclusionGroupAssignmentTarget", groupId=group)


def block_after(hours: int) -> list[dict[str, Any]]:
    """Mark noncompliant after `hours`: required on create, and `ruleName` is a fixed word.

    deploymenttheory/terraform-provider-microsoft365@7e461231 construct.go and
    microsoft/mggraph-intune-samples CompliancePolicy_Import_FromJSON.ps1, read 2026-11-23.
    """
    action = {
        "actionType": "block",
        "gracePeriodHours": hours,
        "notificationMessageCCList": [],
        "notificationTemplateId": "",
    }
    return [{"ruleName": "PasswordRequired", "scheduledActionConfigurations": [action]}]
