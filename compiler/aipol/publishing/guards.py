"""Turns planned changes into the reasons why they must not be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aipol.diagnostics import Diagnostic, codes
from aipol.publishing.places import Place
from aipol.publishing.plan import Change, Goal
from aipol.publishing.record import RECORD, Entry
from aipol.publishing.survey import History, Seen
from aipol.source import Span, whole_file
from aipol.target import Form

HALF = 50


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person at the command line allows: files by their names.

    Those that shrink may be named by a folder too.
    """

    shrinking: frozenset[str] = frozenset()
    overwriting: frozenset[str] = frozenset()
    keeping: bool = False
    """Files that the policy has no more stay for now."""
    percent: int = HALF
    """How many of a hundred entries a list may lose without being named."""

    def lets_shrink(self, path: str) -> bool:
        """Whether the file is named, or a folder that it is in."""
        return any(path == name or path.startswith(f"{name}/") for name in self.shrinking)


def _span(place: Place, path: str) -> Span:
    return whole_file(place.at(path))


def foreign(
    place: Place, known: History, seen: Mapping[str, Seen], goal: Goal, consent: Consent
) -> Iterator[Diagnostic]:
    """Files that somebody else put there, or has changed since aipol did."""
    for path in sorted(goal.scope - goal.kept):
        there, span = seen[path], _span(place, path)
        wanted = goal.wanted.get(path)
        if there.fault:
            yield codes.IN_THE_WAY.at(span, file=path, why=there.fault, hint="move it away")
        elif there.content is None:
            continue
        elif path not in known.paths:
            why = "is there, and aipol did not publish it"
            yield codes.IN_THE_WAY.at(span, file=path, why=why, hint="move it away")
        elif not (
            known.ours(path, there.digest)
            or (wanted and wanted.content == there.content)
            or path in consent.overwriting
        ):
            what = "puts aipol's in its place" if wanted else "removes it"
            yield codes.EDITED_SINCE.at(span, file=path, hint=f"`--overwrite {path}` {what}")


def shrinking(place: Place, changes: Iterable[Change], consent: Consent) -> Iterator[Diagnostic]:
    """Files that would go, and lists that would lose so much that it may be an accident."""
    for each in changes:
        if not consent.lets_shrink(each.path):
            yield from _shrinking(_span(place, each.path), each, consent.percent)


def _shrinking(span: Span, each: Change, percent: int) -> Iterator[Diagnostic]:
    allow = f"`--allow-shrink {each.path}`"
    if each.after is None:
        hint = f"take it off the devices first, then {allow}; until then `--keep-old` leaves it"
        yield codes.FILE_GOES.at(span, file=each.path, now=_held(each), hint=hint)
    elif _is_empty(each.after):
        now = f"it has {_held(each)} now" if each.before else "it is new"
        hint = f"if that is meant, {allow}"
        yield codes.LIST_EMPTIED.at(span, list=each.path, now=now, hint=hint)
    elif each.before and each.lost * 100 > each.before.entries * percent:
        yield codes.LIST_SHRINKS.at(
            span,
            list=each.path,
            gone=f"{each.lost:,}",
            before=f"{each.before.entries:,}",
            limit=percent,
            hint=f"if that is meant, {allow}",
        )


def _is_empty(entry: Entry) -> bool:
    return not (entry.entries if entry.form is Form.LIST else entry.size)


def _held(each: Change) -> str:
    """How much devices have of it now."""
    before = each.before
    if before is None:
        return "nothing"
    if before.form is Form.LIST:
        return f"{before.entries:,} {'entry' if before.entries == 1 else 'entries'}"
    return f"{before.size:,} octets"


def of_another(
    place: Place, known: History, organization: str, consent: Consent
) -> Iterator[Diagnostic]:
    """The lists of one customer where another's are to go."""
    theirs = known.record.current.organization
    if theirs and theirs != organization and RECORD not in consent.overwriting:
        yield codes.OTHER_ORGANIZATION.at(
            _span(place, RECORD),
            directory=place.name,
            theirs=theirs,
            ours=organization,
            hint=f"choose another `--to`; where it is only renamed, `--overwrite {RECORD}`",
        )
