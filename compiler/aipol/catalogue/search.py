"""Turns a host, an identifier or a piece of a name into the apps it may mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.catalogue.model import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

# The closest first: an identifier that is the text, then hosts by how much agrees, then names.
_IDENTIFIER, _HOST, _PARENT, _NAME = range(4)


@dataclass(frozen=True, slots=True)
class Hit:
    """One app the text may mean, with the value of the catalogue that says so."""

    app: str
    field: str
    """`domain`, `name`, `id`, a store, an OAuth provider, or an identifier's kind (`exe`, ...)."""
    value: str
    exact: bool
    """False where only a parent host or a part of the name agrees."""


def search(apps: dict[str, dict[str, Any]], text: str) -> tuple[Hit, ...]:
    """Every hit for `text` among the raw entries, the closest first."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    host = _host(wanted)
    found = [
        (rank, -len(hit.value), hit.app, hit.field, hit)
        for app_id, raw in apps.items()
        for rank, hit in (
            *_identifiers(app_id, raw, wanted),
            *_hosts(app_id, raw, host),
            *_names(app_id, raw, wanted),
        )
    ]
    found.sort(key=lambda row: row[:4])
    return tuple(dict.fromkeys(row[4] for row in found))


def _host(text: str) -> str:
    """The host of a URL or `host:port`, without a trailing dot."""
    rest = text.partition("://")[2] or text
    return rest.partition("/")[0].rpartition("@")[2].partition(":")[0].rstrip(".")


def _identifiers(app_id: str, raw: dict[str, Any], wanted: str) -> Iterator[tuple[int, Hit]]:
    for group in ("macos", "windows", "cli"):
        for row in raw.get(group, ()):
            if row["value"].casefold() == wanted:
                yield _IDENTIFIER, Hit(app_id, row["kind"], row["value"], exact=True)
    for row in raw.get("extensions", ()):
        if row["id"].casefold() == wanted:
            yield _IDENTIFIER, Hit(app_id, row["store"], row["id"], exact=True)
    for row in raw.get("oauth", ()):
        if row["client_id"].casefold() == wanted:
            yield _IDENTIFIER, Hit(app_id, row["provider"], row["client_id"], exact=True)
    for row in raw.get("firewall", ()):
        if row["name"].casefold() == wanted:
            yield _IDENTIFIER, Hit(app_id, row["product"], row["name"], exact=True)


def _hosts(app_id: str, raw: dict[str, Any], host: str) -> Iterator[tuple[int, Hit]]:
    for row in raw.get("domains", ()):
        name = row["domain"]
        if name == host:
            yield _HOST, Hit(app_id, "domain", name, exact=True)
        elif Match(row["match"]).covers(name, host):
            yield _PARENT, Hit(app_id, "domain", name, exact=False)


def _names(app_id: str, raw: dict[str, Any], wanted: str) -> Iterator[tuple[int, Hit]]:
    if wanted == app_id:
        yield _IDENTIFIER, Hit(app_id, "id", app_id, exact=True)
    elif wanted == raw["name"].casefold():
        yield _IDENTIFIER, Hit(app_id, "name", raw["name"], exact=True)
    elif wanted in app_id or wanted in raw["name"].casefold():
        yield _NAME, Hit(app_id, "name", raw["name"], exact=False)
