"""`aipol diff` as a process of its own, on scratch repositories: what a reviewer reads."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.test_catalog_diff import run

DAY = ("--as-of", "2026-12-01")
MOST_LINES = 60
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd, networks: [10.20.0.0/24]}
  sales: {entra: a4160b72-b581-497d-956e-866ab7730863, networks: [10.30.0.0/24]}
data_classes: [{id: public}, {id: internal}]
catalogue: {lock: catalogue.lock.json, overlay: [our-apps.yaml]}
rules:
  # Sales may use Claude, everybody else is warned.
  - id: claude-sales
    apps: [claude]
    groups: [sales]
    surfaces: [web, desktop]
    effect: allow
    require: {data: {max: internal}}
  - id: claude
    apps: [claude]
    groups: [everyone]
    effect: warn
    require: {data: {max: public}}
    message: >-
      Public data only.
    surfaces: [web]
  - id: everything-else
    apps: ["*"]
    groups: [everyone]
    effect: block
targets:
  lists: {outputs: [domains]}
  squid: {}
"""
OVERLAY = """\
apps:
  acme-bot:
    name: Acme Bot
    vendor: acme
    category: chat
    kind: chat
    source: "own: we run it"
    domains:
      - {domain: bot.acme.example, role: ui, match: subtree, source: "own: we run it", tier: A}
vendors: {acme: {name: Acme}}
"""
ROW = """\
      - {domain: bot2.acme.example, role: ui, match: exact, source: "own: we run it", tier: A}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository with one commit of a policy, its overlay, and a lock."""
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "ai-usage.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "our-apps.yaml").write_text(OVERLAY, encoding="utf-8")
    locked = run(sys.executable, "-m", "aipol", "catalog", "lock", cwd=tmp_path)
    assert locked.returncode == 0, locked.stderr
    person = ("-c", "user.name=t", "-c", "user.email=t@t.example")
    for arguments in (("init", "-q"), ("add", "-A"), (*person, "commit", "-qm", "one")):
        assert run("git", *arguments, cwd=tmp_path).returncode == 0
    return tmp_path


Comment = Callable[..., str]


