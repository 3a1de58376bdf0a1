"""Turns the outputs into an account of the names that turn ways around the network off."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.audience import EVERYBODY
from aipol.bypasses import Opening
from aipol.ir import CLOSE_BYPASSES, Ir
from aipol.target import Deviation, PolicyCoverage, Status
from aipol_targets.dns.facts import SWITCHES_HAVE_ADDRESSES, SWITCHES_ONLY
from aipol_targets.dns.model import ADGUARD_RULES, DNSMASQ_CONF, PIHOLE_BLOCK, ZONED, Dns

# Not a file of hosts: a name in it has an address, and a switch with an address is on.
_POOLED = {"adguard": ADGUARD_RULES, "dnsmasq": DNSMASQ_CONF, "pihole": PIHOLE_BLOCK}
_LEFT = tuple(way for way in Opening if way is not Opening.SWITCHES)


def switched_off(ir: Ir, target: str, model: Dns) -> Iterator[PolicyCoverage]:
    """What the files do for `network.close_bypasses`: they deny names, and nothing else."""
    files = tuple(f"{target}/{path}" for path in sorted(_files(model)))
    for clause in ir.policy_clauses if files else ():
        if clause.key == CLOSE_BYPASSES:
            yield PolicyCoverage(
                clause, target, Status.LOOSER, SWITCHES_ONLY, files, _LEFT, tuple(_open(model))
            )


def _open(model: Dns) -> Iterator[Deviation]:
    """The output in which the names are not: whoever verifies it asks for them in all others."""
    if "hosts" in model.outputs:
        yield Deviation(
            Status.LOOSER, SWITCHES_HAVE_ADDRESSES, EVERYBODY, Opening.SWITCHES, "hosts"
        )


def _files(model: Dns) -> Iterator[str]:
    yield from (_POOLED[output] for output in model.outputs if output in _POOLED)
    for segment in model.segments:
        if set(ZONED) & set(model.outputs):
            yield segment.zone_file
        if "unbound-local" in model.outputs:
            yield segment.local_file
