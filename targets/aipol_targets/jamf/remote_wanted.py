"""Turn the target's files into the objects that they are made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from aipol.remote import REF, Json, Unusable, Wanted
from aipol_targets.jamf.remote_kinds import GROUP, KINDS, PROFILE, Kind, key_of
from aipol_targets.jamf.remote_xml import UnreadableXml, body_of, parse

BARE = ".mobileconfig"  # the same profile, for installing by hand


def wanted(organization: str, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """Every object, its groups of our own as references. Raises Unusable at any other file."""
    found = [
        _wanted(organization, path, files) for path in sorted(files) if not path.endswith(BARE)
    ]
    groups = {each.name: each.key for each in found if each.kind == GROUP.id}
    return tuple(replace(each, body=_referring(each.body, groups)) for each in found)


def _wanted(organization: str, path: str, files: Mapping[str, bytes]) -> Wanted:
    kind = next((each for each in KINDS if path.startswith(each.folder)), None)
    if kind is None or not path.endswith(".xml"):
        raise Unusable(f"jamf/{path} is no object of Jamf Pro")
    try:
        body = body_of(organization, kind, parse(files[path].decode()))
    except (UnreadableXml, UnicodeDecodeError) as why:
        raise Unusable(f"jamf/{path}: {why}") from None
    name = body["general"]["name"]
    key = key_of(organization, kind, name)
    if not key:
        raise Unusable(f"jamf/{path}: `{name}` is no name of an object of `{organization}`")
    return Wanted(key, kind.id, name, body, _artifacts(kind, path, files), _topic(kind, path))


def _topic(kind: Kind, path: str) -> str:
    """A profile's folder, a program's name: what comes after it says for whom, or by which rule."""
    return path.rpartition("/" if kind is PROFILE else "--")[0]


def _artifacts(kind: Kind, path: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    bare = path.removesuffix(".xml") + BARE
    return (bare, path) if kind is PROFILE and bare in files else (path,)


def _referring(body: Json, groups: Mapping[str, str]) -> Json:
    if "scope" not in body or not groups:
        return body
    return {**body, "scope": dict(_scope(body["scope"], groups))}


def _scope(scope: Mapping[str, Any], groups: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    for name, value in scope.items():
        if isinstance(value, dict):
            yield name, dict(_scope(value, groups))
        elif name == "computer_groups":
            yield name, [{"id": {REF: groups[each]}} if each in groups else each for each in value]
        else:
            yield name, value
