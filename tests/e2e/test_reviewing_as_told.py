"""Whoever types what docs/review.md tells ends with a reviewed change that is merged."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from aipol.cli.init import template
from tests.e2e.ci import pipelines
from tests.e2e.ci.pipelines import machine
from tests.e2e.transcripts import Answer, answers, blocks

# One run of the page for all tests, whatever number of processes there are.
pytestmark = pytest.mark.xdist_group("reviewing")

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "review.md"
# The slip that is to be mended, and the approval that is not there yet.
RED = ["aipol check", "aipol diff --base main --require-approvals > review.txt"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Answer]]:
    """What each command of the page said, and the repository that is left."""
    place = tmp_path_factory.mktemp("review") / "place"
    place.mkdir()
    text = PAGE.read_text(encoding="utf-8")
    steps = [step for block in blocks("docs/review.md", text) for step in block.steps]
    return place / "acme", answers(steps, place)


def test_each_command_says_what_is_told(told: tuple[Path, list[Answer]]) -> None:
    """Figures aside; and it fails where the page shows a mistake, and nowhere else."""
    _, said = told
    assert len(said) > 20
    for answer in said:
        assert answer.as_told, "\n".join((answer.step.command, *answer.said))
    assert [answer.step.command for answer in said if answer.code] == RED
    missing = next(answer for answer in said if answer.step.command == RED[1])
    assert "AIP827" in "\n".join(missing.said)


def _git(place: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=place, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_the_change_is_merged_and_nothing_is_left_over(told: tuple[Path, list[Answer]]) -> None:
    """The last commit is the merge, the tree is clean, and the branch is in it."""
    place, _ = told
    assert _git(place, "status", "--porcelain") == ""
    assert _git(place, "rev-parse", "HEAD^2") == _git(place, "rev-parse", "claude")
    assert "effect: warn" in (place / "policy" / "ai-usage.yaml").read_text(encoding="utf-8")


def test_the_pipeline_is_green(told: tuple[Path, list[Answer]], tmp_path: Path) -> None:
    """Every step of the workflow that the page has written, with an approval by who is named."""
    place, _ = told
    head = _git(place, "rev-parse", "HEAD^2")
    review = {"user": {"login": "ann"}, "state": "APPROVED", "commit_id": head}
    on = machine(tmp_path, place, {"service": "github", "reviews": [review]})
    facts = {
        "github.token": "the-token",
        "github.event.pull_request.number": "7",
        "github.event.pull_request.user.login": "dora",
        "github.event.pull_request.base.ref": "main",
        "github.event.pull_request.head.sha": head,
        "vars.AIPOL_APPROVERS": "security=ann",
        "vars.AIPOL_FROM": "==1",
    }
    written = (place / ".github" / "workflows" / "ai-policy.yml").read_text(encoding="utf-8")
    assert written == template("github")
    for job in ("review", "comment"):
        for step in pipelines.github(job, facts):
            outcome = on.run(step)
            assert outcome.code == 0, f"{step.name}\n{outcome.said}"
    (comment,) = on.knows["comments"]
    assert "Claude" in comment["body"]
