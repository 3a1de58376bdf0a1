"""What a target that pushes must offer: its objects as the vendor has them, and ways to change one.

A body is JSON. It is the form that can be written back: it has the object's name and whom it is
assigned to; what only the server says is left out; and where a value is the server's id of another
object of ours, it is a reference, `{"$ref": key}`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from aipol.secret import Secret

Json = Any
"""None, bool, int, float, str, or lists and dicts with text keys of the same; never changed."""

REF = "$ref"
_DIGITS = 16
_MARK = re.compile(r"aipol:(?P<key>[^\s:]+)(?: sha256:(?P<digest>[0-9a-f]{16}))?")


@dataclass(frozen=True, slots=True)
class Mark:
    """What an object says of itself: whose it is, and what was written to it last.

    `key` is the organisation's identifier and the object's lasting name, such as
    `com.acme/windows/baseline`; `digest` is empty where the vendor keeps no room for it. `named`
    is whether the object's name says whose it is, as it does where there is no such room.
    """

    key: str
    digest: str = ""
    named: bool = field(default=False, compare=False)

    def is_of(self, organization: str) -> bool:
        """Whether it is of an object of that organisation."""
        return self.key.startswith(f"{organization}/") and self.key != f"{organization}/"

    def __str__(self) -> str:
        return f"aipol:{self.key}" + (f" sha256:{self.digest}" if self.digest else "")


def mark_in(text: str) -> Mark | None:
    """The mark in a description, if there is one."""
    found = _MARK.search(text)
    return Mark(found["key"], found["digest"] or "") if found else None


def without_mark(text: str) -> str:
    """A description as it would be without a mark."""
    return _MARK.sub("", text).strip()


def marked(text: str, mark: Mark | None) -> str:
    """A description with a mark in the place of any other; without one where it is nobody's."""
    plain = without_mark(text)
    return f"{plain} {mark}".strip() if mark else plain


def digest_of(canonical: Json) -> str:
    """Sixteen hexadecimal digits that stand for a canonical body."""
    return whole_digest(canonical)[:_DIGITS]


def whole_digest(value: Json) -> str:
    """All sixty-four digits of a value; `true` and 1 have others."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object that the policy asks for.

    `key` names it for good, in its mark; `name` is what people see; `artifacts` are the files below
    the target's folder that it is made of. The body carries no mark yet. `topic` is what it is
    about, such as `windows/browsers`, the same for every class of people: new objects of a kind and
    topic take the place of those that go. Without one it is taken to replace nothing.
    """

    key: str
    kind: str
    name: str
    body: Json
    artifacts: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """One object as the vendor has it; `mark` is None where it is somebody else's.

    `id` is told from those of other kinds, and from whatever else stands in a body: where a vendor
    merely counts, a remote puts the kind before the number, here and in bodies.
    `body` is without the mark, and of foreign objects may be left out (None) until `look` reads it.
    """

    kind: str
    id: str
    name: str
    mark: Mark | None
    body: Json = None

    @property
    def signed(self) -> bool:
        """Whether its mark is more than a key, which anybody's description may mention."""
        return self.mark is not None and bool(self.mark.digest or self.mark.named)


@dataclass(frozen=True, slots=True)
class Observed:
    """What there is of the kinds that a target pushes, at one place."""

    objects: tuple[Live, ...]
    notes: tuple[str, ...] = ()
    """What a person should know of the place, such as a permission that is missing for `apply`."""
    limits: tuple[str, ...] = ()
    """Why objects of ours may do less there than they say, such as others' that come first."""

    @property
    def told(self) -> tuple[str, ...]:
        """All that a person should know."""
        return *self.limits, *self.notes


@dataclass(frozen=True, slots=True)
class Absent:
    """What an object needs that others make, such as a group, and that is not at the place.

    `name` is what the policy calls it; `objects` are how many of ours need it, and `hint` says what
    to do about it.
    """

    what: str
    name: str
    objects: int
    hint: str


@dataclass(frozen=True, slots=True)
class Objects:
    """What of a remote needs nobody to be asked, nor a credential; see `Remote`."""

    wanted: Callable[[Mapping[str, bytes]], tuple[Wanted, ...]]
    canonical: Callable[[str, Json], Json]


class RemoteError(Exception):
    """A vendor did not do what it was asked; the text says what it said, and never a secret."""


class Refused(RemoteError):
    """It said no to a request, which did nothing: wrong input, no permission, a conflict, gone."""


class InDoubt(RemoteError):
    """Nobody knows whether it was done: no answer, or an answer that says nothing about it."""


class Unusable(RemoteError):
    """What is needed to ask at all is missing: a credential, an address, an extra of aipol."""


class NotFromHere(Unusable):
    """What reaches the vendor does not run here, so no credential helps; the text says what does.

    Where nobody named the target, the others are gone on with.
    """


class WrongPlace(RemoteError):
    """The credentials belong to another tenant or server than the policy names."""


