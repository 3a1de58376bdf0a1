"""`aipol catalog diff`: what taking a catalogue does to people, first; then the rest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.diagnostics.quoting import columns

Run = Callable[..., Any]
DAY = ("--as-of", "2026-12-01")
FEATURES = """\
siri: {name: Siri, vendor: apple, kind: os, source: s, features: [siri]}
apple-intelligence:
  {name: Apple Intelligence, vendor: apple, kind: os, source: s, features: [apple-intelligence]}
"""
CHAT = """\
chatty:
  name: Chatty
  vendor: acme
  kind: chat
  source: s
  notes: none
  domains:
    - {domain: chatty.example, role: ui, match: subtree, source: s, tier: A}
"""
ROW = "    - {domain: new.example, role: ui, match: exact, source: s, tier: A}\n"
PROTECTED = "apple: [{host: push.example, match: exact, purpose: push, source: s, tier: A}]\n"


@pytest.fixture
def take(place: Path, run: Run) -> Run:
    """Compare a small catalogue with one that has other files."""

    def go(files: dict[str, str], *options: str) -> Any:
        for name in ("old", "new"):
            folder = place / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            texts = {"chat": CHAT, "os-feature": FEATURES, **(files if name == "new" else {})}
            for stem, text in texts.items():
                (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
        return run("catalog", "diff", "old", "new", *DAY, *options)

    return go


def test_the_same_catalogue_has_no_effect(take: Run) -> None:
    """Where nothing differs, one line says so and the exit code is 0."""
    found = take({}, "--exit-code")
    assert found.code == 0
    assert found.out == (
        "No effect on people under policy/ai-usage.yaml as of 2026-12-01: nothing differs.\n"
    )


def test_what_matters_to_nobody_is_counted_in_the_headline(take: Run) -> None:
    """A note, a vendor's name and a marketing host are counted, and named on demand."""
    row = ROW.replace("ui", "marketing")
    files = {"chat": CHAT.replace("none", "some") + row, "vendors": VENDORS}
    found = take(files, "--exit-code")
    assert found.code == 0
    assert "1 app, 1 identifier and 2 vendors differ" in " ".join(found.out.split())
    assert "chatty changed: notes changed, domains new.example added" in take(files, "-v").out


VENDORS = "apple: {name: Apple Inc}\nacme: {name: Acme Inc}\n"


def test_a_new_host_of_a_blocked_app_is_a_headline(take: Run) -> None:
    """Equal rulings can reach further: the host, the people and the way are said."""
    found = take({"chat": CHAT + ROW}, "--exit-code")
    assert found.code == 1
    lines = found.out.splitlines()
    assert lines[0].startswith("Taking new changes 1 thing for people under policy/ai-usage.yaml")
    assert "  stricter: everyone: chatty: new.example: allowed -> blocked" in lines
    assert take({"chat": CHAT + ROW}).code == 0


def test_the_looser_comes_first(take: Run) -> None:
    """An app that goes is a risk and stands before one that comes."""
    files = {"chat": CHAT.replace("chatty", "newcomer")}
    lines = take(files).out.splitlines()
    assert "1 looser, 1 stricter." in " ".join(" ".join(lines[:2]).split())
    assert lines[2:] == [
        "Looser:",
        "  everyone: chatty (web): block -> not governed",
        "Stricter:",
        "  everyone: newcomer (web): not governed -> block",
        "Identifiers:",
        "  looser: with chatty above: 2 hosts: blocked -> allowed",
        "  stricter: with newcomer above: 2 hosts: allowed -> blocked",
    ]


def test_a_policy_that_names_what_is_gone_is_said_first(take: Run) -> None:
    """A rule's app that the new catalogue lacks is an error with its line, and exit 1."""
    files = {"os-feature": FEATURES.replace("siri:", "sirius:")}
    found = take(files)
    assert found.code == 1
    lines = found.out.splitlines()
    assert lines[0] == "Taking new breaks policy/ai-usage.yaml: 1 error only under new."
    assert lines[1].startswith("policy/ai-usage.yaml:13:")
    assert "app `siri` is not in the catalogue" in lines[1]
    answer = take(files, "--format", "json").json
    assert (answer["ok"], answer["affected"]) == (False, None)
    assert [each["line"] for each in answer["findings"]] == [13]
    assert "siri" in take(files, "--format", "markdown").out


