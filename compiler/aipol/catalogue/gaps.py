"""Turns the catalogue into what it does not know: holes in its entries, and what was not found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from aipol.catalogue.model import IdentifierKind, Role, Tier, Use
from aipol.vocabulary import Surface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import App, Identifier


class Hole(StrEnum):
    """What can be missing of an app, as far as its other identifiers tell."""

    BUNDLE_ID = "macos-bundle-id"
    TEAM_ID = "macos-team-id"
    REQUIREMENT = "macos-requirement"
    WINDOWS_PROGRAM = "windows-program"
    WINDOWS_PUBLISHER = "windows-publisher"
    VENDOR_HOSTS = "vendor-hosts"
    HOST = "host"
    SERVES = "shared-host-serves"
    FIREWALL_NAME = "firewall-name"
    NOT_FOUND = "not-found"


MEANING: dict[Hole, str] = {
    Hole.BUNDLE_ID: "a Mac app without a bundle id",
    Hole.TEAM_ID: "a Mac app without the Team id that signs it",
    Hole.REQUIREMENT: "a Mac app without its designated requirement",
    Hole.WINDOWS_PROGRAM: "a Windows app of which no running program is known",
    Hole.WINDOWS_PUBLISHER: "a Windows app without the publisher that signs it",
    Hole.VENDOR_HOSTS: "a web app none of whose hosts was read in the vendor's own pages",
    Hole.HOST: "an app that is used over the network and has no host",
    Hole.SERVES: "a shared host of which nobody says what else it serves",
    Hole.FIREWALL_NAME: "a web app without a name in any firewall's catalogue",
    Hole.NOT_FOUND: "looked for, and found in no source",
}


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """One thing the catalogue does not know of an app."""

    app: str
    hole: Hole
    what: str
    """What is missing in particular: a host, what was looked for; else empty."""
    looked: str = ""
    """When somebody last looked for it, as far as that was recorded."""
    why: str = ""


def gaps(catalogue: Catalogue) -> tuple[Gap, ...]:
    """Every hole of every app, and everything that was looked for and not found."""
    found = [gap for app in catalogue.apps() if not app.edition_of for gap in _of(app)]
    found += [
        Gap(row["app"], Hole.NOT_FOUND, row["sought"], row["looked"], row.get("why", ""))
        for row in catalogue.wanted
    ]
    return tuple(sorted(found))


def _of(app: App) -> Iterator[Gap]:
    holes = (*_macos(app), *_windows(app), *_network(app))
    yield from (Gap(app.id, hole, "") for hole in holes)
    for domain in app.domains:
        if domain.shared and not domain.serves:
            yield Gap(app.id, Hole.SERVES, domain.domain)


def _macos(app: App) -> Iterator[Hole]:
    if not _desktop(app.macos):
        return
    wanted = {
        IdentifierKind.BUNDLE_ID: Hole.BUNDLE_ID,
        IdentifierKind.TEAM_ID: Hole.TEAM_ID,
        IdentifierKind.REQUIREMENT: Hole.REQUIREMENT,
    }
    kinds = {found.kind for found in app.macos}
    yield from (hole for kind, hole in wanted.items() if kind not in kinds)


def _windows(app: App) -> Iterator[Hole]:
    if not _desktop(app.windows):
        return
    running = {IdentifierKind.EXE, IdentifierKind.PFN}
    if not any(found.kind in running and found.use is Use.DECIDE for found in app.windows):
        yield Hole.WINDOWS_PROGRAM
    if not any(found.kind is IdentifierKind.PUBLISHER for found in app.windows):
        yield Hole.WINDOWS_PUBLISHER


def _desktop(identifiers: Iterable[Identifier]) -> bool:
    return any(found.surface is Surface.DESKTOP for found in identifiers)


def _network(app: App) -> Iterator[Hole]:
    if not (app.domains or app.urls or app.features):
        yield Hole.HOST
    pages = [domain for domain in app.domains if domain.role is Role.UI]
    if pages and not any(domain.tier is Tier.A for domain in app.domains):
        yield Hole.VENDOR_HOSTS
    if pages and not app.firewall:
        yield Hole.FIREWALL_NAME
