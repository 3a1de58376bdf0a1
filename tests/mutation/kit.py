"""Turns an artefact's bytes into others that mean something else: dropped, changed, flipped, wider.

The kit knows formats, not vendors: lines of a text, leaves of JSON (JSON within JSON too), property
lists and XML. What a vendor does not act on is no mutation; `METADATA` says what that is, and why.
"""

from __future__ import annotations

import copy
import json
import plistlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

ESCAPED = re.compile(r"(?:[a-z0-9-]+\\{1,2}\.)+[a-z]{2,}")
"""A host in a regular expression, its dots escaped once or twice."""
HOST = re.compile(r"^[.*]{0,2}((?:[a-z0-9-]+\.)+[a-z]{2,})$")
STRANGER = "stranger.example"


@dataclass(frozen=True, slots=True)
class Mutant:
    """An artefact with one change; `where` is a line number or a path of keys."""

    path: str
    where: str
    what: str
    content: bytes
    was: str = ""
    """The line or text that is changed; empty where it is none."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Places that people read and no vendor acts on."""

    path: str
    where: str
    why: str
    was: str = ""
    """The texts at those places that are meant; all of them where it is empty."""

    def holds(self, mutant: Mutant) -> bool:
        """Whether the mutant changes such a place only."""
        found = re.search(self.path, mutant.path) and re.search(self.where, f"{mutant.where}")
        return bool(found and re.search(self.was, mutant.was))


def mutants(path: str, content: bytes) -> Iterator[Mutant]:
    """Every mutant of one artefact, by its format."""
    match PurePosixPath(path).suffix:
        case ".json":
            yield from _json(path, content)
        case ".mobileconfig" | ".plist":
            yield from _plist(path, content)
        case ".xml":
            yield from _xml(path, content)
        case _:
            yield from _lines(path, content)


# --- text -----------------------------------------------------------------------------------------


