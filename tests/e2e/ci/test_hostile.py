"""What a change brings is read and never run, and it cannot hide from whom the policy asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from aipol.cli.app import main
from aipol.cli.init import template
from tests.e2e.ci.pipelines import Machine, Outcome, machine, parsed
from tests.e2e.ci.test_templates import AIPOL_FROM, APPROVALS, JOBS, ROOT, WIDER, facts_of, git

POLICY = Path("policy/ai-usage.yaml")
NAMES = (
    "json",
    "sys",
    "venv",
    "os",
    "open",
    "runpy",
    "encodings",
    "sitecustomize",
    "usercustomize",
)


def _commit(place: Path, text: str) -> str:
    (place / POLICY).write_text(text, encoding="utf-8")
    git(place, "add", "-A", "--force")
    git(place, "commit", "-q", "-m", "policy")
    return git(place, "rev-parse", "HEAD")


def _started(place: Path) -> str:
    """Commit a policy that asks nobody."""
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    git(place, "remote", "add", "origin", ".")
    with chdir(place):
        assert main(["init"]) == 0
    text = (place / POLICY).read_text(encoding="utf-8")
    text = text.replace("contacts: {", "contacts: {legal: legal@acme.example, ")
    _commit(place, text)
    return text


def _merged(place: Path, change: str) -> None:
    """What services check out: the merge of a change into what main has now."""
    git(place, "checkout", "-q", "--detach", "main")
    git(place, "merge", "-q", "--no-ff", "-m", "merge", change)


def _jobs(service: str) -> Iterator[str]:
    """The jobs of a change."""
    if service != "gitlab":
        yield from JOBS[service][1]
        return
    for name, job in parsed("gitlab").items():
        if not name.startswith(".") and isinstance(job, dict) and job.get("stage") == "review":
            yield name


def _held(service: str, on: Machine, facts: Mapping[str, str]) -> str:
    """What is said by the jobs of a change that is not to pass."""
    read, _ = JOBS[service]
    outcomes: list[Outcome] = []
    for job in _jobs(service):
        git(on.place, "reset", "-q", "--hard")  # as each job finds it
        git(on.place, "clean", "-q", "-d", "--force")
        outcomes += [on.run(step) for step in read(job, facts)]
    said = "\n".join(each.said for each in outcomes)
    assert max(each.code for each in outcomes) == 1, said
    return said


def _traps(place: Path, sprung: Path) -> None:
    """Files that Python, pip or a shell takes for its own where it looks in the checkout."""
    spring = f"open({str(sprung)!r}, 'a').write(__file__ + '\\n')\n"
    for name in NAMES:
        (place / f"{name}.py").write_text(spring, encoding="utf-8")
    # A folder whose path reads as what pip is told to install is installed instead.
    wanted = f"aipol {AIPOL_FROM}".replace("//", "/")
    for folder in ("pip", "ensurepip", "review.md", wanted):
        (place / folder).mkdir(parents=True)
        for name in ("__init__.py", "__main__.py", "setup.py", "json.py"):
            (place / folder / name).write_text(spring, encoding="utf-8")
    everybody = "ann\nbob\ncarol\n"
    (place / "approved.txt").write_text(everybody, encoding="utf-8")
    for name in ("reviews", "approvals", "reviewers", "comments", "threads", "notes", "user"):
        (place / f"{name}.json").mkdir()
        (place / f"{name}.json" / "x").write_text(everybody, encoding="utf-8")


@pytest.mark.parametrize("service", JOBS)
def test_nothing_of_the_change_is_run(service: str, tmp_path: Path) -> None:
    """Not as a module, not as pip, not as aipol; and it is told and held all the same."""
    place, sprung = tmp_path / "repository", tmp_path / "sprung"
    text = _started(place) + APPROVALS
    _commit(place, text)
    git(place, "checkout", "-q", "-b", "change")
    _traps(place, sprung)
    _merged(place, _commit(place, text.replace("  - id: everything-else\n", WIDER)))
    on = machine(tmp_path, place, {"service": service})
    assert "AIP827" in _held(service, on, facts_of(service, place))
    assert not sprung.exists(), sprung.read_text(encoding="utf-8")
    (comment,) = on.knows["comments"]
    assert comment["body"].startswith("<!-- aipol diff")
    where = (tmp_path / "installed-in").read_text(encoding="utf-8").splitlines()
    assert [each for each in where if Path(each).is_relative_to(place)] == []


@pytest.mark.parametrize("service", JOBS)
def test_a_branch_from_before_the_approvals_waits_for_them(service: str, tmp_path: Path) -> None:
    """What would be merged is compared with what the branch has now, not with where it started."""
    place = tmp_path / "repository"
    text = _started(place)
    git(place, "checkout", "-q", "-b", "change")
    change = _commit(place, text.replace("  - id: everything-else\n", WIDER))
    git(place, "checkout", "-q", "main")
    _commit(place, text + APPROVALS)
    _merged(place, change)
    facts = facts_of(service, place)
    if service == "gitlab":  # checks out the branch alone
        git(place, "checkout", "-q", "--detach", change)
    said = _held(service, machine(tmp_path, place, {"service": service}), facts)
    assert "legal" in said
    assert "AIP827" in said


@pytest.mark.parametrize("instead", ["more", "folder", "link"])
def test_what_is_commented_is_one_file(instead: str, tmp_path: Path) -> None:
    """The artifact comes from the job that runs on the change; this one's token may write."""
    place = tmp_path / "repository"
    _started(place)
    git(place, "checkout", "-q", "-b", "change")
    _merged(place, _commit(place, (place / POLICY).read_text(encoding="utf-8") + "# more\n"))
    on = machine(tmp_path, place, {"service": "github"})
    handed = on.temporary / "review"
    handed.mkdir()
    match instead:
        case "folder":
            (handed / "review.md").mkdir()
        case "link":
            (handed / "review.md").symlink_to(tmp_path / "service.json")
        case _:
            (handed / "review.md").write_text("<!-- aipol diff -->", encoding="utf-8")
            (handed / "json.py").write_text("", encoding="utf-8")
    read, _ = JOBS["github"]
    (step,) = read("comment", facts_of("github", place))
    outcome = on.run(step)
    assert outcome.code == 1
    assert "something else than the one file" in outcome.said
    assert on.knows["asked"] == []


