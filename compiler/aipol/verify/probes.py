"""The questions that each ruling answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from aipol.claims import Claim
from aipol.domains import Intent
from aipol.hosts import probe_of
from aipol.identifiers import marks
from aipol.ir import Ir, Ruling
from aipol.target import Decider, Kind
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
        if self.kind is Kind.HOST:
            return known
        elsewhere = _ELSEWHERE.get(self.form.partition(":")[0]) == situation.device
        return (self.form,) if self.form in known and not elsewhere else ()


def probes_of(ir: Ir, ruling: Ruling) -> tuple[Probe, ...]:
    """Every identifier of the ruling's app on its surface, with the effect it must have."""
    claims = ir.apps[ruling.app].behind[ruling.surface]
    return (*host_probes(claims, ruling.direct).all, *marks_of(ir, ruling))


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


@dataclass(frozen=True, slots=True)
class HostProbes:
    """All hosts by which an app is known on a surface, to be asked about at once."""

    all: tuple[Probe, ...]
    hosts: frozenset[str]

    def wrong(self, expected: Effect, blocked: AbstractSet[str]) -> AbstractSet[str]:
        """The hosts that a path which blocks `blocked` does not answer as expected."""
        match expected:
            case Effect.BLOCK:
                return self.hosts - blocked
            case Effect.ALLOW:
                return self.hosts & blocked
            case _:
                return self.hosts

    def about(self, hosts: AbstractSet[str]) -> tuple[Probe, ...]:
        """The probes about some of the hosts."""
        return tuple(probe for probe in self.all if probe.value in hosts) if hosts else ()


def host_probes(claims: Iterable[Claim], expected: Effect) -> HostProbes:
    """A probe for each host that is claimed, and for one below it where that is meant too."""
    found = tuple(_host_probes(claims, expected))
    return HostProbes(found, frozenset(probe.value for probe in found))


def _host_probes(claims: Iterable[Claim], expected: Effect) -> Iterator[Probe]:
    for claim in claims:
        below = (f"deep.er.{claim.host}",) if claim.intent is Intent.SUBTREE else ()
        for host in (probe_of(claim), *below):
            yield Probe(Kind.HOST, host, claim.host, "", expected, below)
