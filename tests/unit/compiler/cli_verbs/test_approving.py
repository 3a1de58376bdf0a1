"""`aipol diff` counts people, says who has to agree, and stops where nobody did."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from aipol.approvals import Required, Trigger
from aipol.audience import EVERYBODY
from aipol.report.approvals import reason_lines
from aipol.source import Span
from aipol.vocabulary import Condition
from tests.unit.compiler.cli_verbs.conftest import Run

ROOT = Path(__file__).parents[4]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "review-1.json").read_text(encoding="utf-8"))
Edit = Callable[[str, str], None]
CONTACTS = "contacts: {security: s@acme.example, legal: l@acme.example}"
APPROVALS = """\
approvals:
  - {id: loose, when: [looser], contacts: [security]}
  - {id: flows, when: [new-data-flow], contacts: [legal, security]}
  - {id: itself, when: [approvals], contacts: [legal]}
targets:"""
PEOPLE = """\
user,groups,devices
u1,finance,macos:1
u2,finance,macos:1
u3,finance;pilot,macos:1
u4,pilot,macos:1;windows:1
u5,pilot,macos:1
u6,pilot,macos:1
u7,pilot,macos:1
secret-name,,windows:1
"""


@pytest.fixture
def committed(place: Path, edit: Edit) -> Path:
    """The policy with approvals is committed, and there is a file of people."""
    edit("identifier: com.acme}", f"identifier: com.acme, {CONTACTS}}}")
    edit("targets:", APPROVALS)
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "policy")):
        git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments)
        subprocess.run(git, check=True)
    (place / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return place


@pytest.fixture
def widened(committed: Path, edit: Edit) -> Path:
    """Finance may use what the pilot may."""
    edit("groups: [pilot], effect", "groups: [pilot, finance], effect")
    return committed


def test_effects_are_told_in_people_and_devices(widened: Path, run: Run) -> None:
    """By the file that is given; without one, in groups."""
    del widened
    assert "finance except pilot: may use Apple Intelligence" in run("diff").out
    found = run("diff", "--people", "people.csv", "--exact-counts")
    assert "finance except pilot; 2 people: may use Apple" not in found.out
    assert "finance except pilot; 2 people (2 Macs): may use Apple" in found.out
    assert found.code == 0


@pytest.mark.parametrize("form", ["text", "markdown", "json", "sarif", "junit", "github"])
def test_few_people_are_not_told_how_many_and_nobody_by_name(
    widened: Path, run: Run, form: str
) -> None:
    """In every format: a comment is read by more people than the file may be."""
    del widened
    found = run("diff", "--people", "people.csv", "--format", form)
    said = found.out + found.err
    assert not any(name in said for name in ("secret-name", "u1", "u2"))
    if form in {"text", "markdown"}:
        assert "fewer than 5 people" in said
        assert "2 people" not in said
    if form == "json":
        (change,) = found.json["effects"]["policy"]["changes"]
        assert change["headcount"] == {
            "people": None,
            "fewer_than": 5,
            "devices": {},
            "not_counted": [],
        }


def test_groups_that_the_file_does_not_know_are_told_as_not_counted(
    widened: Path, run: Run
) -> None:
    """A sum without them is not passed off as one of everybody."""
    (widened / "people.csv").write_text("user,groups\nu,pilot\n", encoding="utf-8")
    found = run("diff", "--people", "people.csv")
    assert "finance except pilot; 0 people; finance not in the file: may use" in found.out
    assert "AIP826" in found.err


def test_that_nobody_was_counted_is_told_where_it_matters(
    committed: Path, run: Run, edit: Edit
) -> None:
    """An approval for changes for many is needed, unless they are known to be few."""
    edit("when: [looser],", "when: [looser], min_people: 5,")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "many")
    subprocess.run(git, check=True, cwd=committed)
    edit("groups: [pilot], effect", "groups: [pilot, finance], effect")
    said = " ".join(run("diff").out.split())
    assert "changes for 5 people or more, and nobody counted them: `--people FILE` does" in said
    assert "(approval `loose`)" not in run("diff", "--people", "people.csv").out


def test_who_has_to_agree_is_told_with_why(widened: Path, run: Run) -> None:
    """In the first line, and by the line of the change; for a program as reviewers."""
    del widened
    found = run("diff")
    assert "Needs the agreement of security; legal or security." in " ".join(found.out.split())
    assert "security <s@acme.example> has to agree (approval `loose`)" in found.out
    assert "looser: policy/ai-usage.yaml:16 finance except pilot: may use" in found.out
    answer = run("diff", "--format", "json", "--people", "people.csv").json
    jsonschema.validate(answer, SCHEMA)
    reviewers = answer["required_reviewers"]
    assert [(each["approval"], each["approved"]) for each in reviewers] == [
        ("loose", False),
        ("flows", False),
    ]
    assert reviewers[0]["contacts"] == [{"name": "security", "mail": "s@acme.example"}]
    (reason,) = reviewers[0]["reasons"]
    assert (reason["condition"], reason["file"], reason["line"]) == (
        "looser",
        "policy/ai-usage.yaml",
        16,
    )


@pytest.mark.parametrize(
    ("approved", "code", "missing"),
    [
        ([], 1, ["loose", "flows"]),
        (["legal"], 1, ["loose"]),
        (["security"], 0, []),
        (["s@acme.example"], 0, []),
        (["legal", "security"], 0, []),
    ],
)
def test_a_missing_approval_is_an_exit_code_where_it_is_asked_for(
    widened: Path, run: Run, approved: list[str], code: int, missing: list[str]
) -> None:
    """Any contact of an approval will do; without the option nothing stops."""
    del widened
    said = [f"--approved={name}" for name in approved]
    found = run("diff", "--require-approvals", *said)
    assert found.code == code
    assert found.err.count("AIP827") == len(missing) * 2
    assert run("diff", *said).code == 0
    sarif = json.loads(run("diff", *said, "--format", "sarif").out)
    results = [each["ruleId"] for each in sarif["runs"][0]["results"]]
    assert results.count("AIP827") == len(missing)


def test_approvals_that_are_dropped_are_needed(committed: Path, run: Run, edit: Edit) -> None:
    """A change of nothing else, whose outputs are the same to the byte; told at the old line."""
    text = (committed / "policy" / "ai-usage.yaml").read_text(encoding="utf-8")
    line = text[: text.index("{id: loose")].count("\n") + 1
    edit("  - {id: loose, when: [looser], contacts: [security]}\n", "")
    found = run("diff", "--require-approvals", "--approved", "legal")
    assert found.code == 1
    assert "No effect on people; the outputs are the same" in " ".join(found.out.split())
    assert "security has to agree" in found.err
    assert f"policy/ai-usage.yaml:{line}:" in found.err
    assert "`loose` would be gone" in " ".join(found.out.split())
    assert "only HEAD asks for it" in " ".join(found.out.split())
    assert (
        run("diff", "--require-approvals", "--approved", "legal", "--approved", "security").code
        == 0
    )


def test_a_name_that_is_somebody_else_in_each_policy_says_nothing(
    committed: Path, run: Run, edit: Edit
) -> None:
    """Who agreed must be said by mail address then."""
    del committed
    edit("security: s@acme.example", "security: me@acme.example")
    agreed = ("--approved", "l@acme.example", "--approved")
    found = run("diff", "--require-approvals", "--approved", "legal", "--approved", "security")
    assert found.code == 1
    assert found.err.count("error") == 0
    assert "`--approved s@acme.example`, once they have agreed" in " ".join(found.err.split())
    assert "the change makes `security` another contact" in " ".join(found.err.split())
    assert run("diff", "--require-approvals", *agreed, "me@acme.example").code == 1
    assert run("diff", "--require-approvals", *agreed, "s@acme.example").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--require-approvals", "-t", "alpha"], "is about all targets"),
        (["--people", "nowhere.csv"], "AIP821"),
        (["--people", "bad.csv"], "bad.csv:2:1: error[AIP823] `user` begins like a formula"),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage(
    widened: Path, run: Run, arguments: list[str], said: str
) -> None:
    """A bad file must not pass for a count."""
    (widened / "bad.csv").write_text("user,groups\n=secret-name,\n", encoding="utf-8")
    found = run("diff", *arguments)
    assert found.code == 2
    assert said in found.err
    assert "secret-name" not in found.err


def test_a_contact_of_another_policy_is_not_counted(widened: Path, run: Run) -> None:
    """Several policies may share one list of approvers; a slip is told, and gives nothing."""
    del widened
    found = run("diff", "--require-approvals", "--approved", "securty")
    assert found.code == 1
    said = " ".join(found.err.split())
    assert "neither policy has a contact `securty`, whose approval is not counted; did you" in said
    assert said.count("AIP827") == 4
    given = ("--approved", "elsewhere", "--approved", "security")
    assert run("diff", "--require-approvals", *given).code == 0


def test_a_base_with_errors_needs_every_approval(committed: Path, run: Run, edit: Edit) -> None:
    """What the change does cannot be said."""
    edit("groups: [pilot], effect", "groups: [piolt], effect")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "broken")
    subprocess.run(git, check=True, cwd=committed)
    edit("groups: [piolt], effect", "groups: [pilot], effect")
    found = run("diff", "--format", "json")
    assert [each["approval"] for each in found.json["required_reviewers"]] == [
        "loose",
        "flows",
        "itself",
    ]
    assert run("diff", "--require-approvals").code == 1


def test_a_policy_that_is_new_needs_what_it_asks_for(committed: Path, run: Run) -> None:
    """There is no policy before whose approvals could count."""
    (committed / "policy" / "ai-usage.yaml").rename(committed / "policy" / "other.yaml")
    found = run("diff", "policy/other.yaml", "--format", "json")
    assert found.code == 0
    assert all(
        each["asked_by"] == {"base": False, "new": True}
        for each in found.json["required_reviewers"]
    )


def test_a_gap_of_the_whole_policy_is_a_new_gap(committed: Path, run: Run, edit: Edit) -> None:
    """A clause that no target carries out; as little is asked for where it was there before."""
    edit("when: [looser]", "when: [new-gap]")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "gaps")
    subprocess.run(git, check=True, cwd=committed)
    assert run("diff", "--require-approvals").code == 0
    edit("targets:", "network: {close_bypasses: true}\ntargets:")
    found = run("diff", "--require-approvals")
    assert found.code == 1
    assert "new-gap: policy/ai-usage.yaml:" in found.err
    assert "`network.close_bypasses: true`" in found.err


def test_all_reasons_are_told_on_demand() -> None:
    """One for each condition in brief, every one with `-v`."""
    reasons = tuple(Trigger(Condition.LOOSER, text, Span("p.yaml", 3, 1)) for text in "abc")
    needed = Required("x", (), Span("p.yaml", 9, 1), True, True, reasons, EVERYBODY)
    assert list(reason_lines(needed)) == ["looser: p.yaml:3 a; and 2 more reasons"]
    assert list(reason_lines(needed, whole=True)) == [f"looser: p.yaml:3 {text}" for text in "abc"]


def test_without_a_policy_before_nothing_is_agreed_to_by_itself(committed: Path, run: Run) -> None:
    """A change may have moved it: somebody has to say that it is new."""
    (committed / "policy" / "ai-usage.yaml").rename(committed / "policy" / "moved.yaml")
    found = run("diff", "policy/moved.yaml", "--require-approvals")
    assert found.code == 2
    assert "the policy of `HEAD` is not there" in found.err
    found = run("diff", "policy/moved.yaml", "--require-approvals", "--new-policy")
    assert found.code == 0, found.err


def test_a_policy_before_that_cannot_be_read_counts_as_not_there(
    committed: Path, run: Run, edit: Edit
) -> None:
    """Its approvals are not known, and the change could have left them out."""
    del committed
    edit("version: 1", "version: 1\nextends: nowhere.yaml")
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@x", "commit", "-qam", "broken"], check=True
    )
    edit("extends: nowhere.yaml\n", "")
    found = run("diff", "--require-approvals")
    assert found.code == 2
    assert "the policy of `HEAD` has errors" in found.err


@pytest.mark.parametrize("given", [["--new-policy"], ["--new-policy", "--require-approvals"]])
def test_a_policy_that_was_there_is_not_new(committed: Path, run: Run, given: list[str]) -> None:
    """Otherwise a pipeline would keep saying so."""
    del committed
    assert run("diff", *given).code == 2


@pytest.mark.parametrize(
    "asked", [("--require-approvals", "-t", "alpha"), ("--people", "gone.csv")], ids=" ".join
)
def test_what_cannot_be_answered_is_refused_before_anything_is_compiled(
    committed: Path, run: Run, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]
) -> None:
    """Nobody waits for it."""
    del committed
    monkeypatch.setattr("aipol.cli.diff._reviewed", lambda _: pytest.fail("it is compiled"))
    assert run("diff", *asked).code == 2
