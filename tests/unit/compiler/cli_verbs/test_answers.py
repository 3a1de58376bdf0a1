"""The verbs that read answer truthfully, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from aipol.catalogue.lock import SCHEMA as LOCK_SCHEMA
from aipol.cli import composition
from aipol.cli.app import VERBS, main
from aipol.report.manifest import fingerprint, manifest_bytes, read_manifest
from aipol.report.words import as_json, markdown, places, some, table
from aipol.vocabulary import ON_NETWORK, Situation

Run = Any
OWN = ("compile", "verify", "explain", "coverage", "targets", "schedule", "show")


# --- explain --------------------------------------------------------------------------------------


def explain(run: Run, *more: str) -> Any:
    """The JSON answer about Siri."""
    question = ("--app", "siri", "--surface", "builtin", "--as-of", "2026-12-01")
    return run("explain", *question, "--format", "json", *more).json


def test_explain_leads_from_the_line_to_the_artefact(run: Run) -> None:
    """The answer names effect, rule, file, line, artefacts with place, and the gaps."""
    answer = explain(run)
    assert (answer["effect"], answer["rule"]) == ("block", "everything-else")
    assert (answer["file"], answer["line"]) == ("policy/ai-usage.yaml", 17)
    assert {entry["artifact"] for entry in answer["enforced_by"]} == {
        "alpha/switches/siri.json",
        "beta/switches/siri.json",
    }
    first = answer["enforced_by"][0]
    assert (first["exactness"], first["locator"]) == ("exact", "/siri")
    assert {gap["situation"] for gap in answer["gaps"]} == {
        "unmanaged/corporate",
        "unmanaged/elsewhere",
    }


def test_explain_knows_exceptions_and_gates(run: Run) -> None:
    """Every line that made the ruling what it is appears with its origin and note."""
    answer = explain(run, "--group", "finance")
    assert (answer["effect"], answer["rule"]) == ("allow", "siri-trial")
    assert [because["origin"] for because in answer["because"]] == ["exception", "vendor tier"]
    assert answer["obligations"] == {"data.max": "internal"}


def test_explain_reads_well(run: Run) -> None:
    """The text names the person, the verdict, the line, the artefact and what is open."""
    text = run("explain", "--app", "siri", "--surface", "builtin").out
    assert text.startswith("Siri (siri), builtin, for someone in nobody's group")
    for part in ("BLOCK", "policy/ai-usage.yaml:17", "alpha/switches/siri.json", "Not enforced"):
        assert part in text


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--app", "sirri", "--surface", "builtin"), "`siri`"),
        (("--app", "Siri", "--surface", "builtin"), "`siri`"),
        (("--app", "siri", "--surface", "bultin"), "`builtin`"),
        (("--app", "siri", "--surface", "cli"), "it has `builtin`"),
        (("--app", "siri", "--surface", "builtin", "--group", "finanec"), "`finance`"),
    ],
)
def test_explain_suggests_what_was_meant(run: Run, arguments: tuple[str, ...], hint: str) -> None:
    """An unknown app, surface or group is wrong usage with a did-you-mean."""
    outcome = run("explain", *arguments)
    assert outcome.code == 2
    assert hint in outcome.err


def test_explain_refuses_a_person_who_cannot_be(run: Run, edit: Any) -> None:
    """Nobody can be in a group and in the group of everybody else."""
    edit("rules:", "  # nothing\nrules:")
    edit("  pilot:", "  others: {none_of: [finance]}\n  pilot:")
    outcome = run(
        "explain",
        "--app",
        "siri",
        "--surface",
        "builtin",
        "--group",
        "finance",
        "--group",
        "others",
    )
    assert outcome.code == 2
    assert "nobody can be in" in outcome.err


# --- coverage -------------------------------------------------------------------------------------


def test_coverage_has_a_row_for_every_cell(run: Run) -> None:
    """Each ruling, clause, situation and target has exactly one row, and the totals count them."""
    answer = run("coverage", "--format", "json", "--as-of", "2026-12-01").json
    keys = [
        (row["ruling"], row["clause"], row["situation"], row["target"]) for row in answer["rows"]
    ]
    assert len(set(keys)) == len(keys)
    clauses = {(ruling, clause) for ruling, clause, _, _ in keys}
    assert len(keys) == len(clauses) * len(Situation) * 2
    assert sum(sum(counts.values()) for counts in answer["totals"].values()) == len(keys)
    assert answer["gap_count"] == len({(g["ruling"], g["situation"]) for g in answer["gaps"]})
    assert {row["reason"] for row in answer["rows"]} - {""} <= set(answer["reasons"])


def test_coverage_says_what_explain_says(run: Run) -> None:
    """The gaps of one ruling are the same in both answers."""
    answer = run("coverage", "--format", "json", "--as-of", "2026-12-01").json
    siri = {
        gap["situation"]
        for gap in answer["gaps"]
        if gap["ruling"] == "siri/builtin/any/everything-else"
    }
    assert siri == {gap["situation"] for gap in explain(run)["gaps"]}


def test_coverage_is_readable(run: Run) -> None:
    """The text has a row a rule, and Markdown a table; both give the number of gaps."""
    text = run("coverage").out
    assert any(line.startswith("everything-else") for line in text.splitlines())
    assert " gaps, " in text
    assert "| everything-else |" in run("coverage", "--format", "markdown").out


def test_coverage_fails_on_request_only(run: Run, edit: Any) -> None:
    """--exit-code compares the gaps with the budget; without it the answer is a success."""
    assert run("coverage").code == 0
    assert run("coverage", "--exit-code").code == 1
    edit("targets:", "gap_budget: 100000\ntargets:")
    assert run("coverage", "--exit-code").code == 0


# --- verify ---------------------------------------------------------------------------------------


def test_verify_says_how_much_it_asked(run: Run) -> None:
    """Success counts the answers and the artefacts."""
    run("compile", "--as-of", "2026-12-01")
    answer = run("verify", "--format", "json").json
    assert answer["ok"] is True
    assert answer["as_of"] == "2026-12-01"
    assert answer["answers"] > 0
    assert answer["artifacts"] == len(list(Path("generated").glob("*/switches/*.json")))
    assert "answers of" in run("verify").out


def test_verify_names_the_policy_line_and_the_artefact(run: Run) -> None:
    """A switch that was taken out is a wrong answer, found by reading, not by comparing."""
    run("compile", "--as-of", "2026-12-01")
    Path("generated/alpha/switches/siri.json").write_bytes(b"[]\n")
    outcome = run("verify", "--format", "json")
    assert outcome.code == 1
    wrong = [f for f in outcome.json["findings"] if f["code"] == "AIP501"]
    assert wrong[0]["file"] == "policy/ai-usage.yaml"
    assert wrong[0]["line"] == 17
    assert "alpha/switches/siri.json" in wrong[0]["message"]


def test_verify_reports_what_cannot_be_read(run: Run) -> None:
    """Bytes that are not of the vendor's format are a finding, not a crash."""
    run("compile", "--as-of", "2026-12-01")
    Path("generated/alpha/switches/siri.json").write_bytes(b"\xff{")
    codes = {f["code"] for f in run("verify", "--format", "json").json["findings"]}
    assert {"AIP502", "AIP507"} <= codes


