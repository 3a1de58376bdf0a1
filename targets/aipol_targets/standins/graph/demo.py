"""A tenant with the groups that a policy names, and a policy of somebody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aipol.ir import Ir
from aipol_targets.standins.demo import Demo, NothingToEdit, ask
from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import Tenant

TOKEN = "demo"  # noqa: S105 - what anybody may know
_OTHERS = {
    "name": "Wi-Fi at the office",
    "description": "By hand",
    "platforms": "windows10",
    "technologies": "mdm",
}


def demo(settings: Any, ir: Ir) -> Demo:
    """Microsoft Graph for the tenant that `targets.intune` names."""
    groups = {group.entra: name for name, group in ir.groups.items() if group.entra}
    takes = frozenset({TOKEN})
    tenant = Tenant(id=settings.tenant, name=ir.organization.name, groups=groups, accepts=takes)
    standin = GraphStandin(tenant)
    standin.seed("configurationPolicies", _OTHERS)
    return Demo("Microsoft Graph", standin, _variables)


def _variables(url: str) -> Mapping[str, str]:
    return {"AIPOL_GRAPH_URL": url, "AIPOL_GRAPH_TOKEN": TOKEN}


def edit(environment: Mapping[str, str]) -> str:
    """Take one of our compliance policies from the people it is assigned to."""
    ours, headers = _ours(environment)
    name = max(ours)  # the same whichever was made first
    place = f"{_place(environment)}/{ours[name]['id']}"
    ask("POST", f"{place}/assign", headers, '{"assignments": []}')
    return f"`{name}` is assigned to nobody now"


def unmark(environment: Mapping[str, str]) -> str:
    """Write another description of one of our compliance policies, without the mark."""
    ours, headers = _ours(environment)
    name = min(ours)
    change = {"@odata.type": ours[name]["@odata.type"], "description": "Ours in IT; do not touch"}
    ask("PATCH", f"{_place(environment)}/{ours[name]['id']}", headers, json.dumps(change))
    return f"`{name}` has another description, without our mark: it is somebody else's now"


def _place(environment: Mapping[str, str]) -> str:
    url = environment.get("AIPOL_GRAPH_URL", "")
    return f"{url}/beta/deviceManagement/deviceCompliancePolicies"


def _ours(environment: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Our compliance policies by name, and what a request is sent with. Raises NothingToEdit."""
    headers = {
        "Authorization": f"Bearer {environment.get('AIPOL_GRAPH_TOKEN', '')}",
        "Content-Type": "application/json",
    }
    every = json.loads(ask("GET", _place(environment), headers))["value"]
    ours = {one["displayName"]: one for one in every if "aipol:" in (one["description"] or "")}
    if not ours:
        raise NothingToEdit("there is no compliance policy of ours: `aipol apply -t intune` first")
    return ours, headers