def test_a_policy_that_the_old_catalogue_broke_is_said_too(
    place: Path, take: Run, run: Run
) -> None:
    """Errors under the old catalogue alone, or under both, keep people from being compared."""
    take({"os-feature": FEATURES.replace("siri:", "sirius:")})
    found = run("catalog", "diff", "new", "old", *DAY)
    assert found.code == 1
    assert "policy/ai-usage.yaml has 1 error only under new." in found.out
    found = run("catalog", "diff", "new", "new", *DAY)
    assert (found.code, "under both" in found.out) == (1, True)
    (place / "policy" / "ai-usage.yaml").unlink()
    found = run("catalog", "diff", "old", "old", *DAY)
    assert found.code == 1
    assert "`aipol init` writes one" in found.out


def test_a_failing_test_of_the_policy_does_not_hide_the_effect(take: Run, edit: Any) -> None:
    """Where the policy still means something, its failed test and the change are both told."""
    edit(
        "targets:", "tests: [{who: [finance], app: chatty, surface: web, expect: block}]\ntargets:"
    )
    found = take({"chat": CHAT.replace("role: ui", "role: api")})
    assert found.code == 1
    assert "breaks policy/ai-usage.yaml" in found.out
    assert "everyone: chatty (web): block -> not governed" in found.out


def test_a_program_is_told_as_the_exit_code_tells(take: Run, run: Run, edit: Any) -> None:
    """A test of the policy that fails under either catalogue, or under both, is never `ok`."""
    edit(
        "targets:", "tests: [{who: [finance], app: chatty, surface: web, expect: block}]\ntargets:"
    )
    take({"chat": CHAT.replace("role: ui", "role: api")})
    for old, new, fails in (
        ("old", "old", False),
        ("old", "new", True),
        ("new", "old", True),
        ("new", "new", True),
    ):
        found = run("catalog", "diff", old, new, *DAY, "--format", "json")
        assert (found.json["ok"], found.code) == (not fails, int(fails))


def test_other_findings_come_after_the_effect(take: Run, edit: Any) -> None:
    """A warning that only the new catalogue brings stands below, with its line."""
    edit(
        "  - {id: everything",
        "  - {id: c, apps: [chatty], groups: [pilot], effect: allow}\n  - {id: everything",
    )
    files = {"chat": CHAT.replace("role: ui", "role: marketing")}
    lines = take(files).out.splitlines()
    assert lines[0].startswith("Taking new changes")
    title = next(number for number, line in enumerate(lines) if "more under new:" in line)
    assert "warning[" in lines[title + 1]


def test_the_answer_for_a_program_is_whole(take: Run) -> None:
    """JSON holds every change, identifier, and difference of the catalogues, with an example."""
    files = {"chat": CHAT + ROW, "protected": PROTECTED}
    answer = take(files, "--format", "json").json
    assert answer["schema"] == "aipol.catalog-diff/1"
    assert (answer["ok"], answer["affected"], answer["changes"]) == (True, True, [])
    (row,) = answer["identifiers"]
    assert (row["kind"], row["value"], row["who"]) == ("host", "new.example", "everyone")
    assert (row["before"], row["after"], row["direction"]) == ("allowed", "blocked", "stricter")
    assert row["example"] == []
    added = {"host": "push.example", "match": "exact", "purpose": "push"}
    assert answer["protected"] == {"added": [added], "removed": []}
    assert answer["catalogue"]["apps"][0]["rows"] == [
        {"section": "domains", "value": "new.example", "change": "added"}
    ]
    assert answer["old"]["digest"] != answer["new"]["digest"]
    assert (answer["new"]["name"], answer["new"]["apps"]) == ("new", 3)


def test_protected_hosts_and_platforms_are_listed(take: Run) -> None:
    """What nothing may block any more is said once, though it changes nothing for people."""
    files = {"protected": PROTECTED, "shared_platforms": "- {suffix: p.example, source: s}\n"}
    found = take(files, "--exit-code")
    assert found.code == 0
    assert " ".join(found.out.split()) == (
        "Taking new changes nothing for people under policy/ai-usage.yaml as of 2026-12-01,"
        " only what may be blocked at all."
        " Hosts that nothing may block: protected: push.example (exact, push)"
        " Platforms that many share: added: p.example"
    )
    files["vendors"] = VENDORS
    assert take(files).out.splitlines()[-1] == "No effect on people: 2 vendors differ."
    assert "2 vendors differ" in take(files, "--format", "markdown").out.splitlines()[-1]