def test_verify_does_not_believe_the_directory(run: Run) -> None:
    """A manifest that lists the wrong file as right does not help it."""
    run("compile", "--as-of", "2026-12-01")
    path = Path("generated/alpha/switches/siri.json")
    wrong = path.read_bytes().replace(b'"*"', b'"nobody"')
    path.write_bytes(wrong)
    manifest = Path("generated/manifest.json")
    read = read_manifest(manifest.read_bytes())
    files = {**read.files, "alpha/switches/siri.json": fingerprint(wrong)}
    manifest.write_bytes(manifest_bytes(type(read)(read.inputs, read.targets, files)))
    codes = {f["code"] for f in run("verify", "--format", "json").json["findings"]}
    assert {"AIP501", "AIP507"} <= codes


# --- schedule, show, targets, catalog -------------------------------------------------------------


def test_schedule_lists_the_days_after_the_last_ones(run: Run) -> None:
    """The day after an exception's end and after evidence's end, with who loses what."""
    answer = run("schedule", "--as-of", "2026-12-01", "--format", "json").json
    assert [day["date"] for day in answer["dates"]] == ["2027-02-01", "2027-07-01"]
    assert answer["dates"][0]["changes"][0]["text"] == (
        "finance: lose siri (builtin): allow with data.max: internal -> block"
    )
    assert "data.max: internal -> public" in answer["dates"][1]["changes"][0]["text"]


def test_schedule_lists_only_days_that_change_something(run: Run, edit: Any) -> None:
    """Evidence that no tier asks for, and an exception that says what the rules say, are silent."""
    edit("effect: allow, until: 2027-01-31", "effect: block, until: 2027-01-31")
    edit("when: {soc2: valid}", "when: {dpa: signed}")
    assert run("schedule", "--as-of", "2026-12-01", "--format", "json").json["dates"] == []
    assert "Nothing changes" in run("schedule", "--as-of", "2026-12-01").out


