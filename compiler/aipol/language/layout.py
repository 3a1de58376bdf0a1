"""Turn a policy's text into its canonical layout without changing what it says."""

# ruamel.yaml says of few of its names what they are.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString
from yaml import Mark, SafeLoader, ScalarEvent
from yaml import parse as yaml_events

from aipol.language.load import load_text
from aipol.language.scalars import NumberTooLargeError, resolve

_WIDTH = 100
_ROUNDS = 5
_STRING = "tag:yaml.org,2002:str"
# What some other reader of YAML takes for a truth value, a number, a date, a time or a key.
_AMBIGUOUS = re.compile(
    r"(?i)y|n|yes|no|on|off|true|false|null|[-+.]?[0-9].*|[-+]?\.(?:inf|nan)|.*:.*"
)
_COMMENT = re.compile(r"(?:^|\s)#(.*)$", re.MULTILINE)


class LayoutError(Exception):
    """The text cannot be laid out without changing it."""


def canonical(text: str) -> str:
    """`text` in the canonical layout: two spaces a level, double quotes where quotes are needed."""
    laid_out = text
    for _ in range(_ROUNDS):
        once_more = _laid_out(laid_out)
        if once_more == laid_out:
            break
        laid_out = once_more
    else:
        raise LayoutError("its layout does not settle")
    if _value(laid_out) != _value(text):
        raise LayoutError("its values would change")
    if sorted(_comments(laid_out)) != sorted(_comments(text)):
        raise LayoutError("a comment would be lost; is one within `[ ]`, `{ }` or above `---`?")
    return laid_out


def _laid_out(text: str) -> str:
    yaml = _round_trip()
    stream = io.StringIO()
    yaml.dump(yaml.load(text), stream)
    return _with_comments_aligned(stream.getvalue())


def _with_comments_aligned(text: str) -> str:
    """A line that is only a comment starts where the line below it does; no two empty lines."""
    lines = text.splitlines()
    within = _lines_within_texts(text)
    indent, empty = 0, True
    kept: list[str] = []
    for number, line in reversed(list(enumerate(lines, start=1))):
        bare = line.strip()
        if number in within:
            kept.append(line)
        elif not bare:
            if not empty:
                kept.append("")
        elif bare.startswith("#"):
            kept.append(" " * indent + bare)
        else:
            indent = len(line) - len(line.lstrip(" "))
            kept.append(line)
        empty = not bare and number not in within
    return "\n".join(reversed(kept)).lstrip("\n") + "\n"


def _lines_within_texts(text: str) -> set[int]:
    """Numbers of the lines that a text of several lines goes on in."""
    within: set[int] = set()
    for event in yaml_events(text, Loader=SafeLoader):
        if isinstance(event, ScalarEvent):
            start, end = cast("Mark", event.start_mark), cast("Mark", event.end_mark)
            within.update(range(start.line + 2, end.line + (2 if end.column else 1)))
    return within


def _value(text: str) -> Any:
    document, _ = load_text("policy", text)
    return document.value if document else None


def _comments(text: str) -> Iterator[str]:
    # A `#` within a quoted text is compared as well; only its closing marks may change.
    return (match.group(1).rstrip("\"'])}, ") for match in _COMMENT.finditer(text))


def _round_trip() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _EverythingIsText
    yaml.Representer = _Representer
    yaml.Emitter = _Emitter
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.allow_duplicate_keys = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


class _EverythingIsText(VersionedResolver):
    """Keeps an unquoted value as it is written, whatever it stands for."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        return super().resolve(kind, value, (False, False) if kind is ScalarNode else implicit)


class _Representer(RoundTripRepresenter):
    """Takes quotes off where they make no difference to any reader."""

    def represent_quoted(self, text: str) -> Any:
        return self.represent_scalar(_STRING, str(text), style='"' if _needs_quotes(text) else None)


for _quoted in (SingleQuotedScalarString, DoubleQuotedScalarString):
    _Representer.add_representer(_quoted, _Representer.represent_quoted)


class _Emitter(RoundTripEmitter):
    """Double quotes, and no text broken over lines."""

    def choose_scalar_style(self) -> Any:
        if not self.event.value and not self.event.style:
            return ""
        style = super().choose_scalar_style()
        return '"' if style == "'" else style

    def write_plain(self, text: Any, split: Any = True) -> None:  # noqa: FBT002, ARG002
        width, self.best_width = self.best_width, sys.maxsize
        super().write_plain(text or "null", split=False)
        self.best_width = width

    def write_double_quoted(self, text: Any, split: Any = True) -> None:  # noqa: FBT002, ARG002
        super().write_double_quoted(text, split=False)


def _needs_quotes(text: str) -> bool:
    try:
        return not isinstance(resolve(text), str) or bool(_AMBIGUOUS.fullmatch(text))
    except NumberTooLargeError:
        return True
