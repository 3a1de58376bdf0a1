"""`aipol catalog diff` as a process of its own: the example policy, a repository, an update."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DAY = ("--as-of", "2026-12-01")
HOST = "    - {domain: chat.deepseek.com, role: ui"
NEW = "    - {domain: deepseek.example, role: ui, match: exact, source: x, tier: A}\n"


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would, with git's settings of nobody."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in ("compiler", "targets")),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_an_update_on_a_branch_is_compared_with_the_last_commit(tmp_path: Path) -> None:
    """Against HEAD, an edited working tree costs people a host; JSON says the same."""
    shutil.copytree(ROOT / "policy", tmp_path / "policy")
    person = ("-c", "user.name=t", "-c", "user.email=t@t.example")
    for arguments in (("init", "-q"), ("add", "-A"), (*person, "commit", "-qm", "one")):
        assert run("git", *arguments, cwd=tmp_path).returncode == 0
    chat = tmp_path / "policy" / "catalogue" / "chat.yaml"
    text = chat.read_text(encoding="utf-8")
    chat.write_text(text.replace(HOST, NEW + HOST), encoding="utf-8")
    diff = (sys.executable, "-m", "aipol", "catalog", "diff", "HEAD", "policy/catalogue", *DAY)
    found = run(*diff, "--exit-code", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (1, "")
    assert "stricter: everyone: deepseek: deepseek.example: allowed -> blocked" in found.stdout
    answer = json.loads(run(*diff, "--format", "json", cwd=tmp_path).stdout)
    assert answer["changes"] == []
    assert [row["value"] for row in answer["identifiers"]] == ["deepseek.example"]
    assert answer["old"]["digest"] != answer["new"]["digest"]
    assert run("git", "status", "--short", cwd=tmp_path).stdout == " M policy/catalogue/chat.yaml\n"
