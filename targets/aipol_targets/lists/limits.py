"""Finds what the URI lists of a SonicWall cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol.source import Span
from aipol.target import Limit
from aipol_targets.lists.facts import TOKEN_LENGTH, URI_LISTS, URI_TOKENS
from aipol_targets.lists.model import Lists


def uri_faults(ir: Ir, target: str, model: Lists) -> Iterator[Diagnostic]:
    """Names with too many or too long labels, and more lists than a device has.

    A host name is never as long as a URI may be, and what is too much for one list is two.
    """
    listed = {
        name
        for segment in model.segments
        for name in (*segment.contained.forbidden, *segment.contained.allowed)
    }
    owners = _owners(ir, listed)
    for name in sorted(listed):
        labels = name.split(".")
        longest = max(len(label) + _dots(place, len(labels)) for place, label in enumerate(labels))
        for what, limit, count in (
            (f"tokens of `{name}`:", URI_TOKENS, len(labels)),
            (f"characters of a token of `{name}`:", TOKEN_LENGTH, longest),
        ):
            yield from _over(owners.get(name, ir.unlisted_span), target, what, limit, count)
    count = sum(len(segment.forbidden) + len(segment.allowed) for segment in model.segments)
    yield from _over(ir.unlisted_span, target, "SonicWall URI lists", URI_LISTS, count)


def _dots(place: int, count: int) -> int:
    """The dots on either side of a label; they count as its own."""
    return (place > 0) + (place < count - 1)


def _over(where: Span, target: str, what: str, limit: Limit, count: int) -> Iterator[Diagnostic]:
    if count > limit.value:
        yield LIMIT_EXCEEDED.at(where, target=target, what=what, count=count, limit=limit.value)


def _owners(ir: Ir, names: set[str]) -> dict[str, Span]:
    """Where the apps that claim the names are declared, as far as the policy declares them."""
    return {
        claim.host: app.declared
        for app in ir.apps.values()
        if app.declared
        for claim in app.claims
        if claim.host in names
    }
