"""Reduce bodies to what they mean, so that what Jamf Pro merely wrote otherwise is no difference.

What it rewrites: jamf/terraform-provider-jamfplatform pull requests 154 and 157 (compared over 200
profiles), deploymenttheory/terraform-provider-jamfpro, grahampugh/jamf-upload.
"""

from __future__ import annotations

import json
from typing import Any

from aipol.remote import Json
from aipol_targets.jamf.remote_kinds import TARGETS
from aipol_targets.jamf.remote_plist import read_plist
from aipol_targets.jamf.remote_xml import UnreadableXml

# Jamf Pro gives these values of its own, at the top and in payloads, or adds them.
_SERVERS_OWN = frozenset(
    {
        "PayloadUUID",
        "PayloadIdentifier",
        "PayloadDisplayName",
        "PayloadDescription",
        "PayloadOrganization",
        "PayloadEnabled",
        "PayloadRemovalDisallowed",
    }
)
_ADDED = "AllowUserOverrides"  # to payloads that never said it; true
_RESTRICTIONS = "com.apple.applicationaccess"
_PROSE = frozenset({"description", "display_message"})
_LEVELS = {"system": "computer", "user": "user", "computer": "computer"}


def canonical(body: Json) -> Json:
    """What of a body means something; defaults are left out, and lists of members are sorted."""
    if body is None:
        return None
    means: dict[str, Any] = {"general": _general(body["general"])}
    if "scope" in body:
        means["scope"] = _scope(body["scope"])
    if "criteria" in body:
        means["criteria"] = _criteria(body["criteria"])
    return means


def _general(general: Json) -> Json:
    found = {
        name: _plainly(value) if name in _PROSE else _trimmed(value)
        for name, value in general.items()
        if name not in ("payloads", "level")
    }
    if "payloads" in general:
        found["payloads"] = _payloads(general["payloads"])
    if "level" in general:
        found["level"] = level(general["level"])
    return _said(found)


def level(said: str) -> str:
    """Servers say `System` for what the schema calls `computer`."""
    return _LEVELS.get(said.strip().lower(), said)


def _payloads(text: str) -> Json:
    """A profile by the types of its payloads; as text where it cannot be read."""
    try:
        top = read_plist(text)
    except UnreadableXml:
        return {"unreadable": text}
    content = top.pop("PayloadContent", [])
    found = _own(top)
    if "PayloadScope" in found:
        found["PayloadScope"] = level(found["PayloadScope"])
    by_type: dict[str, list[Json]] = {}
    for each in content if isinstance(content, list) else [content]:
        kind = each.get("PayloadType", "") if isinstance(each, dict) else ""
        by_type.setdefault(str(kind), []).append(_payload(str(kind), each))
    found["PayloadContent"] = {
        kind: same[0] if len(same) == 1 else same for kind, same in by_type.items()
    }
    return found


def _payload(kind: str, payload: Json) -> Json:
    if not isinstance(payload, dict):
        return payload
    found = _own(payload)
    if found.get(_ADDED) is True:
        del found[_ADDED]
    if kind == _RESTRICTIONS:
        # Every `allow...` is true where it is left out (Apple's schema of the payload).
        return {
            key: value
            for key, value in found.items()
            if not (key.startswith("allow") and value is True)
        }
    return found


def _own(holder: dict[str, Any]) -> dict[str, Any]:
    kept = {key: _settled(value) for key, value in holder.items() if key not in _SERVERS_OWN}
    return _said(kept)


def _settled(value: Json) -> Json:
    """A value with one kind of white space and no empty texts: Jamf Pro trims and drops such."""
    if isinstance(value, dict):
        return _said({key: _settled(each) for key, each in value.items()})
    if isinstance(value, list):
        return [_settled(each) for each in value]
    return _plainly(value)


def _plainly(value: Json) -> Json:
    return " ".join(value.split()) if isinstance(value, str) else value


def _trimmed(value: Json) -> Json:
    """A name: what is between its ends tells one process or group from another."""
    return value.strip() if isinstance(value, str) else value


def _said(holder: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in holder.items() if value != "" and value is not None}


def _scope(scope: dict[str, Any]) -> dict[str, Any]:
    everybody = scope.get("all_computers") is True
    found: dict[str, Any] = {}
    for name, value in scope.items():
        means: Json
        if isinstance(value, dict):
            means = _scope(value)
        elif isinstance(value, list):
            # Beside all computers, some of them are none that Jamf Pro keeps.
            means = [] if everybody and name in TARGETS else _members(value)
        else:
            means = value
        if means:
            found[name] = means
    return found


def _members(members: list[Json]) -> list[Json]:
    """By name, or by what stands for one of our own groups; each once."""
    labels = [
        each["name"] if isinstance(each, dict) and "name" in each else each for each in members
    ]
    by_text = {json.dumps(each, sort_keys=True): each for each in labels}
    return [by_text[text] for text in sorted(by_text)]


def _criteria(criteria: list[Json]) -> list[Json]:
    """In their order, which is all that `priority` says."""
    return [
        {name: _trimmed(value) for name, value in each.items() if name != "priority"}
        for each in in_order(criteria)
    ]


def in_order(criteria: list[Json]) -> list[Json]:
    """Criteria as they are evaluated."""
    return sorted(criteria, key=_priority)


def _priority(criterion: Json) -> int:
    said = str(criterion.get("priority", ""))
    return int(said) if said.isdecimal() else 0
