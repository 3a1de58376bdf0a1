"""What the lint says about catalogues that are wrong in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.derive import derive
from aipol.catalogue.lint import lint
from aipol.catalogue.load import CatalogueError, source_directory

if TYPE_CHECKING:
    from pathlib import Path

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
    "index.yaml": "schema: 2\nseen: 2026-08\ncategories:\n  chat: assistants\n",
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
        '"page:acme.example": {tier: A, seen: 2026-08, is: pages, speaks_for: [acme-labs]}\n'
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


def test_small_catalogue_is_clean(catalogue: Path) -> None:
    """A catalogue that keeps every rule has no fault."""
    assert lint(catalogue) == ()


def test_shipped_catalogue_is_clean() -> None:
    """What ships keeps every rule."""
    assert [str(fault) for fault in lint(source_directory())] == []


# (file, text in it, what stands there instead, line of the fault, piece of the message)
SEEDED = {
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
    "unknown vendor": (
        "chat.yaml",
        "vendor: acme-labs\n  kind: chat\n  source",
        "vendor: acne\n  kind: chat\n  source",
        3,
        "not in vendors.yaml",
    ),
    "unknown feature": (
        "chat.yaml",
        "  domains:",
        "  features: [clippy]\n  domains:",
        6,
        "`clippy` is not one of",
    ),
    "edition of nothing": (
        "chat.yaml",
        "edition_of: acme\n",
        "edition_of: acmee\n",
        23,
        "no app that can have editions",
    ),
    "protected host": (
        "protected.yaml",
        "mdm.acme.example, match: exact",
        "acme.example, match: children",
        7,
        "protected host",
    ),
    "platform": (
        "shared_platforms.yaml",
        "pages.example",
        "a.chat.acme.example",
        7,
        "platform of many services",
    ),
    "unknown purpose": (
        "protected.yaml",
        "purpose: update",
        "purpose: fun",
        2,
        "`fun` is not one of",
    ),
    "unknown schema": ("index.yaml", "schema: 2", "schema: 3", 1, "schema `3` is not known"),
    "category without file": (
        "index.yaml",
        "  chat:",
        "  image: pictures\n  chat:",
        4,
        "has no file",
    ),
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
    "an unregistered source": (
        "chat.yaml",
        "match: subtree, source: page:acme.example",
        "match: subtree, source: page:acme.invalid",
        7,
        "is not in sources.yaml",
    ),
    "a source nothing cites": (
        "sources.yaml",
        '"page:acme.example"',
        'a/b: {tier: C, seen: 2026-08, is: code}\n"page:acme.example"',
        1,
        "nothing cites `a/b`",
    ),
    "a tier above its source's": (
        "sources.yaml",
        "tier: A",
        "tier: B",
        7,
        "is a source of tier B, not A",
    ),
    "a source that speaks for others": (
        "sources.yaml",
        "[acme-labs]",
        "[other-labs]",
        7,
        "speaks for other-labs",
    ),
    "public code as tier A": (
        "chat.yaml",
        "match: subtree, source: page:acme.example",
        "match: subtree, seen: 2026-08, source: public-code:12",
        7,
        "known without its repository is tier C",
    ),
    "public code without a date": (
        "chat.yaml",
        "source: page:acme.example, tier: A}\n  macos",
        "source: public-code:12, tier: C, also: page:acme.example}\n  macos",
        7,
        "`seen` is missing",
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
    "a public suffix": (
        "chat.yaml",
        "domain: chat.acme.example",
        "domain: github.io",
        7,
        "is a public suffix",
    ),
    "an own suffix that is none": (
        "chat.yaml",
        "match: subtree,",
        "match: subtree, own_suffix: true,",
        7,
        "is no public suffix",
    ),
    "a host that IDNA refuses": (
        "chat.yaml",
        "domain: chat.acme.example",
        "domain: xn--zzzzzz.example",
        7,
        "is not a host name",
    ),
    "a common host": (
        "common_hosts.yaml",
        "host: cdn.example",
        "host: chat.acme.example",
        7,
        "overlaps the common host",
    ),
    "serves without shared": (
        "chat.yaml",
        "match: subtree,",
        "match: subtree, serves: the rest of Acme,",
        7,
        "say `shared: true` with it",
    ),
    "a requirement of another team": (
        "chat.yaml",
        "  windows:",
        (
            '    - {kind: requirement, value: \'identifier "a.b" and anchor apple generic and '
            "certificate leaf[subject.OU] = XX12CD34EF', source: page:acme.example, tier: A}\n"
            "  windows:"
        ),
        11,
        "the requirement is of team `XX12CD34EF`",
    ),
    "a gap of no app": ("gaps.yaml", "app: acme", "app: acne", 1, "no app `acne`"),
    "a team of no vendor": (
        "teams.yaml",
        "vendor: acme-labs",
        "vendor: acne",
        1,
        "`acne` is not in vendors.yaml",
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
    "a shared program without words": (
        "chat.yaml",
        "value: example.acme.chat,",
        "value: example.acme.chat, shared: true,",
        9,
        "`shared` does not say what a block would break: add `breaks`",
    ),
    "a shared host without words": (
        "chat.yaml",
        "match: subtree,",
        "match: subtree, shared: true,",
        7,
        "`shared` does not say what a block would break: add `serves`",
    ),
    "a shared team that teams.yaml lacks": (
        "chat.yaml",
        "value: AB12CD34EF,",
        "value: AB12CD34EF, shared: true,",
        10,
        "say in teams.yaml what else it signs",
    ),
    "a team of teams.yaml that is not shared": (
        "chat.yaml",
        "value: AB12CD34EF,",
        "value: ZZ12CD34EF,",
        10,
        "signs more than AI apps",
    ),
    "a tab": ("chat.yaml", "  kind: chat\n  source", "\tkind: chat\n  source", 4, "not YAML"),
}


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "piece"), SEEDED.values(), ids=SEEDED.keys()
)
def test_seeded_fault_is_found(
    catalogue: Path, file: str, old: str, new: str, line: int, piece: str
) -> None:
    """Each fault is named once or more, with its file and its line."""
    text = FILES[file]
    assert old in text
    (catalogue / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = lint(catalogue)
    # What is wrong between two files is a fault of the app's.
    where = "chat.yaml" if line > len(text.splitlines()) else file
    assert any(
        fault.file == where and fault.line == line and piece in fault.message for fault in faults
    ), [str(fault) for fault in faults]


def other_app() -> str:
    """A second app with the bundle id, the Team id and the host of the first."""
    other = CHAT.partition("acme-enterprise:")[0].replace("acme:", "other:", 1)
    for old in ("Chat_8wekyb3d8bbwe", "abcdefghijklmnopa", "11111111-2222"):
        other = other.replace(old, old[::-1] if "-" not in old else "22222222-2222")
    return other.replace("ewbb8d3bykew8_tahC", "Other_8wekyb3d8bbwe").replace("aponm", "ponml")


def test_equal_identifiers_name_each_other(catalogue: Path) -> None:
    """Two apps with one bundle id are a fault until each says so."""
    (catalogue / "chat.yaml").write_text(CHAT + other_app(), encoding="utf-8")
    assert any("`shared_with` must be ['other']" in fault.message for fault in lint(catalogue))


@pytest.mark.parametrize(
    ("identifier", "word", "line"),
    [
        ("value: example.acme.chat,", "shared: true, breaks: mail,", 9),
        ("value: example.acme.chat,", "breaks: mail,", 9),
        ("value: AB12CD34EF,", "shared: true,", 10),
        ("domain: chat.acme.example,", "shared: true, serves: mail,", 7),
    ],
)
def test_what_one_app_says_of_an_identifier_every_app_says(
    catalogue: Path, identifier: str, word: str, line: int
) -> None:
    """A row that another app calls shared, or whose loss it puts in words, says so too."""
    key = word.partition(":")[0]
    other = other_app().replace(identifier, f"{identifier} {word}", 1)
    (catalogue / "chat.yaml").write_text(CHAT + other, encoding="utf-8")
    found = [fault for fault in lint(catalogue) if f"`{key}` of" in fault.message]
    lines = {line, line + len(CHAT.splitlines())}
    assert {fault.line for fault in found} <= lines
    assert [fault.message.partition(" is not ")[2] for fault in found] in (
        ["the same for `other`"],
        ["the same for `acme`"],
    )


def test_missing_file_is_a_fault(catalogue: Path) -> None:
    """A catalogue without its protected hosts is not read at all."""
    (catalogue / "protected.yaml").unlink()
    assert [str(fault) for fault in lint(catalogue)] == ["protected.yaml:1:1: the file is missing"]


def test_deriving_a_faulty_catalogue_fails(catalogue: Path) -> None:
    """No derived form is made from a catalogue with a fault; the error names file and line."""
    (catalogue / "chat.yaml").write_text(CHAT.replace("role: ui", "role: x"), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"chat\.yaml:7:\d+: `x` is not one of"):
        derive(catalogue)
