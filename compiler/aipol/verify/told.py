"""Hold what artefacts say besides decisions against the settings: outputs, ports, zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from aipol.diagnostics import Diagnostic, codes
from aipol.reader import Tells
from aipol.verify.admitted import Check

NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})


def told_findings(check: Check, told: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Whatever a reader finds that the settings do not say.

    A reader is silent about a setting that nothing in the artefacts has an occasion to follow.
    """
    decider = check.panel.decider
    found = decider.told() if isinstance(decider, Tells) else {}
    for name, said in sorted(found.items()):
        if said != told.get(name):
            yield codes.VERDICT_DIFFERS.at(
                check.ir.unlisted_span,
                artifact=check.target.id,
                question=f"the setting `{name}`",
                found=f"`{said}`",
                expected=f"`{told.get(name, '')}` (`targets.{check.target.id}`)",
                hint="the artefacts are made for something else",
            )
