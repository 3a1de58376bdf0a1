"""Turns what people paste of a store, a shell or a process list into the names it may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text that is searched for, taken apart; everything case-folded, but for the host."""

    whole: str
    names: frozenset[str]
    """What is an identifier if it is one of any kind: the text itself, an id, a package."""
    programs: frozenset[str]
    """What may also be a program's name: the last part of a path."""
    near: frozenset[str]
    """The programs whose helper a process is."""
    title: str
    """The words in which a store names an extension in its address; empty where it has an id."""
    host: str
    """Empty for what says the address of a store, not of the app."""


def taken_apart(text: str) -> Pasted:
    """The names in `text`."""
    whole = text.strip().casefold()
    found, slug = _of_store(whole)
    found = found or _of_installer(whole)
    names = frozenset({whole, found, slug} - {""})
    # What follows a scope is a name for many.
    last = "" if found.startswith("@") else _last(found or whole)
    helper = _HELPER.fullmatch(last)
    near = frozenset({helper[1], f"{helper[1]} helper"} - {last}) if helper else frozenset[str]()
    host = "" if found or slug else host_of(text.strip())
    return Pasted(whole, names, names | ({last} - {""}), near, slug.replace("-", " "), host)


_HELPER = re.compile(r"(.+?) helper(?: \([^()]*\))?(?:\.app)?")

_SITE = r"^(?:https?://)?(?:www\.)?"
# The addresses under which stores show one extension.
_STORES = tuple(
    re.compile(form)
    for form in (
        _SITE + r"chromewebstore\.google\.com/detail/(?:[^/?#]+/)?(?P<id>[a-p]{32})\b",
        _SITE + r"chrome\.google\.com/webstore/detail/(?:[^/?#]+/)?(?P<id>[a-p]{32})\b",
        _SITE + r"microsoftedge\.microsoft\.com/addons/detail/(?:[^/?#]+/)?(?P<id>[a-p]{32})\b",
        r"^(?:chrome-|edge-)?extension://(?P<id>[a-p]{32})\b",
        _SITE + r"addons\.mozilla\.org/(?:[^?#]*/)?addon/(?P<slug>[^/?#]+)",
        _SITE + r"marketplace\.visualstudio\.com/items/?\?(?:[^#]*&)?itemname=(?P<id>[^&#]+)",
        r"^(?:vscode|vscode-insiders|vscodium|cursor|windsurf):/*extension/(?P<id>[^/?#]+)",
        _SITE + r"open-vsx\.org/extension/(?P<dotted>[^/?#]+/[^/?#]+)",
    )
)


def _of_store(whole: str) -> tuple[str, str]:
    """The id, or else the words, that the address in a store ends in."""
    for form in _STORES:
        found = form.match(whole)
        if found:
            parts = {name: unquote(value) for name, value in found.groupdict().items()}
            dotted = parts.get("dotted", "").replace("/", ".")
            return parts.get("id", dotted), parts.get("slug", "")
    return "", ""


_INSTALLERS = frozenset(
    {"brew", "bunx", "code", "cursor", "npm", "npx", "pip", "pip3", "pipx", "pnpm", "uv", "uvx"}
    | {"winget", "yarn"}
)
_VERBS = frozenset(
    {"add", "cask", "dlx", "exec", "global", "i", "install", "run", "tool", "uninstall", "upgrade"}
)


def _of_installer(whole: str) -> str:
    """The package that a command line installs or runs, without its version."""
    first, *words = whole.split() or [""]
    if first not in _INSTALLERS:
        return ""
    named = (word for word in words if not word.startswith("-") and word not in _VERBS)
    package = next(named, "")
    # An `@` in front is a scope, a later one begins the version.
    bare = package[:1] + package[1:].partition("@")[0]
    return re.split(r"[\[=<>~!]", bare, maxsplit=1)[0]


def _last(text: str) -> str:
    """The last part of a path, as a process list shows it; a URL has none."""
    return text if "://" in text else text.replace("\\", "/").rstrip("/").rpartition("/")[2]


def host_of(text: str) -> str:
    """The host of what people paste: a URL or a part of one, `host:port`, `*.host`, Unicode."""
    plain = text.translate(_DOTS)
    rest = _SCHEME.sub("", plain)
    authority = _AFTER.split(rest, maxsplit=1)[0].rpartition("@")[2]
    host = authority.partition(":")[0].strip(".").removeprefix("*.").lower()
    if host.isascii():
        return host
    from aipol.language.hosts import HostError, canonical_host

    try:
        return canonical_host(host)
    except HostError:
        return host


# UTS-46 reads these as the dot, and browsers a backslash as the slash.
_DOTS = {0x3002: ".", 0xFF0E: ".", 0xFF61: ".", 0x5C: "/"}
_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?/+")
_AFTER = re.compile(r"[/?#]")
