"""Turns a catalogue's content and an overlay over it into the content of both together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aipol.catalogue import rules
from aipol.catalogue.identity import (
    OF_VENDORS,
    Identity,
    identifiers,
    identity,
    identity_keys,
    name_of,
)
from aipol.catalogue.tree import is_mapping

Content = dict[str, Any]
Holders = Mapping[Identity, set[str]]

APPS, VENDORS, PROTECTED = "apps", "vendors", "protected"
PROGRAMS = "protected_programs"
DROP = "drop"
FEATURES = "features"


def as_row(section: str, dropped: Any) -> Content:
    """A row that is to be dropped, as a mapping of its identity: of a host its name is enough."""
    keys = identity_keys(section)
    if is_mapping(dropped):
        return dropped
    return {keys[0]: dropped}


def overlaid(content: Content, overlay: Content) -> Content:
    """`content` with everything that `overlay` adds, corrects and drops. Expects no fault."""
    apps = dict(content[APPS])
    for app_id, entry in overlay.get(APPS, {}).items():
        apps[app_id] = overlaid_app(apps.get(app_id, {}), entry)
    protected = {owner: list(rows) for owner, rows in content[PROTECTED].items()}
    for owner, rows in overlay.get(PROTECTED, {}).items():
        protected[owner] = [*protected.get(owner, ()), *rows]
    vendors = {**content[VENDORS], **overlay.get(VENDORS, {})}
    touched = overlay.get(APPS, {}).keys()
    return {
        **content,
        APPS: _told_of_each_other(apps, content[APPS], touched),
        VENDORS: vendors,
        PROTECTED: protected,
    }


def overlaid_app(known: Content, entry: Content) -> Content:
    """One app with what an overlay says of it: rows join, everything else replaces."""
    found = {**known, **{key: value for key, value in entry.items() if key != DROP}}
    for section in (*rules.ROWS, FEATURES):
        rows = _overlaid_rows(section, known.get(section, ()), entry)
        if rows:
            found[section] = rows
        else:
            found.pop(section, None)
    return found


def _overlaid_rows(section: str, known: Iterable[Any], entry: Content) -> list[Any]:
    dropped, given = entry.get(DROP, {}).get(section, ()), entry.get(section, ())
    if section == FEATURES:
        return list(dict.fromkeys(name for name in (*known, *given) if name not in dropped))
    gone = {identity(section, as_row(section, row)) for row in dropped}
    new = {identity(section, row): row for row in given}
    kept: list[Any] = []
    for row in known:
        mine = identity(section, row)
        if mine in new:
            kept.append(new.pop(mine))
        elif mine not in gone:
            kept.append(row)
    return [*kept, *new.values()]


def others_with(holders: Holders, app_id: str, row: Content) -> list[str]:
    """The other apps that are known by the very same identifier."""
    return sorted(holders.get(name_of(row), set()) - {app_id})


def holders_of(apps: Content) -> Holders:
    """Which apps are known by each identifier of programs."""
    found: dict[Identity, set[str]] = defaultdict(set)
    for app_id, entry in apps.items():
        for _, _, row in identifiers(entry):
            if row["kind"] not in OF_VENDORS:
                found[name_of(row)].add(app_id)
    return found


def _told_of_each_other(apps: Content, before: Content, touched: Iterable[str]) -> Content:
    """Apps with the same identifier name each other: `shared_with` follows from all the rest."""
    names = {
        name_of(row)
        for app_id in touched
        for entry in (apps[app_id], before.get(app_id, {}))
        for _, _, row in identifiers(entry)
    }
    holders = holders_of(apps)
    found = dict(apps)
    for app_id, entry in apps.items():
        for section, number, row in identifiers(entry):
            others = others_with(holders, app_id, row)
            if name_of(row) in names and others != sorted(row.get("shared_with", ())):
                told = {key: value for key, value in row.items() if key != "shared_with"}
                rows = list(found[app_id][section])
                rows[number] = {**told, "shared_with": others} if others else told
                found[app_id] = {**found[app_id], section: rows}
    return found
