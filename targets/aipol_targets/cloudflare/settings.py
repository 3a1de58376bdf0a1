"""Turns what a policy says under `targets.cloudflare` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from aipol_targets.cloudflare.facts import ENTERPRISE_ENTRIES, LISTS, STANDARD_ENTRIES
from aipol_targets.cloudflare.precedence import place
from aipol_targets.common.network.settings import as_tuple, distinct, in_words


class CloudflareSettings(BaseModel):
    """What `targets.cloudflare` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    on_ramp: Literal["wan", "other"]
    """How the network reaches Gateway, such as `wan`; only Cloudflare WAN shows who it is."""
    policies: Annotated[
        tuple[Literal["dns", "http", "network"], ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
        AfterValidator(distinct),
    ] = ("dns", "http", "network")
    """Which types of policies to write, such as `[dns]`."""
    plan: Literal["standard", "enterprise"] = "standard"
    """The plan, which says how many entries a list holds, such as `enterprise`."""
    tls_decryption: bool = False
    """Whether the account has TLS decryption turned on, such as `true`; aipol does not."""
    lists: Annotated[int, Field(ge=1, le=LISTS.value)] = LISTS.value
    """How many lists are left for aipol, such as `60`; more is an error."""
    first_precedence: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    """From where policies get ten precedences each, such as `100`; they stand in the middle."""
    account: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    """The account's id, such as `0123456789abcdef0123456789abcdef`; needed only to push."""
    ai_category: Annotated[int, Field(ge=1, le=65_535)] | None = None
    """The number of the content category of AI, as `GET /accounts/<account>/gateway/categories`
    gives it, such as `1`; without it AI that no list knows is not blocked."""

    @model_validator(mode="after")
    def _sees_something(self) -> Self:
        if "http" in self.policies and not (self.tls_decryption or "network" in self.policies):
            raise ValueError("without `tls_decryption` HTTP policies see no HTTPS: add `network`")
        return self

    @property
    def entries(self) -> int:
        """How many entries one list holds."""
        limits = {"standard": STANDARD_ENTRIES, "enterprise": ENTERPRISE_ENTRIES}
        return limits[self.plan].value

    @property
    def sees_categories(self) -> bool:
        """Whether anything but network policies sees the names of HTTPS."""
        return "dns" in self.policies or (self.tls_decryption and "http" in self.policies)

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        category = {} if self.ai_category is None else {"ai_category": str(self.ai_category)}
        return {
            "policies": in_words(self.policies),
            "first_precedence": str(place(self.first_precedence, 0)),
            **category,
        }
