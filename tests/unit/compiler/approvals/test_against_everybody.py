"""What drawn changes need is what asking both policies for everybody and every use says."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from aipol.approvals import Compared, required
from aipol.ir import Ir, Ruling
from aipol.language.model import Approval
from aipol.people import Headcount, People
from aipol.vocabulary import Account, Condition, Effect, Surface
from tests.unit.compiler.approvals.conftest import app, between, meaning

Raw = dict[str, Any]
# Fewer than these would be too few to say what the tests say of all of them.
PAIRS = max(120, int(os.environ.get("AIPOL_POLICIES", "0")))
GROUPS = ("a", "b", "c")
EVERYBODY = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(GROUPS, n) for n in range(len(GROUPS) + 1))
)
APPS = {"one": app("v1", "one"), "two": app("v1", "two", "coding"), "three": app("v2", "three")}
USES = tuple((name, Surface.WEB, account) for name in APPS for account in list(Account)[:2])
LADDERS = (("public", "internal", "secret"), ("public", "secret"), ("secret", "internal", "public"))
CONDITIONS = ("looser", "stricter", "new-data-flow", "full-logging")
Use = tuple[str, Surface, Account]
Asked = tuple[frozenset[str], Use]


def rule_of(dice: random.Random, ladder: tuple[str, ...]) -> Raw:
    """A rule without its id."""
    rule: Raw = {
        "apps": [dice.choice(["*", "category:chat", "vendor:v1", *APPS])],
        "groups": dice.sample(["everyone", "mixed", *GROUPS], dice.randint(1, 2)),
        "effect": dice.choice(["allow", "allow", "warn", "block"]),
    }
    if dice.random() < 0.4:
        rule["account"] = dice.choice([{"corporate": ["w1"]}, {"corporate": ["w2"]}, "personal"])
    require: Raw = {"data": {"max": dice.choice(ladder)}} if dice.random() < 0.6 else {}
    require |= {"log": dice.choice(["metadata", "full"])} if dice.random() < 0.4 else {}
    require |= {"sso": True} if dice.random() < 0.2 else {}
    if require and rule["effect"] != "block":
        rule["require"] = require
    return rule


def approval_of(dice: random.Random, ladder: tuple[str, ...]) -> Raw:
    """An approval without its id."""
    asked: Raw = {"when": dice.sample(CONDITIONS, dice.randint(1, 2)), "contacts": ["security"]}
    if dice.random() < 0.4:
        asked["groups"] = dice.sample(["mixed", *GROUPS], 1)
    if dice.random() < 0.4:
        asked["apps"] = [dice.choice(["category:coding", "vendor:v2", *APPS])]
    if dice.random() < 0.3:
        asked["min_data"] = dice.choice(ladder)
    if dice.random() < 0.3:
        asked["min_people"] = dice.randint(1, 60)
    return asked


def policy_of(dice: random.Random) -> Raw:
    """A policy with rules and approvals."""
    ladder = dice.choice(LADDERS) if dice.random() < 0.3 else LADDERS[0]
    return {
        "version": 1,
        "organization": {
            "name": "Acme",
            "identifier": "com.acme",
            "contacts": {"security": "s@acme.example"},
        },
        "groups": {
            "everyone": {"all": True},
            **{name: {} for name in GROUPS},
            "mixed": dice.choice([{"all_of": ["a", "b"]}, {"none_of": ["c"]}]),
        },
        "data_classes": [{"id": name} for name in ladder],
        "rules": [{"id": f"r{n}", **rule_of(dice, ladder)} for n in range(dice.randint(1, 4))],
        "approvals": [{"id": f"a{n}", **approval_of(dice, ladder)} for n in range(4)],
    }


def edited(dice: random.Random, policy: Raw) -> Raw:
    """The same with a rule that is another, with other approvals, or altogether another."""
    if dice.random() < 0.3:
        return policy_of(dice)
    ladder = tuple(each["id"] for each in policy["data_classes"])
    rules = list(policy["rules"])
    for _ in range(dice.choice([0, 1, 1, 2])):
        place = dice.randrange(len(rules))
        rules[place] = {"id": rules[place]["id"], **rule_of(dice, ladder)}
    more = {"approvals": policy_of(dice)["approvals"]} if dice.random() < 0.1 else {}
    if more and any(each.get("min_data") not in {None, *ladder} for each in more["approvals"]):
        more = {}
    return {**policy, "rules": rules, **more}


# --- asking one by one ----------------------------------------------------------------------------


def ladder_of(ir: Ir) -> list[str]:
    """The classes, from the least sensitive."""
    return [each.id for each in ir.data_classes]


def may_send(ir: Ir, ruling: Ruling | None, data: str) -> bool:
    """Whether data of a class may be given under a ruling; each app here is ruled on."""
    assert ruling is not None
    if ruling.effect is Effect.BLOCK:
        return False
    limit = ruling.obligations.data_max
    if not limit:
        return True
    ladder = ladder_of(ir)
    return data in ladder and ladder.index(data) <= ladder.index(limit)


def holds_back(one: Ruling, other: Ruling, ladder: list[str]) -> bool:
    """Whether one ruling asks for all that another does."""
    if one.effect is Effect.BLOCK:
        return True
    if one.effect.strictness < other.effect.strictness or other.effect is Effect.BLOCK:
        return False
    mine, theirs = one.obligations, other.obligations
    logs = ["", "metadata", "full"]
    limits = [mine.data_max, theirs.data_max]
    if any(limit not in {"", *ladder} for limit in limits):
        return False
    ranks = [ladder.index(limit) if limit else len(ladder) for limit in limits]
    tenants = not other.tenants or (bool(one.tenants) and {*one.tenants} <= {*other.tenants})
    return (
        ranks[0] <= ranks[1]
        and mine.sso >= theirs.sso
        and logs.index(mine.log) >= logs.index(theirs.log)
        and tenants
    )


@dataclass(frozen=True)
class Seen:
    """One thing that somebody gets otherwise."""

    condition: str
    person: frozenset[str]
    app: str
    classes: frozenset[str]


def seen(before: Ir, after: Ir) -> Iterator[Seen]:
    """All that differs, for each person and use."""
    ladder = ladder_of(after)
    gone = {*ladder_of(before)} - {*ladder}
    vendors = {name: raw["vendor"] for name, raw in APPS.items()}
    for person in EVERYBODY:
        for use in USES:
            old, new = before.decide(person, *use), after.decide(person, *use)
            assert old is not None
            assert new is not None
            given = [
                frozenset(c for c in ladder_of(ir) if may_send(ir, r, c))
                for ir, r in ((before, old), (after, new))
            ]
            if gone:
                # What is of no class any more may be anything.
                yield Seen("new-data-flow", person, use[0], frozenset({"?"}))
            if not holds_back(new, old, ladder):
                yield Seen("looser", person, use[0], given[1])
            if not holds_back(old, new, ladder):
                yield Seen("stricter", person, use[0], given[0])
            if new.obligations.log == "full" != old.obligations.log:
                yield Seen("full-logging", person, use[0], given[1])
            for data in given[1]:
                alike = [u for u in USES if vendors[u[0]] == vendors[use[0]] and u[2] is use[2]]
                could = any(may_send(before, before.decide(person, *u), data) for u in alike)
                if not could:
                    yield Seen("new-data-flow", person, use[0], frozenset({data}))


def in_group(person: frozenset[str], name: str, ir: Ir) -> bool:
    """Whether somebody is in a group of a policy."""
    return ir.universe.contains(ir.groups[name].region, person)


def asks(approval: Approval, ir: Ir, found: list[Seen], people: People | None) -> bool:
    """Whether an approval is about what was seen."""
    words = set(approval.apps or ())
    ladder = ladder_of(ir)
    least = approval.min_data
    fitting = [
        each
        for each in found
        if Condition(each.condition) in approval.when
        and (
            not words
            or words & {each.app, *(f"{k}:{APPS[each.app][k]}" for k in ("vendor", "category"))}
        )
        and (
            least is None
            or any(c not in ladder or ladder.index(c) >= ladder.index(least) for c in each.classes)
        )
    ]
    about = {each.person for each in fitting}
    if approval.groups:
        about = {p for p in about if any(in_group(p, g, ir) for g in approval.groups)}
    if not about or approval.min_people is None or people is None:
        return bool(about)
    few = approval.min_people if approval.min_people >= people.least_told else 1
    return sum(people.by_groups[person].people for person in about) >= few


def about_less(approval: Approval, before: Ir, after: Ir) -> bool:
    """Whether somebody, or a class, is none of an approval's any more; apps stay what they are."""
    for person in EVERYBODY if approval.groups else ():
        was, is_now = (
            any(in_group(person, name, ir) for name in approval.groups or ())
            for ir in (before, after)
        )
        if was and not is_now:
            return True
    above = [
        set(ladder[ladder.index(approval.min_data) :] if approval.min_data in ladder else ())
        for ladder in map(ladder_of, (before, after))
    ]
    return bool(above[0] - above[1])


