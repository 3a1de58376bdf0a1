"""Scalar types of the policy language, each with the words for what it must be."""

from __future__ import annotations

import ipaddress
import re
from calendar import monthrange
from datetime import MINYEAR, date
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from aipol.language.words import clip

_SLUG = r"^[a-z0-9][a-z0-9._-]{0,62}$"
_SITE = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"
_GUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
_REVERSE_DNS = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_MAIL = r"^[^@\s]{1,64}@[^@\s]{1,255}$"
_MONTHS = 12
_NETWORK = "must be a network such as 10.20.0.0/24"
_MOST_NETWORKS = 4
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)

PATTERN_WORDS = {
    _SLUG: "must be lower-case letters, digits, `.`, `_` and `-`, at most 63 of them",
    _SITE: "must be lower-case letters, digits and `-`, at most 40 of them",
    _GUID: "must be an id such as 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1",
    _REVERSE_DNS: "must be a reversed domain name such as com.acme",
    _MAIL: "must be a mail address such as secops@acme.example",
}


class MisfitError(ValueError):
    """Two keys of one mapping that do not go together; `at` is the key to point at."""

    def __init__(self, why: str, at: str) -> None:
        super().__init__(why)
        self.at = at


class SeveralLinesError(ValueError):
    """A text that is one line was written as several."""


def no_control(text: str) -> str:
    """`text`, if every character of it can be seen; the error says what is wrong with it."""
    if "\n" in text and not _CONTROL.search(text.replace("\n", "")):
        raise SeveralLinesError("must be one line")
    if _CONTROL.search(text):
        msg = "has a character that cannot be seen or changes the direction of the text"
        raise ValueError(msg)
    if text != text.strip():
        # A platform compares names as they are: a blank at the end is another group.
        msg = "begins or ends with a blank"
        raise ValueError(msg)
    return text


def day(text: str) -> date:
    """The day that `text` names; the error says what is wrong with it."""
    # Python reads more ways to write a date than people do.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("must be a date written YYYY-MM-DD")
    year, month, number = map(int, text.split("-"))
    if year < MINYEAR:
        raise ValueError("is a date in a year that does not exist")
    if not 1 <= month <= _MONTHS:
        raise ValueError(f"has no such month: {text[5:7]}")
    last = monthrange(year, month)[1]
    if not 1 <= number <= last:
        raise ValueError(f"is a day that does not exist: {text[:7]} has {last} days")
    return date(year, month, number)


def _date(value: Any) -> Any:
    return day(value) if isinstance(value, str) else value


def _cidr(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(_no_network(text)) from None
    if "%" in text:
        # It names an interface of one machine, whatever else is written there.
        raise ValueError("has a scope; write the network without `%` and what follows it")
    if "/" not in text:
        raise ValueError(f"lacks a prefix; the one address alone is {network}")
    if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        msg = f"has bits set beyond its prefix; the network is {network}"
        raise ValueError(msg)
    if isinstance(network, ipaddress.IPv6Network) and network.overlaps(_MAPPED):
        # Programs look IPv4 clients up there, so that such a network would be everybody's.
        raise ValueError("has the IPv6 forms of IPv4 addresses; write IPv4 networks as such")
    return str(network)


_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def _no_network(text: str) -> str:
    """Why a text is no network."""
    first, slash, last = text.partition("/")
    first, hyphen, last = (first, slash, last) if slash else text.partition("-")
    try:
        start = ipaddress.ip_address(first.strip())
    except ValueError:
        return _NETWORK
    if slash and last.isdecimal():
        return f"has the prefix {clip(last)}; a prefix is at most {start.max_prefixlen}"
    if hyphen:
        return _as_networks(start, last.strip())
    return _NETWORK


def _as_networks(start: _Address, text: str) -> str:
    try:
        every = ipaddress.summarize_address_range(start, ipaddress.ip_address(text))
        few = list(islice(every, _MOST_NETWORKS + 1))
    except (TypeError, ValueError):
        return _NETWORK
    if len(few) > _MOST_NETWORKS:
        return "is a range of addresses; write the networks that it is made of"
    return f"is a range of addresses; as networks it is {', '.join(map(str, few))}"


def _yes(value: Any) -> Any:
    # Python counts 1 and 1.0 as equal to True, the language does not.
    if value is not True:
        msg = "must be `true`; leave the key out where that does not hold"
        raise ValueError(msg)
    return value


def _one(value: Any) -> Any:
    if type(value) is not int or value != 1:
        msg = "must be `1`, the only version of the language there is"
        raise ValueError(msg)
    return value


Yes = Annotated[Literal[True], BeforeValidator(_yes)]
Version = Annotated[Literal[1], BeforeValidator(_one)]
Text = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(no_control)]
Slug = Annotated[str, Field(pattern=_SLUG)]
SiteName = Annotated[str, Field(pattern=_SITE)]
Guid = Annotated[str, Field(pattern=_GUID)]
ReverseDns = Annotated[str, Field(pattern=_REVERSE_DNS, max_length=155)]
Mail = Annotated[str, Field(pattern=_MAIL), AfterValidator(no_control)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]
Cidrs = Annotated[tuple[Cidr, ...], Field(min_length=1)]
Vlan = Annotated[int, Field(ge=1, le=4094)]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
