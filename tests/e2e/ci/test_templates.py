"""What `aipol init --ci` writes is what the services read, and does on a change what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, chdir
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from aipol.cli import composition
from aipol.cli.app import main
from aipol.cli.init import CI, template
from tests.e2e.ci import pipelines
from tests.e2e.ci.pipelines import Machine, Outcome, Step, machine, parsed

ROOT = Path(__file__).parents[3]
# The schemas that SchemaStore has of the services' files, as check-jsonschema carries them along.
SCHEMAS = {
    "github": ("--builtin-schema", "vendor.github-workflows"),
    "gitlab": ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    # Its patterns are no regular expressions of the Unicode kind.
    "azure": ("--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines",
              "--regex-variant", "nonunicode"),
}  # fmt: skip
ACTION = ("--builtin-schema", "vendor.github-actions")


def _fits(file: Path, schema: tuple[str, ...]) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, file], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything that `aipol init --ci` writes."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", *(word for name in CI for word in ("--ci", name))]) == 0
    return tmp_path


def test_each_service_finds_its_file(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """And writes it only once; the policy is left alone."""
    for name, file in CI.items():
        assert (written / file).read_text(encoding="utf-8") == template(name)
        assert main(["init", "--ci", name]) == 2
        assert f"`{file}` is there already" in capfd.readouterr().err
    assert not (written / "policy").exists()


def test_variables_keep_their_names() -> None:
    """Where a branch is put in, GitLab's variables about branches are what they were."""
    text = template("gitlab", "trunk")
    assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in text
    assert "trunk" in template("github", "trunk")


@pytest.mark.parametrize("service", SCHEMAS)
def test_the_service_reads_the_file(service: str, written: Path) -> None:
    """By the schema that editors have of it; a slip would be noticed."""
    file = written / CI[service]
    assert _fits(file, SCHEMAS[service])
    text = file.read_text(encoding="utf-8")
    slip = {"github": "runs-on:", "gitlab": "script:", "azure": "steps:"}[service]
    file.write_text(text.replace(slip, f"x{slip}"), encoding="utf-8")
    assert not _fits(file, SCHEMAS[service])


def test_the_action_is_one() -> None:
    """The reusable action fits the schema of actions."""
    assert _fits(ROOT / "action.yml", ACTION)


