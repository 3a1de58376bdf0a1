"""Check what the policy says under `targets:` against each target's own settings model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from aipol.diagnostics import Diagnostic, codes
from aipol.language.words import near
from aipol.target import Target

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from aipol.language.assemble import Assembled
    from aipol.language.placed import Placed


def check_settings(
    assembled: Assembled, targets: Sequence[Target]
) -> tuple[Mapping[str, Any], tuple[Diagnostic, ...]]:
    """The validated settings of each configured target, and what is wrong with the others."""
    valid: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for target in targets:
        placed = assembled.targets.get(target.id)
        if placed is None:
            continue
        try:
            valid[target.id] = target.settings.model_validate_json(json.dumps(placed.value))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            findings += [_finding(target, placed, fault) for fault in details]
    return valid, tuple(findings)


def _finding(target: Target, placed: Placed[dict[str, Any]], fault: ErrorDetails) -> Diagnostic:
    path = tuple(part for part in fault["loc"] if part != "[key]")
    if fault["type"] == "extra_forbidden":
        known = tuple(target.settings.model_fields)
        guess = near(str(path[-1]), known) if len(path) == 1 else None
        hint = f"did you mean `{guess}`?" if guess else f"known settings: {', '.join(known)}"
        span = placed.key_span(*path)
        return codes.BAD_SETTING.at(
            span, target=target.id, why=f"unknown setting `{path[-1]}`", hint=hint
        )
    name = ".".join(str(part) for part in path) or "settings"
    if fault["type"] == "missing":
        why = f"`{name}` is missing"
        return codes.BAD_SETTING.at(placed.key_span(), target=target.id, why=why)
    why = f"`{name}`: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
    return codes.BAD_SETTING.at(placed.span(*path), target=target.id, why=why)
