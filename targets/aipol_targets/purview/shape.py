"""Turn Purview policies into the names, identities and JSON texts its cmdlets take."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from aipol_targets.purview.facts import COPILOT, Carrier
from aipol_targets.purview.model import DlpModel, DlpPolicy, InfoType

# So that "aipol ", the key, the kind of rule and the blanks between them stay within 64.
_APP_SHOWN = 38


def stable_id(model: DlpModel, policy: DlpPolicy) -> str:
    """The policy's identity: the same for the same app and people, whatever else changes."""
    name = f"{model.organization}/purview/{policy.app.id}/{policy.cell}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper()


def policy_name(model: DlpModel, policy: DlpPolicy) -> str:
    """The name on the tenant; the key makes it unique, the app is there to be read."""
    key = stable_id(model, policy).replace("-", "").lower()[:12]
    return f"aipol {policy.app.id[:_APP_SHOWN]} {key}"


def rule_name(model: DlpModel, policy: DlpPolicy, carrier: Carrier) -> str:
    """The name of the rule about one carrier."""
    return f"{policy_name(model, policy)} {carrier}"


def locations(policy: DlpPolicy) -> str:
    """The `Locations` parameter: where the policy acts, and for whom."""
    entry: dict[str, Any] = {"Workload": "Applications", "Location": policy.app.location}
    if policy.app.plane is not COPILOT:
        entry |= {
            "LocationDisplayName": policy.app.name,
            "LocationSource": "Entra",
            "LocationType": "Individual",
        }
    tenant = [{"Type": "Tenant", "Identity": "All"}]
    entry["Inclusions"] = tenant if policy.scope.everyone else _groups(policy.include)
    if policy.exclude:
        entry["Exclusions"] = _groups(policy.exclude)
    return compact([entry])


def advanced_rule(model: DlpModel, policy: DlpPolicy, carrier: Carrier) -> str:
    """The `AdvancedRule` parameter: any one mark of any one of the classes."""
    # A label and an information type may not stand in one rule about Microsoft 365 Copilot: page
    # "Learn about using Microsoft Purview DLP to protect interactions with Microsoft 365 Copilot".
    group: dict[str, Any] = {"Operator": "Or", "name": "Default"}
    if carrier is Carrier.ITEMS:
        labels = sorted({entry.label for entry in policy.classes if entry.label})
        group["labels"] = [{"name": label, "type": "Sensitivity"} for label in labels]
    else:
        types = sorted({found for entry in policy.classes for found in entry.types})
        group["sensitivetypes"] = [_sensitive_type(model, found) for found in types]
    condition = {
        "ConditionName": "ContentContainsSensitiveInformation",
        "Value": [{"groups": [group]}],
    }
    return compact(
        {"Version": "1.0", "Condition": {"Operator": "And", "SubConditions": [condition]}}
    )


def marked(model: DlpModel, stable: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` with the comment by which apply-dlp.ps1 knows it as ours, and as unchanged."""
    digest = hashlib.sha256(compact(content, sort_keys=True).encode()).hexdigest()
    comment = f"aipol:v1:{model.organization}:{stable}:{digest}"
    name, *rest = content.items()
    return dict([name, ("Comment", comment), *rest])


def compact(value: object, *, sort_keys: bool = False) -> str:
    """One line of ASCII JSON."""
    return json.dumps(value, separators=(",", ":"), sort_keys=sort_keys)


def _groups(identities: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"Type": "Group", "Identity": identity} for identity in identities]


def _sensitive_type(model: DlpModel, entry: InfoType) -> dict[str, Any]:
    return {
        "name": entry.name,
        "id": entry.id,
        "mincount": 1,
        "maxcount": -1,
        "confidencelevel": model.confidence,
    }
