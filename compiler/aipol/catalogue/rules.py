"""Turns the layout of a catalogue file into tables: which keys a row has and what each may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol.catalogue.forms import (
    address,
    addresses,
    day,
    header,
    install_path,
    short,
    tenant_format,
)
from aipol.catalogue.model import CommonKind, Feature, Match, Purpose, Role, Store, Tier
from aipol.catalogue.signing import requirement
from aipol.catalogue.source import Kind, parse
from aipol.catalogue.tree import is_list, is_mapping
from aipol.programs import PROTECTING
from aipol.vocabulary import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Check = Callable[[Any], str | None]
    Checks = dict[str, Check]


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of one kind of mapping, each with its check; what is not named is unknown."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]

    def faults(self, row: Any) -> list[tuple[str | None, str]]:
        """Pairs of key and message; the key is None where the row as a whole is meant."""
        if not is_mapping(row):
            return [(None, "must be a mapping")]
        checks = {**self.required, **self.optional}
        found: list[tuple[str | None, str]] = [
            (None, f"`{key}` is missing") for key in self.required if row.get(key) in (None, "")
        ]
        for key, value in row.items():
            if key not in checks:
                found.append((key, f"unknown key `{key}`"))
            elif (message := checks[key](value)) is not None:
                found.append((key, message))
        return found


def text(value: Any) -> str | None:
    """Any text but the empty one."""
    return None if isinstance(value, str) and value.strip() else "must be text"


def flag(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else "must be true or false"


def count(value: Any) -> str | None:
    """A number of things, at least one."""
    return (
        None
        if isinstance(value, int) and not isinstance(value, bool) and value > 0
        else "must be a number from 1"
    )


def texts(value: Any) -> str | None:
    """A list of texts, not empty."""
    good = is_list(value) and value and all(text(item) is None for item in value)
    return None if good else "must be a list of texts"


def programs(value: Any) -> str | None:
    """A list of names, each of words."""
    if (wrong := texts(value)) is not None:
        return wrong
    return next(filter(None, map(short, value)), None)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One word of a closed set."""

    allowed: tuple[str, ...]

    def __call__(self, value: Any) -> str | None:
        """The message where `value` is none of them."""
        known = isinstance(value, str) and value in self.allowed
        return None if known else f"`{value}` is not one of {', '.join(self.allowed)}"


@dataclass(frozen=True, slots=True)
class Like:
    """Text of one form."""

    pattern: str
    meaning: str

    def __call__(self, value: Any) -> str | None:
        """The message where `value` is not of that form."""
        good = isinstance(value, str) and re.fullmatch(self.pattern, value)
        return None if good else f"`{value}` is not {self.meaning}"


def one_of(values: Iterable[str]) -> OneOf:
    """One word of a closed set."""
    return OneOf(tuple(str(value) for value in values))


SCHEMAS = (1, 2)
"""The layouts this version reads; what ships is the last."""


def schema(value: Any) -> str | None:
    """A layout that this version reads."""
    known = not isinstance(value, bool) and value in SCHEMAS
    return None if known else f"schema `{value}` is not known, only {SCHEMAS[0]} to {SCHEMAS[-1]}"


def source(value: Any) -> str | None:
    """A source of one of the forms that a catalogue may use."""
    found = parse(value) if isinstance(value, str) else None
    if found is not None and found.kind is not Kind.OWN:
        return None
    return (
        f"`{value}` is not a source: write `owner/repository:path@commit`, `page:host/path` or "
        "`public-code:number`, with remarks in parentheses"
    )


def anything(_value: Any) -> str | None:
    """Checked elsewhere, against other rows."""
    return None


