"""Turns requests, addresses and the table of policies into what is done for an address.

Policies are tried from the top, and the first that matches decides; what none matches is let
through (Create and Validate a Security Policy; Real-time Protection Policies).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from aipol.target import Answer, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.read_json import fields, fixed, parse, refuse, texts
from aipol_targets.common.network.reading import Address, Files, Networks
from aipol_targets.netskope.read_lists import Lists

REQUESTS = "requests.json"
POLICIES = "policies.csv"
_API = "/api/v2/policy/urllist"
_COLUMNS = ["order", "policy", "source_networks", "category", "url_lists", "action"]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MOST_OCTETS = 8_000_000
"""Of a request, however few blanks it is written with."""
_EFFECTS = {"Allow": Effect.ALLOW, "Block": Effect.BLOCK}


@dataclass(frozen=True, slots=True)
class Policy:
    """For whom and for which category something is done."""

    name: str
    line: int
    effect: Effect
    category: str
    sources: frozenset[str] | None


class Tenant:
    """Everything that the files lead to."""

    def __init__(self, files: Files) -> None:
        self.lists = Lists(REQUESTS)
        self._files = files
        self._urls = _read_requests(files)
        self._categories: dict[str, tuple[str, ...]] = {}
        self._networks: dict[str, Networks] = {}
        self._policies = tuple(self._read_policies())
        self._finish()

    def seat(self, address: Address) -> frozenset[str]:
        """The network locations that hold an address."""
        return frozenset(name for name, found in self._networks.items() if found.hold(address))

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._files.edges()

    def decide(self, seat: frozenset[str], host: str) -> Answer:
        """What is done about a host, by its most specific entry."""
        policy = self._first(seat, self.lists.matching(host, root_taken=True)[:1])
        if policy is None:
            return Answer(None)
        return Answer(policy.effect, POLICIES, f"line {policy.line}")

    def _first(self, seat: frozenset[str], categories: tuple[str, ...]) -> Policy | None:
        for policy in self._policies:
            theirs = policy.sources is None or not policy.sources.isdisjoint(seat)
            if theirs and policy.category in categories:
                return policy
        return None

    # --- the table --------------------------------------------------------------------------------

    def _read_policies(self) -> Iterator[Policy]:
        header, *rows = self._files.rows(POLICIES)
        if header != _COLUMNS:
            refuse(POLICIES, f"has other columns than {_COLUMNS}")
        seen: set[str] = set()
        for number, row in enumerate(rows, start=1):
            if len(row) != len(_COLUMNS) or row[0] != str(number):
                refuse(POLICIES, f"line {number + 1} has other columns, or is out of order")
            _, name, sources, category, lists, action = row
            if not _NAME.fullmatch(name) or name in seen or action not in _EFFECTS:
                refuse(POLICIES, f"line {number + 1}: a name or an action is not accounted for")
            seen.add(name)
            if len(set(sources.split(" "))) != len(sources.split(" ")):
                refuse(POLICIES, f"line {number + 1}: names a network location twice")
            self._category(category, tuple(lists.split(" ")))
            found = frozenset(map(self._location, sources.split(" "))) if sources else None
            yield Policy(name, number + 1, _EFFECTS[action], category, found)

    def _category(self, name: str, lists: tuple[str, ...]) -> None:
        if not _NAME.fullmatch(name) or self._categories.setdefault(name, lists) != lists:
            refuse(POLICIES, f"{name!r} is no category, or is made of other lists elsewhere")
        if not set(lists) <= self._urls.keys() or len(set(lists)) != len(lists):
            refuse(POLICIES, f"{name} names a list that no request makes, or one twice")

    def _location(self, name: str) -> str:
        path = f"locations/{name}.csv"
        if not _NAME.fullmatch(name):
            refuse(POLICIES, f"{name!r} is no network location")
        if any(":" in line for line in self._files.lines(path, named_in=POLICIES)):
            refuse(path, "has an IPv6 network; that locations take them is not documented")
        self._networks[name] = self._files.networks(path, named_in=POLICIES)
        return name

    # --- all of it --------------------------------------------------------------------------------

    def _finish(self) -> None:
        used = [each for lists in self._categories.values() for each in lists]
        if sorted(used) != sorted(self._urls):
            refuse(POLICIES, "a list is in no category, or in two")
        for category, lists in self._categories.items():
            for each in lists:
                self.lists.add(category, self._urls[each])
        for policy, following in pairwise(self._policies):
            same = (policy.effect, policy.category) == (following.effect, following.category)
            if same and following.sources is None:
                refuse(POLICIES, f"{policy.name} does what {following.name} does anyway")
        self._one_meaning()

    def _one_meaning(self) -> None:
        """Refuse entries that mean something else in an older document, or with more counted.

        `The longest entry` is the most specific one; of two as long, and where Netskope matches all
        lists, the order of policies decides: so any number of the most specific says the same.
        """

        @cache
        def blocked(categories: tuple[str, ...]) -> tuple[bool, ...]:
            seats = (frozenset[str](), *(frozenset((name,)) for name in self._networks))
            found = (self._first(seat, categories) for seat in seats)
            return tuple(each is not None and each.effect is Effect.BLOCK for each in found)

        for host in self.lists.edges():
            found = (self.lists.matching(host, root_taken=taken) for taken in (True, False))
            readings = {
                blocked(each[:count]) for each in found for count in range(1, len(each) + 1)
            }
            missing = not self.lists.matching(host, root_taken=False)
            if len(readings | ({blocked(())} if missing else set())) != 1:
                refuse(REQUESTS, f"documents differ on what is done about {host}")


def _read_requests(files: Files) -> dict[str, tuple[str, ...]]:
    """The URLs of every list, by its name."""
    if REQUESTS not in files.contents:
        raise UnreadableArtifact(REQUESTS, "is missing")
    requests = parse(files.whole(REQUESTS), REQUESTS)
    if not isinstance(requests, list) or not requests:
        refuse(REQUESTS, "is no list of requests")
    *making, last = requests
    deploying = fields(REQUESTS, last, ("method", "path"))
    fixed(REQUESTS, deploying, method="POST", path=f"{_API}/deploy")
    found: dict[str, tuple[str, ...]] = {}
    for request in making:
        posted = fields(REQUESTS, request, ("method", "path", "body"))
        fixed(REQUESTS, posted, method="POST", path=_API)
        body = fields(REQUESTS, posted["body"], ("name", "data"))
        data = fields(REQUESTS, body["data"], ("urls", "type"))
        fixed(REQUESTS, data, type="exact")
        name = body["name"]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in found:
            refuse(REQUESTS, f"{name!r} is no name, or is given twice")
        octets = len(json.dumps(body, separators=(",", ":")).encode())
        if octets > _MOST_OCTETS:
            refuse(REQUESTS, f"list {name} has {octets} octets, more than {_MOST_OCTETS}")
        found[name] = texts(REQUESTS, data, "urls")
    return found
