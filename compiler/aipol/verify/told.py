"""Hold what artefacts say besides decisions against the settings: outputs, ports, zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from aipol.diagnostics import Diagnostic, codes
from aipol.reader import Tells
from aipol.sites import at_site
from aipol.verify.admitted import Check

NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})


def told_findings(check: Check, told: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Whatever a reader finds that the settings do not say, and what they say that it misses."""
    decider = check.panel.decider
    found = decider.told() if isinstance(decider, Tells) else {}
    for name in sorted({*found, *told}):
        said, wanted = found.get(name, ""), told.get(name, "")
        if said != wanted:
            yield _finding(check, f"targets.{check.target.id}.{name}", said, wanted)


def _finding(check: Check, setting: str, said: str, wanted: str) -> Diagnostic:
    _, target, name = setting.split(".", 2)
    hint = f"compile again; or, if the files are right, write `{said}` there" if said else ""
    return codes.VERDICT_DIFFERS.at(
        check.ir.setting_span(target, name),
        artifact=at_site(target, check.ir.site),
        question=f"`{setting}`",
        found=f"{_quoted(said)} in the files",
        expected=_quoted(wanted),
        hint=hint or "compile again: something is missing in the files",
    )


def _quoted(said: str) -> str:
    return f"`{said}`" if said else "nothing"
