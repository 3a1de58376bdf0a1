"""Turn XML that a server sent into elements, and elements of a known kind into a body.

What a server sends is not trusted: no declarations but the one of a property list, hence no
entities; no more bytes and levels than an object of Jamf Pro can have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from aipol.remote import Json
from aipol_targets.jamf.remote_kinds import (
    CRITERION,
    CRITERION_FLAGS,
    GROUP,
    NOWHERE,
    Kind,
    Part,
    identifier,
    prefix,
)

MOST_LEVELS = 64
# All there may be before the root: comments and the like could hide what follows them.
_BEGINNING = re.compile(
    r"\ufeff?\s*(?:<\?xml\s[^<>]*\?>)?\s*"
    r"(?P<doctype><!DOCTYPE\s+plist(?:\s+PUBLIC\s+\"[^\"<>]*\"\s+\"[^\"<>]*\")?\s*>)?\s*<[A-Za-z_]"
)


class UnreadableXml(ValueError):
    """Text that is not the XML it should be; says why."""


def parse(text: str, *, plist: bool = False) -> ET.Element:
    """The root of an answer or, where one is expected, of a property list."""
    beginning = _BEGINNING.match(text)
    if beginning is None or (beginning["doctype"] and not plist):
        raise UnreadableXml("it does not begin as XML without declarations does")
    try:
        # Nothing can be declared: see above; and ElementTree loads nothing from outside.
        root = ET.fromstring(text.lstrip("\ufeff"))  # noqa: S314
    except ET.ParseError as fault:
        raise UnreadableXml(f"it is no XML: {fault}") from None
    if _deep(root):
        raise UnreadableXml(f"it has more than {MOST_LEVELS} levels")
    return root


def _deep(root: ET.Element) -> bool:
    level = [root]
    for _ in range(MOST_LEVELS):
        level = [child for each in level for child in each]
        if not level:
            return False
    return True


def listed(root: ET.Element) -> Iterator[tuple[str, str, bool]]:
    """Number, name and whether it is a smart group, of every entry of a list."""
    for each in root:
        number = text_of(each, "id")
        if number.isdecimal():
            yield number, text_of(each, "name"), _true(text_of(each, "is_smart"))


def text_of(element: ET.Element, tag: str) -> str:
    """The text of a child, or nothing."""
    return element.findtext(tag) or ""


def body_of(organization: str, kind: Kind, root: ET.Element) -> Json:
    """An object as `aipol.remote` has it: without what only the server says."""
    if root.tag != kind.root:
        raise UnreadableXml(f"it is no {kind.root} but {root.tag}")
    general = root if kind is GROUP else root.find("general")
    if general is None:
        raise UnreadableXml("it has no `general`")
    body: dict[str, Any] = {
        "general": {name: _field(kind, general, name) for name in kind.general},
    }
    if kind.scope is not None:
        scope = root.find("scope")
        body["scope"] = _part(
            organization, kind.scope, scope if scope is not None else ET.Element("scope")
        )
    else:
        body["criteria"] = [_criterion(each) for each in root.iterfind("criteria/criterion")]
    return body


def _field(kind: Kind, general: ET.Element, name: str) -> Json:
    if name in NOWHERE:
        return _place(general.find(name))
    text = text_of(general, name)
    return _true(text) if name in kind.flags else text


def _place(element: ET.Element | None) -> str:
    """The name of a site or category; nothing where it is none, which has the number -1."""
    if element is None or text_of(element, "id").strip() == "-1":
        return ""
    return text_of(element, "name") or (element.text or "").strip()


def _part(organization: str, part: Part, element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {flag: _true(text_of(element, flag)) for flag in part.flags}
    for tag in part.lists:
        found[tag] = [
            _member(organization, tag, each)
            for each in element.iterfind(f"{tag}/*")
            if each.tag != "size"
        ]
    for tag, below in part.parts.items():
        inner = element.find(tag)
        found[tag] = _part(organization, below, inner if inner is not None else ET.Element(tag))
    return found


def _member(organization: str, tag: str, element: ET.Element) -> Json:
    """A group by name, as policies have it; our own by its identifier; anything else by both."""
    number, name = text_of(element, "id").strip(), text_of(element, "name")
    if tag == "computer_groups":
        ours = name.startswith(prefix(organization)) and number
        return {"id": identifier(GROUP, number)} if ours else name
    return {"id": number, "name": name} if number else name


def _criterion(element: ET.Element) -> dict[str, Any]:
    texts = {name: text_of(element, name) for name in CRITERION}
    return {name: _true(text) if name in CRITERION_FLAGS else text for name, text in texts.items()}


def _true(text: str) -> bool:
    return text.strip().lower() == "true"
