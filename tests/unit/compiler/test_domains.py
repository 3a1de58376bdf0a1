"""Host tries: the most specific entry decides, and every rewriting keeps the decisions."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from aipol.domains import HostEntry, HostTrie, Intent

LABELS = st.sampled_from(["a", "b", "c"])
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
PATTERNS = st.tuples(HOSTS, st.sampled_from(list(Intent)))
ENTRIES = st.dictionaries(PATTERNS, st.booleans(), max_size=12).map(
    lambda table: [HostEntry(host, intent, blocked) for (host, intent), blocked in table.items()]
)
PROBES = [
    ".".join(labels) for size in range(1, 6) for labels in itertools.product("abz", repeat=size)
]
BREADTH = {Intent.EXACT: 0, Intent.CHILDREN: 1, Intent.SUBTREE: 2}


def matches(entry: HostEntry, host: str) -> bool:
    """What the three intents mean, said naively."""
    below = host.endswith(f".{entry.host}")
    match entry.intent:
        case Intent.EXACT:
            return host == entry.host
        case Intent.SUBTREE:
            return below or host == entry.host
        case Intent.CHILDREN:
            return below


def naive(entries: list[HostEntry], host: str) -> bool:
    """The entry with the longest name, then the narrowest intent, decides; none lets through."""
    speaking = [entry for entry in entries if matches(entry, host)]
    speaking.sort(key=lambda entry: (-len(entry.host), BREADTH[entry.intent]))
    return bool(speaking) and speaking[0].blocked


@given(ENTRIES)
def test_the_most_specific_entry_decides(entries: list[HostEntry]) -> None:
    """The trie answers every host as the definition does."""
    trie = HostTrie(entries)
    assert all(trie.blocked(host) == naive(entries, host) for host in PROBES)


@given(ENTRIES)
def test_the_minimal_list_decides_the_same(entries: list[HostEntry]) -> None:
    """Leaving out what changes nothing changes nothing."""
    minimal = list(HostTrie(entries).minimal())
    assert len(minimal) <= len(entries)
    assert all(naive(minimal, host) == naive(entries, host) for host in PROBES)


@given(ENTRIES)
def test_nothing_can_be_left_out_of_the_minimal_list(entries: list[HostEntry]) -> None:
    """Every entry of the minimal list decides some host that nothing else would decide so."""
    minimal = list(HostTrie(entries).minimal())
    for entry in minimal:
        rest = [other for other in minimal if other is not entry]
        probes = (entry.host, f"z.{entry.host}", *PROBES)
        assert any(naive(rest, host) != naive(minimal, host) for host in probes)


@given(ENTRIES)
def test_the_minimal_list_never_says_one_name_in_two_ways(entries: list[HostEntry]) -> None:
    """A host and all below it with one effect is one subtree, which squid requires."""
    said: dict[str, set[tuple[Intent, bool]]] = {}
    for entry in HostTrie(entries).minimal():
        said.setdefault(entry.host, set()).add((entry.intent, entry.blocked))
    for forms in said.values():
        assert len({blocked for _, blocked in forms}) == len(forms)


def test_neighbours_of_a_subtree_are_untouched() -> None:
    """Look-alikes, the parent and siblings are not in a subtree; deep children are."""
    trie = HostTrie([HostEntry("openai.com", Intent.SUBTREE, blocked=True)])
    assert all(trie.blocked(host) for host in ("openai.com", "a.b.openai.com"))
    others = ("notopenai.com", "openai.com.evil.example", "com", "anthropic.com")
    assert not any(trie.blocked(host) for host in others)


def test_an_entry_without_effect_disappears() -> None:
    """Allowing what nothing blocks, or blocking what is blocked already, takes no entry."""
    entries = [
        HostEntry("a.example", Intent.SUBTREE, blocked=True),
        HostEntry("b.a.example", Intent.EXACT, blocked=True),
        HostEntry("c.example", Intent.SUBTREE, blocked=False),
    ]
    assert HostTrie(entries).minimal() == (entries[0],)
