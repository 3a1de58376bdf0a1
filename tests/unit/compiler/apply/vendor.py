"""A vendor in memory that behaves as vendors do, and aipol's side of it.

It has ids of its own, stamps, fills in nulls, reorders lists, shows what was made or changed only
after a while, refuses to delete what is in use, and loses answers by a schedule.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from aipol.remote import (
    Absent,
    Clock,
    InDoubt,
    Json,
    Live,
    Mark,
    Observed,
    Refused,
    Wanted,
    Write,
    digest_of,
    mark_in,
    marked,
    without_mark,
)

SCRIPT, POLICY = "script", "policy"
KINDS = (SCRIPT, POLICY)
ORGANIZATION = "com.acme"
PLACE = "tenant 1"


class Killed(BaseException):
    """The process is no more; nothing catches it."""


class Fault(StrEnum):
    """What happens to one request."""

    LOST_BEFORE = "no answer, not done"
    LOST_AFTER = "no answer, done"
    REFUSED = "refused"
    KILLED_BEFORE = "killed before it"
    KILLED_AFTER = "killed after it"

    @property
    def does(self) -> bool:
        """Whether the vendor did what it was asked."""
        return self in (Fault.LOST_AFTER, Fault.KILLED_AFTER)

    def raised(self) -> BaseException:
        """What whoever asked sees."""
        if self is Fault.REFUSED:
            return Refused("400 by schedule")
        return InDoubt("no answer") if self.value.startswith("no") else Killed()


@dataclass
class Time:
    """A clock that goes on only when somebody sleeps; `step` lets it jump in between."""

    at: float = 1_000_000.0

    def now(self) -> float:
        """The time."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.at += seconds

    def clock(self) -> Clock:
        """As aipol has it."""
        return Clock(self.now, self.sleep)


@dataclass
class Stored:
    """One object as the server keeps it."""

    kind: str
    id: str
    document: dict[str, Any]
    seen_from: float = 0.0
    older: dict[str, Any] | None = None
    """What is still shown until `seen_from`; None shows nothing."""


