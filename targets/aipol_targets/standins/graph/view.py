"""Show a stored policy as a version of Graph does, with what was asked to come along."""

from __future__ import annotations

from typing import Any

from aipol_targets.standins.graph.errors import Refused
from aipol_targets.standins.graph.present import presented
from aipol_targets.standins.graph.query import Options, expansions
from aipol_targets.standins.graph.resources import SCRIPTS, Resource, World
from aipol_targets.standins.graph.schema import PREFIX, TYPE, Schema, Version
from aipol_targets.standins.graph.store import Stored
from aipol_targets.standins.graph.tenant import Call

# What stands in the place of a text: nicolonsky/ModernWorkplaceConcierge#86, in beta with the two
# properties beside it; of XML, base64 of `<a/>`: microsoftgraph/msgraph-sdk-dotnet#2188.
MASKS = {f"{PREFIX}omaSettingString": "****", f"{PREFIX}omaSettingStringXml": "PGEvPg=="}
_ACTIONS = "scheduledActionConfigurations"


def entity(world: World, resource: Resource, call: Call, stored: Stored) -> dict[str, Any]:
    """Give an object alone, with its context."""
    context = call.context(f"deviceManagement/{resource.segment}/$entity")
    return {"@odata.context": context, **plain(world, resource, call, stored)}


def row(world: World, resource: Resource, call: Call, stored: Stored) -> dict[str, Any]:
    """Give an object as an item of a list.

    A list leaves the text of scripts out: published tools read each one by its id for it
    (ThomasKur/IntuneDocumentation, almenscorner/IntuneCD). That it is null is unverified.
    """
    item = plain(world, resource, call, stored)
    if resource.segment == SCRIPTS:
        item["detectionScriptContent"] = None
    return item


def plain(world: World, resource: Resource, call: Call, stored: Stored) -> dict[str, Any]:
    """Give an object with its stamps and what is to be expanded."""
    item = presented(call.schema, resource.kind, stored.body, stored.kind)
    stamps: dict[str, Any] = {
        "id": stored.id,
        "createdDateTime": stored.created,
        "lastModifiedDateTime": stored.modified,
        "version": str(stored.version) if resource.segment == SCRIPTS else stored.version,
        "settingCount": len(stored.settings),
        "isAssigned": bool(stored.assignments),
    }
    known = call.schema.properties[resource.kind]
    item |= {name: value for name, value in stamps.items() if name in known}
    if call.version in world.tenant.masked_in:
        _mask(world, call.schema, stored, item)
    for name, inner in call.asked.expand.items():
        item |= _expanded(resource, call, stored, name, inner)
    return item


def _mask(world: World, schema: Schema, stored: Stored, item: dict[str, Any]) -> None:
    for each in item.get("omaSettings") or ():
        mask = MASKS.get(each.get(TYPE, ""))
        if mask is not None:
            each["value"] = mask
            if schema.version is Version.BETA:
                each["isEncrypted"] = True
                each["secretReferenceValueId"] = secret_id(world, stored, each["omaUri"])


def secret_id(world: World, stored: Stored, uri: str) -> str:
    """Give the reference to a secret: three ids, the policy's in the middle (M365DSC#3655)."""
    own = world.store.derived_id
    return f"{own('secrets')}_{stored.id}_{own(stored.id, uri)}"


def _expanded(
    resource: Resource, call: Call, stored: Stored, name: str, inner: str
) -> dict[str, Any]:
    if name not in resource.expands:
        message = f"Could not find a property named '{name}' on type '{PREFIX[1:]}{resource.kind}'."
        raise Refused(400, message)
    where = f"deviceManagement/{resource.segment}('{stored.id}')/{name}"
    match name:
        case "assignments":
            value = assignments(resource, call, stored)
        case "settings":
            value = settings(call, stored, Options())
        case _:
            value = [_rule(call, stored, nested=_ACTIONS in expansions(inner))]
    return {f"{name}@odata.context": call.context(where), name: value}


def assignments(resource: Resource, call: Call, stored: Stored) -> list[dict[str, Any]]:
    """Give the assignments of an object."""
    return [presented(call.schema, resource.assignment, each) for each in stored.assignments]


def settings(call: Call, stored: Stored, asked: Options) -> list[dict[str, Any]]:
    """Give the settings of a settings catalog policy."""
    kind = "deviceManagementConfigurationSetting"
    found = [presented(call.schema, kind, each) for each in stored.settings]
    if "settingDefinitions" in asked.expand:
        for each in found:
            key = each["settingInstance"]["settingDefinitionId"]
            each["settingDefinitions"] = [{"id": key}]
    return found


def _rule(call: Call, stored: Stored, *, nested: bool) -> dict[str, Any]:
    # The one rule has the policy's id, and its name reads back as null, whatever was sent.
    rule: dict[str, Any] = {"id": stored.id, "ruleName": None}
    if nested:
        kind = "deviceComplianceActionItem"
        rule[_ACTIONS] = [presented(call.schema, kind, each) for each in stored.actions]
    return rule