def test_a_protected_host_that_only_says_more_is_counted(place: Path, take: Run, run: Run) -> None:
    """No block shows it, for it is protected before and after: it is among what has no effect."""
    take({"protected": PROTECTED})
    changed = PROTECTED.replace("tier: A", "tier: B")
    (place / "old" / "protected.yaml").write_text(changed, encoding="utf-8")
    said = " ".join(run("catalog", "diff", "old", "new", *DAY).out.split())
    assert said.endswith("as of 2026-12-01: 1 protected host differs.")


def test_a_large_update_fits_on_a_screen(take: Run) -> None:
    """Sixty apps that come are a line with three of their names, their hosts another."""
    many = "".join(
        CHAT.replace("chatty", f"app-{n}") + ROW.replace("new", f"x{n}") for n in range(60)
    )
    lines = take({"chat": CHAT + many}).out.splitlines()
    assert len(lines) < 12
    assert max(map(columns, lines)) <= 100
    assert "  everyone: app-0, app-1, app-10 and 57 more (web): not governed -> block" in lines


def test_lines_past_a_screen_are_counted(place: Path, take: Run, run: Run) -> None:
    """Each section ends with how many lines it left out; `--verbose` has them all."""
    apps = [CHAT.replace("chatty", f"app-{n:02}") for n in range(20)]
    rows = [text + ROW.replace("new", f"new{n}") for n, text in enumerate(apps)]
    take({"chat": "".join(rows)})
    (place / "old" / "chat.yaml").write_text("".join(apps), encoding="utf-8")
    found = run("catalog", "diff", "old", "new", *DAY)
    assert "  and 12 more lines: `--verbose` shows them" in found.out.splitlines()
    whole = run("catalog", "diff", "old", "new", *DAY, "--verbose").out
    assert whole.count("allowed -> blocked") == 20


def test_names_cannot_act_on_a_terminal(place: Path, take: Run, run: Run) -> None:
    """Control characters of files, hosts and names are written as escapes, in every form."""
    evil = "new\x1b[31m{0}"
    take({"chat": CHAT + ROW})
    (place / "new").rename(place / evil)
    for form in ("text", "json", "markdown"):
        found = run("catalog", "diff", "old", evil, *DAY, "--format", form, "-v")
        assert found.code == 0
        assert "\x1b" not in found.out + found.err
        assert found.out
    fact = '  facts: [{fact: a, value: "b\\e[2J", source: s, tier: A}]\n'
    (place / evil / "chat.yaml").write_text(CHAT + fact, encoding="utf-8")
    found = run("catalog", "diff", "old", evil, *DAY)
    assert "chat.yaml:9:28: the text has a character that cannot be seen" in found.err
    (place / evil / "chat.yaml").write_text("\x1b[31m: [", encoding="utf-8")
    found = run("catalog", "diff", "old", evil, *DAY)
    assert (found.code, "\x1b" in found.err, found.out) == (2, False, "")


def test_what_cannot_be_read_is_wrong_usage(place: Path, take: Run, run: Run) -> None:
    """A broken file, garbage, a missing place and an option in disguise end with 2."""
    take({})
    (place / "old" / "chat.yaml").write_text("a: [", encoding="utf-8")
    (place / "garbage").write_bytes(bytes(range(256)))
    for old, said in (
        ("old", "old/chat.yaml:2:1: not YAML"),
        ("garbage", "not a lock of the catalogue"),
        ("missing", "no directory, no file"),
    ):
        found = run("catalog", "diff", old, "new", *DAY)
        assert (found.code, found.out) == (2, "")
        assert said in found.err
    found = run("catalog", "diff", *DAY, "--", "-n", "new")
    assert (found.code, "`-n` is no git revision" in found.err) == (2, True)


def test_an_unread_file_is_remarked_on(take: Run) -> None:
    """A file that the index does not know is named on stderr, and nothing of it on stdout."""
    index = "schema: 1\nseen: 2026-08\ncategories: {chat: c, os-feature: o}\n"
    found = take({"index": index, "reviews": "- 1\n"})
    assert "`new/reviews.yaml` was not read" in found.err
    assert found.out.startswith("No effect on people")


def test_the_same_versions_give_the_same_bytes(take: Run) -> None:
    """Two runs do not differ in any form."""
    files = {"chat": CHAT.replace("chatty", "newcomer") + ROW}
    for form in ("text", "json", "markdown"):
        assert take(files, "--format", form).out == take(files, "--format", form).out