def aipol(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Compare."""
    return run(sys.executable, "-m", "aipol", "diff", *DAY, *arguments, cwd=place)


@pytest.fixture
def comment(place: Path) -> Comment:
    """The comment on an edit of the policy, as it reads; it is short, and touches no file."""

    def edited(*edits: tuple[str, str], file: str = "ai-usage.yaml") -> str:
        path = place / "policy" / file
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        before = run("git", "status", "--porcelain", cwd=place).stdout
        found = aipol(place, "--format", "markdown")
        assert found.returncode == 0, found.stdout + found.stderr
        assert run("git", "status", "--porcelain", cwd=place).stdout == before
        assert found.stdout.count("\n") < MOST_LINES
        return html.unescape(re.sub(r"</?(?:code|sub|br)>", "", found.stdout))

    return edited


def test_a_rule_that_is_widened(comment: Comment) -> None:
    """Exactly the effect: who, what, from which line to which, and what stays."""
    said = comment(("groups: [sales]", "groups: [sales, finance]"))
    assert "2 effects on people: 2 looser." in said
    assert "finance except sales: may use Claude as a desktop app: block -> allow" in said
    assert "finance except sales: are let through to Claude on the web" in said
    assert "warn with data.max: public -> allow with data.max: internal" in said
    assert "policy/ai-usage.yaml:17 rule claude -> :11 rule claude-sales" in said
    assert "somebody in finance, for claude (web)" in said
    assert "**Unchanged:**" in said
    assert "**Surprises**" not in said


def test_a_change_of_layout_alone(comment: Comment) -> None:
    """No effect, proven: the files of both are the same to the byte."""
    said = comment(
        ("    require: {data: {max: internal}}", "    require:\n      data: {max: internal}"),
        ("  # Sales may", "\n  # People in sales may"),
    )
    assert "No effect on people; the outputs are the same to the byte" in said
    assert "**Looser**" not in said


def test_an_indentation_that_changes_scope(comment: Comment) -> None:
    """The surprise is flagged at its line, and the effect is told."""
    said = comment(("    surfaces: [web]\n", "      surfaces: [web]\n"))
    assert "AIP801: only white space differs here, and rules.claude means something else" in said
    assert "AIP802: claude no longer has surfaces (it was [web]): it matches all" in said
    assert "policy/ai-usage.yaml:24 warning" in said
    assert "looser" in said


def test_a_catalogue_that_is_taken(comment: Comment) -> None:
    """The effect is the catalogue's, not the policy's."""
    said = comment(("vendors:", f"{ROW}vendors:"), file="our-apps.yaml")
    assert "**Identifiers by the catalogue**" in said
    assert "stricter: everyone: acme-bot: bot2.acme.example: allowed -> blocked" in said
    assert "**Stricter**" not in said


def test_an_exception_that_moves_below_a_rule(comment: Comment) -> None:
    """What decides now, with somebody for whom it matters."""
    rule = POLICY[POLICY.index("  - id: claude-sales") : POLICY.index("  - id: claude\n")]
    said = comment((rule, ""), ("  - id: everything-else", f"{rule}  - id: everything-else"))
    assert "AIP803: claude-sales stands below claude now, so claude decides for sales" in said
    assert "claude (web): allow with data.max: internal -> warn with data.max: public" in said


def test_what_is_compared_and_what_the_exit_code_says(place: Path) -> None:
    """Nothing changed; a change with and without `--exit-code`; an error; a revision without it."""
    assert aipol(place, "--exit-code").returncode == 0
    path = place / "policy" / "ai-usage.yaml"
    path.write_text(POLICY.replace("groups: [sales]", "groups: [finance]"), encoding="utf-8")
    assert aipol(place).returncode == 0
    assert aipol(place, "--exit-code").returncode == 1
    path.write_text(POLICY.replace("effect: warn", "effect: wran"), encoding="utf-8")
    broken = aipol(place)
    assert broken.returncode == 1
    assert "What it would do cannot be said." in broken.stdout
    assert "did you mean `warn`?" in broken.stderr
    path.rename(place / "policy" / "other.yaml")
    (place / "policy" / "other.yaml").write_text(POLICY, encoding="utf-8")
    new = aipol(place, "policy/other.yaml", "--format", "json")
    assert new.returncode == 0
    assert json.loads(new.stdout)["headline"].startswith("HEAD has no such policy: everything is")
    assert aipol(place, "policy/other.yaml", "--base", "nowhere").returncode == 2
    assert aipol(place, "policy/other.yaml", "--base", "HEAD", "--live").returncode == 2


def test_a_folder_is_compared_by_its_policy_or_by_its_files(place: Path, tmp_path: Path) -> None:
    """A copy of the policy; what compile wrote, read back against the policy."""
    out = tmp_path / "written"
    compiled = (sys.executable, "-m", "aipol", "compile", "--out", str(out), *DAY)
    assert run(*compiled, cwd=place).returncode == 0
    same = aipol(place, "--base-dir", str(out))
    assert "0 of " in same.stdout
    assert "read back, 0 answers are not what the policy says" in " ".join(same.stdout.split())
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    for file in (place / "policy").iterdir():
        (earlier / file.name).write_bytes(file.read_bytes())
    text = POLICY.replace(
        "apps: [claude]\n    groups: [every", "apps: [chatgpt]\n    groups: [every"
    )
    (place / "policy" / "ai-usage.yaml").write_text(text, encoding="utf-8")
    files = aipol(place, "--base-dir", str(out), "-t", "squid")
    assert "AIP501" in files.stdout
    assert "squid: " in files.stdout
    effects = aipol(place, "--base-dir", str(earlier)).stdout
    assert "everyone except sales: lose Claude on the web" in effects
    nothing = aipol(place, "--base-dir", str(tmp_path / "policy" / "none"))
    assert nothing.returncode == 2
    assert "has neither" in nothing.stderr
