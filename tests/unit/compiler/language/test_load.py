"""Text becomes values with places, or located findings; never anything in between."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.language.document import Document
from aipol.language.load import load, load_text
from aipol.language.order import MAX_FINDINGS
from aipol.language.text import LIMIT
from aipol.source import Span


def _codes(text: str) -> list[str]:
    return [finding.code for finding in load_text("p.yaml", text)[1]]


def _document(text: str) -> Document:
    document, findings = load_text("p.yaml", text)
    assert document is not None
    assert findings == ()
    return document


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("yes", "yes"),
        ("off", "off"),
        ("null", None),
        ("~", None),
        ("7", 7),
        ("-7", -7),
        ("007", "007"),
        ("0o17", "0o17"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2027-01-31", "2027-01-31"),
        ('"7"', "7"),
        ("'true'", "true"),
        ("=", "="),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says_and_no_more(written: str, value: object) -> None:
    """Only `true`, `false`, null and decimal numbers are not text."""
    loaded = _document(f"a: {written}").value["a"]
    assert loaded == value
    assert type(loaded) is type(value)


def test_every_key_and_value_has_a_place_with_a_width() -> None:
    """A caret can underline exactly what was written."""
    document = _document("rules:\n  - id: chat\n    apps: [a, 'b c']\nempty:\n")
    assert document.keys["rules",] == Span("p.yaml", 1, 1, 5)
    assert document.values["rules", 0] == Span("p.yaml", 2, 5, 8)
    assert document.values["rules", 0, "id"] == Span("p.yaml", 2, 9, 4)
    assert document.values["rules", 0, "apps"] == Span("p.yaml", 3, 11, 10)
    assert document.values["rules", 0, "apps", 1] == Span("p.yaml", 3, 15, 5)
    assert document.values["empty",] == Span("p.yaml", 4, 1, 5)


def test_a_text_of_several_lines_is_shown_by_its_first() -> None:
    """The caret stays on one line."""
    document = _document("a: |\n  one\n  two\nb: [1,\n  2]\n")
    assert document.values["a",] == Span("p.yaml", 1, 4, 1)
    assert document.values["b",] == Span("p.yaml", 4, 4, 2)


def test_a_missing_place_falls_back_to_the_nearest_ancestor() -> None:
    """A finding about something that is not there points at what it belongs to."""
    document = _document("a:\n  b: 1\n")
    assert document.span(("a", "c", 3)) == document.values["a",]
    assert document.key_span(("a", "c")) == document.keys["a",]
    assert document.span(("z",)) == document.values[()]


def test_a_duplicate_key_names_both_places_and_the_first_stays() -> None:
    """The second of two same keys is reported and dropped, whatever it holds."""
    document, findings = load_text("p.yaml", "a: 1\nb: 2\na: {c: [3]}\n")
    assert document is not None
    assert document.value == {"a": 1, "b": 2}
    assert document.values["a",].line == 1
    (finding,) = findings
    assert finding.code == "AIP104"
    assert finding.span.line == 3
    assert [related.span.line for related in finding.related] == [1]


def test_duplicates_are_found_at_every_level_and_in_flow_style() -> None:
    """Nesting and brackets hide no duplicate."""
    assert _codes("r: [{id: a, id: b}]\ng: {x: {y: 1, y: 2}}\n") == ["AIP104", "AIP104"]


def test_each_anchor_is_told_once_with_its_uses() -> None:
    """An anchor and its aliases are one finding; an alias of nothing is one too."""
    document, findings = load_text("p.yaml", "a: &x [1]\nb: *x\nc: *y\n")
    assert [(finding.code, finding.span.line) for finding in findings] == [
        ("AIP105", 1),
        ("AIP105", 3),
    ]
    assert [related.span.line for related in findings[0].related] == [2]
    assert document is not None
    assert document.holes == {("b",), ("c",)}


def test_an_alias_bomb_is_answered_at_once() -> None:
    """Aliases are never expanded, so a bomb is a text of ten lines."""
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    start = time.process_time()
    assert set(_codes(bomb)) == {"AIP105"}
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: !!str 1\n", "AIP106", 1, 4),
        ("a: !!python/object/apply:os.system [ls]\n", "AIP106", 1, 4),
        ("a: ! x\n", "AIP106", 1, 4),
        ("a: 1\n---\nb: 2\n", "AIP113", 2, 1),
        ("%YAML 1.1\n---\na: 1\n", "AIP103", 1, 1),
        ("a:\n\tb: 1\n", "AIP103", 2, 1),
        ("a:\n  b: 1\n c: 2\n", "AIP103", 3, 2),
        ("a: b: c\n", "AIP103", 1, 5),
        ("a: 'open\nb: 1\n", "AIP103", 1, 4),
        ("a: [1, 2\nb: 3\n", "AIP103", 2, 2),
        ("a: {b: 1\n", "AIP103", 1, 9),
        ("a: @b\n", "AIP103", 1, 4),
        ("1: a\n", "AIP103", 1, 1),
        ("null: a\n", "AIP103", 1, 1),
        ("? [a]\n: b\n", "AIP103", 1, 3),
        ("a: {{ name }}\n", "AIP103", 1, 5),
        ("a: b\ufeff\n", "AIP103", 1, 5),
        ("# \u202e gnal\na: 1\n", "AIP103", 1, 3),
        ("a: \x1b[31m\n", "AIP103", 1, 4),
        ("a: 1234567890123456789\n", "AIP110", 1, 4),
        ("a: 1.0e999\n", "AIP110", 1, 4),
        (f"a: {'[' * 40}{']' * 40}\n", "AIP112", 1, 35),
        ("", "AIP111", 1, 1),
        ("# only a comment\n", "AIP111", 1, 1),
        ("---\n", "AIP111", 1, 1),
        ("null\n", "AIP111", 1, 1),
    ],
)
def test_what_the_language_leaves_out_is_found_where_it_stands(
    text: str, code: str, line: int, column: int
) -> None:
    """Each construct that other readers of YAML accept has its code and its place."""
    _, findings = load_text("p.yaml", text)
    assert (code, line, column) in {
        (finding.code, finding.span.line, finding.span.column) for finding in findings
    }


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("r:\n  - id: a\n     b: [c]\n", 3, 6, "start it in column 5, below `id`"),
        (
            "r:\n  - id: a\n    b: [c]\n\n    # why\n     d: 1\n",
            6,
            6,
            "start it in column 5, below `b`",
        ),
        ("a: 1\n b: 2\n", 2, 2, "start it in column 1, below `a`"),
        ("a: 1\n - b: 2\n", 2, 4, "start it in column 1, below `a`"),
    ],
)
def test_a_key_that_is_indented_too_deep_is_told_as_such(
    text: str, line: int, column: int, hint: str
) -> None:
    """Where the key above has a value, nothing can be below it."""
    _, (finding,) = load_text("p.yaml", text)
    assert finding.message == "this line is indented deeper than the line above"
    assert (finding.span.line, finding.span.column, finding.hint) == (line, column, hint)


def test_tabs_within_a_text_are_nobodys_business() -> None:
    """Only a tab that indents is an error."""
    assert _document("a: |\n  one\n  \ttwo\nb: x\ty\n").value["a"] == "one\n\ttwo\n"


def test_every_line_indented_with_a_tab_is_told() -> None:
    """Whoever indents with tabs hears of all of them at once."""
    _, findings = load_text("p.yaml", "a:\n\tb: 1\n\tc: 2\n")
    assert [finding.span.line for finding in findings] == [2, 3]


def test_several_faults_are_told_in_one_pass() -> None:
    """A duplicate, a tag and an alias do not hide each other."""
    assert _codes("a: 1\na: 2\nb: !x 3\nc: *d\n") == ["AIP104", "AIP106", "AIP105"]


def test_past_two_hundred_findings_there_is_one_note() -> None:
    """A file that is nothing but faults gets an answer of a length that can be read."""
    _, findings = load_text("p.yaml", "a: 1\n" * 5000)
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1].code == "AIP115"


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "- ",
        "a: ",
        "{a: ",
        "? ",
        "*a\n",
        "- *a\n",
        "&a ",
        "!",
        "'",
        '"',
        "a: 1\n",
        "\n\ta",
        "{a,",
    ],
)
def test_a_file_of_anything_at_the_limit_is_answered_soon(unit: str) -> None:
    """No repetition makes reading take more than a few seconds."""
    start = time.process_time()
    load_text("p.yaml", unit * (LIMIT // len(unit)))
    assert time.process_time() - start < 20


# --- files ----------------------------------------------------------------------------------------


def _of_file(path: Path) -> list[tuple[str, str]]:
    document, findings, _ = load(str(path))
    assert document is None
    return [(finding.code, finding.message.partition(": ")[2]) for finding in findings]


def test_a_file_of_100_megabytes_is_answered_at_once(tmp_path: Path) -> None:
    """The size is looked at before anything is read."""
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    start = time.process_time()
    assert [code for code, _ in _of_file(path)] == ["AIP102"]
    assert time.process_time() - start < 0.5


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    """The limit itself is allowed, one byte more is not."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"a: 1\n".ljust(LIMIT, b"\n"))
    assert load(str(path))[1] == ()
    path.write_bytes(b"a: 1\n".ljust(LIMIT + 1, b"\n"))
    assert [code for code, _ in _of_file(path)] == ["AIP102"]


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    """Directories, pipes and devices are neither read nor waited for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert _of_file(tmp_path) == [("AIP101", "it is a directory")]
    assert _of_file(pipe) == [("AIP101", "it is not a regular file")]
    assert _of_file(Path("/dev/zero")) == [("AIP101", "it is not a regular file")]
    assert _of_file(tmp_path / "none.yaml") == [("AIP101", "there is no such file")]
    assert _of_file(Path("a\0b")) == [("AIP101", "its name has a null character")]


def test_a_missing_file_with_a_similar_neighbour_is_hinted_at(tmp_path: Path) -> None:
    """A misspelt file name gets a did-you-mean as any other name."""
    (tmp_path / "ai-usage.yaml").write_text("a: 1\n", encoding="utf-8")
    _, findings, _ = load(str(tmp_path / "ai-usag.yaml"))
    assert findings[0].hint == f"did you mean `{tmp_path / 'ai-usage.yaml'}`?"
    _, findings, _ = load(str(tmp_path))
    assert findings[0].hint == f"did you mean `{tmp_path / 'ai-usage.yaml'}`?"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x7fELF\x00\x01", "it is not a text file"),
        ("a: 1\n".encode("utf-16"), "it is UTF-16, not UTF-8"),
        (b"a: 1\nb: \xe9t\xe9\n", "byte 0xe9 is not UTF-8"),
    ],
)
def test_what_is_not_utf_8_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    """Binary files and other encodings are named for what they are."""
    path = tmp_path / "p.yaml"
    path.write_bytes(content)
    assert _of_file(path) == [("AIP101", why)]


def test_a_byte_that_is_not_utf_8_has_a_place(tmp_path: Path) -> None:
    """The offending line is quoted with what could be decoded of it."""
    path = tmp_path / "p.yaml"
    path.write_bytes("ü: 1\nb: ".encode() + b"\xe9\n")
    _, findings, sources = load(str(path))
    assert (findings[0].span.line, findings[0].span.column) == (2, 4)
    assert sources.line(findings[0].span) == "b: \ufffd"


def test_one_byte_order_mark_at_the_start_is_no_fault(tmp_path: Path) -> None:
    """What Windows editors write before the text is not part of it."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document, findings, _ = load(str(path))
    assert findings == ()
    assert document is not None
    assert document.value == {"a": 1, "b": 2}
    assert document.values["a",] == Span(str(path), 1, 4, 1)


# --- anything -------------------------------------------------------------------------------------

_YAMLISH = st.text(
    st.sampled_from("abc1:-[]{}#&*!|>'\"%@`?, \n\t\\\u00e9\u2028\ufeff\x00\x85~=<"), max_size=80
)


@given(st.one_of(st.text(), _YAMLISH))
def test_any_text_is_a_document_or_has_findings(text: str) -> None:
    """No text raises; what is not understood is reported, inside the text."""
    document, findings = load_text("p.yaml", text)
    assert document is not None or findings
    lines = text.splitlines() or [""]
    for finding in findings:
        assert 1 <= finding.span.line <= len(lines)
        assert 1 <= finding.span.column <= len(lines[finding.span.line - 1]) + 1
        assert finding.span.width >= 1


@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_document_or_have_findings(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No file raises, whatever it holds."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    document, findings, _ = load(str(path))
    assert document is not None or findings


@given(_YAMLISH)
def test_without_libyaml_any_text_is_answered_too(text: str) -> None:
    """The pure parser, where there is no other, raises as little."""
    import yaml

    import aipol.language.load as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LOADER", yaml.SafeLoader)
        document, findings = load_text("p.yaml", text)
    assert document is not None or findings
