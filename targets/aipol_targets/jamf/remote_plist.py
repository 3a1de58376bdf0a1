"""Read the property list of a profile to plain values, and write it as Jamf Pro keeps it best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from aipol.remote import Json
from aipol_targets.jamf.remote_xml import UnreadableXml, parse

_BEGIN = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
    '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
)
_HOLDERS = frozenset({"plist", "dict", "array"})
_NAMES = ("PayloadUUID", "PayloadIdentifier")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a Mac knows a profile by: with another it keeps the old profile and gets a second."""

    uuid: str
    identifier: str


def read_plist(text: str) -> Json:
    """The values of a property list; dates and data as dictionaries that name them."""
    return _value(_top(text))


def identity_in(text: str) -> Identity | None:
    """The identity of a profile as a whole, if it says one."""
    uuid, name = (next(_named(_top(text), each), None) for each in _NAMES)
    if uuid is None or not (uuid.text or "").strip():
        return None
    said = (uuid.text or "").strip()
    return Identity(said, ((name.text if name is not None else "") or said).strip())


def compact(text: str, identity: Identity | None = None) -> str:
    """The same without white space between elements, and under another identity if one is given.

    Jamf Pro may not keep tabs and line ends (deploymenttheory's provider sends such text, too).
    """
    root = ET.Element("plist", {"version": "1.0"})
    root.append(_top(text))
    for each in root.iter():
        each.tail = None
        if each.tag in _HOLDERS:
            each.text = None
        if each.tag == "dict":
            _without_nameless(each)
        elif each.tag == "data":
            each.text = "".join((each.text or "").split())
    if identity is not None:
        _rename(root[0], identity)
    return _BEGIN + ET.tostring(root, encoding="unicode")


def _top(text: str) -> ET.Element:
    root = parse(text.strip(), plist=True)
    if root.tag != "plist" or len(root) != 1 or root[0].tag != "dict":
        raise UnreadableXml("it is no property list with one dictionary")
    return root[0]


def _rename(top: ET.Element, identity: Identity) -> None:
    for name, said in zip(_NAMES, (identity.uuid, identity.identifier), strict=True):
        found = next(_named(top, name), None)
        if found is None:
            ET.SubElement(top, "key").text = name
            found = ET.SubElement(top, "string")
        found.text = said


def _named(holder: ET.Element, name: str) -> Iterator[ET.Element]:
    return (value for key, value in _pairs(holder) if key == name)


def _pairs(holder: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    key: str | None = None
    for each in holder:
        if each.tag == "key":
            key = each.text or ""
        elif key is None:
            raise UnreadableXml("it has a value without a key")
        else:
            # Jamf Pro may export `<key/>`, which says nothing (grahampugh/jamf-upload 1b0c808c).
            if key:
                yield key, each
            key = None


def _without_nameless(holder: ET.Element) -> None:
    kept = list(_pairs(holder))
    for each in list(holder):
        holder.remove(each)
    for name, value in kept:
        ET.SubElement(holder, "key").text = name
        holder.append(value)


def _value(element: ET.Element) -> Json:
    text = element.text or ""
    match element.tag:
        case "dict":
            return _dictionary(element)
        case "array":
            return [_value(each) for each in element]
        case "string":
            return text
        case "true" | "false":
            return element.tag == "true"
        case "integer" | "real":
            return _number(element.tag, text.strip())
        case "data":
            return {"data": "".join(text.split())}
        case "date":
            return {"date": text.strip()}
        case _:
            raise UnreadableXml(f"it holds <{element.tag}>")


def _number(tag: str, text: str) -> Json:
    try:
        return int(text, 0) if tag == "integer" else float(text)
    except ValueError:
        raise UnreadableXml(f"it holds a number that is none: {text[:40]!r}") from None


def _dictionary(element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in _pairs(element):
        if key in found:
            raise UnreadableXml(f"it says {key} twice")
        found[key] = _value(value)
    return found
