"""Turns the access-control lines of unbound.conf into which zone, or which view, is for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Files
from aipol_targets.dns.read_bindings import Bindings, places_of

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
# Unbound allows these unless told otherwise, each more specific than what a file might say.
_BY_ITSELF = _ANYWHERE | {"127.0.0.0/8", "::1/128", "::ffff:127.0.0.1/128"}
_ACCESS = "access-control"
_TAG, _VIEW = "access-control-tag", "access-control-view"
_MODULES = ['"respip validator iterator"']

_Server = Mapping[str, list[str]]
_Parts = list[dict[str, str]]


def read_tags(files: Files, path: str) -> Bindings:
    """Which policy zone each tag is for. Raises UnreadableArtifact."""
    keys = {"server:": {"module-config", "define-tag", _ACCESS, _TAG}}
    keys["rpz:"] = {"name", "zonefile", "tags"}
    server, zones = _sections(files.lines(path, named_in=path), keys, path)
    defined = server.get("define-tag", [])
    if server.get("module-config") != _MODULES or len(defined) != 1:
        raise UnreadableArtifact(path, "does not load the module that applies the zones")
    known = frozenset(_unquoted(defined[0]).split())
    by_tag = {zone.get("tags", ""): zone.get("name", "") for zone in zones}
    if len(by_tag) != len(zones) or not by_tag.keys() <= known:
        raise UnreadableArtifact(path, "a zone is for an unknown tag, or two are for one")
    written = {zone.get("name", ""): zone.get("zonefile", "") for zone in zones}
    return _bindings(server, _TAG, known, by_tag, written, path=path)


def read_views(files: Files, path: str) -> Bindings:
    """Which file of local zones each view is for. Raises UnreadableArtifact."""
    keys = {"server:": {_ACCESS, _VIEW}, "view:": {"name", "view-first", "include"}}
    server, views = _sections(files.lines(path, named_in=path), keys, path)
    known = frozenset(view.get("name", "") for view in views)
    # Without it a client with a view would lose the server's own local zones.
    if len(known) != len(views) or any(view.get("view-first") != "yes" for view in views):
        raise UnreadableArtifact(path, "a view is there twice, or shuts out the server's own zones")
    named = {view.get("name", ""): view.get("include", "") for view in views}
    written = {name: file for name, file in named.items() if file}
    return _bindings(server, _VIEW, known, {name: name for name in written}, written, path=path)


def _sections(
    lines: Sequence[str], keys: Mapping[str, set[str]], path: str
) -> tuple[_Server, _Parts]:
    """What is set for the server, which may be repeated, and for each part, which may not."""
    server: dict[str, list[str]] = {}
    parts: _Parts = []
    section = ""
    for line in (line.strip() for line in lines if not line.startswith("#")):
        key, _, value = line.partition(": ")
        if line in keys:
            section = line
            parts += [] if line == "server:" else [{}]
        elif key not in keys.get(section, ()) or (section != "server:" and key in parts[-1]):
            raise UnreadableArtifact(path, f"unknown, misplaced or repeated: {line!r}")
        elif section == "server:":
            server.setdefault(key, []).append(value)
        else:
            parts[-1][key] = _unquoted(value)
    return server, parts


def _pairs(values: Sequence[str], path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        network, _, word = value.partition(" ")
        if network in found or not word:
            raise UnreadableArtifact(path, f"{network} is there twice, or nothing is said of it")
        found[network] = _unquoted(word)
    return found


def _unquoted(word: str) -> str:
    return word.strip('"')


def _bindings(
    server: _Server,
    key: str,
    known: frozenset[str],
    rules: Mapping[str, str],
    written: Mapping[str, str],
    *,
    path: str,
) -> Bindings:
    """The most specific network counts; `rules` are by tag or view, `written` by rules."""
    names = _pairs(server.get(key, []), path)
    verbs = _pairs(server.get(_ACCESS, []), path)
    if names.keys() != verbs.keys() or not set(names.values()) <= known:
        raise UnreadableArtifact(path, "not every network that may ask gets known rules")
    if not names.keys() >= _BY_ITSELF:
        raise UnreadableArtifact(path, "leaves a network to Unbound's own lines, which filter none")
    for network, verb in verbs.items():
        if verb != "allow" and not (verb == "refuse" and network in _ANYWHERE):
            raise UnreadableArtifact(path, f"{network}: unknown or misplaced {verb!r}")
    for network, name in names.items():
        everybody = "::/0" if ":" in network else "0.0.0.0/0"
        idle = network not in _BY_ITSELF and (names[everybody], verbs[everybody]) == (name, "allow")
        if idle:
            # Nobody writes it so: the line for all is meant to refuse, and the server is not open.
            raise UnreadableArtifact(path, f"{network} gets what everybody gets")
    return Bindings(
        {network: rules.get(name) for network, name in names.items()},
        None,
        places_of(written, path),
    )
