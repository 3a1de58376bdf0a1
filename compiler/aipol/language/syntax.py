"""Say in plain words what a YAML parser found wrong."""

from __future__ import annotations

import re
from dataclasses import replace

from yaml import Mark, MarkedYAMLError

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.source import Span

_INDENTATION = "each line of a block starts in the same column: compare it with the lines above"
TAB = "a tab cannot indent a line"
_TAB = (TAB, "use spaces")
_DEEPER = "this line is indented deeper than the line above"
_OF_DEPTH = ("mapping values are not allowed", "expected key", "expected <block end>")
_CONTENT = re.compile(r"\s*[^\s#]")
_KEY = re.compile(r" *(?:- +)*(?P<key>[\w.-]+):(?: +(?P<value>[^\s#].*)|\s*(?:#.*)?$)")
# What libyaml and its Python twin say, and what an author needs to hear; the first that fits.
_PROBLEMS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("tab character",), *_TAB),
    (
        ("mapping values are not allowed",),
        "`: ` is not allowed here",
        "quote text that contains `: `, or compare the indentation with the lines above",
    ),
    (("expected ':'",), "`:` is missing after this key", "write `key: value`"),
    (("',' or ']'",), "this list is not closed here", "close it with `]`, or add a `,`"),
    (("',' or '}'",), "this mapping is not closed here", "close it with `}`, or add a `,`"),
    (("unexpected end of stream",), "this quoted text is never closed", "close it with its quote"),
    (("'-' indicator",), "a list item (`- `) was expected here", _INDENTATION),
    (
        ("expected key", "expected <block end>"),
        "this line does not fit the lines above",
        _INDENTATION,
    ),
    (
        ("unknown escape",),
        "this escape is not known",
        "write `\\\\` for a backslash, or quote with '",
    ),
    (("escape",), "this escape stands for no character", "write the character itself"),
    (("alphabetic or numeric",), "`*` and `&` cannot start a text", "quote it"),
    (("document start",), "the policy has ended before this", "remove what is left over"),
    (("node content",), "a value was expected here", "remove the stray character, or quote it"),
    (("directive",), "directives are not part of the language", "remove the line"),
    (("tag handle", "expected '>'"), "tags are not part of the language", "remove the tag"),
)


def syntax_error(file: str, text: str, error: MarkedYAMLError) -> Diagnostic:
    """The finding for what the parser could not get past."""
    problem = error.problem or ""
    # An unclosed quote or bracket is best shown where it was opened.
    opened = error.context_mark if "end of stream" in problem else None
    mark = opened or error.problem_mark or error.context_mark
    span = _span(file, text, mark)
    deeper = _too_deep(text, span) if any(part in problem for part in _OF_DEPTH) else None
    if deeper is not None:
        return codes.YAML_SYNTAX.at(replace(span, column=deeper[0]), why=_DEEPER, hint=deeper[1])
    why, hint = _words(problem, _character(text, mark))
    return codes.YAML_SYNTAX.at(span, why=why, hint=hint, related=_opened(file, text, error, span))


def _too_deep(text: str, span: Span) -> tuple[int, str] | None:
    """Where a key starts that is indented deeper than the key above, which has a value."""
    lines = text.splitlines()
    above = (line for line in reversed(lines[: span.line - 1]) if _CONTENT.match(line))
    key, before = _KEY.match(lines[span.line - 1]), _KEY.match(next(above, ""))
    if key is None or before is None or not before["value"]:
        return None
    column, wanted = key.start("key") + 1, before.start("key") + 1
    return (
        (column, f"start it in column {wanted}, below `{before['key']}`")
        if column > wanted
        else None
    )


def _words(problem: str, character: str) -> tuple[str, str]:
    if "cannot start any token" in problem:
        return _TAB if character == "\t" else (f"`{character}` cannot start a text", "quote it")
    for parts, why, hint in _PROBLEMS:
        if any(part in problem for part in parts):
            return why, hint
    return f"this is not YAML: {problem}", ""


def _opened(file: str, text: str, error: MarkedYAMLError, span: Span) -> tuple[Related, ...]:
    if error.context_mark is None or "flow" not in (error.context or ""):
        return ()
    opened = _span(file, text, error.context_mark)
    return (Related(opened, "opened here"),) if opened != span else ()


def _span(file: str, text: str, mark: Mark | None) -> Span:
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines() or [""]
    # A parser that reached the end points past the last line, where there is nothing to show.
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    return Span(file, line + 1, column + 1)


def _character(text: str, mark: Mark | None) -> str:
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines):
        return ""
    return lines[mark.line][mark.column : mark.column + 1]
