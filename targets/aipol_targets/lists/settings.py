"""Turns what a policy says under `targets.lists` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from aipol_targets.common.network.edl import ADDRESSES, LISTS, URLS
from aipol_targets.common.network.settings import as_tuple, distinct, in_words


class ListsSettings(BaseModel):
    """What `targets.lists` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    outputs: Annotated[
        tuple[Literal["domains", "edl", "sonicwall", "watchguard"], ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
        AfterValidator(distinct),
    ] = ("domains", "edl")
    """Which formats to write, such as `[edl]`; firewalls of one make are written only if named."""
    edl_capacity: Annotated[int, Field(ge=1)] = URLS.value
    """How many URL entries the firewall holds in all, such as `50000`; more is an error."""
    edl_lists: Annotated[int, Field(ge=1)] = LISTS.value
    """How many external lists the firewall holds, such as `30`; more is an error."""
    edl_addresses: Annotated[int, Field(ge=1)] = ADDRESSES.value
    """How many entries of address lists it holds in all, such as `50000`; more is an error."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"outputs": in_words(self.outputs)}
