"""What Cloudflare Gateway is given: lists, policies, their limits, and what is accounted for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import BAD_VALUE, LOCK_OUT
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status
from aipol.vocabulary import Account, Effect
from aipol_targets.cloudflare.precedence import middle, place

CLIENTS = ("dns", "http", "network")
LISTED, RULED = "lists.json", "rules.json"
FIELDS = {
    "dns": ("dns.src_internal_ip", "dns.fqdn", "dns.domains"),
    "http": ("http.conn.internal_src_ip", "http.request.host", "http.request.domains"),
    "l4": ("net.src.internal_src_ip", "net.sni.host", "net.sni.domains"),
}


def lists(emitted: Any) -> dict[str, list[str]]:
    """The hosts of each list."""
    bodies = json.loads(emitted.text[LISTED])
    return {body["name"]: [item["value"] for item in body["items"]] for body in bodies}


def rules(emitted: Any, kind: str) -> dict[str, Any]:
    """The policies of one type by name, in their order."""
    bodies = json.loads(emitted.text[RULED])[kind]
    return {body["name"]: body for body in bodies}


def one(small: Any, *domains: Any, **changes: Any) -> Any:
    """A policy that blocks one app for everybody."""
    return replace(small.Policy(apps=(small.app("one", *domains),)), **changes)


def corporate(small: Any, *restrictions: Any, **changes: Any) -> Any:
    """Corporate accounts only, by header."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("b", "a"))
    restriction = restrictions[0] if restrictions else small.tenant(small.HEADER, "one.test")
    found = small.app("one", "one.test", tenant=restriction)
    policy = small.Policy(apps=(found,), rules=(rule,), inspect_tls="ai-only")
    return replace(policy, **changes)


# --- what is written ------------------------------------------------------------------------------


def test_every_intent_is_said_exactly_in_every_type(small: Any) -> None:
    """A subtree by `domains`, a host by itself, what is only below by the first without it."""
    exact, kids = small.domain("e.test", Match.EXACT), small.domain("kids.test", Match.CHILDREN)
    emitted = small.gated(one(small, "sub.test", exact, kids))
    assert lists(emitted) == {
        "aipol_default_0-exact": ["e.test"],
        "aipol_default_0-subtree": ["kids.test", "sub.test"],
        "aipol_default_1-exact": ["kids.test"],
    }
    for kind, (_, host, domains) in FIELDS.items():
        (rule,) = rules(emitted, kind).values()
        assert rule["traffic"] == (
            f"(any({domains}[*] in $<aipol_default_0-subtree>) or"
            f" {host} in $<aipol_default_0-exact>)"
            f" and not({host} in $<aipol_default_1-exact>)"
        )
    for client in CLIENTS:
        hosts = ("sub.test", "a.sub.test", "e.test", "a.kids.test")
        assert all(emitted.blocked(client, small.ANYBODY, host) for host in hosts)
        others = ("kids.test", "a.e.test", "notsub.test", "sub.test.evil.test", "test")
        assert not any(emitted.blocked(client, small.ANYBODY, host) for host in others)
        assert emitted.blocked(client, small.ANYBODY, "A.SUB.test.")


def test_exceptions_of_any_depth_are_in_the_expression_that_blocks(small: Any) -> None:
    """Nothing is allowed by a policy, so that an administrator's are still asked."""
    apps = (
        small.app("outer", "big.test"),
        small.app("inner", "api.big.test"),
        small.app("deep", "x.api.big.test"),
    )
    rule = small.Rule(("inner",), ("everyone",), Effect.ALLOW)
    emitted = small.gated(small.Policy(apps, (rule,)))
    for name in ("outer", "inner", "deep"):
        assert emitted.record(f"{name}/web/any/0").status is Status.ENFORCED
    assert '"allow"' not in emitted.text[RULED]
    for client in CLIENTS:
        assert emitted.blocked(client, small.ANYBODY, "v1.big.test")
        assert emitted.answer(client, small.ANYBODY, "v1.api.big.test").effect is None
        assert emitted.blocked(client, small.ANYBODY, "y.x.api.big.test")


def test_a_policy_is_for_its_segment_and_the_default_for_nobody_elses_addresses(small: Any) -> None:
    """Gateways' addresses have no policy; who is in no network has the default segment's."""
    emitted = small.gated(small.everything())
    for kind, (source, _, _) in FIELDS.items():
        found = {
            name: rule["traffic"].partition(" and ")[0]
            for name, rule in rules(emitted, kind).items()
            if "-" not in name
        }
        name = "network" if kind == "l4" else kind
        everybody = "{10.20.0.0/24 10.30.0.0/24 10.99.0.8/32}"
        assert found == {
            f"aipol_engineering_{name}": f"{source} in {{10.30.0.0/24}}",
            f"aipol_finance_{name}": f"{source} in {{10.20.0.0/24}}",
            f"aipol_default_{name}": f"not({source} in {everybody})",
        }
    for client in CLIENTS:
        assert not emitted.blocked(client, small.FINANCE, "split.test")
        assert emitted.blocked(client, small.ENGINEERING, "split.test")
        assert emitted.blocked(client, small.ANYBODY, "routed.test")
        assert emitted.answer(client, small.GATEWAY, "routed.test").effect is None


