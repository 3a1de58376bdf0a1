"""Turns sums of people and devices into words and JSON; small ones are not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.people.model import Platform
from aipol.report.words import count, some

if TYPE_CHECKING:
    from aipol.audience import Region, Universe
    from aipol.people import Headcount, People

_DEVICES = {
    Platform.MACOS: ("Mac", ""),
    Platform.WINDOWS: ("Windows PC", ""),
    Platform.IOS: ("iPhone or iPad", "iPhones and iPads"),
    Platform.ANDROID: ("Android device", ""),
    Platform.LINUX: ("Linux machine", ""),
}


def headcount_words(people: People | None, universe: Universe, region: Region) -> str:
    """`24 people (22 Macs)`, `0 people; sales not in the file`; nothing without a count."""
    if people is None:
        return ""
    unseen = people.unseen(universe, region)
    return _words(people, people.count(universe, region)) + (
        f"; {some(unseen)} not in the file" if unseen else ""
    )


def _words(people: People, found: Headcount) -> str:
    if not found.people:
        return "0 people"
    if found.people < people.least_told:
        return f"fewer than {people.least_told} people"
    devices = ", ".join(
        count(number, *_DEVICES[platform])
        for platform, number in found.devices
        if number >= people.least_told
    )
    return f"{count(found.people, 'person', 'people')}{f' ({devices})' if devices else ''}"


def headcount_json(people: People | None, universe: Universe, region: Region) -> Any:
    """The same for a program; a number that is too small to be told is null."""
    if people is None:
        return None
    found = people.count(universe, region)
    told = not found.people or found.people >= people.least_told
    return {
        "people": found.people if told else None,
        "fewer_than": None if told else people.least_told,
        "devices": {
            platform.value: number
            for platform, number in found.devices
            if told and number >= people.least_told
        },
        "not_counted": list(people.unseen(universe, region)),
    }
