"""Take a profile's plist out of a request, and rewrite it as Jamf Pro does before it is stored.

What is rewritten: deploymenttheory/terraform-provider-jamfpro, jamf/terraform-provider-jamfplatform
(154, 157), grahampugh/jamf-upload and Jamf-Concepts/jamf-cli, each from a server's answers.
"""

from __future__ import annotations

import plistlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError

from aipol_targets.standins.jamf.wire import CDATA, Refused

UNREADABLE = "Unable to update the database"
"""What a plist that cannot be read is answered with: 409, whatever is wrong with it."""

_BETWEEN_TAGS = re.compile(r">\s+<")

# Added wherever they are absent. Of which payloads it adds AllowUserOverrides to is not told: here
# it is to all, so that a client may not be put off by keys that it never sent.
_ADDED: Mapping[str, Any] = {
    "PayloadDescription": "",
    "PayloadDisplayName": "",
    "PayloadEnabled": True,
    "PayloadOrganization": "",
    "PayloadVersion": 1,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a Mac that a profile is the one it has: both have to be the same."""

    uuid: str
    identifier: str


def decode(element: ET.Element) -> dict[str, Any]:
    """The plist that the server makes of `<payloads>`.

    Entities in CDATA are decoded although there they are none (PI-827): what was escaped once for
    the plist is then no plist any more. What was escaped twice as text never was one.
    """
    text = element.text or ""
    if element.get(CDATA):
        text = unescape(text)
    try:
        plist = plistlib.loads(text.encode(), fmt=plistlib.FMT_XML)
        plistlib.dumps(plist)  # a number may be read that cannot be written
    except (ArithmeticError, ExpatError, LookupError, TypeError, ValueError) as fault:
        raise Refused(409, UNREADABLE) from fault
    if not isinstance(plist, dict) or not isinstance(plist.get("PayloadContent"), list):
        raise Refused(409, UNREADABLE)
    return _trimmed(plist)  # type: ignore[no-any-return]


def identity(plist: Mapping[str, Any]) -> Identity:
    """Who a plist says it is."""
    return Identity(plist.get("PayloadUUID", ""), plist.get("PayloadIdentifier", ""))


def rewritten(
    plist: Mapping[str, Any], who: Identity, general: Mapping[str, Any], organization: str
) -> dict[str, Any]:
    """The plist as it is stored and sent to Macs.

    Names and identifiers of the payloads within are kept (terraform-provider-jamfpro).
    """
    inner = [_filled(each) for each in plist["PayloadContent"] if isinstance(each, dict)]
    return {
        "PayloadUUID": who.uuid,
        "PayloadType": "Configuration",
        "PayloadOrganization": plist.get("PayloadOrganization") or organization,
        "PayloadIdentifier": who.identifier,
        "PayloadDisplayName": general["name"],
        "PayloadDescription": general["description"],
        "PayloadVersion": 1,
        "PayloadEnabled": True,
        "PayloadRemovalDisallowed": not general["user_removable"],
        "PayloadScope": general["level"],
        "PayloadContent": inner,
    }


def encode(plist: Mapping[str, Any]) -> str:
    """On one line, in an order of its own."""
    text = plistlib.dumps(dict(plist), sort_keys=False).decode()
    return _BETWEEN_TAGS.sub("><", text).strip()


def _filled(payload: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: payload[key] for key in sorted(payload, reverse=True)}
    return {**_ADDED, "AllowUserOverrides": True, **own}


def _trimmed(value: Any) -> Any:
    """White space around strings is lost (terraform-provider-jamfpro)."""
    match value:
        case str():
            return value.strip()
        case list():
            return [_trimmed(each) for each in value]
        case dict():
            return {key: _trimmed(each) for key, each in value.items()}
        case _:
            return value
