"""Check that what a policy declares as an app's own is nobody else's: hosts, teams, programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aipol.catalogue.collateral import UNTOLD
from aipol.catalogue.model import IdentifierKind, Match
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled
from aipol.language.hosts import HostError, canonical_host

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.model import App, AppDomain
    from aipol.language.placed import Placed
    from aipol.source import Span

_MARK = "leave it out, or mark it `shared: true`: then it is never blocked"


def check_shared(assembled: Assembled, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Identifiers in `apps` whose block would break what the catalogue says they also serve."""
    for app_id, app in assembled.apps.items():
        for position, domain in enumerate(app.value.domains or ()):
            if not domain.shared:
                span = app.span("domains", position, "domain")
                yield from _host(app_id, domain, span, catalogue)
        yield from _teams(app_id, app, catalogue)
        yield from _programs(app_id, app, catalogue)


def _host(app_id: str, domain: AppDomain, span: Span, catalogue: Catalogue) -> Iterator[Diagnostic]:
    try:
        host, match = canonical_host(domain.domain), Match(domain.match)
    except HostError:
        return  # told by the check of the apps themselves
    found = {
        value: breaks
        for value, reach, breaks in catalogue.shared_hosts
        if _takes(host, match, value, reach)
    }
    for value, breaks in sorted(found.items())[:1]:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        yield codes.SHARED_IDENTIFIER.at(
            span, value=host, app=app_id, breaks=f"`{value}`: {breaks}{more}", hint=_MARK
        )


def _takes(host: str, match: Match, shared: str, reach: Match) -> bool:
    """Whether a pattern would block what is shared; a name of one's own below it is one's own."""
    if match.covers(host, shared):
        return reach is not Match.CHILDREN or match is not Match.EXACT
    return match is not Match.EXACT and host == shared and reach is not Match.EXACT


def _teams(app_id: str, app: Placed[App], catalogue: Catalogue) -> Iterator[Diagnostic]:
    for position, team_id in enumerate((app.value.macos and app.value.macos.team_ids) or ()):
        team = catalogue.teams.get(team_id)
        if team is not None:
            yield codes.SHARED_IDENTIFIER.at(
                app.span("macos", "team_ids", position),
                value=team_id,
                app=app_id,
                breaks=", ".join(team.signs),
                hint="name the app's bundle ids; a team stands for all that it signs",
            )


_LISTS = (
    ("macos", "bundle_ids", IdentifierKind.BUNDLE_ID),
    ("macos", "processes", IdentifierKind.PROCESS),
    ("windows", "executables", IdentifierKind.EXE),
    ("windows", "package_families", IdentifierKind.PFN),
)


def _programs(app_id: str, app: Placed[App], catalogue: Catalogue) -> Iterator[Diagnostic]:
    for system, key, kind in _LISTS:
        declared = getattr(getattr(app.value, system), key, None) or ()
        for position, value in enumerate(declared):
            breaks = catalogue.shared_programs.get((kind, value.casefold()))
            if breaks is not None:
                yield codes.SHARED_IDENTIFIER.at(
                    app.span(system, key, position),
                    value=value,
                    app=app_id,
                    breaks=breaks or UNTOLD,
                    hint="leave it out: the program does more than the app",
                )
