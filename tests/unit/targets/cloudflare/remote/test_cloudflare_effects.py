"""What somebody's edits in the dashboard do to people: as the reader finds by asking everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.difference.strictness import Direction
from aipol.report.shifts import effects_lines
from aipol.target import Kind
from aipol.vocabulary import Account, Effect
from aipol_targets.cloudflare.target import CLOUDFLARE
from tests.unit.targets.network.policies import HEADER, gated
from tests.unit.targets.network.written import Policy, Rule, app, domain, tenant
from tests.unit.targets.told import Place, differing, found, same

SiteOf = Callable[..., Any]
APPS = ("deep", "inside", "single", "pages", "accounts")
OFFICE = {"finance": ("10.20.0.0/24", "2001:db8:20::/64")}


def _policy(*rules: Rule, **more: Any) -> Policy:
    """Apps whose hosts stand in each other's, and one with a tenant header."""
    restriction = tenant(HEADER, "accounts.test")
    apps = (
        app("deep", "big.test", domain("x.api.big.test")),
        app("inside", domain("api.big.test")),
        app("single", domain("one.two.test", Match.EXACT)),
        app("pages", domain("sites.test", Match.CHILDREN)),
        app("accounts", "accounts.test", tenant=restriction),
    )
    return Policy(apps=apps, rules=rules, networks=OFFICE, inspect_tls="ai-only", **more)


def drawn(draw: random.Random) -> Policy:
    """Some apps for some people."""
    return _policy(
        *(
            Rule(
                tuple(draw.sample(APPS, draw.randint(1, 2))),
                (draw.choice(["finance", "everyone"]),),
                draw.choice([Effect.ALLOW, Effect.BLOCK]),
            )
            for _ in range(draw.randint(1, 3))
        )
    )


def edited(here: Any, draw: random.Random) -> None:
    """Somebody turns a policy off, deletes it, lets it through, or takes an entry from a list."""
    rule = draw.choice([each for each in here.standin.rules if "aipol:" in each.description])
    held = draw.choice([each for each in here.standin.lists if "aipol:" in each.description])
    match draw.randrange(4):
        case 0:
            here.by_hand(rule.name, enabled=False)
        case 1:
            here.console("DELETE", f"rules/{rule.id}")
        case 2 if rule.action == "block":
            here.by_hand(rule.name, action="allow")
        case _:
            here.entries(held.name, append=[{"value": "by-hand.big.test"}])


def _placed(here: Any, emitted: Any) -> Place:
    coverage = emitted.compiled.coverage
    return Place(emitted.ir, CLOUDFLARE, here.remote, emitted.files, coverage)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_told_is_what_the_reader_finds(site: SiteOf, seed: int) -> None:
    """One or two objects edited or deleted in the account, for drawn policies."""
    draw = random.Random(seed)  # noqa: S311 - the same on every run
    here, emitted = site(), gated(drawn(draw))
    here.settle(emitted.files)
    place = _placed(here, emitted)
    same(here.remote, place.files)
    before = here.plan(place.files)
    assert place.told(before) == type(place.told(before))()
    assert differing(place, place.here(before)) == set()
    for _ in range(draw.randint(1, 2)):
        edited(here, draw)
    plan = here.plan(place.files)
    told = place.told(plan, [each.key for each in place.wanted])
    assert told.unread == ()
    assert found(place, told.shifts) == differing(place, place.here(plan))


@pytest.fixture
def corporate(site: SiteOf) -> tuple[Place, Any]:
    """An account where only the company's tenants are let in."""
    rule = Rule(("accounts",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws-1",))
    here, emitted = site(), gated(_policy(rule))
    here.settle(emitted.files)
    return _placed(here, emitted), here


def test_a_header_that_is_sent_no_more_lets_other_tenants_in(corporate: tuple[Place, Any]) -> None:
    """No host is blocked or opened by it, and yet it is looser."""
    place, here = corporate
    rule = next(each for each in here.standin.rules if each.settings)
    here.by_hand(rule.name, rule_settings={})
    told = place.told(here.plan(place.files))
    assert {each.kind for each in told.shifts} == {Kind.HEADER}
    assert {each.direction for each in told.shifts} == {Direction.LOOSER}
    lines = list(effects_lines("cloudflare", told))
    assert "may use accounts (web) with accounts of any tenant" in lines[1]


def test_a_host_that_no_app_has_is_told_by_its_name(corporate: tuple[Place, Any]) -> None:
    """Somebody blocks what the policy knows nothing of."""
    place, here = corporate
    (held, *_) = (each for each in here.standin.lists if "aipol:" in each.description)
    here.entries(held.name, append=[{"value": "intranet.test"}])
    told = place.told(here.plan(place.files))
    assert {each.uses for each in told.shifts} == {()}
    assert {each.direction for each in told.shifts} == {Direction.STRICTER}
    lines = list(effects_lines("cloudflare", told))
    assert "cannot use `intranet.test`" in lines[1]
    assert "which no app of the policy is known by" in lines[1]


def test_what_nothing_may_block_is_told_first(site: SiteOf) -> None:
    """With what it is needed for."""
    protected = (("login.test", "exact", "signing in"),)
    here, emitted = site(), gated(_policy(protected=protected))
    here.settle(emitted.files)
    place = _placed(here, emitted)
    (held, *_) = (each for each in here.standin.lists if "aipol:" in each.description)
    here.entries(held.name, append=[{"value": "login.test"}, {"value": "a.test"}])
    told = place.told(here.plan(place.files))
    assert told.shifts[0].needed == ("signing in",)
    lines = list(effects_lines("cloudflare", told))
    assert "cannot use `login.test`, needed for signing in" in lines[1]


def test_an_expression_that_is_written_otherwise_has_no_effect(
    corporate: tuple[Place, Any],
) -> None:
    """Nor has a description."""
    place, here = corporate
    rule = next(each for each in here.standin.rules if each.action == "block")
    here.by_hand(rule.name, description=f"{rule.description} by Bob")
    told = place.told(here.plan(place.files))
    assert list(effects_lines("cloudflare", told)) == ["  no effect on people"]


def test_a_condition_that_the_reader_does_not_know_is_told(corporate: tuple[Place, Any]) -> None:
    """A schedule, an identity, another list: with the reason."""
    place, here = corporate
    rule = next(each for each in here.standin.rules if each.action == "block")
    here.by_hand(rule.name, identity='identity.email == "x@acme.test"')
    told = place.told(here.plan(place.files))
    (unread,) = told.unread
    assert "other keys" in unread.why
    assert {each.direction for each in told.without} == {Direction.LOOSER}


def test_a_host_below_a_protected_one_is_told_first_as_needed(site: SiteOf) -> None:
    """Not as one that no app is known by."""
    emitted = gated(_policy(protected=(("login.test", "subtree", "signing in"),)))
    here = site()
    here.settle(emitted.files)
    place = _placed(here, emitted)
    (held, *_) = (each for each in here.standin.lists if "aipol:" in each.description)
    here.entries(held.name, append=[{"value": "www.login.test"}])
    told = place.told(here.plan(place.files), [each.key for each in place.wanted])
    first = list(effects_lines("cloudflare", told))[1]
    assert "`www.login.test`, needed for signing in, any more" in first
