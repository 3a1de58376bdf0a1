"""What proxy auto-config files cannot do, and how long one may be."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

FILE_SIZE = Limit(
    "file, octets",
    1_048_576,
    "Chromium, net/proxy_resolution/pac_file_fetcher_impl.cc (`kDefaultMaxResponseBytes`), as"
    " documents in public repositories quote it: a longer file is not used at all",
    date(2026, 11, 28),
)
ADVISORY = Reason(
    "advisory",
    "a proxy auto-config file is advice: a program may ignore it, and a person may change it",
    "enforce it on the network as well: `dns`, a proxy, or a firewall",
)
