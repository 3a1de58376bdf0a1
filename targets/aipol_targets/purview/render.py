"""Turn Purview policies into JSON files, a rule package and the script that applies them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from aipol.target import Artifact
from aipol_targets.purview.model import DlpModel
from aipol_targets.purview.package import rule_package
from aipol_targets.purview.shape import (
    advanced_rule,
    locations,
    marked,
    policy_name,
    rule_name,
    stable_id,
)

SCRIPT = "apply-dlp.ps1"


def render(model: DlpModel) -> tuple[Artifact, ...]:
    """The files, always the same ones; a rule package only where there are patterns."""
    script = files("aipol_targets.purview").joinpath(SCRIPT).read_bytes()
    package = (Artifact("sit-package.xml", rule_package(model)),) if model.patterns else ()
    return (
        Artifact(SCRIPT, script),
        Artifact("index.json", _json(_index(model))),
        Artifact("policies.json", _json(_policies(model))),
        Artifact("rules.json", _json(_rules(model))),
        *package,
    )


def _policies(model: DlpModel) -> list[dict[str, Any]]:
    return [
        marked(
            model,
            stable_id(model, policy),
            {
                "Name": policy_name(model, policy),
                "Mode": model.mode,
                "EnforcementPlanes": [policy.app.plane.vendor_name],
                "Locations": locations(policy),
            },
        )
        for policy in model.policies
    ]


def _rules(model: DlpModel) -> list[dict[str, Any]]:
    return [
        marked(
            model,
            f"{stable_id(model, policy)}/{carrier}",
            {
                "Name": rule_name(model, policy, carrier),
                "Policy": policy_name(model, policy),
                "AdvancedRule": advanced_rule(model, policy, carrier),
                "RestrictAccess": [{"setting": policy.app.plane.setting, "value": "Block"}],
            },
        )
        for policy in model.policies
        for carrier in policy.carriers
    ]


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
