"""Turns rules into configurations to load, and lists to fetch."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.target import Artifact
from aipol_targets.paloalto.config import categories, external, inline, sources
from aipol_targets.paloalto.escape import text
from aipol_targets.paloalto.layout import CONFIGS, list_file
from aipol_targets.paloalto.lines import category_lines
from aipol_targets.paloalto.model import Firewall
from aipol_targets.paloalto.tree import Element, as_set, as_xml, branch, entry


def render(model: Firewall) -> tuple[Artifact, ...]:
    """The files of every output the settings ask for, by path."""
    writers = {"edl": _edl, "set": _set, "xml": _xml}
    files = [file for output in model.settings.outputs for file in writers[output](model)]
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _xml(model: Firewall) -> Iterator[Artifact]:
    yield Artifact(CONFIGS["xml"], as_xml(_document(model, inline(model))))


def _set(model: Firewall) -> Iterator[Artifact]:
    yield Artifact(CONFIGS["set"], as_set(inline(model)))


def _edl(model: Firewall) -> Iterator[Artifact]:
    yield Artifact(CONFIGS["edl"], as_xml(_document(model, external(model))))
    for source in sources(model):
        yield _lines(source.name, source.networks)
    for category in categories(model):
        yield _lines(category.name, category_lines(category))


def _document(model: Firewall, elements: tuple[Element, ...]) -> Element:
    """A whole configuration with nothing in it but one virtual system's objects and rules."""
    system = branch("vsys", entry(model.settings.vsys, *elements))
    return branch("config", branch("devices", entry("localhost.localdomain", system)))


def _lines(name: str, lines: tuple[str, ...]) -> Artifact:
    return Artifact(list_file(name), "".join(f"{text(line)}\n" for line in lines).encode())
