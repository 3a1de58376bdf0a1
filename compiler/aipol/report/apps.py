"""Turns catalogue entries into lists, and into facts with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from aipol.catalogue.collateral import collateral
from aipol.diagnostics.quoting import columns
from aipol.report.words import count, fitted, listed, listed_rows, some, table

if TYPE_CHECKING:
    from aipol.catalogue.collateral import Collateral
    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import App, Domain, Identifier, Sourced


def app_row(catalogue: Catalogue, app: App) -> dict[str, Any]:
    """One app of a list, for a program."""
    return {
        "id": app.id,
        "name": app.name,
        "vendor": app.vendor,
        "vendor_name": catalogue.vendor_name(app.vendor),
        "category": app.category,
        "surfaces": [surface.value for surface in app.surfaces],
        "edition_of": app.edition_of,
    }


def apps_text(catalogue: Catalogue, apps: Sequence[App], width: int) -> Iterator[str]:
    """One line an app, more where `width` columns are too few for it, and how many there are."""
    rows = [
        (
            app.id,
            app.name,
            catalogue.vendor_name(app.vendor),
            app.category,
            ", ".join(app.surfaces) or (f"edition of {app.edition_of}" if app.edition_of else "-"),
        )
        for app in apps
    ]
    yield from fitted([("app", "name", "vendor", "category", "reached by"), *rows], width)
    editions = sum(bool(app.edition_of) for app in apps)
    yield count(len(rows) - editions, "app") + (
        f", {count(editions, 'edition')}" if editions else ""
    )


def app_json(catalogue: Catalogue, app: App) -> dict[str, Any]:
    """Every field of an app, for a program, with what follows from them."""
    plain: dict[str, Any] = _plain(app)
    for section in SECTIONS:
        for row, fact in zip(plain[section], getattr(app, section), strict=True):
            row["seen"] = catalogue.seen_of(fact)
            if section in WITH_USE:
                row["use"] = fact.use.value
    return plain | {
        "surfaces": [surface.value for surface in app.surfaces],
        "collateral": [collateral_json(found) for found in collateral(app, catalogue)],
    }


SECTIONS = (
    *("domains", "urls", "macos", "windows", "cli"),
    *("extensions", "oauth", "firewall", "facts"),
)
WITH_USE = frozenset({"domains", "macos", "windows", "cli"})


def collateral_json(found: Collateral) -> dict[str, Any]:
    """What a block by one identifier would do besides, for a program."""
    plain: dict[str, Any] = _plain(found)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def app_text(catalogue: Catalogue, app: App) -> Iterator[str]:
    """An app's facts by kind, each with its tier and source."""
    yield f"{app.name} ({app.id})"
    about = [
        ("vendor", f"{catalogue.vendor_name(app.vendor)} ({app.vendor})"),
        ("category", app.category),
        ("reached by", ", ".join(app.surfaces) or "-"),
        ("homepage", app.homepage or "-"),
        ("source", app.source),
    ]
    if app.edition_of:
        about.append(("edition of", app.edition_of))
    if app.features:
        about.append(("features", ", ".join(app.features)))
    if app.notes:
        about.append(("notes", app.notes))
    yield from (f"  {line}" for line in table(about))
    sources: dict[str, int] = {}
    for title, rows in _facts(catalogue, app, sources):
        if rows:
            yield title
            yield from _fact_lines(rows)
    yield from _collateral(catalogue, app)
    yield "sources"
    yield from (
        f"  {line}" for line in table([(f"[{n}]", source) for source, n in sources.items()])
    )


Cells = tuple[str, ...]


def _fact_lines(rows: Sequence[Cells]) -> Iterator[str]:
    """The rows; a value that would widen the columns of all others is on a line of its own."""
    short = [
        (kind, "" if columns(value) > _LONGEST_VALUE else value, *rest)
        for kind, value, *rest in rows
    ]
    for (_, value, *_), lines in zip(rows, listed_rows(short), strict=True):
        yield from lines
        if columns(value) > _LONGEST_VALUE:
            # Not folded: it is copied as a whole.
            yield f"      {value}"


_LONGEST_VALUE = 48


def _collateral(catalogue: Catalogue, app: App) -> Iterator[str]:
    """What a block would break, or spares."""
    found = collateral(app, catalogue)
    if found:
        yield "what a block would reach besides"
        yield from listed([collateral_cells(each) for each in found])


def collateral_cells(found: Collateral) -> Cells:
    """The identifier, what would break, and what aipol does about it."""
    breaks = _said(found.breaks, f"also {some(found.apps)}" if found.apps else "")
    return (found.means, found.value, breaks, _kept(found))


def _kept(found: Collateral) -> str:
    if found.held:
        return "not blocked"
    if not found.apps:
        return "stops as well"
    return f"blocked only with {'it' if len(found.apps) == 1 else 'them'}"


def _facts(
    catalogue: Catalogue, app: App, sources: dict[str, int]
) -> Iterator[tuple[str, list[Cells]]]:
    """Each kind of fact as rows: what, value, tier, date seen, source's number, use and remarks.

    `sources` is filled with the number of each source.
    """

    def cells(fact: Sourced, kind: str, value: str, remark: str) -> Cells:
        number = sources.setdefault(fact.source, len(sources) + 1)
        second = f"[{sources.setdefault(fact.also, len(sources) + 1)}]" if fact.also else ""
        place = f"[{number}]{second}"
        return (kind, value, fact.tier, catalogue.seen_of(fact), place, remark)

    yield "hosts", [cells(d, d.role, d.domain, _of_host(d)) for d in app.domains]
    yield "addresses", [cells(u, u.role, u.url, u.note or "") for u in app.urls]
    for title, identifiers in (("macOS", app.macos), ("Windows", app.windows), ("shell", app.cli)):
        yield title, [cells(i, i.kind, i.value, _of_identifier(i)) for i in identifiers]
    yield "extensions", [cells(e, e.store, e.id, _said(e.name, e.note)) for e in app.extensions]
    yield "OAuth clients", [cells(o, o.provider, o.client_id, o.name) for o in app.oauth]
    yield "firewall names", [cells(f, f.product, f.name, f.kind) for f in app.firewall]
    yield "facts", [cells(f, f.fact, f.value, "") for f in app.facts]
    tenant = app.tenant_restriction
    if tenant is not None:
        hosts = some([host.host for host in tenant.hosts])
        yield "tenant restriction", [cells(tenant, tenant.header, tenant.value, hosts)]


def _of_host(domain: Domain) -> str:
    return _said(domain.use, domain.match, domain.serves, domain.note)


def _of_identifier(found: Identifier) -> str:
    also = f"also {some(found.shared_with)}'s" if found.shared_with else ""
    return _said(found.use, found.surface, also, found.note)


def _said(*remarks: str | None) -> str:
    return "; ".join(remark for remark in remarks if remark)
