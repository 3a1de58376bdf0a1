"""Turns what a policy says under `targets.paloalto` into checked settings."""

from __future__ import annotations

import re
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

from aipol_targets.common.network.edl import ADDRESSES, LISTS, URLS
from aipol_targets.common.network.settings import as_tuple, distinct, in_words

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,61}[A-Za-z0-9._-])?")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._-]+)*")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("must be a name of letters, digits, spaces, `.`, `_` and `-`")
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or ".." in text:
        raise ValueError("must be an address such as https://lists.acme.example/aipol")
    return text


Name = Annotated[str, AfterValidator(_name)]
Names = Annotated[
    tuple[Name, ...], BeforeValidator(as_tuple), Field(min_length=1), AfterValidator(distinct)
]
Count = Annotated[int, Field(ge=1)]
_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class ThreatProfiles(BaseModel):
    """Your own profiles that what an allow rule lets through is looked at with."""

    model_config = _STRICT

    virus: Name | Literal[""] = ""
    """An antivirus profile, such as `strict`."""
    spyware: Name | Literal[""] = ""
    """An anti-spyware profile, such as `strict`."""
    vulnerability: Name | Literal[""] = ""
    """A vulnerability protection profile, such as `strict`."""
    file_blocking: Name | Literal[""] = ""
    """A file blocking profile, such as `strict file blocking`."""
    wildfire_analysis: Name | Literal[""] = ""
    """A WildFire analysis profile, such as `default`."""


class Capacity(BaseModel):
    """What one model of firewall holds; more is an error."""

    model_config = _STRICT

    category_entries: Count | None = None
    """Entries of all custom URL categories, such as `25000`."""
    addresses: Count | None = None
    """Address objects, such as `2500`."""
    lists: Count = LISTS.value
    """External lists, such as `30`."""
    list_urls: Count = URLS.value
    """Entries of all external URL lists, such as `50000`."""
    list_addresses: Count = ADDRESSES.value
    """Entries of all external address lists, such as `50000`."""


class PaloAltoSettings(BaseModel):
    """What `targets.paloalto` may say."""

    model_config = _STRICT

    outputs: Annotated[
        tuple[Literal["edl", "set", "xml"], ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
        AfterValidator(distinct),
    ] = ("set", "xml")
    """Which formats to write, such as `[xml]`."""
    vsys: Annotated[str, Field(pattern=r"^vsys[0-9]{1,3}$")] = "vsys1"
    """The virtual system that the XML is for, such as `vsys1`."""
    from_zones: Names = ("any",)
    """The zones people are in, such as `[trust]`."""
    to_zones: Names = ("any",)
    """The zones the internet is in, such as `[untrust]`."""
    threat_profiles: ThreatProfiles = ThreatProfiles()
    """Profiles of yours on rules that let through, such as `{virus: strict}`."""
    edl_url: Annotated[str, AfterValidator(_address)] | Literal[""] = ""
    """Where the list files will be, such as `https://lists.acme.example/aipol`."""
    capacity: Capacity = Capacity()
    """What the firewall holds, such as `{lists: 30, category_entries: 25000}`."""

    @model_validator(mode="after")
    def _lists_are_somewhere(self) -> Self:
        if "edl" in self.outputs and not self.edl_url:
            raise ValueError("the output `edl` needs `edl_url`")
        return self

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        watching = (
            f"{kind.replace('_', '-')} {name}" for kind, name in self.threat_profiles if name
        )
        return {
            "outputs": in_words(self.outputs),
            "vsys": self.vsys,
            "from_zones": in_words(self.from_zones),
            "to_zones": in_words(self.to_zones),
            "threat_profiles": in_words(watching),
            "edl_url": self.edl_url,
        }
