"""Turns values into words that each resolver takes as data and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from aipol_targets.common.network.escape import checked

_WORD = re.compile(r"[A-Za-z0-9._:?/-]+")
_OWNER = re.compile(r"(?!(?:.*\.)?rpz-[^.]*$)(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_TO = " CNAME "
_LINES = re.compile(rf"(?:(?:\*\.)?[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+{_TO}(?:rpz-passthru)?\.\n)*+")


def server_word(value: object) -> str:
    """One quoted word of named.conf or unbound.conf, or one quoted string of Lua."""
    return checked(_WORD, value)


def zone_lines(records: Iterable[tuple[str, bool]]) -> Sequence[str]:
    """The lines of a policy zone: owner names, each with whether it is blocked."""
    lines = [f"{owner}{_TO}{'.' if blocked else 'rpz-passthru.'}" for owner, blocked in records]
    text = "\n".join((*lines, ""))
    # Most are checked at once.
    plain = text.count("\n") == len(lines) and text.count("rpz-") == text.count(f"{_TO}rpz-")
    if not plain or not _LINES.fullmatch(text):
        for line in lines:
            owner_name(line.rpartition(_TO)[0])
    return lines


def owner_name(value: object) -> str:
    """One name, or the names below one, in a zone, a local zone, dnsmasq.conf or a hosts file."""
    return checked(_OWNER, value)
