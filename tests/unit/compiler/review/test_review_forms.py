"""The forms of a review: bounded, escaped, complete, and of one schema."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET  # our own output
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aipol.cli.reporting import report
from aipol.diagnostics.codes import OF_CHANGES
from aipol.diagnostics.report_junit import report_junit
from aipol.report.review_json import review_json
from aipol.report.review_markdown import LIMIT, marker, review_markdown
from aipol.report.review_text import Next, review_text
from aipol.review import Review
from aipol.source import Sources
from tests.unit.compiler.difference.small import app, host
from tests.unit.compiler.review.conftest import CHAT, REST, Change, policy

ROOT = Path(__file__).parents[4]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "review-1.json").read_text(encoding="utf-8"))
GO_ON = Next("aipol diff -v", "aipol explain --app chatty --surface web")
HOSTILE = "a|b`c`</sub><img src=x> @all #1 ::error::x\n--> ]] & \u202e'\""


def comment(review: Review) -> str:
    """The Markdown."""
    return review_markdown(review, GO_ON)


def many_apps() -> dict[str, Any]:
    """A thousand apps."""
    return {
        f"app-{number}": app(host(f"app-{number}.example"), name=f"App {number}")
        for number in range(1000)
    }


@pytest.fixture
def large(change: Change) -> Review:
    """A thousand apps, forty rules of which say something else for different people."""
    groups = "".join(f"  g{number}: {{}}\n" for number in range(40))
    head = (
        "version: 1\norganization: {name: Acme, identifier: com.acme}\n"
        f"groups:\n  everyone: {{all: true}}\n{groups}data_classes: [{{id: public}}]\n"
    )

    def rules(effect: str) -> list[str]:
        return [
            f"  - {{id: r{n}, apps: [{', '.join(f'app-{n * 25 + i}' for i in range(25))}], "
            f"groups: [g{n}], effect: {effect}}}\n"
            for n in range(40)
        ]

    before, after = (policy(*rules(effect), REST, head=head) for effect in ("allow", "warn"))
    return change(before, after, many_apps())


def test_a_thousand_apps_and_forty_rules_fit_a_comment(large: Review) -> None:
    """What is folded is counted, with the command that shows it; JSON and `-v` fold nothing."""
    text = comment(large)
    assert len(text.encode()) <= LIMIT
    assert "and 34 more" in text
    assert "items folded here" in html.unescape(text)
    assert "aipol diff -v" in text
    changes = review_json(large)["effects"]["policy"]["changes"]
    assert len(changes) == 40
    assert {app for each in changes for app in each["apps"]} == set(many_apps())
    whole = "\n".join(review_text(large, GO_ON, verbose=True))
    assert all(f"rule `r{number}`" in whole for number in range(40))
    assert len(list(review_text(large, GO_ON, verbose=False))) < 60
    assert text.count("\n") < 60


def test_a_comment_that_would_be_too_large_is_cut_and_says_so(change: Change) -> None:
    """Names as long as they may be do not make it larger than platforms take."""
    apps = {f"app-{n}": app(host(f"a{n}.example"), name="<" * 9000 + str(n)) for n in range(20)}
    rules = [
        f"  - {{id: r{n}, apps: [app-{n}], groups: [finance], effect: allow, require: {{rate: "
        f"{{requests: {n + 1}, per: day}}}}}}\n"
        for n in range(20)
    ]
    review = change(policy(*rules, REST), policy(REST), apps)
    text = comment(review)
    assert len(text.encode()) <= LIMIT
    assert re.search(r"\d+ more lines", text)
    assert text.rstrip().splitlines()[-1].startswith("Next: ")


def test_the_comment_has_a_mark_and_the_next_command(change: Change) -> None:
    """The first line finds it again, the last one goes on."""
    text = comment(change(policy(CHAT, REST), policy(REST)))
    first, *_, last = text.rstrip().splitlines()
    assert re.fullmatch(r"<!-- aipol diff: [\w./-]+ -->", first)
    assert "aipol explain" in html.unescape(last)


@pytest.mark.parametrize("name", ["--><b>", "a--b", "../a b.yaml", "-"])
def test_no_policy_name_leaves_the_mark(change: Change, name: str) -> None:
    """A comment of HTML ends where we end it."""
    from dataclasses import replace

    review = replace(change(policy(CHAT, REST), policy(CHAT, REST)), policy=name)
    inner = marker(review).removeprefix("<!-- ").removesuffix(" -->")
    assert "--" not in inner
    assert ">" not in inner


def test_hostile_names_are_text_everywhere(change: Change) -> None:
    """Markup, mentions, commands and controls of a stranger's name do nothing in any form."""
    apps = {"chatty": app(host("chatty.example"), name=HOSTILE)}
    review = change(policy(CHAT, REST), policy(CHAT.replace("finance", "pilot"), REST), apps)
    text = comment(review)
    assert "<img" not in text
    assert "@all" not in text
    assert not re.search(r"(?m)^\s*::", text)
    assert "\u202e" not in text
    github = report(review.told, Sources({}), "github")
    assert all(line.startswith("::") for line in github.splitlines())
    assert len(github.splitlines()) == len(review.told)
    assert "\u202e" not in github
    root = ET.fromstring(report_junit(review.told, OF_CHANGES, HOSTILE))  # noqa: S314 - ours
    assert root[0].get("failures") != "0"
    shown = "\n".join(review_text(review, GO_ON, verbose=True))
    assert "\u202e" not in shown
    assert json.loads(json.dumps(review_json(review)))["effects"]["policy"]["changes"]


def test_json_is_of_the_schema(change: Change, large: Review) -> None:
    """Every review is, and a key more would not be."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    old = policy(CHAT, REST)
    for before, after in (
        (old, policy(REST)),
        (old, old),
        (None, old),
        (old, "nonsense"),
        ("", old),
    ):
        jsonschema.validate(review_json(change(before, after)), SCHEMA)
    answer = review_json(large)
    jsonschema.validate(answer, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**answer, "more": 1}, SCHEMA)


def test_sarif_and_junit_have_what_is_told_at_a_line(change: Change) -> None:
    """The rule's line, and a case for each code that could be told."""
    review = change(policy(CHAT, REST), policy(CHAT.replace("finance", "staff"), REST))
    sarif = json.loads(report(review.told, Sources({}), "sarif"))
    results = sarif["runs"][0]["results"]
    assert {each["ruleId"] for each in results} >= {"AIP805", "AIP807"}
    region = results[0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 10
    suite = ET.fromstring(report_junit(review.told, OF_CHANGES, "x"))[0]  # noqa: S314 - ours
    assert {case.get("name", "")[:6] for case in suite} >= {rule.code for rule in OF_CHANGES}
    failed = [case for case in suite if case.find("failure") is not None]
    assert str(len(failed)) == suite.get("failures")
