"""Turns the plain values of a configuration into networks, URL lists and profiles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Address, Files, Network, Networks
from aipol_targets.common.network.urllist import UrlList

_WITH_PATH = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+/[A-Za-z0-9._~/-]+")
_SOURCE = re.compile(r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9._-]+)*/(?P<file>[A-Za-z0-9._-]+)")
_OBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")
_LONGEST_ENTRY, _MOST_DOMAINS = 255, 50
_LONGEST_HEADER, _LONGEST_VALUE, _LONGEST_SOURCE = 100, 512, 255
_LONGEST_NAMES = {"custom-url-category": 31, "url-filtering": 31, "decryption": 31}
_LONGEST_LIST = 32


@dataclass(frozen=True, slots=True)
class Insertion:
    """A header that requests to some domains get, in place of one they have."""

    header: str
    value: str
    domains: UrlList


@dataclass(frozen=True, slots=True)
class Watch:
    """A URL filtering profile: what it records, and what it inserts."""

    recorded: frozenset[str]
    insertions: tuple[Insertion, ...]


class UrlCategory:
    """A URL list. Entries with a path are about requests, and never about a whole host."""

    __slots__ = ("_hosts", "urls")

    def __init__(self, lines: Sequence[str], path: str) -> None:
        if not lines or any(len(line) > _LONGEST_ENTRY for line in lines):
            raise UnreadableArtifact(path, "has an empty list, or an entry that is too long")
        whole = [line for line in lines if not _WITH_PATH.fullmatch(line)]
        if whole and len(whole) < len(lines):
            raise UnreadableArtifact(path, "has entries with a path beside whole hosts")
        self._hosts = UrlList(whole, path)
        self.urls = tuple(line for line in lines if _WITH_PATH.fullmatch(line))

    def holds(self, host: str) -> bool:
        """Whether a request to the host, for whatever, is in the list."""
        return bool(self._hosts.line_for(host))

    def holds_url(self, host: str, url: str) -> bool:
        """Whether a request that is seen whole is in the list; a path is a beginning."""
        return self.holds(host) or any(map(url.startswith, self.urls))

    def hosts(self) -> Iterator[str]:
        """Every name in the list."""
        yield from self._hosts.hosts()


@dataclass(slots=True)
class Objects:
    """What rules may refer to, keeping count of what they do refer to."""

    path: str
    networks: Mapping[str, Networks]
    categories: Mapping[str, UrlCategory]
    watches: Mapping[str, Watch]
    http1: frozenset[str]
    """Decryption profiles that keep connections to HTTP/1."""
    used: set[tuple[str, str]] = field(default_factory=set)

    def source(self, name: str) -> Networks:
        """A set of source networks."""
        self._refer(self.networks, "source", name)
        return self.networks[name]

    def category(self, name: str) -> UrlCategory:
        """A URL list."""
        self._refer(self.categories, "category", name)
        return self.categories[name]

    def watch(self, name: str) -> Watch:
        """A URL filtering profile."""
        self._refer(self.watches, "profile", name)
        return self.watches[name]

    def strips(self, name: str) -> bool:
        """Whether a decryption profile keeps connections to HTTP/1."""
        self._refer(self.http1, "decryption profile", name)
        return True

    def _refer(self, known: Collection[str], what: str, name: str) -> None:
        if name not in known:
            raise UnreadableArtifact(self.path, f"there is no {what} {name!r}")
        self.used.add((what, name))

    def unused(self) -> list[str]:
        """Objects that no rule refers to."""
        defined = {("source", name) for name in self.networks}
        defined |= {("category", name) for name in self.categories}
        defined |= {("profile", name) for name in self.watches}
        defined |= {("decryption profile", name) for name in self.http1}
        return sorted(f"{what} {name}" for what, name in defined - self.used)


def read_objects(system: Mapping[str, Any], files: Files, path: str) -> Objects:
    """Everything but the rules of one virtual system."""
    profiles = system.get("profiles", {})
    networks = _groups(system, path)
    categories = {
        name: UrlCategory(_listed(found, path), path)
        for name, found in profiles.get("custom-url-category", {}).items()
    }
    for name, kind, lines in _fetched(system, files, path):
        if kind == "ip":
            networks[name] = Networks(Network.parse(line, path) for line in lines)
        else:
            categories[name] = UrlCategory(lines, path)
    for name in (*networks, *categories):
        if not _OBJECT.fullmatch(name):
            raise UnreadableArtifact(path, f"{name!r} is no name of an object")
    _short(system, path)
    watches = {
        name: _watch(found, path) for name, found in profiles.get("url-filtering", {}).items()
    }
    stripping = profiles.get("decryption", {})
    if any(found != {"ssl-forward-proxy": {"strip-alpn": "yes"}} for found in stripping.values()):
        raise UnreadableArtifact(path, "a decryption profile does something else")
    return Objects(path, networks, categories, watches, frozenset(stripping))


def _short(system: Mapping[str, Any], path: str) -> None:
    """Refuse names that are longer than those of their kind may be."""
    profiles = system.get("profiles", {})
    named = [(kind, profiles.get(kind, {}), most) for kind, most in _LONGEST_NAMES.items()]
    for kind, found, most in (*named, ("list", system.get("external-list", {}), _LONGEST_LIST)):
        for name in found:
            if len(name) > most:
                raise UnreadableArtifact(path, f"the name of {kind} {name!r} is too long")


def _groups(system: Mapping[str, Any], path: str) -> dict[str, Networks]:
    addresses = {}
    for name, found in system.get("address", {}).items():
        if list(found) != ["ip-netmask"]:
            raise UnreadableArtifact(path, f"address {name!r} is no network")
        addresses[name] = Network.parse(found["ip-netmask"], path)
    used: set[str] = set()
    groups = {}
    for name, found in system.get("address-group", {}).items():
        listed = found.get("static", [])
        if not listed or not addresses.keys() >= set(listed):
            raise UnreadableArtifact(path, f"group {name!r} has members that do not exist, or none")
        used |= set(listed)
        groups[name] = Networks(iter([addresses[each] for each in listed]))
    if left := sorted(addresses.keys() - used):
        raise UnreadableArtifact(path, f"no group has {left[0]}")
    return groups


def _listed(found: Mapping[str, Any], path: str) -> list[str]:
    if found.get("type") != "URL List":
        raise UnreadableArtifact(path, "a custom category is no URL list")
    return list(found.get("list", []))


def _fetched(
    system: Mapping[str, Any], files: Files, path: str
) -> Iterator[tuple[str, str, list[str]]]:
    bases = set()
    for name, found in system.get("external-list", {}).items():
        kinds = found.get("type", {})
        if len(kinds) != 1:
            raise UnreadableArtifact(path, f"list {name!r} is not of one type")
        ((kind, fetched),) = kinds.items()
        source = _SOURCE.fullmatch(fetched.get("url", ""))
        if len(fetched.get("url", "")) > _LONGEST_SOURCE:
            raise UnreadableArtifact(path, f"the address of list {name!r} is too long")
        if source is None or fetched.get("recurring") != {"hourly": {}}:
            raise UnreadableArtifact(path, f"list {name!r} is fetched from nowhere, or never again")
        bases.add(fetched["url"].removesuffix(source["file"]))
        yield name, kind, files.lines(f"edl/lists/{source['file']}", named_in=path)
    if len(bases) > 1:
        raise UnreadableArtifact(path, "lists are fetched from more than one place")


def _watch(found: Mapping[str, Any], path: str) -> Watch:
    insertions = tuple(
        _insertion(each, path) for each in found.get("http-header-insertion", {}).values()
    )
    return Watch(frozenset(found.get("alert", [])), insertions)


def _insertion(found: Mapping[str, Any], path: str) -> Insertion:
    """One custom entry: the value goes over whatever a client sent under that name."""
    kinds = found.get("type", {})
    headers = kinds.get("Custom", {}).get("headers", {})
    domains = kinds.get("Custom", {}).get("domains", [])
    if list(kinds) != ["Custom"] or len(headers) != 1 or not 0 < len(domains) <= _MOST_DOMAINS:
        raise UnreadableArtifact(path, "an insertion is not of one header for some domains")
    ((name, header),) = headers.items()
    if name != header.get("header") or not header.get("value"):
        raise UnreadableArtifact(path, f"the header {name!r} is not what it is called")
    if len(name) > _LONGEST_HEADER or len(header["value"]) > _LONGEST_VALUE:
        raise UnreadableArtifact(path, f"the header {name!r} or its value is too long")
    return Insertion(name, header["value"], UrlList([f"{each}/" for each in domains], path))


def seated(networks: Networks | None, address: Address, *, negated: bool) -> bool:
    """Whether a rule with this source is for an address."""
    return networks is None or networks.hold(address) is not negated
