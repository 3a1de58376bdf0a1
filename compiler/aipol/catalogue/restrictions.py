"""Turns a tenant restriction into what of it would deny, or decrypt, what others need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aipol.catalogue.collateral import PURPOSES, UNTOLD
from aipol.catalogue.kinds import Match, Purpose

ADDRESS = r"https://([a-z0-9.-]+)(/[A-Za-z0-9._~/-]*)"
_ADDRESS = re.compile(ADDRESS)
_ALSO_BLOCK, _HOSTS = "also_block", "hosts"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A host that must stay reachable, and what would break without it."""

    host: str
    match: Match
    breaks: str
    purpose: Purpose | None = None
    """Why nothing at all may block it; None where only no rule about one app may."""

    def covers(self, host: str) -> bool:
        """Whether `host` is, or is below, what is kept."""
        return self.match.covers(self.host, host)


@dataclass(frozen=True, slots=True)
class Unfit:
    """One value of a restriction that reaches what is not its app's."""

    where: tuple[str | int, ...]
    """Its place in the restriction."""
    value: str
    breaks: str
    stray: bool = False
    """Whether the vendor could have asked for it: a host of nobody's, or one above a kept one."""


def protected_hosts(owners: dict[str, list[Row]]) -> Iterator[Kept]:
    """What is never blocked, as rows by owner say it."""
    for rows in owners.values():
        for row in rows:
            purpose = Purpose(row["purpose"])
            breaks = f"{PURPOSES[purpose]} (`{row['host']}`)"
            yield Kept(row["host"], Match(row["match"]), breaks, purpose)


def unfit(restriction: Row, domains: Sequence[Row], kept: Iterable[Kept]) -> Iterator[Unfit]:
    """What `restriction` may not name; `domains` are those of its app and of its editions' app.

    An address is denied to everybody whom the restriction holds, whatever else its host serves: it
    must be the app's own. Of a host of many only a part may be denied; where devices depend on it,
    nothing. A host gets the header, for which its connections are decrypted: sign-in bears that,
    the management and the protection of devices do not.
    """
    never = tuple(kept)
    for number, row in enumerate(restriction[_HOSTS]):
        yield from _decrypted((_HOSTS, number, "host"), row, never)
    for number, address in enumerate(restriction.get(_ALSO_BLOCK, ())):
        found = _ADDRESS.fullmatch(address)
        if found is None:
            continue  # told by the check of its form
        host, path = found.groups()
        where, held = (_ALSO_BLOCK, number), _kept(host, never)
        if held and (held.purpose or path == "/"):
            yield Unfit(where, address, held.breaks)
        elif not _owned(host, restriction, domains):
            breaks = held.breaks if held else UNTOLD
            yield Unfit(where, address, breaks, stray=held is None)


def _decrypted(where: tuple[str | int, ...], row: Row, kept: Iterable[Kept]) -> Iterator[Unfit]:
    host, match = row["host"], Match(row["match"])
    for each in kept:
        bears = each.purpose in {None, Purpose.IDENTITY}
        if not bears and match.meets(host, each.host, each.match):
            yield Unfit(where, host, each.breaks, stray=not each.covers(host))
            return


def _kept(host: str, kept: Iterable[Kept]) -> Kept | None:
    """What keeps a host: what nothing may block before what only some may not."""
    found = [each for each in kept if each.covers(host)]
    return min(found, key=lambda each: each.purpose is None, default=None)


def _owned(host: str, restriction: Row, domains: Iterable[Row]) -> bool:
    own = [(row["domain"], row["match"]) for row in domains if not row.get("shared")]
    own += [(row["host"], row["match"]) for row in restriction[_HOSTS]]
    return any(Match(match).covers(name, host) for name, match in own)
