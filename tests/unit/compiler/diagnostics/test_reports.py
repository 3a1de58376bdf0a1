"""One finding in five forms, each safe for whoever shows it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.diagnostics.quoting import columns, printable, window
from aipol.diagnostics.report_github import report_github
from aipol.diagnostics.report_json import report_json
from aipol.diagnostics.report_markdown import report_markdown
from aipol.diagnostics.report_sarif import report_sarif
from aipol.diagnostics.report_text import report_colour, report_text, tally
from aipol.source import Sources, Span

TEXT = "version: 1\nrules:\n  - app: chatgtp\n"
SOURCES = Sources({"policy/ai-usage.yaml": TEXT})
FINDING = codes.UNKNOWN_APP.at(
    Span("policy/ai-usage.yaml", 3, 10, 7), app="chatgtp", hint="did you mean `chatgpt`?"
)
TWICE = codes.DUPLICATE_ID.at(
    Span("policy/ai-usage.yaml", 3, 5, 3),
    id="app",
    related=(Related(Span("policy/ai-usage.yaml", 2, 1, 5), "used here first"),),
)
WARNING = codes.APP_UNREACHABLE.at(Span("policy/ai-usage.yaml", 3, 10, 7), app="x")


def test_the_text_is_the_one_the_documentation_shows() -> None:
    """Place, code, message, the line with carets under what is meant, hint, where to read more."""
    assert report_text((FINDING,), SOURCES) == (
        "policy/ai-usage.yaml:3:10: error[AIP201] app `chatgtp` is not in the catalogue\n"
        "    3 |   - app: chatgtp\n"
        "      |          ^^^^^^^\n"
        "  hint: did you mean `chatgpt`?            more: aipol rule AIP201\n"
    )


def test_a_related_place_is_quoted_too() -> None:
    """Both of two same ids can be seen at once."""
    assert report_text((TWICE,), SOURCES) == (
        "policy/ai-usage.yaml:3:5: error[AIP208] id `app` is used twice\n"
        "    3 |   - app: chatgtp\n"
        "      |     ^^^\n"
        "  policy/ai-usage.yaml:2:1: used here first\n"
        "    2 | rules:\n"
        "      | ^^^^^\n"
        "  more: aipol rule AIP208\n"
    )


def test_without_the_text_there_is_no_quote() -> None:
    """A file that could not be read has no line to show."""
    assert report_text((FINDING,), Sources({})).count("\n") == 2


def test_colour_adds_nothing_but_colour() -> None:
    """Take the escapes out, and the two reports are one."""
    coloured = report_colour((FINDING, TWICE, WARNING), SOURCES)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == report_text(
        (FINDING, TWICE, WARNING), SOURCES
    )


def test_what_a_stranger_wrote_cannot_act_on_the_terminal() -> None:
    """Escapes, tabs and characters that turn the text around are written out."""
    line = "a: \x1b[31mred\x07\u202etxt\t\x9b"
    found = codes.BAD_VALUE.at(
        Span("f\x1b]0;x", 1, 4, 3), what="`\x1b[2J`", why="\u2066", hint="\x08"
    )
    report = report_text((found,), Sources({"f\x1b]0;x": line}))
    assert report.replace("\n", "").isprintable()
    assert "a: \\x1b[31mred\\x07\\u202etxt\\t\\x9b" in report


def test_carets_stand_under_wide_and_escaped_characters() -> None:
    """Columns are counted as a terminal fills them, not as characters."""
    sources = Sources({"f": "日本: \tx"})
    report = report_text((codes.EMPTY.at(Span("f", 1, 6, 1), what="x"),), sources)
    quoted, carets = report.splitlines()[1:3]
    assert quoted == "    1 | 日本: \\tx"
    assert carets == "      |         ^"


def test_a_very_long_line_is_shown_around_the_fault() -> None:
    """A line of a megabyte takes one line of the terminal."""
    line = "x" * 500_000 + "HERE" + "y" * 500_000
    report = report_text(
        (codes.EMPTY.at(Span("f", 1, 500_001, 4), what="x"),), Sources({"f": line})
    )
    quoted, carets = report.splitlines()[1:3]
    assert len(quoted) < 120
    assert quoted.startswith("    1 | …")
    assert quoted.endswith("…")
    assert quoted[carets.index("^") :][: carets.count("^")] == "HERE"


@given(st.text(max_size=300), st.integers(0, 320), st.integers(1, 320))
def test_any_line_has_a_window_with_a_mark_in_it(line: str, start: int, width: int) -> None:
    """Whatever the line and the place, what is shown is printable and the mark is near it."""
    shown, before, marked = window(line, start, width, 100)
    assert shown == "" or shown.isprintable()
    assert marked >= 1
    assert before + marked <= columns(shown) + 1


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ((), "no findings"),
        ((FINDING,), "1 error"),
        ((FINDING, TWICE, WARNING), "2 errors, 1 warning"),
    ],
)
def test_the_tally_counts_by_weight(findings: tuple[Diagnostic, ...], words: str) -> None:
    """A closing line says how much there is."""
    assert tally(findings) == words


def test_json_has_a_schema_and_stable_keys() -> None:
    """What a program reads does not depend on how it is worded."""
    report = json.loads(report_json((TWICE, WARNING), SOURCES))
    assert report["schema"] == "aipol.check/1"
    assert report["counts"] == {"error": 1, "warning": 1, "note": 0}
    assert report["findings"][0] == {
        "code": "AIP208",
        "name": "duplicate-id",
        "severity": "error",
        "file": "policy/ai-usage.yaml",
        "line": 3,
        "column": 5,
        "end_column": 8,
        "message": "id `app` is used twice",
        "hint": "",
        "related": [
            {
                "file": "policy/ai-usage.yaml",
                "line": 2,
                "column": 1,
                "end_column": 6,
                "message": "used here first",
            }
        ],
    }


def test_sarif_has_what_code_scanning_asks_for() -> None:
    """Rules, levels, regions and relative addresses."""
    log = json.loads(report_sarif((FINDING, WARNING, TWICE), SOURCES))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["AIP201", "AIP208", "AIP215"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    first, second, third = run["results"]
    assert (first["level"], second["level"]) == ("error", "warning")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "policy/ai-usage.yaml"},
        "region": {"startLine": 3, "startColumn": 10, "endColumn": 17},
    }
    assert third["relatedLocations"][0]["message"]["text"] == "used here first"


def test_sarif_addresses_are_addresses() -> None:
    """Spaces and letters beyond ASCII in a file name are escaped."""
    found = codes.EMPTY.at(Span("my policy/ü.yaml", 1, 1), what="x")
    log = json.loads(report_sarif((found,), Sources({})))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20policy/%C3%BC.yaml"


def test_a_github_annotation_is_one_command() -> None:
    """File, line and columns are properties; hint and message are the text."""
    assert report_github((FINDING,), SOURCES) == (
        "::error file=policy/ai-usage.yaml,line=3,col=10,endColumn=17,"
        "title=AIP201 unknown-app::app `chatgtp` is not in the catalogue"
        "%0Ahint: did you mean `chatgpt`?\n"
    )


@given(st.text(), st.text(), st.text())
def test_no_text_can_start_a_command_of_its_own(file: str, what: str, hint: str) -> None:
    """A runner reads exactly one command a finding, with the properties we gave it."""
    found = codes.BAD_VALUE.at(Span(file, 1, 1), what=what, why="x", hint=hint)
    report = report_github((found,), Sources({}))
    assert len(report.splitlines()) == 1
    properties, _, _ = report.removeprefix("::error ").partition("::")
    assert [pair.partition("=")[0] for pair in properties.split(",")] == [
        "file",
        "line",
        "col",
        "endColumn",
        "title",
    ]


def test_markdown_is_a_table_with_code() -> None:
    """One row a finding; our backticks are code."""
    report = report_markdown((FINDING, TWICE), SOURCES)
    assert report.startswith("### aipol check: 2 errors\n\n| | place | finding |\n")
    assert "app <code>chatgtp</code> is not in the catalogue" in report
    assert report_markdown((), SOURCES) == "### aipol check: no findings\n"


@given(st.text(max_size=60))
def test_no_text_can_become_markup(text: str) -> None:
    """No tag, link, mention, image or cell comes of what somebody wrote into a policy."""
    found = codes.UNKNOWN_APP.at(Span(text, 1, 1), app=text, hint=text)
    row = report_markdown((found,), Sources({})).splitlines()
    assert len(row) == 5
    content = re.sub(
        r"</?code>|<br>|&#[0-9]+;(?:<!-- -->)?", "", row[4].removeprefix("| error AIP201 |")
    )
    assert not re.search(r"[<>&@\[\]!*`#\\$~^]", content)
    assert not re.search(r"&#(?:64|35);(?!<!-- -->)", row[4])
    assert content.count("|") == 2


@given(st.text())
def test_printable_text_is_printable(text: str) -> None:
    """Nothing invisible is left, and what was visible is as it was."""
    shown = printable(text)
    assert all(char.isprintable() for char in shown)
    assert shown.isascii() or shown.isprintable()
