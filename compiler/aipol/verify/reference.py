"""What the policy says about any host, decided naively: the yardstick readers are held to.

Deliberately not the trie of `aipol.domains`: a fault there must not hide itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from aipol.addresses import Address
from aipol.audience import EVERYBODY, Region
from aipol.catalogue.model import Role
from aipol.claims import SURFACES_BEHIND, Alike, Claim, alike
from aipol.domains import Intent, parents
from aipol.ir import Ir, Ruling
from aipol.vocabulary import Effect, Surface

_APP = itemgetter(Claim._fields.index("app"))
Use = tuple[str, Surface]
_Roles = tuple[tuple[str, Role], ...]
DEEP = "so.very.far.deep.er"
"""What is put before a host to ask about what is below it: some formats count five labels."""
LOOK_ALIKES = ("not{host}", "{host}.evil.example")


@dataclass(frozen=True)
class HostReference:
    """Which claims speak about a host, and whether they block it."""

    ir: Ir
    _known: dict[_Roles, Region] = field(default_factory=dict[_Roles, Region])
    _speaking: dict[str, tuple[Claim, ...]] = field(default_factory=dict[str, tuple[Claim, ...]])
    _around: dict[str, tuple[Claim, ...]] = field(default_factory=dict[str, tuple[Claim, ...]])

    @cached_property
    def claims(self) -> dict[str, tuple[Claim, ...]]:
        """What apps claim, by host: their own hosts as far as a use needs them, and shared ones."""
        table: dict[str, tuple[Claim, ...]] = {}
        for app in self.ir.apps.values():
            needed = {
                role
                for role, surfaces in SURFACES_BEHIND.items()
                if any((app.id, surface) in self.ir.by_use for surface in surfaces)
            }
            for claim in app.claims:
                if claim.address or not (claim.shared or claim.role in needed):
                    continue
                known = table.get(claim.host)
                table[claim.host] = (*known, claim) if known else (claim,)
        return table

    @cached_property
    def alike(self) -> tuple[Alike, ...]:
        """The hosts of which there is one claim and nothing else to say, by what is meant."""
        spoken = self.open | self.addresses.keys()
        single = [c[0] for host, c in self.claims.items() if len(c) == 1 and host not in spoken]
        return tuple(each for _, found in groupby(single, key=_APP) for each in alike(found))

    @cached_property
    def addresses(self) -> dict[str, tuple[Claim, ...]]:
        """What apps claim of a host that is not theirs, by host."""
        table: dict[str, list[Claim]] = {}
        for app in self.ir.apps.values():
            for claim in app.claims:
                if claim.address and any((app.id, s) in self.ir.by_use for s in claim.surfaces):
                    table.setdefault(claim.host, []).append(claim)
        return {host: tuple(found) for host, found in table.items()}

    @cached_property
    def open(self) -> frozenset[str]:
        """Hosts of the organisation's own that nothing may block: its gateways."""
        return frozenset(gateway.host for gateway in self.ir.gateways.values())

    def speaking(self, host: str) -> tuple[Claim, ...]:
        """The claims about `host` by the longest name that anything claims it by."""
        known = self._speaking.get(host)
        if known is None:
            known = self._speaking[host] = self._claims_about(host)
        return known

    def _claims_about(self, host: str) -> tuple[Claim, ...]:
        at_host = _other_than(self.claims.get(host, ()), Intent.CHILDREN)
        return at_host or self._below(host.partition(".")[2])

    def _below(self, name: str) -> tuple[Claim, ...]:
        """The claims about whatever is right below a name; most hosts share what is above them."""
        known = self._around.get(name)
        if known is None:
            below = _other_than(self.claims.get(name, ()), Intent.EXACT)
            known = below or (self._below(name.partition(".")[2]) if name else ())
            self._around[name] = known
        return known

    def nearest(self, host: str) -> str:
        """The nearest name at or above `host` that anything is claimed by, empty without one."""
        return next((name for name in (host, *parents(host)) if name in self.claims), "")

    def above(self, host: str) -> tuple[Claim, ...]:
        """The claims of the nearest name above `host` that anything is claimed by."""
        return next((self.claims[name] for name in parents(host) if name in self.claims), ())

    def inside(self, host: str) -> Iterator[str]:
        """The claimed names that stand in `host` with more labels after them."""
        labels = host.split(".")
        for end in range(1, len(labels)):
            for start in range(end):
                name = ".".join(labels[start:end])
                if name in self.claims:
                    yield name

    def owners_inside(self, name: str) -> Iterator[Ruling]:
        """The rulings about a claimed name, for those in which more labels follow it."""
        return self._rulings(self.claims[name])

    def allowed(self, host: str) -> Region:
        """The people who must be let through to `host`: whoever may use it for anything.

        Whoever may use a part of it is let through to it, too.
        """
        # Not `speaking`, which keeps what it finds: this is asked once of every host there is.
        if host in self.open:
            return EVERYBODY
        return self._let_through(self._claims_about(host), self.addresses.get(host, ()))

    def _let_through(self, claims: tuple[Claim, ...], parts: tuple[Claim, ...] = ()) -> Region:
        if not claims or any(claim.shared for claim in claims):
            return EVERYBODY
        roles = tuple([(claim.app, claim.role) for claim in (*claims, *parts)])
        known = self._known.get(roles)
        if known is None:
            uses = frozenset((app, s) for app, role in roles for s in SURFACES_BEHIND[role])
            known = self._known[roles] = self._allowed(uses)
        return known

    def _allowed(self, uses: frozenset[Use]) -> Region:
        rulings = [ruling for use in sorted(uses) for ruling in self.ir.by_use.get(use, ())]
        if not rulings:
            return EVERYBODY
        return self.ir.universe.any_of(
            ruling.audience.region for ruling in rulings if ruling.direct is not Effect.BLOCK
        )

    def allowed_below(self, host: str) -> Region:
        """The people who must be let through to names below `host` that nothing else claims."""
        return self._let_through(self._below(host))

    def at(self, address: Address) -> tuple[Claim, ...]:
        """The claims about an address by the longest one that anything claims it by."""
        found = [
            (len(claim.address.segments), claim)
            for claim in self.addresses.get(address.host, ())
            if claim.address and claim.address.covers(address)
        ]
        longest = max((length for length, _ in found), default=0)
        return tuple(claim for length, claim in found if length == longest)

    def allowed_at(self, address: Address) -> Region:
        """The people who must be let through to an address: whoever may use it for anything."""
        claims = self.at(address)
        if not claims:
            return self.allowed(address.host)
        return self._allowed(frozenset((c.app, surface) for c in claims for surface in c.surfaces))

    def owners(self, host: str) -> Iterator[Ruling]:
        """The rulings that a wrong answer about `host` is a fault against."""
        return self._rulings((*self.speaking(host), *self.addresses.get(host, ())))

    def owners_above(self, host: str) -> Iterator[Ruling]:
        """The rulings about the nearest name above `host`, where nothing claims `host`."""
        return self._rulings(self.above(host))

    def beside(self, host: str) -> Iterator[Ruling]:
        """The rulings about the name that `host` is a neighbour of, where nothing claims `host`."""
        for seed, claims in self.claims.items():
            if host in around(seed):
                yield from self._rulings(claims)

    def _rulings(self, claims: tuple[Claim, ...]) -> Iterator[Ruling]:
        for claim in claims:
            for surface in sorted(claim.surfaces):
                yield from self.ir.by_use.get((claim.app, surface), ())


def _other_than(claims: tuple[Claim, ...], intent: Intent) -> tuple[Claim, ...]:
    """Those of the claims that have another intent; mostly there is one or none."""
    if len(claims) == 1:
        return () if claims[0].intent is intent else claims
    return tuple(claim for claim in claims if claim.intent is not intent)


def around(host: str) -> Iterator[str]:
    """`host` and its neighbourhood: what is below it, beside it and above it."""
    yield host
    yield f"{DEEP}.{host}"
    parent = host.partition(".")[2]
    if "." in parent:
        yield parent
        yield f"sibling.{parent}"


def look_alikes(host: str) -> Iterator[str]:
    """Names that contain `host` and have nothing to do with it."""
    for pattern in LOOK_ALIKES:
        yield pattern.format(host=host)
