"""Turns values into text of e2guardian's files that it takes as data and nothing else."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

# Neither a quote, a comma, a bracket nor `#`, which end values, lists of settings and lines.
_PLAIN = re.compile(r"[A-Za-z0-9?/][A-Za-z0-9._/?-]*")


def plain(value: object) -> str:
    """One word: a path, a name, an address."""
    return checked(_PLAIN, value)
