"""Check that what somebody gives to an app is nobody else's too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.catalogue.collateral import UNTOLD
from aipol.catalogue.model import DECIDING_KINDS, IdentifierKind, Match
from aipol.catalogue.signing import signed_as
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.identifiers import program
from aipol.language.hosts import HostError, are_canonical, canonical_host

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.language.model import App, AppDomain
    from aipol.language.placed import Placed
    from aipol.source import Span

_MARK = "leave it out, or mark it `shared: true`: then it is never blocked"
_TAKE_OUT = "leave it out: the program does more than the app"


@dataclass(frozen=True, slots=True)
class Claim:
    """An identifier that somebody gives to an app, and where."""

    app: str
    value: str
    span: Span
    hint: str

    def breaks(self, what: str) -> Diagnostic:
        """The finding that a block by it would break something."""
        return codes.SHARED_IDENTIFIER.at(
            self.span, value=self.value, app=self.app, breaks=what, hint=self.hint
        )


def check_shared(assembled: Assembled, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Identifiers in `apps` whose block would break what the catalogue says they also serve."""
    programs = programs_kept_open(catalogue)
    for app_id, app in assembled.apps.items():
        yield from _declared_hosts(app_id, app, catalogue)
        yield from _declared_programs(app_id, app, programs)
        yield from _declared_teams(app_id, app, catalogue)


def _declared_hosts(app_id: str, app: Placed[App], catalogue: Catalogue) -> Iterator[Diagnostic]:
    for position, domain in _dubious(app.value.domains or (), catalogue):
        if domain.shared:
            continue
        try:
            host = canonical_host(domain.domain)
        except HostError:
            continue  # told by the check of the apps themselves
        if breaks := host_breaks(host, Match(domain.match), catalogue):
            span = app.span("domains", position, "domain")
            yield Claim(app_id, host, span, _MARK).breaks(breaks)


def _dubious(domains: Sequence[AppDomain], catalogue: Catalogue) -> Iterable[tuple[int, AppDomain]]:
    """The hosts that a block of may break anything, with their positions: of many, mostly none."""
    texts = [domain.domain for domain in domains]
    if not are_canonical(texts):
        return enumerate(domains)
    near = catalogue.shared_index.near_any(texts) | catalogue.common_index.near_any(texts)
    return (
        (position, domains[position])
        for position, text in enumerate(texts)
        if text in near or text.startswith(_SAME_SITE)
    )


def host_breaks(host: str, match: Match, catalogue: Catalogue) -> str:
    """What is shared of a host, or below it, so that it is no app's own; nothing where it is.

    A name below another app's shared host may be one's own. Below a common host none is: it is a
    service to many vendors under all of its names, as the catalogue's own lint has it.
    """
    found = {
        value: breaks
        for value, reach, breaks in catalogue.shared_index.within(_site(host))
        if match.meets(host, value, reach)
    }
    for value, _, row in catalogue.common_index.meeting(host, match):
        found.setdefault(value, row.serves)
    if not found:
        return ""
    value, breaks = next(iter(found.items()))
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"`{value}`: {breaks}{more}"


_SAME_SITE = ("www.", "app.")


def _site(host: str) -> str:
    """The host without `www.` or `app.`, by which people reach the same site."""
    for prefix in _SAME_SITE:
        host = host.removeprefix(prefix)
    return host


def _declared_teams(app_id: str, app: Placed[App], catalogue: Catalogue) -> Iterator[Diagnostic]:
    hint = "name the app's bundle ids; a team stands for all that it signs"
    for position, team_id in enumerate((app.value.macos and app.value.macos.team_ids) or ()):
        team = catalogue.teams.get(team_id)
        if team is not None:
            span = app.span("macos", "team_ids", position)
            yield Claim(app_id, team_id, span, hint).breaks(", ".join(team.signs))


_LISTS = (
    (("macos", "bundle_ids"), IdentifierKind.BUNDLE_ID),
    (("macos", "processes"), IdentifierKind.PROCESS),
    (("windows", "executables"), IdentifierKind.EXE),
    (("windows", "package_families"), IdentifierKind.PFN),
    (("binaries",), IdentifierKind.BINARY),
)


def _declared_programs(
    app_id: str, app: Placed[App], programs: Mapping[str, str]
) -> Iterator[Diagnostic]:
    for path, kind in _LISTS:
        for position, value in enumerate(_declared(app.value, path)):
            span = app.span(*path, position)
            yield from program_claim(Claim(app_id, value, span, _TAKE_OUT), kind, programs)


def _declared(app: App, path: tuple[str, ...]) -> Iterable[str]:
    found: Any = app
    for key in path:
        found = getattr(found, key, None)
    return found or ()


def programs_kept_open(catalogue: Catalogue) -> Mapping[str, str]:
    """What stops with each program that does more than its app, by the name it is known by."""
    found: dict[str, str] = {}
    # Whatever names a program: a target may act upon each, whether those that ship do or not.
    for (kind, value), breaks in catalogue.shared_programs.items():
        for name in _names(kind, value):
            found.setdefault(name, breaks or UNTOLD)
    return found


def program_claim(
    claim: Claim, kind: IdentifierKind, programs: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """A program that does more than an app is not stopped for it."""
    for name in _names(kind, claim.value):
        for known in (name, _HELPER.sub("", name)):
            if known in programs:
                yield claim.breaks(programs[known])
                return


# The parts of a program that run beside it, as browsers and what is built on one name them.
_HELPER = re.compile(r" helper(?: \([a-z ]+\))?(?=(?:\.exe)?$)|(?<=.)\.helper(?:\.[a-z]+)?$")


def _names(kind: IdentifierKind, value: str) -> Iterator[str]:
    """The questions that ask for the program, or for each one that a signature is asked for."""
    if kind in DECIDING_KINDS:
        yield _name(kind, value)
    # A bundle is signed with its own id.
    for signed in signed_as(kind, value):
        yield _name(IdentifierKind.BUNDLE_ID, signed)


def _name(kind: IdentifierKind, value: str) -> str:
    return program(kind, value).question.casefold()
