"""Turns the lists of every segment into squid's files."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.domains import HostEntry, Intent
from aipol.target import Artifact
from aipol_targets.common.network.sources import lines, source_files
from aipol_targets.squid.configuration import configuration, host_lists, url_file
from aipol_targets.squid.model import CONF, Squid


def render(model: Squid) -> tuple[Artifact, ...]:
    """The configuration and all that it names, by path."""
    files = [
        Artifact(CONF, configuration(model).encode()),
        *source_files(model.segments, model.exempt),
        *_lists(model),
    ]
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _lists(model: Squid) -> Iterator[Artifact]:
    for segment in model.segments:
        for found in host_lists(segment):
            yield lines(found.file, map(_domain, found.level.entries))
        for header in segment.headers:
            if header.urls:
                yield lines(url_file(segment, header), map(_url_pattern, header.urls))


def _domain(entry: HostEntry) -> str:
    """A leading dot means the subtree, and `*.` nothing at all."""
    return f".{entry.host}" if entry.intent is Intent.SUBTREE else entry.host


def _url_pattern(url: str) -> str:
    """A regular expression for what is at or below an address."""
    host, slash, path = (part.replace(".", r"\.") for part in url.partition("/"))
    return f"^https://{host}(:[0-9]+)?{slash}{path}"
