"""Read configuration bodies to what they set: lists of browsers, nodes of Windows, profiles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aipol.target import UnreadableArtifact
from aipol_targets.common.apple.read_profile import ReadProfile, read_profile
from aipol_targets.intune.read_json import decoded, fields, items, same, strings, text
from aipol_targets.intune.settings_ids import LIST_SETTINGS

_G = "#microsoft.graph.deviceManagementConfiguration"
_BROWSERS = {"com.google.Chrome": "chrome", "com.microsoft.Edge": "edge"}
_KNOWN = {setting.definition: setting for setting in LIST_SETTINGS}
# A host alone: schemes, ports, paths and `*` are valid filters that no list of ours holds.
_FILTER = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_EXTENSION = re.compile(r"[a-p]{32}")

# Restated from the policy CSP's own page (public-code:71189602846), not taken from the emitter.
NODES: Mapping[str, tuple[str, int]] = {
    "./Device/Vendor/MSFT/Policy/Config/WindowsAI/AllowRecallEnablement": ("windows-recall", 0),
    "./Device/Vendor/MSFT/Policy/Config/WindowsAI/DisableClickToDo": ("windows-click-to-do", 1),
    "./User/Vendor/MSFT/Policy/Config/WindowsAI/TurnOffWindowsCopilot": ("windows-copilot", 1),
}


def read_lists(path: str, document: Any) -> dict[tuple[str, str], tuple[str, ...]]:
    """A settings catalog policy's lists by browser and policy."""
    names = ("name", "description", "platforms", "technologies", "roleScopeTagIds", "settings")
    name, about, platforms, technologies, tags, settings = fields(
        path, document, "the policy", names
    )
    text(path, name, "name")
    text(path, about, "description")
    same(path, platforms, "platforms", "windows10")
    same(path, technologies, "technologies", "mdm")
    same(path, tags, "roleScopeTagIds", ["0"])
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for setting in items(path, settings, "settings"):
        kind, instance = fields(path, setting, "a setting", ["@odata.type", "settingInstance"])
        same(path, kind, "@odata.type", f"{_G}Setting")
        place, values = _list(path, instance)
        if place in found:
            raise UnreadableArtifact(path, f"{' '.join(place)} is set twice")
        found[place] = values
    return found


def _list(path: str, instance: Any) -> tuple[tuple[str, str], tuple[str, ...]]:
    keys = ("@odata.type", "settingDefinitionId", "choiceSettingValue")
    kind, definition, choice = fields(path, instance, "an instance", keys)
    same(path, kind, "@odata.type", f"{_G}ChoiceSettingInstance")
    known = _KNOWN.get(text(path, definition, "settingDefinitionId"))
    if known is None:
        raise UnreadableArtifact(path, f"{definition} is not accounted for")
    kind, value, children = fields(path, choice, "a choice", ["@odata.type", "value", "children"])
    same(path, kind, "@odata.type", f"{_G}ChoiceSettingValue")
    same(path, value, "value", f"{definition}_1")
    if len(items(path, children, "children")) != 1:
        raise UnreadableArtifact(path, f"{definition} must have one child")
    keys = ("@odata.type", "settingDefinitionId", "simpleSettingCollectionValue")
    kind, child, values = fields(path, children[0], "a child", keys)
    same(path, kind, "@odata.type", f"{_G}SimpleSettingCollectionInstance")
    same(path, child, "settingDefinitionId", known.child)
    found = strings(path, [_string(path, each) for each in items(path, values, "values")], "values")
    pattern = _FILTER if known.policy.startswith("URL") else _EXTENSION
    if not all(pattern.fullmatch(each) for each in found):
        raise UnreadableArtifact(path, f"{known.policy} has an entry that is not accounted for")
    return (_BROWSERS[known.browser], known.policy), found


def _string(path: str, value: Any) -> str:
    kind, found = fields(path, value, "a value", ["@odata.type", "value"])
    same(path, kind, "@odata.type", f"{_G}StringSettingValue")
    return text(path, found, "value")


def read_nodes(path: str, document: Any) -> dict[str, int]:
    """A custom configuration's nodes with their values."""
    names = ("@odata.type", "displayName", "description", "omaSettings")
    kind, title, about, settings = fields(path, document, "the configuration", names)
    same(path, kind, "@odata.type", "#microsoft.graph.windows10CustomConfiguration")
    text(path, title, "displayName")
    text(path, about, "description")
    found: dict[str, int] = {}
    for setting in items(path, settings, "omaSettings"):
        names = ("@odata.type", "displayName", "omaUri", "value")
        kind, title, uri, value = fields(path, setting, "a setting", names)
        same(path, kind, "@odata.type", "#microsoft.graph.omaSettingInteger")
        text(path, title, "displayName")
        if uri not in NODES or uri in found or type(value) is not int or value not in (0, 1):
            raise UnreadableArtifact(
                path, f"{uri!r} = {value!r} is not accounted for, or set twice"
            )
        found[uri] = value
    return found


def read_mac(path: str, document: Any) -> ReadProfile:
    """The configuration profile inside a custom configuration for macOS."""
    names = (
        "@odata.type",
        "displayName",
        "description",
        "payload",
        "payloadFileName",
        "payloadName",
    )
    kind, title, about, payload, file, name = fields(path, document, "the configuration", names)
    same(path, kind, "@odata.type", "#microsoft.graph.macOSCustomConfiguration")
    for value in (title, about, name):
        text(path, value, "a label")
    if not text(path, file, "payloadFileName").endswith(".mobileconfig"):
        raise UnreadableArtifact(path, "payloadFileName is no .mobileconfig")
    return read_profile(path, decoded(path, payload, "payload"))
