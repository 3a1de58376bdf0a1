"""Names that turn off ways around the network's own resolver, with where that was read."""

from __future__ import annotations

from collections.abc import Mapping

# Not to resolve turns them off. They belong to no app; `network.close_bypasses` asks for them.
BYPASS_SWITCHES: Mapping[str, str] = {
    # Firefox then leaves its default DNS over HTTPS off; one that a person turned on stays on.
    "use-application-dns.net": "Mozilla, Canary domain (use-application-dns.net)",
    # Several public block lists agree; Apple's page on networks and Private Relay was not at hand.
    "mask.icloud.com": "unverified: public block lists",
    "mask-h2.icloud.com": "unverified: public block lists",
}
