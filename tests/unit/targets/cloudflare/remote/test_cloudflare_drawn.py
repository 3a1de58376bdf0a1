"""Whatever there is and whatever is asked for: it comes to be, and can be taken back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from aipol.plan.model import Action

Files = dict[str, bytes]
NAMES = "abcdefgh"
DRAWN = 40


def _files(many: Callable[..., Files], draw: random.Random) -> Files:
    """Some policies in some order, some of which share a list, with some hosts."""
    names = draw.sample(NAMES, draw.randint(0, len(NAMES)))
    found = many(*names, first=draw.choice([105, 105, 135]))
    lists, rules = json.loads(found["lists.json"]), json.loads(found["rules.json"])
    for each in lists:
        each["items"] = [
            {"value": f"{host}.test"} for host in draw.sample(NAMES, draw.randint(1, 3))
        ]
    for each in rules["http"]:
        used = draw.choice(names)
        each["traffic"] = draw.choice(
            [f"http.request.host in $<{used}>", f"a.b == 1 and not(c.d in $<{used}>)"]
        )
    return {"lists.json": json.dumps(lists).encode(), "rules.json": json.dumps(rules).encode()}


def _edited(here: Any, draw: random.Random) -> None:
    """What somebody does to one of our objects, or beside them."""
    rules = [each for each in here.standin.rules if each.name in NAMES]
    taken = {each.precedence for each in here.standin.rules}
    free = draw.choice([each for each in range(95, 190) if each not in taken])
    if not rules:
        return
    rule = draw.choice(rules)
    found = draw.choice([each for each in here.standin.lists if each.name in NAMES])
    match draw.randrange(7):
        case 0:
            here.by_hand(rule.name, precedence=free)
        case 1:
            here.by_hand(rule.name, enabled=False, identity='a.b == "c"')
        case 2:
            here.console("DELETE", f"rules/{rule.id}")
        case 3:
            here.entries(found.name, append=[{"value": f"z{free}.test"}])
        case 4:
            here.by_hand(
                rule.name, name="renamed", rule_settings={"payload_log": {"enabled": True}}
            )
        case 5:
            here.standin.seed_rule(_copy(rule, rule.name, rule.description, free))
        case _:
            # Without our lists: what others refer to cannot be deleted, which is theirs to mend.
            theirs = _copy(rule, f"theirs{free}", "", free)
            here.standin.seed_rule({**theirs, "traffic": "a.b == 2"})


def _copy(rule: Any, name: str, description: str, precedence: int) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "action": rule.action,
        "enabled": True,
        "filters": list(rule.filters),
        "traffic": rule.traffic,
        "precedence": precedence,
    }


def _others(here: Any) -> list[Any]:
    return [
        each
        for each in (*here.standin.lists, *here.standin.rules)
        if "aipol:" not in each.description
    ]


@pytest.mark.parametrize("seed", range(DRAWN))
def test_a_drawn_account_becomes_what_a_drawn_policy_asks_for(
    site: Any, many: Callable[..., Files], seed: int
) -> None:
    """Edited in between; what was announced is what happens, nothing is left, and back it goes."""
    draw = random.Random(seed)  # noqa: S311 - the same on every run
    here = site()
    here.settle(_files(many, draw))
    for _ in range(draw.randint(0, 3)):
        _edited(here, draw)
    before, others, wanted = here.state(), _others(here), _files(many, draw)
    left = here.settle(wanted)
    assert {each.action for each in left.changes} <= {Action.NO_OP}
    stand = sorted((each for each in here.standin.rules if each.name in NAMES), key=_place)
    asked = [each["name"] for each in json.loads(wanted["rules.json"])["http"]]
    assert [each.name for each in stand] == asked
    assert _others(here) == others
    here.back()
    assert here.state() == before
    assert _others(here) == others


def _place(rule: Any) -> int:
    number: int = rule.precedence
    return number
