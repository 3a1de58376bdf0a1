"""Say what of an object's body means something, so that equal meanings compare equal."""

from __future__ import annotations

import base64
import binascii
import json
import plistlib
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from xml.parsers.expat import ExpatError

from aipol.remote import Json
from aipol_targets.intune.remote_form import part, writable

# Lists that are sets: in which order Graph gives their items means nothing.
_SETS = frozenset(
    {
        "assignments",
        "choiceSettingCollectionValue",
        "notificationMessageCCList",
        "roleScopeTagIds",
        "scheduledActionConfigurations",
        "simpleSettingCollectionValue",
    }
)
# The same, with the property that names an item.
_NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "children": ("settingDefinitionId",),
        "omaSettings": ("omaUri",),
        "settings": ("settingInstance", "settingDefinitionId"),
    }
)
_FLAGS = frozenset({"platforms", "technologies"})
# Read back as null whatever was sent: there is one rule, and its name is a fixed word.
_UNTOLD = frozenset({"ruleName"})
_IDS = frozenset({"groupId", "deviceAndAppManagementAssignmentFilterId"})


def canonical(body: Json) -> Json:
    """What of a body means something."""
    if not isinstance(body, dict):
        return body
    found = _ordered(writable(body.get("object") or {}))
    assignments = part(body.get("assignments") or [])
    return {"object": found, "assignments": _as_set([_ordered(each) for each in assignments])}


def _ordered(value: Json) -> Json:
    if isinstance(value, dict):
        told = ((name, each) for name, each in value.items() if name not in _UNTOLD)
        return {name: _property(name, each) for name, each in told}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def _property(name: str, value: Json) -> Json:
    if isinstance(value, str):
        return _text(name, value)
    if not isinstance(value, list):
        return _ordered(value)
    items = [_ordered(each) for each in value]
    if name in _SETS:
        return _as_set(items)
    return _by_name(items, _NAMED[name]) if name in _NAMED else items


def _text(name: str, value: str) -> Json:
    if name in _FLAGS:
        return ",".join(sorted(each.strip() for each in value.split(",")))
    if name in _IDS:
        return value.lower()
    return _decoded(value, _ENCODED[name]) if name in _ENCODED else value


def _as_set(items: list[Json]) -> list[Json]:
    unique = {json.dumps(each, sort_keys=True): each for each in items}
    return [each for _, each in sorted(unique.items())]


def _by_name(items: list[Json], path: tuple[str, ...]) -> Json:
    """Items by what names them, so that a difference says of which; a list where names repeat."""
    named: dict[str, Json] = {}
    for each in items:
        name: Any = each
        for step in path:
            name = name.get(step) if isinstance(name, dict) else None
        named[str(name)] = each
    return named if len(named) == len(items) else _as_set(items)


def _decoded(value: str, read: Callable[[bytes], Json]) -> Json:
    """What base64 holds; as it stands where it holds nothing that can be read."""
    try:
        return read(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError, ExpatError, plistlib.InvalidFileException, RecursionError):
        return value


def _rules(content: bytes) -> Json:
    found = json.loads(content)
    rules = found.get("Rules") if isinstance(found, dict) else None
    return {**found, "Rules": _by_name(rules, ("SettingName",))} if rules else found


def _profile(content: bytes) -> Json:
    return _plain(plistlib.loads(content, fmt=plistlib.FMT_XML))


def _plain(value: Any) -> Json:
    """A property list's value as JSON, with its types kept apart."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return {"data": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return {"date": value.isoformat()}
    return value if isinstance(value, str | int | float | bool) else str(value)


_ENCODED: Mapping[str, Callable[[bytes], Json]] = MappingProxyType(
    {"detectionScriptContent": bytes.decode, "payload": _profile, "rulesContent": _rules}
)
