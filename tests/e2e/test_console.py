"""The command as people and CI run it: a process of its own, with the targets we ship."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "policy" / "ai-usage.yaml"
DAY = "2026-12-01"
SMALL = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {networks: [10.20.0.0/24]}
rules:
  - {id: chatgpt, apps: [chatgpt], groups: [finance], effect: allow}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
targets: {lists: {outputs: [domains]}}
"""


def aipol(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a fresh process."""
    return subprocess.run(
        [sys.executable, "-m", "aipol", *arguments],
        cwd=cwd,
        env=_environment(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def _environment(more: dict[str, str]) -> dict[str, str]:
    paths = os.pathsep.join(str(ROOT / name) for name in ("compiler", "targets"))
    return {**os.environ, "PYTHONPATH": paths, **more}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a small policy."""
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "ai-usage.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


# --- the shipped example --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped example, compiled."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "policy" / "base", folder / "policy" / "base")
    shutil.copy(EXAMPLE, folder / "policy")
    done = aipol("compile", "--as-of", DAY, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_example_compiles_for_every_target_it_names(compiled: Path) -> None:
    """Each configured target has a folder with files, and the manifest lists them all."""
    files = tree(compiled / "generated")
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    assert set(manifest["targets"]) == {name.partition("/")[0] for name in files if "/" in name}


def test_the_same_bytes_come_out_wherever_and_however_it_is_run(compiled: Path) -> None:
    """Hash seed, time zone, locale, working directory and the spelling of the path are nothing."""
    odd = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    where = compiled / "policy"
    again = aipol("compile", "--out", "../again", "--as-of", DAY, "ai-usage.yaml", cwd=where, **odd)
    assert again.returncode == 0, again.stdout
    assert tree(compiled / "again") == tree(compiled / "generated")


def test_nothing_of_this_machine_is_in_the_files(compiled: Path) -> None:
    """No file names the folder it was compiled in."""
    name = compiled.name.encode()
    assert [path for path, content in tree(compiled / "generated").items() if name in content] == []


def test_the_example_is_verified_from_its_files(compiled: Path) -> None:
    """A process that has only the files and the policy finds nothing wrong."""
    done = aipol("verify", "--format", "json", cwd=compiled)
    assert done.returncode == 0, done.stdout
    answer = json.loads(done.stdout)
    assert answer["answers"] > answer["artifacts"] > 0


def test_the_example_is_current_until_something_ends(compiled: Path) -> None:
    """--check is content on the day, and names the exception the day after its last."""
    assert aipol("compile", "--check", "--as-of", DAY, cwd=compiled).returncode == 0
    done = aipol("compile", "--check", "--as-of", "2027-02-01", cwd=compiled)
    assert done.returncode == 1
    assert "claude-for-rfp-88" in done.stdout


def test_explain_and_coverage_of_the_example_agree(compiled: Path) -> None:
    """What explain calls a gap, coverage does too."""
    explained = json.loads(
        aipol(
            *("explain", "--app", "notion-ai", "--surface", "web", "--as-of", DAY),
            *("--format", "json"),
            cwd=compiled,
        ).stdout
    )
    coverage = json.loads(
        aipol("coverage", "--as-of", DAY, "--format", "json", cwd=compiled).stdout
    )
    rows = [
        row
        for row in coverage["gaps"]
        if row["rule"] == explained["rule"] and row["ruling"].startswith("notion-ai/web/")
    ]
    assert {row["situation"] for row in rows} == {gap["situation"] for gap in explained["gaps"]}


# --- what goes wrong leaves nothing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("apps: [chatgpt]", "aps: [chatgpt]", "AIP107"),
        ("apps: [chatgpt]", "apps: [chatgtp]", "AIP201"),
        ("groups: [finance]", "groups: [finanse]", "AIP203"),
        ("effect: allow}", "effect: allow, effect: block}", "AIP104"),
        ("apps: [chatgpt]", "apps: []", "AIP111"),
        (SMALL, "", "AIP111"),
        ("finance: {networks: [10.20.0.0/24]}", "finance: {all_of: [finance]}", "AIP212"),
        ("apps: [chatgpt]", "apps: &a [*a, *a]", "AIP105"),
        ("  finance:", "\tfinance:", "AIP103"),
        ("apps: [chatgpt]", "apps: chatgpt", "AIP109"),
        ("effect: allow}", "effect: alow}", "AIP110"),
        ("lists: {outputs: [domains]}", "list: {}", "AIP207"),
        ("lists: {outputs: [domains]}", "lists: {outpts: [domains]}", "AIP404"),
        ("version: 1", "version: 1\nextends: nowhere.yaml", "AIP114"),
        ("targets:", "tests: [{app: siri, surface: builtin, expect: allow}]\ntargets:", "AIP304"),
        ("targets:", "gap_budget: 0\ntargets:", "AIP403"),
    ],
)
def test_a_wrong_policy_leaves_no_output(place: Path, old: str, new: str, code: str) -> None:
    """Every class of mistake is a located error with exit code 1, and no directory appears."""
    policy = place / "policy" / "ai-usage.yaml"
    assert old in SMALL
    policy.write_text(SMALL.replace(old, new), encoding="utf-8")
    done = aipol("compile", "--format", "json", "--as-of", DAY, cwd=place)
    assert done.returncode == 1, done.stdout + done.stderr
    findings: list[Any] = json.loads(done.stdout)["findings"]
    assert code in {finding["code"] for finding in findings}, findings
    assert all(finding["line"] > 0 for finding in findings)
    assert [path.name for path in place.iterdir()] == ["policy"]


