"""What resolvers cannot be told, and the limits of DNS itself."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

NAME_OCTETS = Limit(
    "owner name in a policy zone, octets", 255, "RFC 1035, 2.3.4", date(2026, 11, 23)
)

ROOT_NOT_APART = Reason(
    "root-not-apart",
    "a local zone cannot block what is below a host and let the host itself through",
    "use the response policy zone (`unbound`) instead of `unbound-local`",
)
LISTED_ONLY = Reason(
    "listed-names-only",
    "a file of hosts stops the names in it and nothing below them",
    "use any other output of `dns`",
)