def test_schedule_ends_where_it_is_told(run: Run) -> None:
    """--until is the last day that is looked at; before --as-of it is wrong usage."""
    days = ("schedule", "--as-of", "2026-12-01", "--format", "json", "--until")
    assert run(*days, "2027-01-31").json["dates"] == []
    assert len(run(*days, "2027-02-01").json["dates"]) == 1
    assert run("schedule", "--as-of", "2026-12-01", "--until", "2026-11-30").code == 2


def test_a_merged_policy_means_the_same(run: Run) -> None:
    """What `show --merged` prints is a policy with the very same rulings."""
    Path("merged.yaml").write_text(run("show", "--merged").out, encoding="utf-8")

    def rulings(*policy: str) -> list[tuple[str, ...]]:
        answer = run("show", "--rulings", "--as-of", "2026-12-01", "--format", "json", *policy).json
        return [(r["id"], r["audience"], r["effect"], *r["obligations"]) for r in answer["rulings"]]

    assert rulings("merged.yaml") == rulings()


def test_show_names_the_origin_of_every_entry(run: Run) -> None:
    """Entries of a base have the base's file and line, the child's their own."""
    Path("child.yaml").write_text(
        "version: 1\nextends: policy/ai-usage.yaml\nrules:\n"
        "  - {id: mine, apps: [siri], groups: [everyone], effect: block}\n",
        encoding="utf-8",
    )
    text = run("show", "--merged", "child.yaml").out
    (mine,) = (line for line in text.splitlines() if "id: mine" in line)
    (base,) = (line for line in text.splitlines() if "id: everything-else" in line)
    assert mine.endswith("# child.yaml:4")
    assert base.endswith("# policy/ai-usage.yaml:17")
    assert "child.yaml extends policy/ai-usage.yaml" in run("show", "child.yaml").out


def test_show_ends_with_the_default(run: Run) -> None:
    """How many apps no rule decides about, and that those are blocked."""
    Path("one.yaml").write_text(
        "version: 1\norganization: {name: Acme, identifier: com.acme}\n"
        "groups: {everyone: {all: true}}\n"
        "rules: [{id: siri, apps: [siri], groups: [everyone], effect: allow}]\n",
        encoding="utf-8",
    )
    left = run("show", "one.yaml", "--format", "json").json["default"]
    every = len(left["apps"]) + 1
    assert left["effect"] == "block"
    assert "siri" not in left["apps"]
    last = run("show", "one.yaml").out.splitlines()[-1]
    assert last.split()[:3] == ["(none", "matches)", "block"]
    assert f"{every - 1:,} of {every:,} listed apps" in last
    assert "0 of" in run("show").out.splitlines()[-1]


def test_targets_are_listed_with_reach_and_limits(run: Run) -> None:
    """Every form has the ids of all targets."""
    assert [t["id"] for t in run("targets", "--format", "json").json["targets"]] == [
        "alpha",
        "beta",
    ]
    assert "alpha: Switches of alpha" in run("targets").out
    assert "<code>alpha</code>" in run("targets", "--format", "markdown").out


def test_one_target_is_shown_with_settings_and_limits(run: Run) -> None:
    """The list has no limits; the one has them, and JSON has everything in both."""
    alpha = run("targets", "--format", "json").json["targets"][0]
    assert alpha["pushes"] is False
    assert run("targets", "alpha", "--format", "json").json["targets"] == [alpha]
    assert sorted(each["name"] for each in alpha["described"]) == alpha["settings"]
    text, every = run("targets", "alpha").out, run("targets").out
    assert "beta" not in text
    assert "aipol targets NAME" in every
    for setting in alpha["described"]:
        assert setting["meaning"] in " ".join(text.split())
    for limit in alpha["limits"]:
        assert limit["source"] in text
        assert limit["source"] not in every
    done = run("targets", "alpa")
    assert (done.code, "did you mean `alpha`" in done.err) == (2, True)


def test_the_catalogue_can_be_searched_by_anything(run: Run) -> None:
    """A host, a bundle id and a part of a name lead to the app; nothing found is exit 1."""
    for text in ("chatgpt.com", "https://chat.openai.com/x", "com.openai.chat", "chatgp"):
        apps = {
            hit["app"] for hit in run("catalog", "search", text, "--format", "json").json["hits"]
        }
        assert "chatgpt" in apps, text
    assert run("catalog", "search", "no such thing").code == 1


