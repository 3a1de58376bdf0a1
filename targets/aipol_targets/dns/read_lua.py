"""Turns the Lua that Knot Resolver and PowerDNS load into which policy zone is for whom.

The program around the data is fixed: a reader that cannot run Lua knows it by its digest, and what
it does was measured with the real servers. Only the calls that hand it data are read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Files
from aipol_targets.dns.read_bindings import Bindings, places_of

_WORD = r"'([^'\\]*)'"
_ZONE = re.compile(rf"zone\({_WORD}(?:, {_WORD})?\)")
_NETWORK = re.compile(rf"network\({_WORD}, {_WORD}\)")
_RPZ = re.compile(rf"rpzFile\({_WORD}, \{{policyName={_WORD}\}}\)")
_HEAD = re.compile(r"-- aipol: [A-Za-z0-9 ,.?_-]+")
_DEFAULT = "default.aipol.invalid"
_KNOT = "0e7a3cff53112c54"
_POWERDNS = "b02fb95a771c85a5"


@dataclass
class _Data:
    """What the calls hand to the program: zones with their files, and networks with zones."""

    zones: dict[str, str] = field(default_factory=dict[str, str])
    networks: dict[str, str] = field(default_factory=dict[str, str])


def read_knot(files: Files, path: str) -> Bindings:
    """Which policy zone Knot Resolver uses for whom. Raises UnreadableArtifact."""
    data = _data(files.lines(path, named_in=path), _KNOT, path)
    return _bindings(data, data.zones, path)


def read_powerdns(files: Files, config: str, script: str) -> Bindings:
    """Which policy zone PowerDNS uses for whom. Raises UnreadableArtifact."""
    data = _data(files.lines(script, named_in=config), _POWERDNS, script)
    written: dict[str, str] = {}
    for line in _after_head(files.lines(config, named_in=config), config):
        found = _RPZ.fullmatch(line)
        if found and found.group(2) not in written:
            written[found.group(2)] = found.group(1)
        else:
            raise UnreadableArtifact(config, f"unknown or repeated: {line!r}")
    # A zone that the script does not know of would be in force for everybody.
    if list(data.zones) != list(written):
        raise UnreadableArtifact(script, f"knows other zones than {config} loads")
    return _bindings(data, written, script)


def _data(lines: Sequence[str], digest: str, path: str) -> _Data:
    """What the calls after the program say; the program must be the known one."""
    data = _Data()
    program: list[str] = []
    for line in _after_head(lines, path):
        zone, network = _ZONE.fullmatch(line), _NETWORK.fullmatch(line)
        if zone and zone.group(1) not in data.zones:
            data.zones[zone.group(1)] = zone.group(2) or ""
        elif network and network.group(1) not in data.networks:
            data.networks[network.group(1)] = network.group(2)
        elif data.zones:
            raise UnreadableArtifact(path, f"unknown or repeated among its data: {line!r}")
        else:
            program.append(line)
    if hashlib.sha256("\n".join(program).encode()).hexdigest()[:16] != digest:
        raise UnreadableArtifact(path, "is not the known program")
    return data


def _after_head(lines: Sequence[str], path: str) -> Sequence[str]:
    """The lines after the first, a comment for people; every other comment is of the program.

    `--[[` would begin a comment of several lines, in which the program could vanish.
    """
    if not _HEAD.fullmatch(lines[0]):
        raise UnreadableArtifact(path, "does not begin as ours")
    return lines[1:]


def _bindings(data: _Data, written: Mapping[str, str], path: str) -> Bindings:
    """The first network that holds an address counts; none is in two, so the order does not."""
    networks = {network: zone or None for network, zone in data.networks.items()}
    for zone in set(data.networks.values()) - {""}:
        if zone not in written:
            raise UnreadableArtifact(path, f"binds the unknown zone {zone!r}")
    otherwise = _DEFAULT if _DEFAULT in written else None
    return Bindings(networks, otherwise, places_of(written, path)).disjoint(path)
