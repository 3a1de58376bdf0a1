"""Turn a document into a policy, or say what does not fit the language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.document import Document, Path
from aipol.language.faults import Fault, findings_of
from aipol.language.model import Policy
from aipol.language.order import in_order
from aipol.language.shape import POLICY, Shape
from aipol.language.shapes import is_list, is_mapping
from aipol.language.strict import Model
from aipol.language.where import where

_M = TypeVar("_M", bound=Model)


def parse(document: Document) -> tuple[Policy | None, tuple[Diagnostic, ...]]:
    """The policy that `document` writes down, with everything that keeps it from being one."""
    return parse_as(document, Policy)


def faults(document: Document) -> tuple[Fault, ...]:
    """What the model of a policy refuses in `document`, one by one."""
    try:
        Policy.model_validate_json(json.dumps(document.value))
    except ValidationError as error:
        return tuple(_faults(document, POLICY, error))
    return ()


def parse_as(document: Document, model: type[_M]) -> tuple[_M | None, tuple[Diagnostic, ...]]:
    """The same for another kind of file."""
    # JSON, because strictness must not mind that a list is not yet a tuple.
    text = json.dumps(document.value)
    absent = _nothings(document.value) if "null" in text else ()
    nothing = [path for path in absent if path not in document.holes]
    try:
        value = model.model_validate_json(text)
    except ValidationError as error:
        shape = POLICY if model is Policy else Shape(model)
        findings = _findings(document, shape, error, frozenset(nothing))
    else:
        findings = []
        if not nothing:
            return (None if document.holes else value), ()
    # A key without a value would mean "no limit" to a reader and "forgotten" to its author.
    findings.extend(_no_value(document, path) for path in nothing)
    return None, in_order(document.file, findings)


def _no_value(document: Document, path: Path) -> Diagnostic:
    hint = "give it a value, or leave the key out; what belongs to it must be indented below it"
    return codes.EMPTY.at(document.span(path), what=where(document, path), hint=hint)


def _nothings(value: Any, path: Path = ()) -> Iterator[Path]:
    if value is None:
        yield path
    elif is_mapping(value):
        for key, below in value.items():
            yield from _nothings(below, (*path, key))
    elif is_list(value):
        for position, below in enumerate(value):
            yield from _nothings(below, (*path, position))


def _findings(
    document: Document, shape: Shape, error: ValidationError, nothing: frozenset[Path]
) -> list[Diagnostic]:
    return findings_of(_faults(document, shape, error), told=nothing)


def _faults(document: Document, shape: Shape, error: ValidationError) -> list[Fault]:
    details = error.errors(include_url=False, include_input=False)
    return [Fault(document, one, shape) for one in details]
