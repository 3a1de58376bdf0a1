"""What the verbs say about one person, and about what opens an app, with the targets we ship."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main
from aipol.cli.init import STARTER

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: example.acme}
groups:
  everyone: {all: true}
  finance: {entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd, networks: [10.20.0.0/24]}
  engineering: {entra: 90ecb0c2-a93e-4a07-aaf3-2b97c6673e4d, networks: [10.30.0.0/24]}
  directors: {entra: d55ce87f-83a3-4bc6-a487-d5b0965815f4}
rules:
  - {id: agents, apps: [claude], groups: [engineering, directors], effect: allow}
  - {id: chat, apps: [chatgpt], groups: [everyone], effect: warn}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
targets:
  dns: {outputs: [unbound]}
  squid: {}
"""
INTUNE = "  intune: {tenant: 0f3b6a1e-52c4-4b8e-9d07-3c1f5a7e2b90, mode: report-only}\n"
DAY = ("--as-of", "2026-12-01")
CLAUDE = ("explain", "--app", "claude", "--surface", "web", *DAY)
WIDTH = 100

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Run:
    """Run a command line in a folder with the policy."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "ai-usage.yaml").write_text(POLICY, encoding="utf-8")

    def go(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def write(text: str) -> None:
    """Replace the policy."""
    Path("policy/ai-usage.yaml").write_text(text, encoding="utf-8")


def at_the_proxy(run: Run, *groups: str) -> tuple[list[str], list[str], list[str]]:
    """Of the answer about Claude: how squid enforces it, what differs, and where it is open."""
    import json

    asked = [part for group in groups for part in ("--group", group)]
    answer = json.loads(run(*CLAUDE, "--format", "json", *asked)[1])
    return (
        [entry["exactness"] for entry in answer["enforced_by"] if entry["artifact"]],
        sorted({text for entry in answer["approximated"] for text in entry["differs"]}),
        [gap["situation"] for gap in answer["gaps"] if gap["situation"].endswith("/corporate")],
    )


def test_who_sits_on_a_network_of_their_own_is_blocked_exactly(run: Run) -> None:
    """That others let Claude through is no loss for someone in finance."""
    exact, differs, gaps = at_the_proxy(run, "finance")
    assert set(exact) == {"exact"}
    assert differs == []
    assert gaps == []


def test_who_sits_among_others_is_let_through(run: Run) -> None:
    """Someone in nobody's group gets what the directors beside them may use."""
    exact, differs, gaps = at_the_proxy(run)
    assert exact == []
    assert all("no network tells `directors` from others" in text for text in differs)
    assert len(gaps) == 3


def test_who_may_use_it_where_they_sit_has_no_losses(run: Run) -> None:
    """A director who is in no other group is not told of directors who sit in finance."""
    assert at_the_proxy(run, "directors")[1] == []
    assert at_the_proxy(run, "engineering")[1] == []


def test_who_is_of_two_networks_is_told_of_both(run: Run) -> None:
    """The answer depends on which of their networks they come from, and says so."""
    text = run(*CLAUDE, "--group", "engineering", "--group", "finance")[1]
    assert "Blocked, although allowed, by" in text
    flat = " ".join(text.split())
    assert "blocked from the network of `finance`, not from that of `engineering`" in flat


BOARD = POLICY.replace("  directors:", "  board: {all_of: [finance, engineering]}\n  directors:")


def test_who_has_a_ruling_and_no_network_is_told_where_they_are_blocked(run: Run) -> None:
    """No network is the board's: on those of its members' groups they get what others get."""
    rule = "{id: agents, apps: [claude], groups: [board], effect: justify}"
    write(re.sub(r"\{id: agents.*\}", rule, BOARD))
    exact, differs, _ = at_the_proxy(run, "engineering", "finance")
    assert exact == []
    assert any(
        "blocked from the network of `engineering` and `finance`" in each for each in differs
    )


def test_who_is_let_through_without_being_asked_is_not_called_blocked(run: Run) -> None:
    """Who should be asked gets there from a network whose people are not: nothing asks."""
    rule = "{id: agents, apps: [claude], groups: [engineering], effect: warn}"
    free = "{id: free, apps: [claude], groups: [everyone], effect: allow}"
    write(re.sub(r"\{id: agents.*\}", f"{rule}\n  - {free}", POLICY))
    exact, differs, _ = at_the_proxy(run, "engineering", "finance")
    assert exact == []
    assert differs
    assert all("blocked" not in each for each in differs)


