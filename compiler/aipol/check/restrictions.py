"""Check that the tenant restrictions of an overlay deny nothing that is not their app's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aipol.catalogue.overlay import APPS, PROTECTED
from aipol.catalogue.restrictions import Kept, protected_hosts, unfit
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from aipol.catalogue.chosen import Applied
    from aipol.catalogue.load import Catalogue

_RESTRICTION = "tenant_restriction"
_HINT = "leave it out, or name a path of the app's own below its host"


def check_restrictions(applied: Applied) -> Iterator[Diagnostic]:
    """Addresses and hosts that an overlay's restriction may not name.

    What the catalogue says already, of the same app or of where a header goes, is not its doing.
    """
    document, content = applied.document, applied.after.content[APPS]
    given = {
        app_id: entry[_RESTRICTION]
        for app_id, entry in document.value.get(APPS, {}).items()
        if _RESTRICTION in entry
    }
    if not given:
        return
    kept, told = tuple(_kept(applied.after)), frozenset(_told(applied.before))
    for app_id, restriction in given.items():
        for found in unfit(restriction, _domains(app_id, content), kept):
            if found.stray and {(app_id, found.value), ("", found.value)} & told:
                continue
            span = document.span((APPS, app_id, _RESTRICTION, *found.where))
            yield codes.SHARED_IDENTIFIER.at(
                span, value=found.value, app=app_id, breaks=found.breaks, hint=_HINT
            )


def _told(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """The addresses that an app's restriction denies, and the hosts that any app's goes to."""
    for app_id, entry in catalogue.content[APPS].items():
        restriction = entry.get(_RESTRICTION, {})
        yield from ((app_id, address) for address in restriction.get("also_block", ()))
        yield from (("", row["host"]) for row in restriction.get("hosts", ()))


def _domains(app_id: str, apps: dict[str, Any]) -> list[Any]:
    entry = apps[app_id]
    parent = apps.get(entry.get("edition_of", ""), {})
    return [*entry.get("domains", ()), *parent.get("domains", ())]


def _kept(catalogue: Catalogue) -> Iterator[Kept]:
    yield from protected_hosts(catalogue.content[PROTECTED])
    for host, match, breaks in catalogue.shared_hosts:
        yield Kept(host, match, breaks)
