"""A small catalogue without a fault, and what the lint finds once it has one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import indent

import pytest

from aipol.catalogue.derive import merged
from aipol.catalogue.lint import lint
from aipol.catalogue.load import Catalogue
from aipol.pipeline import open_policy

Seed = tuple[str, str, str, int, str]
CHAT = """\
acme:
  name: Acme Chat
  vendor: acme-labs
  kind: chat
  source: page:acme.example
  domains:
    - {domain: chat.acme.example, role: ui, match: subtree, source: page:acme.example, tier: A}
  macos:
    - {kind: bundle_id, value: example.acme.chat, source: page:acme.example, tier: A}
    - {kind: team_id, value: AB12CD34EF, source: page:acme.example, tier: A}
  windows:
    - {kind: pfn, value: Acme.Chat_8wekyb3d8bbwe, source: page:acme.example, tier: A}
  extensions:
    - {store: chrome, id: abcdefghijklmnopabcdefghijklmnop, name: Acme,
       source: page:acme.example, tier: A}
  oauth:
    - {provider: entra, client_id: 11111111-2222-3333-4444-555555555555, name: A,
       source: page:acme.example, tier: A}
acme-enterprise:
  name: Acme Chat Enterprise
  vendor: acme-labs
  kind: chat
  edition_of: acme
  source: page:acme.example
"""
FILES = {
    "index.yaml": "schema: 2\nseen: 2026-11\ncategories:\n  chat: assistants\n",
    "vendors.yaml": "acme-labs: {name: Acme Labs, country: PL}\n",
    "protected.yaml": (
        "acme:\n"
        "  - {host: mdm.acme.example, match: exact, purpose: update, source: page:acme.example,\n"
        "     tier: A}\n"
    ),
    "shared_platforms.yaml": "- {suffix: pages.example, source: page:acme.example}\n",
    "common_hosts.yaml": (
        "- {host: cdn.example, match: subtree, kind: cdn, serves: pictures of many sites,\n"
        "   source: page:acme.example, tier: A}\n"
    ),
    "gaps.yaml": "- {app: acme, what: host, sought: its API, looked: 2026-11}\n",
    "sources.yaml": (
        '"page:acme.example": {tier: A, seen: 2026-11, is: pages, speaks_for: [acme-labs]}\n'
    ),
    "teams.yaml": (
        "ZZ12CD34EF: {vendor: acme-labs, signs: [Acme Paint], source: page:acme.example,\n"
        "  tier: A}\n"
    ),
    "chat.yaml": CHAT,
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A small catalogue without a fault."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def finds(catalogue: Path) -> Callable[[Seed], None]:
    """Put a fault where there was none, and see that the lint names it."""

    def check(seed: Seed) -> None:
        file, old, new, line, piece = seed
        text = FILES[file]
        assert old in text
        (catalogue / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        faults = lint(catalogue)
        # What is wrong between two files is a fault of the app's.
        where = "chat.yaml" if line > len(text.splitlines()) else file
        assert any(
            fault.file == where and fault.line == line and piece in fault.message
            for fault in faults
        ), [str(fault) for fault in faults]

    return check


# Where an overlay says what a file of the catalogue does; the other files have no section there.
SECTIONS = {"chat.yaml": "apps", "protected.yaml": "protected", "vendors.yaml": "vendors"}
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}}
catalogue: {overlay: [overlay.yaml]}
rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]
"""


@pytest.fixture
def overlaid(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Seed], list[tuple[int, str]]]:
    """Say the fault in an overlay over the small catalogue: what is said, by line of the seed."""

    def found(seed: Seed) -> list[tuple[int, str]]:
        file, old, new, _, _ = seed
        shipped = Catalogue(merged(catalogue), "0" * 64)
        monkeypatch.chdir(catalogue)
        text = indent(FILES[file].replace(old, new, 1), "  ")
        Path("overlay.yaml").write_text(f"{SECTIONS[file]}:\n{text}", encoding="utf-8")
        Path("policy.yaml").write_text(POLICY, encoding="utf-8")
        findings = open_policy("policy.yaml", date(2026, 12, 1), shipped, ()).findings
        return [
            (each.span.line - 1, f"{each.message}: {each.hint}")
            for each in findings
            if each.span.file == "overlay.yaml"
        ]

    return found
