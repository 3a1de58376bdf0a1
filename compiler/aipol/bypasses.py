"""What gets around the network's own rules, each with where that was read: names, addresses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

# Not to resolve turns them off. They belong to no app; `network.close_bypasses` asks for them.
BYPASS_SWITCHES: Mapping[str, str] = {
    # Firefox then leaves its default DNS over HTTPS off; one that a person turned on stays on.
    "use-application-dns.net": "Mozilla, Canary domain (use-application-dns.net)",
    # Several public block lists agree; Apple's page on networks and Private Relay was not at hand.
    "mask.icloud.com": "unverified: public block lists",
    "mask-h2.icloud.com": "unverified: public block lists",
}


class Opening(StrEnum):
    """A way around, as targets name what they leave open."""

    QUIC = "QUIC"
    DOT = "DNS over TLS and over QUIC (port 853)"
    RESOLVERS = "other resolvers"
    DOH_KNOWN = "DNS over HTTPS at known addresses"
    DOH_OTHER = "DNS over HTTPS at addresses that are not listed"
    SWITCHES = "names that announce ways around"
    ECH = "encrypted client hello"
    VPN = "VPNs and other tunnels"


_CHROMIUM = "Chromium, net/dns/public/doh_provider_entry.cc (read 2026-11-28)"
_CLOUDFLARE = "Cloudflare, 1.1.1.1 docs, IP addresses (read 2026-11-28); and Chromium's list"
_ADGUARD = "AdGuard DNS knowledge base, Known DNS Providers (read 2026-11-28)"

# Single addresses of resolvers whose operators answer DNS over HTTPS. The sources give them as
# resolvers; that HTTPS is answered at each of them too is unverified. Never a range: others' sites
# would be in it. Names whose addresses a CDN chooses, such as `cloudflare-dns.com`, are left out.
_OPERATORS: Mapping[str, tuple[str, ...]] = {
    _ADGUARD: (
        "94.140.14.14",
        "94.140.14.15",
        "94.140.14.140",
        "94.140.14.141",
        "94.140.15.15",
        "94.140.15.16",
        "2a10:50c0::1:ff",
        "2a10:50c0::2:ff",
        "2a10:50c0::ad1:ff",
        "2a10:50c0::ad2:ff",
        "2a10:50c0::bad1:ff",
        "2a10:50c0::bad2:ff",
    ),
    _CLOUDFLARE: (
        "1.0.0.1",
        "1.0.0.2",
        "1.0.0.3",
        "1.1.1.1",
        "1.1.1.2",
        "1.1.1.3",
        "2606:4700:4700::1001",
        "2606:4700:4700::1002",
        "2606:4700:4700::1003",
        "2606:4700:4700::1111",
        "2606:4700:4700::1112",
        "2606:4700:4700::1113",
    ),
    f"{_CHROMIUM}: CleanBrowsing": (
        "185.228.168.9",
        "185.228.168.10",
        "185.228.168.168",
        "185.228.169.9",
        "185.228.169.11",
        "185.228.169.168",
        "2a0d:2a00:1::",
        "2a0d:2a00:1::1",
        "2a0d:2a00:1::2",
        "2a0d:2a00:2::",
        "2a0d:2a00:2::1",
        "2a0d:2a00:2::2",
    ),
    f"{_CHROMIUM}: CZ.NIC": (
        "185.43.135.1",
        "193.17.47.1",
        "2001:148f:fffe::1",
        "2001:148f:ffff::1",
    ),
    # The one operator here whose addresses that list gives as those of DNS over HTTPS.
    f"{_CHROMIUM}: DNS4EU": (
        "86.54.11.1",
        "86.54.11.201",
        "2a13:1001::86:54:11:1",
        "2a13:1001::86:54:11:201",
    ),
    f"{_CHROMIUM}: DNS.SB": ("45.11.45.11", "185.222.222.222", "2a09::", "2a11::"),
    f"{_CHROMIUM}: Google": (
        "8.8.4.4",
        "8.8.8.8",
        "2001:4860:4860::64",
        "2001:4860:4860::6464",
        "2001:4860:4860::8844",
        "2001:4860:4860::8888",
    ),
    f"{_CHROMIUM}: OpenDNS": (
        "208.67.220.123",
        "208.67.220.220",
        "208.67.222.123",
        "208.67.222.222",
        "2620:119:35::35",
        "2620:119:35::123",
        "2620:119:53::53",
        "2620:119:53::123",
    ),
    f"{_CHROMIUM}: Quad9": (
        "9.9.9.9",
        "9.9.9.10",
        "9.9.9.11",
        "149.112.112.10",
        "149.112.112.11",
        "149.112.112.112",
        "2620:fe::9",
        "2620:fe::10",
        "2620:fe::11",
        "2620:fe::fe",
        "2620:fe::fe:10",
        "2620:fe::fe:11",
    ),
}
DOH_ADDRESSES: Mapping[str, str] = {
    address: source for source, addresses in _OPERATORS.items() for address in addresses
}
"""Each known address with where it was read."""
