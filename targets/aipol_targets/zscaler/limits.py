"""What an organisation cannot have in Zscaler, with how much of it there is."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.ir import Ir
from aipol_targets.zscaler.facts import (
    ADDRESSES,
    ADDRESSES_OF_RULE,
    RULES,
    SOURCES,
    SOURCES_OF_RULE,
)
from aipol_targets.zscaler.model import Zia
from aipol_targets.zscaler.settings import ZscalerSettings


def over_limits(ir: Ir, target: str, settings: ZscalerSettings, model: Zia) -> Iterator[Diagnostic]:
    """Everything that there is too much of."""
    made = model.made
    sizes = {group.name: len(group.networks) for group in made.sources}
    of_rule = [sum(sizes[name] for name in rule.sources) for rule in made.rules]
    for what, count, limit in (
        ("custom URLs:", model.urls, settings.urls),
        ("custom URL categories:", model.categories, settings.categories),
        # Orders have no gap, so before our first rule there are that many of the organisation.
        ("URL filtering rules:", settings.first_order - 1 + model.rules, RULES.value),
        ("source IP groups:", len(made.sources), SOURCES.value),
        (
            "source IP groups of a rule:",
            max((len(rule.sources) for rule in made.rules), default=0),
            SOURCES_OF_RULE.value,
        ),
        ("addresses of a rule:", max(of_rule, default=0), ADDRESSES_OF_RULE.value),
        ("addresses of source IP groups:", sum(sizes.values()), ADDRESSES.value),
    ):
        if count > limit:
            yield LIMIT_EXCEEDED.at(
                ir.unlisted_span, target=target, what=what, count=count, limit=limit
            )
