"""`aipol diff`: revisions that are odd, folders, vendors, and the objects of targets."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from aipol.cli import composition
from aipol.remote import Objects, Unusable, Wanted
from tests.unit.compiler.cli_verbs.conftest import POLICY, Run, fake
from tests.unit.compiler.cli_verbs.pushing import Shop

Edit = Callable[[str, str], None]


def git(*arguments: str) -> None:
    """Run git as somebody."""
    person = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(("git", *person, *arguments), check=True)


@pytest.fixture
def committed(place: Path) -> Path:
    """The policy in a repository with one commit."""
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "policy")
    return place


def test_an_edit_is_told_with_the_commit(committed: Path, run: Run, edit: Edit) -> None:
    """Whose what it is, and what it was compared with."""
    del committed
    edit("apps: [apple-intelligence], groups: [pilot]", "apps: [siri], groups: [pilot]")
    found = run("diff")
    assert found.code == 0, found.err
    assert found.out.startswith("policy/ai-usage.yaml against HEAD (")
    said = " ".join(found.out.split())
    assert "pilot except finance: may use Siri" in said
    assert "pilot: lose Apple Intelligence" in said
    assert run("diff", "--exit-code").code == 1


def test_links_and_other_odd_things_of_a_repository_are_left_out(committed: Path, run: Run) -> None:
    """A link that leads out of the repository is nobody's policy, and stops nothing."""
    (committed / "out").symlink_to("/etc/passwd")
    (committed / "up").symlink_to("../../..")
    git("add", ".")
    git("commit", "-qm", "links")
    assert "No effect on people" in run("diff").out


def test_attributes_do_not_rewrite_what_a_revision_has(
    committed: Path, run: Run, edit: Edit
) -> None:
    """Whoever writes them would write the base: it is compared as it was committed."""
    (committed / ".gitattributes").write_text(
        "policy export-ignore\npolicy/* export-subst ident eol=crlf filter=x\n", encoding="utf-8"
    )
    edit("organization: {name: Acme Ltd", 'organization: {name: "$Format:%an$ $Id$"')
    git("add", ".")
    git("commit", "-qm", "attributes")
    found = run("diff", "--format", "json")
    assert found.code == 0, found.err
    assert found.json["effects"]["policy"]["changes"] == []
    assert "outputs are the same to the byte" in run("diff").out


@pytest.mark.parametrize("folder", [False, True])
def test_a_policy_that_is_made_a_link_is_no_new_one(
    committed: Path, run: Run, folder: bool
) -> None:
    """Its name would be looked up where the link leads, and there was nothing before."""
    (committed / "new").mkdir()
    (committed / "new" / "ai-usage.yaml").write_text(POLICY, encoding="utf-8")
    link = committed / "policy" if folder else committed / "policy" / "ai-usage.yaml"
    (committed / "policy" / "ai-usage.yaml").unlink()
    if folder:
        (committed / "policy").rmdir()
    link.symlink_to(committed / "new" if folder else "../new/ai-usage.yaml")
    found = run("diff", "--require-approvals", "--base", "HEAD")
    assert found.code == 2
    assert "is a link" in found.err


def test_a_revision_with_nothing_in_it_has_no_policy(committed: Path, run: Run) -> None:
    """All of the policy is new."""
    del committed
    git("checkout", "-q", "--orphan", "bare")
    git("rm", "-rq", "--cached", ".")
    git("commit", "-qm", "nothing", "--allow-empty")
    assert "Siri as a built-in feature: not governed -> block" in run("diff").out


