"""A file of people becomes sums, or says where it is wrong and names nobody."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from aipol.audience import EVERYBODY, Universe
from aipol.people import Headcount, PeopleRead, read_people
from aipol.people.model import Platform

FINANCE = "cf1e0218-6b29-4bfa-aa69-5b32908cb1bd"
KNOWN = {"finance": "finance", FINANCE: "finance", "pilot": "pilot", "everyone": "", "both": ""}
HEAD = "user,groups,devices\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files of people are."""
    return tmp_path


def read(folder: Path, text: str | bytes, name: str = "people.csv") -> PeopleRead:
    """What is in a file of this text."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_people(str(file), KNOWN)


def told(found: PeopleRead) -> list[tuple[str, int, int, str]]:
    """The findings: code, line, column, message."""
    return [(f.code, f.span.line, f.span.column, f.message) for f in found.findings]


def universe() -> Universe:
    """The policy's base groups, in an order of their own."""
    return Universe(("pilot", "finance", "sales"))


def test_people_and_devices_are_counted_by_region(folder: Path) -> None:
    """By a group, by two of them, by those in neither, and all."""
    found = read(
        folder,
        f"{HEAD}ann,finance,macos:1\nbob,finance;pilot,macos:1;windows:1\ncy,,windows:2\n"
        f"dee,{FINANCE.upper()},\n",
    )
    assert found.people is not None
    people, groups = found.people, universe()
    finance, pilot = groups.member_of("finance"), groups.member_of("pilot")
    assert people.count(groups, EVERYBODY) == Headcount(
        4, ((Platform.MACOS, 2), (Platform.WINDOWS, 3))
    )
    assert people.count(groups, finance) == Headcount(
        3, ((Platform.MACOS, 2), (Platform.WINDOWS, 1))
    )
    assert people.count(groups, groups.both(finance, pilot)).people == 1
    assert people.count(groups, groups.minus(EVERYBODY, finance)) == Headcount(
        1, ((Platform.WINDOWS, 2),)
    )
    assert people.total == 4


def test_groups_in_which_nobody_is_are_known_as_such(folder: Path) -> None:
    """A region that depends on them is one that the file may not know."""
    found = read(folder, f"{HEAD}ann,finance,\n")
    assert found.people is not None
    groups = universe()
    assert found.people.unseen(groups, groups.member_of("finance")) == ()
    assert found.people.unseen(groups, groups.others(groups.member_of("sales"))) == ("sales",)
    assert [f.code for f in found.findings] == ["AIP826"]
    assert found.findings[0].message.endswith("is in `pilot`")


def test_groups_that_the_policy_does_not_know_are_told_and_no_error(folder: Path) -> None:
    """They are counted; groups that are made of others are worked out instead."""
    found = read(folder, f"{HEAD}ann,finance;pilot;both;everyone;canteen,\nbob,canteen;bikes,\n")
    assert found.people is not None
    assert [f.message for f in found.findings] == [
        "the file names 2 groups that the policy does not"
    ]
    assert found.people.by_groups == {
        frozenset({"finance", "pilot"}): Headcount(1),
        frozenset(): Headcount(1),
    }


