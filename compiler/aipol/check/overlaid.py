"""Check that what an overlay gives to an app is nobody else's too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aipol.catalogue import rules
from aipol.catalogue.load import Catalogue
from aipol.catalogue.model import IdentifierKind, Match, Role
from aipol.catalogue.overlay import APPS, DROP, overlaid
from aipol.check.programs import HINT
from aipol.check.shared import Claim, host_breaks, program_claim, programs_kept_open
from aipol.diagnostics import codes

if TYPE_CHECKING:
    from aipol.catalogue.chosen import Applied
    from aipol.diagnostics.model import Diagnostic

_MARK_OR_DROP = (
    "mark it `shared: true` and say what a block would break: then it is never blocked; or "
    "`drop` the catalogue's row, if that one is wrong"
)


def check_overlaid(applied: Applied) -> Iterator[Diagnostic]:
    """Identifiers in an overlay whose block would break what the catalogue says they also serve.

    What the overlay drops of the catalogue does not hold it back. A team only narrows there, as it
    does in the catalogue itself.
    """
    apps: Mapping[str, Any] = applied.document.value.get(APPS, {})
    known = _without_dropped(applied.before, apps)
    programs = programs_kept_open(known)
    for app_id, entry in apps.items():
        for number, row in enumerate(entry.get("domains", ())):
            if not row.get("shared") and row["role"] != Role.MARKETING:
                claim = _claim(applied, app_id, ("domains", number, "domain"))
                if breaks := host_breaks(claim.value, Match(row["match"]), known):
                    yield claim.breaks(breaks)
        for section in rules.IDENTIFIERS:
            for number, row in enumerate(entry.get(section, ())):
                if not row.get("shared"):
                    claim = _claim(applied, app_id, (section, number, "value"))
                    yield from program_claim(claim, IdentifierKind(row["kind"]), programs)


def _claim(applied: Applied, app_id: str, where: tuple[str | int, ...]) -> Claim:
    place = (APPS, app_id, *where)
    document = applied.document
    return Claim(app_id, str(document.at(place)), document.span(place), _MARK_OR_DROP)


def _without_dropped(catalogue: Catalogue, apps: Mapping[str, Any]) -> Catalogue:
    """What remains is what the organisation does not say is wrong."""
    drops = {app_id: {DROP: entry[DROP]} for app_id, entry in apps.items() if DROP in entry}
    if not drops:
        return catalogue
    return Catalogue(overlaid(catalogue.content, {APPS: drops}), "")


def check_overlaid_programs(applied: Applied) -> Iterator[Diagnostic]:
    """Programs in an overlay that no rule may stop; what is shared there is never stopped."""
    document, guard = applied.document, applied.after.indispensable
    for app_id, entry in document.value.get(APPS, {}).items():
        for section in rules.IDENTIFIERS:
            for number, row in enumerate(entry.get(section, ())):
                breaks = guard.broken_by(IdentifierKind(row["kind"]), row["value"])
                if breaks and not row.get("shared"):
                    span = document.span((APPS, app_id, section, number, "value"))
                    yield codes.SHARED_IDENTIFIER.at(
                        span, value=row["value"], app=app_id, breaks=breaks, hint=HINT
                    )