@pytest.mark.parametrize(
    "line",
    [
        "extends: ../../OTHER/base.yaml",
        "catalogue: {overlay: [../../OTHER/base.yaml]}",
        "catalogue: {lock: ../../OTHER/base.yaml}",
        "network: {inventory: ../../OTHER/base.yaml}",
        "extends: ../.git/base.yaml",
        "extends: linked.yaml",
    ],
)
def test_no_file_of_a_policy_is_read_from_outside(
    committed: Path, run: Run, edit: Edit, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the working tree has would be the base of its own change."""
    other = committed.parent / f"{committed.name}-other"
    other.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(committed.parent))
    line = line.replace("OTHER", other.name)
    for there in (other / "base.yaml", committed / ".git" / "base.yaml"):
        there.write_text("version: 1\n", encoding="utf-8")
    (committed / "policy" / "linked.yaml").symlink_to(other / "base.yaml")
    edit("version: 1\n", f"version: 1\n{line}\n")
    git("add", ".")
    git("commit", "-qm", "climbs")
    assert "is outside of the repository's files" in run("diff").err
    path = committed / "policy" / "ai-usage.yaml"
    path.write_text(POLICY, encoding="utf-8")
    found = run("diff")
    assert "The policy of HEAD has errors" in found.out


def test_no_repository_is_told(place: Path, run: Run) -> None:
    """With what `--base` needs."""
    del place
    found = run("diff")
    assert found.code == 2
    assert "is in no git repository" in found.err


def test_the_command_that_goes_on_can_be_typed(committed: Path, run: Run, edit: Edit) -> None:
    """It compares the same, and shows more."""
    del committed
    edit("groups: [pilot]", "groups: [finance]")
    said = run("diff", "-t", "alpha", "--base", "HEAD").out
    *_, first, second = said.splitlines()
    assert first.startswith("Next: aipol diff --base HEAD -t alpha -v shows")
    assert second.startswith("      aipol explain --app apple-intelligence --surface api --group")
    assert run("diff", "-t", "alpha", "-v").code == 0
    assert "Gaps:" not in said
    assert "Gaps:" in run("diff").out
    assert run("diff", "-t", "gamma").code == 2


def test_files_are_counted_by_target_and_shown_on_demand(
    committed: Path, run: Run, edit: Edit
) -> None:
    """Counts first; with `-v` each file with its lines."""
    del committed
    edit("groups: [pilot]", "groups: [finance]")
    brief, whole = run("diff").out, run("diff", "-v").out
    assert "alpha: 1 changed (+" in brief
    assert "switches/apple-intelligence.json" not in brief
    assert "changed switches/apple-intelligence.json (+" in whole
    assert "    +++ alpha/switches/apple-intelligence.json" in whole


def test_vendors_are_asked_and_not_changed(shop: Shop, run: Run) -> None:
    """What applying would write, and whom it is about."""
    found = run("diff", "--live", "--exit-code")
    assert found.code == 1, found.err
    assert "Applying the policy would write 2 objects." in found.out
    assert "alpha at tenant 1: create 2: " in found.out
    assert shop.vendor.writes == []
    shop.error = Unusable("nobody is signed in")
    assert run("diff", "--live").code == 2


def test_what_becomes_of_objects_is_told_from_files(
    committed: Path, run: Run, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their lasting names; what is written otherwise and means the same is none."""

    def objects(organization: str) -> Objects:
        assert organization == "com.acme"
        return Objects(
            lambda files: tuple(
                Wanted(path, "switch", path, content.decode()) for path, content in files.items()
            ),
            lambda _, body: body if "siri" in body else "",
        )

    del committed
    targets = (replace(fake("alpha"), objects=objects), fake("beta"))
    monkeypatch.setattr(composition, "all_targets", lambda: targets)
    edit("apps: [apple-intelligence], groups: [pilot]", "apps: ['*'], groups: [pilot]")
    said = run("diff").out
    assert "alpha: update 1: switch switches/siri.json" in said
    assert "apple-intelligence.json" not in said.partition("Objects:")[2]
    answer = run("diff", "--format", "json").json
    assert answer["objects"][0]["unchanged"] > 0


def test_a_folder_that_has_nothing_is_refused(place: Path, run: Run) -> None:
    """With what one may have; a broken manifest is told as such."""
    (place / "empty").mkdir()
    assert "has neither" in run("diff", "--base-dir", "empty").err
    (place / "empty" / "manifest.json").write_text("{}", encoding="utf-8")
    assert "cannot be read: it is not a manifest" in run("diff", "--base-dir", "empty").err
    assert run("diff", "--base-dir", "empty", "--base", "HEAD").code == 2


def test_an_empty_edit_is_proven(committed: Path, run: Run) -> None:
    """A comment more has no effect, and the exit code says so."""
    path = committed / "policy" / "ai-usage.yaml"
    path.write_text(f"# a comment\n{POLICY}", encoding="utf-8")
    found = run("diff", "--exit-code")
    assert found.code == 0
    assert "No effect on people; the outputs are the same to the byte" in found.out


def test_what_others_merged_since_is_not_told(committed: Path, run: Run, edit: Edit) -> None:
    """With dots, the base is where HEAD left the other branch."""
    git("checkout", "-qb", "mine")
    git("checkout", "-qb", "theirs")
    edit("groups: [pilot]", "groups: [finance]")
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "mine")
    del committed
    assert "No effect on people; the outputs are the same" in run("diff", "--base", "theirs...").out
    assert "looser" in run("diff", "--base", "theirs").out
    git("checkout", "-q", "--orphan", "nothing")
    git("commit", "-qm", "other")
    assert "no commit in common" in run("diff", "--base", "theirs...").err