def _hooks() -> Iterator[dict[str, Any]]:
    for repository in parsed("pre-commit")["repos"]:
        assert repository["repo"] == "local"
        yield from repository["hooks"]
    yield from yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_hooks_have_what_pre_commit_asks_of_them(
    written: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """https://pre-commit.com/#creating-new-hooks: these keys; and what they call is there."""
    assert main(["init"]) == 0
    for hook in _hooks():
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert re.search(hook["files"], "policy/ai-usage.yaml")
        program, *arguments = hook["entry"].split()
        files = ["policy/ai-usage.yaml"] if hook.get("pass_filenames", True) else []
        assert program == "aipol"
        assert main([*arguments, *files]) == 0, capfd.readouterr().out
    assert (written / ".pre-commit-config.yaml").exists()


# --- least privilege ------------------------------------------------------------------------------


def _steps(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "uses" in node or "run" in node:
            yield node
        for value in node.values():
            yield from _steps(value)
    elif isinstance(node, list):
        for item in node:
            yield from _steps(item)


def _workflows() -> list[Any]:
    action: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return [parsed("github"), action]


def test_no_script_has_words_of_a_stranger_in_it() -> None:
    """Expressions reach a shell as variables: https://docs.github.com/actions/concepts/security."""
    for step in _steps(_workflows()):
        assert "${{" not in step.get("run", ""), step
    assert "pull_request_target" not in template("github")


def test_actions_are_pinned_to_commits_that_their_tags_have() -> None:
    """A full-length commit cannot be moved; the version stands beside it, for people."""
    pinned = re.compile(r"- uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    used = [line.strip() for line in template("github").splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not pinned.fullmatch(line)] == []


def test_each_job_says_what_it_may_and_only_one_may_write() -> None:
    """The one that writes comments runs nothing of the change, and not for a fork."""
    workflow = parsed("github")
    assert workflow["permissions"] == {}
    may = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    writing = {name: each for name, each in may.items() if "write" in each.values()}
    assert writing == {"comment": {"pull-requests": "write"}}
    comment = workflow["jobs"]["comment"]
    assert "head.repo.full_name == github.repository" in comment["if"]
    assert not any("checkout" in step.get("uses", "") for step in comment["steps"])


def test_secrets_are_given_to_what_is_merged_alone() -> None:
    """They belong to environments, and no job of a pull request names one."""
    for name, job in parsed("github")["jobs"].items():
        assert ("secrets." in str(job)) == (name in {"plan", "apply"}) == ("environment" in job)
    for checkout in _steps(parsed("github")):
        if "checkout" in checkout.get("uses", ""):
            assert checkout["with"]["persist-credentials"] is False


# --- what they do ---------------------------------------------------------------------------------

WIDER = """\
  - id: claude
    apps: [claude]
    groups: [everyone]
    effect: allow

  - id: everything-else
"""
APPROVALS = """
approvals:
  - {id: security, when: [looser], contacts: [security]}
  - {id: legal, when: [looser], contacts: [legal]}
"""


def git(place: Path, *arguments: str) -> str:
    """What git says in `place`."""
    person = ("-c", "user.name=Ann", "-c", "user.email=ann@acme.example")
    return subprocess.run(
        ["git", *person, *arguments], cwd=place, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy with its outputs, and a change that allows an app, merged as services do."""
    place = tmp_path_factory.mktemp("history")
    with chdir(place):
        git(place, "init", "-q", "-b", "main")
        assert main(["init"]) == 0
        policy = place / "policy" / "ai-usage.yaml"
        text = policy.read_text(encoding="utf-8")
        text = text.replace("contacts: {", "contacts: {legal: legal@acme.example, ")
        text = re.sub(r"^# (targets:|  lists: .*)$", r"\1", text, flags=re.MULTILINE) + APPROVALS
        for version in (text, text.replace("  - id: everything-else\n", WIDER)):
            policy.write_text(version, encoding="utf-8")
            assert main(["compile"]) == 0
            git(place, "add", "-A")
            git(place, "commit", "-q", "-m", "policy")
    change = git(place, "rev-parse", "HEAD")
    git(place, "checkout", "-q", "--detach", "HEAD^1")
    git(place, "branch", "-q", "--force", "main", "HEAD")
    git(place, "remote", "add", "origin", ".")
    git(place, "merge", "-q", "--no-ff", "-m", "merge", change)
    return place


@pytest.fixture
def repository(history: Path, tmp_path: Path) -> Path:
    """A clone of one's own of that."""
    return Path(shutil.copytree(history, tmp_path / "repository"))


AIPOL_FROM = "@ git+https://git.acme.example/tools/aipol@3d3c42e5aac5ba805825da76410c181273ba90b1"
_APPROVERS = "security=ann,bob legal=carol"
Job = Callable[[str, Mapping[str, str]], Iterator[Step]]


def facts_of(service: str, place: Path) -> dict[str, str]:
    """What a service tells its jobs about a change that is merged in `place`."""
    match service:
        case "github":
            return {
                "github.token": "the-token",
                "github.event.pull_request.number": "7",
                "github.event.pull_request.base.ref": "main",
                "github.event.pull_request.user.login": "dora",
                "github.event.pull_request.head.sha": git(place, "rev-parse", "HEAD^2"),
                "vars.AIPOL_APPROVERS": _APPROVERS,
                "vars.AIPOL_FROM": AIPOL_FROM,
            }
        case "gitlab":
            return {
                "AIPOL_TOKEN": "the-token",
                "AIPOL_FROM": AIPOL_FROM,
                "AIPOL_APPROVERS": _APPROVERS,
                "CI_API_V4_URL": "https://gitlab.acme.example/api/v4",
                "CI_PROJECT_ID": "5",
                "CI_MERGE_REQUEST_IID": "7",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "CI_COMMIT_SHA": git(place, "rev-parse", "HEAD^2"),
            }
        case _:
            return {
                "System.AccessToken": "the-token",
                "AIPOL_FROM": AIPOL_FROM,
                "AIPOL_APPROVERS": _APPROVERS,
                "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
                "SYSTEM_TEAMPROJECTID": "p-1",
                "BUILD_REPOSITORY_ID": "r-1",
                "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            }


JOBS: dict[str, tuple[Job, tuple[str, ...]]] = {
    "github": (pipelines.github, ("review", "comment")),
    "gitlab": (pipelines.gitlab, ("check", "review")),
    "azure": (pipelines.azure, ("review",)),
}


def _run(service: str, on: Machine) -> dict[str, Outcome]:
    """Every script of the jobs of a change, in order."""
    read, jobs = JOBS[service]
    found: dict[str, Outcome] = {}
    for job in jobs:
        for step in read(job, facts_of(service, on.place)):
            found[step.name] = on.run(step)
            assert found[step.name].code in {0, 1}, found[step.name].said
    return found


def _whole(service: str, on: Machine) -> Outcome:
    """How the jobs of a change end, taken together."""
    found = _run(service, on).values()
    said = "".join(each.said for each in found)
    return Outcome(max(each.code for each in found), said)


@pytest.mark.parametrize("service", JOBS)
def test_aipol_is_looked_for_where_somebody_said_and_nowhere_else(
    service: str, repository: Path, tmp_path: Path
) -> None:
    """No index has it: whoever took its name there would run in every pipeline."""
    on = machine(tmp_path, repository, {"service": service})
    facts = facts_of(service, repository)
    read, jobs = JOBS[service]
    for where in (AIPOL_FROM, ""):
        said = {name: where if value == AIPOL_FROM else value for name, value in facts.items()}
        step = next(each for each in read(jobs[0], said) if " pip install " in each.script)
        install = next(line for line in step.script.splitlines() if " pip install " in line)
        assert (on.run(replace(step, script=install)).code == 0) == bool(where)
    assert "pip install" not in template("pre-commit")


@pytest.mark.parametrize("service", JOBS)
def test_a_change_is_checked_and_told_in_one_comment(
    service: str, repository: Path, tmp_path: Path
) -> None:
    """All steps pass; the comment says what people get, a second run updates it and no other's."""
    # More than a page of them.
    others = [
        {"id": n, "body": "Fine.", "user": {"login": "ann"}, "author": {"id": 3}}
        for n in range(1, 102)
    ]
    known = _said(service, repository, agreed=True)
    on = machine(tmp_path, repository, {**known, "comments": others})
    outcome = _whole(service, on)
    assert outcome.code == 0, outcome.said
    assert "<!-- aipol" not in outcome.said  # markdown is for the comment
    comment = on.knows["comments"][-1]
    assert "claude" in comment["body"].lower()
    assert "agreed &#40;approval" in comment["body"]
    assert comment["body"].startswith("<!-- aipol diff")
    assert _whole(service, on).code == 0
    assert on.knows["comments"] == [*others, comment]


@pytest.mark.parametrize("service", JOBS)
def test_the_comment_says_who_has_not_agreed(
    service: str, repository: Path, tmp_path: Path
) -> None:
    """And on a later run, after an approval, who has."""
    on = machine(tmp_path, repository, _said(service, repository, agreed=False))
    assert _whole(service, on).code == 1
    (comment,) = on.knows["comments"]
    assert "has to agree &#40;approval" in comment["body"]
    known = {**on.knows, **_said(service, repository, agreed=True)}
    on.service.write_text(json.dumps(known), encoding="utf-8")
    assert _whole(service, on).code == 0
    (comment,) = on.knows["comments"]
    assert "has to agree &#40;approval" not in comment["body"]


@pytest.mark.parametrize("service", JOBS)
def test_a_change_with_a_mistake_fails_and_is_told_all_the_same(
    service: str, repository: Path, tmp_path: Path
) -> None:
    """The comment is there where the check is red: it says what is wrong."""
    policy = repository / "policy" / "ai-usage.yaml"
    text = policy.read_text(encoding="utf-8")
    git(repository, "checkout", "-q", "--detach", "HEAD^2")
    policy.write_text(text.replace("apps: [claude]", "apps: [gizmo]"), encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "a mistake")
    change = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "--detach", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", change)
    on = machine(tmp_path, repository, {"service": service})
    assert _whole(service, on).code == 1
    (comment,) = on.knows["comments"]
    assert "gizmo" in comment["body"]


def _said(service: str, place: Path, *, agreed: bool, author: str = "dora") -> dict[str, Any]:
    """Ann has approved what is there; Carol has, or what was there before."""
    head = git(place, "rev-parse", "HEAD^2")
    reviews = [
        _review("ann", "APPROVED", head),
        _review("carol", "APPROVED", head if agreed else "0" * 40),
        _review("carol", "COMMENTED", head),
        _review("mallory", "APPROVED", head),
    ]
    return {
        "service": service,
        "author": author,
        "reviews": reviews,
        "approved": ["ann", "mallory", *(["carol"] if agreed else [])],
        "reviewers": [
            {"id": "ann", "uniqueName": "Ann", "vote": 10},
            {"id": "carol", "uniqueName": "carol", "vote": 10 if agreed else 5},
        ],
    }


def _review(who: str, state: str, commit: str) -> dict[str, Any]:
    return {"user": {"login": who}, "state": state, "commit_id": commit}


@pytest.mark.parametrize("service", JOBS)
@pytest.mark.parametrize("carol", [True, False])
def test_a_change_waits_for_those_whom_the_policy_names(
    service: str, carol: bool, repository: Path, tmp_path: Path
) -> None:
    """Only what is an approval of what is there now counts, and only of who is named."""
    on = machine(tmp_path, repository, _said(service, repository, agreed=carol))
    outcome = _whole(service, on)
    assert outcome.code == int(not carol), outcome.said
    assert ("AIP827" in outcome.said) != carol


@pytest.mark.parametrize("service", JOBS)
def test_nobody_approves_their_own_change(service: str, repository: Path, tmp_path: Path) -> None:
    """Carol speaks for legal, but not about what is hers, whatever the service lets her do."""
    facts = {**facts_of(service, repository), "github.event.pull_request.user.login": "carol"}
    on = machine(tmp_path, repository, _said(service, repository, agreed=True, author="carol"))
    read, jobs = JOBS[service]
    outcomes = [on.run(step) for step in read(jobs[-1 if service == "gitlab" else 0], facts)]
    assert max(each.code for each in outcomes) == 1
    assert "legal has to agree" in outcomes[-1].said


FORGED = """print("ann")
print("carol")
raise SystemExit
"""


@pytest.mark.parametrize("service", JOBS)
def test_a_change_brings_no_approval_along(service: str, repository: Path, tmp_path: Path) -> None:
    """Neither as a module that a script would take, nor as a file that one would read or write."""
    policy = repository / "policy" / "ai-usage.yaml"
    text = policy.read_text(encoding="utf-8")
    (repository / "json.py").write_text(FORGED, encoding="utf-8")
    for name in ("agreed.txt", "approved.txt"):
        (repository / name).write_text("security\nlegal\nann\ncarol\n", encoding="utf-8")
    (repository / "review.md").symlink_to(policy)
    on = machine(tmp_path, repository, _said(service, repository, agreed=False))
    outcome = _whole(service, on)
    assert outcome.code == 1
    assert "legal has to agree" in outcome.said
    assert policy.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("service", SCHEMAS)
def test_python_takes_nothing_from_the_folder_that_it_runs_in(service: str) -> None:
    """That folder is the change's: without -I, `-m` and `-c` look there first."""
    action = (ROOT / "action.yml").read_text(encoding="utf-8")
    calls = re.findall(r"python3? +(-\S+)", template(service) + action)
    assert calls
    assert set(calls) == {"-I"}


PUSHED = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}}
rules: [{id: rest, apps: [chatgpt, windows-recall], groups: [everyone], effect: block}]
targets: {intune: {tenant: 9ef53cd9-367c-4b21-af75-2d4df289ac2a, mode: report-only}}
"""


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_what_is_merged_is_planned_and_applied(service: str, tmp_path: Path) -> None:
    """The plan of one job is carried out by the next, at a tenant that is played."""
    place = tmp_path / "repository"
    policy = place / "policy" / "ai-usage.yaml"
    policy.parent.mkdir(parents=True)
    policy.write_text(PUSHED, encoding="utf-8")
    opened = composition.opened(str(policy), date(2026, 12, 1))
    read, _ = JOBS[service]
    with ExitStack() as stack:
        every = [stack.enter_context(each) for each in composition.demonstrations(opened, 0)]
        (played,) = (each for each in every if each.target == "intune")
        secrets = dict.fromkeys(re.findall(r"secrets\.\w+", template("github")), "")
        secrets["vars.AIPOL_FROM"] = AIPOL_FROM
        secrets |= {f"secrets.{name}": value for name, value in played.variables.items()}
        on = machine(tmp_path, place, {"service": service})
        for job in ("plan", "apply"):
            for step in read(job, secrets if service == "github" else {"AIPOL_FROM": AIPOL_FROM}):
                script = step.script.replace("aipol plan ", "aipol plan -t intune ")
                variables = {**step.variables, **played.variables}
                outcome = on.run(replace(step, script=script, variables=variables))
                assert outcome.code == 0, outcome.said
    assert list(place.glob(".aipol/journals/intune/*.jsonl"))


def test_the_action_says_what_a_change_does(repository: Path, tmp_path: Path) -> None:
    """Its steps, with aipol installed where its first one would: summary, output and exit codes."""
    action: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    on = machine(tmp_path, repository, {"service": "github"})
    installed = tmp_path / "aipol" / "bin"
    installed.mkdir(parents=True)
    (installed / "aipol").symlink_to(tmp_path / "bin" / "aipol")
    facts = {f"inputs.{name}": each["default"] for name, each in action["inputs"].items()}
    facts["inputs.approved"] = "legal"
    output = tmp_path / "output"
    given = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output)}
    install, *steps = pipelines.action(action, facts)
    assert "$GITHUB_ACTION_PATH" in install.script
    for step in steps:
        if step.name != "Approvals":
            outcome = on.run(replace(step, variables={**step.variables, **given}))
            assert outcome.code == 0, outcome.said
    review = Path(output.read_text(encoding="utf-8").strip().removeprefix("file="))
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary == review.read_text(encoding="utf-8")
    assert "claude" in summary.lower()
    assert "legal&#64;<!-- -->acme&#46;example&#62; agreed" in summary
    assert "secops&#64;<!-- -->acme&#46;example&#62; has to agree" in summary
