"""Turn objects, as a server has them, into the files that they would be made for.

A profile comes back under an identity of the server's, with keys that the server adds: here it gets
what a file of ours has in their place. Whatever else somebody changed by hand stays, for a reader
to account for or to refuse.
"""

from __future__ import annotations

import plistlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aipol.remote import REF, Json, Unusable, Wanted
from aipol_targets.jamf.remote_canonical import canonical, in_order, level
from aipol_targets.jamf.remote_kinds import BY_ID, GROUP, PROFILE, RESTRICTION, TARGETS
from aipol_targets.jamf.remote_plist import compact
from aipol_targets.jamf.remote_wanted import BARE
from aipol_targets.jamf.remote_write import Kept, document
from aipol_targets.jamf.remote_xml import UnreadableXml

_COMPUTER, _SYSTEM = "computer", "System"  # one level, as a server and as a profile calls it


def artifacts(objects: Iterable[Wanted]) -> dict[str, bytes]:
    """The files of objects; one that is for nobody, or does nothing, is left out. Raises Unusable.

    A profile's comes twice, bare and in the body that carries its scope.
    """
    found = tuple(objects)
    groups = {each.key: each.body["general"]["name"] for each in found if each.kind == GROUP.id}
    files: dict[str, bytes] = {}
    for each in found:
        try:
            files |= _files(each, groups)
        except (UnreadableXml, OverflowError, TypeError, ValueError) as why:
            raise Unusable(f"`{each.name}`: {why}") from None
    return dict(sorted(files.items()))


def _files(each: Wanted, groups: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    kind = BY_ID[each.kind]
    body: dict[str, Json] = {**each.body, "general": dict(each.body["general"])}
    stem = f"{kind.folder}{each.key.rpartition('/')[2]}"
    stem = next((path.removesuffix(".xml") for path in each.artifacts if ".xml" in path), stem)
    if "criteria" in body:
        ordered = enumerate(in_order(body["criteria"]))
        body["criteria"] = [{**one, "priority": str(place)} for place, one in ordered]
    if "scope" in body:
        body["scope"] = dict(_scope(body["scope"], groups))
        if _is_for_nobody(body["scope"]) or (kind is RESTRICTION and _stops_nothing(body)):
            return
    if kind is PROFILE:
        text = _profile(each)
        if not text:
            return
        body["general"] |= {"payloads": text, "level": level(body["general"]["level"])}
        yield f"{stem}{BARE}", text.encode()
    yield f"{stem}.xml", document(kind, body, None, Kept())


def _is_for_nobody(scope: Mapping[str, Any]) -> bool:
    """Whether it names nobody, whomever it excludes."""
    return not any(value for value in scope.values() if not isinstance(value, dict))


def _stops_nothing(record: Mapping[str, Any]) -> bool:
    """Whether a record, at most, tells people that it found the process."""
    general = record["general"]
    return not (general.get("kill_process") or general.get("delete_executable"))


def _scope(scope: Mapping[str, Any], groups: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    """The same with names for references."""
    everybody = scope.get("all_computers") is True
    for name, value in scope.items():
        if isinstance(value, dict):
            yield name, dict(_scope(value, groups))
        elif isinstance(value, list):
            # Beside all computers, some of them are none that Jamf Pro keeps.
            kept = [] if everybody and name in TARGETS else value
            yield name, [_member(one, groups) for one in kept]
        else:
            yield name, value


def _member(member: Json, groups: Mapping[str, str]) -> Json:
    if not isinstance(member, dict) or "name" in member:
        return member
    reference = member["id"]
    if not isinstance(reference, dict):
        raise UnreadableXml(f"it is for {reference}, a group of ours that is not there")
    if reference[REF] not in groups:
        raise UnreadableXml(f"it is for {reference[REF]}, which is not there")
    return groups[reference[REF]]


def _profile(each: Wanted) -> str:
    """What a profile means, written as ours are; nothing where it sets nothing."""
    means = canonical({"general": each.body["general"]})["general"].get("payloads", {})
    if "unreadable" in means:
        raise UnreadableXml("its payload is no property list that can be read")
    held = means.pop("PayloadContent", {})
    several = (same if isinstance(same, list) else [same] for same in held.values())
    payloads = [payload for same in several for payload in same]
    settings = [one for one in payloads if not isinstance(one, dict) or one.keys() - _BARE_KEYS]
    if not settings:
        return ""
    if means.get("PayloadScope") == _COMPUTER:
        means["PayloadScope"] = _SYSTEM
    told = _named(each, "", each.name) | dict.fromkeys(_TOLD, each.name) | means
    told["PayloadContent"] = [_inner(each, place, one) for place, one in enumerate(settings)]
    return compact(plistlib.dumps(told, fmt=plistlib.FMT_XML).decode())


_TOLD = ("PayloadDescription", "PayloadOrganization")
_BARE_KEYS = frozenset({"PayloadType", "PayloadVersion"})


def _inner(each: Wanted, place: int, payload: Json) -> Json:
    if not isinstance(payload, dict):
        return payload
    return _named(each, f"/{place}", str(payload.get("PayloadType", ""))) | payload


def _named(each: Wanted, part: str, title: str) -> dict[str, Any]:
    """What tells payloads apart, which a server gives of its own; the same in every file."""
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{each.key}{part}")).upper()
    return {"PayloadDisplayName": title, "PayloadIdentifier": name, "PayloadUUID": name}
