"""A panel holds readers to what they were asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import pytest

from aipol.audience import EVERYBODY, Universe
from aipol.target import Answer, Kind, Question
from aipol.verify.panel import Panel, View
from aipol.verify.probes import HostProbes
from aipol.verify.subjects import Subject
from aipol.vocabulary import Effect, Situation

HOSTS = frozenset({"a.example", "b.example"})


class Says:
    """A reader that answers for many hosts with all that it blocks, whatever it was asked."""

    def __init__(self, said: Iterable[str]) -> None:
        self.said = said

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """One path."""
        del kind
        return ("path",)

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """Everybody is told the same."""
        del identity, kind
        return 0

    def decide(self, question: Question) -> Answer:
        """Nothing: only many are asked about."""
        del question
        raise NotImplementedError

    def mentions(self) -> tuple[()]:
        """Nothing is mentioned."""
        return ()

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterable[str]:
        """All that it blocks."""
        del hosts, identity, client
        return self.said


def _keys(said: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(said).keys()


@pytest.mark.parametrize("kind", [frozenset, _keys, list])
@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (("a.example", "c.example"), {"b.example"}),
        (("a.example", "b.example", "c.example"), set[str]()),
        (("a.example", "a.example"), {"b.example"}),
        (("c.example",), HOSTS),
    ],
)
def test_what_was_not_asked_counts_for_nothing(
    kind: Callable[[Iterable[str]], Iterable[str]], said: tuple[str, ...], wrong: set[str]
) -> None:
    """As many blocked hosts as were asked about need not be those: others are no yes."""
    subject = Subject("anybody", frozenset(), EVERYBODY)
    panel = Panel(Universe(()), Says(kind(said)), (subject,), by_address=True)
    view = View((subject,), EVERYBODY)
    blocked = panel.blocked(view, "path", Situation.MACOS_CORPORATE, HOSTS)
    assert blocked <= HOSTS
    assert HostProbes((), Effect.BLOCK, HOSTS).wrong(blocked) == wrong
