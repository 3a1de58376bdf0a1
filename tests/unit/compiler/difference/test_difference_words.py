"""How a difference is weighed, and the words for the people it is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.audience import EVERYBODY, Universe
from aipol.catalogue.load import Catalogue
from aipol.difference import Access, Difference, Direction, Sides, difference, folded
from aipol.difference.strictness import of_rulings
from aipol.ir import Ir, Obligations
from aipol.language.assemble import assemble
from aipol.report.difference import (
    amounts,
    change_json,
    change_words,
    header_json,
    header_words,
    reach_json,
    reach_words,
)
from aipol.resolve import resolve
from aipol.vocabulary import Effect

Raw = dict[str, Any]
SOURCED = {"source": "s", "tier": "A"}
GROUPS: Raw = {
    "everyone": {"all": True},
    **{name: {} for name in ("finance", "pilot", "temps")},
}
ALLOW: Raw = {"id": "r", "apps": ["chatty"], "groups": ["everyone"], "effect": "allow"}


def host(name: str, **more: Any) -> Raw:
    """A host's row."""
    return {"domain": name, "role": "ui", "match": "exact", **SOURCED, **more}


def app(*domains: Raw, **more: Any) -> Raw:
    """An app's entry."""
    entry = {"name": "n", "vendor": "v", "kind": "chat", "category": "chat", "source": "s"}
    return {**entry, "domains": list(domains), **more}


CHATTY = {"chatty": app(host("chatty.example"))}


@pytest.fixture
def meaning(tmp_path: Path) -> Callable[..., Ir]:
    """What rules mean with apps."""

    def resolved(apps: Raw, *rules: Raw, **more: Any) -> Ir:
        policy = {
            "version": 1,
            "organization": {"name": "Acme", "identifier": "com.acme"},
            "groups": GROUPS,
            "data_classes": [{"id": "public"}, {"id": "internal"}],
            "rules": [{**rule, "id": f"r{number}"} for number, rule in enumerate(rules)],
            **more,
        }
        path = tmp_path / "policy.yaml"
        path.write_text(json.dumps(policy), encoding="utf-8")
        assembled, findings, _ = assemble(str(path))
        assert assembled is not None, findings
        raw = {"apps": apps, "index": {"categories": {}}, "vendors": {}, "protected": {}}
        ir, _ = resolve(assembled, Catalogue({**raw, "shared_platforms": []}, ""), date(2026, 6, 1))
        assert ir is not None
        return ir

    return resolved


def rule(effect: str, **more: Any) -> Raw:
    """A rule about the app for everybody."""
    return {**ALLOW, "effect": effect, **more}


# --- which way it goes ----------------------------------------------------------------------------

INTERNAL = {"data": {"max": "internal"}}
PUBLIC = {"data": {"max": "public"}}


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (rule("allow"), rule("block"), Direction.STRICTER),
        (rule("warn"), rule("allow"), Direction.LOOSER),
        (rule("block"), rule("block", message="no"), Direction.OTHER),
        (rule("allow"), rule("allow", require={"sso": True}), Direction.STRICTER),
        (rule("allow", require=PUBLIC), rule("allow", require=INTERNAL), Direction.LOOSER),
        (rule("allow", require=INTERNAL), rule("allow", require=PUBLIC), Direction.STRICTER),
        (rule("allow", require={"sso": True}), rule("allow", require=PUBLIC), Direction.OTHER),
        (rule("warn"), rule("allow", require={"sso": True}), Direction.OTHER),
        (rule("warn", require={"sso": True}), rule("block"), Direction.STRICTER),
    ],
)
def test_a_change_is_looser_only_where_nothing_is_stricter(
    meaning: Callable[..., Ir], before: Raw, after: Raw, way: Direction
) -> None:
    """Effect and every obligation count; where one falls and another rises it is neither."""
    found = difference(meaning(CHATTY, before), meaning(CHATTY, after))
    assert [change.direction for change in found.changes] == [way]
    back = difference(meaning(CHATTY, after), meaning(CHATTY, before))
    assert {change.direction for change in back.changes} == {_BACK[way]}