def test_a_commit_that_has_nothing_has_no_policy(place: Path, run: Run) -> None:
    """An empty first commit, and one whose files git leaves out of archives."""
    del place
    git("init", "-q")
    git("commit", "-qm", "root", "--allow-empty")
    git("add", ".")
    git("commit", "-qm", "policy")
    found = run("diff", "--base", "HEAD^1")
    assert found.code == 0, found.err
    assert "HEAD^1 has no such policy: everything is new." in " ".join(found.out.split())


def test_that_there_is_nothing_to_compare_is_told(place: Path, run: Run) -> None:
    """No commit yet; or no such policy on either side."""
    del place
    git("init", "-q")
    found = run("diff")
    assert (found.code, found.out) == (2, "")
    assert "nothing is committed yet" in found.err
    git("add", ".")
    git("commit", "-qm", "policy")
    found = run("diff", "nofile.yaml")
    assert (found.code, found.out) == (2, "")
    assert "there is no policy `nofile.yaml`: neither the working tree nor `HEAD`" in found.err


def test_an_error_is_told_once(committed: Path, run: Run) -> None:
    """With its line on stderr, and not again among what is new."""
    (committed / "policy" / "ai-usage.yaml").unlink()
    found = run("diff")
    assert found.code == 1
    assert found.err.count("AIP101") + found.out.count("AIP101") == 2, (found.err, found.out)
    assert "AIP101" not in found.out


def test_the_commands_that_go_on_say_all_that_was_given(
    committed: Path, run: Run, edit: Edit
) -> None:
    """Typed as they are printed, they answer for the same day and of the same people."""
    (committed / "who works here.csv").write_text("user,groups\nu,finance\n", encoding="utf-8")
    edit("groups: [pilot], effect", "groups: [pilot, finance], account: personal, effect")
    given = ("--as-of", "2027-02-01", "--people", "who works here.csv", "--exact-counts")
    *_, first, second = run("diff", *given).out.splitlines()
    everything = shlex.split(first.removeprefix("Next: aipol ").partition(" shows ")[0])
    assert everything == ["diff", *given, "-v"]
    whole = run(*everything)
    assert "as of 2027-02-01" in whole.out, whole.err
    assert "1 person" in whole.out
    explain = shlex.split(second.strip().removeprefix("aipol ").removesuffix(" says why"))
    assert explain[:3] == ["explain", "--as-of", "2027-02-01"]
    assert "--account" in explain
    said = run(*explain)
    # The fake target knows no accounts, which is told; that nothing was asked wrongly is the point.
    assert said.code != 2, said.err


def test_no_command_promises_more_than_there_is(committed: Path, run: Run, edit: Edit) -> None:
    """Where nothing is folded and no file differs, `-v` has nothing to add."""
    del committed
    assert "shows more" not in run("diff").out
    edit("groups: [pilot]", "groups: [finance]")
    assert "shows" in run("diff").out
    assert "-v" not in run("diff", "-v").out.splitlines()[-1]


def test_what_is_gone_is_told_with_the_revision_that_had_it(
    committed: Path, run: Run, edit: Edit
) -> None:
    """Where it was laid out is no place that anybody can look at."""
    del committed
    edit("targets: {alpha: {}, beta: {}}", "targets: {alpha: {}}")
    said = run("diff", "-v").out
    assert "HEAD:policy/ai-usage.yaml:" in said
    assert tempfile.gettempdir() not in said


def test_a_policy_in_a_submodule_is_told_as_such(
    committed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its revisions are not those of the repository that one stands in."""
    around = committed.parent / f"{committed.name}-around"
    around.mkdir()
    git("-C", str(around), "init", "-q")
    allowed = ("-c", "protocol.file.allow=always")
    git("-C", str(around), *allowed, "submodule", "--quiet", "add", str(committed), "sub")
    monkeypatch.chdir(around)
    found = run("diff", "sub/policy/ai-usage.yaml")
    assert found.code == 2
    assert "is in a submodule" in found.err
    monkeypatch.chdir(around / "sub")
    assert run("diff").code == 0
