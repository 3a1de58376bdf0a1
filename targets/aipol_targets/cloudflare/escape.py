"""Turns values into parts of a Gateway expression that are data and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aipol_targets.common.network.escape import checked

_LIST = re.compile(r"[a-z0-9_-]+")
_NETWORK = re.compile(r"[0-9a-f:.]+/[0-9]{1,3}")
# Neither a quote nor a backslash: what an escape in a text means is nowhere written for Gateway.
_TEXT = re.compile(r"[A-Za-z0-9._~/^$()\[\]*?-]+")


def listed(name: object) -> str:
    """Where the id of a list goes: no list can be called that, so it is refused unless filled."""
    return f"$<{checked(_LIST, name)}>"


def networks(values: Iterable[object]) -> str:
    """A set of networks; only in a set can a network be compared with."""
    return "{{{}}}".format(" ".join(checked(_NETWORK, value) for value in values))


def text(value: object) -> str:
    """One text in quotes."""
    return f'"{checked(_TEXT, value)}"'
