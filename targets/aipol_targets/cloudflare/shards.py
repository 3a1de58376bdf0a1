"""Splits hosts into lists that a plan can hold, so that a change of one host touches one list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from aipol.domains import reversed_labels
from aipol_targets.cloudflare.model import HostList

_BITS = 256


def sharded(name: str, hosts: Iterable[str], capacity: int) -> tuple[HostList, ...]:
    """The hosts in lists of at most `capacity`, named by the bits that their digests begin with.

    A list that is full splits in two, and no other list changes: where a host is depends on its
    own digest and on how many hosts begin alike, not on their order or on hosts elsewhere.
    """
    digests = {_bits(host): host for host in hosts}
    return tuple(_split(name, "", digests, capacity)) if digests else ()


def _split(name: str, prefix: str, digests: dict[str, str], capacity: int) -> Iterator[HostList]:
    if len(digests) <= capacity:
        hosts = tuple(sorted(digests.values(), key=reversed_labels))
        if hosts:
            yield HostList(f"{name}_{prefix}" if prefix else name, hosts)
        return
    for bit in "01":
        begun = prefix + bit
        inside = {bits: host for bits, host in digests.items() if bits.startswith(begun)}
        yield from _split(name, begun, inside, capacity)


def _bits(host: str) -> str:
    number = int.from_bytes(hashlib.sha256(host.encode()).digest())
    return f"{number:0{_BITS}b}"
