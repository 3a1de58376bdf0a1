"""A policy with a lock and an overlay, from the console."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DAY = "2026-12-01"
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {networks: [10.20.0.0/24]}
catalogue: {lock: catalogue.lock.json, overlay: [our-apps.yaml]}
rules:
  - {id: bot, apps: [acme-bot], groups: [finance], effect: allow}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
targets: {lists: {outputs: [domains]}}
"""
OVERLAY = """\
apps:
  perplexity:
    domains:
      - {domain: pplx.example, role: ui, match: subtree, source: "own: proxy logs", tier: A}
    drop: {domains: [pplx.ai]}
  acme-bot:
    name: Acme Bot
    vendor: acme
    category: chat
    kind: chat
    source: "own: we run it"
    domains:
      - {domain: bot.acme.example, role: ui, match: subtree, source: "own: we run it", tier: A}
vendors: {acme: {name: Acme}}
protected:
  acme:
    - {host: mdm.acme.example, match: exact, purpose: identity, source: "own: ours", tier: A}
"""


def aipol(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a fresh process."""
    paths = os.pathsep.join(str(ROOT / name) for name in ("compiler", "targets"))
    return subprocess.run(
        [sys.executable, "-m", "aipol", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the policy and its overlay, and a lock of what ships."""
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "ai-usage.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "policy" / "our-apps.yaml").write_text(OVERLAY, encoding="utf-8")
    done = aipol("catalog", "lock", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path


def test_lock_and_overlay_decide_what_is_compiled(place: Path) -> None:
    """Rows that were added and dropped, and the organisation's app, are so in the outputs."""
    done = aipol("compile", "--as-of", DAY, cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    files = sorted((place / "generated" / "lists").rglob("*.txt"))
    text = {path.relative_to(place).as_posix(): path.read_text(encoding="utf-8") for path in files}
    everywhere = "\n".join(text.values()).splitlines()
    assert "pplx.example" in everywhere
    assert "pplx.ai" not in everywhere
    finance = "\n".join(value for name, value in text.items() if "finance" in name).splitlines()
    rest = "\n".join(value for name, value in text.items() if "default" in name).splitlines()
    assert "bot.acme.example" in rest
    assert "bot.acme.example" not in finance
    assert aipol("verify", cwd=place).returncode == 0
    assert aipol("compile", "--check", "--as-of", DAY, cwd=place).returncode == 0


def test_the_manifest_has_the_digest_of_what_was_used(place: Path) -> None:
    """The same in another process, another with another overlay, and the overlay is an input."""

    def manifest(out: str, **environment: str) -> dict[str, object]:
        done = aipol("compile", "--out", out, "--as-of", DAY, cwd=place, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, object] = json.loads((place / out / "manifest.json").read_bytes())
        return found

    one, again = manifest("one"), manifest("again", PYTHONHASHSEED="4242")
    assert one == again
    assert set(one["policy"]) == {"ai-usage.yaml", "our-apps.yaml"}  # type: ignore[call-overload]
    overlay = place / "policy" / "our-apps.yaml"
    overlay.write_text(OVERLAY.replace("pplx.example", "pplx.test"), encoding="utf-8")
    assert manifest("other")["catalogue"] != one["catalogue"]


def test_a_touched_lock_stops_everything(place: Path) -> None:
    """Check, compile and explain say the same and leave no file behind."""
    lock = place / "policy" / "catalogue.lock.json"
    lock.write_bytes(lock.read_bytes().replace(b"perplexity.ai", b"perplexity.io"))
    for arguments in (
        ("check",),
        ("compile",),
        ("explain", "--app", "chatgpt", "--surface", "web"),
    ):
        done = aipol(*arguments, cwd=place)
        assert done.returncode == 1
        assert "AIP116" in done.stdout
        assert "aipol catalog lock --update" in done.stdout
        assert done.stderr == ""
    assert not (place / "generated").exists()
    assert aipol("catalog", "lock", "--update", cwd=place).returncode == 0
    assert aipol("check", cwd=place).returncode == 0