def test_a_wrong_policy_leaves_the_earlier_output(place: Path) -> None:
    """What was compiled before stays byte for byte."""
    assert aipol("compile", "--as-of", DAY, cwd=place).returncode == 0
    before = tree(place / "generated")
    policy = place / "policy" / "ai-usage.yaml"
    policy.write_text(SMALL.replace("chatgpt]", "chatgtp]"), encoding="utf-8")
    assert aipol("compile", cwd=place).returncode == 1
    assert tree(place / "generated") == before


@pytest.mark.parametrize("patience", [0.2, 0.6, 1.0])
def test_a_killed_compile_leaves_old_or_new(place: Path, patience: float) -> None:
    """Killed at any time, the directory is what it was or what it was to become."""
    assert aipol("compile", "--as-of", DAY, cwd=place).returncode == 0
    old = tree(place / "generated")
    policy = place / "policy" / "ai-usage.yaml"
    policy.write_text(SMALL.replace("[chatgpt]", "[chatgpt, claude]"), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "aipol", "compile", "--as-of", DAY],
        cwd=place,
        env=_environment({}),
        stdout=subprocess.DEVNULL,
    ) as process:
        time.sleep(patience)
        process.send_signal(signal.SIGKILL)
    found = tree(place / "generated")
    assert aipol("compile", "--as-of", DAY, cwd=place).returncode == 0
    new = tree(place / "generated")
    parts = ("lists/", "coverage.json", "manifest.json")
    for part in parts:
        versions = [
            {name: content for name, content in files.items() if name.startswith(part)}
            for files in (found, old, new)
        ]
        assert versions[0] in versions[1:], part
    assert old != new


def test_a_tampered_file_is_found_in_another_process(place: Path) -> None:
    """A line that is taken out of a list is named with the file and the policy's line."""
    assert aipol("compile", "--as-of", DAY, cwd=place).returncode == 0
    lists = list((place / "generated" / "lists").rglob("*.txt"))
    (path, line) = next(
        (path, line)
        for path in lists
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() in {"deepseek.com", ".deepseek.com"}
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{line}\n", "", 1), encoding="utf-8")
    done = aipol("verify", "--format", "json", cwd=place)
    assert done.returncode == 1
    findings = json.loads(done.stdout)["findings"]
    assert any(f["code"] == "AIP501" and f["file"].endswith("ai-usage.yaml") for f in findings)


def test_answers_go_to_stdout_and_the_conversation_to_stderr(place: Path) -> None:
    """A JSON answer stands alone on stdout, and wrong usage has nothing there."""
    done = aipol("compile", "--as-of", DAY, "--format", "json", cwd=place)
    assert json.loads(done.stdout)["ok"] is True
    wrong = aipol("compile", "--as-of", "tomorrow", cwd=place)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "tomorrow" in wrong.stderr


def test_plain_output_has_no_control_characters(place: Path) -> None:
    """In a pipe nothing is coloured, cleared or moved."""
    for arguments in (("compile", "--as-of", DAY), ("coverage",), ("targets",), ("show",)):
        done = aipol(*arguments, cwd=place)
        assert "\x1b" not in done.stdout + done.stderr
        assert "\r" not in done.stdout + done.stderr
