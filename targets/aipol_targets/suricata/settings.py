"""Turns what a policy says under `targets.suricata` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SIDS = 1_000_000
"""How many ids from `first_sid` on the rules are spread over."""


class SuricataSettings(BaseModel):
    """What `targets.suricata` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    action: Literal["alert", "drop", "reject"] = "drop"
    """What rules do, such as `drop`; a Suricata that does not run inline only alerts."""
    first_sid: Annotated[int, Field(ge=1, le=4_294_967_295 - SIDS)] = 1_000_000
    """The first id of rules, such as `1000000`; up to 999999 more are used."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"action": self.action}
