"""What the lint says about rows that are wrong by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.derive import derive
from aipol.catalogue.lint import lint
from aipol.catalogue.load import CatalogueError, source_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Seed = tuple[str, str, str, int, str]


def test_small_catalogue_is_clean(catalogue: Path) -> None:
    """A catalogue that keeps every rule has no fault."""
    assert lint(catalogue) == ()


def test_shipped_catalogue_is_clean() -> None:
    """What ships keeps every rule."""
    assert [str(fault) for fault in lint(source_directory())] == []


# (file, text in it, what stands there instead, line of the fault, piece of the message)
SEEDED: dict[str, Seed] = {
    "duplicate key": (
        "chat.yaml",
        "  kind: chat\n  source",
        "  kind: chat\n  kind: chat\n  source",
        5,
        "duplicate key `kind`",
    ),
    "unknown key": (
        "chat.yaml",
        "  kind: chat\n  source",
        "  kind: chat\n  kinds: chat\n  source",
        5,
        "unknown key `kinds`",
    ),
    "unknown row key": (
        "chat.yaml",
        "tier: A}\n  macos",
        "tier: A, roll: ui}\n  macos",
        7,
        "unknown key `roll`",
    ),
    "alias": ("chat.yaml", "name: Acme Chat\n", "name: &a Acme Chat\n  notes: *a\n", 2, "alias"),
    "a URL for a host": (
        "chat.yaml",
        "domain: chat.acme.example",
        "domain: https://chat.acme.example",
        7,
        "not a host name",
    ),
    "a wildcard host": (
        "chat.yaml",
        "domain: chat.acme.example",
        "domain: '*.acme.example'",
        7,
        "not a host name",
    ),
    "upper case host": (
        "chat.yaml",
        "domain: chat.acme.example",
        "domain: Chat.acme.example",
        7,
        "not a host name",
    ),
    "an address": (
        "chat.yaml",
        "domain: chat.acme.example",
        "domain: 10.0.0.1",
        7,
        "not a host name",
    ),
    "unknown role": (
        "chat.yaml",
        "role: ui",
        "role: website",
        7,
        "`website` is not one of ui, api",
    ),
    "unknown match": (
        "chat.yaml",
        "match: subtree",
        "match: suffix",
        7,
        "`suffix` is not one of exact",
    ),
    "unknown tier": (
        "chat.yaml",
        "example, tier: A}\n  macos",
        "example, tier: D}\n  macos",
        7,
        "`D` is not one of A, B, C",
    ),
    "one tier C source": (
        "chat.yaml",
        "example, tier: A}\n  macos",
        "example, tier: C}\n  macos",
        7,
        "second source",
    ),
    "missing source": (
        "chat.yaml",
        "match: subtree, source: page:acme.example",
        "match: subtree",
        7,
        "`source` is missing",
    ),
    "app without source": (
        "chat.yaml",
        "kind: chat\n  source: page:acme.example",
        "kind: chat",
        1,
        "`source` is missing",
    ),
    "bad bundle id": (
        "chat.yaml",
        "example.acme.chat",
        "acme chat",
        9,
        "not an identifier of dotted names",
    ),
    "bad Team id": ("chat.yaml", "AB12CD34EF", "ab12cd34ef", 10, "not a Team id"),
    "short Team id": ("chat.yaml", "AB12CD34EF", "AB12CD34E", 10, "not a Team id"),
    "unknown kind": (
        "chat.yaml",
        "kind: team_id",
        "kind: team",
        10,
        "`team` is not one of bundle_id",
    ),
    "bad package family": (
        "chat.yaml",
        "Chat_8wekyb3d8bbwe",
        "Chat_8wekyb3d8bbwo",
        12,
        "package family",
    ),
    "bad Chrome id": (
        "chat.yaml",
        "id: abcdefghijklmnopa",
        "id: zbcdefghijklmnopa",
        14,
        "not a Chrome extension id",
    ),
    "unknown store": (
        "chat.yaml",
        "store: chrome",
        "store: opera",
        14,
        "`opera` is not one of chrome",
    ),
    "bad GUID": ("chat.yaml", "11111111-2222", "1111111-2222", 17, "not a lower-case GUID"),
    "same row twice": (
        "chat.yaml",
        "  windows:",
        "    - {kind: team_id, value: AB12CD34EF, source: page:acme.example, tier: A}\n  windows:",
        11,
        "twice",
    ),
    "unknown feature": (
        "chat.yaml",
        "  domains:",
        "  features: [clippy]\n  domains:",
        6,
        "`clippy` is not one of",
    ),
    "unknown purpose": (
        "protected.yaml",
        "purpose: update",
        "purpose: fun",
        2,
        "`fun` is not one of",
    ),
    "unknown schema": ("index.yaml", "schema: 2", "schema: 3", 1, "schema `3` is not known"),
    "bad country": ("vendors.yaml", "country: PL", "country: Poland", 1, "two letters"),
    "a source of no form": (
        "chat.yaml",
        "kind: chat\n  source: page:acme.example",
        "kind: chat\n  source: I looked it up",
        5,
        "is not a source",
    ),
    "an organisation's own word": (
        "chat.yaml",
        "kind: chat\n  source: page:acme.example",
        "kind: chat\n  source: 'own: ticket 12'",
        5,
        "is not a source",
    ),
    "a second source that is the first": (
        "chat.yaml",
        "source: page:acme.example, tier: A}\n  macos",
        "source: page:acme.example, tier: A, also: page:acme.example}\n  macos",
        7,
        "not a second one",
    ),
    "a month that is none": (
        "chat.yaml",
        "source: page:acme.example, tier: A}\n  macos",
        "source: page:acme.example, tier: A, seen: 2026-13}\n  macos",
        7,
        "not a month or a day",
    ),
    "serves without shared": (
        "chat.yaml",
        "match: subtree,",
        "match: subtree, serves: the rest of Acme,",
        7,
        "say `shared: true` with it",
    ),
    "a bad Firefox id": (
        "chat.yaml",
        "store: chrome, id: abcdefghijklmnopabcdefghijklmnop",
        "store: firefox, id: acme",
        14,
        "not a Firefox add-on id",
    ),
    "a pattern that is none": (
        "chat.yaml",
        "  domains:",
        (
            "  tenant_restriction: {header: X-A, value: an id, format: '[', "
            "hosts: [{host: chat.acme.example, match: exact}], source: page:acme.example, "
            "tier: A}\n  domains:"
        ),
        6,
        "not a regular expression",
    ),
    "a tab": ("chat.yaml", "  kind: chat\n  source", "\tkind: chat\n  source", 4, "not YAML"),
}


@pytest.mark.parametrize("seed", SEEDED.values(), ids=SEEDED.keys())
def test_seeded_fault_is_found(finds: Callable[[Seed], None], seed: Seed) -> None:
    """Each fault is named once or more, with its file and its line."""
    finds(seed)


def test_missing_file_is_a_fault(catalogue: Path) -> None:
    """A catalogue without its protected hosts is not read at all."""
    (catalogue / "protected.yaml").unlink()
    assert [str(fault) for fault in lint(catalogue)] == ["protected.yaml:1:1: the file is missing"]


def test_deriving_a_faulty_catalogue_fails(catalogue: Path) -> None:
    """No derived form is made from a catalogue with a fault; the error names file and line."""
    text = (catalogue / "chat.yaml").read_text(encoding="utf-8")
    (catalogue / "chat.yaml").write_text(text.replace("role: ui", "role: x"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"chat\.yaml:7:\d+: `x` is not one of"):
        derive(catalogue)


IN_OVERLAYS = ("chat.yaml", "protected.yaml", "vendors.yaml")
NO_SECTION = "an overlay has no such section"
# What an overlay may say though the lint refuses it, and why.
NO_OVERLAY = {
    "unknown schema": NO_SECTION,
    "app without source": "of an app that the catalogue has, an overlay says only what changes",
    "an organisation's own word": "what the organisation found itself is what overlays are for",
}
# The line and the words where another stage than the lint's finds it in an overlay.
OVERLAY_WORDS = {
    "duplicate key": (5, "key `kind` is given twice"),
    "a tab": (4, "a tab cannot indent a line"),
}


@pytest.mark.parametrize("name", sorted(SEEDED.keys() - NO_OVERLAY.keys()))
def test_an_overlay_is_refused_for_the_same(
    overlaid: Callable[[Seed], list[tuple[int, str]]], name: str
) -> None:
    """At the line where the fault is, and in the words of the lint or its own."""
    line, piece = OVERLAY_WORDS.get(name, SEEDED[name][3:])
    said = overlaid(SEEDED[name])
    assert any(at == line and piece in message for at, message in said), said


@pytest.mark.parametrize("name", [name for name in NO_OVERLAY if SEEDED[name][0] in IN_OVERLAYS])
def test_what_an_overlay_may_say_has_no_finding(
    overlaid: Callable[[Seed], list[tuple[int, str]]], name: str
) -> None:
    """What is listed with a reason is let through, not overlooked."""
    assert overlaid(SEEDED[name]) == []