def test_what_spreadsheets_write_is_read(folder: Path) -> None:
    """A byte order mark, CRLF, quotes, empty lines, columns in another order."""
    text = '\ufeffgroups,user\r\n"finance; pilot","Ann, the first"\r\n\r\n,bob\r\n'
    found = read(folder, text)
    assert found.people is not None
    assert found.people.by_groups == {
        frozenset({"finance", "pilot"}): Headcount(1),
        frozenset(): Headcount(1),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("AIP822", 1, 1, "the file is empty")),
        (HEAD, ("AIP821", 1, 1, "it has nobody in it")),
        ("user;groups\nann;finance\n", ("AIP822", 1, 1, "columns are separated by `;`")),
        ("user,group\nann,finance\n", ("AIP822", 1, 6, "there is no column `group`")),
        ("user,groups,user\nann,,b\n", ("AIP822", 1, 13, "column `user` is there twice")),
        ("groups\nfinance\n", ("AIP822", 1, 1, "column `user` is missing")),
        (f"{HEAD},finance,\n", ("AIP823", 2, 1, "`user` is empty")),
        (f"{HEAD} ,finance,\n", ("AIP823", 2, 1, "`user` is empty")),
        (f"{HEAD}=1+1,finance,\n", ("AIP823", 2, 1, "`user` begins like a formula")),
        (f"{HEAD}ann,@x,\n", ("AIP823", 2, 5, "`groups` has a name that begins like a formula")),
        (f"{HEAD}ann,finance;;pilot,\n", ("AIP823", 2, 5, "`groups` has an empty name")),
        (f"{HEAD}ann,pilot;pilot,\n", ("AIP823", 2, 5, "`groups` names a group twice")),
        (f"{HEAD}ann,finance\n", ("AIP823", 2, 1, "this line has 2 cells, and the first one 3")),
        (f"{HEAD}ann,,macos\n", ("AIP823", 2, 6, "`devices` has no count of `macos`")),
        (f"{HEAD}ann,,macos:-1\n", ("AIP823", 2, 6, "`devices` has no count of `macos`")),
        (f"{HEAD}ann,,macos:1;macos:2\n", ("AIP823", 2, 6, "`devices` has `macos` twice")),
        (
            f"{HEAD}ann,,macs:1\n",
            ("AIP823", 2, 6, "`devices` has a platform that is none; did you mean `macos`?"),
        ),
        (f"{HEAD}ann,,\nbob,,\nANN,,\n", ("AIP824", 4, 1, "this person is listed above")),
        (f'{HEAD}ann,"x,\n', ("AIP823", 2, 1, "this is not CSV: unexpected end of data")),
        (b"user,groups\nann,\nb\xf6b,\n", ("AIP821", 1, 1, "line 3 is not UTF-8")),
    ],
)
def test_what_is_wrong_is_an_error_with_its_place(
    folder: Path, text: str | bytes, expected: tuple[str, int, int, str]
) -> None:
    """Each slip is told at its line and column, and nothing is counted."""
    found = read(folder, text)
    assert found.people is None
    ((code, line, column, message),) = told(found)
    assert (code, line, column) == expected[:3]
    assert message.endswith(expected[3])


def test_a_line_break_in_a_cell_does_not_move_what_comes_after(folder: Path) -> None:
    """Lines are those of the file."""
    found = read(folder, 'user,groups\n"an\nn",\n,x\n')
    assert told(found) == [("AIP823", 4, 1, "`user` is empty")]


def test_a_group_that_is_almost_one_of_the_policys_is_named(folder: Path) -> None:
    """With what it was most likely meant to be."""
    found = read(folder, "user,groups\nann,finances\nbob,pilots\ncy,finance;pilot\n")
    (note,) = found.findings
    assert note.hint == (
        "did you mean `finances` for `finance` or `pilots` for `pilot`? Entra ids do as well"
    )


@pytest.mark.parametrize(
    "text",
    [
        "ann-secret,finance,macos:1\n",
        "user,groups,devices\nfinance,ann-secret,macos:1\npilot,bob-secret,\n",
        "user,groups,devices\nfinance,,ann-secret\n",
    ],
)
def test_nobody_is_named_where_columns_are_mixed_up(folder: Path, text: str) -> None:
    """Without a head, with users among groups, with users among devices."""
    found = read(folder, text)
    assert found.findings
    assert not any("secret" in f"{f.message}{f.hint}{f.related}" for f in found.findings)


def test_no_finding_names_anybody(folder: Path) -> None:
    """Neither in its message nor in its hint, whatever is wrong with the line."""
    lines = ["ann-secret,,", "ANN-secret,,", "=ann-secret,,", "ann-secret", "ann-secret2,;,mac:x"]
    found = read(folder, HEAD + "\n".join(lines))
    assert len(found.findings) >= 4
    assert not any("secret" in f"{f.message}{f.hint}{f.related}".lower() for f in found.findings)