@pytest.mark.parametrize(("first", "number"), [(0, 5), (1, 15), (100, 105), (101, 115)])
def test_all_ten_precedences_of_the_first_policy_are_free(first: int, number: int) -> None:
    """None is below the first that may be taken, and it stands in their middle."""
    assert place(first, 0) == number
    assert all(middle(each) == number for each in range(number - 5, number + 5))
    assert number - 5 >= first


def test_bodies_have_what_the_api_asks_for(small: Any) -> None:
    """Every policy is on, of one type, and has a precedence of its own."""
    emitted = small.gated(small.everything(), first_precedence=700)
    kinds = json.loads(emitted.text[RULED])
    bodies = [(kind, body) for kind, found in kinds.items() for body in found]
    orders = sorted(body["precedence"] for _, body in bodies)
    assert orders == list(range(705, 705 + 10 * len(bodies), 10))
    for kind, body in bodies:
        assert body["filters"] == [kind]
        assert body["enabled"] is True
        assert body["description"] == "AI rules of com.acme, written by aipol"
    assert {body["type"] for body in json.loads(emitted.text[LISTED])} == {"DOMAIN"}


def test_a_type_that_is_not_asked_for_is_null(small: Any) -> None:
    """So that a type without policies is told from one that is lost."""
    emitted = small.gated(one(small, "one.test"), policies=["dns"])
    kinds = json.loads(emitted.text[RULED])
    assert (kinds["http"], kinds["l4"], len(kinds["dns"])) == (None, None, 1)
    assert emitted.decider.clients(Kind.HOST) == ("dns",)
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW)
    nothing = small.gated(one(small, "one.test", rules=(rule,)), policies=["dns"])
    assert json.loads(nothing.text[RULED]) == {"dns": [], "http": None, "l4": None}
    assert nothing.decider.clients(Kind.HOST) == ("dns",)


def test_without_sight_of_addresses_one_policy_is_for_all(small: Any) -> None:
    """It blocks what is blocked for all, and the account says who is told from nobody."""
    emitted = small.gated(small.everything(), on_ramp="other")
    assert "src" not in emitted.text[RULED]
    assert not emitted.blocked("dns", small.ANYBODY, "split.test")
    assert emitted.blocked("dns", small.GATEWAY, "routed.test")
    split = emitted.record("split/web/any/1")
    assert (split.status, split.reason.code) == (Status.UNSUPPORTED, "audience-indistinct")
    via = emitted.record("routed/web/any/0", "via")
    assert {each.reason.code for each in via.deviations} == {"gateway-indistinct"}
    assert emitted.findings() == ()
    tight = small.gated(replace(small.everything(), tighten=True), on_ramp="other")
    assert tight.blocked("dns", small.FINANCE, "split.test")
    assert tight.findings() == ()


# --- tenant headers -------------------------------------------------------------------------------


def test_a_header_goes_to_its_hosts_behind_what_is_blocked(small: Any) -> None:
    """The addresses around it first, then the block, then the policy that adds it."""
    around = "https://one.test/anonymous.v1"
    restriction = small.tenant(small.HEADER, "one.test", also_block=(around,))
    apps = (
        small.app("one", "one.test", tenant=restriction),
        small.app("bad", "bad.one.test"),
    )
    emitted = small.gated(corporate(small, apps=apps))
    found = rules(emitted, "http")
    assert [(name.rpartition("_")[2][:11], rule["action"]) for name, rule in found.items()] == [
        ("http-around", "block"),
        ("http", "block"),
        ("http-header", "allow"),
    ]
    first, _, last = found.values()
    assert first["traffic"] == (
        '(http.request.host == "one.test" and http.request.uri.path matches'
        ' "^/anonymous[.]v1(/.*)?$")'
    )
    assert last["rule_settings"] == {"add_headers": {small.HEADER: ["b,a"]}}
    for client in CLIENTS:
        answer = emitted.answer(client, small.ANYBODY, "www.one.test", Kind.HEADER)
        assert answer.detail == f"{small.HEADER}: b,a"
        assert emitted.answer(client, small.ANYBODY, "bad.one.test", Kind.HEADER).detail == ""
        assert emitted.answer(client, small.ANYBODY, "two.test", Kind.HEADER).detail == ""
    assert emitted.record("one/web/personal/0").status is Status.ENFORCED
    assert emitted.findings() == ()


