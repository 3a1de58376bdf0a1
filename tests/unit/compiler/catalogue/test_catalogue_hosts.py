"""An index of hosts says what asking every host would say, without asking them all."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from aipol.catalogue.hosts import HostIndex, is_public_suffix
from aipol.catalogue.model import Match

if TYPE_CHECKING:
    import pytest

NAMES = [
    ".".join(labels) for length in (1, 2, 3) for labels in product(("a", "b", "ab"), repeat=length)
]
ROWS = [(name, match, f"{name} {match}") for name, match in product(NAMES, Match)]


def test_a_host_meets_whom_it_would_meet_one_by_one() -> None:
    """Every pattern over every pattern: names above, below, equal, and only alike in letters."""
    index = HostIndex(ROWS)
    for name, match in product(NAMES, Match):
        found = [row for row in ROWS if match.meets(name, row[0], row[1])]
        assert sorted(index.meeting(name, match)) == sorted(found)


def test_near_any_are_those_that_something_meets() -> None:
    """No pattern over a name meets a host unless the name is near, as asked about by itself."""
    for rows in (ROWS[:1], ROWS[1:40:7], ROWS):
        index = HostIndex(rows)
        met = {n for n in NAMES if any(Match.SUBTREE.meets(n, *row[:2]) for row in rows)}
        assert met <= index.near_any(NAMES)
        assert index.near_any(NAMES) == {name for name in NAMES if index.is_near(name)}
    assert HostIndex(ROWS).near_any(["c", "c.d"]) == set()


def test_within_a_name_are_the_name_and_what_is_below_it() -> None:
    """In the order in which the rows were given."""
    index = HostIndex(ROWS)
    for name in NAMES:
        assert list(index.within(name)) == [r for r in ROWS if Match.SUBTREE.covers(name, r[0])]
    assert list(index.within("c")) == []


def test_only_neighbours_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of nobody's is held against nothing, however many hosts there are."""
    asked: list[str] = []
    index = HostIndex((f"h{number}.example", Match.SUBTREE, number) for number in range(1_000))
    meets = Match.meets

    def counted(self: Match, name: str, other: str, reach: Match) -> bool:
        asked.append(other)
        return meets(self, name, other, reach)

    monkeypatch.setattr(Match, "meets", counted)
    assert list(index.meeting("a.test", Match.SUBTREE)) == []
    assert list(index.meeting("a.h7.example", Match.EXACT)) == [("h7.example", Match.SUBTREE, 7)]
    assert asked == ["h7.example"]


def test_below_a_public_suffix_anybody_registers() -> None:
    """In either part of the list, and under the name that people read."""
    assert is_public_suffix("co.uk")
    assert is_public_suffix("github.io")
    assert is_public_suffix("xn--55qx5d.cn")
    assert not is_public_suffix("a.github.io")
