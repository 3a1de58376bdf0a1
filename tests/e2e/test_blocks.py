"""Every block of commands in the README and in docs is run, or stands here with why it is not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.e2e import test_diff
from tests.e2e.transcripts import Block, answers, blocks

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# By page and first line.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("docs/applying.md", "aipol demo tenant -- sh"): "test_pushing_as_told",
}
WHOLE_PAGES: Mapping[str, str] = {"docs/review.md": "test_reviewing_as_told"}
_DIFF = "aipol diff"
_APPROVED = "--approved security --approved legal"
_NAMES = ".required_reviewers[] | select(.approved | not) | .contacts[].name"
_JQ = '.effects.policy.changes[] | select(.direction == "looser") | .text'
NOT_RUN: Mapping[tuple[str, str], str] = {
    ("README.md", "make demo"): "CI has installed already, and runs all tests",
    ("docs/applying.md", "aipol plan -t intune -o plan.json"): (
        "needs a tenant; the block below it runs the same verbs against one that is played"
    ),
    ("docs/applying.md", "aipol compile"): (
        "a person runs parts of it in PowerShell, at a tenant; test_purview_by_hand plays both"
    ),
    ("docs/catalogue-updates.md", "aipol catalog diff shipped ../update/policy/catalogue"): (
        "the update is made up, for what it shows; test_catalog_diff runs the verb"
    ),
    ("docs/diff.md", f"{_DIFF} --base origin/main --require-approvals {_APPROVED}"): (
        "names contacts of a reader's policy; test_templates runs these options"
    ),
    ("docs/diff.md", f"{_DIFF} --format json | jq -r '{_JQ}'"): (
        "needs jq; test_diff reads the same JSON"
    ),
    ("docs/diff.md", f"{_DIFF} --base origin/main --format json | jq -r '{_NAMES}'"): (
        "needs jq; test_approving reads the same JSON"
    ),
    ("docs/publishing.md", "aipol publish --to s3://acme-lists/edl"): (
        "needs a store of somebody's; test_publish_stores plays both"
    ),
    ("docs/publishing.md", "aipol publish --to /srv/www/acme"): (
        "writes where a web server reads, and was published to before; test_publish runs the verb"
    ),
}
# A page of a code shows what is done about a failure; the tests of the code make that.
OF_CODES = re.compile(r"docs/rules/AIP\d+\.md")


def _every() -> list[Block]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = ((page.relative_to(ROOT).as_posix(), page.read_text("utf-8")) for page in pages)
    return [block for name, text in named for block in blocks(name, text)]


# --- where a block is run -------------------------------------------------------------------------


def _readme_policy(place: Path) -> None:
    """The policy that the README begins with."""
    (policy,) = re.findall(r"```yaml\n(version: 1\n.*?)```", README, re.DOTALL)
    (place / "policy").mkdir()
    (place / "policy" / "ai-usage.yaml").write_text(policy, encoding="utf-8")


def _readme_change(place: Path) -> None:
    """The same, committed, with the change that the README speaks of."""
    _readme_policy(place)
    _commit(place)
    _widen(place, "groups: [engineering]", "groups: [everyone]")


def _change_of_the_page(place: Path) -> None:
    """The policy of the tests of `aipol diff`, as somebody merged it, with the page's change."""
    (place / "policy").mkdir()
    for name, text in (("ai-usage.yaml", test_diff.POLICY), ("our-apps.yaml", test_diff.OVERLAY)):
        (place / "policy" / name).write_text(text, encoding="utf-8")
    lock = [sys.executable, "-m", "aipol", "catalog", "lock"]
    subprocess.run(lock, cwd=place, check=True, capture_output=True)
    _commit(place)
    _widen(place, "groups: [sales]", "groups: [sales, finance]")


def _commit(place: Path) -> None:
    person = ("-c", "user.name=Ann", "-c", "user.email=ann@acme.example")
    merged = ("update-ref", "refs/remotes/origin/main", "HEAD")
    for words in (("init", "-q"), ("add", "-A"), (*person, "commit", "-q", "-m", "it"), merged):
        subprocess.run(["git", *words], cwd=place, check=True)


def _widen(place: Path, old: str, new: str) -> None:
    policy = place / "policy" / "ai-usage.yaml"
    text = policy.read_text(encoding="utf-8")
    assert text.count(old) == 1
    policy.write_text(text.replace(old, new), encoding="utf-8")


def _empty_policy_folder(place: Path) -> None:
    (place / "policy").mkdir()


RUN: Mapping[tuple[str, str], Callable[[Path], None]] = {
    ("README.md", "aipol compile"): _readme_policy,
    ("README.md", "aipol explain --app claude --surface web"): _readme_policy,
    ("README.md", "aipol diff"): _readme_change,
    ("docs/diff.md", "aipol diff --base origin/main"): _change_of_the_page,
    ("docs/language.md", "aipol schema > policy/ai-usage.schema.json"): _empty_policy_folder,
}


def _key(block: Block) -> tuple[str, str]:
    return block.page, block.first


def _name(block: Block) -> str:
    return ": ".join(_key(block))


@pytest.mark.parametrize("block", [each for each in _every() if _key(each) in RUN], ids=_name)
def test_what_is_told_is_what_is_said(block: Block, tmp_path: Path) -> None:
    """Figures aside, which another catalogue changes."""
    place = tmp_path / "place"
    place.mkdir()
    RUN[_key(block)](place)
    for answer in answers(block.steps, place):
        assert answer.code == 0, answer.said
        assert answer.as_told, "\n".join(answer.said)


def test_every_block_is_run_or_has_a_reason() -> None:
    """One that is new has to be put into one of the lists."""
    left = [
        _key(block)
        for block in _every()
        if _key(block) not in {**RUN, **ELSEWHERE, **NOT_RUN}
        and block.page not in WHOLE_PAGES
        and not OF_CODES.fullmatch(block.page)
    ]
    assert left == []


def test_no_list_has_a_block_that_is_not_there() -> None:
    """One that was changed or taken out has to be looked at again."""
    there = {_key(block) for block in _every()}
    assert {**RUN, **ELSEWHERE, **NOT_RUN}.keys() - there == set()
    assert WHOLE_PAGES.keys() - {page for page, _ in there} == set()
    for module in (*ELSEWHERE.values(), *WHOLE_PAGES.values()):
        assert (Path(__file__).parent / f"{module}.py").is_file()


def test_a_block_is_found_however_it_is_marked() -> None:
    """Commands with answers, without, and in a block that names no language; no other text."""
    bodies = {"sh": "a", "console": "$ b\nc", "": "$ d", "text": "tree", "yaml": "e: 1"}
    page = "".join(f"```{language}\n{body}\n```\n" for language, body in bodies.items())
    found = list(blocks("p.md", page))
    assert [(block.first, block.answered) for block in found] == [
        ("a", False),
        ("b", True),
        ("d", True),
    ]
    assert found[1].steps[0].lines == ("c",)
