"""What resolvers cannot be told, and the limits of DNS itself."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

NAME_OCTETS = Limit(
    "owner name in a policy zone, octets", 255, "RFC 1035, 2.3.4", date(2026, 11, 23)
)

RULE_OCTETS = Limit(
    "rule of AdGuard Home, octets",
    65_535,
    "AdGuardHome, internal/filtering/rulelist/parser.go: bufio.MaxScanTokenSize, line end included",
    date(2026, 11, 28),
)

ROOT_NOT_APART = Reason(
    "root-not-apart",
    "a local zone cannot block what is below a host and let the host itself through",
    "use the response policy zone (`unbound`) instead of `unbound-local`",
)
NOT_SPARED = Reason(
    "name-not-spared",
    "AdGuard Home takes no name with `_` out of a rule: it would ignore the whole rule",
    "use an output with policy zones",
)
ALLOWLIST_WINS = Reason(
    "allowlist-wins",
    "a subscribed allowlist of Pi-hole wins over every blocklist, however specific: nothing inside "
    "an exception can be blocked",
    "use any other output of `dns` but `hosts`",
)
SWITCHES_ONLY = Reason(
    "bypasses-in-part",
    "DNS lists stop names that announce ways around; QUIC, DoT and other resolvers stay open",
    "configure `nftables`, or block udp/443, port 853 and foreign resolvers on the firewall",
)
SWITCHES_HAVE_ADDRESSES = Reason(
    "switches-have-addresses",
    "a file of hosts gives each name an address, and a way around whose name has one stays on",
    "use any other output of `dns`",
)
LISTED_ONLY = Reason(
    "listed-names-only",
    "a file of hosts stops the names in it and nothing below them",
    "use any other output of `dns`",
)