_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
# The last label may not be a number: that would be an address.
host = Like(
    rf"(?=.{{1,253}}$)({_LABEL}\.)+(?!\d+$){_LABEL}",
    "a host name (two labels or more, lower case, no wildcard, no URL)",
)
slug = Like(r"[a-z0-9][a-z0-9-]{0,62}", "an id of lower-case letters, digits and hyphens")
word = Like(r"[a-z0-9][a-z0-9_-]{0,62}", "a word of lower-case letters")
_guid = Like(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", "a lower-case GUID")
_dotted = Like(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+", "an identifier of dotted names")
# A package family name ends in 13 digits of the publisher's hash, written without i, l, o and u.
_family = Like(r"[A-Za-z0-9.-]{3,50}_[0-9a-hj-km-np-tv-z]{13}", "a package family name")

_team = Like(r"[A-Z0-9]{10}", "a Team id (10 letters and digits)")

_KINDS: dict[str, dict[str, Check]] = {
    "macos": {
        "bundle_id": _dotted,
        "team_id": _team,
        "signing_id": Like(r"[A-Za-z0-9_.-]+", "a signing identifier"),
        "requirement": requirement,
        "app_name": Like(r".+\.app", "the name of a bundle (`Name.app`)"),
        "process": text,
        "cask": Like(r"[a-z0-9@+.-]+", "a cask's token"),
    },
    "windows": {
        "winget_id": Like(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)+", "a winget id"),
        "exe": Like(r"[^\\/:]+\.exe", "a file name that ends in `.exe`"),
        "pfn": _family,
        "product_code": text,
        "upgrade_code": Like(r"\{[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}\}", "a GUID in braces"),
        "install_path": install_path,
        "command": Like(r"[A-Za-z0-9_.-]+", "a command's name"),
        "publisher": text,
        "store_id": Like(r"[0-9A-Z]{12,14}", "a product id of the Microsoft Store"),
    },
    "cli": {
        "binary": Like(r"[A-Za-z0-9_.-]+", "a command's name"),
        "npm": Like(r"(@[a-z0-9-]+/)?[a-z0-9._-]+", "an npm package"),
        "pypi": Like(r"[a-z0-9][a-z0-9._-]*", "a PyPI package"),
        "brew_formula": Like(r"[a-z0-9@+._-]+", "a formula's name"),
        "brew_cask": Like(r"[a-z0-9@+._-]+", "a cask's token"),
    },
}
_STORES: dict[str, Check] = {
    "chrome": Like(r"[a-p]{32}", "a Chrome extension id (32 letters from a to p)"),
    "edge": Like(r"[a-p]{32}", "an Edge add-on id (32 letters from a to p)"),
    "firefox": Like(
        r"(\{[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\}|[A-Za-z0-9._-]*@[A-Za-z0-9._-]+)",
        "a Firefox add-on id (`name@host`, or a GUID in braces)",
    ),
    "vscode": Like(
        r"[a-z0-9-]+\.[a-z0-9-]+", "a VS Code extension id (`publisher.name`, in lower case)"
    ),
    "jetbrains": _dotted,
}
_PROVIDERS: dict[str, Check] = {
    "entra": _guid,
    "google": Like(r"[0-9]+-[a-z0-9]+\.apps\.googleusercontent\.com", "a Google client id"),
}

_SOURCED: Checks = {"source": source, "tier": one_of(Tier)}
_SEEN: Checks = {"seen": day}
_ALSO: Checks = {"also": source, **_SEEN}
_SECOND: Checks = {"note": text, **_ALSO}
_IDENTIFIER: Checks = {
    "surface": one_of(Surface),
    "match_alone": flag,
    "shared": flag,
    "shared_with": texts,
    "breaks": short,
    **_SECOND,
}

DOMAIN = Shape(
    {"domain": host, "role": one_of(Role), "match": one_of(Match), **_SOURCED},
    {"sources": count, "shared": flag, "serves": short, "own_suffix": flag, **_SECOND},
)
URL = Shape({"url": address, "role": one_of(Role), **_SOURCED}, _SECOND)
IDENTIFIERS = {
    section: Shape({"kind": one_of(kinds), "value": text, **_SOURCED}, _IDENTIFIER)
    for section, kinds in _KINDS.items()
}
EXTENSION = Shape({"store": one_of(Store), "id": text, "name": text, **_SOURCED}, _SECOND)
OAUTH = Shape({"provider": one_of(_PROVIDERS), "client_id": text, "name": text, **_SOURCED}, _ALSO)
FIREWALL = Shape({"product": slug, "kind": word, "name": text, **_SOURCED}, _ALSO)
FACT = Shape({"fact": text, "value": text, **_SOURCED}, _ALSO)
HOST_MATCH = Shape({"host": host, "match": one_of(Match)}, {})
RESTRICTION = Shape(
    {
        "header": header,
        "value": text,
        "hosts": anything,
        **_SOURCED,
    },
    {
        "needs": text,
        "effect": text,
        "also_block": addresses,
        "format": tenant_format,
        **_ALSO,
    },
)
PROTECTED = Shape(
    {"host": host, "match": one_of(Match), "purpose": one_of(Purpose), **_SOURCED}, _ALSO
)
PROTECTED_PROGRAM = Shape(
    {"kind": one_of(PROTECTING), "value": text, "breaks": short, **_SOURCED}, _ALSO
)
SHARED_PLATFORM = Shape({"suffix": host, "source": source}, {"serves": short, **_ALSO})
COMMON_HOST = Shape(
    {
        "host": host,
        "match": one_of(Match),
        "kind": one_of(CommonKind),
        "serves": short,
        **_SOURCED,
    },
    _ALSO,
)
TEAM = Shape({"vendor": slug, "signs": programs, **_SOURCED}, _ALSO)
SOURCE = Shape(
    {"tier": one_of(Tier), "seen": day, "is": short}, {"speaks_for": texts, "licence": short}
)
GAP = Shape({"app": slug, "what": word, "sought": short, "looked": day}, {"why": short})
VENDOR = Shape({"name": text}, {"country": Like(r"[A-Z]{2}", "a country's two letters")})
INDEX = Shape(
    {
        "schema": schema,
        "seen": day,
        "categories": anything,
    },
    {},
)

ROWS = {
    "domains": DOMAIN,
    "urls": URL,
    **IDENTIFIERS,
    "extensions": EXTENSION,
    "oauth": OAUTH,
    "firewall": FIREWALL,
    "facts": FACT,
}
# The files beside the apps': rows in a list, or by a key, a slug or of a kind of its own.
LISTED = {"common_hosts": COMMON_HOST, "gaps": GAP, "shared_platforms": SHARED_PLATFORM}
KEYED = {"sources": SOURCE, "teams": TEAM, "vendors": VENDOR}
APP = Shape(
    {"name": text, "vendor": slug, "kind": slug, "source": source},
    {
        "edition_of": slug,
        "homepage": Like(r"https?://\S+", "a web address"),
        "notes": text,
        "features": texts,
        "tenant_restriction": anything,
        **dict.fromkeys(ROWS, anything),
    },
)
feature = one_of(Feature)
KEYS: Mapping[str, Check] = {
    "sources": Like(
        r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+|page:[a-z0-9.-]+",
        "a repository (`owner/name`) or a page's host (`page:host`)",
    ),
    "teams": _team,
    "vendors": slug,
}


def value_fault(section: str, row: dict[str, Any]) -> tuple[str, str] | None:
    """The key and the message where a value is not of the form its kind, store or provider has."""
    table, selector, key = VALUES.get(section, ({}, "", ""))
    word = row.get(selector)
    check = table.get(word) if isinstance(word, str) else None
    if check is None or not isinstance(row.get(key), str):
        return None
    message = check(row[key])
    return None if message is None else (key, message)


# By section: the check of a value by kind, the key that names the kind, the key of the value.
VALUES: dict[str, tuple[dict[str, Check], str, str]] = {
    **{section: (kinds, "kind", "value") for section, kinds in _KINDS.items()},
    "extensions": (_STORES, "store", "id"),
    "oauth": (_PROVIDERS, "provider", "client_id"),
}
