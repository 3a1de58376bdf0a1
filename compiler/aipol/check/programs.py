"""Check that no app is known by a program that a device cannot do without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aipol.catalogue.kinds import IdentifierKind
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.language.model import App
    from aipol.language.placed import Placed
    from aipol.programs import Indispensable

HINT = "leave it out: nothing may stop it"
_LISTS = (
    (("macos", "bundle_ids"), IdentifierKind.BUNDLE_ID),
    (("macos", "processes"), IdentifierKind.PROCESS),
    (("windows", "executables"), IdentifierKind.EXE),
    (("binaries",), IdentifierKind.BINARY),
)


def check_programs(assembled: Assembled, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Programs in a policy's `apps` that no rule may stop."""
    if not assembled.apps:
        return
    guard = catalogue.indispensable
    for app_id, app in assembled.apps.items():
        yield from _declared(app_id, app, guard)


def _declared(app_id: str, app: Placed[App], guard: Indispensable) -> Iterator[Diagnostic]:
    for path, kind in _LISTS:
        values: Any = app.value
        for key in path:
            values = getattr(values, key, None)
        for position, value in enumerate(values or ()):
            breaks = guard.broken_by(kind, value)
            if breaks:
                yield codes.SHARED_IDENTIFIER.at(
                    app.span(*path, position), value=value, app=app_id, breaks=breaks, hint=HINT
                )
