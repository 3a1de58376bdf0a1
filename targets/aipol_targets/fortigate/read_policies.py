"""Turns firewall policies with the objects they refer to into who is filtered by what.

Policies are tried in their order and the first that matches decides (FortiOS administration guide,
"Firewall policy"). A table counts through the profile that names it, and a profile through the
policy that does, with `utm-status` enabled.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from aipol_targets.common.network.reading import Address, Network, Networks
from aipol_targets.fortigate.read_patterns import Filter
from aipol_targets.fortigate.read_told import refuse_numbers
from aipol_targets.fortigate.read_tree import Config, Node

_ADDRESSES = ("firewall address", "firewall address6", "firewall addrgrp", "firewall addrgrp6")
_TABLES = {
    "firewall address",
    "firewall address6",
    "firewall addrgrp",
    "firewall addrgrp6",
    "firewall policy",
    "firewall ssl-ssh-profile",
    "webfilter urlfilter",
    "webfilter profile",
    "dnsfilter domain-filter",
    "dnsfilter profile",
}
_LONGEST = {**dict.fromkeys(_TABLES, 35), **dict.fromkeys(_ADDRESSES, 79)}
_NOT_INSPECTED = ("ftps", "imaps", "pop3s", "smtps", "ssh", "dot")
_ALWAYS = ("name", "srcintf", "dstintf", "action", "schedule", "service", "status")
_PROFILES = ("utm-status", "ssl-ssh-profile", "webfilter-profile", "dnsfilter-profile")
_SHARED = ("srcintf", "dstintf", "service", "nat")
_SIX = socket.AF_INET6


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: whom it is for, and the filters it puts in their way."""

    id: str
    six: bool
    networks: Networks | None
    filters: tuple[Filter, Filter] | None

    def is_for(self, address: Address) -> bool:
        """Whether the policy matches what comes from an address."""
        if (address.family is _SIX) is not self.six:
            return False
        return self.networks is None or self.networks.hold(address)


def read_policies(config: Config) -> tuple[Policy, ...]:
    """The policies in the order they are tried. Raises UnreadableArtifact."""
    if not config.tables.keys() <= _TABLES:
        config.refuse(0, "has a table that is not accounted for")
    refuse_numbers(config)
    for path, table in config.tables.items():
        config.shaped(table)
        for name in table.edits:
            if len(name) > _LONGEST[path]:
                config.refuse(0, f"{name} of {path} is longer than {_LONGEST[path]} characters")
    policies = config.entries("firewall policy")
    reader = _Reader(config, set())
    read = tuple(reader.policy(name, node) for name, node in policies.items())
    reader.finish()
    for name in _SHARED:
        said = {node.sets[name] for node in policies.values() if name in node.sets}
        if len(said) > 1:
            config.refuse(0, f"policies differ in `{name}`, so that some traffic escapes them")
    if any(
        len(" ".join(node.sets["name"])) > _LONGEST["firewall policy"] for node in policies.values()
    ):
        config.refuse(0, "the name of a policy is too long")
    if len({node.sets["name"] for node in policies.values()}) != len(policies):
        config.refuse(0, "two policies have one name")
    return tuple(_ordered(config, read))


def _ordered(config: Config, policies: tuple[Policy, ...]) -> Iterator[Policy]:
    """New policies stand last; one that is moved stands right before the other one."""
    by_id = {policy.id: policy for policy in policies}
    moved = [policy for policy, _ in config.moves]
    others = {other for _, other in config.moves}
    strangers = set(moved) - by_id.keys() or others & by_id.keys()
    if strangers or len(others) > 1 or len(set(moved)) != len(moved):
        config.refuse(0, "moves what is not there, twice, or before different policies")
    yield from (by_id[policy] for policy in moved)
    yield from (policy for policy in policies if policy.id not in moved)


