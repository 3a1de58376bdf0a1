"""A locked rule of a base rests on the catalogue too: a child's files may not pull it away."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue
from aipol.pipeline import Opened

Open = Callable[..., Opened]
OWN = 'source: "own: ours", tier: A'
BASE = """\
version: 1
organization: {name: Base, identifier: com.base}
groups: {everyone: {all: true}}
rules:
  - {id: no-answers, apps: [answers], groups: [everyone], effect: block, locked: true}
  - {id: no-chat, apps: ["category:chat"], except_apps: [twin], groups: [everyone], effect: block,
     locked: true}
"""
CHILD = """\
version: 1
extends: base.yaml
catalogue: {overlay: [ours.yaml]}
rules: [{id: rest, apps: ["*"], groups: [everyone], effect: allow}]
"""


def _row(host: str, more: str = "") -> str:
    return f"{{domain: {host}, role: ui, match: subtree, {OWN}{more}}}"


def _url(place: str) -> str:
    return f'{{url: "https://{place}", role: ui, {OWN}}}'


PART = "`https://www.answers.test/x` of app `answers`"
SHARED = ", shared: true, serves: all"


def _exe(name: str) -> str:
    return f"{{kind: exe, value: {name}, {OWN}}}"


@pytest.mark.parametrize(
    ("overlay", "what", "locked"),
    [
        (
            "apps: {answers: {drop: {domains: [old.answers.example]}}}",
            "app `answers`",
            "no-answers",
        ),
        (
            f"apps: {{answers: {{domains: [{_row('answers.test', SHARED)}]}}}}",
            "app `answers`",
            "no-answers",
        ),
        (
            f"apps: {{answers: {{domains: [{_row('answers.test').replace('subtree', 'exact')}]}}}}",
            "app `answers`",
            "no-answers",
        ),
        ("apps: {chatter: {category: search}}", "app `chatter`", "no-chat"),
        ("apps: {chatter: {edition_of: answers}}", "app `chatter`", "no-chat"),
        ("apps: {helper: {drop: {features: [siri]}}}", "app `helper`", "no-chat"),
        # What is given to an app that may be used is usable.
        (
            f"apps: {{twin: {{domains: [{_row('www.answers.test')}]}}}}",
            "`www.answers.test` of app `answers`",
            "no-answers",
        ),
        (
            f"apps: {{chatter: {{domains: [{_row('answers.test', SHARED)}]}}}}",
            "`answers.test` of app `answers`",
            "no-answers",
        ),
        (
            f"apps: {{twin: {{windows: [{_exe('Chatter.exe')}]}}}}",
            "`Chatter.exe` of app `chatter`",
            "no-chat",
        ),
        (f"apps: {{twin: {{urls: [{_url('www.answers.test/x')}]}}}}", PART, "no-answers"),
        # What is only added leaves the floor where it is.
        (f"apps: {{answers: {{domains: [{_row('new.test')}]}}}}", "", ""),
        (f"apps: {{chatter: {{windows: [{_exe('other.exe')}]}}}}", "", ""),
        (f"apps: {{chatter: {{urls: [{_url('site.test/x')}]}}}}", "", ""),
        (f"apps: {{twin: {{urls: [{_url('site.test/x')}]}}}}", "", ""),
        ("apps: {answers: {name: Other, vendor: twin, notes: ours}}", "", ""),
        (f"apps: {{twin: {{domains: [{_row('twin.test')}], name: Other}}}}", "", ""),
        ("apps: {twin: {category: search}}", "", ""),
        # The same row from another source says the same.
        (f"apps: {{answers: {{domains: [{_row('answers.test')}]}}}}", "", ""),
    ],
)
def test_an_overlay_of_a_child_may_add_and_not_take_away(
    opened: Open, overlay: str, what: str, locked: str
) -> None:
    """The finding is at the overlay's line and names the locked rule and its file."""
    found = opened({"base.yaml": BASE, "p.yaml": CHILD, "ours.yaml": overlay})
    told = [finding for finding in found.findings if finding.code == "AIP309"]
    if not what:
        assert told == []
        assert found.ir is not None
        return
    assert [finding.span.file for finding in told] == ["ours.yaml"]
    assert told[0].message == f"{what} is redefined under the locked rule `{locked}` of base.yaml"


@pytest.mark.parametrize(
    ("section", "kind", "value"),
    [("macos", "team_id", "ABCDE12345"), ("windows", "publisher", "CN=Answers Inc")],
)
def test_what_is_a_vendors_is_on_any_of_its_apps(
    opened: Open, content: dict[str, Any], section: str, kind: str, value: str
) -> None:
    """Signed by the vendor of a locked app, another app takes nothing from that one."""
    row = {"kind": kind, "value": value, "source": "acme/facts:apps.yaml@0123abc", "tier": "A"}
    content["apps"]["answers"].setdefault(section, []).append(row)
    overlay = f"apps: {{twin: {{{section}: [{{kind: {kind}, value: {value}, {OWN}}}]}}}}"
    files = {"base.yaml": BASE, "p.yaml": CHILD, "ours.yaml": overlay}
    found = opened(files, catalogue=Catalogue(content, "0" * 64))
    assert "AIP309" not in {finding.code for finding in found.findings}
    assert found.ir is not None


def test_an_overlay_of_the_base_itself_may_do_anything(opened: Open) -> None:
    """Whoever locks a rule also says what it rests on."""
    base = BASE.replace("rules:", "catalogue: {overlay: [ours.yaml]}\nrules:", 1)
    overlay = "apps: {answers: {drop: {domains: [old.answers.example]}}}"
    child = CHILD.replace("catalogue: {overlay: [ours.yaml]}\n", "")
    found = opened({"base.yaml": base, "p.yaml": child, "ours.yaml": overlay})
    assert "AIP309" not in {finding.code for finding in found.findings}
    assert found.ir is not None


def test_a_child_may_not_exchange_the_lock_under_a_locked_rule(
    opened: Open, locking: Callable[..., dict[str, Any]], content: dict[str, Any]
) -> None:
    """With the lock of the base gone, its locked rules would name other hosts."""
    older = deepcopy(content)
    del older["apps"]["chatter"]
    files = {
        "c.lock.json": locking(content)["c.lock.json"],
        "old.lock.json": locking(older)["c.lock.json"],
        "base.yaml": BASE.replace("rules:", "catalogue: {lock: c.lock.json}\nrules:", 1),
        "p.yaml": CHILD.replace("overlay: [ours.yaml]", "lock: old.lock.json"),
    }
    told = opened(files).findings
    assert [(each.code, str(each.span)) for each in told] == [("AIP309", "p.yaml:3:19")]
    free = {
        **files,
        "base.yaml": files["base.yaml"]
        .replace(", locked: true", "")
        .replace(",\n     locked: true", ""),
    }
    assert {each.code for each in opened(free).findings} & {"AIP309", "AIP116"} == set()
