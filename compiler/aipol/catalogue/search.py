"""Turns a host, an identifier or a piece of a name into what it may mean, and why.

Reads the raw entries: building every app to answer one question would take longer than the search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.catalogue.kinds import Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The closest first: an identifier that is the text, then hosts by how much agrees, then names.
_IDENTIFIER, _HOST, _NOBODYS, _PARENT, _NAME = range(5)
Ranked = tuple[int, "Hit"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing the text may mean, with the value of the catalogue that says so."""

    app: str
    """The app; empty for what is nobody's own: protected and common hosts, platforms, teams."""
    field: str
    """`domain`, `name`, `id`, a store, an OAuth provider, an identifier's kind (`exe`, ...), or
    `protected`, `common`, `platform`, `team`."""
    value: str
    exact: bool
    """False where only a parent host or a part of the name agrees."""
    why: str = ""
    """What else is known that matters to whoever asks: what it serves, whose it also is."""
    source: str = ""


def search(raw: Mapping[str, Any], text: str) -> tuple[Hit, ...]:
    """Every hit for `text` in the raw catalogue, the closest first."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    host = host_of(text.strip())
    apps: dict[str, dict[str, Any]] = raw["apps"]
    found = [
        (rank, -len(hit.value), _offers(hit), hit.app, hit.field, hit)
        for app_id, entry in apps.items()
        for rank, hit in (
            *_identifiers(app_id, entry, wanted),
            *_hosts(app_id, entry, host),
            *_names(app_id, entry, wanted),
        )
    ]
    found += [
        (rank, -len(hit.value), _offers(hit), hit.app, hit.field, hit)
        for rank, hit in (*_nobodys(raw, host), *_teams(raw, wanted))
    ]
    found.sort(key=lambda row: row[:5])
    return tuple(dict.fromkeys(row[5] for row in found))


def _offers(hit: Hit) -> bool:
    """False, which sorts first, for the app that offers a host, before those that only need it."""
    return hit.field == "domain" and not hit.why.startswith(("ui", "api"))


def host_of(text: str) -> str:
    """The host of what people paste: a URL or a part of one, `host:port`, `*.host`, Unicode."""
    plain = text.translate(_DOTS)
    rest = _SCHEME.sub("", plain)
    authority = _AFTER.split(rest, maxsplit=1)[0].rpartition("@")[2]
    host = authority.partition(":")[0].strip(".").removeprefix("*.").lower()
    if host.isascii():
        return host
    from aipol.language.hosts import HostError, canonical_host

    try:
        return canonical_host(host)
    except HostError:
        return host


# UTS-46 reads these as the dot, and browsers a backslash as the slash.
_DOTS = {0x3002: ".", 0xFF0E: ".", 0xFF61: ".", 0x5C: "/"}
_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?/+")
_AFTER = re.compile(r"[/?#]")


def _last(text: str) -> str:
    """The last part of a path, as a process list shows it; a URL has none."""
    return text if "://" in text else text.replace("\\", "/").rstrip("/").rpartition("/")[2]


# Section, the key that names the kind, the key that identifies.
_ROWS = (
    ("macos", "kind", "value"),
    ("windows", "kind", "value"),
    ("cli", "kind", "value"),
    ("extensions", "store", "id"),
    ("oauth", "provider", "client_id"),
    ("firewall", "product", "name"),
)


# A path ends in the name of a program, and of nothing else.
_PROGRAMS = frozenset({"macos", "windows", "cli"})


def _identifiers(app_id: str, raw: dict[str, Any], wanted: str) -> Iterator[Ranked]:
    for section, selector, key in _ROWS:
        names = {wanted, _last(wanted)} if section in _PROGRAMS else {wanted}
        for row in raw.get(section, ()):
            value = row[key].casefold()
            whole = value in names or value.removesuffix(".app") in names
            if whole:
                why = _about(row)
                hit = Hit(
                    app_id, row[selector], row[key], exact=True, why=why, source=row["source"]
                )
                yield _IDENTIFIER, hit


def _about(row: dict[str, Any]) -> str:
    """What matters about a value besides whose it is."""
    parts = []
    if row.get("shared"):
        parts.append(f"does more: {row.get('serves') or row.get('breaks') or 'not only this app'}")
    if row.get("shared_with"):
        parts.append(f"also {', '.join(row['shared_with'])}'s")
    if row.get("match_alone") is False:
        parts.append("too generic to be matched alone")
    if row.get("role"):
        parts.insert(0, str(row["role"]))
    return "; ".join(parts)


def _hosts(app_id: str, raw: dict[str, Any], host: str) -> Iterator[Ranked]:
    for row in raw.get("domains", ()):
        name = row["domain"]
        exact = name == host
        if exact or Match(row["match"]).covers(name, host):
            why, rank = _about(row), _HOST if exact else _PARENT
            yield rank, Hit(app_id, "domain", name, exact, why, row["source"])


def _names(app_id: str, raw: dict[str, Any], wanted: str) -> Iterator[Ranked]:
    name, source = raw["name"], raw["source"]
    if wanted == app_id:
        yield _IDENTIFIER, Hit(app_id, "id", app_id, exact=True, source=source)
    elif wanted == name.casefold():
        yield _IDENTIFIER, Hit(app_id, "name", name, exact=True, source=source)
    elif wanted in app_id or wanted in name.casefold():
        yield _NAME, Hit(app_id, "name", name, exact=False, source=source)


def _nobodys(raw: Mapping[str, Any], host: str) -> Iterator[Ranked]:
    """Hosts that are no app's own."""
    for owner, rows in raw["protected"].items():
        for row in rows:
            if Match(row["match"]).covers(row["host"], host):
                why = f"never blocked: {row['purpose']} of {owner}"
                hit = Hit("", "protected", row["host"], row["host"] == host, why, row["source"])
                yield _NOBODYS, hit
    for row in raw.get("common_hosts", ()):
        if Match(row["match"]).covers(row["host"], host):
            why = f"never blocked for one app: {row['serves']}"
            yield _NOBODYS, Hit("", "common", row["host"], row["host"] == host, why, row["source"])
    for row in raw["shared_platforms"]:
        if Match.SUBTREE.covers(row["suffix"], host):
            why = f"unrelated services live below it{_what(row)}"
            exact = row["suffix"] == host
            yield _NOBODYS, Hit("", "platform", row["suffix"], exact, why, row["source"])


def _what(row: dict[str, Any]) -> str:
    return f": {row['serves']}" if row.get("serves") else ""


def _teams(raw: Mapping[str, Any], wanted: str) -> Iterator[Ranked]:
    for team, row in raw.get("teams", {}).items():
        if team.casefold() == wanted:
            why = f"signs more than AI: {', '.join(row['signs'])}"
            yield _IDENTIFIER, Hit("", "team", team, exact=True, why=why, source=row["source"])
