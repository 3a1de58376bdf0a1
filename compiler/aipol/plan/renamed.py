"""Find what is there no more among what others made since: somebody may have renamed it.

Where a name alone says whose an object is, to rename it is to take it away; it goes on acting.
"""

from __future__ import annotations

from collections.abc import Iterable

from aipol.plan.drifting import Drift, Way
from aipol.plan.model import Plan
from aipol.plan.standing import bearers_in, keys_of
from aipol.remote import Json, Remote, RemoteError, digest_of, referring

_MOST = 40
"""So many objects of others are asked for; each takes a request."""


class Added:
    """What others made since the last apply."""

    def __init__(self, remote: Remote, plan: Plan, drifts: Iterable[Drift]) -> None:
        self._remote = remote
        self._keys = keys_of(bearers_in(plan.changes))
        self._added = [each for each in drifts if each.way is Way.ADDED][:_MOST]

    def like(self, lost: Drift, body: Json) -> Drift | None:
        """The one that is the same as an object of ours but for its name, if there is one."""
        wanted = self._digest(lost.kind, lost.name, body)
        same = (each for each in self._added if each.kind == lost.kind)
        return next((each for each in same if self._there(each) == wanted), None)

    def _there(self, each: Drift) -> str:
        """The digest of one; nothing where it cannot be seen, for it is others'."""
        try:
            live = self._remote.look(each.kind, each.id)
        except RemoteError:
            return ""
        if live is None or live.body is None:
            return ""
        return self._digest(each.kind, live.name, referring(live.body, self._keys))

    def _digest(self, kind: str, name: str, body: Json) -> str:
        return digest_of(self._remote.canonical(kind, _nameless(body, name)))


def _nameless(body: Json, name: str) -> Json:
    if isinstance(body, dict):
        return {key: _nameless(value, name) for key, value in body.items()}
    if isinstance(body, list):
        return [_nameless(each, name) for each in body]
    return "" if body == name else body
