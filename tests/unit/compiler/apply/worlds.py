"""Draw what there is at a vendor and what a policy wants, as tenants look after some years."""

from __future__ import annotations

import random
from dataclasses import dataclass

from aipol.remote import Mark, Wanted, mark_in, marked, without_mark
from tests.unit.compiler.apply.vendor import (
    SCRIPT,
    Time,
    Vendor,
    digest_for,
    key_of,
    policy,
    script,
    seeded,
)


@dataclass
class World:
    """A vendor with objects of ours and of others, and what is wanted of it."""

    vendor: Vendor
    wanted: tuple[Wanted, ...]
    adopt: frozenset[str] = frozenset()
    """What of others is taken over."""


def drawn(seed: int) -> World:
    """A world by its number."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    vendor = Vendor(Time(), lag=dice.choice([0.0, 0.0, 5.0]), digests=dice.random() < 0.7)
    before, wanted = _objects(dice, ""), _objects(dice, dice.choice(["", " v2"]))
    ids = dict[str, str]()
    for each in before:
        digest = digest_for(each)
        mark = Mark(each.key, digest if dice.random() < 0.9 else "0" * 16)
        ids[each.key] = seeded(vendor, each, ids, mark)
    _edited(dice, vendor, before, ids)
    _others(dice, vendor, wanted, ids)
    return World(vendor, wanted)


def _objects(dice: random.Random, version: str) -> tuple[Wanted, ...]:
    scripts = [
        script(f"s{n}", dice.choice(["one", "two"]) + version, labels=dice.sample(["a", "b"], 2))
        for n in range(5)
        if dice.random() < 0.7
    ]
    names = [each.key.partition("/")[2] for each in scripts]
    policies = [
        policy(
            f"p{n}",
            *dice.sample(names, min(len(names), dice.randint(0, 2))),
            assignments=dice.choice([["all"], ["x", "y"], []]),
        )
        for n in range(5)
        if dice.random() < 0.7
    ]
    # A thing may have been another kind of object before.
    turned = [script("t", "a") if dice.random() < 0.5 else policy("t", *names[:1])]
    return (*scripts, *policies, *(turned if dice.random() < 0.5 else []))


def _edited(
    dice: random.Random, vendor: Vendor, before: tuple[Wanted, ...], ids: dict[str, str]
) -> None:
    for each in before:
        stored = vendor.objects[ids[each.key]]
        what = dice.choice(["", "", "", "", "text", "mark", "digest", "copy", "delete"])
        description = stored.document["description"]
        mark = mark_in(description)
        if what == "text":
            vendor.change(stored.id, {"text": "by hand", "description": description})
        elif what == "mark":
            vendor.change(stored.id, {"description": without_mark(description)})
        elif what == "digest" and mark:
            text = marked(description, Mark(mark.key, "f" * 16))
            vendor.change(stored.id, {"description": text})
        elif what == "copy":
            vendor.put_in(stored.kind, {**stored.document})
        elif what == "delete" and each.kind != SCRIPT:
            del vendor.objects[stored.id]


def _others(
    dice: random.Random, vendor: Vendor, wanted: tuple[Wanted, ...], ids: dict[str, str]
) -> None:
    other = Mark("com.acme2/s0", "a" * 16)
    seeded(vendor, script("of another", "theirs"), {}, other)
    seeded(vendor, script("s0", "theirs"), {}, dice.choice([None, other]))
    for each in wanted:
        if dice.random() < 0.15:
            known = {key: ids.get(key, "nowhere") for key in map(key_of, ("s0", "s1", "s2"))}
            seeded(vendor, each, known if dice.random() < 0.5 else {}, None)
