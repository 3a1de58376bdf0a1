"""Turns an app's identifiers into what else a block of each would break."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from aipol.catalogue.kinds import STOPPING_KINDS
from aipol.catalogue.model import IdentifierKind, Match, Purpose, Role
from aipol.vocabulary import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import App, Domain, Identifier

UNTOLD = "services that are not this app"
PURPOSES: Mapping[Purpose, str] = {
    Purpose.ATTESTATION: "the proof that a device is genuine",
    Purpose.CERTIFICATE: "the checks of certificates",
    Purpose.CONNECTIVITY: "the checks that a network works, and the clock",
    Purpose.DEVICE_MANAGEMENT: "the management of devices",
    Purpose.ENDPOINT_SECURITY: "the protection of devices",
    Purpose.IDENTITY: "signing in",
    Purpose.PUSH: "push messages, the management's own among them",
    Purpose.UPDATE: "updates",
}


class Means(StrEnum):
    """By what the app is recognised."""

    HOST = "host"
    PROGRAM = "program"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Collateral:
    """What a block by one identifier of an app would do besides."""

    app: str
    means: Means
    value: str
    breaks: str
    """What would stop that is no AI app; empty where only other apps are meant."""
    apps: tuple[str, ...]
    """Other apps of the catalogue that the identifier reaches as well."""
    held: bool
    """A rule about the app does not block by it, so nothing breaks and nothing is stopped there."""
    source: str


def collateral(app: App, catalogue: Catalogue) -> tuple[Collateral, ...]:
    """Everything that a block of `app` would break, or spares because it would."""
    return (
        *(
            found
            for domain in app.domains
            if domain.role is not Role.MARKETING
            for found in _host(app, domain, catalogue)
        ),
        *(found for row in (*app.macos, *app.windows, *app.cli) for found in _program(app, row)),
        *_teams(app, catalogue),
    )


def _host(app: App, domain: Domain, catalogue: Catalogue) -> Iterator[Collateral]:
    others = tuple(
        other for other in catalogue.apps_by_host.get(domain.domain, ()) if other != app.id
    )
    if domain.shared:
        breaks = domain.serves or UNTOLD
        yield Collateral(
            app.id, Means.HOST, domain.domain, breaks, others, held=True, source=domain.source
        )
        return
    if domain.match is not Match.EXACT:
        below = catalogue.apps_below_host.get(domain.domain, ())
        others = tuple(sorted({*others, *below} - {app.id}))
    if others:
        yield Collateral(
            app.id, Means.HOST, domain.domain, "", others, held=False, source=domain.source
        )


def _program(app: App, row: Identifier) -> Iterator[Collateral]:
    if row.kind not in STOPPING_KINDS or not (row.shared or row.shared_with or row.breaks):
        return
    breaks = row.breaks or (UNTOLD if row.shared else "")
    yield Collateral(
        app.id, Means.PROGRAM, row.value, breaks, row.shared_with, row.shared, row.source
    )


def _teams(app: App, catalogue: Catalogue) -> Iterator[Collateral]:
    for row in app.macos:
        team = catalogue.teams.get(row.value) if row.kind is IdentifierKind.TEAM_ID else None
        if team is not None:
            breaks = ", ".join(team.signs)
            yield Collateral(
                app.id, Means.TEAM, row.value, breaks, (), held=True, source=team.source
            )


def of_surface(app: App, surface: Surface, found: tuple[Collateral, ...]) -> tuple[Collateral, ...]:
    """What of `found` a block of one surface of `app` has to do with."""
    roles = {domain.domain: domain.role for domain in app.domains}
    programs = {row.value for row in (*app.macos, *app.windows, *app.cli) if row.surface is surface}
    offered = OFFERED.get(surface)
    return tuple(
        each
        for each in found
        if (each.means is Means.HOST and roles[each.value] is offered)
        or (each.means is Means.PROGRAM and each.value in programs)
    )


OFFERED = {Surface.WEB: Role.UI, Surface.API: Role.API}
