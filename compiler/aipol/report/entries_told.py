"""Turns how targets say hosts into words for a person and into data for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aipol.expressed import Expressed
from aipol.report.entries import Entry
from aipol.report.words import at_sites, count, folded, listed, places, some
from aipol.vocabulary import Situation

_MOST, _MOST_HOSTS = 20, 2


def entries_json(entries: Iterable[Entry]) -> list[Mapping[str, Any]]:
    """Every entry of every target, for a program."""
    return [
        {
            "host": entry.host,
            "match": entry.match,
            "target": entry.target,
            **({"site": entry.site} if entry.site else {}),
            "client": entry.client,
            "situations": [situation.value for situation in entry.situations],
            "verdict": entry.verdict.value,
            "reason": entry.reason,
        }
        for entry in entries
    ]


def entries_text(entries: tuple[Entry, ...]) -> Iterator[str]:
    """How the files say the hosts: a row for each target that says any otherwise than exactly."""
    rows = _rows(entries)
    number = count(len({(each.host, each.match) for each in entries}), "host")
    exact = [row for row in rows if not row.said]
    others = [row for row in rows if row.said]
    yield "Hosts, as the files say them"
    if not others:
        said = f"  Of {number} each file says exactly what the policy says: {_all(rows, exact)}"
        yield from folded(said)
        return
    yield f"  Of {number} each file says exactly what the policy says, but:"
    yield from listed([(_where(row, rows), row.said) for row in others[:_MOST]], indent=4)
    if len(others) > _MOST:
        yield f"    and {len(others) - _MOST} more; --format json has all"
    if exact:
        yield from folded(f"  and all of them exactly: {_all(rows, exact)}")


@dataclass(frozen=True, slots=True)
class _Row:
    """What is said alike: of one target, at which sites, on which paths, in which situations."""

    target: str
    sites: tuple[str, ...]
    clients: tuple[str, ...]
    situations: tuple[Situation, ...]
    by_device: bool
    said: str
    """What is not exact, in words; nothing where all is."""


def _rows(entries: tuple[Entry, ...]) -> tuple[_Row, ...]:
    """A row for each place of a target, those that are alike made one."""
    found: dict[tuple[str, str, str, tuple[Situation, ...]], list[Entry]] = {}
    for each in entries:
        place = (each.target, each.site, each.client, each.situations)
        found.setdefault(place, []).append(each)
    rows: tuple[_Row, ...] = tuple(
        _Row(
            target,
            (site,),
            (client,),
            situations,
            by_device=bool(every[0].device),
            said="; ".join(_said(every)),
        )
        for (target, site, client, situations), every in found.items()
    )
    for part in ("sites", "clients", "situations"):
        rows = _folded(rows, part)
    return rows


def _said(entries: list[Entry]) -> Iterator[str]:
    """The verdicts other than exact, the worst first, with their reason and hosts."""
    hosts: dict[tuple[Expressed, str], list[str]] = {}
    for each in entries:
        if each.verdict is not Expressed.EXACT:
            named = f"{each.host} ({each.match})"
            hosts.setdefault((each.verdict, each.reason), []).append(named)
    order = list(Expressed)
    for verdict, reason in sorted(hosts, key=lambda k: (-order.index(k[0]), k[1])):
        every = hosts[verdict, reason]
        everything = len(every) == len(entries) > _MOST_HOSTS
        yield f"{verdict} {reason}: {'all' if everything else some(every, _MOST_HOSTS)}"


def _folded(rows: tuple[_Row, ...], part: str) -> tuple[_Row, ...]:
    """Rows that differ in nothing but one part, made one."""
    found: dict[_Row, dict[Any, None]] = {}
    for row in rows:
        kept = found.setdefault(_with(row, part, ()), {})
        kept.update(dict.fromkeys(getattr(row, part)))
    return tuple(_with(row, part, tuple(kept)) for row, kept in found.items())


def _with(row: _Row, part: str, value: tuple[Any, ...]) -> _Row:
    changes: dict[str, Any] = {part: value}
    return replace(row, **changes)


def _all(rows: tuple[_Row, ...], shown: Iterable[_Row]) -> str:
    return ", ".join(_where(row, rows) for row in shown)


def _where(row: _Row, rows: tuple[_Row, ...]) -> str:
    """A row's place, as far as the target's rows differ in it; devices always."""
    own = [each for each in rows if each.target == row.target]
    named = row.target
    if {client for each in own for client in each.clients} != set(row.clients):
        paths = " and ".join(client for client in row.clients if client != row.target)
        named = f"{named}/{paths}" if paths else named
    if {site for each in own for site in each.sites} != set(row.sites):
        named += at_sites(row.sites)
    return f"{named} on {places(row.situations)}" if row.by_device else named
