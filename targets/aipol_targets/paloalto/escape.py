"""Turns values into text of a configuration and words of set commands that are data only."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

# No quote, bracket, backslash, `$` or markup: nothing that a prompt or a parser acts on.
_TEXT = re.compile(r"[A-Za-z0-9*:_](?:[A-Za-z0-9 ._:@/+=,*~-]*[A-Za-z0-9._:@/+=,*~-])?")
_WORD = re.compile(r"[A-Za-z0-9._:/*_-]+")


def text(value: object) -> str:
    """Text of an element, and a name."""
    return checked(_TEXT, value)


def word(value: object) -> str:
    """One word of a set command, in quotes where it has to be."""
    plain = text(value)
    return plain if _WORD.fullmatch(plain) else f'"{plain}"'
