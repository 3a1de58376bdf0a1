"""Turns values into words of squid.conf that squid takes as data and nothing else."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

# What of a host or a path may stand in a pattern: of it, only the dot means more than itself.
_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")
_SQUID = re.compile(r"!?[A-Za-z0-9?][A-Za-z0-9._:@/+=,?-]*|/[A-Za-z0-9._/-]*")


def squid_token(value: object) -> str:
    """Words of squid.conf, one or a tuple: no blank, quote, comment, macro or continuation."""
    if isinstance(value, tuple):
        return " ".join(map(squid_token, value))
    return checked(_SQUID, value)


def regex_text(value: str) -> str:
    """A host or a segment of a path in a regular expression, as nothing but itself."""
    return checked(_PLAIN, value).replace(".", r"\.")
