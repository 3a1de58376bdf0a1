"""Turns a wish, to publish or to go back, into a plan for a directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aipol.diagnostics import Diagnostic, codes
from aipol.durable import OutputError
from aipol.publishing.guards import Consent, foreign, of_another, shrinking
from aipol.publishing.places import Place
from aipol.publishing.plan import Content, Contents, Goal, Plan, plan
from aipol.publishing.record import KEPT, RECORD, Published
from aipol.publishing.survey import History, Seen
from aipol.source import whole_file


@dataclass(frozen=True)
class Wanted:
    """What a policy gives to devices; `chosen` are the targets it is about, all where empty."""

    published: Published
    files: Contents
    chosen: frozenset[str]


def forward(place: Place, wanted: Wanted, consent: Consent, now: int) -> Plan:
    """To what the policy says. Raises OutputError where the directory is unfit for it."""
    known = place.history()
    if known.pending and wanted.chosen:
        raise OutputError(
            f"an earlier publish into `{place.name}` was cut short; publish without `-t`, or "
            "`--rollback`, first"
        )
    old = {path for path in known.paths if not wanted.chosen or _target(path) in wanted.chosen}
    seen = place.survey(old | wanted.files.keys())
    kept = _kept(known, seen, old - wanted.files.keys()) if consent.keeping else frozenset[str]()
    goal = Goal(wanted.published, wanted.files, frozenset(seen), kept)
    found = plan(known, seen, goal, now)
    refusals = (
        *of_another(place, known, wanted.published.organization, consent),
        *foreign(place, known, seen, goal, consent),
        *shrinking(place, found.changes, consent),
    )
    return replace(found, refusals=refusals)


def _target(path: str) -> str:
    return path.partition("/")[0]


def _kept(known: History, seen: Mapping[str, Seen], old: Iterable[str]) -> frozenset[str]:
    """Of the files that are to go, those that devices can fetch now."""
    return frozenset(p for p in old if p in known.files and seen[p].content is not None)


def backward(place: Place, consent: Consent, now: int) -> Plan:
    """To what was there before: before a publish that was cut short, or else the last one."""
    known = place.history()
    undoing = known.pending is not None and not known.pending.restoring
    earlier = known.record.current if undoing else known.record.previous
    if earlier is None:
        return _nowhere(place, known, now)
    seen = place.survey(known.paths | earlier.files.keys())
    contents = {path: _content(place, path, seen[path], earlier) for path in earlier.files}
    found = {path: each for path, each in contents.items() if each is not None}
    lost = contents.keys() - found.keys()
    # What the last publish did not touch, and somebody else has, is not what is to be undone.
    left = {path for path in lost if _untouched(path, known, earlier)} - consent.overwriting
    scope = frozenset(seen) - left
    goal = Goal(earlier, found, scope, restoring=not undoing, forgets=not undoing)
    made = replace(plan(known, seen, goal, now), edited=tuple(sorted(left)))
    if undoing:
        made = replace(made, record=replace(known.record, stamp=made.record.stamp))
    faults = (*_lost(place, lost - left), *foreign(place, known, seen, goal, consent))
    return replace(made, refusals=faults)


def _untouched(path: str, known: History, earlier: Published) -> bool:
    touched = known.pending is not None and path in known.pending.digests
    return not touched and known.files.get(path) == earlier.files[path]


def _nowhere(place: Place, known: History, now: int) -> Plan:
    goal = Goal(known.record.current, {}, frozenset())
    span = whole_file(place.at(RECORD))
    hint = "`aipol publish` without `--rollback` publishes what the policy says"
    refusal = codes.NOTHING_EARLIER.at(span, directory=place.name, hint=hint)
    return replace(plan(known, {}, goal, now), refusals=(refusal,))


def _lost(place: Place, paths: Iterable[str]) -> Iterator[Diagnostic]:
    for path in sorted(paths):
        span = whole_file(place.at(path))
        hint = f"`{place.at(KEPT)}` kept it; publish the policy as it was instead"
        yield codes.EARLIER_LOST.at(span, file=path, hint=hint)


def _content(place: Place, path: str, there: Seen, earlier: Published) -> Content | None:
    """A file of the earlier set, from where it still is or from where it was kept."""
    entry = earlier.files[path]
    if there.digest == entry.sha256 and there.content is not None:
        return Content(there.content, entry.form)
    content = place.kept(entry.sha256)
    if content is None:
        return None
    found = Content(content, entry.form)
    return found if found.entry.sha256 == entry.sha256 else None
