"""Turns values into words that nft takes as data and nothing else."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

_WORD = re.compile(r"-?[A-Za-z0-9][A-Za-z0-9._:/-]*")


def word(value: object) -> str:
    """One name, number, port or network; `::1/128` begins with its colons."""
    text = str(value)
    return text if text.startswith("::") and checked(_WORD, f"0{text}") else checked(_WORD, value)
