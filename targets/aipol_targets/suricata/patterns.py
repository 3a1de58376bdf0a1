"""Turns what each segment blocks into rules, each once and for everybody it is for.

No rule lets anything through: one with the action `pass` would win over every other, also over a
block inside it, and over rules that are not ours (measured with 7.0.10). What is let through inside
a block is taken out of it instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from aipol.domains import HostEntry, reversed_labels
from aipol_targets.common.network.hostlists import flattened
from aipol_targets.common.network.levels import contains
from aipol_targets.suricata.model import (
    GATEWAYS,
    PROTOCOLS,
    Names,
    Pattern,
    Rule,
    Source,
    group_name,
)
from aipol_targets.suricata.settings import SIDS, SuricataSettings


def patterns_of(entries: Sequence[HostEntry]) -> tuple[Pattern, ...]:
    """Minimal entries, parents first, as blocks with the exceptions right inside each."""
    around: list[HostEntry] = []
    spared: dict[HostEntry, list[Names]] = {}
    for entry in flattened(entries):
        while around and not contains(around[-1], entry):
            around.pop()
        if entry.blocked:
            spared[entry] = []
        elif around:
            spared[around[-1]].append(Names(entry.host, entry.intent))
        around.append(entry)
    return tuple(
        Pattern(Names(entry.host, entry.intent), tuple(besides))
        for entry, besides in spared.items()
    )


def rules_of(
    blocked: Mapping[str, Sequence[Pattern]],
    default: str,
    settings: SuricataSettings,
    *,
    gateways: bool,
) -> tuple[Rule, ...]:
    """Every pattern once for each protocol; `blocked` is by segment, all of them in it."""
    for_whom: dict[Pattern, list[str]] = {}
    for segment, patterns in blocked.items():
        for pattern in patterns:
            for_whom.setdefault(pattern, []).append(segment)
    found = [
        (protocol, pattern, _source(for_whom[pattern], tuple(blocked), default, gateways=gateways))
        for pattern in sorted(for_whom, key=_order)
        for protocol in PROTOCOLS
    ]
    taken: set[int] = set()
    return tuple(
        Rule(settings.action, protocol, source, pattern, _sid(settings, protocol, pattern, taken))
        for protocol, pattern, source in found
    )


def _source(
    for_whom: Sequence[str], segments: Sequence[str], default: str, *, gateways: bool
) -> Source:
    if default not in for_whom:
        return Source(tuple(map(group_name, for_whom)), others=False)
    # The default segment is whatever is left, so the rule says for whom it is not.
    rest = tuple(group_name(each) for each in segments if each not in for_whom)
    return Source((*rest, *((GATEWAYS,) if gateways else ())), others=True)


def _sid(settings: SuricataSettings, protocol: str, pattern: Pattern, taken: set[int]) -> int:
    """An id that depends on the pattern, so that other patterns come and go without changing it."""
    said = (protocol, *_said(pattern.names), *(part for b in pattern.besides for part in _said(b)))
    place = int.from_bytes(hashlib.sha256("\0".join(said).encode()).digest()[:8]) % SIDS
    while place in taken:
        place = (place + 1) % SIDS
    taken.add(place)
    return settings.first_sid + place


def _said(names: Names) -> tuple[str, str]:
    return (names.host, names.intent.value)


def _order(pattern: Pattern) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]:
    names = pattern.names
    return (reversed_labels(names.host), names.intent.value, tuple(map(_said, pattern.besides)))
