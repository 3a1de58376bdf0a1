"""A target that pushes to a vendor in memory, for tests of the verbs that push."""

from __future__ import annotations

from typing import Any

from aipol.remote import Surroundings, Wanted
from tests.unit.compiler.apply.vendor import FakeRemote, Vendor, policy, script


class Shop:
    """What the fake targets push to, and what they want there."""

    def __init__(self) -> None:
        self.vendor = Vendor()
        self.wanted: tuple[Wanted, ...] = (script("s"), policy("p", "s"))
        self.place = "tenant 1"
        self.rehearsal = ""
        self.notes: tuple[str, ...] = ()
        self.error: Exception | None = None

    def open(self, settings: Any, surroundings: Surroundings) -> FakeRemote:
        """The vendor's side."""
        del settings
        if self.error:
            raise self.error
        return FakeRemote(
            self.vendor,
            surroundings.organization,
            target="alpha",
            place=self.place,
            rehearsal=self.rehearsal,
            asked_for=self.wanted,
            notes=self.notes,
        )
