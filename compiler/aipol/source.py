"""Places in the text a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One place: `line` and `column` count from 1; `width` is in characters, at least 1."""

    file: str
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Sources:
    """The texts that were read, so that a report can quote the offending line."""

    texts: Mapping[str, str]
    _lines: dict[str, list[str]] = field(default_factory=dict[str, list[str]], compare=False)

    def line(self, span: Span) -> str | None:
        """The line `span` points at, without its line break; None when it is not in the text."""
        text = self.texts.get(span.file)
        if text is None:
            return None
        lines = self._lines.get(span.file)
        if lines is None:
            lines = self._lines[span.file] = text.splitlines()
        return lines[span.line - 1] if 0 < span.line <= len(lines) else None


def whole_file(file: str) -> Span:
    """The span for a fault that has no better place than the file itself."""
    return Span(file, 1, 1)
