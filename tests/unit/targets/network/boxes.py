"""Where the files for firewalls of one make are, and whom they keep from what."""

from __future__ import annotations

from typing import Any

FORBIDDEN = "segments/default/sonicwall/forbidden.txt"
ALLOWED = "segments/default/sonicwall/allowed.txt"
EXCEPTIONS = "segments/default/watchguard/exceptions.txt"
URI_POLICIES, WEB_POLICIES = "sonicwall/policies.csv", "watchguard/policies.csv"


def blocked(emitted: Any, client: str, *hosts: str) -> list[str]:
    """Which hosts anybody is kept from."""
    return [host for host in hosts if emitted.blocked(client, "192.0.2.1", host)]
