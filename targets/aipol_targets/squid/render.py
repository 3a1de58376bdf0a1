"""Turns the lists of every segment into squid's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipol.addresses import Address
from aipol.domains import HostEntry, Intent
from aipol.target import Artifact
from aipol_targets.common.network.sources import lines, source_files
from aipol_targets.squid.configuration import address_lists, configuration, host_lists
from aipol_targets.squid.escape import regex_text
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
            yield lines(found.file, _domains(found.level.entries))
        for part in address_lists(segment):
            written = map(_pattern, part.level.addresses) if part.level else map(_dots, part.hosts)
            yield lines(part.file, written)


def _domains(entries: Iterable[HostEntry]) -> list[str]:
    """A leading dot means the subtree, and `*.` nothing at all."""
    return [f".{host}" if intent is Intent.SUBTREE else host for host, intent, *_ in entries]


_END = r"(/|\?|$)"


def _pattern(address: Address) -> str:
    """A regular expression for what is at or below an address, once squid has decoded it."""
    path = "".join(f"/+{regex_text(segment)}" for segment in address.segments)
    return f"{_site(address.host)}{path}{_END}"


def _dots(host: str) -> str:
    """A regular expression for what on a host has a segment of one dot or two.

    In its query, too: an encoded `?` in a path looks like one once it is decoded.
    """
    return rf"{_site(host)}/(.*/)?\.\.?{_END}"


def _site(host: str) -> str:
    return f"^https?://{regex_text(host)}(:[0-9]+)?"
