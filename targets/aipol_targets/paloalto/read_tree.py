"""Turns a configuration as XML, or as set commands, into plain values by one schema.

The schema holds what aipol writes and what would change a decision if somebody else wrote it.
Everything beyond it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from aipol.target import UnreadableArtifact


@dataclass(frozen=True, slots=True)
class Leaf:
    """One text."""


@dataclass(frozen=True, slots=True)
class Members:
    """A list of texts."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Named elements, each of the same kind, in order."""

    of: Schema


Schema = Leaf | Members | Entries | dict[str, Any]
"""A dictionary is an element of others, by their tags."""

LEAF, MEMBERS = Leaf(), Members()
_RECURRING: Schema = {"hourly": {}}
_FETCHED: Schema = {"url": LEAF, "recurring": _RECURRING}
_WHOM: dict[str, Any] = {
    "from": MEMBERS,
    "to": MEMBERS,
    "source": MEMBERS,
    "negate-source": LEAF,
    "source-user": MEMBERS,
    "destination": MEMBERS,
    "service": MEMBERS,
    "category": MEMBERS,
    "action": LEAF,
    "disabled": LEAF,
}
_WATCHING = ("file-blocking", "spyware", "url-filtering", "virus", "vulnerability")
_WATCHED: Schema = {"profiles": dict.fromkeys((*_WATCHING, "wildfire-analysis"), MEMBERS)}
_SECURITY: Schema = {
    **_WHOM,
    "application": MEMBERS,
    "log-end": LEAF,
    "profile-setting": _WATCHED,
}
_DECRYPTION: Schema = {**_WHOM, "type": {"ssl-forward-proxy": {}}, "profile": LEAF}
_INSERTION: Schema = {
    "type": Entries({"headers": Entries({"header": LEAF, "value": LEAF}), "domains": MEMBERS})
}
SYSTEM: dict[str, Any] = {
    "address": Entries({"ip-netmask": LEAF}),
    "address-group": Entries({"static": MEMBERS}),
    "external-list": Entries({"type": {"ip": _FETCHED, "url": _FETCHED}}),
    "profiles": {
        "custom-url-category": Entries({"list": MEMBERS, "type": LEAF}),
        "url-filtering": Entries({"alert": MEMBERS, "http-header-insertion": Entries(_INSERTION)}),
        "decryption": Entries({"ssl-forward-proxy": {"strip-alpn": LEAF}}),
    },
    "rulebase": {
        "security": {"rules": Entries(_SECURITY)},
        "decryption": {"rules": Entries(_DECRYPTION)},
    },
}
"""What one virtual system has, as far as aipol is concerned."""
_DOCUMENT: dict[str, Any] = {"devices": Entries({"vsys": Entries(SYSTEM)})}
NAME = "@name"
"""Under this a virtual system has its own name, where a document says it."""
_WORDS = re.compile(r'(?:"[^"\\]*"|[^\s"\\\[\]]+)(?: (?:"[^"\\]*"|[^\s"\\\[\]]+))*')
_WORD = re.compile(r'"([^"\\]*)"|(\S+)')


def read_document(content: bytes, path: str) -> dict[str, Any]:
    """The one virtual system of a configuration."""
    document = _value(_parsed(content, path), _DOCUMENT, path)
    devices = document.get("devices", {})
    if list(devices) != ["localhost.localdomain"]:
        raise UnreadableArtifact(path, "is not of one firewall")
    systems = devices["localhost.localdomain"].get("vsys", {})
    if len(systems) != 1 or not re.fullmatch(r"vsys[0-9]{1,3}", next(iter(systems))):
        raise UnreadableArtifact(path, "is not of one virtual system")
    ((name, system),) = systems.items()
    return {**system, NAME: name}


def read_commands(content: bytes, path: str) -> dict[str, Any]:
    """What set commands, entered one after another, make up."""
    found: dict[str, Any] = {}
    last = (0, 0)
    for number, line in enumerate(_lines(content, path), start=1):
        command, _, rest = line.partition(" ")
        if command != "set" or not _WORDS.fullmatch(rest):
            raise UnreadableArtifact(path, f"line {number} is no set command")
        words = [quoted or plain for quoted, plain in _WORD.findall(rest)]
        if not all(words):
            raise UnreadableArtifact(path, f"line {number} has an empty word")
        _set(found, SYSTEM, words, f"{path} ({number})")
        place = _place(words)
        if place < last:
            raise UnreadableArtifact(path, f"line {number} makes what an earlier one refers to")
        last = place
    return found


# --- XML ------------------------------------------------------------------------------------------