_BACK = {
    Direction.LOOSER: Direction.STRICTER,
    Direction.STRICTER: Direction.LOOSER,
    Direction.OTHER: Direction.OTHER,
}


def test_more_tenants_are_looser(meaning: Callable[..., Ir]) -> None:
    """A second workspace opens something, and another one is neither looser nor stricter."""
    one, two, other = (
        meaning(CHATTY, rule("allow", account={"corporate": names}))
        for names in (["w1"], ["w1", "w2"], ["w3"])
    )
    assert [c.direction for c in difference(one, two).changes] == [Direction.LOOSER]
    assert [c.direction for c in difference(two, one).changes] == [Direction.STRICTER]
    assert [c.direction for c in difference(one, other).changes] == [Direction.OTHER]


def test_classes_that_one_policy_alone_knows_are_not_weighed(meaning: Callable[..., Ir]) -> None:
    """A ladder that another policy does not have puts no limit above or below another."""
    ir = meaning(CHATTY, rule("allow", require=PUBLIC))
    (old,) = ir.rulings
    new = replace(old, obligations=Obligations(data_max="top-secret"))
    assert of_rulings(ir, ir, old, new) is Direction.OTHER


@pytest.mark.parametrize(
    ("effect", "unlisted", "comes", "goes"),
    [
        ("block", "allow", Direction.STRICTER, Direction.LOOSER),
        ("warn", "allow", Direction.STRICTER, Direction.LOOSER),
        ("allow", "allow", Direction.OTHER, Direction.OTHER),
        ("allow", "block", Direction.LOOSER, Direction.STRICTER),
        ("block", "block", Direction.STRICTER, Direction.LOOSER),
    ],
)
def test_an_app_that_comes_or_goes_is_weighed_against_what_is_unlisted(
    meaning: Callable[..., Ir], effect: str, unlisted: str, comes: Direction, goes: Direction
) -> None:
    """Without the app, `unlisted_ai` alone spoke of it; losing a block is always the risk."""
    rules = (rule(effect, apps=["*"]),)
    two = {**CHATTY, "other": app(host("other.example"))}
    one = meaning(CHATTY, *rules, unlisted_ai=unlisted)
    both = meaning(two, *rules, unlisted_ai=unlisted)
    (change,) = difference(one, both).changes
    assert (change.before, change.direction, change.apps) == (None, comes, ("other",))
    (change,) = difference(both, one).changes
    assert (change.after, change.direction, change.apps) == (None, goes, ("other",))


# --- who ------------------------------------------------------------------------------------------


def test_people_are_named_as_the_policy_names_groups(meaning: Callable[..., Ir]) -> None:
    """Everybody, a group, several, those outside, and what only an intersection says."""
    ir = meaning(CHATTY, rule("allow"))
    sides, universe = Sides(ir, ir), ir.universe
    finance, pilot, temps = (universe.member_of(n) for n in ("finance", "pilot", "temps"))
    assert sides.words(EVERYBODY) == "everyone"
    assert sides.words(finance) == "finance"
    assert sides.words(universe.either(finance, pilot)) == "finance, pilot"
    assert sides.words(universe.others(temps)) == "everyone except temps"
    assert sides.words(universe.minus(finance, temps)) == "finance except temps"
    assert sides.words(universe.both(finance, pilot)) == "finance and pilot"
    odd = universe.either(universe.both(finance, pilot), universe.both(pilot, temps))
    assert sides.words(odd) == "pilot and temps, not in finance; or finance and pilot"


