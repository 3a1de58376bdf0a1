"""A tenant with the groups that a policy names, and a policy of somebody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aipol.ir import Ir
from aipol_targets.standins.demo import Demo, NothingToEdit, ask
from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import Tenant
from aipol_targets.standins.server import Request

TOKEN = "demo"  # noqa: S105 - what anybody may know
CREATED = 201
_HEADERS = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


def demo(settings: Any, ir: Ir) -> Demo:
    """Microsoft Graph for the tenant that `targets.intune` names."""
    groups = {group.entra: name for name, group in ir.groups.items() if group.entra}
    standin = GraphStandin(Tenant(id=settings.tenant, name=ir.organization.name, groups=groups))
    _others(standin)
    return Demo("Microsoft Graph", standin, _variables)


def _variables(url: str) -> Mapping[str, str]:
    return {"AIPOL_GRAPH_URL": url, "AIPOL_GRAPH_TOKEN": TOKEN}


def edit(environment: Mapping[str, str]) -> str:
    """Take one of our compliance policies from the people it is assigned to."""
    url = f"{environment.get('AIPOL_GRAPH_URL', '')}/beta/deviceManagement/deviceCompliancePolicies"
    headers = {
        "Authorization": f"Bearer {environment.get('AIPOL_GRAPH_TOKEN', '')}",
        "Content-Type": "application/json",
    }
    for policy in json.loads(ask("GET", url, headers))["value"]:
        if "aipol:" in (policy["description"] or ""):
            ask("POST", f"{url}/{policy['id']}/assign", headers, '{"assignments": []}')
            return f"`{policy['displayName']}` is assigned to nobody now"
    raise NothingToEdit("there is no compliance policy of ours yet: `aipol apply -t intune` first")


def _others(standin: GraphStandin) -> None:
    """What somebody else made long ago."""
    body = {"name": "Wi-Fi at the office", "platforms": "windows10", "technologies": "mdm"}
    text = json.dumps({**body, "description": "By hand", "settings": []}).encode()
    path = "/beta/deviceManagement/configurationPolicies"
    answer = standin.answer(Request("POST", path, headers=_HEADERS, body=text))
    if answer.status != CREATED:
        raise ValueError(answer.body.decode())
