"""The mistakes that lists of hosts are known for, made in emitted files as each format has them."""

from __future__ import annotations

from tests.mutation.mistakes import fortigate, lists, pairs, pan_os, proxies, resolvers, services
from tests.mutation.mistakes.change import Change

CHANGES: tuple[Change, ...] = (
    *resolvers.CHANGES,
    *pan_os.CHANGES,
    *lists.CHANGES,
    *proxies.CHANGES,
    *fortigate.CHANGES,
    *services.CHANGES,
    *pairs.CHANGES,
)
