"""Turns values into words of a configuration of HAProxy that it takes as data and nothing else."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

_WORD = re.compile(r"!?[A-Za-z0-9/?*:\[][A-Za-z0-9._:/?*\[\]-]*")


def word(value: object) -> str:
    """Words, one or a tuple: no blank, quote, backslash, comment, variable or brace."""
    if isinstance(value, tuple):
        return " ".join(map(word, value))
    return checked(_WORD, value)