def _parsed(content: bytes, path: str) -> ET.Element:
    """The root element. Declarations are what entities and external files come from."""
    declared = content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    if not (declared and content.isascii()) or b"<!" in content or content.count(b"<?") > 1:
        raise UnreadableArtifact(path, "is no plain XML: entities, instructions, other characters")
    try:
        root = ET.fromstring(content)  # noqa: S314 - nothing in it can be expanded or loaded
    except (ET.ParseError, ValueError, LookupError) as fault:
        raise UnreadableArtifact(path, f"not XML: {fault}") from fault
    if root.tag != "config" or root.attrib:
        raise UnreadableArtifact(path, "is no configuration")
    return root


def _value(element: ET.Element, schema: Schema, path: str) -> Any:
    if any((child.tail or "").strip() for child in element):
        raise UnreadableArtifact(path, f"has text between elements of {element.tag}")
    match schema:
        case Leaf():
            if len(element) or not (element.text or "").strip():
                raise UnreadableArtifact(path, f"{element.tag} is no text")
            return element.text
        case Members():
            return _members(element, path)
        case Entries(of):
            return _entries(element, of, path)
        case _:
            return _branch(element, schema, path)


def _no_text(element: ET.Element, path: str) -> None:
    if (element.text or "").strip():
        raise UnreadableArtifact(path, f"has text in {element.tag}")


def _members(element: ET.Element, path: str) -> list[str]:
    _no_text(element, path)
    found: list[str] = []
    for child in element:
        if child.tag != "member" or child.attrib:
            raise UnreadableArtifact(path, f"{element.tag} has a {child.tag}")
        found.append(_value(child, LEAF, path))
    _distinct(found, element.tag, path)
    return found


def _entries(element: ET.Element, of: Schema, path: str) -> dict[str, Any]:
    _no_text(element, path)
    found: dict[str, Any] = {}
    for child in element:
        if child.tag != "entry" or list(child.attrib) != ["name"]:
            raise UnreadableArtifact(path, f"{element.tag} has a {child.tag}")
        name = child.attrib["name"]
        if name in found:
            raise UnreadableArtifact(path, f"{name!r} is defined twice")
        found[name] = _value(child, of, path)
    return found


def _branch(element: ET.Element, schema: dict[str, Any], path: str) -> dict[str, Any]:
    _no_text(element, path)
    found: dict[str, Any] = {}
    for child in element:
        if child.tag not in schema or child.attrib or child.tag in found:
            raise UnreadableArtifact(path, f"{element.tag} has an unknown {child.tag}")
        found[child.tag] = _value(child, schema[child.tag], path)
    return found


# --- set commands ---------------------------------------------------------------------------------


def _lines(content: bytes, path: str) -> Iterator[str]:
    if not content:
        return
    if not content.isascii() or b"\r" in content or not content.endswith(b"\n"):
        raise UnreadableArtifact(path, "does not consist of lines of ASCII")
    yield from content.decode()[:-1].split("\n")


def _set(found: Any, schema: Any, words: Sequence[str], place: str) -> None:
    """Put one command's words where they belong; each branch or list is made on the way."""
    if not words:
        if schema != {}:
            raise UnreadableArtifact(place, "ends too early")
        return
    first, rest = words[0], words[1:]
    if isinstance(schema, Entries):
        _set(found.setdefault(first, _empty(schema.of)), schema.of, rest, place)
        return
    if not isinstance(schema, dict) or first not in schema:
        raise UnreadableArtifact(place, f"has an unknown {first}")
    match schema[first]:
        case Leaf():
            if len(rest) != 1 or first in found:
                raise UnreadableArtifact(place, f"{first} is no single text")
            found[first] = rest[0]
        case Members():
            if len(rest) != 1:
                raise UnreadableArtifact(place, f"{first} is no single member")
            known = found.setdefault(first, [])
            known.append(rest[0])
            _distinct(known, first, place)
        case inner:
            _set(found.setdefault(first, {}), inner, rest, place)


def _place(words: Sequence[str]) -> tuple[int, int]:
    """Where a command has to stand: objects before those that refer to them."""
    first, second = words[0], words[1] if len(words) > 1 else ""
    inside = SYSTEM[first]
    below = list(inside).index(second) if isinstance(inside, dict) else 0
    return list(SYSTEM).index(first), below


def _empty(schema: Schema) -> Any:
    return [] if isinstance(schema, Members) else {}


def _distinct(members: Sequence[str], tag: str, path: str) -> None:
    if len(set(members)) != len(members):
        raise UnreadableArtifact(path, f"{tag} names the same thing twice")
