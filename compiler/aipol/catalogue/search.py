"""Turns a host, an identifier or a piece of a name into what it may mean, and why.

Reads the raw entries: building every app to answer one question would take longer than the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.addresses import Address
from aipol.catalogue.kinds import Match
from aipol.catalogue.pasted import Pasted, taken_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The closest first: an identifier that is the text, then hosts by how much agrees, then names.
_IDENTIFIER, _HOST, _NOBODYS, _PARENT, _NAME = range(5)
Ranked = tuple[int, "Hit"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing the text may mean, with the value of the catalogue that says so."""

    app: str
    """The app; empty for what is nobody's own: protected, common hosts, platforms, teams."""
    field: str
    """`domain`, `name`, `id`, a store, an OAuth provider, an identifier's kind (`exe`, ...), or
    `protected`, `common`, `platform`, `team`, `bypass`."""
    value: str
    exact: bool
    """False where only a parent host or a part of the name agrees."""
    why: str = ""
    """What else is known that matters to whoever asks: what it serves, whose it also is."""
    source: str = ""
    covers: str = ""
    """How far a host of the catalogue reaches (`exact`, `subtree`, `children`), else empty."""


def search(raw: Mapping[str, Any], text: str) -> tuple[Hit, ...]:
    """Every hit for `text` in the raw catalogue, the closest first."""
    asked = taken_apart(text)
    if not asked.whole:
        return ()
    apps: dict[str, dict[str, Any]] = raw["apps"]
    found = [
        ranked
        for app_id, entry in apps.items()
        for ranked in (
            *_identifiers(app_id, entry, asked),
            *_hosts(app_id, entry, asked.host),
            *_urls(app_id, entry, asked.host),
            *_names(app_id, entry, asked),
        )
    ]
    found += [
        *_nobodys(raw, asked.host),
        *_teams(raw, asked.whole),
        *_protected_programs(raw, asked),
    ]
    found.sort(key=lambda ranked: _order(asked, *ranked))
    return tuple(dict.fromkeys(hit for _, hit in found))


def _order(asked: Pasted, rank: int, hit: Hit) -> tuple[object, ...]:
    value = hit.value.casefold()
    # Of names that contain the text, the one with the least besides it is the likeliest.
    apart, size = value != asked.whole, -len(value)
    if rank == _NAME:
        apart, size = not value.startswith(asked.whole), len(value)
    return rank, apart, hit.field not in {"id", "name"}, size, _offers(hit), hit.app, hit.field


def _offers(hit: Hit) -> bool:
    """False, which sorts first, for the app that offers a host, before those that only need it."""
    return hit.field == "domain" and not hit.why.startswith(("ui", "api"))


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
_NOTHING: frozenset[str] = frozenset()


def _identifiers(app_id: str, raw: dict[str, Any], asked: Pasted) -> Iterator[Ranked]:
    for section, selector, key in _ROWS:
        names, near = asked.names, _NOTHING
        if section in _PROGRAMS:
            names, near = asked.programs, asked.near
        for row in raw.get(section, ()):
            value = row[key].casefold()
            said = {value, value.removesuffix(".app")}
            exact = not said.isdisjoint(names)
            if exact or not said.isdisjoint(near) or _titled(row, section, asked.title):
                rank = _IDENTIFIER if exact else _PARENT
                yield rank, Hit(app_id, row[selector], row[key], exact, _about(row), row["source"])


def _titled(row: dict[str, Any], section: str, title: str) -> bool:
    """Whether an extension has the name that its store's address has in place of the id."""
    return section == "extensions" and bool(title) and row.get("name", "").casefold() == title


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
    for row in raw.get("domains", ()) if host else ():
        name = row["domain"]
        exact = name == host
        if exact or Match(row["match"]).covers(name, host):
            why, rank = _about(row), _HOST if exact else _PARENT
            yield rank, Hit(app_id, "domain", name, exact, why, row["source"], row["match"])


def _urls(app_id: str, raw: dict[str, Any], host: str) -> Iterator[Ranked]:
    """The addresses of an app on a host that is not its own."""
    for row in raw.get("urls", ()) if host else ():
        if Address.of(row["url"]).host == host:
            why = _about(row)
            yield (
                _PARENT,
                Hit(app_id, "url", row["url"], exact=False, why=why, source=row["source"]),
            )


def _names(app_id: str, raw: dict[str, Any], asked: Pasted) -> Iterator[Ranked]:
    name, source, wanted = raw["name"], raw["source"], asked.whole
    if wanted == app_id:
        yield _IDENTIFIER, Hit(app_id, "id", app_id, exact=True, source=source)
    elif wanted == name.casefold():
        yield _IDENTIFIER, Hit(app_id, "name", name, exact=True, source=source)
    elif wanted in app_id or any(part in name.casefold() for part in (wanted, asked.title) if part):
        yield _NAME, Hit(app_id, "name", name, exact=False, source=source)


def _nobodys(raw: Mapping[str, Any], host: str) -> Iterator[Ranked]:
    """Hosts that are no app's own."""
    if not host:
        return
    for owner, rows in raw["protected"].items():
        for row in rows:
            if Match(row["match"]).covers(row["host"], host):
                why = f"never blocked: {row['purpose']} of {owner}"
                yield _NOBODYS, _nobody("protected", row, why, host)
    for row in raw.get("common_hosts", ()):
        if Match(row["match"]).covers(row["host"], host):
            why = f"never blocked for one app: {row['serves']}"
            yield _NOBODYS, _nobody("common", row, why, host)
    for row in raw["shared_platforms"]:
        if Match.SUBTREE.covers(row["suffix"], host):
            why = f"unrelated services live below it{_what(row)}"
            as_host = {**row, "host": row["suffix"], "match": Match.SUBTREE.value}
            yield _NOBODYS, _nobody("platform", as_host, why, host)


def _nobody(field: str, row: dict[str, Any], why: str, host: str) -> Hit:
    exact = row["host"] == host
    return Hit("", field, row["host"], exact, why, row["source"], row["match"])


def _protected_programs(raw: Mapping[str, Any], asked: Pasted) -> Iterator[Ranked]:
    """Programs that nothing may stop."""
    names = asked.names | asked.programs
    for rows in raw.get("protected_programs", {}).values():
        for row in rows:
            value = row["value"].casefold()
            if value in names or (value.endswith(".*") and asked.whole.startswith(value[:-1])):
                why = f"never stopped: {row['breaks']}"
                exact = value in names
                yield _IDENTIFIER, Hit("", "protected", row["value"], exact, why, row["source"])


def _what(row: dict[str, Any]) -> str:
    return f": {row['serves']}" if row.get("serves") else ""


def _teams(raw: Mapping[str, Any], wanted: str) -> Iterator[Ranked]:
    for team, row in raw.get("teams", {}).items():
        if team.casefold() == wanted:
            why = f"signs more than AI: {', '.join(row['signs'])}"
            yield _IDENTIFIER, Hit("", "team", team, exact=True, why=why, source=row["source"])
