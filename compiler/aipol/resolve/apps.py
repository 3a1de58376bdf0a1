"""Turn app selectors into apps, and the policy's own apps into catalogue entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.catalogue.model import (
    App,
    Domain,
    Extension,
    Identifier,
    IdentifierKind,
    Match,
    Role,
    Store,
    Tier,
    Url,
)
from aipol.ir import GovernedApp
from aipol.language.addresses import canonical_address
from aipol.language.hosts import are_canonical, canonical_host
from aipol.vocabulary import Surface

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.language.model import App as WrittenApp
    from aipol.language.model import AppDomain
    from aipol.language.placed import Placed

_MACOS = (
    ("bundle_ids", IdentifierKind.BUNDLE_ID, Surface.DESKTOP),
    ("processes", IdentifierKind.PROCESS, Surface.DESKTOP),
    ("team_ids", IdentifierKind.TEAM_ID, None),
)
_WINDOWS = (
    ("executables", IdentifierKind.EXE, Surface.DESKTOP),
    ("package_families", IdentifierKind.PFN, Surface.DESKTOP),
    ("winget_ids", IdentifierKind.WINGET_ID, Surface.DESKTOP),
)


def resolve_apps(assembled: Assembled, catalogue: Catalogue) -> Mapping[str, GovernedApp]:
    """Every app that rulings are made about: the catalogue's, corrected and added to."""
    apps = {app.id: GovernedApp(app) for app in catalogue.apps() if not app.edition_of}
    for name, placed in assembled.apps.items():
        written = placed.value
        known = apps.get(name)
        base = known.app if known else _new(name, written, str(placed.key_span()))
        apps[name] = GovernedApp(
            _corrected(base, placed),
            (written.entra_app_id or "").lower(),
            written.mda_app_id or 0,
            placed.key_span(),
        )
    return dict(sorted(apps.items()))


def select_apps(
    selectors: Iterable[str], excepted: Iterable[str], apps: Mapping[str, GovernedApp]
) -> frozenset[str]:
    """The ids that `apps:` minus `except_apps:` stand for."""
    chosen = frozenset(name for item in selectors for name in _select(item, apps))
    return chosen - frozenset(name for item in excepted for name in _select(item, apps))


def _select(item: str, apps: Mapping[str, GovernedApp]) -> Iterable[str]:
    if item == "*":
        return apps
    kind, colon, value = item.partition(":")
    if colon and kind == "category":
        return [name for name, app in apps.items() if app.app.category == value]
    if colon and kind == "vendor":
        return [name for name, app in apps.items() if app.app.vendor == value]
    return [item] if item in apps else []


def _new(name: str, written: WrittenApp, source: str) -> App:
    category = written.category or ""
    return App(name, written.name or name, written.vendor or "", category, category, source)


def _corrected(app: App, placed: Placed[WrittenApp]) -> App:
    """`app` with every key that the policy gives in place of the catalogue's."""
    written, source = placed.value, str(placed.key_span())
    changes: dict[str, object] = {
        key: value
        for key in ("name", "vendor", "category")
        if (value := getattr(written, key)) is not None
    }
    if written.domains:
        changes["domains"] = tuple(_domains(written.domains, source))
    if written.urls:
        changes["urls"] = tuple(
            Url(str(canonical_address(each.url)), Role(each.role), source, Tier.A)
            for each in written.urls
        )
    if written.macos:
        changes["macos"] = _identifiers(written.macos, _MACOS, source)
    if written.windows:
        changes["windows"] = _identifiers(written.windows, _WINDOWS, source)
    if written.binaries:
        changes["cli"] = tuple(
            Identifier(IdentifierKind.BINARY, name, source, Tier.A, Surface.CLI)
            for name in written.binaries
        )
    if written.extensions:
        changes["extensions"] = tuple(
            Extension(store, extension, app.name, source, Tier.A)
            for store in Store
            for extension in getattr(written.extensions, store.value) or ()
        )
    return replace(app, **changes)  # type: ignore[arg-type]


def _domains(written: Sequence[AppDomain], source: str) -> Iterator[Domain]:
    texts = [domain.domain for domain in written]
    hosts = texts if are_canonical(texts) else map(canonical_host, texts)
    for host, domain in zip(hosts, written, strict=True):
        role, match = _ROLES[domain.role], _MATCHES[domain.match]
        yield Domain(host, role, match, source, Tier.A, shared=domain.shared)


_ROLES = {role.value: role for role in Role}
_MATCHES = {match.value: match for match in Match}


def _identifiers(
    written: object,
    table: tuple[tuple[str, IdentifierKind, Surface | None], ...],
    source: str,
) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(kind, value, source, Tier.A, surface)
        for key, kind, surface in table
        for value in getattr(written, key) or ()
    )
