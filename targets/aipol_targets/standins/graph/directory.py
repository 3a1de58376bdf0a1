"""Answer for what Intune's policies refer to: the tenant, its groups, the settings catalog."""

from __future__ import annotations

import re
from typing import Any

from aipol_targets.standins.graph.errors import Refused, no_route, no_segment, not_found
from aipol_targets.standins.graph.query import page, selected
from aipol_targets.standins.graph.schema import PREFIX, TYPE, Version
from aipol_targets.standins.graph.tenant import (
    READ_CONFIGURATION,
    READ_DIRECTORY,
    READ_GROUPS,
    READ_MEMBERS,
    READ_ORGANIZATION,
    WRITE_CONFIGURATION,
    Answer,
    Call,
    Tenant,
    need,
)

_CHOICE = f"{PREFIX}deviceManagementConfigurationChoiceSettingDefinition"
# Two pages document GET /organization, each with scopes of its own: organization-list.md and
# intune-onboarding-organization-list.md (microsoftgraph/microsoft-graph-docs-contrib).
_ORGANIZATION = frozenset(
    {READ_ORGANIZATION, READ_DIRECTORY, READ_CONFIGURATION, WRITE_CONFIGURATION}
)
_GROUPS = frozenset({READ_GROUPS, READ_MEMBERS, READ_DIRECTORY})
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SETTINGS = frozenset({READ_CONFIGURATION, WRITE_CONFIGURATION})


def organization(tenant: Tenant, call: Call) -> Answer:
    """GET /organization: one object, whose id is the tenant's."""
    need(tenant, call, _ORGANIZATION)
    return _collection(
        tenant, call, "organization", [{"id": tenant.id, "displayName": tenant.name}]
    )


def groups(tenant: Tenant, call: Call) -> Answer:
    """GET /groups, with a filter, and /groups/{id}."""
    need(tenant, call, _GROUPS)
    known = sorted((tenant.groups or {}).items())
    if tenant.groups is None:
        known = [(each, "A group") for each in call.segments[1:2] if _ID.fullmatch(each)]
    found = [{"id": key, "displayName": name} for key, name in known]
    return _collection(tenant, call, "groups", found)


def settings(tenant: Tenant, call: Call) -> Answer:
    """GET beta /deviceManagement/configurationSettings, whose options' ids nobody may guess."""
    if call.version is Version.V1:
        raise no_segment("configurationSettings")
    need(tenant, call, _SETTINGS)
    found = [
        _definition(key, options) for key, options in sorted((tenant.definitions or {}).items())
    ]
    return _collection(tenant, call, "deviceManagement/configurationSettings", found)


def _definition(key: str, options: tuple[str, ...]) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": key, "name": key, "displayName": key}
    if options:
        listed = [{"itemId": each, "name": each, "displayName": each} for each in options]
        answer = {TYPE: _CHOICE, **answer, "defaultOptionId": options[0], "options": listed}
    return answer


def _collection(tenant: Tenant, call: Call, path: str, found: list[dict[str, Any]]) -> Answer:
    depth = len(path.split("/"))
    rest = call.segments[depth:]
    if call.method != "GET" or len(rest) > 1:
        raise no_route(call.method, "/".join(call.segments))
    if not rest:
        context = call.context(path)
        return Answer(200, page(found, call.asked, call.url, context, tenant.page_size))
    one = next((each for each in found if each["id"] == rest[0]), None)
    if one is None:
        if call.segments[0] == "deviceManagement":
            raise not_found(f"{path} not found: {rest[0]}")
        message = f"Resource '{rest[0]}' does not exist."
        raise Refused(404, message, "Request_ResourceNotFound")
    return Answer(
        200, {"@odata.context": call.context(f"{path}/$entity"), **selected(one, call.asked)}
    )
