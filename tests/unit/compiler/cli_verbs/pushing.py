"""A target that pushes to a vendor in memory, for tests of the verbs that push."""

from __future__ import annotations

import json
from typing import Any

from aipol.remote import Absent, Handwork, Surroundings, Wanted
from tests.unit.compiler.apply.vendor import FakeRemote, Vendor, policy, script


class Told(FakeRemote):
    """One that is only read, and says what is to be run elsewhere."""

    def steps(self, work: Handwork) -> tuple[str, ...]:
        """The work, so that tests see it."""
        return (f"edits={work.edits} adopts={work.adopts}", "look again")


class Shop:
    """What the fake targets push to, and what they want there."""

    def __init__(self) -> None:
        self.vendor = Vendor()
        self.wanted: tuple[Wanted, ...] = (script("s"), policy("p", "s"))
        self.place = "tenant 1"
        self.rehearsal = ""
        self.notes: tuple[str, ...] = ()
        self.limits: tuple[str, ...] = ()
        self.lacks: tuple[Absent, ...] = ()
        self.error: Exception | None = None
        self.by_hand = False
        self.switching = False

    def open(self, settings: Any, surroundings: Surroundings) -> FakeRemote:
        """The vendor's side."""
        del settings
        if self.error:
            raise self.error
        kind = Told if self.by_hand else FakeRemote
        return kind(
            self.vendor,
            surroundings.organization,
            target="alpha",
            place=self.place,
            rehearsal=self.rehearsal,
            asked_for=self.wanted,
            notes=self.notes,
            limits=self.limits,
            lacks=self.lacks,
            made_for=switches if self.switching else nothing,
        )


def nothing(objects: tuple[Wanted, ...]) -> dict[str, bytes]:
    """Files that say nothing."""
    del objects
    return {}


def switches(objects: tuple[Wanted, ...]) -> dict[str, bytes]:
    """Each script switches Apple Intelligence off for everybody, unless it says otherwise.

    One that says `odd` is nothing that a reader knows.
    """
    off = [{"feature": "apple-intelligence", "include": ["*"], "exclude": []}]
    says = {"echo": json.dumps(off).encode(), "odd": b"odd"}
    return {
        f"{each.key}.json": says[each.body["text"]]
        for each in objects
        if each.body.get("text") in says
    }
