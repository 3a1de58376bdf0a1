"""SonicWall and WatchGuard: what tables say for both, and what is read of them."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.target import Kind, UnreadableArtifact
from aipol.vocabulary import Effect
from tests.unit.targets.network.boxes import (
    ALLOWED,
    EXCEPTIONS,
    FORBIDDEN,
    URI_POLICIES,
    WEB_POLICIES,
)


def test_gateways_come_first_and_all_others_last(small: Any) -> None:
    """The first policy for an address is the only one, so who is not filtered has one too."""
    text = small.boxed(small.everything(), "sonicwall", "watchguard").text
    allowed, forbidden = (
        f"segments/finance/sonicwall/{each}.txt" for each in ("allowed", "forbidden")
    )
    assert text["segments/gateways.txt"] == "10.99.0.8/32\n"
    assert text[URI_POLICIES].splitlines()[1:4:2] == [
        "1,segments/gateways.txt,,,",
        f"3,segments/finance/networks.txt,allowed first,{allowed},{forbidden}",
    ]
    assert text[WEB_POLICIES].splitlines()[1:] == [
        "1,segments/gateways.txt,",
        "2,segments/engineering/networks.txt,segments/engineering/watchguard/exceptions.txt",
        "3,segments/finance/networks.txt,segments/finance/watchguard/exceptions.txt",
        "4,,segments/default/watchguard/exceptions.txt",
    ]


@pytest.mark.parametrize("box", ["sonicwall", "watchguard"])
def test_who_may_use_everything_is_not_left_to_the_others(box: str, small: Any) -> None:
    """A segment without blocks has a policy of its own, without lists."""
    rules = (small.Rule(("one",), ("finance",), Effect.ALLOW),)
    policy = small.Policy((small.app("one", "one.test"),), rules, networks=small.NETWORKS)
    emitted = small.boxed(policy, box)
    assert not emitted.blocked(box, small.FINANCE, "one.test")
    assert not emitted.blocked(box, "2001:db8:20::7", "one.test")
    assert emitted.blocked(box, small.ENGINEERING, "one.test")
    assert emitted.blocked(box, "2001:db8:99::1", "one.test")
    assert emitted.findings() == ()


# --- what a reader refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (URI_POLICIES, "allowed first", "best first"),
        (URI_POLICIES, "1,segments/gateways.txt,,,", "1,segments/gateways.txt,allowed first,,"),
        (URI_POLICIES, "1,segments", "2,segments"),
        (URI_POLICIES, "source_list", "sources"),
        (URI_POLICIES, "3,segments/finance/networks.txt,", "3,,"),
        (URI_POLICIES, "3,segments/finance/networks.txt,", "3,segments/gateways.txt,"),
        (URI_POLICIES, "segments/finance/sonicwall/allowed.txt", ALLOWED),
        (URI_POLICIES, ALLOWED, ""),
        (URI_POLICIES, ALLOWED, "segments/old.txt"),
        (WEB_POLICIES, EXCEPTIONS, ""),
        (WEB_POLICIES, EXCEPTIONS, "segments/finance/watchguard/exceptions.txt"),
        (WEB_POLICIES, "4,,", "4,segments/finance/networks.txt,"),
        (WEB_POLICIES, "exceptions\n", "exceptions,more\n"),
        (ALLOWED, "api.big.test", "free.test"),
        (FORBIDDEN, "accounts.test", "big.test"),
        (EXCEPTIONS, "aipol deny subtree big.test", "aipol deny subtree split.test"),
        ("segments/gateways.txt", "10.99.0.8/32", "10.99.0.8/24"),
    ],
)
def test_a_table_that_a_device_would_take_otherwise_is_refused(
    path: str, old: str, new: str, small: Any
) -> None:
    """Names twice, orders that hide a policy, lists nobody has, exceptions from nothing."""
    emitted = small.boxed(small.everything(), *small.BOXES)
    with pytest.raises(UnreadableArtifact):
        small.LISTS.read(emitted.changed(path, old, new))


def test_the_other_searching_order_is_read_as_such(small: Any) -> None:
    """Then no exception holds, and the verifier says so."""
    emitted = small.boxed(small.everything(), "sonicwall")
    files = emitted.changed(URI_POLICIES, "4,,allowed first", "4,,forbidden first")
    assert small.LISTS.read(files).clients(Kind.HOST) == ("sonicwall",)
    assert emitted.noticed(files)


def test_firewalls_of_one_make_are_written_only_if_named(small: Any) -> None:
    """Who has none of them gets no lists that say less than the policy."""
    assert small.SETTINGS["lists"]().outputs == ("domains", "edl")
    assert not [path for path in small.listed(small.everything()).files if "sonicwall" in path]