def test_many_faults_are_told_up_to_a_limit(folder: Path) -> None:
    """A file of another sort is not read to its end."""
    found = read(folder, HEAD + ",,\n" * 5_000)
    assert len(found.findings) == 201
    assert found.findings[-1].code == "AIP115"


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_file_that_cannot_be_opened_is_an_error(folder: Path, name: str) -> None:
    """As one that is not there, or that is a folder."""
    found = read_people(str(folder / name), KNOWN)
    assert (found.people, [f.code for f in found.findings]) == (None, ["AIP821"])


def member(name: str, kind: str = "user") -> Mapping[str, str]:
    """A member as Microsoft Graph answers."""
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": name}


def export(**more: Any) -> dict[str, Any]:
    """An export of three people, one of whom is in two groups."""
    return {
        "users": {"value": [{"id": "u1"}, {"id": "u2"}, {"id": "u3"}]},
        "groups": {
            FINANCE: {"value": [member("U1"), member("d1", "device")]},
            "pilot": {"value": [member("u1"), member("g", "group"), member("u2")]},
        },
        **more,
    }


def test_an_export_of_a_directory_is_counted(folder: Path) -> None:
    """By the answers about users and members; devices and nested groups are no people."""
    found = read(folder, json.dumps(export()), "people.json")
    assert found.findings == ()
    assert found.people is not None
    assert found.people.by_groups == {
        frozenset({"finance", "pilot"}): Headcount(1),
        frozenset({"pilot"}): Headcount(1),
        frozenset(): Headcount(1),
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is not an object of `users` and `groups`"),
        ("[" * 100_000, "it is "),
        ('{"users": {"value": []}, "users": {}, "groups": {}}', "a key of one object twice"),
        (json.dumps(export(users={"value": [{"id": "a"}, {"id": "A"}]})), "an id twice"),
        (json.dumps(export(users={"value": [{}]})), "a member without an `id`"),
        (json.dumps(export(groups={"pilot": []})), "no list `value`"),
        (
            json.dumps(export(groups={"pilot": {"value": [], "@odata.nextLink": "https://x"}})),
            "a page of several",
        ),
        (json.dumps({"users": {"value": []}, "groups": {}}), "it has nobody in it"),
    ],
)
def test_an_export_that_is_not_whole_is_an_error(folder: Path, text: str, why: str) -> None:
    """A page of several, above all, would leave people out."""
    found = read(folder, text, "people.json")
    assert found.people is None
    (finding,) = found.findings
    assert (finding.code, why in finding.message) == ("AIP821", True)


def test_counting_is_adding_up_whoever_is_there(folder: Path) -> None:
    """For drawn people and regions it is the same as asking for each person."""
    dice = random.Random(5)  # noqa: S311 - the same people in every run, and no secret
    names = ("finance", "pilot")
    everybody = [
        (frozenset(n for n in names if dice.random() < 0.4), dice.randrange(3)) for _ in range(300)
    ]
    rows = [f"u{i},{';'.join(sorted(g))},macos:{m}" for i, (g, m) in enumerate(everybody)]
    people = read(folder, HEAD + "\n".join(rows)).people
    assert people is not None
    groups = universe()
    members = [groups.member_of(name) for name in groups.groups]
    for _ in range(50):
        region = groups.both(dice.choice(members), groups.others(dice.choice(members)))
        region = groups.either(region, groups.both(*dice.sample(members, 2)))
        inside = [macs for who, macs in everybody if groups.contains(region, who)]
        found = people.count(groups, region)
        assert (found.people, dict(found.devices).get(Platform.MACOS, 0)) == (
            len(inside),
            sum(inside),
        )


def test_a_hundred_thousand_people_are_read_once_and_counted_by_sums(folder: Path) -> None:
    """What counting looks at grows with combinations of groups, not with people."""
    rows = "".join(f"user{n}@acme.example,finance;pilot,macos:1\n" for n in range(100_000))
    start = time.process_time()
    people = read(folder, HEAD + rows).people
    assert time.process_time() - start < 5
    assert people is not None
    assert people.total == 100_000
    assert len(people.by_groups) == 1
