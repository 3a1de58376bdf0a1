"""Check what the rules and exceptions of a policy are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipol.check.known import Known, hint_or_list
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled
from aipol.language.model import Clause
from aipol.language.placed import Placed
from aipol.language.words import clip, listed
from aipol.source import Span


def check_selectors(assembled: Assembled, known: Known) -> Iterator[Diagnostic]:
    """Every app, category and vendor that a clause names, and the surfaces it is limited to."""
    for clause in assembled.clauses:
        faults = [
            *named_apps(clause, "apps", clause.value.apps, known),
            *named_apps(clause, "except_apps", clause.value.except_apps or (), known),
        ]
        yield from faults
        if not faults:
            yield from _selection(clause, known)
        if clause.value.redirect_to is not None:
            yield from app_reference(clause.value.redirect_to, clause.span("redirect_to"), known)


def app_reference(app_id: str, span: Span, known: Known) -> Iterator[Diagnostic]:
    """The findings about one app that is named where no category or vendor can be."""
    if app_id not in known.ids:
        yield codes.UNKNOWN_APP.at(span, app=clip(app_id), hint=known.app_hint(app_id))
        return
    app = known.app(app_id)
    if app.edition_of is not None:
        hint = f"write `{app.edition_of}`; `account: corporate` limits a rule to the edition"
        yield codes.APP_IS_EDITION.at(span, app=app_id, parent=app.edition_of, hint=hint)
    elif not app.surfaces:
        hint = f"add domains or programs under `apps.{app_id}`"
        yield codes.APP_UNREACHABLE.at(span, app=app_id, hint=hint)


def named_apps(
    placed: Placed[object], key: str, selectors: Iterable[str], known: Known
) -> Iterator[Diagnostic]:
    """The findings about what `apps` or `except_apps` names."""
    for position, selector in enumerate(selectors):
        span = placed.span(key, position)
        kind, colon, name = selector.partition(":")
        match kind, colon:
            case "*", "":
                continue
            case "category", ":" if name not in known.categories:
                hint = hint_or_list(name, known.categories, "the catalogue has no categories")
                yield codes.UNKNOWN_CATEGORY.at(span, category=clip(name), hint=hint)
            case "vendor", ":" if name not in known.vendors:
                hint = hint_or_list(name, known.vendors, "the catalogue has no vendors")
                yield codes.UNKNOWN_VENDOR.at(span, vendor=clip(name), hint=hint)
            case (("category" | "vendor"), ":"):
                continue
            case _ if selector not in known.ids:
                yield codes.UNKNOWN_APP.at(span, app=clip(selector), hint=known.hint(selector))
            case _:
                yield from app_reference(selector, span, known)


def _selection(clause: Placed[Clause], known: Known) -> Iterator[Diagnostic]:
    chosen = known.selected(clause.value.apps)
    left = chosen - known.selected(clause.value.except_apps or ())
    if not left:
        what = f"what `apps` of `{clause.value.id}` leaves"
        hint = "`except_apps` takes away all that `apps` names"
        yield codes.EMPTY.at(clause.span("except_apps"), what=what, hint=hint)
        return
    if clause.value.surfaces is None:
        return
    present = frozenset(surface for app_id in left for surface in known.app(app_id).surfaces)
    for position, surface in enumerate(clause.value.surfaces):
        if surface not in present:
            span = clause.span("surfaces", position)
            hint = f"they have: {listed(sorted(present))}" if present else ""
            yield codes.SURFACE_ABSENT.at(
                span, rule=clause.value.id, surface=str(surface), hint=hint
            )
