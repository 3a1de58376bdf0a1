"""Lay what a policy wants beside what a vendor has, and say what has to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from aipol.plan.adopting import adopting, needs_of
from aipol.plan.model import Change, Collision, Concerned, Foreign, Plan
from aipol.plan.ordering import ordered
from aipol.plan.sides import Sides
from aipol.plan.standing import Bearer, keys_of
from aipol.remote import Json, Live, Observed, Remote, Wanted, referring


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
    """Keys of objects that take over the foreign object of their name; then for these alone."""
    left: Mapping[tuple[str, str], Json] = field(default_factory=dict[tuple[str, str], Json])
    """Bodies as journals say that they were written last, by kind and key: what marks do not tell,
    without a digest as of vendors that keep no room for one, or with that of an earlier apply."""


def compare(remote: Remote, asked: Asked, observed: Observed) -> Plan:
    """What has to be done at a place where that is there. Reads only. Raises RemoteError."""
    _distinct(asked.wanted)
    ours, others = _whose(asked.organization, observed)
    matching = _Matching(remote, asked, ours, others)
    matches = [matching.match(wanted) for wanted in asked.wanted]
    rest = [each for several in ours.values() for each in several]
    left = [each for each in rest if each.signed]
    mentions = (*matching.mentions, *(each for each in rest if not each.signed))
    changes = tuple(_changes(matching.sides, matches, left))
    collisions = tuple(collision for match in matches for collision in match.collisions)
    if asked.adopt:
        changes, left = adopting(changes, asked.adopt), []
        needed = asked.adopt | needs_of(changes)
        collisions = tuple(each for each in collisions if each.key in needed)
    taken = {(change.kind, change.id) for change in changes}
    return Plan(
        remote.target,
        remote.place,
        ordered(changes),
        tuple(
            Foreign(each.kind, each.id, each.name)
            for each in (*others, *mentions)
            if (each.kind, each.id) not in taken
        ),
        collisions,
        remote.absent(asked.wanted),
        (
            *_acting(remote, changes),
            *observed.told,
            *map(_mentioning, mentions),
            *_unknown(left, asked),
        ),
    )


def _acting(remote: Remote, changes: Iterable[Change]) -> Iterator[str]:
    """That what is written acts on people, at a target that could merely report."""
    if remote.rehearsal and any(each.action.writes for each in changes):
        yield f"what is written acts at once; with `{remote.rehearsal}` it would only report"


def _mentioning(live: Live) -> str:
    key = live.mark.key if live.mark else ""
    return f"{live.kind} `{live.name}` names `{key}`, aipol never wrote it: it is left alone"


def _unknown(left: list[Live], asked: Asked) -> Iterator[str]:
    """That whom something was about which goes is in no journal, so no guard speaks for them."""
    number = sum(1 for each in left if each.mark and each.mark.key not in asked.earlier)
    if number:
        yield f"no journal tells whom {number} of the objects that go are about: perhaps everybody"


def _distinct(wanted: tuple[Wanted, ...]) -> None:
    several = [key for key, number in Counter(each.key for each in wanted).items() if number > 1]
    if several:
        raise ValueError(f"two objects are wanted as {several}")


_Ours = dict[tuple[str, str], list[Live]]


def _whose(organization: str, observed: Observed) -> tuple[_Ours, list[Live]]:
    """Our objects by kind and key, and others'; another organisation's mark is another's.

    What was shown twice, as on two pages between which something came, is one object.
    """
    ours, others = _Ours(), list[Live]()
    for live in {(live.kind, live.id): live for live in observed.objects}.values():
        if live.mark is not None and live.mark.is_of(organization):
            ours.setdefault((live.kind, live.mark.key), []).append(live)
        else:
            others.append(live)
    return ours, sorted(others, key=lambda live: (live.kind, live.name, live.id))


@dataclass(frozen=True, slots=True)
class _Match:
    """What there is for one object that is wanted. `copies` bear its mark, too."""

    wanted: Wanted
    live: Live | None = None
    adopted: bool = False
    copies: tuple[Live, ...] = ()
    collisions: tuple[Collision, ...] = ()


class _Matching:
    """Finds for each object that is wanted the one that there is."""

    def __init__(self, remote: Remote, asked: Asked, ours: _Ours, others: Iterable[Live]) -> None:
        self._remote, self._adopt, self._ours = remote, asked.adopt, ours
        self._keys = {live.id: key for (_, key), found in ours.items() for live in found}
        self._named: dict[tuple[str, str], list[Live]] = {}
        unsigned = (each for found in ours.values() for each in found if not each.signed)
        for each in (*others, *unsigned):
            self._named.setdefault((each.kind, each.name), []).append(each)
        self.sides = Sides(remote.canonical, asked.concerned, asked.earlier, asked.left)
        self.mentions: list[Live] = []

    def match(self, wanted: Wanted) -> _Match:
        """The object of ours, or the foreign one that becomes ours, or those in the way."""
        found = self._bearing(wanted)
        if found:
            best = self._best(found, wanted)
            copies = tuple(each for each in found if each is not best)
            self.mentions += [each for each in copies if not each.signed]
            return _Match(wanted, best, copies=tuple(each for each in copies if each.signed))
        foreign = self._named.get((wanted.kind, wanted.name), [])
        free = len(foreign) == 1 and foreign[0].mark is None
        if free and wanted.key in self._adopt:
            # Gone by now is as good as never there.
            live = self._read(foreign[0])
            return _Match(wanted, live, adopted=live is not None)
        several = (
            Collision(wanted.kind, wanted.key, wanted.name, each.id, free) for each in foreign
        )
        return _Match(wanted, collisions=tuple(several))

    def _bearing(self, wanted: Wanted) -> list[Live]:
        """Those that aipol wrote; without any, what was made of the files by hand, by its name.

        What else has the key in its description may be somebody's note on ours.
        """
        every = self._ours.pop((wanted.kind, wanted.key), [])
        found = [each for each in every if each.signed]
        found = found or [each for each in every if each.name == wanted.name]
        self.mentions += [each for each in every if each not in found]
        return found

    def _best(self, found: list[Live], wanted: Wanted) -> Live:
        if len(found) == 1:
            return found[0]
        return min(found, key=lambda live: self._fitness(_referred(live, self._keys), wanted))

    def _fitness(self, live: Live, wanted: Wanted) -> tuple[bool, bool, str]:
        """What is as wanted comes first, then what is as aipol wrote it: others may rely on a copy.

        Without either the choice is the same on every run.
        """
        return not self.sides.same(live, wanted), not self.sides.fits(live), live.id

    def _read(self, foreign: Live) -> Live | None:
        return foreign if foreign.body is not None else self._remote.look(foreign.kind, foreign.id)


def _changes(sides: Sides, matches: list[_Match], left: list[Live]) -> Iterator[Change]:
    copies = [(copy, match.wanted) for match in matches for copy in match.copies]
    kept = [
        Bearer(match.live.id if match.live else "", match.wanted.key, stays=True)
        for match in matches
    ]
    leaving = (*(copy for copy, _ in copies), *left)
    going = [Bearer(live.id, live.mark.key, stays=False) for live in leaving if live.mark]
    keys = keys_of((*kept, *going))
    for match in matches:
        if match.live is None:
            yield from () if match.collisions else (sides.made(match.wanted),)
        elif match.adopted:
            yield sides.adopted(_referred(match.live, keys), match.wanted)
        else:
            yield sides.kept(_referred(match.live, keys), match.wanted)
    yield from (sides.doubled(_referred(copy, keys), wanted) for copy, wanted in copies)
    yield from (sides.unwanted(_referred(each, keys)) for each in left)


def _referred(live: Live, keys: Mapping[str, str]) -> Live:
    return replace(live, body=referring(live.body, keys))
