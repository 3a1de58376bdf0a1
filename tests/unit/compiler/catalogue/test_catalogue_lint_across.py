"""What the lint says between apps: the whole sentence, its place, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Faults = list[str]
SOURCED = "source: page:acme.example, tier: A"


def entry(name: str, *lines: str) -> str:
    """An app with more lines, the first of which is its sixth."""
    head = ("name: N", "vendor: acme-labs", "kind: chat", "source: page:acme.example")
    return f"{name}:\n" + "".join(f"  {line}\n" for line in (*head, *lines))


def rows(section: str, *each: str) -> tuple[str, ...]:
    """A section of an app."""
    return (f"{section}:", *(f"  - {{{row}, {SOURCED}}}" for row in each))


@pytest.fixture
def faults(catalogue: Path) -> Callable[..., Faults]:
    """What the lint says of a catalogue with these apps, beside other special files."""

    def found(chat: str, **files: str) -> Faults:
        gaps = "- {app: one, what: host, sought: its API, looked: 2026-11}\n"
        for name, text in {"chat": chat, "gaps": gaps, **files}.items():
            (catalogue / f"{name}.yaml").write_text(text, encoding="utf-8")
        return [str(fault) for fault in lint(catalogue)]

    return found


def test_an_app_stands_in_one_file(faults: Callable[..., Faults]) -> None:
    """The second place is named, with the first."""
    index = "schema: 2\nseen: 2026-11\ncategories:\n  chat: talk\n  image: pictures\n"
    host = rows("domains", "domain: a.example, role: ui, match: exact")
    said = faults(entry("one", *host), image=f"# More.\n{entry('one', *host)}", index=index)
    assert said == ["image.yaml:2:1: the app `one` is also in chat.yaml"]


@pytest.mark.parametrize(
    ("parents", "said"),
    [
        (("two", ""), []),
        (("three", ""), ["chat.yaml:6:3: `three` is no app that can have editions"]),
        (
            ("two", "one"),
            [
                "chat.yaml:6:3: `two` is no app that can have editions",
                "chat.yaml:12:3: `one` is no app that can have editions",
            ],
        ),
    ],
)
def test_an_edition_is_of_an_app_that_is_none(
    faults: Callable[..., Faults], parents: tuple[str, str], said: Faults
) -> None:
    """It is in the catalogue, and no edition itself."""
    own = rows("domains", "domain: a.example, role: ui, match: exact")
    texts = [
        entry(name, *([f"edition_of: {parent}"] if parent else own))
        for name, parent in zip(("one", "two"), parents, strict=True)
    ]
    assert faults("".join(texts)) == said


TOOL, SAME = "kind: exe, value: tool.exe", "kind: exe, value: Tool.exe"


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (TOOL, "kind: exe, value: other.exe", []),
        (TOOL, "kind: command, value: tool.exe", []),
        (
            TOOL,
            SAME,
            [
                "chat.yaml:7:7: `shared_with` must be ['two']: the apps with the same exe",
                "chat.yaml:14:7: `shared_with` must be ['one']: the apps with the same exe",
            ],
        ),
        (
            f"{TOOL}, shared_with: [two]",
            TOOL,
            ["chat.yaml:14:7: `shared_with` must be ['one']: the apps with the same exe"],
        ),
        (f"{TOOL}, shared_with: [two]", f"{TOOL}, shared_with: [one]", []),
        (
            f"{TOOL}, shared_with: [two]",
            "kind: exe, value: other.exe",
            ["chat.yaml:7:7: `shared_with` must be []: the apps with the same exe"],
        ),
        ("kind: publisher, value: Acme", "kind: publisher, value: Acme", []),
        (
            "kind: publisher, value: Acme, shared_with: [two]",
            "kind: publisher, value: Acme",
            ["chat.yaml:7:7: `shared_with` must be []: the apps with the same publisher"],
        ),
    ],
)
def test_equal_identifiers_name_each_other(
    faults: Callable[..., Faults], one: str, two: str, said: Faults
) -> None:
    """Whatever the case, and both sides; what is a vendor's is on all of its apps anyway."""
    texts = (entry(name, *rows("windows", row)) for name, row in (("one", one), ("two", two)))
    assert faults("".join(texts)) == said


def test_several_apps_with_one_identifier_are_named_in_order(
    faults: Callable[..., Faults],
) -> None:
    """Each app names all others, in any order."""
    others = {"one": "zeta, eta", "zeta": "one, eta", "eta": "zeta, one"}
    texts = [
        entry(name, *rows("windows", f"{TOOL}, shared_with: [{all_others}]"))
        for name, all_others in others.items()
    ]
    assert faults("".join(texts)) == []
    texts = [entry(name, *rows("windows", TOOL)) for name in ("one", "zeta", "eta")]
    assert faults("".join(texts)) == [
        "chat.yaml:7:7: `shared_with` must be ['eta', 'zeta']: the apps with the same exe",
        "chat.yaml:14:7: `shared_with` must be ['eta', 'one']: the apps with the same exe",
        "chat.yaml:21:7: `shared_with` must be ['one', 'zeta']: the apps with the same exe",
    ]


