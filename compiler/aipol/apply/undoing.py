"""Turn a journal into the plan that brings back what was there before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aipol.apply.journal import Journal
from aipol.plan.comparing import differences
from aipol.plan.model import Action, Cause, Change, Difference, Foreign, Plan
from aipol.plan.ordering import ordered
from aipol.plan.standing import Bearer, keys_of
from aipol.remote import Json, Live, Observed, Remote, referring


def undo(remote: Remote, journal: Journal, observed: Observed) -> Plan:
    """What brings back what a journal's changes found; other objects of ours are left as they are.

    What somebody changed since is brought back too, and told as such (`Cause.EDITED`). What bears
    our mark no more is somebody else's now, and left alone. Raises RemoteError.
    """
    finding = _Finding(remote, journal, observed)
    touched = [(change, change.id or progress.id) for change, progress in journal.touched()]
    # A copy that went is not the object that stayed, which may not have been changed at all.
    claimed = frozenset(
        (
            *(identifier for _, identifier in touched),
            *(each.id for each in journal.head.plan.changes),
        )
    )
    pairs = [(change, finding.of(change, identifier, claimed)) for change, identifier in touched]
    lost = [change for change, found in pairs if _given_away(change, found)]
    back = [(change, found) for change, found in pairs if change not in lost]
    rest = finding.rest(pairs)
    keys = keys_of(_bearers(back, rest))
    changes = [each for pair in back for each in _inverses(remote, *pair, keys)]
    changes += [_as_it_is(live, key, keys) for live, key in rest]
    notes = (f"`{each.name}` bears our mark no more and is left alone" for each in lost)
    return Plan(
        journal.head.plan.target,
        remote.place,
        ordered(changes),
        finding.foreign({(found.kind, found.id) for _, found in back if found}),
        notes=(*observed.told, *notes),
    )


_Kept = list[tuple[Live, str]]
"""Objects of ours, with their keys."""
_Pairs = list[tuple[Change, Live | None]]
"""A journal's changes, with what became of the objects."""


def _bearers(pairs: _Pairs, rest: _Kept) -> Iterator[Bearer]:
    for change, live in pairs:
        stays = change.before is not None and change.cause is not Cause.DOUBLE
        if live is not None or stays:
            yield Bearer(live.id if live else "", change.key, stays)
    yield from (Bearer(live.id, key, stays=True) for live, key in rest)


class _Finding:
    """Finds what became of the objects of a journal."""

    def __init__(self, remote: Remote, journal: Journal, observed: Observed) -> None:
        self._remote, self._observed = remote, observed.objects
        self._by_id = {(each.kind, each.id): each for each in observed.objects}
        organizations = {each.key.partition("/")[0] for each in journal.head.plan.changes}
        self._ours: _Kept = [
            (each, each.mark.key)
            for each in sorted(
                observed.objects, key=lambda each: (not each.signed, each.kind, each.id)
            )
            if each.mark and any(map(each.mark.is_of, organizations))
        ]

    def of(self, change: Change, identifier: str, claimed: frozenset[str]) -> Live | None:
        """The object of a change, or one of no other change that has come in its place since."""
        found = self._by_id.get((change.kind, identifier))
        if found is None:
            instead = (each for each in self._instead(change) if each.id not in claimed)
            found = next(instead, None)
        if found is None or found.body is not None:
            return found
        return self._remote.look(found.kind, found.id)

    def _instead(self, change: Change) -> Iterator[Live]:
        yield from (
            live
            for live, key in self._ours
            if (live.kind, key) == (change.kind, change.key)
            and (live.signed or live.name == change.name)
        )
        if not change.marked:  # what it was before had no mark, so it is known by its name
            yield from (
                live
                for live in self._observed
                if (live.kind, live.name, live.mark) == (change.kind, change.name, None)
            )

    def rest(self, pairs: _Pairs) -> _Kept:
        """Our other objects, which those of the journal may refer to."""
        keys = {change.key for change, _ in pairs if change.cause is not Cause.DOUBLE}
        ids = {live.id for _, live in pairs if live}
        found: dict[str, Live] = {}
        for live, key in self._ours:
            if key not in keys and live.id not in ids:
                found.setdefault(key, live)
        return [(live, key) for key, live in found.items()]

    def foreign(self, known: set[tuple[str, str]]) -> tuple[Foreign, ...]:
        """Others' objects."""
        ours = {(live.kind, live.id) for live, _ in self._ours} | known
        others = (each for each in self._observed if (each.kind, each.id) not in ours)
        return tuple(Foreign(each.kind, each.id, each.name) for each in others)


def _given_away(change: Change, live: Live | None) -> bool:
    """Whether an object that was ours all along, or came back as somebody's, is not ours now."""
    if live is None:
        return False
    if live.mark is not None:
        return live.mark.key != change.key
    return change.marked and change.marks


def _inverses(
    remote: Remote, change: Change, live: Live | None, keys: dict[str, str]
) -> Iterator[Change]:
    if live is None:
        if change.before is not None:
            yield _remade(change)
        return
    here = replace(live, body=referring(live.body, keys))
    if change.before is None:
        yield _inverse(remote, change, here, Action.DELETE)
        return
    if live.mark is None and not change.marked:
        return  # it is somebody's again already
    inverse = _inverse(remote, change, here, Action.UPDATE)
    same = (inverse.before_digest, inverse.marked) == (inverse.after_digest, inverse.marks)
    yield _settled(inverse) if same and not inverse.differences else inverse


def _inverse(remote: Remote, change: Change, live: Live, action: Action) -> Change:
    gone = change.before is None
    return replace(
        change,
        action=action,
        cause=Cause.DOUBLE if change.cause is Cause.DOUBLE else _cause(remote, change, live),
        id=live.id,
        before=live.body,
        after=change.before,
        before_digest=live.mark.digest if live.mark else "",
        after_digest=change.before_digest,
        marked=live.mark is not None,
        marks=change.marked,
        differences=() if gone else _between(remote, change.kind, live.body, change.before),
    )


def _remade(change: Change) -> Change:
    """An object that is there no more; the vendor will give it another id."""
    return replace(
        change,
        action=Action.CREATE,
        cause=_cause_of_loss(change),
        id="",
        before=None,
        after=change.before,
        before_digest="",
        after_digest=change.before_digest,
        marks=change.marked,
        differences=(),
    )


def _cause_of_loss(change: Change) -> Cause:
    if change.cause is Cause.DOUBLE:
        return Cause.DOUBLE
    return Cause.UNDONE if change.action is Action.DELETE else Cause.EDITED


def _cause(remote: Remote, change: Change, live: Live) -> Cause:
    """Whether it is as the journal's change left it."""
    if change.after is None:
        return Cause.EDITED
    return Cause.EDITED if _between(remote, change.kind, live.body, change.after) else Cause.UNDONE


def _between(remote: Remote, kind: str, before: Json, after: Json) -> tuple[Difference, ...]:
    canonical = remote.canonical
    return tuple(differences(canonical(kind, before), canonical(kind, after)))


def _settled(change: Change) -> Change:
    return replace(change, action=Action.NO_OP, cause=Cause.SAME)


def _as_it_is(live: Live, key: str, keys: dict[str, str]) -> Change:
    body = referring(live.body, keys)
    digest = live.mark.digest if live.mark else ""
    return Change(
        Action.NO_OP, Cause.SAME, live.kind, key, live.name, live.id, body, body, digest, digest
    )
