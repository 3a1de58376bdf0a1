"""Probe what is beside the addresses that are denied: no rule is about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aipol.addresses import SCHEME, Address
from aipol.diagnostics import Diagnostic, codes
from aipol.target import Kind
from aipol.verify.admitted import Check
from aipol.verify.reference import HostReference
from aipol.vocabulary import Effect


def beside_findings(
    check: Check, reference: HostReference, meant: Collection[Address]
) -> Iterator[Diagnostic]:
    """Neighbours of an app's address that are denied although their host is let through.

    `meant` are all addresses that something may deny.
    """
    panel = check.panel
    near = sorted({url for at in _addresses(reference) for url in _near(at)})
    for url in near:
        at = Address.of(url.partition("?")[0])
        if any(each.covers(at) for each in meant):
            continue
        for situation in panel.told_apart(check.target.reach):
            for view in panel.views(Kind.URL):
                for client in panel.decider.clients(Kind.URL):
                    answer = panel.ask(view, Kind.URL, url, client, situation)
                    whole = panel.ask(view, Kind.HOST, at.host, client, situation)
                    if answer.effect is Effect.BLOCK and whole.effect is not Effect.BLOCK:
                        yield codes.VERDICT_DIFFERS.at(
                            check.ir.unlisted_span,
                            artifact=f"{answer.artifact or check.target.id} ({answer.locator})",
                            question=f"{client} address `{url}` for {view.subjects[0].label}",
                            found=Effect.BLOCK,
                            expected=f"{Effect.ALLOW}, for no rule speaks about it",
                            hint="an entry stands for more of the site than the app's part",
                        )


def _addresses(reference: HostReference) -> Iterator[Address]:
    for claims in reference.addresses.values():
        yield from (claim.address for claim in claims if claim.address)


def _near(address: Address) -> Iterator[str]:
    """The site itself, what is above, longer and shorter names, another case, the same elsewhere.

    A host that is named in the query, or in the path, is no host.
    """
    *above, last = address.segments
    site = f"{SCHEME}{address.host}/"
    beside = (f"{last}s", last[:-1], last.swapcase(), f"x{last}")
    yield site
    yield from ("/".join((site.rstrip("/"), *above, name)) for name in beside if name)
    yield from (str(Address(address.host, tuple(above[: end + 1]))) for end in range(len(above)))
    path = "/".join(address.segments)
    yield f"{site}x{last}/{path}"
    yield f"{site}x{last}?u={address}"
    yield f"{SCHEME}not{address.host}/{path}"
    yield f"{SCHEME}{address.host}.evil.example/{path}"
