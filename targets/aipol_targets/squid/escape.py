"""Turns values into words of squid.conf that squid takes as data and nothing else."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

_SQUID = re.compile(r"!?[A-Za-z0-9?][A-Za-z0-9._:@/+=,?-]*|/[A-Za-z0-9._/-]*")


def squid_token(value: object) -> str:
    """Words of squid.conf, one or a tuple: no blank, quote, comment, macro or continuation."""
    if isinstance(value, tuple):
        return " ".join(map(squid_token, value))
    return checked(_SQUID, value)
