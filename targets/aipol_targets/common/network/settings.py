"""The kinds of settings that network targets share."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_PATH = re.compile(r"(?:/[A-Za-z0-9._-]+)+")


def as_tuple(value: Any) -> Any:
    """A YAML list as the tuple that a frozen model holds."""
    return tuple(value) if isinstance(value, list) else value


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Sorted values, none of them given twice. Raises ValueError."""
    if len(set(values)) != len(values):
        raise ValueError("names the same thing twice")
    return tuple(sorted(values))


def in_words(names: Iterable[str]) -> str:
    """Names as a reader tells them: in one order, whatever order they are written in."""
    return ", ".join(sorted(names))


def _path(text: str) -> str:
    if not _PATH.fullmatch(text) or any(part in {".", ".."} for part in text.split("/")):
        raise ValueError("must be an absolute path of letters, digits, `.`, `_` and `-`")
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("must be a network such as 10.20.0.0/24") from None


AbsolutePath = Annotated[str, AfterValidator(_path)]
"""A path on a server that will read the files."""
Networks = Annotated[
    tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(as_tuple)
]
"""Networks in CIDR notation."""


def idle(**occasions: object) -> frozenset[str]:
    """The settings that nothing in the files has occasion to follow, each given with what would."""
    return frozenset(name for name, occasion in occasions.items() if not occasion)
