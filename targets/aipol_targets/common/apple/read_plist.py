"""Read the XML of a configuration profile to plain values, refusing whatever it cannot account for.

Not plistlib: that takes the last of two equal keys without a word, and the emitters use it.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from aipol.target import UnreadableArtifact


def read_plist(path: str, content: bytes) -> Any:
    """The value of a plist of dictionaries, lists, strings, integers and booleans."""
    if b"<!ENTITY" in content:
        raise UnreadableArtifact(path, "declares entities")
    try:
        # Entities are refused above, and ElementTree loads nothing from outside.
        root = ET.fromstring(content)  # noqa: S314
    except ET.ParseError as fault:
        raise UnreadableArtifact(path, f"not XML: {fault}") from fault
    if root.tag != "plist" or len(root) != 1:
        raise UnreadableArtifact(path, "not a plist with one element")
    return _value(path, root[0])


def _value(path: str, element: ET.Element) -> Any:
    text = element.text or ""
    match element.tag:
        case "dict":
            return _dictionary(path, element)
        case "array":
            return [_value(path, each) for each in element]
        case "string":
            return text
        case "integer":
            if not text.removeprefix("-").isdecimal():
                raise UnreadableArtifact(path, f"not an integer: {text!r}")
            return int(text)
        case "true" | "false":
            return element.tag == "true"
        case _:
            raise UnreadableArtifact(path, f"unknown element {element.tag}")


def _dictionary(path: str, element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if len(element) % 2:
        raise UnreadableArtifact(path, "a key without a value")
    for key, value in zip(element[::2], element[1::2], strict=True):
        name = key.text or ""
        if key.tag != "key" or not name:
            raise UnreadableArtifact(path, f"a value without a key: {key.tag}")
        if name in found:
            raise UnreadableArtifact(path, f"key {name} is given twice")
        found[name] = _value(path, value)
    return found
