"""The record every finding is, and the rule it is an instance of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aipol.source import Span


class Severity(StrEnum):
    """How much a finding weighs: only an error stops a compile."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a finding, with why it does."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `message` is a lower-case fact, `hint` something that can be done."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    hint: str = ""
    related: tuple[Related, ...] = ()

    @property
    def sort_key(self) -> tuple[Span, str, str]:
        """Reading order: by place, then by code."""
        return (self.span, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding; `message` is a format string over the fields given to `at`."""

    code: str
    name: str
    severity: Severity
    message: str

    def at(
        self, span: Span, *, hint: str = "", related: tuple[Related, ...] = (), **fields: object
    ) -> Diagnostic:
        """The finding of this kind at `span`."""
        text = self.message.format(**fields)
        return Diagnostic(self.code, self.name, self.severity, text, span, hint, related)


def has_errors(findings: tuple[Diagnostic, ...]) -> bool:
    """Whether any finding must stop a compile."""
    return any(finding.severity is Severity.ERROR for finding in findings)
