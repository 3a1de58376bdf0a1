"""Turns the catalogue's files into the list of what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aipol.catalogue import rules
from aipol.catalogue.model import Match
from aipol.catalogue.tree import Document, Fault, Where, is_list, is_mapping, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Every other file holds the apps of the category it is named after.
SPECIAL = frozenset({"index", "protected", "shared_platforms", "vendors"})

Place = tuple[Document, Where]


def lint(directory: Path) -> tuple[Fault, ...]:
    """Every fault of the catalogue in `directory`, by file and line."""
    return check({path.stem: read(path) for path in sorted(directory.glob("*.yaml"))})


def check(documents: dict[str, Document]) -> tuple[Fault, ...]:
    """Every fault of these files; a form that is wrong is said before what would follow from it."""
    faults = [fault for document in documents.values() for fault in document.faults]
    faults += _files(documents)
    if faults:
        return tuple(sorted(faults))
    faults += [
        *_index(documents),
        *_vendors(documents["vendors"]),
        *_protected(documents["protected"]),
        *_platforms(documents["shared_platforms"]),
        *(
            fault
            for document in _app_files(documents)
            for fault in _apps(document, documents["vendors"])
        ),
    ]
    if not faults:
        faults += [*_ids(documents), *_shared_identifiers(documents), *_overlaps(documents)]
    return tuple(sorted(faults))


def _app_files(documents: dict[str, Document]) -> list[Document]:
    return [document for name, document in documents.items() if name not in SPECIAL]


def _files(documents: dict[str, Document]) -> Iterator[Fault]:
    for name in sorted(SPECIAL - documents.keys()):
        yield Fault(f"{name}.yaml", 1, "the file is missing")
    for name, document in documents.items():
        wanted = list if name == "shared_platforms" else dict
        if not document.faults and not isinstance(document.value, wanted):
            yield Fault(
                document.file,
                1,
                f"must be a {'list' if wanted is list else 'mapping'}, and not empty",
            )


def _index(documents: dict[str, Document]) -> Iterator[Fault]:
    index = documents["index"]
    yield from _shape(rules.INDEX, index, (), index.value)
    categories = index.value.get("categories")
    if not is_mapping(categories):
        yield index.fault(("categories",), "must be a mapping")
        return
    for name in categories.keys() - documents.keys():
        yield index.fault(("categories", name), f"the category `{name}` has no file `{name}.yaml`")
    for document in _app_files(documents):
        if document.file.removesuffix(".yaml") not in categories:
            yield Fault(document.file, 1, "the file's name is not a category of index.yaml")


def _vendors(document: Document) -> Iterator[Fault]:
    for key, row in document.value.items():
        if message := rules.slug(key):
            yield document.fault((key,), message)
        yield from _shape(rules.VENDOR, document, (key,), row)


def _protected(document: Document) -> Iterator[Fault]:
    for owner, rows in document.value.items():
        yield from _rows(rules.PROTECTED, document, (owner,), rows)


def _platforms(document: Document) -> Iterator[Fault]:
    yield from _rows(rules.SHARED_PLATFORM, document, (), document.value)


def _apps(document: Document, vendors: Document) -> Iterator[Fault]:
    for app_id, entry in document.value.items():
        where: Where = (app_id,)
        if message := rules.slug(app_id):
            yield document.fault(where, message)
        yield from _shape(rules.APP, document, where, entry)
        if is_mapping(entry):
            if entry.get("vendor") not in vendors.value:
                yield document.fault(
                    (*where, "vendor"), f"`{entry.get('vendor')}` is not in vendors.yaml"
                )
            yield from _entry(document, where, entry)


def _entry(document: Document, where: Where, entry: dict[str, Any]) -> Iterator[Fault]:
    if not entry.keys() & {*rules.ROWS, "features", "edition_of"}:
        yield document.fault(where, "nothing here could be recognised on a device or a network")
    for section, shape in rules.ROWS.items():
        if section in entry:
            yield from _rows(shape, document, (*where, section), entry[section])
            yield from _values(document, (*where, section), entry[section])
    for number, name in enumerate(entry.get("features") or ()):
        if message := rules.feature(name):
            yield document.fault((*where, "features", number), message)
    restriction = entry.get("tenant_restriction")
    if "tenant_restriction" in entry:
        place = (*where, "tenant_restriction")
        yield from _shape(rules.RESTRICTION, document, place, restriction)
        if is_mapping(restriction):
            yield from _rows(
                rules.HOST_MATCH, document, (*place, "hosts"), restriction.get("hosts")
            )
            yield from _second_source(document, place, restriction)


def _rows(shape: rules.Shape, document: Document, where: Where, rows: Any) -> Iterator[Fault]:
    if not is_list(rows) or not rows:
        yield document.fault(where, "must be a list, and not empty")
        return
    for number, row in enumerate(rows):
        yield from _shape(shape, document, (*where, number), row)
        if "tier" in shape.required and is_mapping(row):
            yield from _second_source(document, (*where, number), row)


def _shape(shape: rules.Shape, document: Document, where: Where, row: Any) -> Iterator[Fault]:
    for key, message in shape.faults(row):
        yield document.fault(where if key is None else (*where, key), message)


def _second_source(document: Document, where: Where, row: dict[str, Any]) -> Iterator[Fault]:
    sources = row.get("sources", 1)
    if (
        row.get("tier") == "C"
        and not row.get("also")
        and not (isinstance(sources, int) and sources > 1)
    ):
        yield document.fault(
            where, "tier C ships only with a second source: `also:`, or `sources:` above 1"
        )


def _values(document: Document, where: Where, rows: Any) -> Iterator[Fault]:
    seen: set[tuple[str, ...]] = set()
    section = str(where[-1])
    for number, row in enumerate(rows if is_list(rows) else []):
        if not is_mapping(row):
            continue
        if (wrong := rules.value_fault(section, row)) is not None:
            yield document.fault((*where, number, wrong[0]), wrong[1])
        identity = tuple(
            str(row.get(key))
            for key in ("domain", "kind", "value", "store", "id", "client_id", "fact", "name")
        )
        if identity in seen:
            yield document.fault((*where, number), "the same row stands here twice")
        seen.add(identity)


def _entries(documents: dict[str, Document]) -> Iterator[tuple[Document, str, dict[str, Any]]]:
    for document in _app_files(documents):
        for app_id, entry in document.value.items():
            yield document, app_id, entry


def _ids(documents: dict[str, Document]) -> Iterator[Fault]:
    first: dict[str, tuple[Document, dict[str, Any]]] = {}
    for document, app_id, entry in _entries(documents):
        if app_id in first:
            yield document.fault(
                (app_id,), f"the app `{app_id}` is also in {first[app_id][0].file}"
            )
        first.setdefault(app_id, (document, entry))
    for document, app_id, entry in _entries(documents):
        parent = entry.get("edition_of")
        if parent is not None and (parent not in first or "edition_of" in first[parent][1]):
            yield document.fault(
                (app_id, "edition_of"), f"`{parent}` is no app that can have editions"
            )


def _shared_identifiers(documents: dict[str, Document]) -> Iterator[Fault]:
    """A rule about one app must know that it hits another: equal identifiers name each other."""
    holders: dict[tuple[str, str], list[tuple[str, Place, dict[str, Any]]]] = defaultdict(list)
    for document, app_id, entry in _entries(documents):
        for section in rules.IDENTIFIERS:
            for number, row in enumerate(entry.get(section, ())):
                place = (document, (app_id, section, number))
                holders[row["kind"], row["value"].casefold()].append((app_id, place, row))
    for (kind, _), found in holders.items():
        for app_id, (document, where), row in found:
            # A Team id is the vendor's, so it is always on several apps.
            others = (
                [] if kind == "team_id" else sorted({other for other, _, _ in found} - {app_id})
            )
            if sorted(row.get("shared_with", ())) != others:
                yield document.fault(
                    where, f"`shared_with` must be {others}: the apps with the same {kind}"
                )


def _overlaps(documents: dict[str, Document]) -> Iterator[Fault]:
    """No app may own a host that must never be blocked, or a whole platform of many services."""
    protected = [
        (row["host"], Match(row["match"]))
        for rows in documents["protected"].value.values()
        for row in rows
    ]
    suffixes = [row["suffix"] for row in documents["shared_platforms"].value]
    for document, app_id, entry in _entries(documents):
        for number, row in enumerate(entry.get("domains", ())):
            if row.get("shared"):
                continue
            name, match = row["domain"], Match(row["match"])
            where = (app_id, "domains", number)
            for host, reach in protected:
                if match.covers(name, host) or reach.covers(host, name):
                    yield document.fault(
                        where, f"`{name}` overlaps the protected host `{host}`: say `shared: true`"
                    )
            if match is not Match.EXACT and any(_at_or_below(suffix, name) for suffix in suffixes):
                yield document.fault(
                    where, f"`{name}` is a platform of many services: say `shared: true`"
                )


def _at_or_below(suffix: str, name: str) -> bool:
    return Match.SUBTREE.covers(name, suffix)
