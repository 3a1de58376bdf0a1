"""Turns what a policy says under `targets.umbrella` into checked settings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _known(value: Any) -> Any:
    """Not the product that decides otherwise than these files mean. Raises ValueError."""
    if value == "secure-access":
        raise ValueError(
            "Secure Access decides by access rules, not by what the lists of a policy allow and"
            " block: only `umbrella-dns` is written"
        )
    return value


class UmbrellaSettings(BaseModel):
    """What `targets.umbrella` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    product: Annotated[Literal["umbrella-dns"], BeforeValidator(_known)] = "umbrella-dns"
    """Which product's policies the lists are for: `umbrella-dns`."""
