"""Finds what a firewall that loads the lists cannot hold, and how much of it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol.source import Span
from aipol.target import Limit, Room
from aipol_targets.common.network.edl import URL_ENTRY
from aipol_targets.common.network.hostlists import url_lines
from aipol_targets.lists.facts import TOKEN_LENGTH, URI_LISTS, URI_TOKENS
from aipol_targets.lists.model import Lists, SegmentLists
from aipol_targets.lists.settings import ListsSettings


def uri_faults(ir: Ir, target: str, model: Lists) -> Iterator[Diagnostic]:
    """Names with too many or too long labels, and more lists than a device has.

    A host name is never as long as a URI may be, and what is too much for one list is two.
    """
    listed = {
        name
        for segment in model.segments
        for name in (*segment.contained.forbidden, *segment.contained.allowed)
    }
    owners = _owners(ir, listed)
    for name in sorted(listed):
        labels = name.split(".")
        longest = max(len(label) + _dots(place, len(labels)) for place, label in enumerate(labels))
        for what, limit, count in (
            (f"tokens of `{name}`:", URI_TOKENS, len(labels)),
            (f"characters of a token of `{name}`:", TOKEN_LENGTH, longest),
        ):
            yield from _over(owners.get(name, ir.unlisted_span), target, what, limit, count)
    count = sum(len(segment.forbidden) + len(segment.allowed) for segment in model.segments)
    yield from _over(ir.unlisted_span, target, "SonicWall URI lists", URI_LISTS, count)


def rooms(model: Lists, settings: ListsSettings) -> tuple[Room, ...]:
    """What the URL lists take up of a firewall, with the lists of source addresses."""
    if "edl" not in model.outputs:
        return ()
    made = [each for each in model.segments if each.native]
    sources = [each.networks or model.exempt for each in made]
    entries = sum(map(_count, made))
    count = sum(len(each.native) for each in made) + sum(map(bool, sources))
    room = partial(_room, settings)
    return (
        room("list entries", entries, "edl_capacity"),
        room("external lists", count, "edl_lists"),
        room("entries of address lists", sum(map(len, sources)), "edl_addresses"),
    )


def _room(settings: ListsSettings, what: str, used: int, name: str) -> Room:
    limit: int = getattr(settings, name)
    return Room(what, used, limit, name, assumed=name not in settings.model_fields_set)


def url_faults(ir: Ir, target: str, model: Lists) -> Iterator[Diagnostic]:
    """Entries that are longer than a firewall takes."""
    for segment in model.segments if "edl" in model.outputs else ():
        for line in _url_lines(segment, longer=URL_ENTRY.value):
            what = f"characters of the URL entry `{line[:40]}...`"
            yield from _over(ir.unlisted_span, target, what, URL_ENTRY, len(line))


def _url_lines(segment: SegmentLists, *, longer: int) -> Iterator[str]:
    """The entries that can be longer than that, and perhaps some others."""
    for level in segment.native:
        if max(map(len, chain(*level.hosts.values()))) + _MARKS <= longer:
            continue
        for entry in level.entries:
            yield from url_lines(entry.host, entry.intent)


_MARKS = len("*./")
"""What an entry has besides the host, at most."""


def _count(segment: SegmentLists) -> int:
    return sum(
        len(url_lines("", intent)) * len(hosts)
        for level in segment.native
        for intent, hosts in level.hosts.items()
    )


def _dots(place: int, count: int) -> int:
    """The dots on either side of a label; they count as its own."""
    return (place > 0) + (place < count - 1)


def _over(where: Span, target: str, what: str, limit: Limit, count: int) -> Iterator[Diagnostic]:
    if count > limit.value:
        yield LIMIT_EXCEEDED.at(where, target=target, what=what, count=count, limit=limit.value)


def _owners(ir: Ir, names: set[str]) -> dict[str, Span]:
    """Where the apps that claim the names are declared, as far as the policy declares them."""
    return {
        claim.host: app.declared
        for app in ir.apps.values()
        if app.declared
        for claim in app.claims
        if claim.host in names
    }
