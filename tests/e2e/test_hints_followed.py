"""What a message tells a newcomer to type, typed: it answers what was asked."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: example.acme}
groups: {everyone: {all: true}, finance: {networks: [10.20.0.0/24]}}
rules:
  - {id: mail, apps: [acme-mail], groups: [finance], effect: block}
  - {id: rest, apps: ["*"], groups: [everyone], effect: allow}
catalogue: {overlay: [ours.yaml]}
targets: {lists: {outputs: [domains]}}
"""
OVERLAY = """\
apps:
  acme-mail:
    name: Acme Mail
    vendor: openai
    category: chat
    kind: chat
    source: "own: our wiki"
    domains:
      - {domain: ai.acme.example, role: ui, match: subtree, shared: true, serves: all mail,
         source: "own: our wiki", tier: A}
"""
DAY = ("--as-of", "2026-12-01")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Run:
    """Run a command line in a folder with a policy and its overlay."""
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text(POLICY, encoding="utf-8")
    Path("ours.yaml").write_text(OVERLAY, encoding="utf-8")

    def go(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def _hint(out: str) -> str:
    (hint,) = re.findall(r"^  hint: (.*?)(?:  +more:.*)?$", out, re.MULTILINE)
    return str(hint)


def test_what_a_block_reaches_of_an_overlays_app_is_asked_of_the_policy(run: Run) -> None:
    """`aipol catalog show` knows no such app; the command that is hinted at lists the host."""
    _, out, _ = run("check", "p.yaml", *DAY)
    (command,) = re.findall(r"`aipol (explain .*)`", _hint(out))
    code, out, _ = run(*shlex.split(command), *DAY)
    assert code == 0
    assert "ai.acme.example  all mail  not blocked" in out


@pytest.mark.parametrize(("verb", "code"), [("show", 2), ("search", 1)])
def test_the_catalogue_says_where_an_overlays_app_is_asked_for(
    verb: str, code: int, run: Run
) -> None:
    """Not finding it in what ships is no proof that the policy does not know it."""
    found, out, err = run("catalog", verb, "acme-mail")
    assert (found, out) == (code, "")
    assert "of an app that a policy or its overlay adds, ask `aipol explain" in err


def test_a_test_of_the_policy_is_offered_ids_alone(run: Run) -> None:
    """`vendor:anthropic` could not stand there."""
    tests = "tests: [{app: anthropic, expect: allow}]\n"
    Path("p.yaml").write_text(POLICY + tests, encoding="utf-8")
    _, out, _ = run("check", "p.yaml", *DAY)
    assert _hint(out) == "did you mean `claude`, `claude-api` or `claude-code`?"
    Path("p.yaml").write_text(POLICY + tests.replace("anthropic", "claude"), encoding="utf-8")
    assert run("check", "p.yaml", *DAY)[0] == 0


def test_an_edition_is_asked_for_by_the_account(run: Run) -> None:
    """The answer names the app and the options that were meant."""
    code, _, err = run("explain", "p.yaml", "--app", "chatgpt-enterprise", "--surface", "web")
    assert code == 2
    assert "is an edition of `chatgpt`" in err
    (options,) = re.findall(r"ask `(.*)`", err)
    assert options == "--app chatgpt --surface web --account corporate"
    code, out, _ = run("explain", "p.yaml", *shlex.split(options), *DAY)
    assert code == 0
    assert "(corporate account): ALLOW" in out


@pytest.mark.parametrize(
    "line", [("diff", "shipped"), ("diff", "--exit-code", "shipped"), ("lint",)]
)
@pytest.mark.parametrize(("place", "meant"), [("policy", "policy/catalogue"), (".", "")])
def test_a_directory_that_is_no_catalogue_is_said_once(
    line: tuple[str, ...], place: str, meant: str, run: Run
) -> None:
    """With the catalogue that lies near, where one does; not every file that it has not."""
    if meant:
        Path(meant).mkdir(parents=True)
        Path(meant, "index.yaml").write_text("", encoding="utf-8")
    code, out, err = run("catalog", *line, place)
    guess = f"; did you mean `{meant}`?" if meant else ""
    assert (code, out) == (2, "")
    first, *rest = err.splitlines()
    assert first == f"Error: `{place}` is no catalogue: it has no index.yaml{guess}"
    assert len(rest) <= 1


def test_a_file_to_lint_is_asked_by_its_directory(run: Run) -> None:
    """What is wrong between two files is not seen in one of them."""
    code, _, err = run("catalog", "lint", "ours.yaml")
    assert (code, err) == (
        2,
        "Error: `ours.yaml` is a file; give the directory that it lies in: `.`\n",
    )


@pytest.mark.parametrize("text", ["", "  "])
def test_a_search_for_nothing_is_wrong_usage(text: str, run: Run) -> None:
    """It is not that nothing is known by it."""
    code, out, err = run("catalog", "search", text)
    assert (code, out) == (2, "")
    assert "nothing to search for" in err


def test_a_search_shows_few_and_counts_the_rest(run: Run) -> None:
    """Hundreds of names contain a letter; a program gets them all."""
    code, out, _ = run("catalog", "search", "a")
    assert code == 0
    assert len([line for line in out.splitlines() if not line.startswith(" ")]) == 21
    (rest,) = re.findall(r"^and (\d+) more; --format json has all$", out, re.MULTILINE)
    _, out, _ = run("catalog", "search", "a", "--format", "json")
    assert len(json.loads(out)["hits"]) == 20 + int(rest)


@pytest.mark.parametrize("name", ["mask.icloud.com", "https://use-application-dns.net/"])
def test_the_names_of_ways_around_the_resolver_are_found(name: str, run: Run) -> None:
    """They are no app's; the switch that has them denied is named."""
    code, out, _ = run("catalog", "search", name)
    assert (code, "`network.close_bypasses`" in out) == (0, True)


@pytest.mark.parametrize(
    ("typed", "found", "shown"),
    [
        (".venv/bin/aipol", None, ".venv/bin/aipol"),
        (".venv/bin/aipol", ".venv/bin/aipol", "aipol"),
        (".venv/bin/aipol", "other/aipol", ".venv/bin/aipol"),
        ("aipol", None, "aipol"),
        ("some/__main__.py", None, "aipol"),
    ],
)
def test_what_is_next_is_called_as_this_was(
    typed: str, found: str | None, shown: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a virtual environment that is active, the shell knows no `aipol`."""
    for place in (".venv/bin", "other"):
        Path(place).mkdir(parents=True)
        Path(place, "aipol").touch()
    monkeypatch.setattr("sys.argv", [typed])
    monkeypatch.setattr("aipol.cli.called.shutil.which", lambda _: found)
    code, out, _ = run("compile", "p.yaml", *DAY)
    assert code == 0
    assert f"; {shown} coverage p.yaml; {shown} explain" in " ".join(out.split())


def test_counts_say_what_they_count(run: Run) -> None:
    """Editions are no apps; manifest and account are no artefacts; one target is one."""
    known = re.findall(r"(\d+) apps known", run("check", "p.yaml", *DAY)[1])
    _, compiled, _ = run("compile", "p.yaml", *DAY)
    assert "1 file (1 changed), read back and verified;\n    manifest.json and" in compiled
    assert len([each for each in Path("generated/lists").rglob("*") if each.is_file()]) == 1
    Path("p.yaml").write_text(POLICY.replace("allow}", "block}"), encoding="utf-8")
    _, compiled, _ = run("compile", "p.yaml", *DAY)
    assert re.findall(r"open for \d+ of (\d+) apps", compiled) == known
    assert "  apps  reason" in compiled
    _, verified, _ = run("verify", "p.yaml", *DAY)
    assert "artefacts checked, for 1 target." in verified
    _, listed, _ = run("catalog", "list")
    (apps,) = re.findall(r"^(\d+) apps, 3 editions$", listed, re.MULTILINE)
    assert int(apps) + 1 == int(known[0])


@pytest.mark.parametrize("width", [100, 120])
def test_a_list_fits_the_terminal(width: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long cells go on below in their column, and no word is lost."""
    monkeypatch.delenv("COLUMNS", raising=False)
    _, whole, _ = run("catalog", "list")
    assert max(map(len, whole.splitlines())) > width
    monkeypatch.setenv("COLUMNS", str(width))
    _, narrow, _ = run("catalog", "list")
    assert max(map(len, narrow.splitlines())) <= width
    assert sorted(narrow.split()) == sorted(whole.split())


def test_a_long_value_is_on_a_line_of_its_own(run: Run) -> None:
    """It can be copied whole, and the rows around it keep narrow columns."""
    _, out, _ = run("catalog", "show", "claude")
    lines = out.splitlines()
    (long,) = (n for n, line in enumerate(lines) if line.startswith("      identifier "))
    assert lines[long].endswith("leaf[subject.OU] = Q6L2SF6YDW")
    assert lines[long - 1].split()[0] == "requirement"
    (row,) = (line for line in lines if line.startswith("  app_name"))
    assert row.endswith("decide; desktop")
