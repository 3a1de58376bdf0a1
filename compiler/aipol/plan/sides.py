"""Make a change of an object as it is wanted and as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from aipol.plan.comparing import differences
from aipol.plan.model import NOBODY, Action, Cause, Change, Concerned, Difference, Whom
from aipol.remote import Json, Live, Wanted, digest_of


@dataclass(frozen=True, slots=True)
class Sides:
    """Compares what means something, and knows whom artefacts and earlier objects are about."""

    canonical: Callable[[str, Json], Json]
    concerned: Mapping[str, Concerned]
    earlier: Mapping[str, Concerned]
    left: Mapping[str, Json]

    def same(self, live: Live, wanted: Wanted) -> bool:
        """Whether an object means what is wanted of it."""
        return not self._between(live, wanted)

    def made(self, wanted: Wanted) -> Change:
        """An object that is not there yet."""
        return Change(
            Action.CREATE,
            Cause.NEW,
            wanted.kind,
            wanted.key,
            wanted.name,
            after=wanted.body,
            after_digest=self._digest(wanted.kind, wanted.body),
            concerned=self._about(wanted),
        )

    def kept(self, live: Live, wanted: Wanted) -> Change:
        """An object of ours, changed where it, or what its mark says, is not as it should be."""
        before = self.canonical(live.kind, live.body)
        after = self.canonical(wanted.kind, wanted.body)
        found, digest = tuple(differences(before, after)), digest_of(after)
        marked = live.mark.digest if live.mark else ""
        same = not found and marked in ("", digest)
        return Change(
            Action.NO_OP if same else Action.UPDATE,
            Cause.SAME if same else _cause(marked or self._left(wanted), digest_of(before)),
            wanted.kind,
            wanted.key,
            wanted.name,
            live.id,
            live.body,
            wanted.body,
            marked,
            digest,
            differences=found,
            concerned=self._about(wanted),
        )

    def adopted(self, live: Live, wanted: Wanted) -> Change:
        """Somebody else's object that becomes ours."""
        return Change(
            Action.ADOPT,
            Cause.FOREIGN,
            wanted.kind,
            wanted.key,
            wanted.name,
            live.id,
            live.body,
            wanted.body,
            after_digest=self._digest(wanted.kind, wanted.body),
            marked=False,
            differences=self._between(live, wanted),
            concerned=self._about(wanted),
        )

    def unwanted(self, live: Live) -> Change:
        """An object of ours that the policy asks for no more."""
        return self._removed(live, Cause.GONE)

    def doubled(self, live: Live, wanted: Wanted) -> Change:
        """A second object with a mark that another one bears; with how somebody changed it.

        An apply without answers may have made one twice. What is not as its mark says, a person
        made of a copy.
        """
        copied = live.mark is None or live.mark.digest in ("", self._digest(live.kind, live.body))
        found = () if copied else self._between(live, wanted)
        return replace(self._removed(live, Cause.DOUBLE), differences=found)

    def _removed(self, live: Live, cause: Cause) -> Change:
        key, digest = (live.mark.key, live.mark.digest) if live.mark else ("", "")
        return Change(
            Action.DELETE,
            cause,
            live.kind,
            key,
            live.name,
            live.id,
            live.body,
            before_digest=digest,
            concerned=self.earlier.get(key, NOBODY),
        )

    def _left(self, wanted: Wanted) -> str:
        """The digest of what a journal says was written last."""
        if wanted.key not in self.left:
            return ""
        return self._digest(wanted.kind, self.left[wanted.key])

    def _digest(self, kind: str, body: Json) -> str:
        return digest_of(self.canonical(kind, body))

    def _between(self, live: Live, wanted: Wanted) -> tuple[Difference, ...]:
        before = self.canonical(live.kind, live.body)
        return tuple(differences(before, self.canonical(wanted.kind, wanted.body)))

    def _about(self, wanted: Wanted) -> Concerned:
        several = together(self.concerned.get(path, NOBODY) for path in wanted.artifacts)
        return replace(several, topic=wanted.topic)


def _cause(marked: str, there: str) -> Cause:
    """Who changed it: the digest in the mark, or in a journal, is of what aipol wrote last."""
    if not marked:
        return Cause.UNKNOWN
    return Cause.MOVED if marked == there else Cause.EDITED


def together(several: Iterable[Concerned]) -> Concerned:
    """Whom several artefacts are about."""
    lines, people, everybody = dict[str, None](), dict[Whom, None](), False
    for each in several:
        lines |= dict.fromkeys(each.lines)
        people |= dict.fromkeys(each.people)
        everybody = everybody or each.everybody
    return Concerned(tuple(sorted(lines, key=_place)), tuple(sorted(people)), everybody)


def _place(line: str) -> tuple[str, int]:
    file, _, number = line.rpartition(":")
    return file, int(number) if number.isdecimal() else 0
