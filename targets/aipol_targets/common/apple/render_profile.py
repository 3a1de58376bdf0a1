"""Render a profile to the bytes of a .mobileconfig."""

from __future__ import annotations

import plistlib
from typing import Any

from aipol_targets.common.apple.model import Payload, Profile, Table, Value, identity


def render_profile(profile: Profile) -> bytes:
    """Equal profiles give equal bytes.

    PayloadIdentifier equals PayloadUUID, because Jamf Pro stores them so and a declaration takes an
    installed profile over only where they are equal (Jamf-Concepts/jamf-cli notes, 2026-10-06);
    PayloadScope is said, because its default is not documented.
    """
    document = {
        "PayloadContent": [_payload(profile, payload) for payload in profile.payloads],
        "PayloadDescription": profile.description,
        "PayloadDisplayName": profile.title,
        "PayloadIdentifier": profile.uuid,
        "PayloadOrganization": profile.organization_name,
        "PayloadScope": "System",
        "PayloadType": "Configuration",
        "PayloadUUID": profile.uuid,
        "PayloadVersion": 1,
    }
    return plistlib.dumps(document, fmt=plistlib.FMT_XML, sort_keys=True)


def _payload(profile: Profile, payload: Payload) -> dict[str, Any]:
    name = identity(profile.organization, "payload", f"{profile.name}/{payload.type}")
    return {
        **_table(payload.settings),
        "PayloadDisplayName": payload.type,
        "PayloadIdentifier": name,
        "PayloadType": payload.type,
        "PayloadUUID": name,
        "PayloadVersion": 1,
    }


def _table(table: Table) -> dict[str, Any]:
    return {key: _value(value) for key, value in table.entries}


def _value(value: Value) -> Any:
    match value:
        case Table():
            return _table(value)
        case tuple():
            return list(value)
        case _:
            return value
