"""Values together with the place in the policy that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from aipol.language.document import Document, Path
from aipol.source import Span

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T_co]):
    """A value, the document it was read from and where it is in there."""

    value: T_co
    document: Document
    path: Path

    def span(self, *below: str | int) -> Span:
        """Where the value stands, or what is `below` it, or the nearest ancestor that is there."""
        return self.document.span((*self.path, *below))

    def key_span(self, *below: str | int) -> Span:
        """Where the key of the value stands, or of what is `below` it, or the nearest that is."""
        return self.document.key_span((*self.path, *below))
