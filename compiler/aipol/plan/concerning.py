"""Say of each artefact which of the policy's lines and people it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aipol.audience import EVERYBODY
from aipol.plan.model import Concerned, Whom
from aipol.plan.sides import together

if TYPE_CHECKING:
    from aipol.ir import Ir, Ruling
    from aipol.pipeline import Build


def concerned_by(build: Build, target: str) -> Mapping[str, Concerned]:
    """Whom each of a target's artefacts is about, as coverage says what enforces what.

    By path below the target's folder, as artefacts have it; records may name the folder, too.
    """
    rulings = {ruling.id: _concerned(build.ir, ruling) for ruling in build.ir.rulings}
    several: dict[str, dict[str, Concerned]] = {}
    for run in build.runs:
        if run.target.id != target:
            continue
        for record in run.coverage:
            for path in record.artifacts:
                below = path.removeprefix(f"{target}/")
                several.setdefault(below, {})[record.ruling] = rulings[record.ruling]
    return {path: together(found.values()) for path, found in several.items()}


def _concerned(ir: Ir, ruling: Ruling) -> Concerned:
    span, audience = ruling.decided_by.span, ruling.audience
    named = (ir.groups[name].region for name in audience.include if name in ir.groups)
    people = Whom(audience.include, audience.exclude, audience.within)
    return Concerned((f"{span.file}:{span.line}",), (people,), EVERYBODY in named)
