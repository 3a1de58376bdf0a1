"""The questions that each ruling answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from aipol.addresses import SCHEME, Address
from aipol.claims import Alike, Claim, alike
from aipol.domains import Intent
from aipol.hosts import probe_of
from aipol.identifiers import marks
from aipol.ir import Ir, Ruling
from aipol.target import Decider, Kind
from aipol.verify.reference import DEEP
from aipol.vocabulary import Effect, Situation

# A macOS program is not found on Windows, nor the other way round.
_ELSEWHERE = {"macos": "managed-windows", "windows": "managed-macos"}


@dataclass(frozen=True, slots=True)
class Probe:
    """One question about a ruling; `named` is the identifier as a deviation names it."""

    kind: Kind
    value: str
    named: str
    form: str
    expected: Effect
    below: tuple[str, ...] = ()
    """Hosts below a named one that it stands for too."""

    def clients(self, decider: Decider, situation: Situation) -> tuple[str, ...]:
        """The enforcement paths to ask: all for a host, else the one that knows the identifier."""
        known = decider.clients(self.kind)
        if self.kind in {Kind.HOST, Kind.URL}:
            return known
        elsewhere = _ELSEWHERE.get(self.form.partition(":")[0]) == situation.device
        return (self.form,) if self.form in known and not elsewhere else ()


def probes_of(ir: Ir, ruling: Ruling) -> tuple[Probe, ...]:
    """Every identifier of the ruling's app on its surface, with the effect it must have."""
    return (*host_probes(ir, ruling).all(), *marks_of(ir, ruling))


def marks_of(ir: Ir, ruling: Ruling) -> tuple[Probe, ...]:
    """Every other identifier than hosts, with the effect it must have."""
    return tuple(
        Probe(
            mark.kind,
            mark.question,
            mark.question,
            mark.value if mark.kind is Kind.FEATURE else mark.form,
            ruling.effect,
        )
        for mark in marks(ir.apps[ruling.app].app, ruling.surface)
    )


@dataclass(frozen=True, slots=True, eq=False)
class HostProbes:
    """All hosts by which an app is known on a surface, to be asked about at once."""

    claims: tuple[Claim, ...]
    expected: Effect
    hosts: frozenset[str]

    def wrong(self, blocked: AbstractSet[str]) -> AbstractSet[str]:
        """The hosts that a path which blocks just `blocked` of them does not answer as expected."""
        match self.expected:
            case Effect.BLOCK if len(blocked) == len(self.hosts):
                return frozenset()
            case Effect.BLOCK:
                return self.hosts - blocked
            case Effect.ALLOW:
                return self.hosts & blocked
            case _:
                return self.hosts

    def all(self) -> Iterator[Probe]:
        """Every host's own probe."""
        for claim in self.claims:
            if claim.address:
                continue
            below = (f"{DEEP}.{claim.host}",) if claim.intent is Intent.SUBTREE else ()
            for host in (probe_of(claim), *below):
                yield Probe(Kind.HOST, host, claim.host, "", self.expected, below)

    def about(self, hosts: AbstractSet[str]) -> tuple[Probe, ...]:
        """The probes about some of the hosts."""
        return tuple(probe for probe in self.all() if probe.value in hosts) if hosts else ()


def address_probes(ir: Ir, ruling: Ruling, decider: Decider) -> Iterator[Probe]:
    """Every address by which the ruling's app is known on its surface, in all its spellings.

    Where a reader sees no paths, the host is all that a connection to an address shows.
    """
    for claim, address in _asked(ir, ir.apps[ruling.app].behind[ruling.surface]).addressed:
        seen = decider.clients(Kind.URL)
        blocked = ruling.direct is Effect.BLOCK
        for value in _spellings(address, blocked=blocked) if seen else (claim.host,):
            kind = Kind.URL if seen else Kind.HOST
            yield Probe(kind, value, claim.named, "", ruling.direct)


def _spellings(address: Address, *, blocked: bool) -> Iterator[str]:
    """Ways to ask for an address, and for what is below it, that mean the same (RFC 3986, 6.2.2).

    Two slashes in a row are one to most servers. What has to lead up again to get there is no way
    that anybody needs, for browsers send none.
    """
    url, (first, *_) = str(address), address.segments
    site, path = f"{SCHEME}{address.host}/", "/".join(address.segments)
    coded = f"%{ord(first[0]):02x}{path[1:]}"
    yield from (url, f"{url}/", f"{url}/deep/er", f"{url}?q=1")
    yield from (f"{site}{coded}", f"{site}/{path}")
    if blocked:
        yield from (f"{site}x/../{path}", f"{site}%2E/{path}")


def host_probes(ir: Ir, ruling: Ruling) -> HostProbes:
    """A probe for each host that is claimed, and for one below it where that is meant too."""
    claims = ir.apps[ruling.app].behind[ruling.surface]
    return HostProbes(claims, ruling.direct, _asked(ir, claims).hosts)


class _Asked(NamedTuple):
    """What is asked of claims: about hosts, and about those of them that have an address."""

    hosts: frozenset[str]
    addressed: tuple[tuple[Claim, Address], ...]


def _asked(ir: Ir, claims: tuple[Claim, ...]) -> _Asked:
    known = _asked_by_claims(ir)
    if id(claims) not in known:  # one object for all surfaces with the same hosts
        hosts = frozenset(chain.from_iterable(map(_asked_of, alike(claims))))
        addressed = tuple((claim, claim.address) for claim in claims if claim.address)
        known[id(claims)] = _Asked(hosts, addressed)
    return known[id(claims)]


@lru_cache(maxsize=2)
def _asked_by_claims(ir: Ir) -> dict[int, _Asked]:  # noqa: ARG001 - kept with the claims
    """What is asked of claims, by which object they are; it lives as long as they do."""
    return {}


def _asked_of(these: Alike) -> Iterable[str]:
    if these.address:
        return ()
    if these.intent is Intent.CHILDREN:
        return (f"any.{host}" for host in these.hosts)
    below = these.hosts if these.intent is Intent.SUBTREE else ()
    return (*these.hosts, *(f"{DEEP}.{host}" for host in below))
