"""Make a change of an object as it is wanted and as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    left: Mapping[tuple[str, str], Json]

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
        left = self._left(wanted.kind, wanted.key)
        marked = live.mark.digest if live.mark else ""
        same = not found and marked in ("", digest)
        return Change(
            Action.NO_OP if same else Action.UPDATE,
            Cause.SAME if same else _cause(marked, left, digest_of(before)),
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
        """An object of ours that the policy asks for no more; with how it is not as aipol wrote it.

        Somebody made it so, or made all of it: a copy whose key was changed is nobody's double.
        """
        return replace(self._removed(live, Cause.GONE), differences=tuple(self._changed(live)))

    def doubled(self, live: Live, wanted: Wanted) -> Change:
        """A second object with a mark that another one bears; with how somebody changed it.

        An apply without answers may have made one twice. What is not as aipol wrote it, a person
        made of a copy.
        """
        found = () if self.fits(live) else self._between(live, wanted)
        return replace(self._removed(live, Cause.DOUBLE), differences=found)

    def fits(self, live: Live) -> bool:
        """Whether it is as aipol wrote it, by its mark or a journal."""
        return not any(self._changed(live))

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

    def _changed(self, live: Live) -> Iterator[Difference]:
        """How an object is not as aipol wrote it: nothing where a mark or a journal says it is."""
        key, digest = (live.mark.key, live.mark.digest) if live.mark else ("", "")
        there, left = self._digest(live.kind, live.body), self._left(live.kind, key)
        if there not in (digest, left):
            yield Difference("digest", there, digest or left or None)

    def _left(self, kind: str, key: str) -> str:
        """The digest of what a journal says was written last."""
        thing = kind, key
        return self._digest(kind, self.left[thing]) if thing in self.left else ""

    def _digest(self, kind: str, body: Json) -> str:
        return digest_of(self.canonical(kind, body))

    def _between(self, live: Live, wanted: Wanted) -> tuple[Difference, ...]:
        before = self.canonical(live.kind, live.body)
        return tuple(differences(before, self.canonical(wanted.kind, wanted.body)))

    def _about(self, wanted: Wanted) -> Concerned:
        several = together(self.concerned.get(path, NOBODY) for path in wanted.artifacts)
        return replace(several, topic=wanted.topic)


def _cause(marked: str, left: str, there: str) -> Cause:
    """Who changed it: the digest in the mark is of what aipol wrote, that of a journal of the last.

    Where the mark fits and the journal does not, somebody brought back all of an earlier state.
    """
    if not (marked or left):
        return Cause.UNKNOWN
    if (marked or left) != there:
        return Cause.EDITED
    return Cause.MOVED if left in ("", there) else Cause.RESTORED


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
