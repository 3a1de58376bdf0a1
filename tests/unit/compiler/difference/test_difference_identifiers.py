"""What other identifiers and tenant restrictions do to people under the same rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aipol.difference import Access, Difference, Direction, difference, folded
from aipol.ir import Ir
from aipol.report.difference import (
    amounts,
    header_json,
    header_words,
    reach_words,
)

Raw = dict[str, Any]


# --- identifiers ----------------------------------------------------------------------------------


def test_a_host_of_a_blocked_app_becomes_blocked(
    small: Any, two: Callable[..., Difference]
) -> None:
    """A new host, with all below it, is lost to whoever may not use the app; rulings are equal."""
    more = {
        "chatty": small.app(
            small.host("chatty.example"), small.host("new.example", match="subtree")
        )
    }
    rules = (small.rule("allow", groups=["pilot"]), small.rule("block"))
    found = two(small.CHATTY, more, *rules)
    assert not found.changes
    assert {reach.value for reach in found.reaches} == {"new.example", "*.new.example"}
    (members,) = folded(found.reaches)
    assert reach_words(members) == (
        "everyone except pilot: chatty: *.new.example, new.example: allowed -> blocked"
    )
    assert amounts(members) == "2 hosts"
    back = two(more, small.CHATTY, *rules)
    assert {reach.after for reach in back.reaches} == {Access.ALLOWED}
    assert {reach.direction for reach in back.reaches} == {Direction.LOOSER}


def test_an_address_opens_its_host_and_is_lost_with_it(
    small: Any, two: Callable[..., Difference]
) -> None:
    """A part of a site that some may use opens the site for those, and is compared by itself."""
    part = {"url": "https://o.example/x", "role": "ui", **small.SOURCED}
    apps = {
        "chatty": small.app(small.host("c.example")),
        "other": small.app(small.host("o.example")),
    }
    more = {**apps, "chatty": small.app(small.host("c.example"), urls=[part])}
    rules = (small.rule("allow", groups=["finance"]), small.rule("block", apps=["other"]))
    found = two(apps, more, *rules).reaches
    assert {(each.value, each.who, each.after) for each in found} == {
        ("o.example", "finance", Access.ALLOWED),
        ("https://o.example/x", "finance", Access.ALLOWED),
    }
    alone = {"chatty": apps["chatty"]}
    (reach,) = two(alone, {"chatty": more["chatty"]}, *rules).reaches
    assert reach_words((reach,)) == (
        "everyone except finance: chatty: https://o.example/x: allowed -> blocked"
    )
    assert (amounts((reach,)), amounts((reach, reach))) == ("1 address", "2 addresses")


def test_a_host_that_moves_follows_its_new_app(small: Any, two: Callable[..., Difference]) -> None:
    """From a blocked app to one that some may use, the host opens for those, and names both."""
    apps = {
        "chatty": small.app(small.host("c.example")),
        "other": small.app(small.host("o.example"), small.host("m.example")),
    }
    moved = {
        "chatty": small.app(small.host("c.example"), small.host("m.example")),
        "other": small.app(small.host("o.example")),
    }
    rules = (small.rule("allow", groups=["finance"]), small.rule("block", apps=["other"]))
    (reach,) = two(apps, moved, *rules).reaches
    assert (reach.value, reach.who, reach.after) == ("m.example", "finance", Access.ALLOWED)
    assert reach.apps == ("chatty", "other")


def test_sharing_opens_what_was_blocked(small: Any, two: Callable[..., Difference]) -> None:
    """A host or a program that also serves something else is blocked by no rule."""
    program = {"kind": "process", "value": "Chatty", **small.SOURCED}
    own = {"chatty": small.app(small.host("c.example"), small.host("d.example"), macos=[program])}
    rows = small.app(
        small.host("c.example"),
        small.host("d.example", shared=True),
        macos=[{**program, "shared": True}],
    )
    found = two(own, {"chatty": rows}, small.rule("block"))
    assert [(reach.value, reach.before, reach.after) for reach in found.reaches] == [
        ("d.example", Access.BLOCKED, Access.ALLOWED),
        ("Chatty", Access.BLOCKED, Access.ALLOWED),
    ]


def test_the_case_of_a_name_changes_nothing(small: Any, two: Callable[..., Difference]) -> None:
    """`ChatGPT.exe` and `chatgpt.exe` are one program: rewriting one as the other has no effect."""
    sides = [
        {"chatty": small.app(windows=[{"kind": "exe", "value": value, **small.SOURCED}])}
        for value in ("Chatty.exe", "chatty.exe")
    ]
    assert two(*sides, small.rule("block")).reaches == ()


def test_what_two_apps_share_is_open_to_the_users_of_either(
    small: Any, two: Callable[..., Difference]
) -> None:
    """A program that a usable app takes over too is blocked no more, and the other way round."""
    program = {"kind": "process", "value": "Tool", **small.SOURCED}
    apart = {"chatty": small.app(macos=[program]), "other": small.app(small.host("o.example"))}
    shared = {
        "chatty": small.app(macos=[program]),
        "other": small.app(small.host("o.example"), macos=[program]),
    }
    rules = (small.rule("block"), small.rule("allow", apps=["other"], groups=["pilot"]))
    (reach,) = two(apart, shared, *rules).reaches
    assert (reach.form, reach.value, reach.who) == ("macos:process", "Tool", "pilot")
    assert reach.direction is Direction.LOOSER


def test_a_new_surface_opens_the_hosts_it_needs(small: Any, two: Callable[..., Difference]) -> None:
    """The host of a blocked site opens when a program that may be used needs it too."""
    program = {"kind": "process", "value": "Chatty", **small.SOURCED}
    more = {"chatty": small.app(small.host("chatty.example"), macos=[program])}
    rules = (small.rule("allow", surfaces=["desktop"], groups=["pilot"]), small.rule("block"))
    found = two(small.CHATTY, more, *rules)
    assert [(reach.value, reach.who, reach.after) for reach in found.reaches] == [
        ("chatty.example", "pilot", Access.ALLOWED),
        ("Chatty", "everyone except pilot", Access.BLOCKED),
    ]


def test_a_gateway_below_a_blocked_host_opens_itself(
    small: Any, meaning: Callable[..., Ir]
) -> None:
    """A host becomes a gateway, which nothing may block, and is told though no app names it."""
    apps = {"chatty": small.app(small.host("chatty.example", match="subtree"))}
    old, new = (
        meaning(apps, small.rule("block"), network={"gateways": {"g": {"host": name}}})
        for name in ("gate.example", "gate.chatty.example")
    )
    (reach,) = difference(old, new).reaches
    assert (reach.value, reach.apps, reach.after) == (
        "gate.chatty.example",
        ("chatty",),
        Access.ALLOWED,
    )


def test_a_note_changes_nothing(small: Any, two: Callable[..., Difference]) -> None:
    """Notes, sources and marketing hosts are no difference to anybody."""
    noted = {
        "chatty": small.app(
            small.host("chatty.example", note="n", source="t"),
            small.host("m.example", role="marketing"),
        )
    }
    found = two(small.CHATTY, noted, small.rule("block"))
    assert not found.for_somebody


# --- tenant restrictions --------------------------------------------------------------------------

HEADER: Raw = {
    "header": "X-Tenant",
    "value": "ids",
    "hosts": [{"host": "chatty.example", "match": "exact"}],
    "source": "s",
    "tier": "A",
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
    small: Any, two: Callable[..., Difference], old: Raw | None, new: Raw | None, way: Direction
) -> None:
    """Who may use the app with a corporate account only is told of another header."""
    apps = [
        {
            "chatty": small.app(
                small.host("chatty.example"), **({"tenant_restriction": each} if each else {})
            )
        }
        for each in (old, new)
    ]
    held = small.rule("allow", groups=["pilot"], account={"corporate": ["w1"]})
    found = two(apps[0], apps[1], held, small.rule("block"))
    (change,) = found.headers
    assert (change.app, change.who, change.direction) == ("chatty", "pilot", way)
    assert header_words(change).startswith("pilot: chatty: tenant restriction ")
    assert header_json(found.sides, change)["example"] == ["pilot"]
    assert not two(apps[0], apps[1], small.rule("allow")).headers
    assert not two(apps[0], apps[1], small.rule("block")).headers


def test_the_source_of_a_header_is_no_difference(
    small: Any, two: Callable[..., Difference]
) -> None:
    """Where a header was read, and what else is said about it, reaches no artefact."""
    old, new = (
        {"chatty": small.app(small.host("chatty.example"), tenant_restriction={**HEADER, **more})}
        for more in ({}, {"source": "elsewhere", "effect": "words", "needs": "TLS inspection"})
    )
    held = small.rule("allow", account={"corporate": ["w1"]})
    assert not two(old, new, held).for_somebody


def test_a_header_that_is_sent_to_the_same_hosts_is_no_difference(
    small: Any, two: Callable[..., Difference]
) -> None:
    """Where all below a host is the app's own, the header goes there whatever the source names."""
    wide = {**HEADER, "hosts": [{"host": "chatty.example", "match": "subtree"}]}
    own = small.host("chatty.example", match="subtree")
    old, new = ({"chatty": small.app(own, tenant_restriction=each)} for each in (HEADER, wide))
    held = small.rule("allow", account={"corporate": ["w1"]})
    assert not two(old, new, held).for_somebody
    other = small.host("other.example")
    old, new = ({"chatty": small.app(other, tenant_restriction=each)} for each in (HEADER, wide))
    (change,) = two(old, new, held).headers
    assert change.direction is Direction.STRICTER


def test_a_header_follows_the_apps_own_hosts(small: Any, two: Callable[..., Difference]) -> None:
    """A host that becomes the app's own with all below it has the header below it as well."""
    old, new = (
        {"chatty": small.app(small.host("chatty.example", match=match), tenant_restriction=HEADER)}
        for match in ("exact", "subtree")
    )
    (change,) = two(old, new, small.rule("allow", account={"corporate": ["w1"]})).headers
    assert change.direction is Direction.STRICTER
    assert header_words(change).endswith(
        "`X-Tenant` on chatty.example -> `X-Tenant` on chatty.example (subtree)"
    )