def test_a_block_that_no_target_carries_out_is_not_told_as_one(run: Run) -> None:
    """Corporate accounts open the host, so that the networks of others block nobody there."""
    rules = (
        "{id: work, apps: [claude], groups: [everyone], account: corporate, effect: allow}",
        "{id: agents, apps: [claude], groups: [board, directors], effect: justify}",
    )
    write(re.sub(r"\{id: agents.*\}", "\n  - ".join(rules), BOARD))
    _, differs, _ = at_the_proxy(run, "engineering", "finance")
    assert differs
    assert all("blocked" not in each for each in differs)


def test_the_whole_matrix_is_about_everybody(run: Run) -> None:
    """Coverage counts the ruling as open on the network, whoever is held there."""
    assert "no network tells `directors` from others" in run("coverage", *DAY)[1]


def test_what_is_let_through_is_not_said_to_be_enforced(run: Run) -> None:
    """Nothing warns on a network: the heading says so, and blocking is no advice for a warning."""
    text = " ".join(run("explain", "--app", "chatgpt", "--surface", "web", *DAY)[1].split())
    assert "Let through by warn dns" in text
    assert "nothing warns, although the rule says warn" in text
    assert "Enforced in part by" not in text
    assert "block the app on the device" not in text


def test_what_opens_an_app_comes_first_with_the_groups_to_name(run: Run) -> None:
    """The first thing to act on is the group without a network, by name."""
    text = " ".join(run("compile", *DAY)[1].split())
    first = text.partition("Worth acting on:")[2]
    assert first.startswith(" claude (web, desktop, extension) for everyone except engineering")
    assert first.index("give `directors` `networks`") < first.index("Next:")
    assert "no-target-acts" not in first


def test_a_missing_id_is_asked_for_where_it_is_missing(run: Run) -> None:
    """On Intune the group without an Entra id is named, not a derived group."""
    write(POLICY.replace("{entra: d55ce87f-83a3-4bc6-a487-d5b0965815f4}", "{jamf: D}") + INTUNE)
    text = " ".join(run("coverage", *DAY)[1].split())
    assert "give `directors` an `entra` id" in text
    assert "add a derived group" not in text


def test_a_mode_that_only_reports_is_said_first_and_once(run: Run) -> None:
    """Before any loss the summary says that Intune does nothing yet, and which setting turns it."""
    write(POLICY + INTUNE)
    text = run("compile", *DAY)[1]
    said = text.index("intune is in report-only mode")
    assert said < text.index("Not enforced by anything")
    assert "report-only  " not in text
    assert "To make intune act: set `targets.intune.mode: enforce`" in text


@pytest.mark.parametrize("verb", ["compile", "coverage", "explain", "targets"])
def test_lines_fit_a_terminal_and_lose_nothing(run: Run, verb: str) -> None:
    """No line is wider than 100 columns unless one word of it is, and nothing is cut off."""
    write(POLICY + INTUNE)
    line = {"explain": CLAUDE, "targets": ("targets",)}.get(verb, (verb, *DAY))
    for shown in run(*line)[1].splitlines():
        assert len(shown) <= WIDTH or len(shown.split()) == 1, shown
        assert "…" not in shown


def test_a_cell_that_is_held_in_part_says_so(run: Run) -> None:
    """What reaches Edge and Chrome only is `part`, not `none`; a missing warning stays `none`."""
    one = "{id: one, apps: [deepseek], surfaces: [web], groups: [everyone], effect: block}"
    write(POLICY.replace("rules:", f"rules:\n  - {one}") + INTUNE.replace("report-only", "enforce"))
    lines = run("coverage", *DAY)[1].splitlines()
    rows = {line.split()[0]: line for line in lines if line}
    assert "part" in rows["one"]
    assert "part" not in rows["chat"]
    assert rows["part:"].startswith("part: none as written")


def test_a_falling_serial_is_warned_of(run: Run) -> None:
    """Compiling for an earlier day lowers a zone's serial: stderr says so, once."""
    assert "serial" not in run("compile", *DAY)[2]
    assert "serial" not in run("compile", "--as-of", "2026-12-02")[2]
    assert "fall from 2026-12-02 to 2026-12-01" in run("compile", *DAY)[2]


