"""Turns decisions over hosts into the URL lists of managed browsers.

The same lists serve Windows: only how they are delivered differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.target import Limit, Reason

CHROMIUM_LIMIT = Limit(
    "URLBlocklist or URLAllowlist entries",
    1000,
    # kMaxUrlFiltersPerPolicy in configuration_policy_handler.cc; what exceeds it is ignored.
    "chromium/chromium components/policy/core/browser; policy text URLBlocklist.yaml 376fc41e",
    date(2026, 11, 23),
)
FIREFOX_LIMIT = Limit(
    "WebsiteFilter Block or Exceptions entries",
    1000,
    # LIST_LENGTH_LIMIT; what exceeds it is ignored.
    "Firefox browser/components/enterprisepolicies/helpers/WebsiteFilter.sys.mjs",
    date(2026, 11, 23),
)

EXCEPTION_WINS = Reason(
    "exception-wins",
    "in Firefox an exception overrides every block below it, so the more specific block is lost",
    "block the host on the network",
)


@dataclass(frozen=True, slots=True)
class Lists:
    """What is blocked, and what is let through all the same."""

    block: tuple[str, ...]
    allow: tuple[str, ...]

    @property
    def longest(self) -> int:
        """The length of the longer one."""
        return max(len(self.block), len(self.allow))


def chromium_lists(trie: HostTrie) -> Lists:
    """URLBlocklist and URLAllowlist that decide every host as `trie` does.

    `example.com` stands for the host and everything below it, `.example.com` for the host alone. An
    exact filter wins over any other, then the longest host, then the allow list
    (chromium/chromium components/policy/core/browser/url_blocklist_manager.cc 0d08a794,
    FilterTakesPrecedence; www.chromium.org/administrators/url-blocklist-filter-format; read
    2026-11-23).
    """
    lists: dict[bool, list[str]] = {True: [], False: []}
    for entry in trie.minimal():
        match entry.intent:
            case Intent.SUBTREE:
                lists[entry.blocked].append(entry.host)
            case Intent.EXACT:
                lists[entry.blocked].append(f".{entry.host}")
            case Intent.CHILDREN:
                lists[entry.blocked].append(entry.host)
                itself = trie.blocked(entry.host)
                if itself is not entry.blocked:
                    lists[itself].append(f".{entry.host}")
    block, allow = (tuple(dict.fromkeys(lists[side])) for side in (True, False))
    return Lists(block, allow)


def firefox_lists(trie: HostTrie) -> tuple[Lists, HostTrie]:
    """WebsiteFilter's Block and Exceptions for `trie`, and what Firefox then decides.

    A page is blocked when a Block pattern matches and no exception does (WebsiteFilter.sys.mjs,
    read 2026-11-23), so nothing below an excepted subtree can be blocked again: it is let through.
    The trie is the same object when nothing is lost.
    """
    exact = True
    block: list[str] = []
    exceptions: list[str] = []
    kept: list[HostEntry] = []
    opened: set[str] = set()
    for entry in trie.minimal():
        if entry.blocked:
            if _within(entry.host, opened):
                exact = False
                continue
            block.append(_pattern(entry))
            if entry.intent is Intent.CHILDREN and not trie.blocked(entry.host):
                exceptions.append(f"*://{entry.host}/*")
            kept.append(entry)
        else:
            exceptions.append(_pattern(entry))
            if entry.intent is Intent.EXACT:
                kept.append(entry)
            else:
                opened.add(entry.host)
                exact = exact and entry.intent is Intent.SUBTREE
                kept.append(
                    HostEntry(entry.host, Intent.SUBTREE, blocked=False, owners=entry.owners)
                )
    lists = Lists(tuple(dict.fromkeys(block)), tuple(dict.fromkeys(exceptions)))
    return lists, trie if exact else HostTrie(kept)


def _pattern(entry: HostEntry) -> str:
    """`*.` stands for the host itself too (MDN, Match patterns; read 2026-11-23)."""
    below = "" if entry.intent is Intent.EXACT else "*."
    return f"*://{below}{entry.host}/*"


def _within(host: str, parents: set[str]) -> bool:
    labels: Sequence[str] = host.split(".")
    return any(".".join(labels[position:]) in parents for position in range(len(labels)))
