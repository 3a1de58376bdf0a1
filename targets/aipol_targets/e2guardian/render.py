"""Turns filter groups into e2guardian's files."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.domains import Intent
from aipol.target import Artifact
from aipol_targets.common.network.escape import comment, template
from aipol_targets.common.network.sources import lines
from aipol_targets.e2guardian import templates
from aipol_targets.e2guardian.escape import plain
from aipol_targets.e2guardian.model import (
    GROUPS,
    INTENTS,
    MAIN,
    PLUGIN,
    E2guardian,
    SegmentGroup,
)


@dataclass(frozen=True, slots=True)
class _SiteList:
    name: str
    file: str
    exact: bool
    blocked: bool
    sites: tuple[str, ...]


def render(model: E2guardian) -> tuple[Artifact, ...]:
    """Every file, by path."""
    return tuple(sorted(_files(model), key=lambda artifact: artifact.path))


def _files(model: E2guardian) -> Iterator[Artifact]:
    directory = model.directory
    count = len(model.groups) + bool(model.exempt)
    about = {"identifier": comment(model.identifier), "directory": directory}
    yield _text(MAIN, _MAIN.render(**about, count=count, plugin=PLUGIN))
    yield _text(PLUGIN, _PLUGIN.render(directory=directory, groups=GROUPS))
    yield lines(GROUPS, _addresses(model))
    for number, group in enumerate(model.groups, start=1):
        lists = tuple(_site_lists(group))
        story = f"{directory}/{group.story}"
        text = _GROUP.render(
            base=model.base, name=group.id, story=story, directory=directory, lists=lists
        )
        yield _text(_conf(number), text)
        yield _text(group.story, _STORY.render(story=model.story, lists=lists))
        for each in lists:
            yield lines(each.file, each.sites)
    if model.exempt:
        yield _text(_conf(count), _EXEMPT.render(base=model.base, story=model.story))


def _text(path: str, text: str) -> Artifact:
    return Artifact(path, text.encode())


def _conf(number: int) -> str:
    """Where e2guardian looks for a group's settings: beside its own."""
    return f"e2guardianf{number}.conf"


def _site_lists(group: SegmentGroup) -> Iterator[_SiteList]:
    for level in group.levels:
        for intent in INTENTS:
            if hosts := level.hosts.get(intent):
                yield _SiteList(
                    name=f"aipol-{level.depth}-{intent.value}",
                    file=group.list_file(level, intent),
                    exact=intent is Intent.EXACT,
                    blocked=level.blocked,
                    sites=tuple(map(_site, hosts)),
                )


def _site(host: str) -> str:
    """A name of one label is looked up with a dot before it."""
    return host if "." in host else f".{host}"


def _addresses(model: E2guardian) -> Iterator[str]:
    yield "# Which filter group an address is in; all others are in the first."
    for number, group in enumerate(model.groups, start=1):
        yield from _in_group(group.networks, number)
    yield from _in_group(model.exempt, len(model.groups) + 1)


def _in_group(networks: Iterable[str], number: int) -> Iterator[str]:
    for network in networks:
        yield f"{ipaddress.IPv4Network(network).with_netmask} = filter{number}"


_MAIN = template(templates.MAIN, plain)
_PLUGIN = template(templates.PLUGIN, plain)
_GROUP = template(templates.GROUP, plain)
_EXEMPT = template(templates.EXEMPT, plain)
_STORY = template(templates.STORY, plain)
