"""What a target is besides when devices fetch files of its by address."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from aipol.target import Fetched


@runtime_checkable
class Serving(Protocol):
    """What a target may be besides: one of which devices fetch files by address."""

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """Which of its artefacts those are; the first that takes a path says what it is."""
        ...