def test_the_next_commands_name_the_policy_and_git_only_where_they_work(run: Run) -> None:
    """Another policy is named in every command; git diff is for a folder that git looks at."""
    Path("policy/ai-usage.yaml").rename("other.yaml")
    text = run("compile", *DAY, "other.yaml")[1]
    assert "Next: look at generated; aipol coverage other.yaml" in text
    assert "targets/aipol_targets/{dns,squid}/README.md" in text
    Path(".git").mkdir()
    assert "Next: git diff generated" in _again(run, "2027-01-02")
    Path(".gitignore").write_text("# outputs\n/generated/\n", encoding="utf-8")
    assert "Next: look at generated" in _again(run, "2027-01-03")


def _again(run: Run, day: str) -> str:
    other = Path("other.yaml")
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace("[claude", "[deepseek, claude"), encoding="utf-8")
    return run("compile", "--as-of", day, "other.yaml")[1]


EXAMPLE = re.compile(r"^( *)# ", re.MULTILINE)


def test_the_starter_compiles_once_its_targets_are_uncommented(run: Run) -> None:
    """What `init` writes compiles with the example of targets taken as it is."""
    write(re.sub(r"^# (targets:|  lists: .*)$", r"\1", STARTER, flags=re.MULTILINE))
    assert "targets:\n  lists:" in Path("policy/ai-usage.yaml").read_text(encoding="utf-8")
    code, out, err = run("compile", *DAY)
    assert code == 0, out + err


def test_every_example_of_the_starter_passes_check(run: Run) -> None:
    """With `# ` taken away from each line but the first, nothing is to be moved or filled in."""
    first, rest = STARTER.split("\n", 1)
    whole = EXAMPLE.sub(r"\1", rest)
    assert first.startswith("# yaml-language-server: ")
    assert not EXAMPLE.search(whole)
    write(whole)
    code, out, err = run("check", *DAY)
    assert (code, err) == (0, ""), out
    for name in ("finance", "exceptions", "targets"):
        assert f"\n{name}:" in whole.replace("  finance:", "finance:")


def test_the_starter_invents_no_id_of_anybodys_platform() -> None:
    """A tenant or a group that nobody looked up would be compiled into real outputs."""
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", STARTER)


def test_a_message_that_is_not_about_usage_shows_no_usage(run: Run) -> None:
    """A policy without targets gets two lines to add; a file in the way is named, and no more."""
    write(POLICY.partition("targets:")[0])
    code, _, err = run("compile", *DAY)
    assert code == 2
    assert "lists: {outputs: [domains]}" in err
    assert "Usage:" not in err + run("init")[2] + run("verify")[2]


def test_a_missing_policy_and_a_bare_name_lead_to_the_right_verb(run: Run) -> None:
    """Without the usual policy `init` is offered; a word after `catalog` is searched for."""
    Path("policy/ai-usage.yaml").unlink()
    assert "aipol init" in run("check")[1]
    assert "aipol catalog search claude" in run("catalog", "claude")[2]
    assert "\\b" not in run("schema", "--help")[1]


MESSAGE = POLICY.replace("effect: block}", "effect: block, message: Ask us}")


def test_nobody_is_said_to_read_what_nothing_shows(run: Run) -> None:
    """A resolver says that a name does not exist; a device may say why."""
    write(MESSAGE)
    _, out, _ = run(*CLAUDE)
    assert "  message, which nothing that acts here shows to anybody: Ask us\n" in out
    write(MESSAGE + INTUNE.replace("report-only", "enforce"))
    _, out, _ = run("explain", "--app", "chatgpt", "--surface", "web", *DAY)
    assert "message" not in out
    _, out, _ = run(*CLAUDE)
    assert "  message, where the device can show one: Ask us\n" in out


def test_where_a_clause_is_open_is_said_once(run: Run) -> None:
    """With one reason for all of it, the place stands in the heading alone."""
    write("".join(line for line in POLICY.splitlines(keepends=True) if "id: agents" not in line))
    _, out, _ = run(*CLAUDE)
    assert out.count("any device off the network") == 1
    assert "  not blocked: any device off the network\n    no configured target acts" in out


def test_what_nothing_enforces_is_in_no_file(run: Run) -> None:
    """A place in an artefact is where something is enforced."""
    _, out, _ = run("explain", "--app", "siri", "--surface", "builtin", *DAY)
    assert "Enforced by nothing\n\nNot enforced\n" in out


