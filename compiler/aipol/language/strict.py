"""The strictness every part of a policy file has."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Strict in every respect: no coercion, no unknown key, no change after reading."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        use_attribute_docstrings=True,
        # What a run has no use for, such as the settings of most targets, is not worked out.
        defer_build=True,
    )