def test_many_parts_are_cut_short() -> None:
    """A set of people with more than three parts ends in others."""
    universe = Universe(("a", "b", "c", "d"))
    a, b, c, d = (universe.member_of(name) for name in universe.groups)
    odd = universe.any_of(
        universe.minus(universe.either(x, y), universe.both(x, y)) for x, y in ((a, b), (c, d))
    )
    sides = Sides.__new__(Sides)
    sides.universe, sides._said, sides._groups, sides._everyone = universe, {}, {}, "everyone"
    assert sides.words(odd).endswith("; or others")


def test_a_group_of_one_policy_alone_is_told(meaning: Callable[..., Ir]) -> None:
    """Where only the new policy knows a group, its people are told what they gain."""
    more = {**GROUPS, "board": {}}
    old = meaning(CHATTY, rule("block"))
    new = meaning(CHATTY, rule("allow", groups=["board"]), rule("block"), groups=more)
    (change,) = difference(old, new).changes
    assert change_words(change) == "board: may use chatty (web): block -> allow"
    (back,) = difference(new, old).changes
    assert back.who == "board"
    assert difference(old, new).sides.example(change.people) == frozenset({"board"})


def test_a_name_that_means_others_is_not_folded_with_its_old_self(
    meaning: Callable[..., Ir],
) -> None:
    """A group that is made up anew stands once for whom it was and once for whom it is."""
    apps = {"one": app(host("one.example")), "two": app(host("two.example"))}
    old = meaning(
        apps,
        rule("allow", apps=["one"]),
        rule("allow", apps=["two"], groups=["mixed"]),
        groups={**GROUPS, "mixed": {"all_of": ["finance"]}},
    )
    new = meaning(
        apps,
        rule("block", apps=["one"], groups=["mixed"]),
        rule("allow", apps=["one"]),
        groups={**GROUPS, "mixed": {"all_of": ["pilot"]}},
    )
    found = difference(old, new)
    assert [(change.who, change.apps) for change in found.changes] == [
        ("mixed", ("one",)),
        ("mixed", ("two",)),
    ]
    examples = [sorted(found.sides.example(change.people)) for change in found.changes]
    assert examples == [["pilot"], ["finance"]]


# --- identifiers ----------------------------------------------------------------------------------


def two(before: Callable[..., Ir], old: Raw, new: Raw, *rules: Raw) -> Difference:
    """The difference that other apps make under the same rules."""
    return difference(before(old, *rules), before(new, *rules))


def test_a_host_of_a_blocked_app_becomes_blocked(meaning: Callable[..., Ir]) -> None:
    """A new host, with all below it, is lost to whoever may not use the app; rulings are equal."""
    more = {"chatty": app(host("chatty.example"), host("new.example", match="subtree"))}
    rules = (rule("allow", groups=["pilot"]), rule("block"))
    found = two(meaning, CHATTY, more, *rules)
    assert not found.changes
    assert {reach.value for reach in found.reaches} == {"new.example", "*.new.example"}
    (members,) = folded(found.reaches)
    assert reach_words(members) == (
        "everyone except pilot: chatty: *.new.example, new.example: allowed -> blocked"
    )
    assert amounts(members) == "2 hosts"
    back = two(meaning, more, CHATTY, *rules)
    assert {reach.after for reach in back.reaches} == {Access.ALLOWED}
    assert {reach.direction for reach in back.reaches} == {Direction.LOOSER}


def test_a_host_that_moves_follows_its_new_app(meaning: Callable[..., Ir]) -> None:
    """From a blocked app to one that some may use, the host opens for those, and names both."""
    apps = {"chatty": app(host("c.example")), "other": app(host("o.example"), host("m.example"))}
    moved = {"chatty": app(host("c.example"), host("m.example")), "other": app(host("o.example"))}
    rules = (rule("allow", groups=["finance"]), rule("block", apps=["other"]))
    (reach,) = two(meaning, apps, moved, *rules).reaches
    assert (reach.value, reach.who, reach.after) == ("m.example", "finance", Access.ALLOWED)
    assert reach.apps == ("chatty", "other")


