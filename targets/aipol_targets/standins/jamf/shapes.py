"""What an object of the Classic API is made of, and how a body is read by it.

The server never complains about what it does not know: an unknown element is dropped, a value out
of a list becomes the default, and the children of a scope are read in their order, whatever comes
too late being ignored (Jamf-Concepts/jamf-cli, "Wire Behavior: The API Hides Mistakes" and "The
Field-Order Trap", both checked on a server in September 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never
from xml.etree import ElementTree as ET

from aipol_targets.standins.jamf.wire import Refused


@dataclass(frozen=True, slots=True)
class Text:
    """A string; with choices, one of them, by any of the names that it goes by."""

    default: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    default: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """An integer."""

    default: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Another object, sent by id or name and always answered with both."""

    kind: str
    none: str | None = None  # the name of none at all, where there may be none


@dataclass(frozen=True, slots=True)
class Many:
    """A list; the name of its elements is not to be guessed from its own."""

    child: str
    item: Shape
    counted: bool = False  # answered with its size


@dataclass(frozen=True, slots=True)
class Section:
    """Named parts. A whole one is replaced as one; of another, what is not sent stays as it is."""

    parts: Mapping[str, Shape]
    whole: bool = False
    ordered: bool = False


Shape: TypeAlias = Text | Flag | Number | Link | Many | Section

Finder: TypeAlias = Callable[[str, int | None, str | None], tuple[int, str] | None]
"""Finds an object of a kind by id or name."""

_NUMBER = re.compile(r"\s*-?[0-9]{1,18}\s*")
NOBODY = -1  # the id of no category and of no site (the schema's default)


def blank(shape: Shape) -> Any:
    """What is there before anything was sent."""
    match shape:
        case Text() | Flag() | Number():
            return shape.default
        case Link():
            return {"id": NOBODY, "name": shape.none or ""}
        case Many():
            return []
        case Section():
            return {name: blank(part) for name, part in shape.parts.items()}
        case _:
            assert_never(shape)


@dataclass(slots=True)
class Reading:
    """Reads one body; `late` are the children of scopes that came too late to count."""

    find: Finder
    late: list[str] = field(default_factory=list)

    def read(self, shape: Shape, element: ET.Element, old: Any) -> Any:
        """The value that is stored."""
        match shape:
            case Text():
                text = element.text or ""
                return shape.choices.get(text, shape.default) if shape.choices else text
            case Flag():
                return {"true": True, "false": False}.get(_word(element), shape.default)
            case Number():
                found = whole_number(element.text)
                return shape.default if found is None else found
            case Link():
                return self._link(shape, element)
            case Many():
                children = element.findall(shape.child)
                return [self.read(shape.item, each, blank(shape.item)) for each in children]
            case Section():
                return self._section(shape, element, old)
            case _:
                assert_never(shape)

    def _section(self, shape: Section, element: ET.Element, old: Any) -> dict[str, Any]:
        value: dict[str, Any] = blank(shape) if shape.whole else {**blank(shape), **old}
        names = tuple(shape.parts)
        reached = 0
        for child in element:
            if child.tag not in shape.parts:
                continue
            place = names.index(child.tag)
            if shape.ordered and place < reached:
                self.late.append(child.tag)
                continue
            reached = max(reached, place)
            value[child.tag] = self.read(shape.parts[child.tag], child, value[child.tag])
        return value

    def _link(self, shape: Link, element: ET.Element) -> dict[str, Any]:
        number, name = element.findtext("id"), element.findtext("name")
        if shape.none is not None and _is_none(number, name, shape.none):
            return blank(shape)  # type: ignore[no-any-return]
        found = self.find(shape.kind, whole_number(number), name)
        if found is None:
            # Of a category in these words ("No match found for category 0", jamf-cli); of the
            # other kinds that it is 409 is known, and the words are ours.
            raise Refused(409, f"No match found for {shape.kind} {number or name or ''}".strip())
        return {"id": found[0], "name": found[1]}


def whole_number(text: str | None) -> int | None:
    """The number that a text is, if it is one that a database may hold."""
    return int(text) if text and _NUMBER.fullmatch(text) else None


def _word(element: ET.Element) -> str:
    return (element.text or "").strip().lower()


def _is_none(number: str | None, name: str | None, none: str) -> bool:
    if number is not None:
        return number.strip() == str(NOBODY)
    return name is None or name in {"", none}


def links(shape: Shape, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kind of every object that a value refers to, and the reference itself."""
    match shape:
        case Link():
            yield shape.kind, value
        case Many():
            for each in value:
                yield from links(shape.item, each)
        case Section():
            for name, part in shape.parts.items():
                yield from links(part, value[name])
        case _:
            return


def written(tag: str, shape: Shape, value: Any) -> ET.Element:
    """The element of a value."""
    element = ET.Element(tag)
    match shape:
        case Text() | Number():
            element.text = str(value)
        case Flag():
            element.text = "true" if value else "false"
        case Link():
            ET.SubElement(element, "id").text = str(value["id"])
            ET.SubElement(element, "name").text = value["name"]
        case Many():
            if shape.counted:
                ET.SubElement(element, "size").text = str(len(value))
            element.extend(written(shape.child, shape.item, each) for each in value)
        case Section():
            element.extend(written(name, part, value[name]) for name, part in shape.parts.items())
        case _:
            assert_never(shape)
    return element
