"""Find what a policy says twice, or otherwise than it is read: it means the same without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.language.assemble import Assembled
from aipol.language.document import Document, Path
from aipol.language.hosts import HostError, are_canonical, canonical_host
from aipol.language.merge import Layer
from aipol.language.shapes import is_list, is_mapping
from aipol.language.where import where
from aipol.language.words import clip

_OF_NAMES = ("groups", "data_classes", "rules", "exceptions", "network", "protected", "approvals")
"""Sections whose lists are sets: of apps, people, surfaces, networks and the like."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item of a list that is there before."""

    first: Path
    again: Path
    text: str


def check_tidiness(assembled: Assembled) -> Iterator[Diagnostic]:
    """Notes about every file of the policy."""
    for layer in assembled.written:
        document = layer.document
        for repeat in repeats(document):
            yield codes.REPEATED_ITEM.at(
                document.span(repeat.again),
                item=clip(repeat.text),
                where=where(document, repeat.again[:-1]),
                hint="leave the second out; was another one meant?",
                related=(Related(document.span(repeat.first), "listed here first"),),
            )
        for path, host in spellings(layer):
            span = document.span(path)
            text = clip(str(document.at(path)))
            yield codes.HOST_SPELLING.at(span, text=text, host=host, hint=f"write `{host}`")


def repeats(document: Document) -> Iterator[Repeat]:
    """Every item that stands in its list twice, where a list is a set."""
    for section in _OF_NAMES:
        yield from _repeats(document.at((section,)), (section,))


def _repeats(value: object, path: Path) -> Iterator[Repeat]:
    if is_mapping(value):
        for key, below in value.items():
            yield from _repeats(below, (*path, key))
    elif is_list(value):
        texts = [item for item in value if isinstance(item, str)]
        if len(texts) == len(value):
            yield from _twice(texts, path)
        else:
            for number, item in enumerate(value):
                yield from _repeats(item, (*path, number))


def _twice(texts: list[str], path: Path) -> Iterator[Repeat]:
    if len(set(texts)) == len(texts):
        return
    first: dict[str, int] = {}
    for number, text in enumerate(texts):
        if first.setdefault(text, number) != number:
            yield Repeat((*path, first[text]), (*path, number), text)


def spellings(layer: Layer) -> Iterator[tuple[Path, str]]:
    """The hosts of apps that are written otherwise than they are read, and how they are read."""
    for name, app in layer.policy.apps.items():
        texts = [entry.domain for entry in app.domains or ()]
        if are_canonical(texts):
            continue
        for number, text in enumerate(texts):
            try:
                host = canonical_host(text)
            except HostError:
                continue  # it is told that this is no host
            if host != text:
                yield ("apps", name, "domains", number, "domain"), host
