"""The readers decide as the vendors do, traps included, and refuse what they cannot account for."""

from __future__ import annotations

import pytest

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Address, Network, Networks
from aipol_targets.common.network.urllist import UrlList
from aipol_targets.lists.read_rules import DomainList
from aipol_targets.squid.read_domains import DomainAcl


@pytest.mark.parametrize(
    ("entry", "hits", "misses"),
    [
        ("d.test/", ["d.test"], ["a.d.test", "notd.test", "d.test.evil.test"]),
        ("*.d.test/", ["a.d.test", "b.a.d.test"], ["d.test", "notd.test", "a.d.test.evil.test"]),
        ("^.d.test/", ["a.d.test"], ["d.test", "b.a.d.test"]),
        ("a.*.test/", ["a.b.test", "a.b.c.test"], ["a.test", "b.test"]),
    ],
)
def test_a_url_list_is_matched_by_tokens(entry: str, hits: list[str], misses: list[str]) -> None:
    """A star is one or more tokens, a caret exactly one, and the slash ends the name."""
    found = UrlList([entry], "list")
    assert all(found.line_for(host) == 1 for host in hits)
    assert not any(found.line_for(host) for host in misses)


@pytest.mark.parametrize("entry", ["d.test", "*d.test/", "li^.test/", "", "d.test/ x", "é.test/"])
def test_a_url_entry_that_devices_read_differently_is_refused(entry: str) -> None:
    """No slash, a wildcard that is not alone in its token, blanks: none of it is guessed."""
    with pytest.raises(UnreadableArtifact):
        UrlList([entry], "list")


def test_plain_names_mean_what_the_table_says() -> None:
    """The same name is one host or a subtree."""
    exact = DomainList(["d.test"], "list", "exact")
    subtree = DomainList(["d.test"], "list", "subtree")
    assert (exact.line_for("d.test"), exact.line_for("a.d.test")) == (1, 0)
    assert (subtree.line_for("d.test"), subtree.line_for("a.d.test")) == (1, 1)
    assert not subtree.line_for("notd.test")


def test_squid_lists_have_the_meaning_squid_gives_them() -> None:
    """A leading dot is the subtree; a star, or a final dot, matches nothing at all."""
    found = DomainAcl([".d.test", "e.test", "*.f.test", "g.test."], "list")
    assert [found.line_for(host) for host in ("d.test", "a.d.test", "e.test")] == [1, 1, 2]
    silent = ("a.e.test", "f.test", "a.f.test", "g.test", "notd.test")
    assert not any(found.line_for(host) for host in silent)


@pytest.mark.parametrize(
    "lines",
    [["d.test", ".d.test"], [".d.test", "d.test"], ["a.d.test", ".d.test"], ["d.test", "d.test"]],
)
def test_lists_that_squid_refuses_are_refused(lines: list[str]) -> None:
    """A host beside its subtree, a child before its parent."""
    with pytest.raises(UnreadableArtifact):
        DomainAcl(lines, "list")


def test_a_child_after_its_parent_only_draws_a_warning() -> None:
    """Squid takes the list and ignores the child."""
    assert DomainAcl([".d.test", "a.d.test"], "list").line_for("a.d.test")


@pytest.mark.parametrize("text", ["10.0.0.1/24", "10.0.0.0", "10.0.0.0/33", "x/8", "::1/64", ""])
def test_a_network_is_read_strictly(text: str) -> None:
    """Bits beyond the prefix or anything else that is not a network is refused."""
    with pytest.raises(UnreadableArtifact):
        Network.parse(text, "list")


def test_nested_networks_hold_their_addresses() -> None:
    """A short network inside a long one does not hide the rest of it."""
    networks = Networks(Network.parse(each, "x") for each in ("10.0.0.0/8", "10.1.0.0/24", "::/64"))
    assert networks.hold(Address.parse("10.200.0.1"))
    assert networks.hold(Address.parse("::5"))
    assert not networks.hold(Address.parse("11.0.0.0"))