CHROME, EDGE = "a" * 32, "p" * 32
GUID = "11111111-2222-3333-4444-55555555555a"


@pytest.mark.parametrize(
    ("section", "one", "two", "said"),
    [
        (
            "extensions",
            f"store: chrome, id: {CHROME}",
            f"store: chrome, id: {CHROME}",
            ["chat.yaml:14:23: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` is already `one`'s"],
        ),
        ("extensions", f"store: chrome, id: {CHROME}", f"store: edge, id: {CHROME}", []),
        ("extensions", f"store: chrome, id: {CHROME}", f"store: chrome, id: {EDGE}", []),
        (
            "extensions",
            "store: jetbrains, id: Acme.Ai",
            "store: jetbrains, id: acme.ai",
            ["chat.yaml:14:26: `acme.ai` is already `one`'s"],
        ),
        (
            "oauth",
            f"provider: entra, client_id: {GUID}",
            f"provider: entra, client_id: {GUID}",
            ["chat.yaml:14:25: `11111111-2222-3333-4444-55555555555a` is already `one`'s"],
        ),
    ],
)
def test_an_extension_or_a_client_is_of_one_app(
    faults: Callable[..., Faults], section: str, one: str, two: str, said: Faults
) -> None:
    """The second app that claims it is told whose it is, whatever the case."""
    texts = (
        entry(name, *rows(section, f"{row}, name: N")) for name, row in (("one", one), ("two", two))
    )
    assert faults("".join(texts)) == said


TEAM = "kind: team_id, value: AB12CD34EF"


def test_a_team_is_on_all_apps_of_its_vendor(faults: Callable[..., Faults]) -> None:
    """They need not name each other."""
    texts = (entry(name, *rows("macos", TEAM)) for name in ("one", "two"))
    assert faults("".join(texts)) == []


NO_TEAM = ", which is no `team_id` of the app"
OF = "certificate leaf[subject.OU] = "


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        (f'anchor apple generic and {OF}"AB12CD34EF"', []),
        (f'anchor apple generic and ({OF}"AB12CD34EF" or {OF}"XX12CD34EF")', []),
        ("anchor apple", []),
        (
            f'anchor apple generic and {OF}"XX12CD34EF"',
            [f"chat.yaml:8:27: the requirement is of team `XX12CD34EF`{NO_TEAM}"],
        ),
        (
            f'anchor apple generic and ({OF}"XX12CD34EF" or {OF}"YY12CD34EF")',
            [f"chat.yaml:8:27: the requirement is of team `XX12CD34EF` or `YY12CD34EF`{NO_TEAM}"],
        ),
    ],
)
def test_a_requirement_is_of_the_apps_team(
    faults: Callable[..., Faults], requirement: str, said: Faults
) -> None:
    """One of the teams that it accepts is the app's, where it names any."""
    row = f"kind: requirement, value: 'identifier \"a.b\" and {requirement}'"
    assert faults(entry("one", *rows("macos", TEAM, row))) == said


def test_only_a_team_id_is_a_team(faults: Callable[..., Faults]) -> None:
    """A process that is called like the team of a requirement makes it none of the app's."""
    process = "kind: process, value: XX12CD34EF"
    row = f'kind: requirement, value: \'identifier "a.b" and {OF}"XX12CD34EF"\''
    (said,) = faults(entry("one", *rows("macos", process, row)))
    assert said.endswith(f"the requirement is of team `XX12CD34EF`{NO_TEAM}")


def test_gaps_and_teams_are_of_what_the_catalogue_has(faults: Callable[..., Faults]) -> None:
    """An app that is gone, or a vendor that nobody is, is told in the special file."""
    host = rows("domains", "domain: a.example, role: ui, match: exact")
    gap = "- {app: APP, what: host, sought: its API, looked: 2026-11}\n"
    team = "AB12CD34EF: {{vendor: {}, signs: [Paint], {}}}\n"
    said = faults(
        entry("one", *host),
        gaps=gap.replace("APP", "one") + gap.replace("APP", "gone"),
        teams=team.format("nobody", SOURCED),
    )
    assert said == [
        "gaps.yaml:2:4: the catalogue has no app `gone`",
        "teams.yaml:1:14: `nobody` is not in vendors.yaml",
    ]