def expected(change: Compared, people: People | None) -> set[tuple[str, bool]]:
    """The approvals that are needed, and whether the policy before asks for them."""
    before, after = change.before, change.after
    assert before is not None
    assert before.ir is not None
    assert after.ir is not None
    found = list(seen(before.ir, after.ir))
    kept = [placed.value for placed in after.assembled.approvals]
    return {
        (placed.value.id, policy is before)
        for policy in (before, after)
        for placed in policy.assembled.approvals
        if asks(placed.value, policy.ir or after.ir, found, people)
        or (policy is before and placed.value not in kept)
        or (policy is before and about_less(placed.value, before.ir, after.ir))
    }


@pytest.mark.parametrize("counted", [False, True])
def test_what_is_needed_is_what_asking_everybody_says(tmp_path: Path, counted: bool) -> None:
    """By the rules of both policies, with each narrowing, with people counted and without."""
    dice = random.Random(41 + counted)  # noqa: S311 - the same pairs in every run, and no secret
    needs: list[int] = []
    for _ in range(PAIRS):
        policy = policy_of(dice)
        sides = [meaning(tmp_path, raw, APPS) for raw in (policy, edited(dice, policy))]
        change = between(sides[0], sides[1])
        people = (
            People("p", {each: Headcount(dice.randint(0, 20)) for each in EVERYBODY})
            if counted
            else None
        )
        told = {
            (each.id, before)
            for each in required(change, people)
            for before, so in ((True, each.before), (False, each.after))
            if so
        }
        assert told == expected(change, people)
        needs.append(len(told))
    assert 0 in needs
    assert max(needs) == 8
    assert len(set(needs)) > 5
