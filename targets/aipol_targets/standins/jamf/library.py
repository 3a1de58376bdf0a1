"""All objects of a server: found, created, updated and deleted by the rules of the Classic API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from aipol_targets.standins.jamf.profiles import Profiles
from aipol_targets.standins.jamf.resources import ALL, CATEGORIES, GROUPS, PROFILES, SITES, Resource
from aipol_targets.standins.jamf.shapes import Reading, blank, links
from aipol_targets.standins.jamf.store import Record, Store
from aipol_targets.standins.jamf.wire import Refused

_OF_KIND = {"category": CATEGORIES, "site": SITES, "computer_group": GROUPS}
_KIND_OF = {each.path: kind for kind, each in _OF_KIND.items()}


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done, and at which server of the cluster."""

    now: float
    node: int


LONG_AGO = Moment(float("-inf"), 0)


def head(resource: Resource, record: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a record that its name is in."""
    return record["general"] if resource.headed else dict(record)


class Library:
    """The objects, and what Macs have of the profiles among them."""

    def __init__(
        self,
        sync_seconds: float,
        organization: str,
        namespace: uuid.UUID,
        others: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._stores = {each.path: Store(sync_seconds) for each in ALL}
        self._others = others
        self.profiles = Profiles(organization, namespace)

    def all(self, resource: Resource) -> Mapping[int, Record]:
        """What is in the database."""
        return self._stores[resource.path].all()

    def seen(self, resource: Resource, moment: Moment) -> Mapping[int, Record]:
        """What one server of the cluster knows."""
        return self._stores[resource.path].seen_from(moment.node, moment.now)

    def create(self, resource: Resource, element: ET.Element, moment: Moment) -> int:
        """Store a new object under a new id; an id in the body counts for nothing (jamf-cli)."""
        _complete(resource, element)
        record, _ = self._read(resource, element, blank(resource.shape))
        self._unique(resource, record, None)
        number = self._stores[resource.path].next_id()
        self._write(resource, number, element, record, moment)
        return number

    def update(self, resource: Resource, number: int, element: ET.Element, moment: Moment) -> bool:
        """Replace what was sent of an object; true if some of a scope was silently left out.

        "A Classic PUT is a partial update at top-level-section granularity, while the scope itself
        is replaced wholesale" (jamf-cli). That a section keeps what was not sent of it, as a body
        of a lone name does, is checked for flat objects only.
        """
        before = self.all(resource)[number]
        record, left_out = self._read(resource, element, before)
        self._unique(resource, record, number)
        self._write(resource, number, element, record, moment)
        name = head(resource, record)["name"]
        if resource.path in _KIND_OF and name != head(resource, before)["name"]:
            self._rename(_KIND_OF[resource.path], number, name)
        return left_out

    def delete(self, resource: Resource, number: int, moment: Moment) -> None:
        """Remove an object, unless others need it.

        A group that something depends on "could not be deleted" (BIG-RAT/Prune issue 26); the
        status, the words, and that categories and sites are held alike are unverified.
        """
        record = self.all(resource)[number]
        users = list(self._users(resource, number, head(resource, record)["name"]))
        if users:
            raise Refused(409, f"The object is used by {users[0]}")
        self._stores[resource.path].write(number, None, moment.now, moment.node)
        if resource is PROFILES:
            self.profiles.forget(number)

    def find(self, kind: str, number: int | None, name: str | None) -> tuple[int, str] | None:
        """An object that a body refers to: by id if there is one, or else by its exact name."""
        if kind in _OF_KIND:
            resource = _OF_KIND[kind]
            records = self.all(resource).items()
            known = [(key, head(resource, each)["name"]) for key, each in records]
        else:
            known = list(enumerate(self._others.get(kind, ()), start=1))
        for each in known:
            if each[0] == number if number is not None else each[1] == name:
                return each
        return None

    def _read(self, resource: Resource, element: ET.Element, old: Record) -> tuple[Record, bool]:
        reading = Reading(self.find)
        record: Record = reading.read(resource.shape, element, old)
        dropped = _settle(record.get("scope"))
        return record, bool(reading.late) or dropped

    def _unique(self, resource: Resource, record: Record, number: int | None) -> None:
        name = head(resource, record)["name"]
        for each in resource.required:
            if head(resource, record)[each] == "":
                raise Refused(409, f"{each} is required")
        for key, other in self.all(resource).items():
            if key != number and head(resource, other)["name"] == name:
                raise Refused(409, "Duplicate name")

    def _write(
        self, resource: Resource, number: int, element: ET.Element, record: Record, moment: Moment
    ) -> None:
        if resource is PROFILES:
            record = self.profiles.settle(number, element, record)
        self._stores[resource.path].write(number, record, moment.now, moment.node)

    def _users(self, resource: Resource, number: int, name: str) -> Iterator[str]:
        kind = _KIND_OF.get(resource.path)
        for other in ALL:
            for record in self.all(other).values():
                own = head(other, record)["name"]
                if any(
                    (each, link["id"]) == (kind, number)
                    for each, link in links(other.shape, record)
                ):
                    yield own
                if kind == "computer_group" and name in _members(record):
                    yield own

    def _rename(self, kind: str, number: int, name: str) -> None:
        for other in ALL:
            for key, stored in tuple(self.all(other).items()):
                record = deepcopy(stored)
                stale = [
                    link
                    for each, link in links(other.shape, record)
                    if (each, link["id"]) == (kind, number)
                ]
                for link in stale:
                    link["name"] = name
                if stale:
                    self._stores[other.path].write(key, record, LONG_AGO.now, LONG_AGO.node)


def _members(record: Record) -> set[str]:
    """The groups that a smart group is made of: criteria know them by name."""
    criteria = record.get("criteria", [])
    return {each["value"] for each in criteria if each["name"] == "Computer Group"}


def _complete(resource: Resource, element: ET.Element) -> None:
    """Refuse a new object without what it needs, one field at a time (jamf-cli; words are ours)."""
    part = element.find("general") if resource.headed else element
    for name in resource.required:
        if part is None or not (part.findtext(name) or "").strip():
            raise Refused(409, f"{name} is required")


def _settle(scope: dict[str, Any] | None) -> bool:
    """With everybody in a scope, groups are dropped (jamf-cli, checked on a server)."""
    if scope is None or not scope["all_computers"] or not scope["computer_groups"]:
        return False
    scope["computer_groups"] = []
    return True
