"""A server with the groups and the category that a policy names, and a profile of somebody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from aipol.ir import Ir
from aipol_targets.standins.demo import Demo, NothingToEdit, ask
from aipol_targets.standins.jamf.resources import CATEGORIES, GROUPS, RESTRICTIONS
from aipol_targets.standins.jamf.standin import DEMO, JamfStandin

_OTHERS = (
    b"<restricted_software><general><name>No games</name><process_name>Chess</process_name>"
    b"</general></restricted_software>"
)
_HARMLESS = (
    "<restricted_software><general><kill_process>false</kill_process></general>"
    "</restricted_software>"
)


def demo(settings: Any, ir: Ir) -> Demo:
    """Jamf Pro with what `targets.jamf` and the groups refer to."""
    # A cluster that agrees at once: whoever tries things out should see what they just did.
    standin = JamfStandin(organization=ir.organization.name, sync_seconds=0)
    for name in sorted({group.jamf for group in ir.groups.values() if group.jamf}):
        standin.seed(GROUPS, _named("computer_group", name, is_smart="false"))
    if settings.category:
        standin.seed(CATEGORIES, _named("category", settings.category))
    standin.seed(RESTRICTIONS, _OTHERS)
    return Demo("Jamf Pro", standin, _variables)


def _named(root: str, name: str, **more: str) -> bytes:
    element = ET.Element(root)
    for tag, text in {"name": name, **more}.items():
        ET.SubElement(element, tag).text = text
    content: bytes = ET.tostring(element)
    return content


def _variables(url: str) -> Mapping[str, str]:
    return {"JAMF_URL": url, "JAMF_CLIENT_ID": DEMO.id, "JAMF_CLIENT_SECRET": DEMO.secret}


def edit(environment: Mapping[str, str]) -> str:
    """Let a program run again that one of our restrictions stops."""
    url = environment.get("JAMF_URL", "")
    credentials = ("JAMF_CLIENT_ID", "JAMF_CLIENT_SECRET")
    identifier, secret = (environment.get(name, "") for name in credentials)
    form = {
        "grant_type": "client_credentials",
        "client_id": identifier,
        "client_secret": secret,
    }
    granted = json.loads(ask("POST", f"{url}/api/v1/oauth/token", {}, urlencode(form)))
    headers = {"Authorization": f"Bearer {granted['access_token']}", "Accept": "application/json"}
    place = f"{url}/JSSResource/restrictedsoftware"
    for each in json.loads(ask("GET", place, headers))["restricted_software"]:
        if each["name"].startswith("aipol "):
            number = f"{place}/id/{each['id']}"
            ask("PUT", number, {**headers, "Content-Type": "text/xml"}, _HARMLESS)
            return f"`{each['name']}` stops nothing any more"
    raise NothingToEdit("there is no restriction of ours yet: `aipol apply -t jamf` first")
