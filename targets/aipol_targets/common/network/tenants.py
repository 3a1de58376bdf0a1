"""Turns corporate-only rulings into the tenant headers that hold a segment to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aipol.catalogue.model import Match
from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_VALUE, LOCK_OUT
from aipol.domains import HostTrie, Intent
from aipol.hosts import header_hosts, host_entries, names_claimed
from aipol.ir import GovernedApp, Ir, Ruling
from aipol.scoping import Verdict
from aipol.segments import Use
from aipol.vocabulary import Effect
from aipol_targets.common.network.faults import probe
from aipol_targets.common.network.levels import Levels, flat_levels
from aipol_targets.common.network.placed import Uses
from aipol_targets.common.network.spared import inspected, patterns, spares

Pattern = tuple[str, Intent]

# One token that needs no quoting in squid.conf or at a prompt, and nothing that ends a header.
TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/+=-]*")
# Addresses to block with a restriction: what is not this plain is not taken into a pattern.
_URL = re.compile(r"https://([a-z0-9.-]+)(/[A-Za-z0-9._~/-]*)")


@dataclass(frozen=True, slots=True)
class TenantHeader:
    """A request header that keeps connections to `hosts` to the organisation's own accounts."""

    name: str
    value: str
    hosts: Levels
    urls: tuple[str, ...]
    """Addresses that would let people around the restriction, without their scheme."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A header as it will be sent, with the hosts it goes to and the apps that want it."""

    header: TenantHeader
    tenants: tuple[str, ...]
    apps: frozenset[str]
    trie: HostTrie
    loophole: bool
    """Whether an address that goes around it is not denied: one that no connection shows."""
    spared: tuple[str, ...] = ()
    """Hosts that are never decrypted, and so get no header."""

    def covers(self, claim: Claim) -> bool:
        """Whether connections to all that is claimed carry the header, what is below it too."""
        if claim.app not in self.apps or spares(claim, self.spared):
            return False
        return all(map(self.trie.blocked, names_claimed(claim)))


def restrictions(ir: Ir, uses: Uses) -> tuple[Restriction, ...]:
    """The headers a segment's connections get: where only corporate accounts may be used."""
    if ir.inspect_tls == "none":
        return ()
    by_header: dict[str, list[GovernedApp]] = {}
    free: dict[str, set[Pattern]] = {}
    by_app = _uses_by_app(uses)
    for app in ir.apps.values():
        restriction = app.app.tenant_restriction
        if restriction is None or app.id not in by_app:
            continue
        mine = by_app[app.id]
        if any(use.personal.direct is not Effect.BLOCK for use in mine):
            free.setdefault(restriction.header, set()).update(header_hosts(app))
        elif any(use.corporate.direct is not Effect.BLOCK for use in mine):
            by_header.setdefault(restriction.header, []).append(app)
    found = (
        _restriction(header, apps, by_app, free.get(header, set()), ir.never_inspect)
        for header, apps in sorted(by_header.items())
    )
    return tuple(restriction for restriction in found if restriction)


def _uses_by_app(uses: Uses) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for (app, _), use in uses.items():
        found.setdefault(app, []).append(use)
    return found


def _restriction(
    header: str,
    apps: list[GovernedApp],
    by_app: Mapping[str, list[Use]],
    free: Iterable[Pattern],
    spared: tuple[str, ...],
) -> Restriction | None:
    known = [app for app in apps if app.app.tenant_restriction is not None]
    tenants = tuple(
        dict.fromkeys(
            tenant
            for app in known
            for use in by_app[app.id]
            if use.corporate.direct is not Effect.BLOCK
            for tenant in use.corporate.tenants
        )
    )
    # Where an app that may be used with any account signs in at the same host, that one wins.
    hosts = {pattern for app in known for pattern in header_hosts(app)} - set(free)
    if not tenants or not hosts:
        return None
    around = {
        _plain_url(url)
        for app in known
        if (restriction := app.app.tenant_restriction)
        for url in restriction.also_block
    }
    urls = sorted(url for url in around if url)
    entries = inspected(hosts, spared)
    if not entries:
        return None
    trie = HostTrie(entries)
    sent = TenantHeader(header, ",".join(tenants), flat_levels(entries), tuple(urls))
    loophole = len(urls) < len(around) or not all(_is_seen(url, trie) for url in urls)
    apps_held = frozenset(app.id for app in known)
    return Restriction(sent, tenants, apps_held, trie, loophole, spared)


def _is_seen(url: str, decrypted: HostTrie) -> bool:
    """Whether a device sees the address: it needs a path, and a connection that is decrypted."""
    host, _, path = url.partition("/")
    return bool(path) and decrypted.blocked(host)


def _plain_url(url: str) -> str | None:
    """The address without its scheme, None when it is not a plain one."""
    return url.removeprefix("https://") if _URL.fullmatch(url) else None


# --- what follows for other lists -----------------------------------------------------------------


def restricted_hosts(held: Iterable[Restriction]) -> Iterator[Pattern]:
    """The hosts that any header goes to."""
    for each in held:
        yield from patterns(each.trie.minimal())


def told_apart(ir: Ir, uses: Uses, held: tuple[Restriction, ...]) -> Iterator[Pattern]:
    """Hosts there is no need to tighten: a header keeps them to accounts that may be used."""
    verdicts = {
        use: Verdict(min(found.corporate, found.personal, key=_strictness), ())
        for use, found in uses.items()
    }
    usable = HostTrie(host_entries(ir, verdicts).values())
    for host, intent in restricted_hosts(held):
        if not usable.blocked(probe(host, intent)):
            yield host, intent


def _strictness(ruling: Ruling) -> int:
    return ruling.direct.strictness


def hosts_around(headers: Iterable[TenantHeader]) -> frozenset[str]:
    """The hosts of the addresses that go with a header."""
    return frozenset(url.partition("/")[0] for header in headers for url in header.urls)


def locked_addresses(ir: Ir, artifact: str, hosts: Iterable[str]) -> Iterator[Diagnostic]:
    """Addresses are denied whatever the lists of hosts say: none may be of a protected host."""
    for host in sorted(set(hosts)):
        if any(Match(match).covers(name, host) for name, match, _ in ir.protected_hosts):
            yield LOCK_OUT.at(ir.unlisted_span, artifact=artifact, host=host)


def bad_tenants(ir: Ir) -> Iterator[Diagnostic]:
    """A tenant's id goes into a header of every request: nothing but an id may."""
    for ruling in ir.rulings:
        for tenant in ruling.tenants:
            if ir.apps[ruling.app].app.tenant_restriction and not TENANT.fullmatch(tenant):
                why = f"has `{tenant}`, which cannot be sent in a header"
                yield BAD_VALUE.at(ruling.decided_by.span, what="`account.corporate`", why=why)
