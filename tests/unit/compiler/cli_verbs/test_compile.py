"""`aipol compile` writes whole directories or nothing, and says what a person wants to know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Run = Any


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_target_gets_its_folder_and_the_manifest_lists_every_file(run: Run) -> None:
    """The manifest holds the size and SHA-256 of all other files, and no absolute path."""
    assert run("compile", "--as-of", "2026-12-01").code == 0
    files = tree(Path("generated"))
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    assert {name.partition("/")[0] for name in files} >= {"alpha", "beta"}
    assert list(manifest["policy"]) == ["ai-usage.yaml"]
    assert str(Path.cwd()) not in files["manifest.json"].decode()


def test_a_second_compile_changes_nothing(run: Run) -> None:
    """Same policy and same day give the same bytes, and untouched files keep their times."""
    run("compile", "--as-of", "2026-12-01")
    before = {path: path.stat().st_mtime_ns for path in Path("generated/alpha").rglob("*")}
    again = run("compile", "--as-of", "2026-12-01")
    assert "up to date" in again.out
    assert before == {path: path.stat().st_mtime_ns for path in Path("generated/alpha").rglob("*")}


def test_an_error_writes_nothing(run: Run, edit: Any) -> None:
    """A policy with a finding leaves no directory, and the finding is on stdout."""
    edit("apps: [siri]", "apps: [sirri]")
    outcome = run("compile")
    assert outcome.code == 1
    assert "AIP201" in outcome.out
    assert not Path("generated").exists()


def test_stale_files_disappear(run: Run, edit: Any) -> None:
    """What an earlier compile wrote and this one does not is gone."""
    run("compile", "--as-of", "2026-12-01")
    assert Path("generated/alpha/switches/windows-recall.json").exists()
    edit('apps: ["*"], groups', 'apps: ["*"], except_apps: [windows-recall], groups')
    edit("{id: intelligence, apps: [", "{id: intelligence, apps: [windows-recall, ")
    edit("groups: [pilot]", "groups: [everyone]")
    outcome = run("compile", "--as-of", "2026-12-01")
    assert outcome.code == 0
    assert "removed" in outcome.out
    assert not Path("generated/alpha/switches/windows-recall.json").exists()


def test_a_target_that_is_no_longer_configured_disappears(run: Run, edit: Any) -> None:
    """Its folder goes with the next compile, and the manifest forgets it."""
    run("compile")
    edit("targets: {alpha: {}, beta: {}}", "targets: {alpha: {}}")
    assert run("compile").code == 0
    assert not Path("generated/beta").exists()
    assert run("compile", "--check").code == 0


def test_a_foreign_file_is_named_and_kept(run: Run) -> None:
    """A file that aipol has not written stops the compile before anything is written."""
    run("compile")
    mine = Path("generated/alpha/notes.txt")
    mine.write_text("mine", encoding="utf-8")
    outcome = run("compile", "--as-of", "2030-01-01")
    assert outcome.code == 2
    assert "generated/alpha/notes.txt" in outcome.err
    assert mine.read_text(encoding="utf-8") == "mine"
    mine.unlink()
    assert run("compile", "--as-of", "2030-01-01").code == 0


def test_files_beside_the_folders_are_left_alone(run: Run) -> None:
    """A README in the directory belongs to somebody and stays."""
    run("compile")
    Path("generated/README.md").write_text("mine", encoding="utf-8")
    assert run("compile", "--as-of", "2030-01-01").code == 0
    assert Path("generated/README.md").read_text(encoding="utf-8") == "mine"


def test_somebody_elses_manifest_is_not_overwritten(run: Run) -> None:
    """A directory with another program's manifest.json is not ours to write to."""
    Path("generated").mkdir()
    Path("generated/manifest.json").write_text('{"name": "web app"}', encoding="utf-8")
    assert run("compile").code == 2
    assert Path("generated/manifest.json").read_text(encoding="utf-8") == '{"name": "web app"}'


@pytest.mark.parametrize("kind", ["link", "file"])
def test_an_odd_directory_is_refused(run: Run, kind: str) -> None:
    """A symbolic link or a file in the place of DIR is wrong usage."""
    Path("elsewhere").mkdir()
    if kind == "link":
        Path("out").symlink_to("elsewhere")
    else:
        Path("out").write_text("x", encoding="utf-8")
    assert run("compile", "--out", "out").code == 2
    assert list(Path("elsewhere").iterdir()) == []


