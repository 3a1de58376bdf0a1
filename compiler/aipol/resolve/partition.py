"""Split everybody among the clauses that speak about one use: first match wins, floors hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aipol.audience import EVERYBODY, NOBODY, Universe
from aipol.ir import Audience, Because, Group, Obligations, Origin
from aipol.resolve.clauses import Clause
from aipol.resolve.gates import Gate
from aipol.source import Span
from aipol.vocabulary import Account, Effect, strictest

EVERYONE = "everyone"
_DEVICE = ("", "managed", "compliant")
_LOG = ("", "metadata", "full")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class Piece:
    """What some people get for one use."""

    audience: Audience
    effect: Effect
    obligations: Obligations
    because: tuple[Because, ...]
    tenants: tuple[str, ...] = ()
    redirect_to: str = ""
    message: str = ""

    @property
    def decision(self) -> tuple[object, ...]:
        """What the people notice: two pieces with equal decisions are the same to them."""
        return (self.effect, self.obligations, self.tenants, self.redirect_to, self.message)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The data classes by rank, to find the lower of two limits."""

    ranks: Mapping[str, int]

    def lower(self, first: str, second: str) -> str:
        """The stricter of two `data.max` limits; empty is no limit."""
        if not first or not second:
            return first or second
        return min(first, second, key=lambda name: self.ranks[name])


def first_match(
    universe: Universe,
    groups: Mapping[str, Group],
    clauses: tuple[Clause, ...],
    account: Account,
    default: Span,
) -> tuple[Piece, ...]:
    """The pieces, in order of precedence, that `clauses` cut everybody into."""
    pieces: list[Piece] = []
    taken, earlier = NOBODY, list[str]()
    for clause in clauses:
        mine = universe.minus(clause.region, taken)
        if mine != NOBODY:
            exclude = tuple(n for n in earlier if universe.overlap(groups[n].region, clause.region))
            pieces.append(_piece(clause, Audience(mine, clause.groups, exclude), account))
            taken = universe.either(taken, clause.region)
            earlier += [name for name in clause.groups if name not in earlier]
    if taken != EVERYBODY:
        audience = Audience(universe.others(taken), (EVERYONE,), tuple(earlier))
        because = Because(
            Origin.DEFAULT, "default", default, "no rule matches: listed AI is blocked"
        )
        pieces.append(Piece(audience, Effect.BLOCK, Obligations(), (because,)))
    return tuple(pieces)


def _piece(clause: Clause, audience: Audience, account: Account) -> Piece:
    because = Because(clause.origin, clause.id, clause.span)
    personal = clause.corporate_only and account is Account.PERSONAL
    if personal:
        because = replace(because, note="requires a corporate account")
    effect = Effect.BLOCK if personal else clause.effect
    return Piece(
        audience,
        effect,
        Obligations() if effect is Effect.BLOCK else clause.obligations,
        (because,),
        () if account is Account.PERSONAL else clause.tenants,
        clause.redirect_to,
        clause.message,
    )


def with_floor(
    universe: Universe, pieces: tuple[Piece, ...], floor: Clause, account: Account, ladder: Ladder
) -> tuple[Piece, ...]:
    """`pieces`, nowhere less strict than the locked rule `floor` for the people it matches."""
    result: list[Piece] = []
    for piece in pieces:
        inside = universe.both(piece.audience.region, floor.region)
        raised = _raised(piece, floor, account, ladder)
        if inside == NOBODY or raised.decision == piece.decision:
            result.append(piece)
            continue
        audience = piece.audience
        within = audience
        if inside != audience.region:
            within = replace(audience, region=inside, within=(*audience.within, floor.groups))
            outside = universe.minus(audience.region, floor.region)
            exclude = (*audience.exclude, *floor.groups)
            result.append(
                replace(piece, audience=replace(audience, region=outside, exclude=exclude))
            )
        result.append(replace(raised, audience=within))
    return tuple(result)


def _raised(piece: Piece, floor: Clause, account: Account, ladder: Ladder) -> Piece:
    locked = _piece(floor, piece.audience, account)
    effect = strictest(piece.effect, locked.effect)
    both = accumulated(piece.obligations, locked.obligations, ladder)
    obligations = Obligations() if effect is Effect.BLOCK else both
    tenants = _fewer(piece.tenants, locked.tenants)
    if (effect, obligations, tenants) == (piece.effect, piece.obligations, piece.tenants):
        return piece
    # Whoever stops a person tells them why.
    speaker = piece if effect is piece.effect else locked
    return replace(
        piece,
        effect=effect,
        obligations=obligations,
        because=(*piece.because, Because(Origin.LOCKED, floor.id, floor.span)),
        tenants=tenants,
        redirect_to=speaker.redirect_to,
        message=speaker.message,
    )


def _fewer(tenants: tuple[str, ...], floor: tuple[str, ...]) -> tuple[str, ...]:
    """The organisation's own workspaces: no more than the floor names, where it names any."""
    narrower = tenants and frozenset(tenants) <= frozenset(floor)
    return tenants if narrower or not floor else floor


def accumulated(first: Obligations, second: Obligations, ladder: Ladder) -> Obligations:
    """What holds where both must hold."""
    return Obligations(
        sso=first.sso or second.sso,
        mfa=first.mfa or second.mfa,
        device=max(first.device, second.device, key=_DEVICE.index),
        data_max=ladder.lower(first.data_max, second.data_max),
        redact=tuple(sorted({*first.redact, *second.redact})),
        log=max(first.log, second.log, key=_LOG.index),
        inspect_tls=first.inspect_tls or second.inspect_tls,
        via=second.via or first.via,
        rate=_slower(first.rate, second.rate),
    )


def _slower(first: str, floor: str) -> str:
    """The stricter of two rates; the floor's where neither implies the other."""
    if not first or not floor:
        return first or floor
    (requests, per), (most, span) = first.split("/"), floor.split("/")
    ratio = _SECONDS[span] / _SECONDS[per]
    return first if int(requests) * max(ratio, 1) <= int(most) else floor


def with_gate(pieces: tuple[Piece, ...], gate: Gate | None, ladder: Ladder) -> tuple[Piece, ...]:
    """`pieces` with data capped by the vendor's tier."""
    if gate is None:
        return pieces

    def capped(piece: Piece) -> Piece:
        limit = ladder.lower(piece.obligations.data_max, gate.max_data)
        if piece.effect is Effect.BLOCK or limit == piece.obligations.data_max:
            return piece
        because = Because(Origin.VENDOR_TIER, gate.tier, gate.span, gate.note)
        obligations = replace(piece.obligations, data_max=limit)
        return replace(piece, obligations=obligations, because=(*piece.because, because))

    return tuple(capped(piece) for piece in pieces)
