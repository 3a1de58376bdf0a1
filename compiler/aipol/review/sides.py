"""The two policies of a review, and how places in them are told."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aipol.diagnostics.model import has_errors

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.ir import Ir
    from aipol.pipeline import Opened
    from aipol.review.outputs import Outputs
    from aipol.source import Span


@dataclass(frozen=True)
class Side:
    """One of the two policies: what it is called, and what it means and makes.

    `opened` is None where there is no policy. `told_as` is the policy's path as it is told, which
    is another than that of a copy in a folder that goes again.
    """

    name: str
    commit: str
    told_as: str
    opened: Opened | None
    outputs: Outputs

    @property
    def ir(self) -> Ir | None:
        """What it means; None where there is no policy, or one that means nothing."""
        return self.opened.ir if self.opened else None

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is told of it: of the policy, and of what targets make of it."""
        own = self.opened.findings if self.opened else ()
        every = dict.fromkeys((*own, *self.outputs.findings))
        return tuple(sorted(map(self._told, every), key=lambda finding: finding.sort_key))

    @property
    def sound(self) -> bool:
        """Whether it is without errors."""
        return self.opened is not None and not has_errors(self.findings)

    @property
    def comparable(self) -> bool:
        """Whether its outputs can be compared: there are all of them, or there is no policy."""
        return self.opened is None or (self.ir is not None and self.outputs.sound)

    def span(self, span: Span) -> Span:
        """A place as it is told."""
        return replace(span, file=self.file(span.file))

    def file(self, file: str) -> str:
        """A file of the policy as it is told."""
        if self.opened is None or self.opened.path == self.told_as:
            return file
        below = posixpath.relpath(file, posixpath.dirname(self.opened.path) or ".")
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.told_as), below))

    def texts(self) -> Iterator[tuple[str, str]]:
        """The files that it was read from, as they are told, with their text."""
        if self.opened is not None:
            for file, text in self.opened.sources.texts.items():
                yield self.file(file), text

    def _told(self, finding: Diagnostic) -> Diagnostic:
        """A finding as if the policy lay where it is told to."""
        if self.opened is None or self.opened.path == self.told_as:
            return finding
        related = tuple(
            replace(each, span=self.span(each.span), message=self._said(each.message))
            for each in finding.related
        )
        return replace(
            finding,
            span=self.span(finding.span),
            related=related,
            message=self._said(finding.message),
            hint=self._said(finding.hint),
        )

    def _said(self, text: str) -> str:
        if self.opened is None:
            return text
        for path in (*self.opened.sources.texts, posixpath.dirname(self.opened.path)):
            text = text.replace(path, self.file(path))
        return text


def only_of(one: Side, other: Side) -> tuple[Diagnostic, ...]:
    """What only `one` is told, wherever it stands."""
    known = {(each.code, each.message) for each in other.findings}
    return tuple(each for each in one.findings if (each.code, each.message) not in known)


def place(span: Span) -> str:
    """`policy/ai-usage.yaml:41`."""
    return f"{span.file}:{span.line}"


def places(side: Side, spans: Iterable[Span]) -> list[str]:
    """The lines that spans are on, as they are told."""
    return [place(side.span(span)) for span in spans]
