"""How a target says one entry of the policy over hosts: exactly, wider, narrower or not at all.

There is no best effort: the verdict is about what artefacts answer, read back, and about nothing
that their target meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from aipol.domains import Intent

Blocks = Callable[[str], bool]
"""Whether a host is blocked."""


class Expressed(StrEnum):
    """How an entry is said, the worst last."""

    EXACT = "exact"
    """Its host and all names below it are answered as the policy has them."""
    WIDENED = "widened"
    """Something there is blocked that the policy lets through, and nothing the other way."""
    NARROWED = "narrowed"
    """Something there is let through that the policy blocks."""
    IMPOSSIBLE = "impossible"
    """Of what the entry is about nothing is answered as the policy has it."""


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


def expressed(host: str, intent: Intent, wanted: Blocks, said: Blocks) -> Expressed:
    """The verdict over an entry, by what the policy wants and what artefacts say."""
    around = names_of(host, Intent.SUBTREE)
    wrong = {name for name in around if wanted(name) is not said(name)}
    if not wrong:
        return Expressed.EXACT
    if wrong.issuperset(names_of(host, intent)):
        return Expressed.IMPOSSIBLE
    looser = any(wanted(name) for name in wrong)
    return Expressed.NARROWED if looser else Expressed.WIDENED


def worst(verdicts: Iterable[Expressed]) -> Expressed:
    """Of several, such as of several enforcement paths, the one that is farthest from exact."""
    order = list(Expressed)
    return max(verdicts, key=order.index, default=Expressed.EXACT)
