"""Turns the lists of every segment into a configuration and the files that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.target import Artifact
from aipol_targets.common.network.escape import comment, template
from aipol_targets.haproxy import templates
from aipol_targets.haproxy.escape import word
from aipol_targets.haproxy.model import CONF, EXCEPT, HaProxy, SegmentLists


@dataclass(frozen=True, slots=True)
class _Frontend:
    name: str
    bind: str
    mode: str
    backend: str
    named: bool


@dataclass(frozen=True, slots=True)
class _List:
    acl: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class _Segment:
    id: str
    acl: str
    networks: str
    lists: tuple[_List, ...]
    refused: tuple[tuple[str, ...], ...]


def render(model: HaProxy) -> tuple[Artifact, ...]:
    """The configuration and its lists, by path."""
    files = [Artifact(CONF, _configuration(model).encode()), *_lists(model)]
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _lists(model: HaProxy) -> Iterator[Artifact]:
    if model.exempt:
        yield _lines(EXCEPT, model.exempt)
    for segment in model.segments:
        if segment.networks:
            yield _lines(segment.networks_file, segment.networks)
        for level in segment.levels:
            for found in segment.lists(level):
                yield _lines(found.path, found.lines)


def _lines(path: str, lines: Iterable[str]) -> Artifact:
    return Artifact(path, "".join(f"{line}\n" for line in lines).encode())


def _configuration(model: HaProxy) -> str:
    said, where = model.settings, model.settings.directory
    named = said.nameless == "reject"
    return _TEMPLATE.render(
        identifier=comment(model.identifier),
        exempt=f"{where}/{EXCEPT}" if model.exempt else "",
        frontends=(
            _Frontend("aipol-tls", said.tls_bind, "tcp", said.tls_backend, named),
            _Frontend("aipol-http", said.http_bind, "http", said.http_backend, named),
        ),
        segments=tuple(_segment(model, segment) for segment in model.segments),
    )


def _segment(model: HaProxy, segment: SegmentLists) -> _Segment:
    acl, where = f"from-{segment.id}", model.settings.directory
    around = ("!exempt",) if model.exempt else ()
    source = (acl,) if segment.networks else around
    return _Segment(
        segment.id,
        acl,
        f"{where}/{segment.networks_file}" if segment.networks else "",
        tuple(
            _List(_host_acl(segment, level.depth), found.method, f"{where}/{found.path}")
            for level in segment.levels
            for found in segment.lists(level)
        ),
        tuple(_refused(segment, source)),
    )


def _refused(segment: SegmentLists, source: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What is blocked without what is let through inside it.

    Each level is inside the one around it, so that the next one is all there is to take out.
    """
    depths = {level.depth for level in segment.levels}
    for level in segment.levels:
        if level.blocked:
            inner = level.depth + 1
            spared = (f"!{_host_acl(segment, inner)}",) if inner in depths else ()
            yield (*source, _host_acl(segment, level.depth), *spared)


def _host_acl(segment: SegmentLists, depth: int) -> str:
    return f"host-{segment.id}-{depth}"


_TEMPLATE = template(templates.CONFIGURATION, word)
