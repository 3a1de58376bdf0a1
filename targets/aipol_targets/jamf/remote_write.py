"""Turn a body into XML that the Classic API takes: compact, escaped once, in the schema's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from aipol.remote import Json, Mark, marked
from aipol_targets.jamf.remote_kinds import (
    CRITERION,
    GROUP,
    MEMBERS,
    NOWHERE,
    Kind,
    Part,
    number_in,
)
from aipol_targets.jamf.remote_plist import Identity, compact


@dataclass(frozen=True, slots=True)
class Kept:
    """What of the object that is there decides how it is written over."""

    identity: Identity | None = None
    resets: frozenset[str] = frozenset()
    """Fields to be emptied by name: leaving a site out may leave it as it is."""


def document(kind: Kind, body: Json, mark: Mark | None, kept: Kept) -> bytes:
    """The body of a POST or PUT. Raises UnreadableXml where a profile's payload is none."""
    root = ET.Element(kind.root)
    general = root if kind is GROUP else ET.SubElement(root, "general")
    for name in kind.general:
        value = body["general"].get(name, "")
        if name in NOWHERE:
            _place(general, name, value, reset=name in kept.resets)
        elif name == "description":
            _add(general, name, marked(value, mark))
        elif name == "payloads":
            # Without it Macs keep the profile that they have (deploymenttheory provider, PR 185).
            _add(general, "redeploy_on_update", "All")
            _add(general, name, compact(value, kept.identity))
        else:
            _add(general, name, _text(value))
    if kind.scope is not None:
        _part(root, "scope", kind.scope, body["scope"])
    else:
        _criteria(ET.SubElement(root, "criteria"), body["criteria"])
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text or None
    return element


def _text(value: Json) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _place(general: ET.Element, tag: str, name: str, *, reset: bool) -> None:
    if name:
        _add(ET.SubElement(general, tag), "name", name)
    elif reset:
        place = ET.SubElement(general, tag)
        for child, text in zip(("id", "name"), NOWHERE[tag], strict=True):
            _add(place, child, text)


def _part(parent: ET.Element, tag: str, part: Part, said: dict[str, Any]) -> None:
    """One level of a scope; it replaces what is there as a whole, so empty lists are left out."""
    element = ET.SubElement(parent, tag)
    for flag in part.flags:
        if flag == "all_computers" or said.get(flag):
            _add(element, flag, _text(bool(said.get(flag))))
    for name in part.lists:
        if said.get(name):
            holder = ET.SubElement(element, name)
            for each in said[name]:
                _member(ET.SubElement(holder, MEMBERS[name]), each)
    for name, below in part.parts.items():
        inner = said.get(name) or {}
        if any(inner.values()):
            _part(element, name, below, inner)


def _member(element: ET.Element, member: Json) -> None:
    if isinstance(member, dict):
        _add(element, "id", number_in(member["id"]))
        if "name" in member:
            _add(element, "name", member["name"])
    else:
        _add(element, "name", member)


def _criteria(element: ET.Element, criteria: list[dict[str, Any]]) -> None:
    for each in criteria:
        criterion = ET.SubElement(element, "criterion")
        for name in CRITERION:
            _add(criterion, name, _text(each.get(name, "")))
