"""Approvals ask contacts that there are, about what there is, and a base's cannot be undone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.model import Diagnostic
from aipol.pipeline import open_policy
from aipol_targets import ALL

CONTACTS = "contacts: {security: s@acme.example, legal: l@acme.example}"
HEAD = f"""version: 1
organization: {{name: Acme, identifier: com.acme, {CONTACTS}}}
groups:
  {{everyone: {{all: true}}, finance: {{}}, temps: {{jamf: T}}, staff: {{none_of: [temps]}}}}
data_classes: [{{id: public}}, {{id: internal}}]
rules: [{{id: r, apps: ["*"], groups: [everyone], effect: block}}]
"""


def findings(folder: Path, policy: str, base: str = "") -> list[Diagnostic]:
    """What is wrong with a policy, and with its base."""
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    opened = open_policy(str(folder / "policy.yaml"), date(2026, 12, 1), load_catalogue(), ALL)
    return list(opened.findings)


def approvals(entry: str) -> str:
    """A policy with one approval."""
    return f"{HEAD}approvals:\n  - {entry}\n"


def test_an_approval_with_everything_has_no_finding(tmp_path: Path) -> None:
    """Each condition and each narrowing is of the language."""
    conditions = (
        "looser, stricter, new-data-flow, full-logging, new-gap, exception, floor, protected,"
        " catalogue, targets, approvals"
    )
    narrow = (
        'groups: [staff], apps: ["*"], except_apps: ["vendor:openai"], min_data: internal,'
        " min_people: 5"
    )
    entry = f"{{id: a, when: [{conditions}], contacts: [legal, security], {narrow}}}"
    assert findings(tmp_path, approvals(entry)) == []


@pytest.mark.parametrize(
    ("entry", "code", "message", "hint"),
    [
        (
            "{id: a, when: [loser], contacts: [legal]}",
            "AIP110",
            "must be one of `looser`, ",
            "did you mean `looser`?",
        ),
        ("{id: a, when: [], contacts: [legal]}", "AIP111", "`when` of approval `a` is empty", ""),
        ("{id: a, when: [looser]}", "AIP108", "approval `a` lacks `contacts`", ""),
        (
            "{id: a, when: [looser], contacts: [legl]}",
            "AIP230",
            "contact `legl` is not under",
            "did you mean `legal`?",
        ),
        (
            "{id: a, when: [looser], contacts: [legal], group: [staff]}",
            "AIP107",
            "unknown key `group` in approval `a`",
            "did you mean `groups`?",
        ),
        (
            "{id: a, when: [looser], contacts: [legal], groups: [staf]}",
            "AIP203",
            "group `staf`",
            "did you mean `staff`?",
        ),
        (
            "{id: a, when: [looser], contacts: [legal], apps: [chatgtp]}",
            "AIP201",
            "app `chatgtp`",
            "did you mean `chatgpt`?",
        ),
        (
            "{id: a, when: [looser], contacts: [legal], min_data: interna}",
            "AIP204",
            "no data class `interna`",
            "did you mean `internal`?",
        ),
        (
            "{id: a, when: [looser], contacts: [legal], min_people: 0}",
            "AIP110",
            "`min_people` must be at least 1",
            "",
        ),
        (
            "{id: a, when: [catalogue, approvals], contacts: [legal], groups: [staff]}",
            "AIP110",
            "narrows nothing",
            "",
        ),
        (
            "{id: a, when: [looser], contacts: [legal], except_apps: [claude]}",
            "AIP110",
            "takes away from `apps`",
            "",
        ),
    ],
)
def test_a_slip_in_an_approval_is_an_error(
    tmp_path: Path, entry: str, code: str, message: str, hint: str
) -> None:
    """A misspelt one would ask nobody."""
    (found,) = findings(tmp_path, approvals(entry))
    assert (found.code, found.span.line) == (code, 8)
    assert message in found.message
    assert hint in found.hint


def test_two_approvals_of_one_name_are_an_error(tmp_path: Path) -> None:
    """In one file, and where a child takes the name of one of its base."""
    entry = "approvals: [{id: a, when: [looser], contacts: [security]}]\n"
    for child in ("", entry):
        base = f"{HEAD}{entry}"
        found = findings(tmp_path, f"version: 1\nextends: base.yaml\n{child}", base)
        assert [each.code for each in found] == (["AIP208"] if child else [])


CHAT = "{name: Chat, vendor: acme, category: chat, domains: [{domain: chat.acme.example}]}"


@pytest.mark.parametrize(
    ("child", "what"),
    [
        ("organization: {contacts: {security: me@acme.example}}", "contact `security`"),
        ("groups: {staff: {all_of: [temps]}}", "group `staff`"),
        ("groups: {temps: {all_of: [finance]}}", "group `temps`"),
        ("data_classes: [{id: internal}, {id: public}]", "`data_classes`"),
        (f"apps: {{chat: {CHAT.replace('category: chat', 'category: search')}}}", "app `chat`"),
    ],
)
def test_what_a_bases_approval_rests_on_cannot_be_redefined(
    tmp_path: Path, child: str, what: str
) -> None:
    """The child's line is told, with the approval that it would hollow out."""
    narrow = 'groups: [staff], apps: ["category:chat"], min_data: internal'
    entry = f"approvals: [{{id: a, when: [looser], contacts: [security], {narrow}}}]"
    base = f"{HEAD}apps: {{chat: {CHAT}}}\n{entry}\n"
    if "organization" in child:
        child = child.replace("{contacts", "{name: Child, identifier: com.child, contacts")
    found = findings(tmp_path, f"version: 1\nextends: base.yaml\n{child}\n", base)
    redefined = [each for each in found if each.code == "AIP231"]
    assert [each.message.partition(" is ")[0] for each in redefined] == [what]
    assert redefined[0].span.file.endswith("policy.yaml")
    assert redefined[0].related[0].span.file.endswith("base.yaml")


def test_what_no_approval_rests_on_can_be_redefined(tmp_path: Path) -> None:
    """Another contact, another group, more apps."""
    base = f"{HEAD}approvals: [{{id: a, when: [looser], contacts: [security], groups: [staff]}}]\n"
    contacts = "contacts: {security: s@acme.example, legal: me@acme.example}"
    child = f"""version: 1
extends: base.yaml
organization: {{name: Child, identifier: com.child, {contacts}}}
groups: {{finance: {{entra: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1}}}}
apps: {{chat: {CHAT}}}
"""
    assert [each.code for each in findings(tmp_path, child, base)] == []