@dataclass
class Vendor:
    """The server. `lag` is how long a change cannot be seen; `digests` whether it has room."""

    time: Time = field(default_factory=Time)
    lag: float = 0.0
    digests: bool = True
    objects: dict[str, Stored] = field(default_factory=dict[str, Stored])
    faults: dict[int, Fault] = field(default_factory=dict[int, Fault])
    """What happens to each write, by its number."""
    read_faults: dict[int, Fault] = field(default_factory=dict[int, Fault])
    reads: int = 0
    writes: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """What was asked to be changed, done or not: verb, kind, id or name."""
    dead: bool = False
    _number: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def listed(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Objects of a kind with their ids."""
        with self._lock:
            self._read()
            shown = ((each.id, self._shown(each)) for each in self.objects.values())
            kinds = {each.id: each.kind for each in self.objects.values()}
            return [(id_, deepcopy(said)) for id_, said in shown if said and kinds[id_] == kind]

    def read(self, identifier: str) -> dict[str, Any] | None:
        """One object."""
        with self._lock:
            self._read()
            stored = self.objects.get(identifier)
            return deepcopy(self._shown(stored)) if stored else None

    def post(self, kind: str, document: dict[str, Any]) -> str:
        """Make an object."""
        with self._lock, self._writing("post", kind, document["name"]) as does:
            identifier = ""
            if does:
                identifier = self.put_in(kind, document, self.time.at + self.lag)
        return identifier

    def put_in(self, kind: str, document: Mapping[str, Any], seen_from: float = 0.0) -> str:
        """Keep a new object, as the server writes it down."""
        self._number += 1
        identifier = f"{kind}-{self._number:05}"
        kept = self._rewritten(kind, {**document, "created": self._number})
        self.objects[identifier] = Stored(kind, identifier, kept, seen_from)
        return identifier

    def patch(self, identifier: str, part: dict[str, Any]) -> None:
        """Change an object."""
        with self._lock, self._writing("patch", "", identifier) as does:
            if does:
                self.change(identifier, part, self.time.at + self.lag)

    def change(self, identifier: str, part: Mapping[str, Any], seen_from: float = 0.0) -> None:
        """Keep a change, as anybody's."""
        stored = self.objects.get(identifier)
        if stored is None:
            raise Refused("404")
        self._number += 1
        older = self._shown(stored)
        kept = self._rewritten(stored.kind, {**stored.document, **part, "stamp": self._number})
        self.objects[identifier] = Stored(stored.kind, identifier, kept, seen_from, older)

    def drop(self, identifier: str) -> None:
        """Remove an object, unless another one uses it."""
        with self._lock:
            used = any(identifier in (each.document.get("uses") or ()) for each in self.all())
            with self._writing("delete", "", identifier) as does:
                if does and used:
                    raise Refused("409 it is in use")
                if does:
                    self.objects.pop(identifier, None)

    def all(self) -> list[Stored]:
        """Everything, seen or not."""
        return list(self.objects.values())

    def revive(self) -> None:
        """Another process asks."""
        self.dead = False

    def _shown(self, stored: Stored) -> dict[str, Any] | None:
        return stored.document if self.time.at >= stored.seen_from else stored.older

    def _rewritten(self, kind: str, document: dict[str, Any]) -> dict[str, Any]:
        """What servers do to what they are given."""
        mark = mark_in(document["description"])
        if mark and not self.digests:
            document["description"] = marked(document["description"], Mark(mark.key))
        lists = {name: value for name, value in document.items() if isinstance(value, list)}
        for name, value in lists.items():
            document[name] = sorted(value, key=str, reverse=self._number % 2 == 0) or None
        defaults = {"labels": None} | ({"assignments": None} if kind == POLICY else {})
        return defaults | document | {"server": f"node {self._number % 3}"}

    def _read(self) -> None:
        if self.dead:
            raise Killed
        self.reads += 1
        fault = self.read_faults.pop(self.reads, None)
        if fault is not None:
            self.dead = isinstance(fault.raised(), Killed)
            raise fault.raised()

    def _writing(self, verb: str, kind: str, what: str) -> _Writing:
        if self.dead:
            raise Killed
        self.writes.append((verb, kind, what))
        return _Writing(self, self.faults.get(len(self.writes)))


@dataclass
class _Writing:
    """Whether the server acts, and what whoever asked sees of it."""

    vendor: Vendor
    fault: Fault | None

    def __enter__(self) -> bool:
        return self.fault is None or self.fault.does

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None and self.fault is not None:
            self.vendor.dead = isinstance(self.fault.raised(), Killed)
            raise self.fault.raised()


_SERVERS = ("created", "stamp", "server")


@dataclass
class FakeRemote:
    """aipol's side of the vendor."""

    vendor: Vendor
    organization: str = ORGANIZATION
    target: str = "fake"
    place: str = PLACE
    concurrency: int = 1
    rehearsal: str = ""
    settles: float = 20.0
    asked_for: tuple[Wanted, ...] = ()
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    lacks: tuple[Absent, ...] = ()
    made_for: Callable[[tuple[Wanted, ...]], Mapping[str, bytes]] = lambda _: {}

    def wanted(self, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
        """Whatever the test wants."""
        del files
        return self.asked_for

    def artifacts(self, objects: Iterable[Wanted]) -> Mapping[str, bytes]:
        """Files that say nothing, or what the test says of them."""
        return self.made_for(tuple(objects))

    def canonical(self, kind: str, body: Json) -> Json:
        """Without nulls, lists of texts in order; the server's own order means nothing."""
        del kind
        return _plain(body)

    def observe(self) -> Observed:
        """Everything; of others without bodies."""
        found = [
            self._live(kind, identifier, document)
            for kind in KINDS
            for identifier, document in self.vendor.listed(kind)
        ]
        return Observed(tuple(map(self._without_body, found)), self.notes, self.limits)

    def absent(self, wanted: tuple[Wanted, ...]) -> tuple[Absent, ...]:
        """Whatever the test says."""
        del wanted
        return self.lacks

    def look(self, kind: str, identifier: str) -> Live | None:
        """One of them."""
        document = self.vendor.read(identifier)
        return self._live(kind, identifier, document) if document else None

    def seek(self, kind: str, key: str) -> tuple[Live, ...]:
        """By the mark."""
        found = (self._live(kind, *each) for each in self.vendor.listed(kind))
        return tuple(each for each in found if each.mark and each.mark.key == key)

    def create(self, wanted: Write) -> str:
        """Make it, assigned to nobody."""
        document = {**_document(wanted)}
        document.pop("assignments", None)
        return self.vendor.post(wanted.kind, document)

    def finish(self, identifier: str, wanted: Write) -> None:
        """Assign it."""
        if wanted.kind == POLICY and wanted.body.get("assignments"):
            self.vendor.patch(identifier, {"assignments": wanted.body["assignments"]})

    def update(self, live: Live, wanted: Write) -> None:
        """Change it in two requests, where it is assigned."""
        document = dict.fromkeys(live.body) | _document(wanted)
        assignments = document.pop("assignments", None)
        self.vendor.patch(live.id, document)
        if wanted.kind == POLICY:
            self.vendor.patch(live.id, {"assignments": assignments})

    def delete(self, live: Live) -> None:
        """Remove it."""
        self.vendor.drop(live.id)

    def _live(self, kind: str, identifier: str, document: dict[str, Any]) -> Live:
        body = {name: value for name, value in document.items() if name not in _SERVERS}
        body["description"] = without_mark(document["description"])
        mark = mark_in(document["description"])
        if mark is not None and not self.vendor.digests:
            mark = replace(mark, named=True)
        return Live(kind, identifier, document["name"], mark, body)

    def _without_body(self, live: Live) -> Live:
        ours = live.mark is not None and live.mark.key.startswith(f"{self.organization}/")
        return live if ours else Live(live.kind, live.id, live.name, live.mark)


def _document(wanted: Write) -> dict[str, Any]:
    description = marked(wanted.body.get("description", ""), wanted.mark)
    return {**deepcopy(wanted.body), "description": description}


def _plain(body: Json) -> Json:
    if isinstance(body, dict):
        return {name: _plain(value) for name, value in body.items() if value not in (None, [])}
    if isinstance(body, list):
        return sorted(map(_plain, body), key=str)
    return body


# --- what a test wants ----------------------------------------------------------------------------


def key_of(name: str, organization: str = ORGANIZATION) -> str:
    """The lasting name of one of ours."""
    return f"{organization}/{name}"


def script(name: str, text: str = "echo", **more: Any) -> Wanted:
    """A script that is wanted."""
    body = {"name": f"AI {name}", "description": "by policy", "text": text, **more}
    return Wanted(key_of(name), SCRIPT, f"AI {name}", body, (f"{name}.json",))


def policy(name: str, *uses: str, **more: Any) -> Wanted:
    """A policy that is wanted, which uses scripts."""
    refs = [{"$ref": key_of(each)} for each in uses]
    body = {"name": f"AI {name}", "description": "", "uses": refs, "assignments": ["all"], **more}
    return Wanted(key_of(name), POLICY, f"AI {name}", body, (f"{name}.json",))


def digest_for(wanted: Wanted) -> str:
    """The digest that a mark of it bears."""
    return digest_of(_plain(wanted.body))


def seeded(vendor: Vendor, wanted: Wanted, ids: Mapping[str, str], mark: Mark | None) -> str:
    """Put an object there without aipol; the id that it has."""
    body = _with_ids(wanted.body, ids)
    return vendor.put_in(wanted.kind, {**body, "description": marked(body["description"], mark)})


def _with_ids(body: Json, ids: Mapping[str, str]) -> Json:
    uses = [ids.get(each["$ref"], "") for each in body.get("uses", ())]
    return {**deepcopy(body), **({"uses": uses} if "uses" in body else {})}


def bearing(vendor: Vendor, key: str) -> Iterator[Stored]:
    """What bears a key, seen or not."""
    for each in vendor.all():
        mark = mark_in(each.document["description"])
        if mark and mark.key == key:
            yield each
