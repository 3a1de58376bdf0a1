"""Counts what a client has open at a time, which Jamf asks it to keep small."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aipol_targets.standins.server import Request

# "No more than five concurrent requests", and writes one after another: a change of a profile or
# group starts work that outlives its answer (developer.jamf.com, Jamf Pro API scalability; the
# Terraform provider deploymenttheory/jamfpro recommends a parallelism of one).
MOST_AT_ONCE = 5


class Conduct:
    """The requests that are open, and every time that there were too many."""

    def __init__(self, is_write: Callable[[Request], bool]) -> None:
        self._is_write = is_write
        self._lock = threading.Lock()
        self._open = 0
        self._writing = 0
        self.faults: list[str] = []
        self.most = 0

    @contextmanager
    def during(self, request: Request) -> Iterator[None]:
        """Hold a request open."""
        writes = self._is_write(request)
        with self._lock:
            self._open += 1
            self._writing += writes
            self.most = max(self.most, self._open)
            if self._open > MOST_AT_ONCE:
                self.faults.append(f"{self._open} requests at once: {request.path}")
            if writes and self._writing > 1:
                self.faults.append(f"{self._writing} writes at once: {request.path}")
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
                self._writing -= writes
