"""What the lint says about values that have a form and mean nothing, or mean another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue import forms
from aipol.catalogue.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Seed = tuple[str, str, str, int, str]
HOST = "match: subtree, source: page:acme.example, tier: A}\n  macos"
WINDOWS = "{kind: pfn, value: Acme.Chat_8wekyb3d8bbwe,"
PROGRAM = "{kind: bundle_id, value: example.acme.chat,"

SIGNED = """\
    - {kind: signing_id, value: example.acme.chat, shared: true, breaks: all chats,
       source: page:acme.example, tier: A}
"""


def host(rest: str) -> tuple[str, str, str, int]:
    """The first host, read elsewhere."""
    return "chat.yaml", HOST, f"match: subtree, {rest}}}\n  macos", 7


def windows(kind: str, value: str) -> tuple[str, str, str, int]:
    """Another identifier on Windows."""
    return "chat.yaml", WINDOWS, f"{{kind: {kind}, value: '{value}',", 12


def signed(requirement: str) -> tuple[str, str, str, int]:
    """A designated requirement where the bundle id was."""
    return "chat.yaml", PROGRAM, f"{{kind: requirement, value: '{requirement}',", 9


def tenant(**told: str) -> tuple[str, str, str, int]:
    """A tenant restriction, with one thing in it that is wrong."""
    keys = {"header": "X-Acme", "value": "an id", **told}
    row = ", ".join(f"{key}: {value}" for key, value in keys.items())
    rest = "hosts: [{host: chat.acme.example, match: exact}], source: page:acme.example, tier: A"
    return "chat.yaml", "  domains:", f"  tenant_restriction: {{{row}, {rest}}}\n  domains:", 6


SECOND = "`also` is the source itself, not a second one"
ANYWAY = "is a header that requests have anyway"
NO_PATH = "is a folder of many programs, not of this one"
# As everywhere: (file, text in it, what stands there instead, line of the fault, the message)
SEEDED: dict[str, Seed] = {
    "a remark makes no second source": (
        *host("source: public-code:123, tier: C, also: public-code:123 (x), seen: 2026-08"),
        SECOND,
    ),
    "a remark on both makes no second source": (
        *host("source: a/b:llms.csv@0f3a2c7 (one), tier: C, also: a/b:llms.csv@0f3a2c7 (again)"),
        SECOND,
    ),
    "another file is no second source": (
        *host("source: a/b:one.csv@0f3a2c7, tier: C, also: a/b:two.csv@0f3a2c7"),
        SECOND,
    ),
    "a repository in other letters is no second source": (
        *host("source: Acme/Lists:one.csv, tier: C, also: acme/lists:one.csv"),
        SECOND,
    ),
    "a copy is no second source": (
        *host(
            "source: 'page:acme.example/hosts (copy in public-code:123)', tier: C, "
            "also: public-code:123, seen: 2026-08"
        ),
        SECOND,
    ),
    "a page with a slash is no second source": (
        *host("source: page:acme.example/hosts, tier: C, also: page:acme.example/hosts/"),
        SECOND,
    ),
    "a remark is no repository": (
        *host("source: public-code:123 (trust me), tier: B, seen: 2026-08"),
        "a file known without its repository is tier C",
    ),
    "a remark that has a slash is no repository": (
        *host("source: public-code:123 (names chromium components/x.cc), tier: B, seen: 2026-08"),
        "a file known without its repository is tier C",
    ),
    "a repository that nobody registered": (
        *host("source: public-code:123 (trust/me), tier: B, seen: 2026-08"),
        "`trust/me` is not in sources.yaml",
    ),
    "a day that is none": (
        *host("source: page:acme.example, tier: A, seen: 2026-02-31"),
        "`2026-02-31` is not a month or a day",
    ),
    "a day after the newest": (
        *host("source: page:acme.example, tier: A, seen: 2099-12-31"),
        "`2099-12-31` is after `2026-11`, which index.yaml calls the newest",
    ),
    "looked for after the newest": (
        *("gaps.yaml", "looked: 2026-11", "looked: 2027-01", 1),
        "`2027-01` is after `2026-11`",
    ),
    "a catalogue newer than all it holds": (
        *("index.yaml", "seen: 2026-11", "seen: 2099-12", 2),
        "nothing in the catalogue was seen in `2099-12`",
    ),
    "a product code that is a word": (
        *windows("product_code", "hello"),
        "`hello` is not a product code",
    ),
    "the root of a disk": (*windows("install_path", "C:\\"), NO_PATH),
    "the root of nothing": (*windows("install_path", "/"), "`/` is not a path of Windows"),
    "the folder of all programs": (*windows("install_path", "%ProgramFiles%\\"), NO_PATH),
    "a user's programs": (*windows("install_path", "%LocalAppData%/Programs/"), NO_PATH),
    "a URL that is none": (
        *tenant(also_block="[hello world]"),
        "`hello world` is not a web address",
    ),
    "a URL in the clear": (
        *tenant(also_block="['http://acme.example/']"),
        "`http://acme.example/` is not a web address",
    ),
    "the host's own header": (*tenant(header="Host"), ANYWAY),
    "the cookies": (*tenant(header="cookie"), ANYWAY),
    "the credentials": (*tenant(header="Authorization"), ANYWAY),
    "the length": (*tenant(header="Content-Length"), ANYWAY),
    "the browser's own header": (*tenant(header="Sec-Fetch-Site"), ANYWAY),
    "a header that is a hyphen": (*tenant(header="'-'"), "`-` is not a header's name"),
    "any tenant or none": (*tenant(format="'[!-~]*'"), "accepts the empty text"),
    "any tenant": (*tenant(format="'[!-~]+'"), "accepts `*`"),
    "any tenant but one letter": (*tenant(format="'[^a]{36}'"), "accepts `*`"),
    "a dot for what it serves": (
        *host("source: page:acme.example, tier: A, shared: true, serves: '.'"),
        "`.` says nothing",
    ),
    "a dot for what it breaks": (
        *("chat.yaml", PROGRAM, f"{PROGRAM} shared: true, breaks: '.',", 9),
        "`.` says nothing",
    ),
    "another's team in other spacing": (
        *signed('identifier "a.b" and certificate leaf [subject.OU]=UBF8T346G9'),
        "the requirement is of team `UBF8T346G9`",
    ),
    "another's team after a comment": (
        *signed('identifier "a.b" and cert 0[ subject.OU ] /* us */ = "UBF8T346G9"'),
        "the requirement is of team `UBF8T346G9`",
    ),
    "another's team in a certificate's name": (
        *signed(
            'identifier "a.b" and certificate leaf[subject.CN] = '
            '"Developer ID Application: Other (UBF8T346G9)"'
        ),
        "the requirement is of team `UBF8T346G9`",
    ),
    "a part of a team": (
        *signed('certificate leaf[subject.OU] = "AB12CD34*"'),
        "`AB12CD34*` in the requirement is not a Team id",
    ),
    "anything that Apple signed": (
        *signed("anchor apple"),
        "the requirement names neither an identifier nor a team",
    ),
    "anything that anybody signed": (
        *signed("anchor apple generic and certificate leaf[field.1.2.840] /* exists */"),
        "the requirement names neither an identifier nor a team",
    ),
    "any identifier": (*signed('identifier "com.*"'), "is not that of one program"),
    "anything but": (
        *signed('anchor apple generic and !identifier "a.b"'),
        "the requirement says what a program is not",
    ),
    "a signature that is shared where its bundle is not": (
        *("chat.yaml", "    - {kind: team_id", f"{SIGNED}    - {{kind: team_id", 10),
        "`shared` of `example.acme.chat` is not the same for the bundle of `acme`",
    ),
    "a host below a common one": (
        *("chat.yaml", "chat.acme.example, role", "js.cdn.example, role", 7),
        "overlaps the common host `cdn.example`",
    ),
}


@pytest.mark.parametrize("seed", SEEDED.values(), ids=SEEDED.keys())
def test_seeded_fault_is_found(finds: Callable[[Seed], None], seed: Seed) -> None:
    """Each fault is named once or more, with its file and its line."""
    finds(seed)


NO_SECTION = "an overlay has no such section"
NO_OVERLAY = {
    "looked for after the newest": NO_SECTION,
    "a catalogue newer than all it holds": NO_SECTION,
    "a day after the newest": "an organisation may see something after the catalogue was made",
    "a repository that nobody registered": "an overlay has sources of its own and no register",
    "a signature that is shared where its bundle is not": "what it says spares, and stops nothing",
}
OVERLAY_WORDS = {
    "a host below a common one": (7, "by `js.cdn.example` would break `cdn.example`: pictures"),
}


@pytest.mark.parametrize("name", sorted(SEEDED.keys() - NO_OVERLAY.keys()))
def test_an_overlay_is_refused_for_the_same(
    overlaid: Callable[[Seed], list[tuple[int, str]]], name: str
) -> None:
    """At the line where the fault is, and in the words of the lint or its own."""
    line, piece = OVERLAY_WORDS.get(name, SEEDED[name][3:])
    said = overlaid(SEEDED[name])
    assert any(at == line and piece in message for at, message in said), said


@pytest.mark.parametrize("name", [name for name in NO_OVERLAY if SEEDED[name][0] == "chat.yaml"])
def test_what_an_overlay_may_say_has_no_finding(
    overlaid: Callable[[Seed], list[tuple[int, str]]], name: str
) -> None:
    """What is listed with a reason is let through, not overlooked."""
    assert overlaid(SEEDED[name]) == []


# What is right, and near to what is not.
CLEAN: dict[str, tuple[str, str, str, int]] = {
    "two public files": host(
        "source: public-code:123, tier: C, also: public-code:124 (copy of public-code:7), "
        "seen: 2026-08"
    ),
    "two pages of a site": host(
        "source: page:acme.example/a, tier: C, also: page:acme.example/b (its help)"
    ),
    "a day of the newest month": host("source: page:acme.example, tier: A, seen: 2026-11-30"),
    "a product code of Windows Installer": windows(
        "product_code", "{0FC8E213-AFBC-49AF-9BB4-6A8B55CBFBD5}"
    ),
    "a product code of electron-builder": windows(
        "product_code", "01d4acb0-867c-5bbe-9589-216e6e9d5452"
    ),
    "a product code of Inno": windows("product_code", "whatever_is1"),
    "a product code that is the app's name": windows("product_code", "AcmeDesktop"),
    "a program's own folder": windows("install_path", "%LocalAppData%\\Programs\\Q"),
    "a tenant's form": tenant(format="'org-[A-Za-z0-9]+'"),
    "a page to block besides": tenant(also_block="['https://chat.acme.example/anonymous/']"),
    "the app's own team in other spacing": signed(
        'cert leaf [subject.OU]=AB12CD34EF and identifier "a.b"'
    ),
}


@pytest.mark.parametrize("seed", CLEAN.values(), ids=CLEAN.keys())
def test_what_is_right_is_let_through(catalogue: Path, seed: tuple[str, str, str, int]) -> None:
    """A rule that refuses too much is no better than one that refuses too little."""
    file, old, new, _ = seed
    path = catalogue / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [str(fault) for fault in lint(catalogue)] == []


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        ("2026-11", "2026-11", False),
        ("2026-11-30", "2026-11", False),
        ("2026-12", "2026-11-30", True),
        ("2026-11", "2026-11-30", False),
        ("2026-10-31", "2026-11", False),
    ],
)
def test_a_day_is_not_after_its_month(one: str, other: str, after: object) -> None:
    """Months and days are compared as far as both say it."""
    assert forms.is_after(one, other) is after
