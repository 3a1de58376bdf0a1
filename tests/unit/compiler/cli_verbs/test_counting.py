"""How `aipol verify` counts the answers of a reader, which stays what it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from aipol.blocklist import Blocklist
from aipol.cli.verify import _Counted
from aipol.reader import DecidesAll
from aipol.target import Answer, Kind, Target


class Reader:
    """Says all that it blocks."""

    said = Blocklist(frozenset({"a.test", "b.test"}), frozenset({"c.test"}))

    def clients(self, _: Kind) -> tuple[str, ...]:
        """One path."""
        return ("one",)

    def view(self, *_: object) -> int:
        """Nobody is told apart."""
        return 0

    def decide(self, _: object) -> Answer:
        """Nothing speaks about it."""
        return Answer(None)

    def mentions(self) -> tuple[()]:
        """Nothing is mentioned."""
        return ()

    def blocked(self, *_: object) -> Iterable[str]:
        """None of what it is asked about."""
        return ()

    def blocklist(self, *_: object) -> Blocklist:
        """Two hosts, and what is below a name."""
        return self.said


class Read:
    """A target that is read so."""

    def read(self, _: object) -> Any:
        """What decides."""
        return Reader()


def test_a_list_that_is_compared_as_a_whole_is_so_when_answers_are_counted() -> None:
    """A reader that can say all can still say it, and each name is an answer."""
    counted = _Counted(cast("Target", Read()), [])
    reader = counted.read({})
    assert isinstance(reader, DecidesAll)
    assert reader.blocklist(frozenset(), "one") is Reader.said
    assert [each.answers for each in counted.deciders] == [3]
    reader.blocked(["x.test"], frozenset(), "one")
    assert [each.answers for each in counted.deciders] == [4]
