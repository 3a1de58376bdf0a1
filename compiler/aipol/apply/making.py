"""Make one change, so that doing it again after an answer was lost makes no second object."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field

from aipol.apply.journal import Writer
from aipol.apply.patience import attempts
from aipol.plan.comparing import differences
from aipol.plan.model import Action, Cause, Change
from aipol.plan.standing import bearers_in, keys_of
from aipol.remote import (
    Clock,
    InDoubt,
    Json,
    Live,
    Mark,
    Refused,
    Remote,
    RemoteError,
    Write,
    digest_of,
    referring,
    resolved,
)

_TRIES = 3
_PAUSE = 0.5
_PLACES = 3


class KeptOtherwise(RemoteError):
    """A change was sent, and the vendor does not show what was written."""


class NotSent(Refused):
    """A change was given up before anything that changes was sent."""


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
    _before: frozenset[str] = frozenset()

    def __post_init__(self, known: tuple[Change, ...]) -> None:
        self._before = ids_of(known)
        self._keys.update(keys_of(bearers_in(known)))
        for change in known:
            if change.id and change.after is not None and change.cause is not Cause.DOUBLE:
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
        if change.cause is not Cause.DOUBLE:
            with self._lock:
                self._ids[change.key], self._keys[identifier] = identifier, change.key
        self._repeated(lambda: self.remote.finish(identifier, write))
        return self._look_back(change, write, identifier)

    def _created(self, change: Change, write: Write) -> str:
        """Create, and again only when what may have been created would have been seen by now."""
        try:
            return self.remote.create(write)
        except InDoubt as error:
            doubt = error
        except RemoteError as error:
            raise NotSent(str(error)) from None
        # Whatever comes next, whether there is an object by now is in doubt.
        try:
            return self._found_or_made(change, write, doubt)
        except RemoteError as error:
            raise InDoubt(str(error)) from None

    def _found_or_made(self, change: Change, write: Write, doubt: InDoubt) -> str:
        for tries in range(_TRIES):
            for _ in attempts(self.clock, self.remote.settles):
                found = sought(self.remote, change, self._before)
                if found:
                    return found
            # An object without a mark is not found by it.
            if write.mark is None or tries == _TRIES - 1:
                break
            try:
                return self.remote.create(write)
            except InDoubt as error:
                doubt = error
        raise doubt

    def _update(self, change: Change) -> Made:
        write = self._write(change)
        live = self._look_first(change)
        if live is None:
            raise NotSent("it is gone since the plan was made; plan again")
        self._repeated(lambda: self.remote.update(live, write))
        return self._look_back(change, write, change.id)

    def _delete(self, change: Change) -> Made:
        live = self._look_first(change)
        if live is None:
            return Made(change.id)  # somebody was quicker
        self._repeated(lambda: self.remote.delete(live))
        for _ in attempts(self.clock, self.remote.settles):
            if self.remote.look(change.kind, change.id) is None:
                return Made(change.id)
        raise KeptOtherwise("it is still there")

    def _look_first(self, change: Change) -> Live | None:
        """The object as it is now. Raises NotSent where somebody changed it after the plan."""
        try:
            live = self.remote.look(change.kind, change.id)
        except RemoteError as error:
            raise NotSent(str(error)) from None
        if live is None:
            return None
        if (live.mark.key if live.mark else "") != (change.key if change.marked else ""):
            raise NotSent("its mark is not what it was when the plan was made; plan again")
        if self._places(change.kind, self._referring(live.body), change.before):
            raise NotSent("somebody changed it since the plan was made; plan again")
        return live

    def _look_back(self, change: Change, write: Write, identifier: str) -> Made:
        """Wait until the vendor shows what was written; it may show what was before for a while."""
        found = ["it cannot be seen"]
        for _ in attempts(self.clock, self.remote.settles):
            live = self.remote.look(change.kind, identifier)
            if live is None:
                continue
            body = self._referring(live.body)
            found = self._places(change.kind, body, change.after)
            if not _kept(live.mark, write.mark):
                found.append("its mark")
            if not found:
                return Made(identifier, digest_of(body))
        raise KeptOtherwise(f"the vendor keeps it differently: {', '.join(found[:_PLACES])}")

    def _repeated(self, request: Callable[[], None]) -> None:
        """Send what may be repeated until an answer comes. Raises InDoubt where none does."""
        for _ in range(_TRIES - 1):
            try:
                request()
            except InDoubt:
                self.clock.sleep(_PAUSE)
                continue
            return
        request()

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
            raise NotSent(f"it refers to {error}, which is not there") from None


def ids_of(changes: tuple[Change, ...]) -> frozenset[str]:
    """The ids of what there was when a plan was made."""
    return frozenset(change.id for change in changes if change.id)


def sought(remote: Remote, change: Change, before: frozenset[str]) -> str:
    """The id of what a change may have made, if it can be seen.

    What was there before is not it, nor what merely mentions its key.
    """
    for each in remote.seek(change.kind, change.key):
        if each.id not in before and (each.signed or not change.after_digest):
            return each.id
    return ""


def _kept(there: Mark | None, written: Mark | None) -> bool:
    """Whether a mark is what was written; where a vendor keeps no digest, the body alone tells."""
    return there == written or (written is not None and there == Mark(written.key))