@pytest.mark.parametrize(
    "given", [{"tls_decryption": False}, {"policies": ["dns", "network"]}, {"policies": ["dns"]}]
)
def test_without_decrypted_requests_there_is_no_header(given: dict[str, Any], small: Any) -> None:
    """Nothing can be added to what Gateway does not read, and the account says so."""
    emitted = small.gated(corporate(small), **given)
    assert "add_headers" not in emitted.text[RULED]
    record = emitted.record("one/web/personal/0")
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "account-unseen")
    assert emitted.findings() == ()
    none = small.gated(corporate(small, inspect_tls="none"))
    assert "add_headers" not in none.text[RULED]


def test_a_host_with_two_headers_gets_both_from_one_policy(small: Any) -> None:
    """The first policy that allows is the last that is asked."""
    apps = (
        small.app("one", "one.test", tenant=small.tenant("First-Header", "one.test", "both.test")),
        small.app("two", "two.test", tenant=small.tenant("Other-Header", "two.test", "both.test")),
    )
    rule = small.Rule(("*",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("a",))
    emitted = small.gated(small.Policy(apps=apps, rules=(rule,), inspect_tls="ai-only"))
    told = {
        host: emitted.answer("http", small.ANYBODY, host, Kind.HEADER).detail
        for host in ("one.test", "both.test", "two.test")
    }
    assert told == {
        "one.test": "First-Header: a",
        "both.test": "First-Header: a\nOther-Header: a",
        "two.test": "Other-Header: a",
    }
    assert emitted.findings() == ()


def test_tightening_leaves_open_what_a_header_holds(small: Any) -> None:
    """In all types: what a lookup is denied never comes to the policy with the header."""
    emitted = small.gated(corporate(small, tighten=True))
    for client in CLIENTS:
        assert not emitted.blocked(client, small.ANYBODY, "one.test")
    assert emitted.record("one/web/personal/0").status is Status.ENFORCED
    unseen = small.gated(corporate(small, tighten=True), tls_decryption=False)
    assert unseen.blocked("dns", small.ANYBODY, "one.test")


# --- what is accounted for ------------------------------------------------------------------------


def test_what_is_a_setting_of_the_account_is_not_claimed(small: Any) -> None:
    """Neither inspection nor records are made by a policy."""
    owed = Obligations(inspect_tls=True, log="metadata", via="gateway")
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=owed)
    gateway = Gateway("gateway", "gateway.test", ("10.99.0.8/32",))
    policy = one(small, "one.test", rules=(rule,), inspect_tls="ai-only", gateways=(gateway,))
    emitted = small.gated(policy)
    for clause, code in (("inspect_tls", "tls-not-inspected"), ("log", "not-logged")):
        record = emitted.record("one/web/any/0", clause)
        assert (record.status, record.reason.code) == (Status.UNSUPPORTED, code)
        assert "account" in record.reason.text
    assert emitted.record("one/web/any/0", "via").status is Status.ENFORCED
    warned = small.Rule(("one",), ("everyone",), Effect.WARN)
    told = small.gated(one(small, "one.test", rules=(warned,))).record("one/web/any/0")
    assert (told.status, told.reason.code) == (Status.LOOSER, "no-prompt")


def test_a_protected_host_is_never_blocked(small: Any) -> None:
    """Whatever the policy says."""
    policy = one(small, "one.test", protected=(("one.test", "exact", "x"),))
    made = small.compiled(small.resolve(policy), small.CLOUDFLARE, on_ramp="wan")
    assert {finding.code for finding in made.findings} == {LOCK_OUT.code}


@pytest.mark.parametrize("tenant", ["a\r\nX: y", "a b", "@{identity.email}", ""])
def test_a_tenant_that_is_no_id_is_refused(tenant: str, small: Any) -> None:
    """Gateway would put a selector's value in place of `@{...}`."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, (tenant,))
    ir = small.resolve(corporate(small, rules=(rule,)))
    made = small.compiled(ir, small.CLOUDFLARE, on_ramp="wan", tls_decryption=True)
    assert {finding.code for finding in made.findings} == {BAD_VALUE.code}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"on_ramp": "warp"},
        {"on_ramp": "wan", "policies": []},
        {"on_ramp": "wan", "policies": ["dns", "dns"]},
        {"on_ramp": "wan", "policies": ["l4"]},
        {"on_ramp": "wan", "policies": ["http"]},
        {"on_ramp": "wan", "policies": ["dns", "http"]},
        {"on_ramp": "wan", "plan": "free"},
        {"on_ramp": "wan", "lists": 0},
        {"on_ramp": "wan", "lists": 101},
        {"on_ramp": "wan", "first_precedence": -1},
        {"on_ramp": "wan", "tls_decryption": "yes"},
        {"on_ramp": "wan", "account": "x"},
    ],
)
def test_other_settings_are_refused(given: dict[str, Any], small: Any) -> None:
    """Among them HTTP policies that would see no HTTPS."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["cloudflare"](**given)
