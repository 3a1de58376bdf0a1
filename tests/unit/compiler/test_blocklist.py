"""What a list of hosts and of names with all below them stands for."""

from __future__ import annotations

import pytest

from aipol.blocklist import NOTHING_BLOCKED, Blocklist, among

HOSTS = frozenset({"a.example", "x.a.example", "y.x.a.example", "nota.example", "example"})
MANY = frozenset(f"n{number}.example" for number in range(20))


@pytest.mark.parametrize("more", [frozenset[str](), MANY], ids=["few", "many"])
def test_what_is_below_a_name_is_not_the_name(more: frozenset[str]) -> None:
    """However many names there are, one of `below` stands for what is below it alone."""
    said = Blocklist(frozenset({"example"}), frozenset({"a.example"}) | more)
    assert said.among(HOSTS) == {"example", "x.a.example", "y.x.a.example"}


def test_several_lists_block_what_any_of_them_blocks() -> None:
    """Lists of one path are one list, and no list blocks nothing."""
    parts = (
        Blocklist(frozenset({"a.example"}), frozenset()),
        Blocklist(frozenset(), frozenset({"x.a.example"})),
    )
    assert Blocklist.of(parts).among(HOSTS) == {"a.example", "y.x.a.example"}
    assert Blocklist.of(()).among(HOSTS) == NOTHING_BLOCKED.among(HOSTS) == set()


@pytest.mark.parametrize(
    "names", [HOSTS, HOSTS - {"example"}, {*HOSTS, "b.example"}, {"b.example"}, set[str](), MANY]
)
def test_those_among_names_are_in_both(names: set[str]) -> None:
    """However many of either there are, and where all of one are in the other."""
    assert among(HOSTS, names) == HOSTS & names
