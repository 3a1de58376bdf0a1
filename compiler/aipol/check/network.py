"""Check that segments with one way out have one, and only one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from aipol.check.known import hint_or_list
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.language.assemble import Assembled
from aipol.language.model import Gateway, Segment
from aipol.language.words import clip
from aipol.source import Span


def check_only_via(assembled: Assembled) -> Iterator[Diagnostic]:
    """Gateways of segments that are not there, or through which nobody of the segment could go."""
    if assembled.network is None:
        return
    network = assembled.network.value
    ends: list[_End] = []
    for position, segment in enumerate(network.segments):
        if segment.only_via is None or segment.networks is None:
            continue
        span = assembled.network.span("segments", position, "only_via")
        gateway = network.gateways.get(segment.only_via)
        if gateway is None:
            hint = hint_or_list(segment.only_via, network.gateways, _DEFINE)
            yield codes.UNKNOWN_GATEWAY.at(span, gateway=clip(segment.only_via), hint=hint)
            continue
        why = _shut(segment, gateway)
        if why:
            hint = f"write its addresses there: {segment.only_via}: {{networks: [10.99.0.8/32]}}"
            yield codes.BAD_VALUE.at(span, what="`only_via`", why=why, hint=hint)
        ends += (_End.of(text, segment, segment.only_via, span) for text in segment.networks)
    yield from _torn(ends)


_DEFINE = "define it under `network.gateways`"


def check_segments(assembled: Assembled) -> Iterator[Diagnostic]:
    """Segments that are nowhere or shut in. With an inventory, that is a question to each site."""
    network = assembled.network
    if network is None or assembled.inventory is not None:
        return
    yield from check_only_via(assembled)
    for position, segment in enumerate(network.value.segments):
        if segment.networks is None:
            span = network.key_span("segments", position)
            hint = "or bind it at the sites of `network.inventory`"
            where = f"segment `{segment.id}`"
            yield codes.MISSING_KEY.at(span, where=where, key="networks", hint=hint)


def _shut(segment: Segment, gateway: Gateway) -> str:
    """Why nobody of a segment would get through a gateway, if so."""
    name = f"gateway `{segment.only_via}`"
    if not gateway.networks:
        return f"names {name}, which has no `networks`: the segment could reach nothing"
    own = segment.networks or ()
    if not {":" in text for text in own} & {":" in text for text in gateway.networks}:
        return f"names {name}, which has no address of the segment's version of IP"
    return ""


@dataclass(frozen=True, slots=True)
class _End:
    """One network of a segment, with where its people have to go."""

    version: int
    first: int
    last: int
    segment: str
    gateway: str
    span: Span

    @classmethod
    def of(cls, network: str, segment: Segment, gateway: str, span: Span) -> _End:
        block = ipaddress.ip_network(network)
        ends = (int(block[0]), int(block[-1]))
        return cls(block.version, *ends, segment.id, gateway, span)


def _torn(ends: list[_End]) -> Iterator[Diagnostic]:
    """Addresses that would have to go through two gateways. Networks are nested or apart."""
    around: list[_End] = []
    told: set[tuple[str, str]] = set()
    for end in sorted(ends, key=lambda each: (each.version, each.first, -each.last, each.segment)):
        while around and (around[-1].version, around[-1].last) < (end.version, end.first):
            around.pop()
        for other in around:
            pair = (other.segment, end.segment)
            if other.gateway != end.gateway and pair not in told:
                told.add(pair)
                yield codes.BAD_VALUE.at(
                    end.span,
                    what="`only_via`",
                    why=f"sends addresses of segment `{other.segment}` to another gateway",
                    hint="give both segments one gateway, or networks that do not overlap",
                    related=(Related(other.span, f"segment `{other.segment}`"),),
                )
        around.append(end)
