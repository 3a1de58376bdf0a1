"""Limits of list files and what they cannot say, each with the document that says so."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason
from aipol_targets.common.network.edl import ADDRESSES, LISTS, URL_ENTRY, URLS, WILDCARDS
from aipol_targets.common.network.pairs import Limits

_READ = date(2026, 11, 28)
_ABOUT = "SonicOS 7 Match Objects, About URIs and the URI List"
_OBJECTS = "SonicWall, How to Create URI List Objects/Groups on SonicOSX 7?"

URI_LENGTH = Limit("SonicWall: URI, characters", 255, _ABOUT, _READ)
URI_TOKENS = Limit("SonicWall: tokens of a URI", 16, _ABOUT, _READ)
TOKEN_LENGTH = Limit(
    "SonicWall: token, characters with the dots around it",
    64,
    _ABOUT,
    _READ,
)
LIST_CHARACTERS = Limit(
    "SonicWall: all URIs of a list with the line ends between them, characters",
    131_072,
    _ABOUT,
    _READ,
)
LIST_URIS = Limit("SonicWall: URIs of a list", 5_000, _OBJECTS, _READ)
URI_LISTS = Limit("SonicWall: URI list objects", 128, _OBJECTS, _READ)

PAN_OS = (ADDRESSES, LISTS, URL_ENTRY, URLS, WILDCARDS)
"""Of the firewalls that the notation of `edl` is from."""

LIMITS = Limits(
    short=Reason(
        "subtrees-only",
        "a URI list finds a name with all below it, and the allowed list is searched first: this"
        " cannot be blocked without blocking what is to stay open",
        "write `on_gap: tighten`, or block it on a resolver (`dns`) or on the device",
    ),
    wide=Reason(
        "widened",
        "a URI list finds a name with all below it, and the allowed list is searched first: this is"
        " blocked because what is to be blocked cannot be blocked without it",
        "write `on_gap: report`, or block it on a resolver (`dns`) or on the device",
    ),
)
ALSO_LONGER = Reason(
    "also-longer-names",
    "a URI list finds a name anywhere in a host, so that names that go on after it are blocked too",
    "if somebody needs such a name, allow it by hand",
)
EXCEPTION_INSIDE = Reason(
    "exception-anywhere",
    "the allowed list finds a name anywhere in a host as well, so that names below this one that"
    " begin with an allowed name are let through",
    "block it on a resolver (`dns`) too",
)
