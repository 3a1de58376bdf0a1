"""Turns catalogue entries into lists, and into facts with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from aipol.report.words import count, table

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import App, Domain, Identifier


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


def apps_text(catalogue: Catalogue, apps: Iterable[App]) -> Iterator[str]:
    """One line an app, and how many there are."""
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
    yield from table([("app", "name", "vendor", "category", "reached by"), *rows])
    yield count(len(rows), "app")


def app_json(app: App) -> dict[str, Any]:
    """Every field of an app, for a program."""
    plain: dict[str, Any] = _plain(app)
    return plain | {"surfaces": [surface.value for surface in app.surfaces]}


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
    for title, rows in _facts(app):
        if rows:
            yield title
            yield from (f"  {line}" for line in table(rows))


Cells = tuple[str, ...]


def _facts(app: App) -> Iterator[tuple[str, list[Cells]]]:
    """Each kind of fact as rows: what, value, remarks, tier, source."""
    yield "hosts", [_host(domain) for domain in app.domains]
    for title, identifiers in (("macOS", app.macos), ("Windows", app.windows), ("shell", app.cli)):
        yield title, [_identifier(found) for found in identifiers]
    yield (
        "extensions",
        [(e.store, e.id, _said(e.name, e.note), e.tier, e.source) for e in app.extensions],
    )
    yield "OAuth clients", [(o.provider, o.client_id, o.name, o.tier, o.source) for o in app.oauth]
    yield "firewall names", [(f.product, f.name, f.kind, f.tier, f.source) for f in app.firewall]
    yield "facts", [(f.fact, f.value, "", f.tier, f.source) for f in app.facts]
    tenant = app.tenant_restriction
    if tenant is not None:
        hosts = ", ".join(host.host for host in tenant.hosts)
        yield (
            "tenant restriction",
            [(tenant.header, tenant.value, hosts, tenant.tier, tenant.source)],
        )


def _host(domain: Domain) -> Cells:
    remarks = _said(domain.match, "shared" if domain.shared else "", domain.note)
    return (domain.role, domain.domain, remarks, domain.tier, domain.source)


def _identifier(found: Identifier) -> Cells:
    remarks = _said(
        found.surface,
        "" if found.match_alone else "not alone",
        "shared" if found.shared else "",
        found.note,
    )
    return (found.kind, found.value, remarks, found.tier, found.source)


def _said(*remarks: str | None) -> str:
    return "; ".join(remark for remark in remarks if remark)