def _lines(path: str, content: bytes) -> Iterator[Mutant]:
    lines = content.decode("utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        words = line.strip()
        if not words or words.startswith(("#", ";", "//", "--")):
            continue
        others = _other_packets(line) if path.endswith(".nft") else _other_lines(line)
        for what, replacement in (("drop", ""), *others):
            changed = [*lines[: number - 1], replacement, *lines[number:]]
            yield Mutant(path, str(number), what, "".join(changed).encode(), words)


def _other_lines(line: str) -> Iterator[tuple[str, str]]:
    for word in dict.fromkeys(line.split()):
        bare = word.rstrip("/.")
        if HOST.match(bare):
            for what, other in _wider(bare):
                yield what, line.replace(bare, other, 1)
    if escaped := ESCAPED.search(line):
        for what, other in _wider_escaped(escaped.group()):
            yield what, line.replace(escaped.group(), other, 1)
        for anchor in _ANCHORS:
            if anchor in line:
                yield "unanchor", line.replace(anchor, "", 1)
    for one, other in _FLIPS.items():
        if re.search(rf"(?<![\w-]){one}(?![\w-])", line):
            yield "flip", re.sub(rf"(?<![\w-]){one}(?![\w-])", other, line, count=1)


def _other_packets(line: str) -> Iterator[tuple[str, str]]:
    """A rule of nftables about other packets, and a set of more addresses."""
    for one, other in _OTHER_PACKETS:
        if re.search(one, line):
            yield "flip", re.sub(one, other, line, count=1)
    if rule := _PORT.match(line):
        yield "another port", line.replace(rule[1], "8443", 1)
    if network := _ELEMENT.fullmatch(line):
        yield "widen", line.replace(network[1], "0.0.0.0/1", 1)


_FLIPS = {
    "deny": "allow",
    "terminate": "splice",
    "always_nxdomain": "always_transparent",
    "action block": "action allow",
    "action allow": "action block",
    "type regex": "type simple",
    "status enable": "status disable",
}
_OTHER_PACKETS = (
    (r"reject$", "accept"),
    (r"policy accept", "policy drop"),
    (r"\bip\b", "ip6"),
    (r"\budp\b", "tcp"),
    (r"!= ", ""),
)
_PORT = re.compile(r"\s*(?:ip6? .*)?(?:tcp|udp) dport (\d+)")
_ELEMENT = re.compile(r"\s*(\d+\.\d+\.\d+\.\d+/\d+),\s*")
_ANCHORS = ("^", "(:|/|$)", "$")


def _wider_escaped(host: str) -> Iterator[tuple[str, str]]:
    """The same within a regular expression, and a dot that stands for any character."""
    dot, _, parent = host.partition(".")
    if "." in parent:
        yield "widen", parent
    yield "rename", f"x{host}"
    yield "any character", f"{dot.rstrip(chr(92))}.{parent}"


def _wider(host: str) -> Iterator[tuple[str, str]]:
    """The host's parent, where it is no top-level domain, another host, and less of the host."""
    bare = host.lstrip("*.")
    parent = bare.partition(".")[2]
    if "." in parent:
        yield "widen", host.replace(bare, parent)
    yield "rename", host.replace(bare, f"x{bare}")
    if host.startswith("."):
        yield "narrow", bare


# --- trees of plain values ------------------------------------------------------------------------


def _json(path: str, content: bytes) -> Iterator[Mutant]:
    for where, what, value, was in _trees(json.loads(content)):
        yield Mutant(path, where, what, json.dumps(value, indent=1).encode(), was)


def _plist(path: str, content: bytes) -> Iterator[Mutant]:
    for where, what, value, was in _trees(plistlib.loads(content)):
        yield Mutant(path, where, what, plistlib.dumps(value, sort_keys=True), was)


def _trees(value: Any) -> Iterator[tuple[str, str, Any, str]]:
    """The whole value with one leaf or branch changed, for every one of them, and its text."""
    for steps, node in list(_nodes(value, ())):
        where = "/" + "/".join(map(str, steps))
        was = _said(node)
        if steps:
            yield where, "drop", _without(value, steps), was
        for what, other in _others(node):
            yield where, what, _with(value, steps, other), was
        if isinstance(node, list) and node and isinstance(node[0], str):
            yield where, "add", _with(value, steps, [*node, STRANGER]), was
        for inner, what, other in _embedded(node):
            yield f"{where}#{inner}", what, _with(value, steps, other), was


def _said(node: Any) -> str:
    """The text that a node is, or that it wraps as its `value`."""
    wrapped = node.get("value") if isinstance(node, dict) else node
    return wrapped if isinstance(wrapped, str) else ""


def _nodes(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield steps, value
    children: Mapping[Any, Any] = {}
    if isinstance(value, dict):
        children = value
    elif isinstance(value, list):
        children = dict(enumerate(value))
    for key, child in children.items():
        yield from _nodes(child, (*steps, key))


def _others(node: Any) -> Iterator[tuple[str, Any]]:
    match node:
        case bool():
            yield "flip", not node
        case int():
            yield "change", node + 1
            if node > 0:
                yield "change", node - 1
        case str():
            yield "change", f"{node}x"
            if HOST.match(node):
                yield from _wider(node)
        case bytes():
            yield "change", node + b"x"
        case _:
            pass


def _embedded(node: Any) -> Iterator[tuple[str, str, str]]:
    """JSON that stands in a text."""
    if isinstance(node, str) and node[:1] in {"{", "["}:
        try:
            inner = json.loads(node)
        except ValueError:
            return
        for where, what, value, _ in _trees(inner):
            yield where, what, json.dumps(value, separators=(",", ":"))


def _without(value: Any, steps: tuple[str | int, ...]) -> Any:
    changed = copy.deepcopy(value)
    del _parent(changed, steps)[steps[-1]]
    return changed


def _with(value: Any, steps: tuple[str | int, ...], other: Any) -> Any:
    if not steps:
        return other
    changed = copy.deepcopy(value)
    _parent(changed, steps)[steps[-1]] = other
    return changed


def _parent(value: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps[:-1]:
        value = value[step]
    return value


# --- XML ------------------------------------------------------------------------------------------


def _xml(path: str, content: bytes) -> Iterator[Mutant]:
    root = ET.fromstring(content)  # noqa: S314 - our own output is parsed
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"

    def text() -> bytes:
        written: bytes = ET.tostring(root, encoding=encoding, xml_declaration=True)
        return written

    for where, parent, position in list(_elements(root, "")):
        element = parent[position]
        parent.remove(element)
        yield Mutant(path, where, "drop", text())
        parent.insert(position, element)
        said = (element.text or "").strip()
        if said and not len(element):
            for what, other in (*_xml_texts(said), *(_wider(said) if HOST.match(said) else ())):
                kept, element.text = element.text, other
                yield Mutant(path, where, what, text(), said)
                element.text = kept
        for name, value in list(element.attrib.items()):
            element.set(name, f"{value}x")
            yield Mutant(path, f"{where}@{name}", "change", text())
            element.set(name, value)


def _xml_texts(said: str) -> Iterator[tuple[str, str]]:
    flipped = {"true": "false", "false": "true"}.get(said)
    yield ("flip", flipped) if flipped else ("change", f"{said}x")


def _elements(parent: ET.Element, where: str) -> Iterator[tuple[str, ET.Element, int]]:
    for position, child in enumerate(parent):
        here = f"{where}/{child.tag.rpartition('}')[2]}[{position}]"
        yield here, parent, position
        yield from _elements(child, here)