def test_sharing_opens_what_was_blocked(meaning: Callable[..., Ir]) -> None:
    """A host or a program that also serves something else is blocked by no rule."""
    program = {"kind": "process", "value": "Chatty", **SOURCED}
    own = {"chatty": app(host("c.example"), host("d.example"), macos=[program])}
    rows = app(
        host("c.example"), host("d.example", shared=True), macos=[{**program, "shared": True}]
    )
    found = two(meaning, own, {"chatty": rows}, rule("block"))
    assert [(reach.value, reach.before, reach.after) for reach in found.reaches] == [
        ("d.example", Access.BLOCKED, Access.ALLOWED),
        ("Chatty", Access.BLOCKED, Access.ALLOWED),
    ]


def test_the_case_of_a_name_changes_nothing(meaning: Callable[..., Ir]) -> None:
    """`ChatGPT.exe` and `chatgpt.exe` are one program: rewriting one as the other has no effect."""
    sides = [
        {"chatty": app(windows=[{"kind": "exe", "value": value, **SOURCED}])}
        for value in ("Chatty.exe", "chatty.exe")
    ]
    assert two(meaning, *sides, rule("block")).reaches == ()


def test_what_two_apps_share_is_open_to_the_users_of_either(meaning: Callable[..., Ir]) -> None:
    """A program that a usable app takes over too is blocked no more, and the other way round."""
    program = {"kind": "process", "value": "Tool", **SOURCED}
    apart = {"chatty": app(macos=[program]), "other": app(host("o.example"))}
    shared = {"chatty": app(macos=[program]), "other": app(host("o.example"), macos=[program])}
    rules = (rule("block"), rule("allow", apps=["other"], groups=["pilot"]))
    (reach,) = two(meaning, apart, shared, *rules).reaches
    assert (reach.form, reach.value, reach.who) == ("macos:process", "Tool", "pilot")
    assert reach.direction is Direction.LOOSER


def test_a_new_surface_opens_the_hosts_it_needs(meaning: Callable[..., Ir]) -> None:
    """The host of a blocked site opens when a program that may be used needs it too."""
    program = {"kind": "process", "value": "Chatty", **SOURCED}
    more = {"chatty": app(host("chatty.example"), macos=[program])}
    rules = (rule("allow", surfaces=["desktop"], groups=["pilot"]), rule("block"))
    found = two(meaning, CHATTY, more, *rules)
    assert [(reach.value, reach.who, reach.after) for reach in found.reaches] == [
        ("chatty.example", "pilot", Access.ALLOWED),
        ("Chatty", "everyone except pilot", Access.BLOCKED),
    ]


def test_a_gateway_below_a_blocked_host_opens_itself(meaning: Callable[..., Ir]) -> None:
    """A host becomes a gateway, which nothing may block, and is told though no app names it."""
    apps = {"chatty": app(host("chatty.example", match="subtree"))}
    old, new = (
        meaning(apps, rule("block"), network={"gateways": {"g": {"host": name}}})
        for name in ("gate.example", "gate.chatty.example")
    )
    (reach,) = difference(old, new).reaches
    assert (reach.value, reach.apps, reach.after) == (
        "gate.chatty.example",
        ("chatty",),
        Access.ALLOWED,
    )


def test_a_note_changes_nothing(meaning: Callable[..., Ir]) -> None:
    """Notes, sources and marketing hosts are no difference to anybody."""
    noted = {
        "chatty": app(
            host("chatty.example", note="n", source="t"), host("m.example", role="marketing")
        )
    }
    found = two(meaning, CHATTY, noted, rule("block"))
    assert not found.for_somebody


# --- tenant restrictions --------------------------------------------------------------------------

