"""Slips at which other compilers stay silent: each is an error at its place and writes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {jamf: Finance Macs}
data_classes: [{id: public}, {id: internal}]
rules:
  - id: chatgpt
    apps: [chatgpt]
    groups: [finance]
    account: {corporate: [0eabacb2-b3f4-49c8-b9ba-fa9b54517f80]}
    effect: allow
    require: {sso: true, data: {max: internal}}
  - id: everything-else
    apps: ["*"]
    groups: [everyone]
    effect: block
exceptions:
  - id: rfp
    apps: [claude]
    groups: [finance]
    effect: allow
    until: 2099-01-31
    owner: cfo@acme.example
    reason: RFP 88
tests:
  - {who: [finance], app: deepseek, expect: block}
"""

Check = Callable[[str | bytes], list[dict[str, Any]]]


@pytest.fixture
def check(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Check:
    """Check a text as `p.yaml`; the findings, after making sure that nothing else happened."""
    monkeypatch.chdir(tmp_path)

    def findings(text: str | bytes) -> list[dict[str, Any]]:
        Path("p.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["check", "p.yaml", "--format", "json", "--as-of", "2026-12-01"])
        out, err = capfd.readouterr()
        found: list[dict[str, Any]] = json.loads(out)["findings"]
        assert code == (1 if found else 0)
        assert err == ""
        assert [path.name for path in tmp_path.iterdir()] == ["p.yaml"]
        return found

    return findings


def test_the_policy_without_a_slip_has_no_findings(check: Check) -> None:
    """What is below is wrong because of the slip, and of nothing else."""
    assert check(POLICY) == []


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        # A misspelt match key made Aerleon allow any to any, with a warning.
        ("    account: {corporate", "    acount: {corporate", "AIP107", 11),
        ("    groups: [finance]\n    account", "    group: [finance]\n    account", "AIP107", 10),
        ("require: {sso: true, data", "require: {sso: true, dta", "AIP107", 13),
        ("data: {max: internal}", "data: {maxx: internal}", "AIP107", 13),
        ("everyone: {all: true}", "everyone: {al: true}", "AIP107", 4),
        ("until: 2099", "untill: 2099", "AIP107", 23),
        ("rules:\n", "rulez:\n", "AIP107", 7),
        ("exceptions:\n", "exception:\n", "AIP107", 18),
        ("tests:\n", "test:\n", "AIP107", 26),
        # The same key twice in a term: no message, exit 0.
        (
            "    effect: allow\n    require",
            "    effect: allow\n    effect: block\n    require",
            "AIP104",
            13,
        ),
        ("  finance: {jamf", "  everyone: {jamf", "AIP104", 5),
        ("exceptions:\n", "rules: []\nexceptions:\n", "AIP104", 18),
        # An undefined name was named without a line.
        ("apps: [chatgpt]", "apps: [chatgtp]", "AIP201", 9),
        ('apps: ["*"]', 'apps: ["category:chta"]', "AIP202", 15),
        ("groups: [everyone]", "groups: [everybody]", "AIP203", 16),
        ("max: internal", "max: internl", "AIP204", 13),
        # A rule id misspelt in a baseline was left out without a word.
        ("expect: block}", "expect: block, rule: everything-els}", "AIP110", 27),
        ("id: everything-else", "id: chatgpt", "AIP208", 14),
        # Empty where something is meant.
        ("apps: [chatgpt]", "apps: []", "AIP111", 9),
        ("groups: [everyone]", "groups:", "AIP111", 16),
        ("account: {corporate: [0eabacb2-b3f4-49c8-b9ba-fa9b54517f80]}", "account:", "AIP111", 11),
        ("require: {sso: true, data: {max: internal}}", "require: {}", "AIP110", 13),
        # Values that other readers convert.
        ("sso: true", "sso: yes", "AIP110", 13),
        ("sso: true", "sso: 1", "AIP110", 13),
        ("effect: block\nexceptions", "effect: Block\nexceptions", "AIP110", 17),
        ("effect: block\nexceptions", "effect: deny\nexceptions", "AIP110", 17),
        ("version: 1\n", 'version: "1"\n', "AIP110", 1),
        ("version: 1\n", "version: 2\n", "AIP110", 1),
        ("apps: [chatgpt]", "apps: chatgpt", "AIP109", 9),
        ("until: 2099-01-31", "until: 2099-02-30", "AIP110", 23),
        ("until: 2099-01-31", "until: 31.01.2099", "AIP110", 23),
        # Indentation.
        ("    effect: allow\n    require", "   effect: allow\n    require", "AIP103", 12),
        ("    effect: allow\n    require", "  effect: allow\n    require", "AIP103", 12),
        ("    effect: allow\n    require", "\teffect: allow\n    require", "AIP103", 12),
        ("    effect: allow\n    require", "effect: allow\n    require", "AIP103", 13),
        ("tests:\n", "  tests:\n", "AIP103", 26),
        # What is not a policy.
        ("version: 1\n", "", "AIP108", 1),
        ("    owner: cfo@acme.example\n", "", "AIP108", 19),
        ("version: 1\n", "version: 1\nextends: nowhere.yaml\n", "AIP114", 2),
        ("version: 1\n", "version: 1\nextends: p.yaml\n", "AIP114", 2),
        ("everyone: {all: true}", "everyone: &all {all: true}", "AIP105", 4),
        ("name: Acme Ltd", "name: !!str Acme Ltd", "AIP106", 2),
        ("tests:\n", "---\ntests:\n", "AIP113", 26),
    ],
)
def test_a_slip_is_an_error_at_its_place(
    before: str, after: str, code: str, line: int, check: Check
) -> None:
    """The finding stands on the line of the slip and has the code that its page explains."""
    assert POLICY.count(before) == 1, before
    found = check(POLICY.replace(before, after))
    assert (code, line) in {(finding["code"], finding["line"]) for finding in found}
    assert any(finding["severity"] == "error" for finding in found)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "AIP111"),
        (b"\n\n# nothing\n", "AIP111"),
        (b"\x00\x01\x02", "AIP101"),
        (b"\x7fELF" + b"\x00" * 64, "AIP101"),
        (POLICY.encode("utf-16"), "AIP101"),
        (b"version: 1 # \xe9\n", "AIP101"),
        (b"[]", "AIP109"),
        (b"hello", "AIP109"),
        (b"version: 1\n", "AIP108"),
        (b"version: 1\nrules: []\n", "AIP111"),
        (b"a: &a [x]\n" + b"".join(b"a%d: &a%d [*a,*a]\n" % (n, n) for n in range(99)), "AIP105"),
        (b"{" * 100_000, "AIP103"),
        (b"x: " + b"[" * 100_000, "AIP112"),
        (b"x" * 9_000_000, "AIP102"),
    ],
)
def test_what_is_no_policy_is_refused(content: bytes, code: str, check: Check) -> None:
    """Empty, binary, bombs and monsters: an error, and no traceback."""
    assert code in {finding["code"] for finding in check(content)}


@pytest.mark.parametrize(
    "policy", [".", "no-such-file.yaml", "no/such/directory/p.yaml", "/dev/null"]
)
def test_a_wrong_path_is_an_error(
    policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Zero inputs are not zero findings."""
    monkeypatch.chdir(tmp_path)
    assert main(["check", policy]) == 1
    out, err = capfd.readouterr()
    assert re.search(r"error\[AIP101\] cannot read", out)
    assert err == ""
    assert list(tmp_path.iterdir()) == []
