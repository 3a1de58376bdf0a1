"""What Intune's collections of policies have in common, and what each has of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aipol_targets.standins.graph.errors import bad, not_found
from aipol_targets.standins.graph.schema import PREFIX, TYPE
from aipol_targets.standins.graph.store import Store, Stored
from aipol_targets.standins.graph.tenant import (
    READ_CONFIGURATION,
    READ_SCRIPTS,
    WRITE_CONFIGURATION,
    WRITE_SCRIPTS,
    Call,
    Tenant,
)
from aipol_targets.standins.graph.validate import INVALID, check_new

COMPLIANCE = "deviceCompliancePolicies"
SCRIPTS = "deviceComplianceScripts"
CATALOG = "configurationPolicies"
CUSTOM = "deviceConfigurations"


@dataclass(frozen=True, slots=True)
class Resource:
    """One collection: of which type, how it is assigned, what may be expanded, who may ask.

    Paths and options are those of msgraph-sdk 1.65.0 and msgraph-beta-sdk 1.66.0, scopes those of
    microsoftgraph/microsoft-graph-devx-content 6cbd6bbd permissions/new/permissions.json.
    """

    segment: str
    kind: str
    assignment: str  # the type of one assignment
    assign_key: str = "assignments"  # what the body of `assign` calls them; differs by type
    name: str = "displayName"
    beta_only: bool = False
    expands: frozenset[str] = frozenset({"assignments"})
    reads: frozenset[str] = frozenset({READ_CONFIGURATION, WRITE_CONFIGURATION})
    writes: frozenset[str] = frozenset({WRITE_CONFIGURATION})


RESOURCES = {
    each.segment: each
    for each in (
        Resource(
            COMPLIANCE,
            "deviceCompliancePolicy",
            "deviceCompliancePolicyAssignment",
            expands=frozenset({"assignments", "scheduledActionsForRule"}),
        ),
        Resource(
            SCRIPTS,
            "deviceComplianceScript",
            "deviceHealthScriptAssignment",
            "deviceHealthScriptAssignments",
            beta_only=True,
            reads=frozenset({READ_CONFIGURATION, WRITE_CONFIGURATION, READ_SCRIPTS, WRITE_SCRIPTS}),
            writes=frozenset({WRITE_CONFIGURATION, WRITE_SCRIPTS}),
        ),
        Resource(
            CATALOG,
            "deviceManagementConfigurationPolicy",
            "deviceManagementConfigurationPolicyAssignment",
            name="name",
            beta_only=True,
            expands=frozenset({"assignments", "settings"}),
        ),
        Resource(CUSTOM, "deviceConfiguration", "deviceConfigurationAssignment"),
    )
}


@dataclass(frozen=True, slots=True)
class World:
    """The tenant and all that is in it."""

    tenant: Tenant
    store: Store

    def to_read(self, resource: Resource, key: str) -> Stored:
        """Find an object for a read."""
        found = self.store.seen(resource.segment, key)
        if found is None:
            raise not_found(f"{resource.segment} not found: {key}")
        return found

    def to_write(self, resource: Resource, key: str) -> Stored:
        """Find an object for a write."""
        found = self.store.held(resource.segment, key)
        if found is None:
            raise not_found(f"{resource.segment} not found: {key}")
        return found


def action_body(call: Call, key: str) -> list[Any]:
    """Give the one list that the body of an action holds, under the right name."""
    body = call.body
    if not isinstance(body, dict) or not isinstance(body.get(key), list):
        raise bad(f"The action needs the parameter '{key}'", INVALID)
    others = sorted(set(body) - {key})
    if others:
        raise bad(f"The action has no parameter '{others[0]}'", INVALID)
    return list(body[key])


def assign(world: World, resource: Resource, call: Call, stored: Stored) -> None:
    """POST {id}/assign: what is sent replaces all assignments."""
    sent = action_body(call, resource.assign_key)
    for index, each in enumerate(sent):
        check_new(call.schema, resource.assignment, each, f"{resource.assign_key}[{index}]")
        if not each.get("target"):
            raise bad(f"{resource.assign_key}[{index}].target is required", INVALID)
    made = [_assignment(world, stored, each) for each in sent]
    keys = [each["id"] for each in made]
    if len(set(keys)) != len(keys):
        raise bad("An assignment is given twice")  # that Intune refuses it is unverified
    # In nobody's order, as the ids have it.
    stored.assignments = sorted(made, key=lambda each: str(each["id"]))


def _assignment(world: World, stored: Stored, sent: dict[str, Any]) -> dict[str, Any]:
    target = sent["target"]
    kind = str(target[TYPE]).removeprefix(PREFIX)
    group = target.get("groupId")
    if kind in {"groupAssignmentTarget", "exclusionGroupAssignmentTarget"}:
        if not group:
            raise bad("A group assignment needs a groupId", INVALID)
        known = world.tenant.groups
        if known is not None and group not in known:
            raise bad(f"The group {group} does not exist")
    # `{policy}_{group}` as in microsoftgraph/msgraph-sdk-dotnet#2220.
    suffix = group or world.store.derived_id(kind)
    return {**sent, "id": f"{stored.id}_{suffix}", "source": "direct", "sourceId": stored.id}


def navigations(body: Iterable[str], refused: Iterable[str], kind: str) -> None:
    """Refuse what hangs on an object and is not set with it."""
    for name in sorted(set(body) & set(refused)):
        # github.com/microsoftgraph/powershell-intune-samples/issues/286
        service = f"microsoft.management.services.api.{kind}"
        message = f"Cannot apply PATCH to navigation property '{name}' on entity type '{service}'."
        raise bad(message, INVALID)