def test_the_action_looks_for_modules_in_no_checkout() -> None:
    """Every call is isolated: with `-c` and `-m`, the folder that it is called in comes first."""
    calls = re.findall(r"\bpython3? +(\S+)", (ROOT / "action.yml").read_text(encoding="utf-8"))
    assert calls
    assert set(calls) == {"-I"}


def test_a_check_of_another_branch_does_not_count(tmp_path: Path) -> None:
    """At GitHub a check is the commit's: it fails elsewhere, and runs where the branch changes."""
    place = tmp_path / "repository"
    _started(place)
    git(place, "checkout", "-q", "-b", "change")
    _merged(place, _commit(place, (place / POLICY).read_text(encoding="utf-8") + "# more\n"))
    on = machine(tmp_path, place, {"service": "github"})
    for branch, code in (("main", 0), ("next", 1)):
        facts = {**facts_of("github", place), "github.event.pull_request.base.ref": branch}
        assert on.run(next(JOBS["github"][0]("review", facts))).code == code
    events = parsed("github")[True]["pull_request"]  # YAML's `on`
    assert events["branches"] == ["main"]
    assert "edited" in events["types"]
    (rule,) = parsed("gitlab")["review"]["rules"]
    assert "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME == $CI_DEFAULT_BRANCH" in rule["if"]


def test_the_shell_that_services_share_is_alike() -> None:
    """Whom an approval speaks for does not differ, nor how aipol is installed."""
    counted = [tuple(re.findall(r"for who in .*|if grep .*", template(name))) for name in JOBS]
    assert len(counted[0]) == 2
    assert len(set(counted)) == 1
    installed = [set(re.findall(r"\(cd .* pip install .*\)(?=')", template(name))) for name in JOBS]
    assert len(installed[0]) == 2  # with the clients of vendors, and without
    assert all(each == installed[0] for each in installed)
