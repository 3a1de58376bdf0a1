"""Answer for Intune's policies: list, read, make, change, replace, assign, delete."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from aipol_targets.standins.graph import kinds, view
from aipol_targets.standins.graph.errors import Refused, bad, no_route, no_segment, not_found
from aipol_targets.standins.graph.query import Item, page, selected
from aipol_targets.standins.graph.resources import (
    CATALOG,
    COMPLIANCE,
    CUSTOM,
    RESOURCES,
    Resource,
    World,
    action_body,
    assign,
    navigations,
)
from aipol_targets.standins.graph.schema import Version
from aipol_targets.standins.graph.store import Stored
from aipol_targets.standins.graph.tenant import NO_CONTENT, Answer, Call, need
from aipol_targets.standins.graph.validate import INVALID, STAMPED, check_change, check_new

_PLAIN_TEXT = re.compile(r"getOmaSettingPlainTextValue\(secretReferenceValueId='([^']+)'\)$")
_SCHEDULE = "deviceComplianceScheduledActionForRules"


def policies(world: World, call: Call) -> Answer:
    """Answer a call below /deviceManagement."""
    segment = call.segments[1] if len(call.segments) > 1 else ""
    resource = RESOURCES.get(segment)
    if resource is None or (resource.beta_only and call.version is Version.V1):
        raise no_segment(segment)
    need(world.tenant, call, resource.reads if call.method == "GET" else resource.writes)
    match call.segments[2:]:
        case ():
            return _collection(world, resource, call)
        case (key,):
            return _one(world, resource, call, key)
        case (key, below):
            return _below(world, resource, call, key, below)
        case _:
            raise _unserved(call)


def _collection(world: World, resource: Resource, call: Call) -> Answer:
    if call.method == "GET":
        _filterable(resource, call)
        found = world.store.listed(resource.segment)
        items = [partial(view.row, world, resource, call, each) for each in found]
        return _listed(world, call, f"deviceManagement/{resource.segment}", items)
    if call.method == "POST":
        return Answer(201, view.entity(world, resource, call, _make(world, resource, call)))
    raise _unserved(call)


def _filterable(resource: Resource, call: Call) -> None:
    """Refuse a filter by anything but the name or the id.

    Published scripts filter policies by name; what else the service takes is unverified, so that
    nothing may lean on it here.
    """
    others = sorted(call.asked.compared - {"id", resource.name.lower()})
    if others:
        raise Refused(400, f"Filtering by '{others[0]}' is not supported.")


def _listed(
    world: World, call: Call, path: str, items: Sequence[Item | Callable[[], Item]]
) -> Answer:
    context, size = call.context(path), world.tenant.page_size
    return Answer(200, page(items, call.asked, call.url, context, size))


def _make(world: World, resource: Resource, call: Call) -> Stored:
    kind = check_new(call.schema, resource.kind, call.body)
    # Only what its own assign sends is assigned; that it is refused elsewhere is unverified.
    navigations(call.body, {"assignments"}, resource.kind)
    stored = world.store.add(resource.segment, kind, _kept(call, kind))
    try:
        kinds.made(world, resource.segment, stored, call.body)
    except Exception:
        del world.store.collections[resource.segment][stored.id]
        raise
    return stored


def _kept(call: Call, kind: str) -> dict[str, Any]:
    known = call.schema.properties[kind].keys() - STAMPED
    return {name: copy.deepcopy(value) for name, value in call.body.items() if name in known}


def _one(world: World, resource: Resource, call: Call, key: str) -> Answer:
    if call.method == "GET":
        item = view.entity(world, resource, call, world.to_read(resource, key))
        return Answer(200, selected(item, call.asked))
    stored = world.to_write(resource, key)
    if call.method == "PATCH":
        _change(world, resource, call, stored)
        return Answer(200, view.entity(world, resource, call, stored))
    if call.method == "PUT" and resource.segment == CATALOG:
        _replace(world, resource, call, stored)
        return NO_CONTENT  # the status is unverified; no page documents this PUT
    if call.method == "DELETE":
        kinds.deleting(world, resource.segment, stored)
        world.store.delete(resource.segment, key)
        return NO_CONTENT
    raise _unserved(call)


def _change(world: World, resource: Resource, call: Call, stored: Stored) -> None:
    """PATCH: the type has to be repeated where it is derived, and no navigation is set."""
    kind = check_change(call.schema, resource.kind, call.body)
    if kind != stored.kind:
        raise bad(f"The policy is no {kind}", INVALID)
    members = call.schema.members[kind]
    navigations(call.body, (name for name, each in members.items() if each.navigation), kind)
    _swap(world, resource, stored, {**stored.body, **_kept(call, kind)}, call.body)


def _swap(
    world: World, resource: Resource, stored: Stored, body: dict[str, Any], sent: dict[str, Any]
) -> None:
    before, stored.body = replace(stored), body
    try:
        kinds.changed(world, resource.segment, stored, sent)
    except Exception:
        stored.body = before.body
        raise
    world.store.changed(stored, before)


def _replace(world: World, resource: Resource, call: Call, stored: Stored) -> None:
    kind = check_new(call.schema, resource.kind, call.body)
    navigations(call.body, {"assignments"}, kind)
    before, stored.body = replace(stored), _kept(call, kind)
    try:
        kinds.put(world, stored, call.body)
    except Exception:
        stored.body = before.body
        raise
    world.store.changed(stored, before)


def _below(world: World, resource: Resource, call: Call, key: str, below: str) -> Answer:
    if call.method == "POST":
        stored = world.to_write(resource, key)
        if below == "assign":
            return _assigned(world, resource, call, stored)
        if below == "scheduleActionsForRules" and resource.segment == COMPLIANCE:
            return _scheduled(world, call, stored)
    if call.method == "GET":
        path = f"deviceManagement/{resource.segment}('{key}')/{below}"
        stored = world.to_read(resource, key)
        if below == "assignments":
            return _listed(world, call, path, view.assignments(resource, call, stored))
        if below == "settings" and resource.segment == CATALOG:
            return _listed(world, call, path, view.settings(call, stored, call.asked))
        found = _PLAIN_TEXT.match(below)
        if found and resource.segment == CUSTOM:
            return _plain_text(world, resource, call, stored, found[1])
    raise _unserved(call)


def _assigned(world: World, resource: Resource, call: Call, stored: Stored) -> Answer:
    """200 with all assignments; a compliance script's assign answers 204 (their doc pages)."""
    before = replace(stored)
    assign(world, resource, call, stored)
    world.store.settling(stored, before)
    if resource.assign_key != "assignments":
        return NO_CONTENT
    context = call.context(f"Collection({resource.assignment})")
    value = view.assignments(resource, call, stored)
    return Answer(200, {"@odata.context": context, "value": value})


def _scheduled(world: World, call: Call, stored: Stored) -> Answer:
    """204 (intune-deviceconfig-devicecompliancepolicy-scheduleactionsforrules.md)."""
    rules = action_body(call, _SCHEDULE)
    for index, each in enumerate(rules):
        kind = "deviceComplianceScheduledActionForRule"
        check_new(call.schema, kind, each, f"{_SCHEDULE}[{index}]")
    before = replace(stored)
    stored.actions = kinds.block_action(world, rules)
    world.store.settling(stored, before)
    return NO_CONTENT


def _plain_text(
    world: World, resource: Resource, call: Call, stored: Stored, reference: str
) -> Answer:
    """Give a secret in the clear: only to who may write (jseerden/IntuneBackupAndRestore#55)."""
    need(world.tenant, call, resource.writes)
    for each in stored.body.get("omaSettings") or ():
        if view.secret_id(world, stored, each["omaUri"]) == reference:
            return Answer(
                200, {"@odata.context": call.context("Edm.String"), "value": each["value"]}
            )
    raise not_found(f"secret not found: {reference}")


def _unserved(call: Call) -> Exception:
    return no_route(call.method, "/".join(call.segments))
