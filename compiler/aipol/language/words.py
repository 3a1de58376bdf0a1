"""Say values, places and near misses in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

_LONGEST_QUOTE = 60
_LONGEST_GUESS = 80
_FEW = 12


def clip(text: str, most: int = _LONGEST_QUOTE) -> str:
    """`text`, short enough to stand in a message."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def found(value: Any) -> str:
    """What a value is, in the words of someone who wrote it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{clip(value)}`"
        case list():
            return "a list"
        case _:
            return "a mapping"


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be."""
    if len(word) > _LONGEST_GUESS:
        return None
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def only_near(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` must have been meant to be: no other is near it."""
    if len(word) > _LONGEST_GUESS:
        return None
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(word.casefold(), by_folded, n=2, cutoff=0.6)
    return by_folded[matches[0]] if len(matches) == 1 else None


def listed(words: Iterable[str]) -> str:
    """Words as a backticked enumeration, shortened when there are many."""
    every = list(words)
    shown = ", ".join(f"`{word}`" for word in every[:_FEW])
    return shown if len(every) <= _FEW else f"{shown} and {len(every) - _FEW} more"


def enumerated(words: Sequence[str], conjunction: str = "and") -> str:
    """Words as they stand in a sentence: "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def suggest(word: str, known: Iterable[str]) -> str:
    """A hint: the near miss, or else what there is."""
    every = sorted(set(known))
    guess = near(word, every)
    if guess is not None:
        return f"did you mean `{guess}`?"
    return f"known: {listed(every)}" if every else ""
