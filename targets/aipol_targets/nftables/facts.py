"""What nftables can and cannot be told, and why that is not all that a policy asks."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

FILE = "aipol.nft"

INTERFACE_NAME = Limit(
    "name of an interface, characters",
    15,
    "Linux, linux/if.h: IFNAMSIZ is 16, the end of the text included",
    date(2026, 11, 28),
)

NO_HOSTS_SEEN = Reason(
    "not-a-host-filter",
    "nftables sees addresses and ports, not which host or app a connection is for",
    "filter hosts with `dns`, `squid` or your firewall; this closes the ways around them",
    absent=True,
)
ADDRESSES_ONLY = Reason(
    "bypasses-in-part",
    "QUIC, port 853, other resolvers and the listed addresses of DNS over HTTPS are denied; other "
    "such addresses, names that announce ways around, encrypted client hello and VPNs stay open",
    "configure `dns` for the names, manage browsers, and use `only_via` where it has to be tight",
)
RESOLVERS_UNKNOWN = Reason(
    "resolvers-unknown",
    "the policy does not say which resolvers are the organisation's own, so any may be asked at "
    "port 53; other ways around stay open too, such as VPNs",
    "write `network.resolvers: [10.0.0.53/32]`",
)
OTHER_ADDRESSES = Reason(
    "addresses-unlisted",
    "the segment lists addresses of one version of IP only: with one of the other its people are "
    "in no segment",
    "list both in the segment, or write `targets.nftables.ipv6: deny`",
)
NO_IPV6 = Reason(
    "ipv6-denied",
    "`ipv6: deny` forwards nothing over IPv6, whatever the policy lets through",
    "write `ipv6: filter` once every segment lists its IPv6 networks",
)
