"""Turns requests into source groups, categories and rules, and answers for an address.

Rules are tried in ascending order and the first that matches decides; a criterion without a value
is ignored (Configuring the URL Filtering Policy). What no rule matches is let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from aipol.target import Answer
from aipol.vocabulary import Effect
from aipol_targets.common.network.read_json import fields, fixed, integer, parse, refuse, texts
from aipol_targets.common.network.reading import Address, Network, Networks
from aipol_targets.zscaler.read_urls import Urls

_API = "/zia/api/v1/"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_MADE = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")
_EFFECTS = {"ALLOW": Effect.ALLOW, "BLOCK": Effect.BLOCK}
_MOST = {"ipSourceGroups": 4_000, "urlCategories": 1_024, "urlFilteringRules": 1_000}
_LOWEST_RANK = 7
_OF_AI = frozenset({"AI_ML_APPS", "GENERAL_AI_ML"})
"""The predefined categories that Zscaler counts as AI."""
_ADDRESSES, _OF_RULE, _SOURCES_OF_RULE = 16_000, 8_000, 1_000
_RULE = ("name", "order", "rank", "state", "action", "protocols", "urlCategories")


@dataclass(frozen=True, slots=True)
class Rule:
    """For whom and for which category something is done."""

    name: str
    order: int
    rank: int
    effect: Effect
    categories: frozenset[str]
    sources: frozenset[str] | None


class Policy:
    """Everything that the requests make."""

    def __init__(self, content: bytes, path: str) -> None:
        self.path = path
        self.urls = Urls(path)
        self._groups: dict[str, tuple[Network, ...]] = {}
        self._categories: set[str] = set()
        self._rules: list[Rule] = []
        self._read(parse(content, path))
        self._networks = {name: Networks(iter(found)) for name, found in self._groups.items()}
        self._finish()

    def seat(self, address: Address) -> frozenset[str]:
        """The source groups that hold an address."""
        return frozenset(name for name, found in self._networks.items() if found.hold(address))

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        first = self._rules[0] if self._rules else None
        return {"first_order": str(first.order), "rank": str(first.rank)} if first else {}

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        for found in self._networks.values():
            yield from found.edges()

    def decide(self, seat: frozenset[str], host: str) -> Answer:
        """What is done about a host for addresses in these source groups."""
        category = self.urls.category(host)
        rule = self._first(seat, (category,)) if category else None
        return Answer(rule.effect, self.path, rule.name) if rule else Answer(None)

    def decide_ai(self, seat: frozenset[str], host: str) -> Answer:
        """What is done about a host that Zscaler counts as AI.

        A host in a custom category leaves its predefined one (Configuring Custom URL Categories).
        """
        rules = [self._first(seat, (category,)) for category in sorted(_OF_AI)]
        blocking = [rule for rule in rules if _blocks(rule)]
        if self.urls.category(host) or len(blocking) < len(rules):
            return Answer(None)
        return Answer(Effect.BLOCK, self.path, blocking[0].name if blocking[0] else "")

    def rules_of_ai(self, seat: frozenset[str]) -> tuple[str, ...]:
        """The rules about what Zscaler counts as AI for addresses in these source groups."""
        return tuple(
            rule.name
            for rule in self._rules
            if not rule.categories.isdisjoint(_OF_AI)
            and (rule.sources is None or not rule.sources.isdisjoint(seat))
        )

    def _first(self, seat: frozenset[str], categories: tuple[str, ...]) -> Rule | None:
        for rule in self._rules:
            theirs = rule.sources is None or not rule.sources.isdisjoint(seat)
            if theirs and not rule.categories.isdisjoint(categories):
                return rule
        return None

    # --- the requests -----------------------------------------------------------------------------

    def _read(self, requests: Any) -> None:
        if not isinstance(requests, list) or not requests:
            refuse(self.path, "is no list of requests")
        *making, last = requests
        fixed(
            self.path,
            fields(self.path, last, ("method", "path")),
            method="POST",
            path=f"{_API}status/activate",
        )
        readers = {
            "ipSourceGroups": self._group,
            "urlCategories": self._category,
            "urlFilteringRules": self._rule,
        }
        counts = dict.fromkeys(readers, 0)
        for request in making:
            found = fields(self.path, request, ("method", "path", "body"))
            resource = str(found["path"]).removeprefix(_API)
            if found["method"] != "POST" or f"{_API}{resource}" != found["path"]:
                refuse(self.path, f"has a request that is not accounted for: {found['path']!r}")
            if resource not in readers:
                refuse(self.path, f"has a request that is not accounted for: {resource!r}")
            counts[resource] += 1
            readers[resource](found["body"])
        for resource, count in counts.items():
            if count > _MOST[resource]:
                refuse(self.path, f"has {count} of {resource}, more than {_MOST[resource]}")

    def _named(self, found: Any, key: str, taken: Mapping[str, object] | set[str]) -> str:
        name = found[key]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in taken:
            refuse(self.path, f"{name!r} is no name, or is given twice")
        return name

    def _group(self, body: Any) -> None:
        found = fields(self.path, body, ("name", "ipAddresses"))
        name = self._named(found, "name", self._groups)
        listed = texts(self.path, found, "ipAddresses")
        if any(":" in network for network in listed):
            refuse(self.path, f"{name} has an IPv6 network, which no source group takes")
        self._groups[name] = tuple(Network.parse(network, self.path) for network in listed)

    def _category(self, body: Any) -> None:
        wanted = ("configuredName", "superCategory", "type", "customCategory", "urls")
        found = fields(self.path, body, wanted)
        fixed(
            self.path,
            found,
            superCategory="USER_DEFINED",
            type="URL_CATEGORY",
            customCategory=True,
        )
        name = self._named(found, "configuredName", self._categories)
        self._categories.add(name)
        self.urls.add(name, texts(self.path, found, "urls"))

    def _rule(self, body: Any) -> None:
        found = fields(self.path, body, _RULE, ("sourceIpGroups",))
        fixed(self.path, found, state="ENABLED", protocols=["ANY_RULE"])
        name = self._named(found, "name", {rule.name for rule in self._rules})
        if found["action"] not in _EFFECTS:
            refuse(self.path, f"{name} has an action that is not accounted for")
        categories = texts(self.path, found, "urlCategories")
        sources = found.get("sourceIpGroups", ())
        if sources == []:
            refuse(self.path, f"{name} is for no sources, which means everybody")
        listed = {"id": [fields(self.path, each, ("id",))["id"] for each in sources]}
        self._rules.append(
            Rule(
                name,
                integer(self.path, found, "order"),
                integer(self.path, found, "rank"),
                _EFFECTS[found["action"]],
                frozenset(self._category_of(each) for each in categories),
                self._sources(name, texts(self.path, listed, "id")) if sources else None,
            )
        )

    def _sources(self, name: str, listed: tuple[str, ...]) -> frozenset[str]:
        found = frozenset(self._made(each, self._groups) for each in listed)
        if sum(len(self._groups[each]) for each in found) > _OF_RULE:
            refuse(self.path, f"{name} has more than {_OF_RULE} addresses")
        if len(found) > _SOURCES_OF_RULE:
            refuse(self.path, f"{name} has more than {_SOURCES_OF_RULE} source groups")
        return found

    def _category_of(self, text: str) -> str:
        """A category that is made here, or one of Zscaler's own; no other is accounted for."""
        return text if text in _OF_AI else self._made(text, self._categories)

    def _made(self, text: str, known: Mapping[str, object] | set[str]) -> str:
        """The name in place of an id: of something that an earlier request makes."""
        match = _MADE.fullmatch(text)
        if not match or match[1] not in known:
            refuse(self.path, f"{text!r} does not stand for anything that is made before")
        return match[1]

    # --- all of it --------------------------------------------------------------------------------

    def _finish(self) -> None:
        if sum(map(len, self._groups.values())) > _ADDRESSES:
            refuse(self.path, f"has more than {_ADDRESSES} addresses in source groups")
        orders = [rule.order for rule in self._rules]
        if orders != list(range(orders[0], orders[0] + len(orders)) if orders else ()):
            refuse(self.path, "the orders of the rules have a gap, or go back")
        if orders and (orders[0] < 1 or len({rule.rank for rule in self._rules}) != 1):
            refuse(self.path, "the first order is below 1, or ranks differ and change the order")
        if orders and orders[-1] > _MOST["urlFilteringRules"]:
            refuse(self.path, f"a rule is in place {orders[-1]}, and there are fewer")
        if orders and not 0 <= self._rules[0].rank <= _LOWEST_RANK:
            refuse(self.path, f"a rank is not between 0 and {_LOWEST_RANK}")
        used = {name for rule in self._rules for name in rule.categories}
        named = {name for rule in self._rules for name in rule.sources or ()}
        # A category without a rule has a meaning where what it holds is not to be in another.
        idle = self._categories - used if used.isdisjoint(_OF_AI) else set[str]()
        if unused := sorted(idle | (self._groups.keys() - named)):
            refuse(self.path, f"no rule needs {unused[0]}")
        for rule, following in pairwise(self._rules):
            same = (rule.effect, rule.categories) == (following.effect, following.categories)
            if same and following.sources is None:
                refuse(self.path, f"{rule.name} does what {following.name} does anyway")
        self._one_meaning()

    def _one_meaning(self) -> None:
        """Refuse rules whose order matters other than by depth.

        That an exact entry wins over a wildcard is documented; of two wildcards it follows from
        `more specific` only. So the answer has to be the same where all categories of a host count.
        """

        @cache
        def differ(categories: tuple[str, ...]) -> str | None:
            for seat in ((), *((name,) for name in self._groups)):
                specific = self._first(frozenset(seat), categories[:1])
                any_of = self._first(frozenset(seat), categories)
                if _blocks(specific) is not _blocks(any_of):
                    return next(iter(seat), "everybody")
            return None

        for host in self.urls.edges():
            categories = self.urls.categories(host)
            if people := differ(categories):
                refuse(self.path, f"the order of rules decides {host} for {people}")


def _blocks(rule: Rule | None) -> bool:
    return rule is not None and rule.effect is Effect.BLOCK
