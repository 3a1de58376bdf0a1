"""Turn what a cell of people may use into decisions over host names.

Shared by every target that works on hosts: network lists and managed browsers alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

from aipol.audience import Region
from aipol.catalogue.model import Match, Role
from aipol.claims import INTENTS, SURFACES_BEHIND, Alike, Claim
from aipol.domains import HALVES, HostEntry, HostTrie, Intent
from aipol.ir import GovernedApp, Ir, Ruling
from aipol.scoping import Verdict
from aipol.target import Deviation, Reason, Status
from aipol.vocabulary import Effect, Surface

SHARED_HOST = Reason(
    "shared-host",
    "the host also serves things that are not this app",
    "block the app on the device, or by tenant restriction, instead",
)
PATH_UNSEEN = Reason(
    "path-unseen",
    "the app is a part of a site, and only the site's name is seen here",
    "use `squid` with `network.inspect_tls: ai-only`, or block the app on the device",
)
NEEDED_ELSEWHERE = Reason(
    "needed-by-usable-app", "a usable app or surface needs the same host", "block it on the device"
)
NO_PROMPT = Reason(
    "no-prompt",
    "a host list cannot warn or ask; the host is let through",
    "use `block`, or a target that prompts",
)
INDISTINCT = Reason(
    "audience-indistinct",
    "this platform cannot tell these people from others with another ruling",
    "add a derived group with an identity on this platform",
)
ACCOUNT_UNSEEN = Reason(
    "account-unseen",
    "a host does not tell a corporate account from a personal one",
    "use tenant restriction",
)


def header_hosts(app: GovernedApp) -> tuple[tuple[str, Intent], ...]:
    """Where an app's tenant header goes: its source's hosts, with all below where it is its own."""
    restriction = app.app.tenant_restriction
    if restriction is None:
        return ()
    whole = {
        claim.host for claim in app.claims if claim.intent is Intent.SUBTREE and not claim.shared
    }
    return tuple(
        (found.host, Intent.SUBTREE if widened else INTENTS[found.match])
        for found in restriction.hosts
        for widened in (found.match is Match.EXACT and found.host in whole,)
    )


def host_entries(
    ir: Ir, verdicts: Mapping[tuple[str, Surface], Verdict]
) -> dict[tuple[str, Intent], HostEntry]:
    """Every claimed pattern with its decision; where claims meet, the usable app wins.

    A shared pattern has an entry only where an app's own wider one would block it, and so has the
    host of an address that may be used.
    """
    entries: dict[tuple[str, Intent], HostEntry] = {}
    kept: list[tuple[str, Intent]] = []
    for app in ir.apps.values():
        decided = {role: _decided(app, role, verdicts) for role in {c.role for c in app.alike}}
        for each in app.alike:
            found = decided[each.role]
            if each.shared and (each.address is None or (found and not found[0])):
                kept += ((host, each.intent) for host in each.hosts)
            if not each.shared and found is not None:
                _enter(entries, each, found)
    if any(entry.blocked for entry in entries.values()):
        _keep_whole(entries)
        _keep_open(kept, entries)
    return entries


def _enter(
    entries: dict[tuple[str, Intent], HostEntry],
    alike: Alike,
    decided: tuple[bool, tuple[str, ...]],
) -> None:
    """Enter the same decision about many patterns; where one is decided already, the two meet."""
    blocked, owners = decided
    same = repeat(alike.intent), repeat(blocked), repeat(owners)
    made = map(HostEntry._make, zip(alike.hosts, *same, strict=False))
    fresh = dict(zip(zip(alike.hosts, repeat(alike.intent), strict=False), made, strict=False))
    for key in entries.keys() & fresh.keys():
        known = entries[key]
        both = tuple(sorted({*owners, *known.owners}))
        fresh[key] = HostEntry(*key, blocked and known.blocked, both)
    entries.update(fresh)


def _decided(
    app: GovernedApp, role: Role, verdicts: Mapping[tuple[str, Surface], Verdict]
) -> tuple[bool, tuple[str, ...]] | None:
    """Whether hosts of a role are blocked, and by which rulings; None when no use needs them."""
    found = (verdicts.get((app.id, surface)) for surface in SURFACES_BEHIND[role])
    needed = [verdict.ruling for verdict in found if verdict]
    if not needed:
        return None
    blocked = all(ruling.direct is Effect.BLOCK for ruling in needed)
    return blocked, tuple(sorted({ruling.id for ruling in needed}))


def _keep_whole(entries: dict[tuple[str, Intent], HostEntry]) -> None:
    """Open the root of a subtree that a usable app needs all of, and everything below it."""
    wholes = [
        host
        for (host, intent), entry in entries.items()
        if intent is Intent.SUBTREE and not entry.blocked
    ]
    for host in wholes:
        for intent in (Intent.EXACT, Intent.CHILDREN):
            entry = entries.get((host, intent))
            if entry and entry.blocked:
                entries[host, intent] = HostEntry(host, intent, blocked=False, owners=entry.owners)


def _keep_open(
    kept: Sequence[tuple[str, Intent]], entries: dict[tuple[str, Intent], HostEntry]
) -> None:
    """Open what also serves others: no rule about one app may block it."""
    trie = HostTrie(entries.values() if kept else ())
    for host, meant in kept:
        for intent in HALVES[meant]:
            if trie.blocked(f"any.{host}" if intent is Intent.CHILDREN else host):
                entries[host, intent] = HostEntry(host, intent, blocked=False)


def hosts_behind(app: GovernedApp, surface: Surface) -> tuple[Claim, ...]:
    """The claims of `app` that decide whether `surface` can be used."""
    return app.behind[surface]


def host_deviations(  # noqa: PLR0917 - called as the sentence reads, the path last
    ir: Ir, ruling: Ruling, verdict: Verdict, people: Region, trie: HostTrie, client: str = "*"
) -> tuple[Deviation, ...]:
    """Where a host list for `people` answers other than `ruling`, each with the host and why.

    `verdict` is what the list's cell carries out for the ruling's use.
    """
    found: list[Deviation] = []
    for claim in hosts_behind(ir.apps[ruling.app], ruling.surface):
        blocked = trie.blocked(probe_of(claim))
        if ruling.direct is (Effect.BLOCK if blocked else Effect.ALLOW):
            continue
        status = Status.STRICTER if blocked else Status.LOOSER
        reason = _why(claim, ruling, verdict.ruling, blocked=blocked)
        found.append(Deviation(status, reason, people, claim.named, client))
    return tuple(found)


def probe_of(claim: Claim) -> str:
    """A host that only `claim`, or something more specific, decides."""
    return f"any.{claim.host}" if claim.intent is Intent.CHILDREN else claim.host


def names_claimed(claim: Claim) -> tuple[str, ...]:
    """A host for every kind of name that a claim stands for: itself, and what is below it."""
    below = (f"any.{claim.host}",) if claim.intent is Intent.SUBTREE else ()
    return (probe_of(claim), *below)


def _why(claim: Claim, ruling: Ruling, carried: Ruling, *, blocked: bool) -> Reason:
    if not blocked and claim.address and ruling.direct is Effect.BLOCK:
        return PATH_UNSEEN
    if not blocked and claim.shared and not claim.address:
        return SHARED_HOST
    if carried.direct is not ruling.direct:
        return INDISTINCT if carried.account is ruling.account else ACCOUNT_UNSEEN
    if ruling.direct in (Effect.WARN, Effect.JUSTIFY):
        return NO_PROMPT
    return NEEDED_ELSEWHERE


def names_meant(alike: Alike) -> Iterator[str]:
    """The same for all of many patterns that are meant alike."""
    if alike.intent is not Intent.CHILDREN:
        yield from alike.hosts
    if alike.intent is not Intent.EXACT:
        yield from (f"any.{host}" for host in alike.hosts)
