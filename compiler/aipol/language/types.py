"""Scalar types of the policy language, each with the words for what it must be."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

_SLUG = r"^[a-z0-9][a-z0-9._-]{0,62}$"
_GUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
_REVERSE_DNS = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_MAIL = r"^[^@\s]{1,64}@[^@\s]{1,255}$"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

PATTERN_WORDS = {
    _SLUG: "must be lower-case letters, digits, `.`, `_` and `-`, at most 63 of them",
    _GUID: "must be an id such as 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1",
    _REVERSE_DNS: "must be a reversed domain name such as com.acme",
    _MAIL: "must be a mail address such as secops@acme.example",
}


class MisfitError(ValueError):
    """Two keys of one mapping that do not go together; `at` is the key to point at."""

    def __init__(self, why: str, at: str) -> None:
        super().__init__(why)
        self.at = at


def _no_control(text: str) -> str:
    if _CONTROL.search(text):
        msg = "has a character that cannot be seen or changes the direction of the text"
        raise ValueError(msg)
    return text


def _date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        msg = "must be a date written YYYY-MM-DD"
        raise ValueError(msg)
    try:
        return date.fromisoformat(value)
    except ValueError:
        msg = "is a day that does not exist"
        raise ValueError(msg) from None


def _cidr(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None or "/" not in text:
        msg = "must be a network such as 10.20.0.0/24"
        raise ValueError(msg)
    if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        msg = f"has bits set beyond its prefix; the network is {network}"
        raise ValueError(msg)
    return str(network)


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
Text = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_no_control)]
Slug = Annotated[str, Field(pattern=_SLUG)]
Guid = Annotated[str, Field(pattern=_GUID)]
ReverseDns = Annotated[str, Field(pattern=_REVERSE_DNS, max_length=155)]
Mail = Annotated[str, Field(pattern=_MAIL), AfterValidator(_no_control)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]
Cidrs = Annotated[tuple[Cidr, ...], Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
