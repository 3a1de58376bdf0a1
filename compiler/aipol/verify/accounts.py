"""Decide whether a tenant header keeps personal accounts off a host that is let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aipol.audience import Region
from aipol.ir import Ir, Ruling
from aipol.target import Answer, Kind
from aipol.verify.admitted import Check
from aipol.verify.panel import View
from aipol.verify.probes import Probe
from aipol.vocabulary import Account, Effect, Situation

Ask = Callable[[Kind, str], Answer]
"""What somebody gets at one place on one path."""


def account_holds(
    check: Check,
    ruling: Ruling,
    probe: Probe,
    client: str,
    situation: Situation,
    *,
    view: View,
    people: Region,
) -> bool:
    """Whether personal accounts of `people` are kept out of a host, though it is let through."""
    asked = check.panel.decider.clients(Kind.HEADER)
    # A header goes to an app's own hosts: an address is on a host of others.
    if ruling.account is not Account.PERSONAL or client not in asked or "/" in probe.named:
        return False

    def ask(kind: Kind, value: str) -> Answer:
        return check.panel.ask(view, kind, value, client, situation)

    return keeps_out(check.ir, ruling, people, (probe.value, *probe.below), ask)


def keeps_out(ir: Ir, ruling: Ruling, people: Region, hosts: Iterable[str], ask: Ask) -> bool:
    """Whether the header that admits the tenants of `people` alone is sent to all of `hosts`."""
    wanted = tenant_header(ir, ruling, people)
    if wanted is None:
        return False
    around = (url for given in _ways_around(ir, ruling) for url in _below(given))
    if not all(ask(Kind.URL, url).effect is Effect.BLOCK for url in around):
        return False
    return all(
        # What is below may be blocked all the same, and so needs no header.
        ask(Kind.HOST, host).effect is Effect.BLOCK or _sends(ask(Kind.HEADER, host).detail, wanted)
        for host in hosts
    )


def _ways_around(ir: Ir, ruling: Ruling) -> tuple[str, ...]:
    """The addresses at which an app can be used though its header is sent."""
    restriction = ir.apps[ruling.app].app.tenant_restriction
    return restriction.also_block if restriction else ()


def _below(url: str) -> tuple[str, ...]:
    """An address, and one below it where it ends in a slash."""
    return (url, f"{url}deep/er") if url.endswith("/") else (url,)


def _sends(detail: str, wanted: str) -> bool:
    """Whether a header is among those that are sent, with no other value."""
    name = wanted.partition(":")[0].lower()
    return [line for line in detail.split("\n") if line.partition(":")[0].lower() == name] == [
        wanted
    ]


def tenant_header(ir: Ir, ruling: Ruling, people: Region) -> str | None:
    """The header line that admits only the tenants `people` may use, None when there is none."""
    restriction = ir.apps[ruling.app].app.tenant_restriction
    corporate = [
        other
        for other in ir.by_use.get((ruling.app, ruling.surface), ())
        if other.account is Account.CORPORATE and ir.universe.overlap(other.audience.region, people)
    ]
    tenants = {other.tenants for other in corporate if other.effect is not Effect.BLOCK}
    if restriction is None or len(tenants) != 1:
        return None
    (names,) = tenants
    return f"{restriction.header}: {','.join(names)}" if names else None
