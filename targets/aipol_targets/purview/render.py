"""Turn Purview policies into JSON files, a rule package and the script that applies them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from aipol.target import Artifact
from aipol_targets.purview.facts import Carrier
from aipol_targets.purview.model import DlpModel, DlpPolicy
from aipol_targets.purview.package import rule_package
from aipol_targets.purview.remote_form import policy_mark, rule_mark, wanted_rule
from aipol_targets.purview.shape import (
    advanced_rule,
    locations,
    marked,
    policy_key,
    policy_name,
    rule_name,
)

SCRIPT = "apply-dlp.ps1"
EXPORT = "export-dlp.ps1"


def render(model: DlpModel) -> tuple[Artifact, ...]:
    """The files, always the same ones; a rule package only where there are patterns."""
    package = (Artifact("sit-package.xml", rule_package(model)),) if model.patterns else ()
    return (
        *(Artifact(name, _script(name)) for name in (SCRIPT, EXPORT)),
        Artifact("index.json", _json(_index(model))),
        Artifact("policies.json", _json(_policies(model))),
        Artifact("rules.json", _json(_rules(model))),
        *package,
    )


def _script(name: str) -> bytes:
    return files("aipol_targets.purview").joinpath(name).read_bytes()


def _policies(model: DlpModel) -> list[dict[str, Any]]:
    return [_policy(model, policy) for policy in model.policies]


def _policy(model: DlpModel, policy: DlpPolicy) -> dict[str, Any]:
    content = {
        "Name": policy_name(model, policy),
        "Mode": model.mode,
        "EnforcementPlanes": [policy.app.plane.vendor_name],
        "Locations": locations(policy),
    }
    return marked(content, policy_mark(policy_key(model, policy), content))


def _rules(model: DlpModel) -> list[dict[str, Any]]:
    return [
        _rule(model, policy, carrier) for policy in model.policies for carrier in policy.carriers
    ]


def _rule(model: DlpModel, policy: DlpPolicy, carrier: Carrier) -> dict[str, Any]:
    content = {
        "Name": rule_name(model, policy, carrier),
        "Policy": policy_name(model, policy),
        "AdvancedRule": advanced_rule(model, policy, carrier),
        "RestrictAccess": [{"setting": policy.app.plane.setting, "value": "Block"}],
    }
    key = policy_key(model, policy)
    ours = {pattern.type.id for pattern in model.patterns}
    body = wanted_rule(content, key, ours, model.organization)
    return marked(content, rule_mark(f"{key}/{carrier}", body))


def _index(model: DlpModel) -> dict[str, Any]:
    """What the names in the other files stand for in the policy."""
    apps = {policy.app.id: policy.app for policy in model.policies}
    return {
        "version": 1,
        "organization": model.organization,
        "confidence": model.confidence,
        "apps": {
            app.id: {"plane": app.plane.id, "location": app.location} for app in apps.values()
        },
        "data_classes": {
            entry.id: {
                "rank": entry.rank,
                "label": entry.label,
                "info_types": [{"name": t.name, "id": t.id} for t in entry.types],
            }
            for entry in model.classes
        },
        "policies": {
            policy_name(model, policy): {
                "app": policy.app.id,
                "people": policy.cell,
                "data_classes": [entry.id for entry in policy.classes],
                "rules": [carrier.value for carrier in policy.carriers],
            }
            for policy in model.policies
        },
    }


def _json(value: object) -> bytes:
    """ASCII, so that Windows PowerShell reads it the same with every default encoding."""
    return (json.dumps(value, indent=2) + "\n").encode("ascii")
