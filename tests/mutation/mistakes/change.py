"""What a mistake is, and what the mistakes of lists of hosts are called.

A change finds a piece of a file and puts another in its place; for JSON there is one that takes an
element out. `why` is what a reader may say of it; without it, `verify` has to find that answers
differ. A mutant that dies of anything else died for the wrong reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Files = Mapping[str, bytes]
HOST = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+"


@dataclass(frozen=True)
class Change:
    """One mistake in the files of a target: `find` in those named `path` becomes `put`.

    `given` are settings of the target, so that no other output gives the mistake away.
    """

    target: str
    mistake: str
    path: str
    find: str
    put: str
    why: str = ""
    given: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a test of it is called."""
        only = f" ({', '.join(self.given)})" if self.given else ""
        return f"{self.target}{only}: {self.mistake} in {self.path}"

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """Each piece changed by itself, with what it was; the same piece once in each file."""
        for path, content in files.items():
            if not re.search(self.path, path):
                continue
            text, seen = content.decode(), set[str]()
            for found in re.finditer(self.find, text, re.MULTILINE):
                other = text[: found.start()] + found.expand(self.put) + text[found.end() :]
                if other != text and found.group() not in seen:
                    seen.add(found.group())
                    yield f"{path}: {found.group().strip()}", {**files, path: other.encode()}


@dataclass(frozen=True)
class Dropped(Change):
    """An element of a list in JSON is taken out, and the rest written as it was."""

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """Each element by itself, if its list has others."""
        for path, content in files.items():
            if not re.search(self.path, path):
                continue
            indent = _indent(content)
            value = json.loads(content)
            for elements in list(_lists(value)):
                for place, element in enumerate(list(elements)):
                    if len(elements) > 1 and re.fullmatch(self.find, _said(element)):
                        del elements[place]
                        other = f"{json.dumps(value, indent=indent)}\n".encode()
                        yield f"{path}: {_said(element)}", {**files, path: other}
                        elements.insert(place, element)


@dataclass(frozen=True)
class Everywhere(Change):
    """One mistake that is made in all places at once: as if somebody had changed a setting."""

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """All files with all of it changed."""
        other = {
            path: re.sub(self.find, self.put, content.decode(), flags=re.MULTILINE).encode()
            if re.search(self.path, path)
            else content
            for path, content in files.items()
        }
        if other != files:
            yield self.find, other


@dataclass(frozen=True)
class Gone(Change):
    """Files that are there no more."""

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """All files but those."""
        left = {path: content for path, content in files.items() if not re.search(self.path, path)}
        if left != files:
            yield self.path, left


def _indent(content: bytes) -> int:
    """As the emitter writes: another form might be refused for the form."""
    value = json.loads(content)
    (indent,) = (n for n in (1, 2) if f"{json.dumps(value, indent=n)}\n".encode() == content)
    return indent


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            yield from _lists(child)


def _said(element: Any) -> str:
    """The host of an element: a text, or wrapped as all there is."""
    if isinstance(element, dict) and len(element) == 1:
        (element,) = element.values()
    return element if isinstance(element, str) else ""


NO_APEX, NO_CHILDREN = "missing apex", "missing children"
TOO_WIDE, WIDER, LOOKALIKE = "exact as a subtree", "exception one label too wide", "look-alike"
CASE, DOT, LOST = "case counts", "trailing dot", "entry lost"
