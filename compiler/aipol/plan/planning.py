"""Lay what a policy wants beside what a vendor has, and say what has to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from aipol.plan.model import Change, Collision, Concerned, Plan, Stranger
from aipol.plan.ordering import ordered
from aipol.plan.sides import Sides
from aipol.remote import Live, Observed, Remote, Wanted, referring


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is made for: a policy's objects, whose they are, and what may be taken over."""

    organization: str
    wanted: tuple[Wanted, ...]
    concerned: Mapping[str, Concerned] = field(default_factory=dict[str, Concerned])
    """Whom each artefact is about."""
    earlier: Mapping[str, Concerned] = field(default_factory=dict[str, Concerned])
    """Whom each object that is wanted no more was about, by key, as far as journals tell."""
    adopt: frozenset[str] = frozenset()
    """Keys of objects that take over the foreign object of their name."""


def plan(remote: Remote, asked: Asked) -> Plan:
    """What has to be done at a place. Reads only. Raises RemoteError."""
    return compare(remote, asked, remote.observe())


def compare(remote: Remote, asked: Asked, observed: Observed) -> Plan:
    """The same for what has been observed already."""
    ours, others = _whose(asked.organization, observed)
    changes, collisions = list[Change](), list[Collision]()
    matching = _Matching(remote, asked, others)
    for wanted in asked.wanted:
        for found in matching.match(wanted, ours.pop((wanted.kind, wanted.key), [])):
            if isinstance(found, Collision):
                collisions.append(found)
            else:
                changes.append(found)
    for left in ours.values():
        changes += map(matching.sides.unwanted, left)
    taken = {change.id for change in changes}
    return Plan(
        remote.target,
        remote.place,
        ordered(changes),
        tuple(Stranger(each.kind, each.id, each.name) for each in others if each.id not in taken),
        tuple(collisions),
        observed.notes,
    )


_Ours = dict[tuple[str, str], list[Live]]


def _whose(organization: str, observed: Observed) -> tuple[_Ours, list[Live]]:
    """Our objects by kind and key, and others'; another organisation's mark is another's."""
    ours, others = list[tuple[Live, str]](), list[Live]()
    for live in observed.objects:
        if live.mark is not None and live.mark.key.startswith(f"{organization}/"):
            ours.append((live, live.mark.key))
        else:
            others.append(live)
    keys = {live.id: key for live, key in ours}
    by_key: _Ours = {}
    for live, key in ours:
        referred = replace(live, body=referring(live.body, keys))
        by_key.setdefault((live.kind, key), []).append(referred)
    return by_key, sorted(others, key=lambda live: (live.kind, live.name, live.id))


class _Matching:
    """Finds for each object that is wanted the one that there is."""

    def __init__(self, remote: Remote, asked: Asked, others: Iterable[Live]) -> None:
        self._remote, self._adopt = remote, asked.adopt
        self._named = {(each.kind, each.name): each for each in others}
        self.sides = Sides(remote.canonical, asked.concerned, asked.earlier)

    def match(self, wanted: Wanted, found: list[Live]) -> Iterable[Change | Collision]:
        """The change of one object, with the removal of others that bear its mark."""
        foreign = self._named.get((wanted.kind, wanted.name))
        if found:
            best = min(found, key=lambda live: (not self.sides.same(live, wanted), live.id))
            yield self.sides.kept(best, wanted)
            yield from (self.sides.doubled(live) for live in found if live is not best)
        elif foreign is None:
            yield self.sides.made(wanted)
        elif wanted.key in self._adopt:
            yield self.sides.adopted(self._read(foreign), wanted)
        else:
            yield Collision(wanted.kind, wanted.key, wanted.name, foreign.id)

    def _read(self, foreign: Live) -> Live:
        if foreign.body is not None:
            return foreign
        return self._remote.look(foreign.kind, foreign.id) or foreign
