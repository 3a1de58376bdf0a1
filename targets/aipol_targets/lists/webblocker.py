"""Turns levels of hosts into exceptions of WatchGuard's WebBlocker, to be tried in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from aipol.domains import Intent
from aipol_targets.common.network.escape import checked
from aipol_targets.common.network.levels import Levels

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
# Of an address without its scheme, up to where the host ends: an expression may match anywhere, and
# counts case, unless it says otherwise.
_BELOW: Mapping[Intent, str] = {
    Intent.EXACT: "",
    Intent.SUBTREE: r"([^./:]+\.)*",
    Intent.CHILDREN: r"([^./:]+\.)+",
}


def exception_lines(levels: Levels) -> Iterator[str]:
    """`name,action,enabled,no log,no alarm,regular expression,pattern`, the deepest level first."""
    for level in levels:
        action = "deny" if level.blocked else "allow"
        for entry in level.entries:
            host = checked(_HOST, entry.host)
            name = f"aipol {action} {entry.intent} {host}"
            written = host.replace(".", r"\.")
            pattern = rf"(?i)^{_BELOW[entry.intent]}{written}\.?(:|/|$)"
            yield f"{name},{action},enabled,no log,no alarm,regular expression,{pattern}"
