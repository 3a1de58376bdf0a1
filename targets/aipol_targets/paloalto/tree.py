"""Elements of a PAN-OS configuration, to be written as XML or as set commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from aipol_targets.paloalto.escape import text, word


@dataclass(frozen=True, slots=True)
class Element:
    """One element: of a text, of others, or of nothing."""

    tag: str
    name: str = ""
    text: str = ""
    children: tuple[Element, ...] = ()


def branch(tag: str, *children: Element) -> Element:
    """An element of others."""
    return Element(tag, children=children)


def entry(name: str, *children: Element) -> Element:
    """An element with a name."""
    return Element("entry", name, children=children)


def leaf(tag: str, value: str) -> Element:
    """An element of a text."""
    return Element(tag, text=value)


def members(tag: str, values: Iterable[str]) -> Element:
    """An element of a list of texts."""
    return Element(tag, children=tuple(leaf("member", value) for value in values))


def as_xml(root: Element) -> bytes:
    """The document, one element a line; a list of one is on the line of its name."""
    tree = _xml(root)
    ET.indent(tree, " ")
    for element in tree.iter():
        if len(element) == 1 and not len(element[0]):
            element.text = element[0].tail = None
    written: bytes = ET.tostring(tree, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _xml(element: Element) -> ET.Element:
    found = ET.Element(element.tag, {"name": text(element.name)} if element.name else {})
    found.text = text(element.text) if element.text else None
    found.extend(_xml(child) for child in element.children)
    return found


def as_set(elements: Iterable[Element]) -> bytes:
    """A command for each text there is, in the form in which a firewall shows its own."""
    commands = (" ".join(("set", *words)) for element in elements for words in _words(element, ()))
    return "".join(f"{command}\n" for command in commands).encode()


def _words(element: Element, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    match element.tag:
        case "entry":
            here = (*path, word(element.name))
        case "member":
            here = path
        case _:
            here = (*path, word(element.tag))
    if element.text:
        here = (*here, word(element.text))
    if not element.children:
        yield here
    for child in element.children:
        yield from _words(child, here)
