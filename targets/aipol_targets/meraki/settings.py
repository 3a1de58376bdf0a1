"""Turns what a policy says under `targets.meraki` into checked settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class MerakiSettings(BaseModel):
    """What `targets.meraki` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    list_patterns: Annotated[int, Field(ge=1)] | None = None
    """How many patterns one list of the appliance holds, such as `1000`; more is an error."""