def test_each_host_is_told_as_each_target_says_it(run: Run) -> None:
    """A list of subtrees says an exact host wider or not at all, and the answer names why."""
    import json

    apps = """\
apps:
  own:
    name: Own
    vendor: acme
    category: chat
    domains: [{domain: own.acme.test, match: exact}, {domain: kids.acme.test, match: children}]
"""
    write(f"{POLICY.replace('rules:', f'{apps}rules:', 1)}  umbrella: {{}}\n")
    asked = ("explain", "--app", "own", "--surface", "web", "--group", "finance", *DAY)
    hosts = json.loads(run(*asked, "--format", "json")[1])["hosts"]
    found = {
        (each["target"], each["host"], each["match"]): (each["verdict"], each["reason"])
        for each in hosts
        if each["client"] != "squid-sni"
    }
    assert found == {
        ("dns", "own.acme.test", "exact"): ("exact", ""),
        ("dns", "kids.acme.test", "children"): ("exact", ""),
        ("squid", "own.acme.test", "exact"): ("exact", ""),
        ("squid", "kids.acme.test", "children"): ("exact", ""),
        ("umbrella", "own.acme.test", "exact"): ("impossible", "subtrees-only"),
        ("umbrella", "kids.acme.test", "children"): ("impossible", "subtrees-only"),
    }
    text = run(*asked)[1]
    assert "own.acme.test (exact)" in text
    said = "impossible subtrees-only: own.acme.test (exact), kids.acme.test (children)"
    assert "  Of 2 hosts each file says exactly what the policy says, but:\n" in text
    assert f"    umbrella  {said}\n  and all of them exactly: dns, squid\n" in text
    write(
        f"{POLICY.replace('rules:', f'{apps}on_gap: tighten{chr(10)}rules:', 1)}  umbrella: {{}}\n"
    )
    hosts = json.loads(run(*asked, "--format", "json")[1])["hosts"]
    wider = [each for each in hosts if each["verdict"] == "widened"]
    assert {(each["target"], each["host"], each["reason"]) for each in wider} == {
        ("umbrella", "own.acme.test", "widened")
    }


HALF = "{id: half, apps: [claude], groups: [everyone], account: corporate, effect: allow}"


def test_what_a_list_of_hosts_cannot_do_is_never_called_exact(run: Run) -> None:
    """A prompt that nothing shows, an account that nothing sees, a host that serves others."""
    write(re.sub(r"\{id: agents.*\}", HALF, POLICY))
    ask = ("explain", "--surface", "web", "--group", "finance", *DAY, "--app")
    for app, said in (
        ("chatgpt", "narrowed no-prompt: all"),
        ("claude", "narrowed tenant-unknown: all"),
        ("notion-ai", "narrowed shared-host: all"),
    ):
        _, out, _ = run(*ask, app)
        assert f"    dns    {said}\n    squid  {said}\n" in out
    _, out, _ = run(*ask, "claude", "--account", "corporate")
    assert "hosts each file says exactly what the policy says: dns, squid\n" in out


def test_devices_and_families_of_addresses_are_told_by_themselves(run: Run) -> None:
    """Of two systems one is managed, and of two families of addresses one is told apart."""
    import json

    both = POLICY.replace("[10.20.0.0/24]", '[10.20.0.0/24, "2001:db8:20::/48"]')
    rule = both.replace("groups: [engineering, directors]", "groups: [finance]")
    windows = INTUNE.replace("report-only", "enforce, platforms: [windows]")
    write(f"{rule}  umbrella: {{}}\n{windows}")
    asked = (*CLAUDE, "--group", "finance")
    _, out, _ = run(*asked)
    assert "    umbrella/dns-policy/ipv6  impossible ipv6-indistinct: clau.de (subtree)" in out
    assert "exactly: dns, intune on managed Windows, squid, umbrella/dns-policy/ipv4\n" in out
    hosts = json.loads(run(*asked, "--format", "json")[1])["hosts"]
    found = {
        (e["target"], e["client"], *e["situations"]) for e in hosts if e["host"] == "claude.ai"
    }
    on_network = ("managed-macos/corporate", "managed-windows/corporate", "unmanaged/corporate")
    assert ("umbrella", "dns-policy/ipv6", *on_network) in found
    assert {each[2:] for each in found if each[0] == "intune"} == {
        ("managed-windows/corporate", "managed-windows/elsewhere")
    }
