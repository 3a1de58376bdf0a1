"""Browsers read the lists as the decisions they came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.target import Kind, Question
from aipol.vocabulary import MACOS, Effect
from aipol_targets.common.apple.browsers import chromium_lists, firefox_lists
from aipol_targets.common.apple.model import Payload, Profile, Table, Value
from aipol_targets.common.apple.read_profile import Device, read_profile
from aipol_targets.common.apple.render_profile import render_profile

HOSTS = ("a.example", "b.a.example", "c.b.a.example", "d.c.b.a.example", "z.example")
PROBES = (
    *HOSTS,
    *(f"any.{host}" for host in HOSTS),
    "nota.example",
    "a.example.evil.test",
    "example",
    "A.Example",
)
tries = st.dictionaries(
    st.tuples(st.sampled_from(HOSTS), st.sampled_from(Intent)), st.booleans(), max_size=8
).map(
    lambda entries: HostTrie(
        HostEntry(host, intent, blocked) for (host, intent), blocked in entries.items()
    )
)


def _device(settings: dict[str, dict[str, Value]]) -> Device:
    payloads = tuple(
        Payload(domain, Table(tuple(values.items()))) for domain, values in settings.items()
    )
    profile = Profile("com.acme", "Acme", "p", "p", "p", payloads)
    return Device([read_profile("p.mobileconfig", render_profile(profile))])


def _blocked(device: Device, client: str, host: str) -> bool:
    question = Question(Kind.HOST, host, frozenset(), client, MACOS[0])
    return device.answer(question).effect is Effect.BLOCK


@given(trie=tries)
def test_chromium_decides_every_host_as_the_trie(trie: HostTrie) -> None:
    """Nested, exact and children-only patterns all survive URLBlocklist and URLAllowlist."""
    lists = chromium_lists(trie)
    device = _device(
        {"com.google.Chrome": {"URLBlocklist": lists.block, "URLAllowlist": lists.allow}}
    )
    for host in PROBES:
        assert _blocked(device, "chrome", host) is trie.blocked(host.lower())


@given(trie=tries)
def test_firefox_does_what_its_adjusted_trie_says(trie: HostTrie) -> None:
    """What Firefox cannot express is known beforehand, and never blocks more than was meant."""
    lists, adjusted = firefox_lists(trie)
    filters = Table((("Block", lists.block), ("Exceptions", lists.allow)))
    device = _device(
        {"org.mozilla.firefox": {"EnterprisePoliciesEnabled": True, "WebsiteFilter": filters}}
    )
    for host in PROBES:
        found = _blocked(device, "firefox", host)
        assert found is adjusted.blocked(host.lower())
        assert trie.blocked(host.lower()) or not found


def test_filters_are_written_as_the_vendors_mean_them() -> None:
    """A subtree, a host alone, and children alone each have their own spelling."""
    trie = HostTrie(
        [
            HostEntry("sub.example", Intent.SUBTREE, blocked=True),
            HostEntry("own.example", Intent.EXACT, blocked=True),
            HostEntry("kids.example", Intent.CHILDREN, blocked=True),
        ]
    )
    chromium = chromium_lists(trie)
    assert set(chromium.block) == {"sub.example", ".own.example", "kids.example"}
    assert chromium.allow == (".kids.example",)
    firefox, _ = firefox_lists(trie)
    assert set(firefox.block) == {
        "*://*.sub.example/*",
        "*://own.example/*",
        "*://*.kids.example/*",
    }
    assert firefox.allow == ("*://kids.example/*",)


def test_nothing_below_a_firefox_exception_can_be_blocked() -> None:
    """The exception wins over the more specific block, and the adjusted trie says so."""
    trie = HostTrie(
        [
            HostEntry("a.example", Intent.SUBTREE, blocked=True),
            HostEntry("b.a.example", Intent.SUBTREE, blocked=False),
            HostEntry("c.b.a.example", Intent.SUBTREE, blocked=True),
        ]
    )
    lists, adjusted = firefox_lists(trie)
    assert lists.block == ("*://*.a.example/*",)
    assert trie.blocked("c.b.a.example")
    assert not adjusted.blocked("c.b.a.example")
