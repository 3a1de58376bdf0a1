"""Make one change, so that doing it again after an answer was lost makes no second object."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field

from aipol.apply.journal import Writer
from aipol.plan.comparing import differences, digest_of
from aipol.plan.model import Action, Change
from aipol.remote import (
    Clock,
    InDoubt,
    Json,
    Live,
    Mark,
    Refused,
    Remote,
    Write,
    referring,
    resolved,
)

_TRIES = 3
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Made:
    """The server's id of what was made, and the digest of all that it showed of it afterwards."""

    id: str
    seen: str = ""


@dataclass
class Making:
    """Makes changes. `known` are all of ours that there were at first, those to be deleted too."""

    remote: Remote
    journal: Writer
    clock: Clock
    known: InitVar[tuple[Change, ...]]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ids: dict[str, str] = field(default_factory=dict[str, str])
    _keys: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self, known: tuple[Change, ...]) -> None:
        for change in known:
            if change.id and change.marked:
                self._keys[change.id] = change.key
            if change.id and change.after is not None:
                self._ids[change.key] = change.id

    def make(self, index: int, change: Change) -> Made:
        """Make a change, and look that it is made. Raises RemoteError."""
        match change.action:
            case Action.CREATE:
                return self._create(index, change)
            case Action.UPDATE | Action.ADOPT:
                return self._update(change)
            case Action.DELETE:
                return self._delete(change)
            case Action.NO_OP:
                return Made(change.id)

    def _create(self, index: int, change: Change) -> Made:
        write = self._write(change)
        identifier = self._created(change, write)
        self.journal.note("created", index, id=identifier)
        with self._lock:
            self._ids[change.key], self._keys[identifier] = identifier, change.key
        _repeated(lambda: self.remote.finish(identifier, write))
        return self._look_back(change, write, identifier)

    def _created(self, change: Change, write: Write) -> str:
        doubt = InDoubt("nobody answered")
        for _ in range(_TRIES):
            try:
                return self.remote.create(write)
            except InDoubt as error:
                doubt = error
            found = seen(self.remote, self.clock, change, self.remote.settles)
            if found:
                return found[0].id
        raise doubt

    def _update(self, change: Change) -> Made:
        write = self._write(change)
        live = self._unchanged(change)
        _repeated(lambda: self.remote.update(live, write))
        return self._look_back(change, write, change.id)

    def _delete(self, change: Change) -> Made:
        live = self.remote.look(change.kind, change.id)
        if live is None:
            return Made(change.id)  # somebody was quicker
        self._compare(change, live)
        _repeated(lambda: self.remote.delete(live))
        self._wait(lambda: self.remote.look(change.kind, change.id) is None, "it is still there")
        return Made(change.id)

    def _unchanged(self, change: Change) -> Live:
        """The object as it is now. Raises Refused where somebody changed it after the plan."""
        live = self.remote.look(change.kind, change.id)
        if live is None:
            raise Refused("it is gone since the plan was made; plan again")
        self._compare(change, live)
        return live

    def _compare(self, change: Change, live: Live) -> None:
        if self._places(change.kind, self._referring(live.body), change.before):
            raise Refused("somebody changed it since the plan was made; plan again")

    def _look_back(self, change: Change, write: Write, identifier: str) -> Made:
        """Wait until the vendor shows what was written; it may show what was before for a while."""
        found, body = list[str](), list[Json]()

        def shown() -> bool:
            live = self.remote.look(change.kind, identifier)
            found[:] = ["it cannot be seen yet"]
            if live is None:
                return False
            body[:] = [self._referring(live.body)]
            found[:] = self._places(change.kind, body[0], change.after)
            if write.mark is None or live.mark is None or not write.mark.digest:
                return not found
            # Where the vendor keeps no digest, the body alone tells.
            if live.mark != write.mark and live.mark != Mark(write.mark.key):
                found.append("its mark")
            return not found

        self._wait(shown, lambda: f"the vendor keeps it differently: {', '.join(found[:_PLACES])}")
        return Made(identifier, digest_of(body[0]))

    def _wait(self, holds: Callable[[], bool], why: str | Callable[[], str]) -> None:
        """Ask until something holds. Raises Refused when it does not after the time to settle."""
        until = self.clock.now() + self.remote.settles
        pause = _FIRST_WAIT
        while not holds():
            if self.clock.now() >= until:
                raise Refused(why if isinstance(why, str) else why())
            self.clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_WAIT)

    def _places(self, kind: str, live: Json, body: Json) -> list[str]:
        canonical = self.remote.canonical
        return [each.path for each in differences(canonical(kind, live), canonical(kind, body))]

    def _referring(self, body: Json) -> Json:
        with self._lock:
            return referring(body, self._keys)

    def _write(self, change: Change) -> Write:
        mark = Mark(change.key, change.after_digest) if change.marks else None
        try:
            with self._lock:
                return Write(change.kind, resolved(change.after, self._ids), mark)
        except KeyError as error:
            raise Refused(f"it refers to {error}, which is not there") from None


def seen(remote: Remote, clock: Clock, change: Change, patience: float) -> tuple[Live, ...]:
    """Our objects with a change's key, asked for until there is one or patience is at an end."""
    until = clock.now() + patience
    pause = _FIRST_WAIT
    while not (found := remote.seek(change.kind, change.key)) and clock.now() < until:
        clock.sleep(pause)
        pause = min(2 * pause, _LONGEST_WAIT)
    return found


def _repeated(request: Callable[[], None]) -> None:
    """Send what may be repeated until an answer comes. Raises InDoubt where none does."""
    for _ in range(_TRIES - 1):
        try:
            request()
        except InDoubt:
            continue
        return
    request()
