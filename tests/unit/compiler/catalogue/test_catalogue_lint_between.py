"""What the lint says about rows and files that contradict one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Seed = tuple[str, str, str, int, str]

# (file, text in it, what stands there instead, line of the fault, piece of the message)
SEEDED: dict[str, Seed] = {
    "unknown vendor": (
        "chat.yaml",
        "vendor: acme-labs\n  kind: chat\n  source",
        "vendor: acne\n  kind: chat\n  source",
        3,
        "not in vendors.yaml",
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
    "category without file": (
        "index.yaml",
        "  chat:",
        "  image: pictures\n  chat:",
        4,
        "has no file",
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
        "teams.yaml does not say what else it signs: say it there, or leave `shared` out",
    ),
    "a team of teams.yaml that is not shared": (
        "chat.yaml",
        "value: AB12CD34EF,",
        "value: ZZ12CD34EF,",
        10,
        "signs more than AI apps",
    ),
    "a gap of no app": ("gaps.yaml", "app: acme", "app: acne", 1, "no app `acne`"),
    "a team of no vendor": (
        "teams.yaml",
        "vendor: acme-labs",
        "vendor: acne",
        1,
        "`acne` is not in vendors.yaml",
    ),
}


@pytest.mark.parametrize("seed", SEEDED.values(), ids=SEEDED.keys())
def test_seeded_fault_is_found(finds: Callable[[Seed], None], seed: Seed) -> None:
    """Each fault is named once or more, at the row that has to change."""
    finds(seed)


def other_app(chat: str) -> str:
    """A second app with the bundle id, the Team id and the host of the first."""
    other = chat.partition("acme-enterprise:")[0].replace("acme:", "other:", 1)
    for old in ("Chat_8wekyb3d8bbwe", "abcdefghijklmnopa", "11111111-2222"):
        other = other.replace(old, old[::-1] if "-" not in old else "22222222-2222")
    return other.replace("ewbb8d3bykew8_tahC", "Other_8wekyb3d8bbwe").replace("aponm", "ponml")


def test_equal_identifiers_name_each_other(catalogue: Path) -> None:
    """Two apps with one bundle id are a fault until each says so."""
    chat = (catalogue / "chat.yaml").read_text(encoding="utf-8")
    (catalogue / "chat.yaml").write_text(chat + other_app(chat), encoding="utf-8")
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
    chat = (catalogue / "chat.yaml").read_text(encoding="utf-8")
    other = other_app(chat).replace(identifier, f"{identifier} {word}", 1)
    (catalogue / "chat.yaml").write_text(chat + other, encoding="utf-8")
    found = [fault for fault in lint(catalogue) if f"`{key}` of" in fault.message]
    lines = {line, line + len(chat.splitlines())}
    assert {fault.line for fault in found} <= lines
    assert [fault.message.partition(" is not ")[2] for fault in found] in (
        ["the same for `other`"],
        ["the same for `acme`"],
    )


IN_OVERLAYS = ("chat.yaml", "protected.yaml", "vendors.yaml")
NO_SECTION = "an overlay has no such section"
# What an overlay may say though the lint refuses it, and why.
NO_OVERLAY = {
    "platform": NO_SECTION,
    "category without file": NO_SECTION,
    "a source nothing cites": NO_SECTION,
    "a tier above its source's": NO_SECTION,
    "a source that speaks for others": NO_SECTION,
    "a common host": NO_SECTION,
    "a gap of no app": NO_SECTION,
    "a team of no vendor": NO_SECTION,
    "an unregistered source": "an overlay's sources are the organisation's, not in sources.yaml",
}
# The line and the words where another stage than the lint's finds it in an overlay.
OVERLAY_WORDS = {
    "edition of nothing": (23, "no app that can have the edition"),
    "protected host": (2, "is a host of app `acme`, which a rule may block"),
    "unknown vendor": (3, "vendor `acne` is not in the catalogue"),
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
