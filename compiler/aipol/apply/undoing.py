"""Turn a journal into the plan that brings back what was there before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aipol.apply.journal import Journal
from aipol.plan.comparing import differences
from aipol.plan.model import Action, Cause, Change, Difference, Plan
from aipol.plan.ordering import ordered
from aipol.remote import Live, Observed, Remote, references, referring


def undo(remote: Remote, journal: Journal, observed: Observed) -> Plan:
    """What brings back what a journal's changes found. Objects it did not change stay as they are.

    What somebody changed since is brought back too, and told as such (`Cause.EDITED`).
    """
    keys = {each.id: each.mark.key for each in observed.objects if each.mark}
    lives = {
        (each.kind, each.id): replace(each, body=referring(each.body, keys))
        for each in observed.objects
    }
    back = _Back(remote, lives)
    touched = (*journal.done(), *journal.begun())
    changes = [each for change, progress in touched for each in back.of(change, progress.id)]
    changes += back.referred(changes)
    return Plan(journal.head.plan.target, remote.place, ordered(changes), notes=observed.notes)


@dataclass(frozen=True, slots=True)
class _Back:
    remote: Remote
    lives: dict[tuple[str, str], Live]

    def of(self, change: Change, identifier: str) -> Iterator[Change]:
        """The inverse of one change, where there is anything to invert."""
        live = self._live(change, change.id or identifier)
        match change.action:
            case Action.CREATE if live is not None:
                yield self._inverse(change, live, Action.DELETE)
            case Action.UPDATE | Action.ADOPT if live is not None:
                inverse = self._inverse(change, live, Action.UPDATE)
                yield inverse if inverse.differences or not change.marked else _settled(inverse)
            case Action.UPDATE | Action.ADOPT | Action.DELETE if live is None:
                yield self._remade(change)
            case _:
                return

    def referred(self, changes: list[Change]) -> list[Change]:
        """Our objects that stay as they are and that what is brought back refers to."""
        known = {change.key for change in changes}
        needed = {key for change in changes for key in references(change.after)} - known
        return [
            Change(
                Action.NO_OP,
                Cause.SAME,
                live.kind,
                live.mark.key,
                live.name,
                live.id,
                live.body,
                live.body,
                live.mark.digest,
                live.mark.digest,
            )
            for live in self.lives.values()
            if live.mark and live.mark.key in needed
        ]

    def _live(self, change: Change, identifier: str) -> Live | None:
        found = self.lives.get((change.kind, identifier))
        if found is not None or change.action is not Action.CREATE:
            return found
        bearing = (each for each in self.lives.values() if each.mark and each.kind == change.kind)
        return next((each for each in bearing if each.mark and each.mark.key == change.key), None)

    def _inverse(self, change: Change, live: Live, action: Action) -> Change:
        return replace(
            change,
            action=action,
            cause=self._cause(change, live),
            id=live.id,
            before=live.body,
            after=change.before,
            before_digest=live.mark.digest if live.mark else "",
            after_digest=change.before_digest,
            marked=live.mark is not None,
            marks=change.marked,
            differences=self._between(change, live),
        )

    def _remade(self, change: Change) -> Change:
        """An object that is there no more; the vendor will give it another id."""
        return replace(
            change,
            action=Action.CREATE,
            cause=Cause.UNDONE if change.action is Action.DELETE else Cause.EDITED,
            id="",
            before=None,
            after=change.before,
            before_digest="",
            after_digest=change.before_digest,
            marks=change.marked,
            differences=(),
        )

    def _cause(self, change: Change, live: Live) -> Cause:
        canonical = self.remote.canonical
        same = canonical(change.kind, live.body) == canonical(change.kind, change.after)
        return Cause.UNDONE if same else Cause.EDITED

    def _between(self, change: Change, live: Live) -> tuple[Difference, ...]:
        if change.before is None:
            return ()
        canonical = self.remote.canonical
        before = canonical(change.kind, live.body)
        return tuple(differences(before, canonical(change.kind, change.before)))


def _settled(change: Change) -> Change:
    return replace(change, action=Action.NO_OP, cause=Cause.SAME)