def test_a_linked_target_folder_is_refused(run: Run) -> None:
    """A link in the place of a target's folder would write somewhere else."""
    Path("generated").mkdir()
    Path("elsewhere").mkdir()
    Path("generated/alpha").symlink_to("../elsewhere")
    assert run("compile").code == 2
    assert list(Path("elsewhere").iterdir()) == []


def test_one_target_leaves_the_others_alone(run: Run, edit: Any) -> None:
    """With -t the other folders keep their bytes, and --check then says what is stale."""
    run("compile", "--as-of", "2026-12-01")
    before = tree(Path("generated/beta"))
    edit("groups: [pilot]", "groups: [finance]")
    assert run("compile", "-t", "alpha", "--as-of", "2026-12-01").code == 0
    assert tree(Path("generated/beta")) == before
    manifest = json.loads(Path("generated/manifest.json").read_bytes())
    assert set(manifest["files"]) == set(tree(Path("generated"))) - {"manifest.json"}
    assert json.loads(Path("generated/coverage.json").read_bytes())["gaps"] is None
    outcome = run("compile", "--check", "--as-of", "2026-12-01", "--format", "json")
    assert outcome.code == 1
    stale = {finding["file"] for finding in outcome.json["findings"]}
    assert "generated/beta/switches/apple-intelligence.json" in stale
    assert not any(name.startswith("generated/alpha/") for name in stale)


def test_targets_compiled_one_by_one_are_one_compile(run: Run) -> None:
    """-t alpha and then -t beta give the same bytes as both at once."""
    run("compile", "--out", "whole", "--as-of", "2026-12-01")
    run("compile", "--out", "parts", "-t", "alpha", "--as-of", "2026-12-01")
    run("compile", "--out", "parts", "-t", "beta", "--as-of", "2026-12-01")
    assert tree(Path("whole")) == tree(Path("parts"))


def test_an_unknown_target_is_wrong_usage(run: Run) -> None:
    """A misspelt -t is named with what was meant."""
    outcome = run("compile", "-t", "alhpa")
    assert outcome.code == 2
    assert "`alpha`" in outcome.err


def test_a_policy_without_targets_is_wrong_usage(run: Run, edit: Any) -> None:
    """Compiling for nothing is not a success."""
    edit("targets: {alpha: {}, beta: {}}\n", "")
    assert run("compile").code == 2
    assert not Path("generated").exists()


def test_too_many_gaps_are_an_error_at_the_budget(run: Run, edit: Any) -> None:
    """A gap budget that is exceeded is a located error, and nothing is written."""
    edit("targets:", "gap_budget: 3\ntargets:")
    outcome = run("compile", "--format", "json")
    assert outcome.code == 1
    finding = outcome.json["findings"][-1]
    assert (finding["code"], finding["line"]) == ("AIP403", 18)
    assert not Path("generated").exists()


def test_a_tests_expectation_about_enforcement_is_held(run: Run, edit: Any) -> None:
    """`enforced_by` and `gaps` of the policy's tests are compared with the coverage."""
    test = "{app: siri, surface: builtin, expect: block, enforced_by: [alpha, beta], gaps: [%s]}"
    edit("targets:", f"tests:\n  - {test % 'unmanaged/corporate, unmanaged/elsewhere'}\ntargets:")
    assert run("compile").code == 0
    edit("unmanaged/corporate, ", "")
    outcome = run("compile", "--format", "json")
    assert outcome.code == 1
    assert outcome.json["findings"][-1]["code"] == "AIP304"
    assert "unmanaged/corporate" in outcome.json["findings"][-1]["message"]


def test_an_expectation_of_another_day_is_asked_on_that_day(run: Run, edit: Any) -> None:
    """A test with `as_of` is compared with the coverage of its own day."""
    test = "{who: [finance], app: siri, surface: builtin, as_of: 2027-02-01, expect: block, "
    edit("targets:", f"tests:\n  - {test}enforced_by: [alpha, beta]}}\ntargets:")
    assert run("compile", "--as-of", "2027-01-31").code == 0
    edit("enforced_by: [alpha, beta]", "enforced_by: [alpha]")
    assert run("compile", "--as-of", "2027-01-31").code == 1


