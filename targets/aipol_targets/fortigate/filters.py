"""Turns decisions over hosts, and which hosts are recorded, into entries to be tried in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from aipol.domains import HostEntry, HostTrie, Intent, reversed_labels


class Action(StrEnum):
    """What an entry does; the names are those of FortiOS.

    `allow` and `monitor` go on to every other check of the profile (`exempt` would skip them all),
    and `monitor` records the connection besides (Technical Tips 206632 and 261349).
    """

    ALLOW = "allow"
    BLOCK = "block"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done about the hosts of one pattern."""

    host: str
    intent: Intent
    action: Action


@dataclass(frozen=True, slots=True)
class Filter:
    """The decisions of one segment, and the hosts whose use is recorded, as tries."""

    blocked: HostTrie
    recorded: HostTrie
    entries: tuple[HostEntry, ...]
    """The fewest entries of both."""

    @classmethod
    def of(cls, blocked: HostTrie, recorded: tuple[HostEntry, ...]) -> Filter:
        """From all decisions and the entries that select what is recorded."""
        return cls(blocked, HostTrie(recorded), (*blocked.minimal(), *recorded))

    def records(self, host: str) -> bool:
        """Whether a connection to the host leaves a record: let through, or refused."""
        return self.action(host) is not Action.ALLOW

    def action(self, host: str) -> Action:
        """What is done about a host."""
        if self.blocked.blocked(host):
            return Action.BLOCK
        return Action.MONITOR if self.recorded.blocked(host) else Action.ALLOW

    def rules(self) -> tuple[Rule, ...]:
        """The fewest rules that say so, longer names first: the first that matches decides."""
        wide = {entry.host for entry in self.entries if entry.intent is not Intent.EXACT}
        hosts = {entry.host for entry in self.entries}
        found = (rule for host in hosts for rule in self._rules(host, wide=host in wide))
        return tuple(sorted(found, key=_order))

    def _rules(self, host: str, *, wide: bool) -> Iterator[Rule]:
        around, at = self._below(host.partition(".")[2]), self.action(host)
        below = self._below(host) if wide else around
        if wide and at is below is not around:
            yield Rule(host, Intent.SUBTREE, at)
            return
        if at is not around:
            yield Rule(host, Intent.EXACT, at)
        if below is not around:
            yield Rule(host, Intent.CHILDREN, below)

    def _below(self, host: str) -> Action:
        """What is done about what is below a host and has no entry; no host has this label."""
        return self.action(f"*.{host}") if host else Action.ALLOW


def _order(rule: Rule) -> tuple[int, tuple[str, ...], str]:
    labels = reversed_labels(rule.host)
    return (-len(labels), labels, rule.intent)
