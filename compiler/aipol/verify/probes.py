"""The questions that each ruling answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aipol.domains import Intent
from aipol.hosts import hosts_behind, probe_of
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
    return tuple(_probes(ir, ruling))


def _probes(ir: Ir, ruling: Ruling) -> Iterator[Probe]:
    app = ir.apps[ruling.app]
    for claim in hosts_behind(app, ruling.surface):
        below = (f"deep.er.{claim.host}",) if claim.intent is Intent.SUBTREE else ()
        for host in (probe_of(claim), *below):
            yield Probe(Kind.HOST, host, claim.host, "", ruling.direct, below)
    for mark in marks(app.app, ruling.surface):
        form = mark.value if mark.kind is Kind.FEATURE else mark.form
        yield Probe(mark.kind, mark.question, mark.question, form, ruling.effect)
