"""A verdict over an entry says whether it is answered as wanted, wider, narrower or not at all."""

from __future__ import annotations

import pytest

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.expressed import Blocks, Expressed, carried_out, expressed, names_of, worst
from aipol.vocabulary import Effect


def trie(*entries: tuple[str, Intent, bool]) -> HostTrie:
    """Decisions over hosts."""
    return HostTrie(HostEntry(host, intent, blocked) for host, intent, blocked in entries)


def verdict_on(host: str, intent: Intent, wanted: Blocks, said: Blocks) -> Expressed:
    """The verdict over an entry, among all names at and below its host, of a rule that wants it."""
    own = names_of(host, intent)
    carried = worst(carried_out(_effect(wanted(n)), [_effect(said(n))]) for n in own)
    return expressed(own, names_of(host, Intent.SUBTREE), wanted, said, carried)


def _effect(blocked: bool) -> Effect:
    return Effect.BLOCK if blocked else Effect.ALLOW


AT, ALL, BELOW = Intent.EXACT, Intent.SUBTREE, Intent.CHILDREN
WITH_EXCEPTION = (("a.example", ALL, True), ("in.a.example", AT, False))


@pytest.mark.parametrize(
    ("entry", "wanted", "said", "verdict"),
    [
        (("a.example", ALL), [("a.example", ALL, True)], [("a.example", ALL, True)], "exact"),
        (("a.example", AT), [("a.example", AT, True)], [("a.example", ALL, True)], "widened"),
        (("a.example", BELOW), [("a.example", BELOW, True)], [("a.example", ALL, True)], "widened"),
        (("a.example", ALL), [("a.example", ALL, True)], [("a.example", AT, True)], "narrowed"),
        (("a.example", AT), [("a.example", AT, True)], [], "impossible"),
        (("in.a.example", AT), WITH_EXCEPTION, [("a.example", ALL, True)], "impossible"),
        (
            ("in.a.example", AT),
            WITH_EXCEPTION,
            [("a.example", ALL, True), ("in.a.example", ALL, False)],
            "narrowed",
        ),
        (("a.example", ALL), WITH_EXCEPTION, [("a.example", ALL, True)], "exact"),
        # Blocked where it is to be open, and open where it is to be blocked: that is let through.
        (
            ("a.example", BELOW),
            [("a.example", BELOW, True)],
            [("a.example", AT, True)],
            "impossible",
        ),
    ],
)
def test_an_entry_is_said_as_its_names_are_answered(
    entry: tuple[str, Intent],
    wanted: list[tuple[str, Intent, bool]],
    said: list[tuple[str, Intent, bool]],
    verdict: str,
) -> None:
    """More than asked for, less, none of it, or just that."""
    assert verdict_on(*entry, trie(*wanted).blocked, trie(*said).blocked).value == verdict


def test_a_format_that_knows_few_labels_is_narrower() -> None:
    """A block of a host and all below it that ends five labels below it lets the rest through."""

    def said(host: str) -> bool:
        return host.endswith("a.example") and host.count(".") <= len("12345")

    wanted = trie(("a.example", ALL, True)).blocked
    assert verdict_on("a.example", ALL, wanted, said) is Expressed.NARROWED


@pytest.mark.parametrize(
    ("effect", "found", "verdict"),
    [
        ("block", ["block", "block"], "exact"),
        ("block", ["block", "allow"], "narrowed"),
        ("block", ["warn"], "narrowed"),
        ("warn", ["allow"], "narrowed"),
        ("justify", ["warn"], "narrowed"),
        ("justify", ["justify"], "exact"),
        ("warn", ["justify"], "widened"),
        ("warn", ["allow", "block"], "narrowed"),
        ("allow", ["allow"], "exact"),
        ("allow", ["block"], "widened"),
    ],
)
def test_a_rule_is_carried_out_where_the_answer_is_its_effect(
    effect: str, found: list[str], verdict: str
) -> None:
    """Less strict anywhere is a loss; a prompt that is not shown is one as much as a block."""
    assert carried_out(Effect(effect), map(Effect, found)).value == verdict


@pytest.mark.parametrize(
    ("carried", "wanted", "said", "verdict"),
    [
        (Expressed.EXACT, [], [("a.example", ALL, True)], "widened"),
        (Expressed.WIDENED, [], [("a.example", ALL, True)], "impossible"),
        (Expressed.NARROWED, [], [], "narrowed"),
        (Expressed.EXACT, [("a.example", AT, True)], [("a.example", BELOW, True)], "narrowed"),
    ],
)
def test_what_others_lose_there_is_no_loss_to_the_rule(
    carried: Expressed,
    wanted: list[tuple[str, Intent, bool]],
    said: list[tuple[str, Intent, bool]],
    verdict: str,
) -> None:
    """A host that is blocked for all is blocked as a rule about one account has it, and wider."""
    names = names_of("a.example", BELOW), names_of("a.example", ALL)
    assert expressed(*names, trie(*wanted).blocked, trie(*said).blocked, carried).value == verdict


def test_of_several_paths_the_worst_is_told() -> None:
    """What one path lets through is let through; of none, nothing is wrong."""
    assert worst([Expressed.WIDENED, Expressed.EXACT]) is Expressed.WIDENED
    assert worst([Expressed.WIDENED, Expressed.NARROWED]) is Expressed.NARROWED
    assert worst([Expressed.IMPOSSIBLE, Expressed.NARROWED]) is Expressed.IMPOSSIBLE
    assert worst([]) is Expressed.EXACT


def test_names_of_an_entry_are_those_it_is_about() -> None:
    """The host itself unless only what is below it is meant."""
    assert names_of("a.example", AT) == ("a.example",)
    assert "a.example" not in names_of("a.example", BELOW)
    assert set(names_of("a.example", ALL)) == {
        *names_of("a.example", AT),
        *names_of("a.example", BELOW),
    }