def test_the_catalogue_can_be_filtered_and_shown(run: Run) -> None:
    """Filters narrow the list, a wrong filter is wrong usage, and facts have sources."""
    apps = run("catalog", "list", "--vendor", "openai", "--format", "json").json["apps"]
    assert apps
    assert {app["vendor"] for app in apps} == {"openai"}
    assert run("catalog", "list", "--category", "chta").code == 2
    shown = run("catalog", "show", "chatgpt", "--format", "json").json
    assert all(domain["source"] and domain["tier"] for domain in shown["domains"])
    assert "chatgpt.com" in run("catalog", "show", "chatgpt").out
    assert run("catalog", "show", "chatgtp").code == 2


def test_every_answer_about_the_catalogue_says_which_it_is(run: Run) -> None:
    """No two verbs answer a program under one schema, nor one under that of a lock."""
    verbs = {
        "list": (),
        "show": ("chatgpt",),
        "search": ("chatgpt",),
        "gaps": (),
        "diff": ("shipped", "shipped"),
        "lock": ("--out", "lock.json"),
    }
    found = [run("catalog", verb, *more, "--format", "json").json for verb, more in verbs.items()]
    names = {answer["schema"] for answer in found}
    assert names >= {"aipol.catalog-list/1", "aipol.catalog-show/1", "aipol.catalog-gaps/1"}
    assert len(names - {LOCK_SCHEMA}) == len(verbs)


# --- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", OWN)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help is an answer, with exit code 0."""
    assert main([verb, "--help"]) == 0
    assert "Usage: aipol" in capsys.readouterr().out


def test_a_policys_control_characters_do_not_reach_the_terminal(run: Run, edit: Any) -> None:
    """Text of the policy is escaped wherever it is printed."""
    edit("effect: block}", 'effect: block, message: "\\u001b[31mred"}')
    for arguments in (
        ("explain", "--app", "siri", "--surface", "builtin"),
        ("show", "--merged"),
        ("compile",),
    ):
        outcome = run(*arguments)
        assert "\x1b" not in outcome.out + outcome.err


def test_two_targets_of_one_name_are_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third party's target cannot take the place of ours."""

    class Entry:
        name, value = "mine", "acme.target:TARGET"

        @staticmethod
        def load() -> Any:
            return composition.all_targets.__wrapped__()[0]

    listed = composition.all_targets.__wrapped__()
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [Entry] if group else [])
    monkeypatch.setattr(Entry, "load", staticmethod(lambda: listed[0]))
    with pytest.raises(click.UsageError, match="two targets are called"):
        composition.all_targets.__wrapped__()


@pytest.mark.parametrize(
    ("situations", "words"),
    [
        (tuple(Situation), "everywhere"),
        (ON_NETWORK, "any device on the network"),
        ((Situation.MACOS_CORPORATE, Situation.MACOS_ELSEWHERE), "managed Macs"),
        ((Situation.WINDOWS_ELSEWHERE,), "managed Windows off the network"),
    ],
)
def test_situations_have_words(situations: tuple[Situation, ...], words: str) -> None:
    """Situations are said as people say them."""
    assert places(situations) == words


def test_long_enumerations_are_cut() -> None:
    """Past a few names there is a number; a single name more is written out."""
    assert some("abcd") == "a, b, c, d"
    assert some("abcde") == "a, b, c and 2 more"


def test_tables_align_wide_characters_and_defuse_markup() -> None:
    """Columns count cells of a terminal, and a Markdown cell cannot end its row."""
    assert table([("豆包", "x"), ("ab", "y")]) == ["豆包  x", "ab    y"]
    assert "|" not in markdown("a|b<script>`c`").replace("<code>c</code>", "")
    assert "<script>" not in markdown("a|b<script>")


def test_the_verbs_of_the_table_exist() -> None:
    """Every row of the verb table can be imported."""
    assert set(OWN) <= set(VERBS)


def test_json_holds_nothing_that_acts_on_a_terminal() -> None:
    """What cannot be seen is an escape, what can is itself, and a program reads the same text."""
    text = "\x1b[2J \x85 \u202e \xa0 \U000e0041 caf\xe9 \U0001f600"
    answer = as_json({text: text})
    assert answer.replace("\n", "").isprintable()
    assert "caf\xe9 \U0001f600" in answer
    assert json.loads(answer) == {text: text}


def test_wrong_usage_shows_what_it_quotes(run: Run) -> None:
    """A control character of an argument reaches no terminal."""
    done = run("catalog", "show", "chat\x07gtp\u202e")
    assert done.code == 2
    assert "`chat\\x07gtp\\u202e`" in done.err
