"""Turns values into words that each resolver takes as data and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aipol_targets.common.network.escape import checked

_WORD = re.compile(r"[A-Za-z0-9._:?/-]+")
_OWNER = re.compile(r"(?!(?:.*\.)?rpz-[^.]*$)(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")

_OWNERS = re.compile(r"(?:(?:\*\.)?[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+\n)*+")


def server_word(value: object) -> str:
    """One quoted word of named.conf or unbound.conf, or one quoted string of Lua."""
    return checked(_WORD, value)


def owner_names(values: Sequence[str]) -> Sequence[str]:
    """The same for many names; most are checked at once."""
    text = "\n".join((*values, ""))
    if text.count("\n") == len(values) and "rpz-" not in text and _OWNERS.fullmatch(text):
        return values
    return [owner_name(value) for value in values]


def owner_name(value: object) -> str:
    """One name, or the names below one, in a zone, a local zone, dnsmasq.conf or a hosts file."""
    return checked(_OWNER, value)
