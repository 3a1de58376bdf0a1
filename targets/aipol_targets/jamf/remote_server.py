"""Read objects of a Jamf Pro server: lists, one, all of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar
from xml.etree import ElementTree as ET

from aipol.remote import InDoubt, Live, Mark, Refused, mark_in, without_mark
from aipol_targets.common.http import Answer
from aipol_targets.jamf.remote_http import CONCURRENT_READS, Ask, Session
from aipol_targets.jamf.remote_kinds import GROUP, Kind, identifier, key_of
from aipol_targets.jamf.remote_xml import UnreadableXml, body_of, listed, parse, text_of

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Named:
    """What others make and objects of ours refer to by name."""

    resource: str
    privilege: str
    what: str
    hint: str


CATEGORY = Named(
    "categories", "Categories", "category", "make it there, or correct `targets.jamf.category`"
)
COMPUTER_GROUP = Named(
    GROUP.resource,
    "Smart Computer Groups` and `Read Static Computer Groups",
    "computer group",
    "make it there, or correct the `jamf` identity of the group in the policy",
)


@dataclass(frozen=True, slots=True)
class Need:
    """One of them that has to be there."""

    of: Named
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list says of an object."""

    number: str
    name: str
    smart: bool


@dataclass(slots=True)
class Server:
    """Asks one server about objects, and knows which of them are ours."""

    session: Session
    organization: str
    _names: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def entries(self, kind: Kind) -> tuple[Entry, ...]:
        """All objects of a kind, by name and number."""
        return self._entries(kind.resource, kind.privilege)

    def _entries(self, resource: str, privilege: str) -> tuple[Entry, ...]:
        about = f"list {resource}"
        ask = Ask("GET", f"/JSSResource/{resource}", f"Read {privilege}", about)
        answer = self.session.read(ask)
        if answer is None:
            raise Refused(f"{about}: {self.session.url} has no such address")
        return tuple(Entry(*each) for each in listed(self.parsed(answer, about)))

    def element(self, kind: Kind, number: str) -> ET.Element | None:
        """One object as the server has it; None where there is none."""
        about = f"read {kind.title} {number}"
        answer = self.session.read(Ask("GET", place(kind, number), f"Read {kind.privilege}", about))
        return None if answer is None else self.parsed(answer, about)

    def parsed(self, answer: Answer, about: str) -> ET.Element:
        """The XML of an answer. Raises InDoubt where it is none."""
        try:
            return parse(answer.text)
        except UnreadableXml as why:
            raise InDoubt(
                f"{about}: the answer of {self.session.url} is unreadable: {why}"
            ) from None

    def live(self, kind: Kind, number: str) -> Live | None:
        """One object with its body, and the mark that makes it ours."""
        root = self.element(kind, number)
        if root is None:
            return None
        try:
            body = body_of(self.organization, kind, root)
        except UnreadableXml as why:
            raise InDoubt(f"{kind.title} {number} of {self.session.url}: {why}") from None
        general = body["general"]
        mark = mark_in(general["description"]) if kind.described else None
        if kind.described:
            general["description"] = without_mark(general["description"])
        key = key_of(self.organization, kind, general["name"])
        if mark is not None:
            mark = replace(mark, named=bool(key))
        elif key and general.get("is_smart", True):
            mark = Mark(key, named=True)
        return Live(kind.id, identifier(kind, number), general["name"], mark, body)

    def may_be_ours(self, kind: Kind, entry: Entry) -> bool:
        """Whether an entry of a list has to be read to know whose it is."""
        if kind.described:
            return True
        named = bool(key_of(self.organization, kind, entry.name))
        return named and (entry.smart or kind is not GROUP)

    def several(self, kind: Kind, entries: Iterable[Entry]) -> Iterator[Live]:
        """Objects with their bodies; those that are gone by now are left out."""
        found = in_parallel(lambda entry: self.live(kind, entry.number), entries)
        return (each for each in found if each is not None)

    def require(self, needs: Iterable[Need]) -> None:
        """Refuse what Jamf Pro would refuse with less to go by: names that it does not know."""
        for need in self.unknown(needs):
            what, hint = need.of.what, need.of.hint
            raise Refused(f"{self.session.url} has no {what} `{need.name}`: {hint}")

    def unknown(self, needs: Iterable[Need]) -> Iterator[Need]:
        """Those that the server does not have; asks again where it was not known a moment ago."""
        fresh = set[str]()
        for need in needs:
            resource = need.of.resource
            if need.name in self._names.get(resource, ()):
                continue
            if resource not in fresh:
                fresh.add(resource)
                entries = self._entries(resource, need.of.privilege)
                self._names[resource] = frozenset(each.name for each in entries)
            if need.name not in self._names[resource]:
                yield need


def place(kind: Kind, number: str) -> str:
    """The path of one object; of the next one that is made, for 0."""
    return f"/JSSResource/{kind.resource}/id/{number}"


def number_of(root: ET.Element) -> str:
    """The number in an answer to a write, if it says one."""
    number = (text_of(root, "id") or text_of(root, "general/id")).strip()
    return number if number.isdecimal() else ""


def in_parallel(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """The results in order; the first error ends what has not begun."""
    pool = ThreadPoolExecutor(CONCURRENT_READS)
    try:
        return list(pool.map(function, items))
    finally:
        pool.shutdown(cancel_futures=True)
