"""Check that no app is known by a program that a device cannot do without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aipol.catalogue import rules
from aipol.catalogue.kinds import IdentifierKind
from aipol.catalogue.overlay import APPS
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from aipol.catalogue.chosen import Applied
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.language.model import App
    from aipol.language.placed import Placed

_HINT = "leave it out: nothing may stop it"
_LISTS = (
    (("macos", "bundle_ids"), IdentifierKind.BUNDLE_ID),
    (("macos", "processes"), IdentifierKind.PROCESS),
    (("windows", "executables"), IdentifierKind.EXE),
    (("binaries",), IdentifierKind.BINARY),
)


def check_programs(assembled: Assembled, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Programs in a policy's `apps` that no rule may stop."""
    for app_id, app in assembled.apps.items():
        yield from _declared(app_id, app, catalogue)


def check_overlaid_programs(applied: Applied) -> Iterator[Diagnostic]:
    """The same in the rows of an overlay; what is shared there is never stopped."""
    document, guard = applied.document, applied.after.indispensable
    for app_id, entry in document.value.get(APPS, {}).items():
        for section in rules.IDENTIFIERS:
            for number, row in enumerate(entry.get(section, ())):
                breaks = guard.broken_by(IdentifierKind(row["kind"]), row["value"])
                if breaks and not row.get("shared"):
                    span = document.span((APPS, app_id, section, number, "value"))
                    yield codes.SHARED_IDENTIFIER.at(
                        span, value=row["value"], app=app_id, breaks=breaks, hint=_HINT
                    )


def _declared(app_id: str, app: Placed[App], catalogue: Catalogue) -> Iterator[Diagnostic]:
    for path, kind in _LISTS:
        values: Any = app.value
        for key in path:
            values = getattr(values, key, None)
        for position, value in enumerate(values or ()):
            breaks = catalogue.indispensable.broken_by(kind, value)
            if breaks:
                yield codes.SHARED_IDENTIFIER.at(
                    app.span(*path, position), value=value, app=app_id, breaks=breaks, hint=_HINT
                )
