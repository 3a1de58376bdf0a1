"""Turns lists of URL patterns into bodies of requests to the Meraki Dashboard API."""

from __future__ import annotations

import json
from typing import Any

from aipol.target import Artifact
from aipol_targets.meraki.model import BINDINGS, NETWORK_WIDE, GroupPolicy, Meraki


def render(model: Meraki) -> tuple[Artifact, ...]:
    """The bodies, and which networks each group policy is for, by path."""
    files = [_artifact(each.file, _policy(each)) for each in model.policies]
    files.append(_artifact(BINDINGS, [_binding(each) for each in model.policies]))
    if model.network_wide:
        body = {
            "allowedUrlPatterns": list(model.network_wide.allowed),
            "blockedUrlPatterns": list(model.network_wide.blocked),
        }
        files.append(_artifact(NETWORK_WIDE, body))
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _policy(made: GroupPolicy) -> dict[str, Any]:
    """`override`: with `append` the network's own patterns would hold too, and allowed ones win."""
    patterns = made.patterns
    return {
        "name": made.name,
        "contentFiltering": {
            "allowedUrlPatterns": {"settings": "override", "patterns": list(patterns.allowed)},
            "blockedUrlPatterns": {"settings": "override", "patterns": list(patterns.blocked)},
        },
    }


def _binding(made: GroupPolicy) -> dict[str, Any]:
    vlan = {"vlan": made.vlan} if made.vlan else {}
    return {"groupPolicy": made.name, "networks": list(made.networks), **vlan}


def _artifact(path: str, body: Any) -> Artifact:
    return Artifact(path, f"{json.dumps(body, allow_nan=False, indent=1)}\n".encode())
