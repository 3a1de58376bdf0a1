"""Plans as JSON, with a digest that an edit breaks, and back."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from aipol.plan.model import Change, Plans
from aipol.remote import whole_digest

SCHEMA = "aipol.plan/1"


class PlanError(ValueError):
    """A saved plan that cannot be used; says why."""


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plans]:
    return TypeAdapter(Plans)


@lru_cache(maxsize=1)
def _change_adapter() -> TypeAdapter[Change]:
    return TypeAdapter(Change)


def as_json(plans: Plans) -> dict[str, Any]:
    """Plans as JSON has them, under their schema and digest."""
    content = _adapter().dump_python(plans, mode="json")
    return {"schema": SCHEMA, "digest": whole_digest(content), **content}


def digest(plans: Plans) -> str:
    """A digest over all that plans say: inputs, what there is at the vendors, the changes."""
    return whole_digest(_adapter().dump_python(plans, mode="json"))


def change_digest(change: Change) -> str:
    """A digest over all that one change says."""
    return whole_digest(_change_adapter().dump_python(change, mode="json"))


def is_saved(text: str) -> bool:
    """Whether a text is meant to be saved plans, of this schema or another version of it."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    name = SCHEMA.partition("/")[0]
    return isinstance(content, dict) and str(content.get("schema")).startswith(f"{name}/")


def from_json(text: str) -> Plans:
    """Saved plans. Raises PlanError where they are none, or were edited."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"it is no JSON: {error}") from None
    if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
        raise PlanError(f"it is no plan of schema `{SCHEMA}`")
    told = content.pop("digest", None)
    if told != whole_digest(content):
        raise PlanError("it was edited after `aipol plan` wrote it")
    try:
        plans = _adapter().validate_python(content)
    except ValidationError as error:
        raise PlanError(f"it is no plan: {error.errors()[0]['msg']}") from None
    if not plans.plans:
        raise PlanError("it is a plan for nothing")
    return plans
