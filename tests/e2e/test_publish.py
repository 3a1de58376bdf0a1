"""`aipol publish` as an administrator runs it, and what a device gets over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: example.acme}
groups:
  everyone: {all: true}
  engineering: {networks: [10.30.0.0/24]}
  finance: {networks: [10.20.0.0/24]}
rules:
  - {id: agents, apps: [claude], groups: [engineering], effect: allow}
  - {id: rest, apps: [claude, chatgpt, deepseek], groups: [everyone], effect: block}
  - {id: others, apps: ["*"], groups: [everyone], effect: allow}
targets:
  lists: {outputs: [edl]}
  paloalto: {outputs: [edl, set], edl_url: "https://lists.acme.example/pan"}
  squid: {}
"""
DAY = ("--as-of", "2026-12-01")
TO = ("publish", "--to", "web")
ENGINEERING = "lists/segments/engineering/edl/level-0-block.txt"
FINANCE = "lists/segments/finance/edl/level-0-block.txt"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Run:
    """Run a command line in a folder with the policy."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy").mkdir()
    write(POLICY)

    def go(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def write(text: str) -> None:
    """Replace the policy."""
    Path("policy/ai-usage.yaml").write_text(text, encoding="utf-8")


def edit(old: str, new: str) -> None:
    """Change the policy."""
    path = Path("policy/ai-usage.yaml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def flat(text: str) -> str:
    """What is said, whatever line it is on."""
    return " ".join(text.split())


def below(place: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its content and its time."""
    return {
        path.relative_to(place).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


# --- over HTTP ------------------------------------------------------------------------------------


class _Quiet(SimpleHTTPRequestHandler):
    """Python's own file server, which says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
        """Nothing."""


@pytest.fixture
def get(run: Run) -> Iterator[Callable[..., tuple[int, str, bytes]]]:
    """Fetch from a server of what is published: status, Last-Modified and body."""
    del run
    handler = partial(_Quiet, directory="web")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def fetch(path: str, since: str = "") -> tuple[int, str, bytes]:
            link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            link.request("GET", f"/{path}", headers={"If-Modified-Since": since} if since else {})
            answer = link.getresponse()
            body = answer.read()
            link.close()
            return answer.status, answer.headers.get("Last-Modified", ""), body

        yield fetch
        server.shutdown()
        thread.join()


def test_a_device_is_sent_only_what_has_changed(run: Run, get: Any) -> None:
    """An unchanged list is answered with 304, a changed one with its new content, at once.

    All of it happens within a second or two, so times that differ by less would not do.
    """
    assert run(*TO, *DAY)[0] == 0
    first = {path: get(path) for path in (ENGINEERING, FINANCE)}
    assert {status for status, _, _ in first.values()} == {200}
    assert run(*TO, *DAY)[0] == 0
    assert [get(path, since)[0] for path, (_, since, _) in first.items()] == [304, 304]

    edit("chatgpt, deepseek]", "chatgpt, deepseek, perplexity]")
    edit("apps: [claude], groups", "apps: [claude, perplexity], groups")
    assert run(*TO, *DAY)[0] == 0
    status, later, body = get(FINANCE, first[FINANCE][1])
    assert (status, later != first[FINANCE][1], b"perplexity.ai/" in body) == (200, True, True)
    assert get(ENGINEERING, first[ENGINEERING][1])[0] == 304

    assert run(*TO, "--rollback")[0] == 0
    status, last, body = get(FINANCE, later)
    assert (status, last != later, body) == (200, True, first[FINANCE][2])


def test_a_list_that_one_rule_is_not_about_stays_for_devices(run: Run, get: Any) -> None:
    """What engineering gets does not change when finance's rules do."""
    assert run(*TO, *DAY)[0] == 0
    _, since, _ = get(ENGINEERING)
    edit("rules:", "rules:\n  - {id: f, apps: [deepseek], groups: [finance], effect: allow}")
    code, out, _ = run(*TO, *DAY, "--max-shrink", "90", "--keep-old")
    assert code == 0, out
    assert f"changed  {FINANCE}" in out
    assert get(ENGINEERING, since)[0] == 304


# --- what is said ---------------------------------------------------------------------------------


def test_what_devices_fetch_is_published_and_nothing_else(run: Run) -> None:
    """The lists of both targets, with the order of those of `lists`: no configuration to load."""
    code, out, err = run(*TO, *DAY)
    assert (code, err) == (0, "")
    assert out.startswith("Published policy/ai-usage.yaml as of 2026-12-01 to web: ")
    found = {name for name in below(Path("web")) if not name.startswith(".")}
    run("compile", *DAY)
    compiled = below(Path("generated"))
    assert {name: compiled[name][0] for name in found} == {
        name: content for name, (content, _) in below(Path("web")).items() if name in found
    }
    assert {name.split("/")[0] for name in found} == {"lists", "paloalto"}
    assert "lists/edl/rules.csv" in found
    assert not [name for name in found if name.endswith((".xml", ".conf"))]
    assert "Serve web/paloalto/edl/lists as https://lists.acme.example/pan: paloalto looks" in out
    assert "To go back" not in out


def test_capacities_that_nobody_configured_are_said(run: Run) -> None:
    """Once for each target, with the setting; where all are given nothing is said."""
    _, out, _ = run(*TO, *DAY)
    assert flat(out).count("The capacity of lists is not configured, and taken to be 50,000") == 1
    assert "`targets.lists.edl_capacity`" in flat(out)
    assert flat(out).count("The capacity of paloalto is not configured, and taken to be 30") == 1
    edit("[edl]}", "[edl], edl_capacity: 5000, edl_lists: 30, edl_addresses: 500}")
    edit('/pan"', '/pan", capacity: {lists: 30, list_urls: 50000, list_addresses: 50000}')
    _, out, _ = run(*TO, *DAY)
    assert "apacity" not in out


def test_a_list_that_nearly_fills_a_device_is_a_warning_and_is_published(run: Run) -> None:
    """Above 90 percent, with the number, from compile as from publish; above all of it an error."""
    count = json.loads(run(*TO, *DAY, "--dry-run", "--format", "json")[1])["capacity"][0]["used"]
    edit("[edl]}", f"[edl], edl_capacity: {count + 1}}}")
    told = f"warning[AIP405] lists: list entries {count}, "
    for verb in (("compile",), TO):
        code, _, err = run(*verb, *DAY)
        assert (code, told in err) == (0, True)
    edit(f"edl_capacity: {count + 1}", f"edl_capacity: {count - 1}")
    before = below(Path("web"))
    code, out, _ = run(*TO, *DAY)
    assert (code, "error[AIP402]" in out) == (1, True)
    assert below(Path("web")) == before


def test_a_list_that_shrinks_is_refused_and_the_hint_helps(run: Run) -> None:
    """The numbers are said, nothing is touched, and what the hints say can be pasted."""
    assert run(*TO, *DAY)[0] == 0
    before = below(Path("web"))
    edit("[claude, chatgpt, deepseek]", "[deepseek]")
    code, out, _ = run(*TO, *DAY)
    assert code == 1
    assert out.startswith("Nothing in web was touched, for ")
    assert f"`{FINANCE}` would lose " in out
    assert below(Path("web")) == before
    answer = json.loads(run(*TO, *DAY, "--format", "json")[1])
    assert answer["ok"] is False
    assert {finding["code"] for finding in answer["findings"]} == {"AIP602"}
    assert below(Path("web")) == before
    options = [
        word
        for finding in answer["findings"]
        for word in finding["hint"].partition("`--allow-shrink ")[2].split("`")[:1]
    ]
    named = [part for name in options for part in ("--allow-shrink", name)]
    assert run(*TO, *DAY, *named)[0] == 0
    code, out, _ = run(*TO, "--rollback")
    assert (code, "as of 2026-12-01" in out) == (0, True)
    assert {
        name: content
        for name, (content, _) in below(Path("web")).items()
        if "/." not in name and name[0] != "."
    } == {name: content for name, (content, _) in before.items() if name[0] != "."}
    code, out, _ = run(*TO, "--rollback")
    assert (code, "error[AIP607]" in out) == (1, True)


def test_a_dry_run_writes_nothing(run: Run) -> None:
    """Not even the directory; and it says what a publish then does."""
    code, out, _ = run(*TO, *DAY, "--dry-run")
    assert (code, out.splitlines()[-1]) == (0, "Nothing was written.")
    assert not Path("web").exists()
    dry = json.loads(run(*TO, *DAY, "--dry-run", "--format", "json")[1])
    done = json.loads(run(*TO, *DAY, "--format", "json")[1])
    assert dry.pop("dry_run") is True
    assert done.pop("dry_run") is False
    assert dry == done
    before = below(Path("web"))
    edit("chatgpt, deepseek]", "chatgpt, deepseek, perplexity]")
    assert "Would publish" in run(*TO, *DAY, "--dry-run")[1]
    assert run(*TO, "--rollback", "--dry-run")[0] == 1
    assert below(Path("web")) == before


def test_a_policy_with_an_error_publishes_nothing(run: Run) -> None:
    """What `compile` refuses `publish` refuses, with the same findings."""
    edit("[claude]", "[clod]")
    code, out, _ = run(*TO, *DAY)
    assert (code, "error[AIP201]" in out) == (1, True)
    assert json.loads(run(*TO, *DAY, "--format", "json")[1])["findings"][0]["code"] == "AIP201"
    assert not Path("web").exists()


def test_rollback_needs_no_policy(run: Run) -> None:
    """The policy may be what is broken."""
    run(*TO, *DAY)
    before = below(Path("web"))[FINANCE][0]
    edit("chatgpt, deepseek]", "chatgpt, deepseek, perplexity]")
    run(*TO, *DAY)
    write("version: [")
    code, out, _ = run(*TO, "--rollback")
    assert (code, out.startswith("Put back what was published as of 2026-12-01")) == (0, True)
    assert below(Path("web"))[FINANCE][0] == before


def test_a_refusal_ends_with_the_command_that_allows_it(run: Run) -> None:
    """The same command with what would shrink, by folders where all in one would; it works."""
    assert run(*TO, *DAY)[0] == 0
    edit("[claude, chatgpt, deepseek]", "[deepseek]")
    code, out, _ = run(*TO, *DAY)
    assert code == 1
    before, _, command = out.partition("If all of that is meant:\n")
    assert before.count("error[AIP602]") >= 1
    words = shlex.split(command)
    assert words[:2] == ["aipol", "publish"]
    assert run(*words[1:])[0] == 0


def test_a_chosen_target_alone(run: Run) -> None:
    """`-t` publishes its files and leaves the others."""
    assert run(*TO, *DAY, "-t", "paloalto")[0] == 0
    assert {name.split("/")[0] for name in below(Path("web")) if name[0] != "."} == {"paloalto"}
    assert run(*TO, *DAY, "-t", "lists")[0] == 0
    assert {name.split("/")[0] for name in below(Path("web")) if name[0] != "."} == {
        "lists",
        "paloalto",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("publish",), "Missing option '--to'"),
        (("publish", "--to", ""), "it names no file"),
        ((*TO, "-t", "squid"), "devices fetch nothing of `squid`; they do of `lists`"),
        ((*TO, "-t", "jamf"), "configures no target `jamf`"),
        ((*TO, "--allow-shrink", FINANCE.upper()), f"did you mean `{FINANCE}`"),
        ((*TO, "--overwrite", "x"), "`x` is no file that is published here"),
        ((*TO, "--max-shrink", "101"), "101"),
        ((*TO, "--rollback", "-t", "lists"), "leave `--target` out"),
        ((*TO, "--rollback", "policy/ai-usage.yaml"), "leave `POLICY` out"),
        ((*TO, "--rollback", "--keep-old"), "leave `--keep-old` out"),
        (("publish", "--to", "generated"), "is what `aipol compile` writes"),
        (("publish", "--to", "generated/lists"), "is what `aipol compile` writes"),
        (("publish", "--to", "web/../generated/web"), "is what `aipol compile` writes"),
        (("publish", "--to", "out/lists"), "is what `aipol compile` writes"),
        (("publish", "--to", "policy/ai-usage.yaml"), "is not a directory"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str, run: Run) -> None:
    """Each is said in a line, and nothing is written."""
    run("compile", *DAY, "--out", "out")
    day = () if "--rollback" in arguments else DAY
    code, out, err = run(*arguments, *day)
    assert (code, out) == (2, "")
    assert message in flat(err)
    assert not Path("web").exists()


def test_a_policy_of_which_devices_fetch_nothing(run: Run) -> None:
    """It is told which targets are for that."""
    write(POLICY[: POLICY.index("  lists:")] + "  squid: {}\n")
    code, _, err = run(*TO, *DAY)
    assert (code, "they do of `lists`, `pac`, `paloalto`" in flat(err)) == (2, True)


def test_a_target_that_is_configured_no_more_does_not_just_go(run: Run) -> None:
    """Its lists are guarded like any: devices may still fetch them."""
    run(*TO, *DAY)
    before = below(Path("web"))
    write(POLICY[: POLICY.index("  lists:")] + "  squid: {}\n")
    code, out, _ = run(*TO, *DAY)
    assert (code, "error[AIP603]" in out) == (1, True)
    assert below(Path("web")) == before


def test_a_consent_that_nothing_needs_is_said(run: Run) -> None:
    """Left in a script it would allow the next accident."""
    run(*TO, *DAY)
    code, _, err = run(*TO, *DAY, "--allow-shrink", FINANCE)
    assert (code, f"`--allow-shrink {FINANCE}`: nothing happens to it" in err) == (0, True)


def test_killed_on_the_command_line_and_run_again(run: Run, tmp_path: Path) -> None:
    """A process that is killed in the middle leaves whole files, and the next completes it."""
    run(*TO, *DAY)
    old = below(Path("web"))
    edit("chatgpt, deepseek]", "chatgpt, deepseek, perplexity]")
    program = (
        "import os, sys\n"
        "from aipol.cli.app import main\n"
        "real, left = os.replace, [int(sys.argv[1])]\n"
        "def replace(*names):\n"
        "    left[0] -= 1\n"
        "    if not left[0]: os.kill(os.getpid(), 9)\n"
        "    return real(*names)\n"
        "os.replace = replace\n"
        f"main(({', '.join(map(repr, (*TO, *DAY)))}))\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    kept = len(list(Path("web/.aipol-publish").glob("kept/*")))
    done = subprocess.run(
        [sys.executable, "-c", program, str(kept + 8)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -9, done.stderr
    after = below(Path("web"))
    assert after != old
    _, out, _ = run(*TO, *DAY, "--dry-run")
    assert "an earlier publish was cut short" in flat(out)
    code, out, _ = run(*TO, *DAY)
    assert (code, "an earlier publish had been cut short" in flat(out)) == (0, True)
    run("compile", *DAY)
    compiled = below(Path("generated"))
    for name, (content, _) in below(Path("web")).items():
        assert name[0] == "." or compiled[name][0] == content
    assert run(*TO, "--rollback")[0] == 0
    for name, (content, _) in old.items():
        assert name[0] == "." or below(Path("web"))[name][0] == content
