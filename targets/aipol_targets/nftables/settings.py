"""Turns what a policy says under `targets.nftables` into checked settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from aipol_targets.common.network.settings import as_tuple, distinct, in_words
from aipol_targets.nftables.facts import INTERFACE_NAME

_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _interface(text: str) -> str:
    if not _INTERFACE.fullmatch(text) or len(text) > INTERFACE_NAME.value:
        most = INTERFACE_NAME.value
        raise ValueError(f"must be at most {most} letters, digits, `.`, `_` and `-`")
    return text


class NftablesSettings(BaseModel):
    """What `targets.nftables` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    action: Literal["reject", "drop"] = "reject"
    """What happens to a packet that is denied: `reject` tells the sender, who then tries another
    way at once; `drop` lets it wait."""
    inside: Annotated[
        tuple[Annotated[str, AfterValidator(_interface)], ...],
        BeforeValidator(as_tuple),
        AfterValidator(distinct),
    ] = ()
    """Interfaces behind which there are only networks of the organisation, such as `[lan0]`: what
    leaves through them is not on its way to the internet. None when left out."""
    ipv6: Literal["filter", "deny"] = "filter"
    """`deny` forwards nothing over IPv6 but for gateways and resolvers, where IPv6 is in use and
    segments do not list it."""
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    """Priority of the chain at its hook, such as `-10`; whatever it is, a denied packet stays
    denied."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {
            "action": self.action,
            "inside": in_words(self.inside),
            "priority": str(self.priority),
        }
