"""Check what the policy says under `targets:` against each target's own settings model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from aipol.check.identity import check_directories
from aipol.diagnostics import Diagnostic, codes
from aipol.language.faults import Fault, findings_of
from aipol.language.shape import Shape
from aipol.target import Target

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from aipol.language.assemble import Assembled
    from aipol.language.document import Document, Path
    from aipol.language.placed import Placed

_NOT_THERE = {"missing", "extra_forbidden"}


def check_settings(
    assembled: Assembled, targets: Sequence[Target]
) -> tuple[Mapping[str, Any], tuple[Diagnostic, ...]]:
    """The validated settings of each configured target, and what is wrong with the others.

    Groups that a configured target cannot know are findings too.
    """
    valid: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for target in targets:
        placed = assembled.targets.get(target.id)
        if placed is None:
            continue
        try:
            valid[target.id] = target.settings.model_validate_json(json.dumps(placed.value))
        except ValidationError as error:
            findings += _findings(target, placed, error)
    return valid, (*findings, *check_directories(assembled, targets))


def _findings(
    target: Target, placed: Placed[dict[str, Any]], error: ValidationError
) -> Iterator[Diagnostic]:
    """What the front end would say of the same slips elsewhere, as findings about a target."""
    # Merged settings: their places are the document's already, their values may be a base's.
    document = replace(placed.document, value={placed.path[0]: {target.id: placed.value}})
    shape = Shape(target.settings, placed.path)
    faults: dict[tuple[Path, bool], Fault] = {}
    for details in error.errors(include_url=False, include_input=False):
        fault = Fault(document, _placed(details, document, placed.path), shape)
        # Of the ways to fail all members of a union, the first is told.
        faults.setdefault((fault.path, fault.on_key), fault)
    about = f"target `{target.id}`"
    for finding in findings_of(tuple(faults.values())):
        text = finding.message
        why = text if about in text else f"{about}: {text}"
        yield codes.BAD_SETTING.at(
            finding.span, why=why, hint=finding.hint, related=finding.related
        )


def _placed(details: ErrorDetails, document: Document, root: Path) -> ErrorDetails:
    """`details` about a place in the document; steps into members of a union are none."""
    path = (*root, *details["loc"])
    if details["type"] not in _NOT_THERE and path[-1] != "[key]":
        path = document.nearest(path)
    return {**details, "loc": path}
