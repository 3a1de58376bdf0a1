"""Decide every use: clauses, floors and gates become sorted rulings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aipol.audience import Universe
from aipol.ir import GovernedApp, Group, Origin, Ruling
from aipol.resolve.clauses import Clause
from aipol.resolve.gates import Gate
from aipol.resolve.partition import Ladder, Piece, first_match, with_floor, with_gate
from aipol.source import Span
from aipol.vocabulary import Account, Surface

Positions = tuple[int, ...]
UseKey = tuple[Positions, Account, str]
"""Positions of the clauses that speak about a use, its account, and its app's gated vendor."""
_ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)


@dataclass(slots=True)
class Decisions:
    """Decides uses; apps that the same clauses speak about share one partition."""

    universe: Universe
    groups: Mapping[str, Group]
    clauses: tuple[Clause, ...]
    gates: Mapping[str, Gate]
    ladder: Ladder
    default: Span
    uses: dict[UseKey, list[tuple[str, Surface]]] = field(
        default_factory=dict[UseKey, list[tuple[str, Surface]]]
    )
    """Which uses share a partition."""
    _ungated: dict[tuple[Positions, Account], tuple[Piece, ...]] = field(
        default_factory=dict[tuple[Positions, Account], tuple[Piece, ...]]
    )
    _gated: dict[UseKey, tuple[Piece, ...]] = field(default_factory=dict[UseKey, tuple[Piece, ...]])

    def rulings(self, apps: Mapping[str, GovernedApp]) -> tuple[Ruling, ...]:
        """One ruling per (app, surface, account, audience), sorted."""
        return tuple(
            ruling
            for name, app in apps.items()
            for surface in app.app.surfaces
            for ruling in self._use(name, surface, app.app.vendor)
        )

    def pieces(self, positions: Positions, account: Account, vendor: str) -> tuple[Piece, ...]:
        """What everybody gets from the clauses at `positions` for an app of `vendor`."""
        key = (positions, account, vendor)
        known = self._gated.get(key)
        if known is None:
            ungated = self._floored(positions, account)
            known = self._gated[key] = with_gate(ungated, self.gates.get(vendor), self.ladder)
        return known

    def _floored(self, positions: Positions, account: Account) -> tuple[Piece, ...]:
        key = (positions, account)
        known = self._ungated.get(key)
        if known is None:
            clauses = tuple(self.clauses[position] for position in positions)
            known = first_match(self.universe, self.groups, clauses, account, self.default)
            for floor in clauses:
                if floor.locked:
                    known = with_floor(self.universe, known, floor, account, self.ladder)
            self._ungated[key] = known
        return known

    def _use(self, app: str, surface: Surface, vendor: str) -> Iterator[Ruling]:
        positions = {account: self._positions(app, surface, account) for account in _ACCOUNTS}
        accounts: tuple[Account, ...] = _ACCOUNTS
        if positions[Account.CORPORATE] == positions[Account.PERSONAL] and not any(
            self.clauses[position].corporate_only for position in positions[Account.CORPORATE]
        ):
            accounts = (Account.ANY,)
            positions[Account.ANY] = positions[Account.CORPORATE]
        for account in accounts:
            key = (positions[account], account, vendor if vendor in self.gates else "")
            self.uses.setdefault(key, []).append((app, surface))
            for piece in self.pieces(*key):
                yield _ruling(app, surface, account, piece)

    def _positions(self, app: str, surface: Surface, account: Account) -> Positions:
        return tuple(
            clause.position for clause in self.clauses if clause.speaks_about(app, surface, account)
        )


def _ruling(app: str, surface: Surface, account: Account, piece: Piece) -> Ruling:
    floors = [because.id for because in piece.because if because.origin is Origin.LOCKED]
    first = piece.because[0]
    # No rule can have this id, or a rule named `default` would share the ruling's.
    decider = "-default" if first.origin is Origin.DEFAULT else first.id
    return Ruling(
        id=f"{app}/{surface}/{account}/{'+'.join([decider, *floors])}",
        app=app,
        surface=surface,
        account=account,
        audience=piece.audience,
        effect=piece.effect,
        obligations=piece.obligations,
        because=piece.because,
        tenants=piece.tenants,
        redirect_to=piece.redirect_to,
        message=piece.message,
    )