HEADER: Raw = {
    "header": "X-Tenant",
    "value": "ids",
    "hosts": [{"host": "chatty.example", "match": "exact"}],
    **SOURCED,
}
MORE_HOSTS = [*HEADER["hosts"], {"host": "two.example", "match": "subtree"}]


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        (None, HEADER, Direction.STRICTER),
        (HEADER, None, Direction.LOOSER),
        (HEADER, {**HEADER, "hosts": MORE_HOSTS}, Direction.STRICTER),
        (HEADER, {**HEADER, "also_block": ["https://a.example/"]}, Direction.STRICTER),
        (HEADER, {**HEADER, "header": "X-Other"}, Direction.OTHER),
    ],
)
def test_headers_matter_to_whoever_is_held_to_a_tenant(
    meaning: Callable[..., Ir], old: Raw | None, new: Raw | None, way: Direction
) -> None:
    """Who may use the app with a corporate account only is told of another header."""
    apps = [
        {"chatty": app(host("chatty.example"), **({"tenant_restriction": each} if each else {}))}
        for each in (old, new)
    ]
    held = rule("allow", groups=["pilot"], account={"corporate": ["w1"]})
    found = two(meaning, apps[0], apps[1], held, rule("block"))
    (change,) = found.headers
    assert (change.app, change.who, change.direction) == ("chatty", "pilot", way)
    assert header_words(change).startswith("pilot: chatty: tenant restriction ")
    assert header_json(found.sides, change)["example"] == ["pilot"]
    assert not two(meaning, apps[0], apps[1], rule("allow")).headers
    assert not two(meaning, apps[0], apps[1], rule("block")).headers


def test_the_source_of_a_header_is_no_difference(meaning: Callable[..., Ir]) -> None:
    """Where a header was read, and what else is said about it, reaches no artefact."""
    old, new = (
        {"chatty": app(host("chatty.example"), tenant_restriction={**HEADER, **more})}
        for more in ({}, {"source": "elsewhere", "effect": "words", "needs": "TLS inspection"})
    )
    held = rule("allow", account={"corporate": ["w1"]})
    assert not two(meaning, old, new, held).for_somebody


# --- words ----------------------------------------------------------------------------------------


def test_uses_are_listed_as_they_are(meaning: Callable[..., Ir]) -> None:
    """Two apps on different surfaces are never said to be on each other's."""
    apps = {
        "one": app(host("one.example")),
        "two": app(host("api.two.example", role="api")),
        "three": app(host("three.example")),
    }
    everything = {"apps": ["*"]}
    found = two(meaning, apps, {"kept": app(host("k.example"))}, rule("block", **everything))
    gone = next(change for change in found.changes if change.after is None)
    assert change_words(gone) == "everyone: one, three (web), two (api): block -> not governed"
    row = change_json(found.sides, gone)
    assert row["after"] is None
    assert row["before"]["effect"] == "block"
    assert {(use["app"], use["surface"]) for use in row["uses"]} == {
        ("one", "web"),
        ("two", "api"),
        ("three", "web"),
    }
    assert reach_json(found.sides, found.reaches[0])["before"] == "allowed"


def test_an_account_is_named_where_only_one_changes(meaning: Callable[..., Ir]) -> None:
    """What changes for corporate accounts is said of those alone."""
    old = meaning(CHATTY, rule("allow", account="personal"), rule("block"))
    new = meaning(CHATTY, rule("block"))
    (change,) = difference(old, new).changes
    assert change_words(change) == (
        "everyone: lose chatty (web) (personal account): allow -> block"
    )
    assert change.before is not None
    assert change.before.effect is Effect.ALLOW


def test_protected_hosts_are_compared(meaning: Callable[..., Ir]) -> None:
    """What nothing may block, and what lost that protection, is part of the difference."""
    old, new = meaning(CHATTY, rule("block")), meaning(CHATTY, rule("block"))
    more = replace(new, protected_hosts=(("push.example", "exact", "push"),))
    assert difference(old, more).protected == (("push.example", "exact", "push"),)
    assert difference(more, old).unprotected == (("push.example", "exact", "push"),)
    assert not difference(old, more).for_somebody
