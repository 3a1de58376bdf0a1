"""Turns the views of named.conf into which policy zone is for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Files
from aipol_targets.dns.read_bindings import Bindings, places_of

# BIND knows more comments and words than these; what could be one is refused.
_TOKENS = re.compile(
    r"""\s+|//[^\n]*|("[A-Za-z0-9._/-]*"|[{};]|[A-Za-z0-9.:-]+(?:/[0-9]{1,3})?(?![^\s{};]))"""
)
_VIEW = re.compile(r'"aipol-[a-z0-9_-]+"')

Statement = tuple[tuple[str, ...], "tuple[Statement, ...] | None", tuple[str, ...]]


def read_bind(files: Files, path: str) -> Bindings:
    """Which policy zone each view is for. Raises UnreadableArtifact."""
    text = "\n".join(files.lines(path, named_in=path))
    networks: dict[str, str | None] = {}
    zone_files: dict[str, str] = {}
    otherwise: str | None = None
    seen: set[tuple[str, ...]] = set()
    included: set[tuple[str, ...]] = set()
    for words, block, _ in _statements(_tokens(text, path), path):
        if block is None or otherwise or not _is_view(words) or words in seen:
            raise UnreadableArtifact(path, "has something other than views, or one too many")
        seen.add(words)
        clients, zone, zone_file, own = _view(block, path)
        included.add(own)
        if zone and zone_file:
            zone_files[zone] = zone_file
        if clients == ("any",):
            otherwise = zone
        elif any(client in networks for client in clients):
            raise UnreadableArtifact(path, "two views are for the same network")
        else:
            networks |= dict.fromkeys(clients, zone)
    if len(included) > 1:
        raise UnreadableArtifact(path, "does not include the same file of own zones everywhere")
    return Bindings(networks, otherwise, places_of(zone_files, path)).disjoint(path)


def _is_view(words: tuple[str, ...]) -> bool:
    return (
        len(words) == len(("view", "name"))
        and words[0] == "view"
        and bool(_VIEW.fullmatch(words[1]))
    )


def _view(
    block: tuple[Statement, ...], path: str
) -> tuple[tuple[str, ...], str | None, str, tuple[str, ...]]:
    """For whom a view is, its policy zone, where that is, and what of the server's own it has."""
    clients: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    policy: str | None = None
    zones: dict[str, str] = {}
    for words, inner, after in block:
        match words:
            case ("match-clients",) if inner and not clients and not after:
                clients = tuple(_client(item, path) for item in inner)
            case ("response-policy",) if inner and policy is None:
                policy = _policy_zone(inner, after, path)
            case ("zone", name) if inner and not after:
                zones[_unquoted(name)] = _zone_block(inner, path)
            case ("include", name) if inner is None and not included and name.startswith('"/'):
                included = (name,)
            case _:
                raise UnreadableArtifact(path, f"a view has the unknown statement {words!r}")
    if not clients or set(zones) != ({policy} if policy else set()):
        raise UnreadableArtifact(path, "a view is for nobody, or its policy is not its zone")
    return clients, policy, zones[policy] if policy else "", included


def _client(item: Statement, path: str) -> str:
    match item:
        case ((network,), None, ()):
            return network
        case _:
            raise UnreadableArtifact(path, f"a client is not one network: {item[0]!r}")


def _policy_zone(inner: tuple[Statement, ...], after: tuple[str, ...], path: str) -> str:
    match inner:
        case ((("zone", name), None, ()),):
            # Without the first a blocked name waits for an answer, without the second a client
            # that asks for signatures gets one.
            if after == ("qname-wait-recurse", "no", "break-dnssec", "yes"):
                return _unquoted(name)
        case _:
            pass
    raise UnreadableArtifact(path, "a response policy is not one zone with the known options")


def _zone_block(inner: tuple[Statement, ...], path: str) -> str:
    match inner:
        case ((("type", "primary"), None, ()), (("file", name), None, ())):
            return _unquoted(name)
        case _:
            raise UnreadableArtifact(path, "a zone is not a primary zone from a file")


def _unquoted(word: str) -> str:
    return word.strip('"')


def _tokens(text: str, path: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKENS.match(text, place)
        if found is None:
            raise UnreadableArtifact(path, f"cannot be read at {text[place : place + 20]!r}")
        place = found.end()
        if found.group(1):
            yield found.group(1)


def _statements(tokens: Iterator[str], path: str, *, nested: bool = False) -> tuple[Statement, ...]:
    done: list[Statement] = []
    words: list[str] = []
    after: list[str] = []
    block: tuple[Statement, ...] | None = None
    for part in tokens:
        if part == "{" and block is None:
            block = _statements(tokens, path, nested=True)
        elif part == ";" and words:
            done.append((tuple(words), block, tuple(after)))
            words, after, block = [], [], None
        elif part == "}" and nested and not words:
            return tuple(done)
        elif part in {"{", "}", ";"}:
            break
        else:
            (words if block is None else after).append(part)
    else:
        if not nested and not words:
            return tuple(done)
    raise UnreadableArtifact(path, "its braces and semicolons do not fit")
