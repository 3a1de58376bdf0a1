"""Turns two versions of the catalogue into what changes from the one to the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.catalogue import rules
from aipol.catalogue.overlay import APPS, FEATURES, identity
from aipol.catalogue.tree import is_list, is_mapping
from aipol.report.words import count

if TYPE_CHECKING:
    from aipol.catalogue.lock import Content

Rows = Mapping[tuple[str, ...], Any]


@dataclass(frozen=True, slots=True)
class AppChange:
    """What changes about one app: how many identifiers come, go and are put otherwise."""

    app: str
    kind: str
    """`added`, `removed` or `changed`."""
    added: int
    removed: int
    changed: int
    keys: tuple[str, ...]
    """What else of it changes, such as `vendor`."""


@dataclass(frozen=True, slots=True)
class Changes:
    """All apps that change, and how many entries of every other section do."""

    apps: tuple[AppChange, ...]
    others: Mapping[str, tuple[int, int, int]]
    """Added, removed and changed entries by section: `vendors`, `protected`, ..."""


def changes(old: Content, new: Content) -> Changes:
    """Everything that is not the same in two versions."""
    before, after = old[APPS], new[APPS]
    apps = (
        _app(app_id, before.get(app_id), after.get(app_id))
        for app_id in sorted(before.keys() | after.keys())
        if before.get(app_id) != after.get(app_id)
    )
    sections = sorted((old.keys() | new.keys()) - {APPS})
    others = {
        name: _counts(_entries(old.get(name, {})), _entries(new.get(name, {}))) for name in sections
    }
    return Changes(tuple(apps), {name: each for name, each in others.items() if any(each)})


def changes_text(found: Changes) -> Iterator[str]:
    """A line an app, then a line for each other section."""
    for kind, sign in (("removed", "-"), ("changed", "~"), ("added", "+")):
        for app in (app for app in found.apps if app.kind == kind):
            yield f"{sign} {app.app}: {_words(app)}"
    for name, (added, removed, changed) in found.others.items():
        yield f"~ {name}: {_told(added, removed, changed)}"
    kinds = Counter(app.kind for app in found.apps)
    told = [f"{kinds[kind]} {kind}" for kind in ("added", "removed", "changed")]
    yield f"{count(len(found.apps), 'app')}: {', '.join(told)}."


def changes_json(found: Changes) -> dict[str, Any]:
    """The same for a program."""
    return {
        "apps": [
            {
                "app": app.app,
                "change": app.kind,
                "identifiers": {
                    "added": app.added,
                    "removed": app.removed,
                    "changed": app.changed,
                },
                "keys": list(app.keys),
            }
            for app in found.apps
        ],
        "sections": {
            name: {"added": added, "removed": removed, "changed": changed}
            for name, (added, removed, changed) in found.others.items()
        },
    }


def _app(app_id: str, before: Content | None, after: Content | None) -> AppChange:
    counts = _counts(_rows(before or {}), _rows(after or {}))
    if before is None or after is None:
        return AppChange(app_id, "added" if before is None else "removed", *counts, ())
    rest = (before.keys() | after.keys()) - {*rules.ROWS, FEATURES}
    keys = tuple(sorted(key for key in rest if before.get(key) != after.get(key)))
    return AppChange(app_id, "changed", *counts, keys)


def _rows(entry: Content) -> Rows:
    """Every identifier of an app, by what it is."""
    sections = ((name, entry.get(name, ())) for name in rules.ROWS)
    found: dict[tuple[str, ...], Any] = {
        (section, *identity(section, row)): row for section, rows in sections for row in rows
    }
    return {**found, **{(FEATURES, name): name for name in entry.get(FEATURES, ())}}


def _entries(section: Any) -> Rows:
    """Every entry of another section, lists of entries taken apart."""
    if is_mapping(section):
        return {
            (key, *below): value
            for key, entry in section.items()
            for below, value in (_entries(entry).items() if is_list(entry) else [((), entry)])
        }
    return {(_name(row),): row for row in section}


def _name(row: Any) -> str:
    """A row of a list by what it is about: it has one key that no other row has so."""
    if not is_mapping(row):
        return str(row)
    named = [str(row[key]) for key in ("host", "match", "suffix", "app", "what") if key in row]
    return " ".join(named) or str(sorted(row.items()))


def _counts(before: Rows, after: Rows) -> tuple[int, int, int]:
    both = before.keys() & after.keys()
    changed = sum(before[key] != after[key] for key in both)
    return len(after.keys() - both), len(before.keys() - both), changed


def _words(app: AppChange) -> str:
    if app.kind != "changed":
        return count(app.added + app.removed, "identifier")
    told = [_told(app.added, app.removed, app.changed)] if _any(app) else []
    return ", ".join([*told, *(f"`{key}`" for key in app.keys)])


def _any(app: AppChange) -> bool:
    return bool(app.added or app.removed or app.changed)


def _told(added: int, removed: int, changed: int) -> str:
    numbers: Iterable[tuple[int, str]] = (
        (added, "added"),
        (removed, "removed"),
        (changed, "changed"),
    )
    return ", ".join(f"{number} {word}" for number, word in numbers if number)
