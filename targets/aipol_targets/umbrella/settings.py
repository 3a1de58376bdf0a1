"""Turns what a policy says under `targets.umbrella` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict


class UmbrellaSettings(BaseModel):
    """What `targets.umbrella` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    product: Literal["secure-access", "umbrella-dns"] = "umbrella-dns"
    """Which product's policies the lists are for, such as `secure-access`."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"product": self.product}
