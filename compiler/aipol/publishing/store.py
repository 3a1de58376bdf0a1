"""A store of objects as a place to publish into: each write on a condition, what is new first.

There is no lock that others respect, and no rename. The note of a publish under way is written only
where nobody else wrote one, and each object is exchanged only if it still is what the plan has
seen; an object is seen as a whole. So of two publishers one stops, and nothing is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from aipol.durable import OutputError
from aipol.publishing.exchange import still_needed
from aipol.publishing.objects import Changed, Found, Objects, StoreError
from aipol.publishing.plan import Change, Plan
from aipol.publishing.record import (
    KEPT,
    PENDING,
    RECORD,
    Record,
    pending_bytes,
    pending_in,
    record_bytes,
    record_in,
)
from aipol.publishing.survey import ABSENT, History, Seen, remembered

_AT_ONCE = 8
_ONE_ENDS = "wait until it has ended, then run the same again"


@dataclass
class Store:
    """The objects below a prefix. It remembers the tags of what the last look has seen."""

    name: str
    objects: Objects
    _tags: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def at(self, path: str) -> str:
        """The address of an object."""
        return f"{self.name}/{path}"

    def history(self) -> History:
        """From the record and the note of a publish under way."""
        record, pending = (self._read(path) for path in (RECORD, PENDING))
        return remembered(
            Record() if record is None else record_in(record.content, self.at(RECORD)),
            None if pending is None else pending_in(pending.content, self.at(PENDING)),
        )

    def survey(self, paths: Iterable[str]) -> Mapping[str, Seen]:
        """What is there, several read at once."""
        names = sorted(paths)
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            found = tuple(pool.map(self._read, names))
        seen = (ABSENT if each is None else Seen(each.content) for each in found)
        return dict(zip(names, seen, strict=True))

    def kept(self, digest: str) -> bytes | None:
        """From aipol's own folder."""
        found = self._read(f"{KEPT}/{digest}")
        return None if found is None else found.content

    def carry_out(self, planned: Callable[[], Plan]) -> Plan:
        """Exchange what the plan has seen, as long as it is that. Raises OutputError."""
        plan = planned()
        if not plan.refusals and not plan.settled:
            self._begin(plan)
            self._finish(plan)
        return plan

    def _read(self, path: str) -> Found | None:
        try:
            found = self.objects.get(path)
        except StoreError as error:
            raise OutputError(f"cannot read `{self.at(path)}`: {error}") from None
        self._tags[path] = "" if found is None else found.tag
        return found

    # --- before anything can be seen --------------------------------------------------------------

    def _begin(self, plan: Plan) -> None:
        """Note what comes, unless somebody else has; then keep what goes."""
        with self._told("nothing was published"):
            try:
                self._put(PENDING, pending_bytes(plan.pending))
            except Changed:
                raise OutputError(
                    f"another publish into `{self.name}` is under way; {_ONE_ENDS}"
                ) from None
            try:
                self._refuse_unconditional(plan)
                self._refuse_overtaken()
                for change in plan.changes:
                    if change.was is not None:
                        self._keep(change.was)
            except BaseException:
                if not plan.resumes:
                    with suppress(StoreError):  # what that does not manage, the next run does
                        self._remove(PENDING)
                raise

    def _refuse_unconditional(self, plan: Plan) -> None:
        """A store that overwrites what must be new would let two publishers overrun each other."""
        try:
            self._tags[PENDING] = self.objects.put(PENDING, pending_bytes(plan.pending), "")
        except Changed:
            return
        raise OutputError(
            f"`{self.name}` overwrites what is written only where nothing is (If-None-Match); "
            "it is not safe to publish there"
        )

    def _refuse_overtaken(self) -> None:
        """The record may have been written between the plan and the note."""
        now = self.objects.get(RECORD)
        if (now.tag if now else "") != self._tags.get(RECORD, ""):
            raise OutputError(f"another publish into `{self.name}` came first; run the same again")

    def _keep(self, content: bytes) -> None:
        path = f"{KEPT}/{hashlib.sha256(content).hexdigest()}"
        self._tags[path] = ""
        self._put(path, content)

    # --- what devices see -------------------------------------------------------------------------

    def _finish(self, plan: Plan) -> None:
        done, every = list[Change](), len(plan.changes)
        try:
            for change in plan.changes:
                self._refuse_taken_over(done)
                self._exchange(change.path, change.content)
                done.append(change)
            self._refuse_taken_over(done)
            self._put(RECORD, record_bytes(plan.record))
            self._remove(PENDING)
            self._forget(plan)
        except StoreError as error:
            raise OutputError(
                f"{error}; {len(done)} of {every} files were exchanged; run the same again to "
                "complete it, or `--rollback` to take it back"
            ) from None

    def _exchange(self, path: str, content: bytes | None) -> None:
        if content is None:
            self._remove(path)
        else:
            self._put(path, content)

    def _refuse_taken_over(self, done: list[Change]) -> None:
        """Stop where somebody took this publish for one that was cut short, and went on with it."""
        note = self.objects.get(PENDING)
        if note is not None and note.tag == self._tags[PENDING]:
            return
        if done:
            self._withdraw(done[-1])
        raise Changed(f"another publish into `{self.name}` went on with this one")

    def _withdraw(self, change: Change) -> None:
        """Take back what was written after the other publish had ended, which knows nothing of it.

        Only that may be the last one, for the note was there before it.
        """
        known = self.history()
        entry = known.files.get(change.path)
        before = None if change.was is None else hashlib.sha256(change.was).hexdigest()
        if known.pending is None and before == (entry.sha256 if entry else None):
            self._exchange(change.path, change.was)

    def _forget(self, plan: Plan) -> None:
        """Drop what no version to go back to needs."""
        needed = still_needed(plan)
        for path in self.objects.below(KEPT):
            if path.rpartition("/")[2] not in needed:
                found = self.objects.get(path)
                if found is not None:
                    self._tags[path] = found.tag
                    self._remove(path)

    # --- on a condition ---------------------------------------------------------------------------

    def _put(self, path: str, content: bytes) -> None:
        """Write what still is as it was seen; an answer that was lost is no reason to stop."""
        try:
            self._tags[path] = self.objects.put(path, content, self._tags.get(path, ""))
        except Changed:
            there = self.objects.get(path)
            if there is None or there.content != content:
                raise Changed(f"`{self.at(path)}` was changed by somebody else meanwhile") from None
            self._tags[path] = there.tag

    def _remove(self, path: str) -> None:
        try:
            self.objects.remove(path, self._tags.get(path, ""))
        except Changed:
            if self.objects.get(path) is not None:
                raise Changed(f"`{self.at(path)}` was changed by somebody else meanwhile") from None
        self._tags[path] = ""

    @contextmanager
    def _told(self, state: str) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            raise OutputError(f"cannot write into `{self.name}`: {error}; {state}") from None
