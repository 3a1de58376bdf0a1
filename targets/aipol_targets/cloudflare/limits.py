"""Finds what is more than an account of Cloudflare Gateway takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol_targets.cloudflare.expression import traffic
from aipol_targets.cloudflare.facts import EXPRESSION, POLICIES
from aipol_targets.cloudflare.model import Gateway, Rule
from aipol_targets.cloudflare.settings import CloudflareSettings

_UUID = 36


def over_limits(
    ir: Ir, target: str, settings: CloudflareSettings, model: Gateway
) -> Iterator[Diagnostic]:
    """What does not fit, with how much of it there is."""
    for what, count, limit in _counted(settings, model):
        if count > limit:
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=target, what=what, count=count, limit=limit
            )


def _counted(settings: CloudflareSettings, model: Gateway) -> Iterator[tuple[str, int, int]]:
    yield "lists:", len(model.lists), settings.lists
    for layer, count in sorted(Counter(rule.layer for rule in model.rules).items()):
        yield f"{layer} policies:", count, POLICIES.value
    for rule in model.rules:
        yield f"characters of the expression of `{rule.name}`:", _length(rule), EXPRESSION.value


def _length(rule: Rule) -> int:
    """Of the expression with the ids of lists in it, where there are names now."""
    names = [found.name for each in rule.selections for found in each.lists]
    return len(traffic(rule)) + sum(_UUID - len(f"<{name}>") for name in names)
