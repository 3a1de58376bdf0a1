"""Turn a web address as people write it into the one form that is compared."""

from __future__ import annotations

import re

from aipol.addresses import SCHEME, Address
from aipol.language.hosts import HostError, canonical_host

_LONGEST = 512
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_PLAIN = "letters, digits and `-`, `.`, `_`, `~`"


class AddressError(ValueError):
    """A text is no address of an app; `instead` is what to write, where that can be told."""

    def __init__(self, why: str, instead: str = "") -> None:
        super().__init__(why)
        self.instead = instead


def canonical_address(text: str) -> Address:
    """The place that `text` names. Raises AddressError."""
    rest = _after_scheme(text)
    if len(text) > _LONGEST:
        raise AddressError(f"it is longer than {_LONGEST} characters")
    if "\\" in text or not text.isprintable():
        raise AddressError("it has a backslash or a character that cannot be seen")
    for mark, what in (("?", "a query"), ("#", "a fragment")):
        if mark in rest:
            shorter = SCHEME + rest.partition(mark)[0]
            raise AddressError(f"it has {what}, which does not count", f"write `{shorter}`")
    name, slash, path = rest.partition("/")
    if "@" in name:
        raise AddressError("it has a user in it", f"write `{SCHEME}{rest.rpartition('@')[2]}`")
    host = _host(name, f"{slash}{path}")
    segments = tuple(path.removesuffix("/").split("/"))
    if segments == ("",):
        hint = f"give `{host}` under `domains`, or the path that is the app's"
        raise AddressError("it has no path", hint)
    for segment in segments:
        _refuse_segment(segment)
    return Address(host, segments)


def _after_scheme(text: str) -> str:
    if text.startswith(SCHEME):
        return text.removeprefix(SCHEME)
    scheme, mark, rest = text.partition("://")
    if not mark:
        raise AddressError("it has no scheme", f"write `{SCHEME}{text.lstrip('/')}`")
    raise AddressError(f"its scheme is `{scheme}`, not `https`", f"write `{SCHEME}{rest}`")


def _host(name: str, after: str) -> str:
    try:
        host = canonical_host(name)
    except HostError as error:
        why = str(error).removeprefix("it ")
        raise AddressError(f"its host {why}" if why != str(error) else why) from None
    if host != name:
        raise AddressError("its host is not as it is compared", f"write `{SCHEME}{host}{after}`")
    return host


def _refuse_segment(segment: str) -> None:
    if not segment:
        raise AddressError("it has two slashes in a row", "write one")
    if segment in {".", ".."}:
        raise AddressError(f"it has the segment `{segment}`", "write the path that it leads to")
    if "%" in segment:
        raise AddressError("it has a percent sign", f"a path is written with {_PLAIN}")
    if not _SEGMENT.fullmatch(segment):
        raise AddressError(f"`{segment}` is not {_PLAIN}")
