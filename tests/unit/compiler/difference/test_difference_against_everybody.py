"""The difference of two policies against asking for everybody, every use and every identifier."""

from __future__ import annotations

from typing import Any

from aipol.difference import Access, difference
from aipol.target import Kind
from aipol.vocabulary import Account


def test_changes_are_exactly_what_a_walk_over_everybody_finds(everybody: Any, pairs: Any) -> None:
    """A person, use and account are in a change exactly when what is ruled for them differs."""
    for pair in pairs:
        holds = pair.found.sides.universe.contains
        told = {
            (person, *use, account)
            for change in pair.found.changes
            for person in everybody.PEOPLE
            if holds(change.people, person)
            for use in change.uses
            for account in everybody.ACCOUNTS
            if change.account in {account, Account.ANY}
        }
        expected = {
            (person, *use)
            for person in everybody.PEOPLE
            for use in everybody.USES
            if everybody.noticed(pair.before.decide(person, *use))
            != everybody.noticed(pair.after.decide(person, *use))
        }
        assert told == expected


def test_every_change_says_what_its_people_get(everybody: Any, pairs: Any) -> None:
    """Whoever is in a change gets the effect and the obligations that it names, on both sides."""
    seen = 0
    for pair in pairs:
        for change in pair.found.changes:
            example = pair.found.sides.example(change.people)
            assert pair.found.sides.universe.contains(change.people, example)
            for person in (example, *everybody.PEOPLE):
                if not pair.found.sides.universe.contains(change.people, person):
                    continue
                for app, surface in change.uses:
                    for account in everybody.ACCOUNTS:
                        if change.account not in {account, Account.ANY}:
                            continue
                        for ir, said in ((pair.before, change.before), (pair.after, change.after)):
                            got = ir.decide(person, app, surface, account)
                            assert (
                                everybody.noticed(got) is None if said is None else got is not None
                            )
                            if got and said:
                                same = (said.effect, said.obligations)
                                assert (got.effect, got.obligations) == same
                            seen += 1
    assert seen > 10_000


def test_identifiers_are_what_asking_for_each_finds(everybody: Any, pairs: Any) -> None:
    """An identifier is told exactly where its claims differ and it lets somebody do otherwise."""
    seen = dict.fromkeys(Kind, 0)
    for pair in pairs:
        holds = pair.found.sides.universe.contains
        told = {
            (person, reach.kind, reach.value): (reach.before, reach.after)
            for reach in pair.found.reaches
            for person in everybody.PEOPLE
            if holds(reach.people, person)
        }
        ways = {True: Access.ALLOWED, False: Access.BLOCKED}
        for kind, value in everybody.THINGS:
            thing = (kind, value)
            same = everybody.claimants(pair.before, thing) == everybody.claimants(pair.after, thing)
            name = everybody.told_as(pair, value) if kind is Kind.HOST else value
            for person in everybody.PEOPLE:
                was = everybody.thing_allowed(pair.before, person, thing)
                becomes = everybody.thing_allowed(pair.after, person, thing)
                expected = None if same or was == becomes else (ways[was], ways[becomes])
                assert told.get((person, kind, name)) == expected
                seen[kind] += expected is not None
    assert min(seen[thing[0]] for thing in everybody.THINGS) > 50


def test_the_difference_is_empty_exactly_when_nobody_notices(everybody: Any, pairs: Any) -> None:
    """Nothing is told exactly when all uses, identifiers and headers are the same for everybody."""
    empty = 0
    for pair in pairs:
        same = all(
            all(
                everybody.noticed(pair.before.decide(person, *use))
                == everybody.noticed(pair.after.decide(person, *use))
                for use in everybody.USES
            )
            and all(
                everybody.thing_allowed(pair.before, person, thing)
                == everybody.thing_allowed(pair.after, person, thing)
                for thing in everybody.THINGS
            )
            and all(
                everybody.sent(pair.before, person, app) == everybody.sent(pair.after, person, app)
                for app in everybody.APPS
            )
            for person in everybody.PEOPLE
        )
        assert pair.found.for_somebody is not same
        empty += same
    assert 30 < empty < everybody.PAIRS - 30


def test_headers_are_told_to_whoever_needs_them(everybody: Any, pairs: Any) -> None:
    """A changed header is for exactly those who are held to a tenant before or after."""
    seen = 0
    for pair in pairs:
        holds = pair.found.sides.universe.contains
        for change in pair.found.headers:
            for person in everybody.PEOPLE:
                needed = (
                    everybody.sent(pair.before, person, change.app),
                    everybody.sent(pair.after, person, change.app),
                )
                assert holds(change.people, person) is (needed != (None, None))
                seen += 1
    assert seen > 100


def test_a_policy_does_not_differ_from_itself(pairs: Any) -> None:
    """Nothing is told about the same policy twice, and both ways round differ as much."""
    for pair in pairs[:60]:
        assert not difference(pair.after, pair.after).for_somebody
        back = difference(pair.after, pair.before)
        assert back.for_somebody is pair.found.for_somebody
        assert len(back.reaches) == len(pair.found.reaches)