def test_the_summary_fits_a_screen_and_names_the_next_command(run: Run) -> None:
    """At most 25 lines of at most 120 columns, with counts for each target."""
    lines = run("compile").out.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 120
    assert lines[-1].startswith("Next: ")
    assert any(line.split()[0] == "alpha" for line in lines if line.strip())


def test_the_summary_is_there_for_programs_and_for_comments(run: Run) -> None:
    """JSON has a schema and the counts, Markdown a table."""
    answer = run("compile", "--format", "json").json
    assert answer["schema"] == "aipol.compile/1"
    assert [row["id"] for row in answer["targets"]] == ["alpha", "beta"]
    assert answer["gaps"] > 0
    assert "| alpha |" in run("compile", "--format", "markdown").out


def test_bytes_do_not_depend_on_where_the_policy_is_named_from(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative and an absolute path, and another working directory, give the same bytes."""
    whole = Path("policy/ai-usage.yaml").resolve()
    run("compile", "--out", "one", "--as-of", "2026-12-01")
    run("compile", "--out", "two", "--as-of", "2026-12-01", str(whole))
    monkeypatch.chdir("policy")
    run("compile", "--out", "../three", "--as-of", "2026-12-01", "ai-usage.yaml")
    monkeypatch.chdir("..")
    assert tree(Path("one")) == tree(Path("two")) == tree(Path("three"))


# --- --check --------------------------------------------------------------------------------------


def test_check_is_content_with_what_compile_wrote(run: Run) -> None:
    """Right after a compile nothing is stale, and nothing is written."""
    run("compile", "--as-of", "2026-12-01")
    before = tree(Path("generated"))
    assert run("compile", "--check", "--as-of", "2026-12-01").code == 0
    assert tree(Path("generated")) == before


@pytest.mark.parametrize(
    ("damage", "code"),
    [("missing", "AIP503"), ("edited", "AIP507"), ("extra", "AIP504")],
)
def test_check_finds_every_kind_of_damage(run: Run, damage: str, code: str) -> None:
    """A missing, an edited and an unexpected file each have their finding and a fix."""
    run("compile", "--as-of", "2026-12-01")
    path = Path("generated/alpha/switches/siri.json")
    if damage == "missing":
        path.unlink()
    elif damage == "edited":
        path.write_bytes(path.read_bytes().replace(b"siri", b"Siri"))
    else:
        path.with_name("extra.json").write_bytes(b"[]")
    outcome = run("compile", "--check", "--as-of", "2026-12-01", "--format", "json")
    assert outcome.code == 1
    assert [finding["code"] for finding in outcome.json["findings"]] == [code]
    assert "aipol compile --out generated --as-of 2026-12-01" in outcome.json["findings"][0]["hint"]


@pytest.mark.parametrize("name", ["coverage.json", "manifest.json"])
def test_check_and_verify_find_edits_of_what_a_directory_says_about_itself(
    run: Run, name: str
) -> None:
    """A claim that was edited by hand is stale, however plausible."""
    run("compile", "--as-of", "2026-12-01")
    path = Path("generated") / name
    path.write_bytes(path.read_bytes().replace(b'"alpha/switches/siri', b'"alpha/switches/Siri'))
    assert run("compile", "--check", "--as-of", "2026-12-01").code == 1
    outcome = run("verify", "--format", "json")
    assert outcome.code == 1
    assert [finding["code"] for finding in outcome.json["findings"]] == ["AIP507"]


def test_check_says_what_has_ended_since(run: Run) -> None:
    """When an exception has ended, the check names it, who loses what, and the command."""
    run("compile", "--as-of", "2026-12-01")
    assert run("compile", "--check", "--as-of", "2027-01-31").code == 0
    outcome = run("compile", "--check", "--as-of", "2027-02-01", "--format", "json")
    assert outcome.code == 1
    (finding,) = outcome.json["findings"]
    assert "siri-trial" in finding["message"]
    assert "finance: lose siri" in finding["message"]
    assert "aipol compile --out generated --as-of 2027-02-01" in finding["hint"]


def test_check_needs_a_manifest(run: Run) -> None:
    """A directory without a manifest cannot be checked, and the message says what to run."""
    outcome = run("compile", "--check")
    assert outcome.code == 2
    assert "aipol compile --out generated" in outcome.err
