"""Answer as an account of Cloudflare does, for tests and for a first try without one."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from aipol_targets.standins.clock import Clock, Ticks
from aipol_targets.standins.cloudflare import envelope, lists, rules
from aipol_targets.standins.cloudflare.envelope import (
    AUTHENTICATION,
    NO_ROUTE,
    Refused,
    body_of,
    failure,
    success,
)
from aipol_targets.standins.cloudflare.expressions import Malformed
from aipol_targets.standins.cloudflare.lists import GatewayList
from aipol_targets.standins.cloudflare.rules import GatewayRule
from aipol_targets.standins.server import READS, Request, Response, Ways

ACCOUNT = "0123456789abcdef0123456789abcdef"
TOKEN = "not-a-secret"  # noqa: S105 - for everybody to know

# Cloudflare One docs, Account limits and Lists.
STANDARD_ITEMS = 1_000
ENTERPRISE_ITEMS = 5_000
MOST_LISTS = 100
MOST_RULES = 500  # of one type
LIST_CALLS = 600  # in a minute

_T = TypeVar("_T", GatewayList, GatewayRule)


class CloudflareStandin:
    """An account of Cloudflare with Gateway."""

    def __init__(
        self,
        *,
        tokens: Mapping[str, bool] | None = None,
        account: str = ACCOUNT,
        clock: Clock | None = None,
        seed: str = "cloudflare",
        most_items: int = STANDARD_ITEMS,
        invisible_for: int = 0,
        lists_are_held: bool = True,
        decrypts: bool = False,
    ) -> None:
        """`tokens` are those that are known, and whether each may write.

        A new object is not shown for `invisible_for` reads. `lists_are_held` is whether a list can
        be deleted that a policy names: scripts delete policies first (mrrfv's and others), what
        the API says otherwise is unverified, and a client has to do right by both. `decrypts` is
        whether TLS decryption is on.
        """
        self._tokens = {TOKEN: True} if tokens is None else dict(tokens)
        self._account = account
        self._clock = clock or Ticks()
        self._namespace = uuid.uuid5(uuid.NAMESPACE_DNS, f"{seed}.cloudflare.example")
        self._most_items = most_items
        self._invisible_for = invisible_for
        self._held = lists_are_held
        self.decrypts = decrypts
        self._made = 0
        self._hidden: dict[str, int] = {}
        self._calls: deque[float] = deque()
        self._lists: dict[str, GatewayList] = {}
        self._rules: dict[str, GatewayRule] = {}

    @property
    def ways(self) -> Ways:
        """Errors have the envelope, those of the server itself too."""
        return Ways(refusal=envelope.refusal)

    @property
    def lists(self) -> tuple[GatewayList, ...]:
        """Every list."""
        return tuple(self._lists.values())

    @property
    def rules(self) -> tuple[GatewayRule, ...]:
        """Every policy."""
        return tuple(self._rules.values())

    def seed_list(self, body: Mapping[str, Any]) -> str:
        """Let somebody else create a list, long ago."""
        made = lists.created(body, self._id(), _stamp(0), self._most_items)
        self._lists[made.id] = made
        return made.id

    def seed_rule(self, body: Mapping[str, Any], *, read_only: bool = False) -> str:
        """Let somebody else create a policy; one that is shared with the account is read only."""
        made = rules.created(body, self._id(), _stamp(0), self.rules)
        self._named(made)
        self._rules[made.id] = replace(made, read_only=read_only)
        return made.id

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        now = self._clock()
        try:
            return self._routed(request, now)
        except Refused as refused:
            return failure(refused.status, refused.message, refused.code)

    def _routed(self, request: Request, now: float) -> Response:
        may_write = self._tokens.get(request.token)
        if may_write is None:
            raise Refused(401, AUTHENTICATION[1], AUTHENTICATION[0])
        segments = request.segments
        if segments[:2] == ("client", "v4"):
            segments = segments[2:]
        if segments[:2] != ("accounts", self._account) or (
            request.method not in READS and not may_write
        ):
            raise Refused(403, AUTHENTICATION[1], AUTHENTICATION[0])
        match segments[2:]:
            case () if request.method == "GET":
                return success(self._shown())
            case ("gateway", "configuration") if request.method == "GET":
                return success({"settings": {"tls_decrypt": {"enabled": self.decrypts}}})
            case ("gateway", "lists", *rest):
                self._count(now)
                return self._list(request, tuple(rest), _stamp(now))
            case ("gateway", "rules", *rest):
                return self._rule(request, tuple(rest), _stamp(now))
            case _:
                raise Refused(404, NO_ROUTE[1], NO_ROUTE[0])

    def _shown(self) -> dict[str, Any]:
        """The account itself (the SDK cloudflare 5.9, accounts)."""
        about = {"id": self._account, "name": "Acme", "type": "standard"}
        return {**about, "settings": {"enforce_twofactor": False}, "created_on": _stamp(0)}

    def _count(self, now: float) -> None:
        """Refuse more requests about lists than a minute has (Lists, API rate limit)."""
        while self._calls and now - self._calls[0] >= 60:  # noqa: PLR2004 - a minute
            self._calls.popleft()
        if len(self._calls) >= LIST_CALLS:
            raise Refused(429, "too many requests about lists")
        self._calls.append(now)

    def _list(self, request: Request, rest: tuple[str, ...], now: str) -> Response:
        match (request.method, *rest):
            case ("GET",):
                shown = [each.shown() for each in self._seen(self._lists)]
                return success(shown or None)
            case ("POST",):
                if len(self._lists) >= MOST_LISTS:
                    raise Refused(400, f"an account has at most {MOST_LISTS} lists")
                made = lists.created(body_of(request), self._id(), now, self._most_items)
                self._keep(self._lists, made)
                return success(made.shown_new())
            case ("GET", key):
                return success(self._one(self._lists, key).shown())
            case ("GET", key, "items"):
                return lists.page(request, self._one(self._lists, key))
            case ("PUT" | "PATCH" as method, key):
                change = lists.replaced if method == "PUT" else lists.patched
                old = self._stored(self._lists, key)
                new = change(old, body_of(request), now, self._most_items)
                self._lists[old.id] = new
                return success(new.shown())
            case ("DELETE", key):
                self._delete_list(self._stored(self._lists, key))
                return success({})
            case _:
                raise Refused(404, NO_ROUTE[1], NO_ROUTE[0])

    def _rule(self, request: Request, rest: tuple[str, ...], now: str) -> Response:
        match (request.method, *rest):
            case ("GET",):
                shown = [each.shown(self._account) for each in self._seen(self._rules)]
                return success(shown or None)
            case ("POST",):
                made = rules.created(body_of(request), self._id(), now, self.rules)
                self._named(made)
                if sum(each.filters == made.filters for each in self.rules) >= MOST_RULES:
                    raise Refused(400, f"an account has at most {MOST_RULES} policies of a type")
                self._keep(self._rules, made)
                return success(made.shown(self._account))
            case ("GET", key):
                return success(self._one(self._rules, key).shown(self._account))
            case ("PUT", key):
                old = self._stored(self._rules, key)
                new = rules.replaced(old, body_of(request), now, self.rules)
                self._named(new)
                self._rules[old.id] = new
                return success(new.shown(self._account))
            case ("DELETE", key):
                if self._stored(self._rules, key).read_only:
                    raise Refused(403, "the rule is shared with this account and read only")
                del self._rules[key]
                return success({})
            case _:
                raise Refused(404, NO_ROUTE[1], NO_ROUTE[0])

    def _delete_list(self, found: GatewayList) -> None:
        users = [each.name for each in self.rules if _bare(found.id) in each.lists]
        if users and self._held:
            raise Refused(400, f"the list is used by the rule {users[0]}")
        del self._lists[found.id]

    def _named(self, rule: GatewayRule) -> None:
        """A policy that names a list which is not there is refused (the status is unverified)."""
        known = {_bare(each) for each in self._lists}
        try:
            absent = rule.lists - known
        except Malformed as fault:
            raise Refused(400, str(fault)) from fault
        if absent:
            raise Refused(400, f"there is no list ${min(absent)}")

    def _id(self) -> str:
        self._made += 1
        return str(uuid.uuid5(self._namespace, str(self._made)))

    def _keep(self, store: dict[str, _T], made: _T) -> None:
        store[made.id] = made
        self._hidden[made.id] = self._invisible_for

    def _seen(self, store: dict[str, _T]) -> list[_T]:
        return [each for each in store.values() if self._is_seen(each.id)]

    def _is_seen(self, key: str) -> bool:
        left = self._hidden.get(key, 0)
        self._hidden[key] = max(left - 1, 0)
        return left == 0

    def _one(self, store: dict[str, _T], key: str) -> _T:
        found = self._stored(store, key)
        if not self._is_seen(key):
            raise Refused(404, "not found")
        return found

    @staticmethod
    def _stored(store: dict[str, _T], key: str) -> _T:
        if key not in store:
            raise Refused(404, "not found")
        return store[key]


def _bare(key: str) -> str:
    return key.replace("-", "")


def _stamp(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
