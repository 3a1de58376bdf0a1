"""Turn Purview policies into the names, identities and JSON texts its cmdlets take."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from aipol.remote import Mark
from aipol_targets.purview.facts import COPILOT, Carrier
from aipol_targets.purview.model import DlpModel, DlpPolicy, InfoType

# So that "aipol ", the key, the kind of rule and the blanks between them stay within 64.
_APP_SHOWN = 38


def policy_key(model: DlpModel, policy: DlpPolicy) -> str:
    """What the policy is called for good: the same for the same app and people."""
    name = f"{model.organization}/purview/{policy.app.id}/{policy.cell}"
    stable = uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:12]
    return f"{model.organization}/{policy.app.id[:_APP_SHOWN]}/{stable}"


def policy_name(model: DlpModel, policy: DlpPolicy) -> str:
    """The name on the tenant; the last word makes it unique, the app is there to be read."""
    _, app, stable = policy_key(model, policy).split("/")
    return f"aipol {app} {stable}"


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


def marked(content: Mapping[str, Any], mark: Mark) -> dict[str, Any]:
    """`content` with the comment by which it is known as ours, and as unchanged."""
    name, *rest = content.items()
    return dict([name, ("Comment", str(mark)), *rest])


def compact(value: object) -> str:
    """One line of ASCII JSON."""
    return json.dumps(value, separators=(",", ":"))


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