class Remote(Protocol):
    """One vendor's side of a target: `wanted` and `canonical` ask no network.

    What asks it raises Refused, InDoubt, WrongPlace and Unusable. Each write is done once
    and never repeated by itself after an answer was lost: it raises InDoubt, and whoever called
    looks before trying again. Waiting that the vendor asks for (429 and the like, where nothing was
    done) is the remote's own. Methods may be called by as many threads as `concurrency` says.
    """

    @property
    def target(self) -> str:
        """The target's id."""
        ...

    @property
    def place(self) -> str:
        """What it is bound to: `tenant 3f0c...`, `https://acme.jamfcloud.example`."""
        ...

    @property
    def concurrency(self) -> int:
        """How many writes the vendor takes at once."""
        ...

    @property
    def rehearsal(self) -> str:
        """The setting with which it would only report, such as `mode: report-only`.

        Empty where it has none, or reports only already.
        """
        ...

    @property
    def settles(self) -> float:
        """Seconds after which an object that was created can be seen by everybody who asks."""
        ...

    def wanted(self, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
        """The objects that a target's artefacts, by path below its folder, are made for."""
        ...

    def canonical(self, kind: str, body: Json) -> Json:
        """What of a body means something: equal where the vendor merely wrote it differently."""
        ...

    def observe(self) -> Observed:
        """Every object of the kinds this target pushes, of ours with its body.

        Raises WrongPlace, Refused, InDoubt, Unusable.
        """
        ...

    def absent(self, wanted: tuple[Wanted, ...]) -> tuple[Absent, ...]:
        """What of others' the objects need and is not there; of what cannot be known, nothing."""
        ...

    def look(self, kind: str, identifier: str) -> Live | None:
        """One object by the server's id, with its body; None where there is none (yet)."""
        ...

    def seek(self, kind: str, key: str) -> tuple[Live, ...]:
        """Those of our objects that bear the key, with their bodies."""
        ...

    def create(self, wanted: Write) -> str:
        """Make an object; the server's id. What more it needs is `finish`'s to do."""
        ...

    def finish(self, identifier: str, wanted: Write) -> None:
        """Do what creating leaves undone, such as assigning; may be repeated."""
        ...

    def update(self, live: Live, wanted: Write) -> None:
        """Bring an object to a body, whatever it is now; may be repeated."""
        ...

    def delete(self, live: Live) -> None:
        """Remove an object; one that is gone already is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Handwork:
    """What kinds of changes a plan has that a person is to make."""

    edits: bool = False
    """Whether somebody edited an object that is to be as it was written."""
    adopts: bool = False


@runtime_checkable
class ByHand(Protocol):
    """What a remote also offers that only reads: how a person makes the changes."""

    def steps(self, work: Handwork) -> tuple[str, ...]:
        """What to run elsewhere, a line each, and how the plan is looked at again afterwards."""
        ...


@runtime_checkable
class ReadsBack(Protocol):
    """A remote whose objects can be read as the vendor acts on them, by the target's own reader."""

    def artifacts(self, objects: Iterable[Wanted], /) -> Mapping[str, bytes]:
        """The files that objects would be made for, as the target's reader takes them.

        The inverse of `wanted`, for bodies as the vendor has them, too: what it merely wrote
        differently is written as aipol does, whatever else somebody changed stays. What does
        nothing, such as a policy that is turned off, is left out. Raises Unusable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Write:
    """What is to be written: a body whose references are server's ids, and the mark to set.

    A mark of None leaves the object to nobody, as it was before it was adopted.
    """

    kind: str
    body: Json
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as tests turn it: `now` in seconds since 1970, and `sleep` for some."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a remote is opened with besides its settings.

    `variables` are the environment's; `clock` is for what waits. `organization` is the policy's
    identifier, which every mark begins with.
    """

    organization: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    clock: Clock | None = None

    def secret(self, name: str) -> Secret:
        """A credential from the environment; empty where it is not set."""
        return Secret(self.variables.get(name, ""))


def references(body: Json) -> Iterator[str]:
    """The keys of the objects that a body refers to."""
    if _refers(body):
        yield body[REF]
    elif isinstance(body, dict):
        for value in body.values():
            yield from references(value)
    elif isinstance(body, list):
        for value in body:
            yield from references(value)


def resolved(body: Json, ids: Mapping[str, str]) -> Json:
    """A body with the server's ids for its references. Raises KeyError where one is unknown."""
    if _refers(body):
        return ids[body[REF]]
    if isinstance(body, dict):
        return {name: resolved(value, ids) for name, value in body.items()}
    return [resolved(value, ids) for value in body] if isinstance(body, list) else body


def referring(body: Json, keys: Mapping[str, str]) -> Json:
    """A body with references for what are ids of our objects: the inverse of `resolved`."""
    if isinstance(body, dict):
        return {name: referring(value, keys) for name, value in body.items()}
    if isinstance(body, list):
        return [referring(value, keys) for value in body]
    return {REF: keys[body]} if isinstance(body, str) and body in keys else body


def _refers(body: Json) -> bool:
    return isinstance(body, dict) and body.keys() == {REF} and isinstance(body[REF], str)