@dataclass(slots=True)
class _Reader:
    """Follows references, and keeps count of what is referred to."""

    config: Config
    used: set[tuple[str, str]]

    def policy(self, number: str, node: Node) -> Policy:
        """One policy with everything it refers to."""
        config = self.config
        six = "srcaddr6" in node.sets
        source, destination = ("srcaddr6", "dstaddr6") if six else ("srcaddr", "dstaddr")
        family = (source, destination) if six else (source, destination, "nat")
        config.shaped(node, (*_ALWAYS, *family), optional=_PROFILES)
        config.fixed(node, action="accept", schedule="always", status="enable")
        if node.sets[destination] != ("all",):
            config.refuse(node.line, "is not for all destinations")
        filters = None
        if node.sets.keys() & set(_PROFILES):
            config.fixed(node, utm_status="enable")
            self._inspection(config.one(node, "ssl-ssh-profile"), node)
            filters = (self._filter(node, "web"), self._filter(node, "dns"))
        name = config.one(node, source)
        networks = None if name == "all" else Networks(self._networks(name, node, six=six))
        return Policy(number, six, networks, filters)

    def finish(self) -> None:
        """Refuse what no policy leads to: it does nothing, and was put there to do something."""
        policies = {("firewall policy", name) for name in self.config.entries("firewall policy")}
        there = {(path, name) for path in self.config.tables for name in self.config.entries(path)}
        if unused := sorted(there - self.used - policies):
            self.config.refuse(0, f"nothing refers to {' '.join(unused[0])}")

    def _entry(self, table: str, name: str, node: Node) -> Node:
        found = self.config.entries(table).get(name)
        if found is None:
            self.config.refuse(node.line, f"names {name}, which is not in {table}")
        if found.order > node.order:
            self.config.refuse(node.line, f"names {name}, which is made only later")
        self.used.add((table, name))
        return found

    def _networks(self, group: str, node: Node, *, six: bool) -> Iterator[Network]:
        suffix = "6" if six else ""
        entry = self._entry(f"firewall addrgrp{suffix}", group, node)
        members = self.config.shaped(entry, ("member",))["member"]
        for name in members:
            address = self._entry(f"firewall address{suffix}", name, entry)
            yield Network.parse(self._prefix(address, six=six), self.config.path)

    def _prefix(self, address: Node, *, six: bool) -> str:
        if six:
            self.config.shaped(address, ("type", "ip6"))
            self.config.fixed(address, type="ipprefix")
            return self.config.one(address, "ip6")
        subnet = self.config.shaped(address, ("type", "subnet"))["subnet"]
        self.config.fixed(address, type="ipmask")
        try:
            start, mask = subnet
            bits = f"{int.from_bytes(socket.inet_pton(socket.AF_INET, mask)):032b}"
        except (OSError, ValueError):
            self.config.refuse(address.line, "is no address with a mask")
        if "01" in bits:
            self.config.refuse(address.line, f"{mask} is no mask")
        return f"{start}/{bits.count('1')}"

    def _filter(self, node: Node, kind: str) -> Filter:
        config = self.config
        name = config.one(node, f"{kind}filter-profile")
        profile = self._entry(f"{kind}filter profile", name, node)
        block, setting, table, what = _PLACES[kind]
        config.shaped(profile, ("block-action",) if kind == "dns" else (), (block, f"ftgd-{what}"))
        if kind == "dns":
            # Anything else sends people to an address, and some of these names need none at all.
            config.fixed(profile, block_action="block")
        rating = profile.blocks[f"ftgd-{what}"]
        config.shaped(rating, ("options",))
        config.fixed(rating, options="ftgd-disable")
        config.shaped(profile.blocks[block], (setting,))
        number = config.one(profile.blocks[block], setting)
        entries = self._entry(table, number, profile)
        if config.one(entries, "name") != name:
            config.refuse(entries.line, f"is named otherwise than the profile {name} it is for")
        return Filter(config, entries, "url" if kind == "web" else "domain")

    def _inspection(self, name: str, node: Node) -> None:
        """Of an encrypted connection only a profile that reads certificates shows the name."""
        profile = self._entry("firewall ssl-ssh-profile", name, node)
        self.config.shaped(profile, (), ("https", *_NOT_INSPECTED))
        self.config.shaped(profile.blocks["https"], ("ports", "status"))
        self.config.fixed(profile.blocks["https"], ports="443", status="certificate-inspection")
        for other in _NOT_INSPECTED:
            self.config.shaped(profile.blocks[other], ("status",))
            self.config.fixed(profile.blocks[other], status="disable")


_PLACES = {
    "web": ("web", "urlfilter-table", "webfilter urlfilter", "wf"),
    "dns": ("domain-filter", "domain-filter-table", "dnsfilter domain-filter", "dns"),
}
