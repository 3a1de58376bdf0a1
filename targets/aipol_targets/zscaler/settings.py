"""Turns what a policy says under `targets.zscaler` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aipol_targets.zscaler.facts import CATEGORIES, MOST_CATEGORIES, URLS


class ZscalerSettings(BaseModel):
    """What `targets.zscaler` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    first_order: Annotated[int, Field(ge=1, le=1_000)] = 1
    """The place of the first rule among yours, such as `1`; the others follow it."""
    rank: Annotated[int, Field(ge=0, le=7)] = 7
    """The admin rank of all rules, such as `7`."""
    categories: Annotated[int, Field(ge=1, le=MOST_CATEGORIES)] = CATEGORIES.value
    """How many custom categories are left for aipol, such as `64`; more is an error."""
    ai_categories: bool = False
    """Whether unlisted AI is blocked by Zscaler's own categories of AI, such as `true`."""
    urls: Annotated[int, Field(ge=1)] = URLS.value
    """How many custom URLs are left for aipol, such as `25000`; more is an error."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"first_order": str(self.first_order), "rank": str(self.rank)}
