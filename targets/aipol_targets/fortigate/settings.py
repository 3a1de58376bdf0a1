"""Turns what a policy says under `targets.fortigate` into checked settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from aipol_targets.common.network.facts import SEGMENTS
from aipol_targets.common.network.settings import as_tuple, distinct, in_words

_OBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,34}")


def _object(text: str) -> str:
    if not _OBJECT.fullmatch(text):
        raise ValueError("must be the name of an object: letters, digits, `.`, `_`, `/` and `-`")
    return text


def _web(names: tuple[str, ...]) -> tuple[str, ...]:
    if not {"ALL", "HTTPS"} & set(names):
        raise ValueError("must have `HTTPS` or `ALL`: what no policy lets out is filtered by none")
    return names


def _not_any(names: tuple[str, ...]) -> tuple[str, ...]:
    if "any" in names:
        raise ValueError("must not be `any`: the policies would let the internet in")
    return names


Objects = Annotated[
    tuple[Annotated[str, AfterValidator(_object)], ...],
    BeforeValidator(as_tuple),
    Field(min_length=1),
    AfterValidator(distinct),
]
"""Names of objects that are on the firewall already."""


class FortigateSettings(BaseModel):
    """What `targets.fortigate` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    outputs: Annotated[
        tuple[Literal["cli", "rest"], ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
        AfterValidator(distinct),
    ] = ("cli",)
    """Which forms to write, such as `[cli, rest]`."""
    inside: Annotated[Objects, AfterValidator(_not_any)]
    """Interfaces or zones where people are, such as `[lan]`."""
    outside: Annotated[Objects, AfterValidator(_not_any)]
    """Interfaces or zones that lead to the internet, such as `[wan1]`."""
    services: Annotated[Objects, AfterValidator(_web)] = ("DNS", "HTTP", "HTTPS")
    """What the policies let out, such as `[DNS, HTTP, HTTPS]`."""
    nat: bool = True
    """Whether IPv4 policies translate the source address, such as `false`."""
    first_id: Annotated[int, Field(ge=1, le=4_000_000_000)] = 9000
    """The first id of policies and of filter tables, such as `9000`; the next ones are used too."""
    before_policy: Annotated[int, Field(ge=1, le=4_294_967_294)] | None = None
    """The policy of yours that ours are to stand before, such as `1`."""
    filter_entries: Annotated[int, Field(ge=1)] | None = None
    """How many entries one filter table of the model holds, such as `5000`; more is an error."""

    @model_validator(mode="after")
    def _not_our_own(self) -> FortigateSettings:
        ours = range(self.first_id, self.first_id + 2 * (SEGMENTS.value + 1))
        if self.before_policy in ours:
            raise ValueError("`before_policy` is one of the ids that aipol uses")
        return self

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {
            "outputs": in_words(self.outputs),
            "inside": in_words(self.inside),
            "outside": in_words(self.outside),
            "services": in_words(self.services),
            "nat": "true" if self.nat else "false",
            "first_id": str(self.first_id),
            "before_policy": str(self.before_policy or ""),
        }
