"""Turns a catalogue of any layout that has the same rows into the raw form that apps are built of.

The shipped catalogue is checked by the lint, which asks for more: every file, both ways round.
Here a file may be missing or be one that nobody knows, for the layout may be an older one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aipol.catalogue import rules
from aipol.catalogue.load import CatalogueError
from aipol.catalogue.tree import Where, is_list, is_mapping

_MOST_FAULTS = 20
_Faults = Iterator[tuple[Where, str]]
_OWNED = {"protected": rules.PROTECTED, "protected_programs": rules.PROTECTED_PROGRAM}
_FIRST = ("apps", "vendors", *_OWNED, "shared_platforms", "index")
_LATER = tuple(part for part in (*rules.LISTED, *rules.KEYED) if part not in _FIRST)
PARTS = (*_FIRST, *_LATER)
"""The keys of the raw form; only `apps` must be there, and the last are of the second layout."""
# An older version may have said where it read a fact in a form of its own: that changes nothing.
_SAID = frozenset({"source", "also"})


@dataclass(frozen=True, slots=True)
class Fresh:
    """A raw form that nobody has checked, and how to name a place in it."""

    form: Mapping[str, Any]
    """By the names of `PARTS`."""
    say: Callable[[Where, str], str]
    """A message with its place before it: `chat.yaml:12: ...`."""
    unchecked: Callable[[str], bool]
    """Whether an app, by its id, must be looked at: false for what was checked before."""


def completed(fresh: Fresh) -> dict[str, Any]:
    """The whole raw form, with what is missing filled in; CatalogueError names every fault."""
    faults = list(_faults(fresh))
    if faults:
        raise refused([fresh.say(where, message) for where, message in faults])
    form = fresh.form
    apps: dict[str, dict[str, Any]] = form["apps"]
    found: set[str] = {app["category"] for app in apps.values()}
    return {
        "apps": apps,
        "vendors": form.get("vendors") or {v: {"name": v} for v in sorted(_vendors(apps))},
        "protected": form.get("protected") or {},
        "shared_platforms": form.get("shared_platforms") or [],
        "index": {"categories": dict.fromkeys(sorted(found), "")} | (form.get("index") or {}),
        **{part: form[part] for part in ("protected_programs", *_LATER) if form.get(part)},
    }


def refused(faults: Sequence[str]) -> CatalogueError:
    """The error that says the first of the faults, and how many more there are."""
    more = len(faults) - _MOST_FAULTS
    rest = f" (and {more:,} more faults)" if more > 0 else ""
    return CatalogueError("\n".join(faults[:_MOST_FAULTS]) + rest)


def _vendors(apps: Mapping[str, dict[str, Any]]) -> set[str]:
    return {app["vendor"] for app in apps.values()}


def _faults(fresh: Fresh) -> _Faults:
    form = fresh.form
    for part in PARTS:
        wanted = is_list if part in rules.LISTED else is_mapping
        if form.get(part) is not None and not wanted(form[part]):
            kind = "list" if part in rules.LISTED else "mapping"
            yield (part,), f"must be a {kind}"
            return
    if not form.get("apps"):
        yield ("apps",), "there are no apps"
        return
    vendors = form.get("vendors")
    for app_id, entry in form["apps"].items():
        if fresh.unchecked(app_id):
            yield from _app(("apps", app_id), app_id, entry)
        if vendors and is_mapping(entry) and entry.get("vendor") not in (None, *vendors):
            yield ("apps", app_id, "vendor"), f"`{entry['vendor']}` is not among the vendors"
        parent = entry.get("edition_of") if is_mapping(entry) else None
        if isinstance(parent, str) and parent not in form["apps"]:
            yield ("apps", app_id, "edition_of"), f"there is no app `{parent}`"
    yield from _others(form)


def _app(where: Where, app_id: str, entry: Any) -> _Faults:
    yield from _slug(where, app_id)
    if not is_mapping(entry):
        yield where, "must be a mapping"
        return
    if not isinstance(entry.get("category"), str):
        yield where, "`category` is missing"
    own = {key: value for key, value in entry.items() if key != "category"}
    yield from _shape(rules.APP, where, own)
    for section, shape in rules.ROWS.items():
        if section in entry:
            yield from _rows(shape, (*where, section), entry[section])
    features = entry.get("features")
    for number, name in enumerate(features if is_list(features) else ()):
        if message := rules.feature(name):
            yield (*where, "features", number), message
    if "tenant_restriction" in entry:
        restriction, place = entry["tenant_restriction"], (*where, "tenant_restriction")
        yield from _shape(rules.RESTRICTION, place, restriction)
        if is_mapping(restriction):
            yield from _rows(rules.HOST_MATCH, (*place, "hosts"), restriction.get("hosts"))


def _others(form: Mapping[str, Any]) -> _Faults:
    if form.get("index") is not None:
        yield from _index(form["index"])
    for slug in form.get("vendors") or ():
        yield from _slug(("vendors", slug), slug)
    for part, shape in _OWNED.items():
        for owner, rows in (form.get(part) or {}).items():
            yield from _slug((part, owner), owner)
            yield from _rows(shape, (part, owner), rows)
    for part, shape in rules.LISTED.items():
        yield from _rows(shape, (part,), form.get(part) or [])
    for part, shape in rules.KEYED.items():
        for key, row in (form.get(part) or {}).items():
            yield from _shape(shape, (part, key), row)


def _index(index: Mapping[str, Any]) -> _Faults:
    yield from _shape(rules.INDEX, ("index",), index)
    categories = index.get("categories")
    if not is_mapping(categories):
        yield ("index", "categories"), "must be a mapping"
        return
    for name, meaning in categories.items():
        if message := rules.text(meaning):
            yield ("index", "categories", name), message


def _rows(shape: rules.Shape, where: Where, rows: Any) -> _Faults:
    if not is_list(rows):
        yield where, "must be a list"
        return
    for number, row in enumerate(rows):
        yield from _shape(shape, (*where, number), row)


def _shape(shape: rules.Shape, where: Where, row: Any) -> _Faults:
    for key, message in shape.faults(row):
        if key not in _SAID or not isinstance(row[key], str):
            yield (where if key is None else (*where, key)), message


def _slug(where: Where, name: str) -> _Faults:
    if message := rules.slug(name):
        yield where, message
