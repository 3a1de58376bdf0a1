"""Turns the lists of every segment into files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from aipol.domains import HostEntry, Intent
from aipol.target import Artifact
from aipol_targets.common.network.hostlists import url_lines
from aipol_targets.egress.model import (
    DOMAIN_RULES,
    EDL_RULES,
    EXCEPT,
    SQUID_CONF,
    Egress,
    SegmentLists,
)
from aipol_targets.egress.squid import configuration, host_lists, url_file

_FLAT_INTENTS = (Intent.EXACT, Intent.SUBTREE)

Row = tuple[str, ...]


def render(model: Egress) -> tuple[Artifact, ...]:
    """The files of every output the settings ask for, by path."""
    writers = {"domains": _domains, "edl": _edl, "squid": _squid}
    files = [*_networks(model)]
    for output in model.outputs:
        files += writers[output](model)
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _file(path: str, text: str) -> Artifact:
    return Artifact(path, text.encode())


def _lines(path: str, lines: Iterable[str]) -> Artifact:
    return _file(path, "".join(f"{line}\n" for line in lines))


def _networks(model: Egress) -> Iterator[Artifact]:
    """Source addresses, as lists of type IP for a firewall and as files for squid."""
    for segment in model.segments:
        # A table has no rows for a segment without entries; squid.conf names every segment.
        if segment.native or "squid" in model.outputs:
            if segment.networks:
                yield _lines(segment.networks_file, segment.networks)
            elif model.exempt:
                yield _lines(EXCEPT, model.exempt)


# --- lists for devices with ordered rules ---------------------------------------------------------


def _edl(model: Egress) -> Iterator[Artifact]:
    header = ("order", "source", "source_list", "action", "url_list")
    yield _rules(EDL_RULES, header, model, _edl_rows)
    for segment in model.segments:
        for level in segment.native:
            lines = (
                line for entry in level.entries for line in url_lines(entry.host, entry.intent)
            )
            yield _lines(segment.edl_file(level), lines)


def _edl_rows(segment: SegmentLists) -> Iterator[Row]:
    for level in segment.native:
        yield ("block" if level.blocked else "allow", segment.edl_file(level))


def _domains(model: Egress) -> Iterator[Artifact]:
    header = ("order", "source", "source_list", "action", "meaning", "domain_list")
    yield _rules(DOMAIN_RULES, header, model, _domain_rows)
    for segment in model.segments:
        for level in segment.flat:
            for intent in _FLAT_INTENTS:
                if entries := level.with_intent(intent):
                    yield _lines(segment.domains_file(level, intent), (e.host for e in entries))


def _domain_rows(segment: SegmentLists) -> Iterator[Row]:
    for level in segment.flat:
        for intent in _FLAT_INTENTS:
            if level.with_intent(intent):
                action = "block" if level.blocked else "allow"
                yield (action, intent.value, segment.domains_file(level, intent))


def _rules(
    path: str, header: Row, model: Egress, rows: Callable[[SegmentLists], Iterator[Row]]
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
    return _file(path, text.getvalue())


def _source(model: Egress, segment: SegmentLists) -> tuple[str, str]:
    if segment.networks:
        return "in", segment.networks_file
    return ("not-in", EXCEPT) if model.exempt else ("any", "")


# --- squid ----------------------------------------------------------------------------------------


def _squid(model: Egress) -> Iterator[Artifact]:
    yield _file(SQUID_CONF, configuration(model))
    for segment in model.segments:
        for found in host_lists(segment):
            yield _lines(found.file, map(_squid_line, found.level.entries))
        for header in segment.headers:
            if header.urls:
                yield _lines(url_file(segment, header), map(_url_pattern, header.urls))


def _squid_line(entry: HostEntry) -> str:
    """A leading dot means the subtree, and `*.` nothing at all."""
    return f".{entry.host}" if entry.intent is Intent.SUBTREE else entry.host


def _url_pattern(url: str) -> str:
    """A regular expression for what is at or below an address."""
    host, slash, path = (part.replace(".", r"\.") for part in url.partition("/"))
    return f"^https://{host}(:[0-9]+)?{slash}{path}"
