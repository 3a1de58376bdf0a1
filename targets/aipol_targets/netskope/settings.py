"""Turns what a policy says under `targets.netskope` into checked settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class NetskopeSettings(BaseModel):
    """What `targets.netskope` may say: nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
