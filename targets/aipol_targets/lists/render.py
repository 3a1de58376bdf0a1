"""Turns the lists of every segment into files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from aipol.domains import Intent
from aipol.target import Artifact
from aipol_targets.common.network.hostlists import url_list
from aipol_targets.common.network.sources import EXCEPT, lines, networks_file
from aipol_targets.lists.contained import Contained
from aipol_targets.lists.model import (
    DOMAIN_RULES,
    EDL_RULES,
    GATEWAYS,
    PLAIN,
    SONICWALL_POLICIES,
    WATCHGUARD_POLICIES,
    Lists,
    SegmentLists,
)
from aipol_targets.lists.webblocker import exception_lines

_FLAT_INTENTS = (Intent.EXACT, Intent.SUBTREE)

Row = tuple[str, ...]


def render(model: Lists) -> tuple[Artifact, ...]:
    """The files of every output the settings ask for, by path."""
    writers = {
        "domains": _domains,
        "edl": _edl,
        "sonicwall": _sonicwall,
        "watchguard": _watchguard,
    }
    files = [*_sources(model)]
    for output in model.outputs:
        files += writers[output](model)
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _sources(model: Lists) -> Iterator[Artifact]:
    """The source addresses that any of the tables names."""
    plain, ordered = PLAIN & {*model.outputs}, {*model.outputs} - PLAIN
    if ordered and model.gateways:
        yield lines(GATEWAYS, model.gateways)
    for segment in model.segments:
        # A table of rules has no rows for a segment without entries.
        listed = plain and segment.native
        if segment.networks and (listed or ordered):
            yield lines(networks_file(segment), segment.networks)
        elif listed and model.exempt and not segment.networks:
            yield lines(EXCEPT, model.exempt)


# --- one rule for every list ----------------------------------------------------------------------


def _edl(model: Lists) -> Iterator[Artifact]:
    header = ("order", "source", "source_list", "action", "url_list")
    yield _rules(EDL_RULES, header, model, _edl_rows)
    for segment in model.segments:
        for level in segment.native:
            yield lines(segment.edl_file(level), url_list(level.entries))


def _edl_rows(segment: SegmentLists) -> Iterator[Row]:
    for level in segment.native:
        yield ("block" if level.blocked else "allow", segment.edl_file(level))


def _domains(model: Lists) -> Iterator[Artifact]:
    header = ("order", "source", "source_list", "action", "meaning", "domain_list")
    yield _rules(DOMAIN_RULES, header, model, _domain_rows)
    for segment in model.segments:
        for level in segment.flat:
            for intent in _FLAT_INTENTS:
                if hosts := level.hosts.get(intent):
                    yield lines(segment.domains_file(level, intent), hosts)


def _domain_rows(segment: SegmentLists) -> Iterator[Row]:
    for level in segment.flat:
        for intent in _FLAT_INTENTS:
            if intent in level.hosts:
                action = "block" if level.blocked else "allow"
                yield (action, intent.value, segment.domains_file(level, intent))


def _rules(
    path: str, header: Row, model: Lists, rows: Callable[[SegmentLists], Iterator[Row]]
) -> Artifact:
    """The order in which a first-match device is to try the lists, and for which addresses."""
    found = (
        (*_source(model, segment), *row) for segment in model.segments for row in rows(segment)
    )
    return _table(path, header, found)


def _source(model: Lists, segment: SegmentLists) -> tuple[str, str]:
    if segment.networks:
        return "in", networks_file(segment)
    return ("not-in", EXCEPT) if model.exempt else ("any", "")


# --- one policy for every segment -----------------------------------------------------------------


def _sonicwall(model: Lists) -> Iterator[Artifact]:
    header = ("order", "source_list", "searching_order", "allowed_uri_lists", "forbidden_uri_lists")
    yield _table(SONICWALL_POLICIES, header, _policies(model, _uri_lists))
    for segment in model.segments:
        for path, names in (*segment.allowed, *segment.forbidden):
            yield lines(path, names)


def _uri_lists(segment: SegmentLists) -> Row:
    allowed, forbidden = (
        " ".join(path for path, _ in parts) for parts in (segment.allowed, segment.forbidden)
    )
    return ("allowed first", allowed, forbidden) if forbidden else ("", "", "")


def _watchguard(model: Lists) -> Iterator[Artifact]:
    header = ("order", "source_list", "exceptions")
    yield _table(WATCHGUARD_POLICIES, header, _policies(model, _exceptions))
    for segment in model.segments:
        if segment.native:
            yield lines(segment.exceptions_file, exception_lines(segment.native))


def _exceptions(segment: SegmentLists) -> Row:
    return (segment.exceptions_file if segment.native else "",)


def _policies(model: Lists, row: Callable[[SegmentLists], Row]) -> Iterator[Row]:
    """Gateways first and everybody else last: the first policy for an address is the only one."""
    if model.gateways:
        nothing = SegmentLists("", (), (), (), Contained())
        yield (GATEWAYS, *row(nothing))
    for segment in model.segments:
        yield (networks_file(segment) if segment.networks else "", *row(segment))


def _table(path: str, header: Row, rows: Iterator[Row]) -> Artifact:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for order, row in enumerate(rows, start=1):
        writer.writerow((order, *row))
    return Artifact(path, text.getvalue().encode())
