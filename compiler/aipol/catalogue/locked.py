"""Turns a lock into the catalogue that a policy with it is compiled with."""

from __future__ import annotations

from aipol.addresses import Address
from aipol.catalogue.load import Catalogue
from aipol.catalogue.lock import LIMIT, Content, Lock, LockError
from aipol.catalogue.model import Match
from aipol.catalogue.overlay import APPS, PROGRAMS, PROTECTED
from aipol.catalogue.sound import usable_lock
from aipol.language.text import read_bytes, reason


def lock_in(file: str, root: str = "") -> Lock:
    """The lock in `file`, fit to be used; in the folder `root`, if it must be. Raises LockError."""
    try:
        content = read_bytes(file, LIMIT, root)
    except OverflowError:
        raise LockError(f"it has more than {LIMIT} bytes") from None
    except (OSError, ValueError) as error:
        raise LockError(reason(error)) from None
    return usable_lock(content)


def locked_catalogue(lock: Lock, shipped: Catalogue) -> Catalogue:
    """What is locked, in which what ships as protected is protected under any lock."""
    return Catalogue(_with_floor(lock.content, shipped.content))


def _with_floor(content: Content, shipped: Content) -> Content:
    """`content`, in which what ships as protected is protected too, whatever claims it there."""
    known = {(row["host"], row["match"]) for rows in content[PROTECTED].values() for row in rows}
    added = {
        owner: [row for row in rows if (row["host"], row["match"]) not in known]
        for owner, rows in shipped[PROTECTED].items()
    }
    protected = {
        owner: [*rows, *added.pop(owner, ())] for owner, rows in content[PROTECTED].items()
    }
    protected |= {owner: rows for owner, rows in added.items() if rows}
    floor = [
        (row["host"], Match(row["match"]))
        for rows in shipped[PROTECTED].values()
        for row in rows
        if (row["host"], row["match"]) not in known
    ]
    apps = content[APPS]
    if floor:
        apps = {key: _yielding(entry, floor) for key, entry in apps.items()}
    programs = _programs_of_both(content.get(PROGRAMS, {}), shipped.get(PROGRAMS, {}))
    found = {**content, PROTECTED: protected, APPS: apps}
    return {**found, PROGRAMS: programs} if programs else found


def _programs_of_both(own: Content, shipped: Content) -> Content:
    """What nothing may stop, as the lock says it and as it ships."""
    found = {owner: list(rows) for owner, rows in own.items()}
    known = {(row["kind"], row["value"]) for rows in own.values() for row in rows}
    for owner, rows in shipped.items():
        new = [row for row in rows if (row["kind"], row["value"]) not in known]
        if new:
            found[owner] = [*found.get(owner, ()), *new]
    return found


def _yielding(entry: Content, floor: list[tuple[str, Match]]) -> Content:
    """The app without a claim of its own to what came to be protected after it was locked."""
    rows = [
        {**row, "shared": True}
        if any(Match(row["match"]).meets(row["domain"], *host) for host in floor)
        else row
        for row in entry.get("domains", ())
    ]
    found = {**entry, "domains": rows} if rows else entry
    urls = [row for row in entry.get("urls", ()) if not _is_kept(row["url"], floor)]
    if len(urls) == len(entry.get("urls", ())):
        return found
    rest = {key: value for key, value in found.items() if key != "urls"}
    return {**rest, "urls": urls} if urls else rest


def _is_kept(url: str, floor: list[tuple[str, Match]]) -> bool:
    host = Address.of(url).host
    return any(match.covers(name, host) for name, match in floor)
