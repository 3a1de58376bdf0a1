"""Turns a value that is more than its letters into what keeps it from meaning anything."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from aipol.catalogue.tree import is_list
from aipol.language.addresses import AddressError, canonical_address
from aipol.language.words import clip

DAY = r"20[0-9]{2}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?"
HEADER = r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
SHORT = 120


def day(value: Any) -> str | None:
    """A month, or a day that the calendar has."""
    wrong = f"`{value}` is not a month or a day"
    if not (isinstance(value, str) and re.fullmatch(DAY, value)):
        return wrong
    try:
        date.fromisoformat(value if len(value) == len("2026-01-01") else f"{value}-01")
    except ValueError:
        return f"{wrong}: the month is shorter"
    return None


def is_after(one: str, other: str) -> bool:
    """Whether a month or day is later than another; a day is not later than its own month."""
    shorter = min(len(one), len(other))
    return one[:shorter] > other[:shorter]


_LETTERS = re.compile(r"[^\W\d_]{2}")


def short(value: Any) -> str | None:
    """Words of one line that fit beside others."""
    fits = isinstance(value, str) and 0 < len(value.strip()) <= SHORT and "\n" not in value
    if not fits:
        return f"must be text of one line, at most {SHORT} characters"
    return None if _LETTERS.search(value) else f"`{value}` says nothing: it must be words"


# --- Windows --------------------------------------------------------------------------------------

_GUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
# What an installer makes up by itself: Windows Installer, NSIS as electron-builder uses it, Inno.
_PRODUCT = re.compile(rf"\{{{_GUID}\}}|{_GUID}|[^\\]+_is1")
_WORDS = re.compile(r"[a-z0-9]{2,}")


def is_made_up(product_code: str) -> bool:
    """Whether an installer made up the key under which Windows lists a program as installed."""
    return bool(_PRODUCT.fullmatch(product_code))


def names_app(product_code: str, *names: object) -> bool:
    """Whether a key that no installer made up has a word of one of the app's own names."""
    folded = product_code.casefold()
    words = {word for name in names for word in _WORDS.findall(str(name).casefold())}
    return any(word in folded for word in words)


# The folders of all programs, below which a program has one of its own.
_EVERYBODYS = frozenset(
    {
        *("appdata", "common files", "local", "locallow", "microsoft", "program files"),
        *("program files (x86)", "programdata", "programs", "roaming", "system32", "syswow64"),
        *("temp", "users", "windows", "windowsapps", ".local", "bin", "*"),
    }
)
_ROOT = re.compile(r"(?:[A-Za-z]:|%[A-Za-z][A-Za-z0-9()]*%)[\\/]")


def install_path(value: Any) -> str | None:
    """A folder or a file of one program's own."""
    if not isinstance(value, str) or not _ROOT.match(value):
        return f"`{value}` is not a path of Windows (`C:\\...` or `%LocalAppData%\\...`)"
    parts = [part.strip() for part in re.split(r"[\\/]+", value)[1:]]
    own = (part for part in parts if part.casefold() not in _EVERYBODYS)
    if any(any(map(str.isalnum, part)) for part in own):
        return None
    return f"`{value}` is a folder of many programs, not of this one"


# --- requests -------------------------------------------------------------------------------------

# What requests have by themselves: to set one of these for a tenant would break or forge them.
_OF_EVERY_REQUEST = frozenset(
    {
        *("accept", "authorization", "cache-control", "connection", "cookie", "cookie2", "date"),
        *("dnt", "early-data", "expect", "forwarded", "from", "host", "http2-settings"),
        *("keep-alive", "last-event-id", "max-forwards", "origin", "pragma", "priority"),
        *("proxy-authenticate", "proxy-authorization", "proxy-connection", "range", "referer"),
        *("set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"),
        *("upgrade-insecure-requests", "x-real-ip", "x-requested-with", "save-data"),
    }
)
_FAMILIES = ("accept-", "access-control-", "content-", "if-", "sec-ch-", "sec-fetch-")
_MORE_FAMILIES = ("sec-websocket-", "sec-gpc", "x-forwarded-")


def header(value: Any) -> str | None:
    """The name of a header that a vendor asks for, and that no request has by itself."""
    if not isinstance(value, str) or not re.fullmatch(HEADER, value):
        return f"`{value}` is not a header's name"
    name = value.casefold()
    if name in _OF_EVERY_REQUEST or name.startswith((*_FAMILIES, *_MORE_FAMILIES)):
        return f"`{value}` is a header that requests have anyway: no tenant restriction"
    return None


ADDRESS = (
    r"https://(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!\d+[:/])[a-z0-9-]{1,63}(?<!-)/[A-Za-z0-9._~/-]*"
)
_ADDRESS = re.compile(ADDRESS)


def address(value: Any) -> str | None:
    """The address of an app that is a part of a site."""
    if not isinstance(value, str):
        return "must be a web address"
    try:
        canonical_address(value)
    except AddressError as error:
        return f"`{clip(value)}` is not an address of an app: {error}"
    return None


def addresses(value: Any) -> str | None:
    """A list of web addresses, not empty."""
    if not is_list(value) or not value:
        return "must be a list of web addresses"
    for item in value:
        if not isinstance(item, str) or not _ADDRESS.fullmatch(item):
            return f"`{item}` is not a web address of the form `https://host/path`"
    return None


# A catalogue is not trusted to be quick: literals, classes, and groups that repeat a set number of
# times, with two open repeats at most.
_CLASS = r"\[[^\[\]\\]+\]"
_ATOM = rf"(?:\\[-./]|[A-Za-z0-9_:@/-]|{_CLASS})"
_BOUND = r"(?:\{[0-9]{1,3}(?:,[0-9]{1,3})?\})?"
_PATTERN = re.compile(rf"(?:{_ATOM}(?:[+*?]|{_BOUND})|\((?:{_ATOM}{_BOUND})+\){_BOUND})+")
_OPEN_REPEATS = 2
# What ends one tenant in a list, or stands for all of them, is in no vendor's form of one.
_OF_NO_TENANT = "*,;\"'<>() \t"


def pattern(value: Any) -> str | None:
    """A regular expression of a form that is quick on any text."""
    simple = isinstance(value, str) and _PATTERN.fullmatch(value)
    if simple and sum(map(value.count, "+*")) <= _OPEN_REPEATS:
        try:
            re.compile(value)
        except re.error:
            return f"`{value}` is not a regular expression"
        return None
    return f"`{value}` is not a regular expression of classes, literals and bounded groups"


def tenant_format(value: Any) -> str | None:
    """A pattern that tells one tenant from any text."""
    if (wrong := pattern(value)) is not None:
        return wrong
    if re.fullmatch(value, ""):
        return f"`{value}` accepts the empty text, which is no tenant"
    for each in re.findall(_CLASS, value):
        if (found := next(filter(re.compile(each).fullmatch, _OF_NO_TENANT), None)) is not None:
            return f"`{value}` accepts `{found}`: it must be the form of one tenant, not any text"
    return None
