"""How a target says one entry of the policy over hosts: exactly, wider, narrower or not at all.

There is no best effort: the verdict is about what artefacts answer, read back, and about nothing
that their target meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

from aipol.domains import Intent
from aipol.vocabulary import Effect

Blocks = Callable[[str], bool]
"""Whether a host is blocked."""


class Expressed(StrEnum):
    """How an entry is said, the worst last."""

    EXACT = "exact"
    """What the rule says of the use happens there, and all below it is as the policy has it."""
    WIDENED = "widened"
    """Something there is answered more strictly than the policy has it, and nothing less so."""
    NARROWED = "narrowed"
    """Something there is let through that the policy blocks, or that the rule blocks, warns about
    or asks about."""
    IMPOSSIBLE = "impossible"
    """Of what the entry is about nothing is blocked, or let through, as the policy has it."""


# Labels that no entry has; some products know a few labels of a name and no more.
_BELOW = ("any", "deep.er", "a.b.c.d.e.f")


def names_of(host: str, intent: Intent) -> tuple[str, ...]:
    """A name of every kind that an entry is about."""
    below = tuple(f"{labels}.{host}" for labels in _BELOW)
    match intent:
        case Intent.EXACT:
            return (host,)
        case Intent.CHILDREN:
            return below
        case Intent.SUBTREE:
            return (host, *below)


def expressed(
    own: Collection[str],
    around: Collection[str],
    wanted: Blocks,
    said: Blocks,
    carried: Expressed,
) -> Expressed:
    """The verdict over an entry, by what the policy wants blocked and what artefacts block.

    `own` are names that the entry is about, `around` these and others that it must not change;
    `carried` is the verdict over what the rule itself says of its own.
    """
    wrong = {name for name in around if wanted(name) is not said(name)}
    # Where the rule has what it says, it is others that cannot have what they should.
    if wrong.issuperset(own) and carried is not Expressed.EXACT:
        return Expressed.IMPOSSIBLE
    if any(wanted(name) for name in wrong):
        return Expressed.NARROWED
    return worst((carried, Expressed.WIDENED if wrong else Expressed.EXACT))


def carried_out(effect: Effect, found: Iterable[Effect]) -> Expressed:
    """The verdict over what a rule says, by what is answered about names that its use needs.

    A host that somebody may use for anything is let through, whatever other rules say of it; that
    is what the policy wants of the host, and a loss to those rules.
    """
    steps = {each.strictness - effect.strictness for each in found}
    if min(steps, default=0) < 0:
        return Expressed.NARROWED
    return Expressed.WIDENED if any(steps) else Expressed.EXACT


def worst(verdicts: Iterable[Expressed]) -> Expressed:
    """Of several, such as of several enforcement paths, the one that is farthest from exact."""
    order = list(Expressed)
    return max(verdicts, key=order.index, default=Expressed.EXACT)
