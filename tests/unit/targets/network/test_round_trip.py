"""Whatever the policy, the emitted files read back say what it says or what coverage admits."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipol.audience import NOBODY
from aipol.catalogue.model import Match, Role
from aipol.ir import Gateway, Obligations
from aipol.target import EFFECT_CLAUSE, Status
from aipol.vocabulary import ON_NETWORK, Account, Effect, Surface
from tests.unit.targets.network.policies import TARGETS

NAMES = [
    f"{prefix}{host}" for host in ("x.test", "y.test") for prefix in ("", "a.", "b.a.", "_c.a.")
]
APPS = ("one", "two", "three")
GROUPS = ("finance", "engineering", "pilot", "everyone")
OBLIGATIONS = [
    Obligations(),
    Obligations(via="gateway"),
    Obligations(inspect_tls=True, log="full"),
    Obligations(sso=True, data_max="public", log="metadata"),
]
BEFORE = st.sampled_from([None, 1, 8999])


def policies(small: Any) -> st.SearchStrategy[Any]:
    """Three apps with nested and shared hosts, rules for people with and without a network."""
    hosts = st.builds(
        small.domain,
        st.sampled_from(NAMES),
        st.sampled_from(list(Match)),
        role=st.sampled_from([Role.UI, Role.API, Role.AUTH]),
        shared=st.sampled_from([False, False, False, True]),
    )
    restriction = small.tenant("Example-Tenant", "x.test", "a.y.test")
    domains = st.lists(hosts, max_size=7, unique_by=lambda found: found.domain)
    # As in the catalogue, a host is claimed once; who claims it is drawn.
    apps = st.builds(
        lambda found, owners, held: tuple(
            small.app(
                name,
                *(each for each, owner in zip(found, owners, strict=False) if owner == name),
                tenant=restriction if name in held else None,
            )
            for name in APPS
        ),
        domains,
        st.lists(st.sampled_from(APPS), min_size=7, max_size=7),
        st.sets(st.sampled_from(APPS)),
    )
    subset = st.lists(st.sampled_from(APPS), min_size=1, max_size=2, unique=True).map(tuple)
    rule = st.builds(
        small.Rule,
        subset,
        st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique=True).map(tuple),
        st.sampled_from(list(Effect)),
        st.sampled_from([Account.ANY, Account.ANY, Account.CORPORATE, Account.PERSONAL]),
        st.sampled_from([(), ("t2", "t1"), ("t3",)]),
        st.sampled_from(OBLIGATIONS),
    )
    return st.builds(
        small.Policy,
        apps=apps,
        rules=st.lists(rule, max_size=5).map(tuple),
        networks=st.sampled_from(
            [
                {},
                small.NETWORKS,
                {"finance": ("10.0.0.0/8",), "engineering": ("10.30.0.0/24", "10.20.0.0/16")},
            ]
        ),
        groups=st.just(("finance", "engineering", "pilot")),
        gateways=st.sampled_from([(), (Gateway("gateway", "gateway.x.test", ("10.99.0.8/32",)),)]),
        inspect_tls=st.sampled_from(["none", "ai-only"]),
        never_inspect=st.sampled_from([(), (), ("a.x.test",), ("x.test", "y.test")]),
        close_bypasses=st.booleans(),
        tighten=st.booleans(),
    )


def clouded(small: Any) -> st.SearchStrategy[Any]:
    """The same, with a group that has IPv6 networks alone, and with AI that nobody lists."""
    six = {"finance": ("2001:db8:20::/64",), "engineering": ("10.30.0.0/24",)}
    return st.builds(
        lambda policy, alone, effect: replace(
            policy, networks=six if alone else policy.networks, unlisted_ai=effect
        ),
        policies(small),
        st.booleans(),
        st.sampled_from([Effect.ALLOW, Effect.BLOCK]),
    )


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_policy_is_carried_out_or_accounted_for(data: st.DataObject, small: Any) -> None:
    """The independent verifier has nothing to say about lists in any format."""
    policy = data.draw(policies(small))
    every = (*small.LISTED, *small.BOXES)
    choices = [every, small.LISTED, *((each,) for each in every)]
    emitted = small.boxed(policy, *data.draw(st.sampled_from(choices)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_proxy_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """What squid denies, decrypts, records and sends."""
    emitted = small.emit(data.draw(policies(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_filter_groups_carry_every_policy_out_or_account_for_it(
    data: st.DataObject, small: Any
) -> None:
    """What e2guardian blocks for each group."""
    emitted = small.filtered(data.draw(policies(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_resolver_carries_a_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """All resolvers together, whose answers differ, and one alone."""
    policy = data.draw(policies(small))
    choices = [small.RESOLVERS, *((each,) for each in small.RESOLVERS)]
    emitted = small.answered(policy, *data.draw(st.sampled_from(choices)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_firewall_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Web and DNS filters of a FortiGate, as a script, as requests, and both."""
    policy = data.draw(policies(small))
    outputs = data.draw(st.sampled_from([["cli"], ["rest"], ["cli", "rest"]]))
    emitted = small.guarded(policy, outputs=outputs, before_policy=data.draw(BEFORE))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_firewall_carries_a_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """All formats of a firewall together, and one alone."""
    policy = data.draw(policies(small))
    choices = [small.FIREWALL, *((each,) for each in small.FIREWALL)]
    emitted = small.firewalled(policy, *data.draw(st.sampled_from(choices)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_cloud_proxy_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Categories and rules of Zscaler Internet Access; lists and policies of Netskope."""
    categories = partial(small.categorised, ai_categories=True)
    make = data.draw(st.sampled_from([small.categorised, categories, small.steered]))
    emitted = make(data.draw(clouded(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_lists_where_what_is_allowed_wins_carry_a_policy_out_or_account_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Umbrella and Meraki: no host without what is below it, no block in an exception."""
    policy = data.draw(clouded(small))
    emitted = data.draw(st.sampled_from([small.resolved_by_umbrella, small.grouped]))(policy)
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_two_frontends_carry_every_policy_out_or_account_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Both frontends of an HAProxy."""
    emitted = small.proxied(data.draw(policies(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_inspection_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Rules of Suricata for each protocol, which stop or only alert."""
    action = data.draw(st.sampled_from(["drop", "reject", "alert"]))
    emitted = small.inspected(data.draw(policies(small)), action=action)
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_advice_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Files for browsers, with and without a proxy for the gateway."""
    policy = data.draw(policies(small))
    known = {gateway.id: "proxy.test:8080" for gateway in policy.gateways}
    emitted = small.advised(policy, gateways=data.draw(st.sampled_from([known, {}])))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_gateway_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """All types of policies and some, with and without sight of addresses and of requests."""
    policy = data.draw(clouded(small))
    types = [["dns"], ["network"], ["dns", "network"], ["dns", "http", "network"]]
    given = data.draw(st.sampled_from(types))
    # Without HTTP policies nothing keeps Gateway from decrypting what never may be.
    decrypts = ("http" in given or not policy.never_inspect) and data.draw(st.booleans())
    on_ramp = data.draw(st.sampled_from(["wan", "other"]))
    emitted = small.gated(policy, policies=given, on_ramp=on_ramp, tls_decryption=decrypts)
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_clause_is_accounted_for_once(data: st.DataObject, small: Any) -> None:
    """One record per clause of every ruling, in all situations, and no people out of nowhere."""
    make = data.draw(st.sampled_from([*small.MAKERS.values()]))
    emitted = make(data.draw(policies(small)))
    wanted = {
        (ruling.id, clause)
        for ruling in emitted.ir.rulings
        for clause in (EFFECT_CLAUSE, *dict(ruling.obligations.items()))
    }
    found = [(record.ruling, record.clause) for record in emitted.compiled.coverage]
    assert sorted(found) == sorted(wanted)
    for record in emitted.compiled.coverage:
        assert record.situations == ON_NETWORK
        assert (record.reason is None) == (record.status is Status.ENFORCED)
        assert {path.partition("/")[2] for path in record.artifacts} <= set(emitted.files)
        assert all(deviation.people != NOBODY for deviation in record.deviations)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_same_policy_gives_the_same_bytes(data: st.DataObject, small: Any) -> None:
    """Nothing but the policy and the day is in the files."""
    policy = data.draw(policies(small))
    for make in small.MAKERS.values():
        assert make(policy).files == make(policy).files


@pytest.mark.parametrize("surface", [Surface.BUILTIN, Surface.CONNECTOR])
@pytest.mark.parametrize("target", TARGETS)
def test_the_target_does_not_claim_what_is_not_traffic(
    surface: Surface, target: str, small: Any
) -> None:
    """Built-in features and connectors are none of its surfaces."""
    assert surface not in small.MAKERS[target](small.everything()).target.surfaces
