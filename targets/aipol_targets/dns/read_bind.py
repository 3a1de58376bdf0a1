"""Turns the views of named.conf into which policy zone is for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Files
from aipol_targets.dns.read_bindings import Bindings, places_of

_TOKENS = re.compile(r'\s+|//[^\n]*|("[^"\n]*"|[{};]|[^\s{};"]+)')

Statement = tuple[tuple[str, ...], "tuple[Statement, ...] | None", tuple[str, ...]]


def read_bind(files: Files, path: str) -> Bindings:
    """Which policy zone each view is for. Raises UnreadableArtifact."""
    text = "\n".join(files.lines(path, named_in=path))
    networks: dict[str, str | None] = {}
    zone_files: dict[str, str] = {}
    otherwise: str | None = None
    seen: set[tuple[str, ...]] = set()
    for words, block, _ in _statements(_tokens(text, path), path):
        if block is None or otherwise or words[:1] != ("view",) or words in seen:
            raise UnreadableArtifact(path, "has something other than views, or one too many")
        seen.add(words)
        clients, zone, zone_file = _view(block, path)
        if zone and zone_file:
            zone_files[zone] = zone_file
        if clients == ("any",):
            otherwise = zone
        elif any(client in networks for client in clients):
            raise UnreadableArtifact(path, "two views are for the same network")
        else:
            networks |= dict.fromkeys(clients, zone)
    return Bindings(networks, otherwise, places_of(zone_files, path)).disjoint(path)


def _view(block: tuple[Statement, ...], path: str) -> tuple[tuple[str, ...], str | None, str]:
    clients: tuple[str, ...] = ()
    policy: str | None = None
    zones: dict[str, str] = {}
    for words, inner, after in block:
        match words:
            case ("match-clients",) if inner and not clients and not after:
                clients = tuple(item[0][0] for item in inner)
            case ("response-policy",) if inner and policy is None:
                policy = _policy_zone(inner, after, path)
            case ("zone", name) if inner and not after:
                zones[_unquoted(name)] = _zone_block(inner, path)
            case ("include", _) if inner is None:
                pass
            case _:
                raise UnreadableArtifact(path, f"a view has the unknown statement {words!r}")
    if not clients or set(zones) != ({policy} if policy else set()):
        raise UnreadableArtifact(path, "a view is for nobody, or its policy is not its zone")
    return clients, policy, zones[policy] if policy else ""


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
