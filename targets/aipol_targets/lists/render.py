"""Turns the lists of every segment into files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from aipol.domains import Intent
from aipol.target import Artifact
from aipol_targets.common.network.hostlists import url_lines
from aipol_targets.common.network.sources import EXCEPT, lines, networks_file, source_files
from aipol_targets.lists.model import DOMAIN_RULES, EDL_RULES, Lists, SegmentLists

_FLAT_INTENTS = (Intent.EXACT, Intent.SUBTREE)

Row = tuple[str, ...]


def render(model: Lists) -> tuple[Artifact, ...]:
    """The files of every output the settings ask for, by path."""
    writers = {"domains": _domains, "edl": _edl}
    # A table has no rows for a segment without entries, so nothing would refer to its addresses.
    files = [*source_files((each for each in model.segments if each.native), model.exempt)]
    for output in model.outputs:
        files += writers[output](model)
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _edl(model: Lists) -> Iterator[Artifact]:
    header = ("order", "source", "source_list", "action", "url_list")
    yield _rules(EDL_RULES, header, model, _edl_rows)
    for segment in model.segments:
        for level in segment.native:
            urls = (url for entry in level.entries for url in url_lines(entry.host, entry.intent))
            yield lines(segment.edl_file(level), urls)


def _edl_rows(segment: SegmentLists) -> Iterator[Row]:
    for level in segment.native:
        yield ("block" if level.blocked else "allow", segment.edl_file(level))


def _domains(model: Lists) -> Iterator[Artifact]:
    header = ("order", "source", "source_list", "action", "meaning", "domain_list")
    yield _rules(DOMAIN_RULES, header, model, _domain_rows)
    for segment in model.segments:
        for level in segment.flat:
            for intent in _FLAT_INTENTS:
                if entries := level.with_intent(intent):
                    yield lines(segment.domains_file(level, intent), (e.host for e in entries))


def _domain_rows(segment: SegmentLists) -> Iterator[Row]:
    for level in segment.flat:
        for intent in _FLAT_INTENTS:
            if level.with_intent(intent):
                action = "block" if level.blocked else "allow"
                yield (action, intent.value, segment.domains_file(level, intent))


def _rules(
    path: str, header: Row, model: Lists, rows: Callable[[SegmentLists], Iterator[Row]]
) -> Artifact:
    """The order in which a first-match device is to try the lists, and for which addresses."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    found = (
        (*_source(model, segment), *row) for segment in model.segments for row in rows(segment)
    )
    for order, row in enumerate(found, start=1):
        writer.writerow((order, *row))
    return Artifact(path, text.getvalue().encode())


def _source(model: Lists, segment: SegmentLists) -> tuple[str, str]:
    if segment.networks:
        return "in", networks_file(segment)
    return ("not-in", EXCEPT) if model.exempt else ("any", "")
