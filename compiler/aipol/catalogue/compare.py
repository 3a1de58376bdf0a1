"""Turns two versions of the catalogue into the entries and rows in which they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from aipol.catalogue.model import (
    App,
    CommonHost,
    Domain,
    Extension,
    Fact,
    Feature,
    FirewallName,
    Identifier,
    OAuthClient,
    ProtectedHost,
    ProtectedProgram,
    SharedPlatform,
    Vendor,
)

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue

K = TypeVar("K", str, tuple[str, str])
T = TypeVar("T")
Listed = Domain | Identifier | Extension | OAuthClient | FirewallName | Fact | Feature
"""What an app has in rows."""


class Step(StrEnum):
    """What becomes of an entry from the old version to the new."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Row:
    """One identifier or fact of an app that is in one version only, or says something else."""

    section: str
    value: str
    """Its name within the section, to be shown."""
    step: Step
    listed: tuple[Listed, ...] = field(default=(), compare=False, repr=False)
    """What stands there in either version."""


@dataclass(frozen=True, slots=True)
class AppStep:
    """An app that differs: `keys` names what else of it does than its rows."""

    app: str
    step: Step
    keys: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def identifiers(self) -> tuple[Row, ...]:
        """The rows by which the app can be recognised."""
        return tuple(row for row in self.rows if row.section != "facts")


@dataclass(frozen=True, slots=True)
class Named:
    """A vendor, protected host or shared platform that differs."""

    name: str
    step: Step


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in which two versions differ that a policy or its checks could notice."""

    apps: tuple[AppStep, ...]
    vendors: tuple[Named, ...]
    protected: tuple[Named, ...]
    shared_platforms: tuple[Named, ...]
    common_hosts: tuple[Named, ...]
    teams: tuple[Named, ...]
    protected_programs: tuple[Named, ...] = ()


def contents(old: Catalogue, new: Catalogue) -> Contents:
    """What differs between two versions."""
    before, after = ({app.id: app for app in known.apps()} for known in (old, new))
    return Contents(
        tuple(
            _app_step(name, step, before.get(name), after.get(name))
            for name, step in _steps(before, after)
        ),
        _named(_vendors(old.vendors.values()), _vendors(new.vendors.values())),
        _named(_protected(old.protected), _protected(new.protected)),
        _named(_platforms(old.shared_platforms), _platforms(new.shared_platforms)),
        _named(_common(old.common_hosts), _common(new.common_hosts)),
        _named(old.teams, new.teams),
        _named(_programs(old.protected_programs), _programs(new.protected_programs)),
    )


def _steps(before: Mapping[K, T], after: Mapping[K, T]) -> Iterator[tuple[K, Step]]:
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield name, Step.ADDED
        elif name not in after:
            yield name, Step.REMOVED
        elif before[name] != after[name]:
            yield name, Step.CHANGED


def _named(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Named, ...]:
    return tuple(Named(name, step) for name, step in _steps(before, after))


def _vendors(found: Iterable[Vendor]) -> dict[str, object]:
    return {vendor.slug: vendor for vendor in found}


def _protected(found: Iterable[ProtectedHost]) -> dict[str, object]:
    return {f"{host.host} ({host.match}, {host.purpose})": host for host in found}


def _programs(found: Iterable[ProtectedProgram]) -> dict[str, object]:
    return {f"{program.value} ({program.kind})": program for program in found}


def _platforms(found: Iterable[SharedPlatform]) -> dict[str, object]:
    return {platform.suffix: platform for platform in found}


def _common(found: Iterable[CommonHost]) -> dict[str, object]:
    return {f"{host.host} ({host.match})": host for host in found}


def _app_step(name: str, step: Step, before: App | None, after: App | None) -> AppStep:
    old, new = _rows(before), _rows(after)
    found = tuple(
        Row(*key, row_step, (*old.get(key, ()), *new.get(key, ())))
        for key, row_step in _steps(old, new)
    )
    keys: tuple[str, ...] = ()
    if before and after:
        others = (entry.name for entry in fields(App) if entry.name not in _SECTIONS)
        keys = tuple(key for key in others if getattr(before, key) != getattr(after, key))
    return AppStep(name, step, keys, found)


_SECTIONS: Mapping[str, Callable[[Any], str]] = {
    "domains": lambda row: row.domain,
    "urls": lambda row: row.url,
    "macos": lambda row: f"{row.kind}:{row.value}",
    "windows": lambda row: f"{row.kind}:{row.value}",
    "cli": lambda row: f"{row.kind}:{row.value}",
    "extensions": lambda row: f"{row.store}:{row.id}",
    "oauth": lambda row: f"{row.provider}:{row.client_id}",
    "firewall": lambda row: f"{row.product}:{row.name}",
    "facts": lambda row: f"{row.fact}={row.value}",
    "features": str,
}
"""The sections of an app that hold rows, and what tells a section's rows apart."""


def _rows(app: App | None) -> dict[tuple[str, str], tuple[Listed, ...]]:
    """Every row by section and name; a name may stand twice, and then both are compared."""
    found: dict[tuple[str, str], tuple[Listed, ...]] = {}
    for section, name_of in _SECTIONS.items():
        for row in getattr(app, section) if app else ():
            key = (section, name_of(row))
            found[key] = (*found.get(key, ()), row)
    return found
