"""Turn a schedule into the faults that a client has to survive, request by request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

RETRY_AFTER = "Retry-After"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one request.

    With a `status` that is the answer; without one the connection is closed and the client sees
    nothing. `acts` says whether the stand-in does what it was asked all the same. With an `item`
    the request as a whole succeeds, and that part of it (a batch's, from 0) has the status.
    """

    name: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    acts: bool = False
    delay: float = 0.0  # seconds that the answer is late
    item: int | None = None


def throttled(retry_after: int | None = 1) -> Fault:
    """429, with the seconds to wait or, as Intune does at times, without."""
    return _busy("throttled", 429, retry_after)


def unavailable(retry_after: int | None = 1) -> Fault:
    """503, with the seconds to wait or without."""
    return _busy("unavailable", 503, retry_after)


def broken() -> Fault:
    """500, and nothing was done."""
    return Fault(name="broken", status=500)


def broken_after() -> Fault:
    """500, although it was done."""
    return Fault(name="broken-after", status=500, acts=True)


def cut() -> Fault:
    """The connection is closed before anything was done."""
    return Fault(name="cut")


def cut_after() -> Fault:
    """The connection is closed after it was done: the client cannot know."""
    return Fault(name="cut-after", acts=True)


def late(seconds: float) -> Fault:
    """It is done at once, and the answer comes when the client has long stopped to wait."""
    return Fault(name="late", acts=True, delay=seconds)


def expired() -> Fault:
    """401: the token has ended in the middle of a run."""
    return Fault(name="expired", status=401)


def conflict() -> Fault:
    """409: somebody else is at the same object."""
    return Fault(name="conflict", status=409)


def precondition_failed() -> Fault:
    """412: the object is no longer what the client has seen."""
    return Fault(name="precondition-failed", status=412)


def failed_item(item: int, status: int = 429, retry_after: int | None = None) -> Fault:
    """The batch answers 200, and one of its items failed."""
    headers = _waiting(retry_after)
    return Fault(name="failed-item", status=status, headers=headers, acts=True, item=item)


def _busy(name: str, status: int, retry_after: int | None) -> Fault:
    suffix = "" if retry_after is not None else "-without-retry-after"
    return Fault(name=f"{name}{suffix}", status=status, headers=_waiting(retry_after))


def _waiting(retry_after: int | None) -> dict[str, str]:
    return {} if retry_after is None else {RETRY_AFTER: str(retry_after)}


class Faults:
    """A schedule of faults, by the number of the request or of the write, both from 1."""

    def __init__(
        self,
        at_request: Mapping[int, Fault] | None = None,
        at_write: Mapping[int, Fault] | None = None,
    ) -> None:
        self._at_request = dict(at_request or {})
        self._at_write = dict(at_write or {})
        self._requests = 0
        self._writes = 0
        self.struck: list[Fault] = []  # those that came to pass, in order

    def next(self, *, write: bool) -> Fault | None:
        """Count one more request, and give the fault that it meets."""
        self._requests += 1
        self._writes += write
        found = self._at_request.get(self._requests)
        if found is None and write:
            found = self._at_write.get(self._writes)
        if found is not None:
            self.struck.append(found)
        return found
