"""Turns what each segment is told into one list of rules, each with the addresses it is for."""

from __future__ import annotations

from collections.abc import Sequence

from aipol.domains import reversed_labels
from aipol.segments import fewest_networks
from aipol_targets.dns.model import ClientRule, Denied, SegmentNames
from aipol_targets.dns.names import denied


def client_rules(
    segments: Sequence[SegmentNames], gateways: Sequence[str]
) -> tuple[ClientRule, ...]:
    """Every pattern once. A gateway's addresses are in no segment, and no rule is for them."""
    told: dict[Denied, list[SegmentNames]] = {}
    for segment in segments:
        for pattern in denied(segment.ruled):
            told.setdefault(pattern, []).append(segment)
    return tuple(
        _rule(pattern, told[pattern], segments, gateways) for pattern in sorted(told, key=_order)
    )


def _rule(
    pattern: Denied,
    for_whom: Sequence[SegmentNames],
    segments: Sequence[SegmentNames],
    gateways: Sequence[str],
) -> ClientRule:
    if all(segment.networks for segment in for_whom):
        return ClientRule(pattern, _networks(for_whom), ())
    # The default segment is whatever is left, so the rule says for whom it is not.
    others = [segment for segment in segments if segment not in for_whom]
    return ClientRule(pattern, (), fewest_networks((*_networks(others), *gateways)))


def _networks(segments: Sequence[SegmentNames]) -> tuple[str, ...]:
    return fewest_networks(network for segment in segments for network in segment.networks)


def _order(pattern: Denied) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    return (reversed_labels(pattern.host), pattern.intent.value, pattern.besides)
