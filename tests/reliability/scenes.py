"""What a place has before an apply: nothing, or what an earlier policy left there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from aipol.remote import REF, Wanted, references, resolved
from tests.reliability.vendors import Subject

SCENES = ("made", "changed")
"""An apply that only creates, and one that creates, updates and deletes each kind of object."""

_OLD = "-of-old"


def before(scene: str, subject: Subject, wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    """What was applied earlier: some is not there yet, some is otherwise, some is to go."""
    if scene == "made":
        return ()
    found = tuple(_without_last(wanted))
    altered = {next(each.key for each in found if each.kind == kind) for kind in _kinds(found)}
    kept = (
        replace(each, body=subject.altered(each.kind, each.body)) if each.key in altered else each
        for each in found
    )
    return (*kept, *_leaving(subject, wanted))


def _kinds(wanted: Iterable[Wanted]) -> list[str]:
    return sorted({each.kind for each in wanted})


def _without_last(wanted: tuple[Wanted, ...]) -> Iterator[Wanted]:
    """All but the last of each kind that has several, and but what refers to those."""
    gone = set[str]()
    for kind in _kinds(wanted):
        same = [each.key for each in wanted if each.kind == kind]
        gone.update(same[1:][-1:])
    while more := {
        each.key
        for each in wanted
        if each.key not in gone and gone.intersection(references(each.body))
    }:
        gone |= more
    return (each for each in wanted if each.key not in gone)


def _leaving(subject: Subject, wanted: tuple[Wanted, ...]) -> Iterator[Wanted]:
    """Another object of each kind: the first that refers to most, with all that it refers to."""
    by_key = {each.key: each for each in wanted}
    leaves = [
        max((each for each in wanted if each.kind == kind), key=lambda w: len(_needs(w)))
        for kind in _kinds(wanted)
    ]
    chosen = dict.fromkeys(
        key for each in leaves for key in (*_needs(each), each.key) if key in by_key
    )
    ids: Any = _Moved({key: {REF: f"{key}{_OLD}"} for key in chosen})
    for key in chosen:
        one = by_key[key]
        name = f"{one.name}{_OLD}"
        body = resolved(subject.renamed(one.kind, one.body, name), ids)
        yield replace(one, key=f"{key}{_OLD}", name=name, body=body)


def _needs(wanted: Wanted) -> tuple[str, ...]:
    return tuple(references(wanted.body))


class _Moved(dict[str, dict[str, str]]):
    """References to what is moved lead to where it is now; others stay."""

    def __missing__(self, key: str) -> dict[str, str]:
        return {REF: key}
