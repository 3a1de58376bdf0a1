"""Hosts that are never decrypted, whatever is owed there: on every target that decrypts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Obligations
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Account, Effect

ANYBODY = "192.0.2.9"


@pytest.fixture(params=["emit", "firewalled"])
def make(request: pytest.FixtureRequest, small: Any) -> Any:
    """How a policy is emitted: squid, and a firewall."""
    return getattr(small, request.param)


def owing(small: Any, *hosts: Any, never: tuple[str, ...]) -> Any:
    """One app that may be used under inspection."""
    rule = small.Rule(
        ("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(inspect_tls=True)
    )
    return small.Policy(
        apps=(small.app("one", *hosts),),
        rules=(rule,),
        inspect_tls="ai-only",
        never_inspect=never,
    )


def decrypted(emitted: Any, host: str) -> bool:
    """Whether the reader says that connections are decrypted."""
    return bool(emitted.answer("inspect_tls", ANYBODY, host, Kind.HELD).detail == "held")


def test_a_spared_part_of_an_inspected_host_is_left_alone(make: Any, small: Any) -> None:
    """What is above it and beside it is decrypted, itself and what is below it is not."""
    emitted = make(owing(small, "one.test", never=("pay.one.test",)))
    assert emitted.findings() == ()
    for host in ("one.test", "www.one.test", "notpay.one.test"):
        assert decrypted(emitted, host)
    for host in ("pay.one.test", "a.b.pay.one.test"):
        assert not decrypted(emitted, host)


def test_a_more_specific_obligation_does_not_win(make: Any, small: Any) -> None:
    """A host below a spared one is spared, exact or not, and however it is claimed."""
    hosts = ("ai.bank.test", small.domain("kids.bank.test", Match.CHILDREN), "two.test")
    emitted = make(owing(small, *hosts, never=("bank.test",)))
    assert emitted.findings() == ()
    assert decrypted(emitted, "two.test")
    for host in ("ai.bank.test", "x.kids.bank.test"):
        assert not decrypted(emitted, host)


@pytest.mark.parametrize("never", ["one.test", "pay.one.test"])
def test_the_account_says_what_is_not_inspected(make: Any, never: str, small: Any) -> None:
    """The obligation is looser on the claimed host, with the reason, and nothing else changes."""
    emitted = make(owing(small, "one.test", "two.test", never=(never,)))
    record = emitted.record("one/web/any/0", "inspect_tls")
    told = {each.value: each.reason.code for each in record.deviations}
    assert told == {"one.test": "never-inspected"}
    assert emitted.record("one/web/any/0").status is Status.ENFORCED
    nothing = make(owing(small, "one.test", never=(never, "one.test")))
    record = nothing.record("one/web/any/0", "inspect_tls")
    assert record.reason
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "never-inspected")


def test_a_header_is_not_sent_where_nothing_is_decrypted(make: Any, small: Any) -> None:
    """Personal accounts are then not kept out, and the account does not say they are."""
    app = small.app("one", "one.test", tenant=small.tenant("X-Tenant", "one.test"))
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws-1",))
    policy = {"apps": (app,), "rules": (rule,), "inspect_tls": "ai-only"}
    held = make(small.Policy(**policy))
    spared = make(small.Policy(**policy, never_inspect=("pay.one.test",)))
    assert held.findings() == spared.findings() == ()
    assert held.record("one/web/personal/0").status is Status.ENFORCED
    assert spared.record("one/web/personal/0").status in {Status.LOOSER, Status.UNSUPPORTED}


def test_a_list_that_decrypts_more_is_noticed(small: Any) -> None:
    """A spared host that gets into a list again, or a rule that is gone, is a finding."""
    emitted = small.emit(owing(small, "one.test", never=("pay.one.test",)))
    spared = "segments/default/inspect-1.txt"
    assert emitted.text[spared] == ".pay.one.test\n"
    assert emitted.noticed({**emitted.files, spared: b".other.one.test\n"})
    other = small.emit(owing(small, "one.test", never=("bank.test",)))
    listed = "segments/default/inspect-0.txt"
    assert other.noticed({**other.files, listed: b".one.test\n.bank.test\n"})


def test_a_firewall_says_first_what_is_never_decrypted(small: Any) -> None:
    """Rules of others below ours may decrypt everything else."""
    emitted = small.firewalled(owing(small, "one.test", never=("bank.test",)))
    rules = emitted.text["xml/aipol.xml"].partition("<decryption>")[2]
    assert rules.index("never") < rules.index("no-decrypt") < rules.index("<action>decrypt<")


# --- a gateway that decrypts everything else ------------------------------------------------------

RULES = "rules.json"


def test_gateway_is_told_what_not_to_inspect(small: Any) -> None:
    """For whomever and below it; the policy comes before all others, wherever it stands."""
    networks = {"finance": ("10.20.0.0/24",)}
    gateway = small.Gateway("gw", "gw.test", ("10.99.0.8/32",))
    emitted = small.gated(
        small.Policy(
            apps=(small.app("one", "one.test"),),
            networks=networks,
            gateways=(gateway,),
            never_inspect=("bank.test", "pay.bank.test"),
        )
    )
    assert emitted.findings() == ()
    spared = [each for each in rules_of(emitted) if each["action"] == "off"]
    assert [each["name"] for each in spared] == [
        "aipol__gateways_http-never",
        "aipol_finance_http-never",
        "aipol_default_http-never",
    ]
    for address in (ANYBODY, "10.20.0.5", "10.99.0.8"):
        for host in ("bank.test", "a.pay.bank.test"):
            assert emitted.answer("inspect_tls", address, host, Kind.HELD).detail == ""
        assert emitted.answer("inspect_tls", address, "notbank.test", Kind.HELD).detail == "held"


def rules_of(emitted: Any) -> list[dict[str, Any]]:
    """The HTTP policies in their order."""
    found: list[dict[str, Any]] = json.loads(emitted.text[RULES])["http"]
    return found


def test_what_is_blocked_is_blocked_though_it_is_never_inspected(small: Any) -> None:
    """Do Not Inspect would let it through: only what is open is spared."""
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    emitted = small.gated(
        small.Policy(
            apps=(small.app("one", "ai.bank.test"), small.app("two", "two.ai.bank.test")),
            rules=(rule,),
            never_inspect=("bank.test",),
        ),
        policies=["http"],
    )
    assert emitted.findings() == ()
    assert emitted.blocked("http", ANYBODY, "x.ai.bank.test")
    for host in ("bank.test", "x.two.ai.bank.test"):
        assert not emitted.blocked("http", ANYBODY, host)
        assert emitted.answer("inspect_tls", ANYBODY, host, Kind.HELD).detail == ""


def _without(emitted: Any) -> dict[str, Any]:
    """No policy spares anything."""
    types = json.loads(emitted.text[RULES])
    types["http"] = [each for each in types["http"] if each["action"] != "off"]
    lists = [each for each in json.loads(emitted.text["lists.json"]) if "never" not in each["name"]]
    return {RULES: json.dumps(types).encode(), "lists.json": json.dumps(lists).encode()}


def _other(emitted: Any) -> dict[str, Any]:
    """Another host is spared."""
    return {"lists.json": emitted.text["lists.json"].replace('"bank.test"', '"b.test"').encode()}


def _blocking(emitted: Any) -> dict[str, Any]:
    """What is to be spared is blocked."""
    return {RULES: emitted.text[RULES].replace('"off"', '"block"').encode()}


def _everything(emitted: Any) -> dict[str, Any]:
    """What is blocked is spared, and so let through."""
    types = json.loads(emitted.text[RULES])
    for rule in types["http"]:
        if rule["action"] == "off":
            rule["traffic"] = "any(http.request.domains[*] in $<aipol_default_0-subtree>)"
    return {RULES: json.dumps(types).encode()}


@pytest.mark.parametrize("damage", [_without, _other, _blocking, _everything])
def test_gateway_that_decrypts_more_or_blocks_less_is_noticed(damage: Any, small: Any) -> None:
    """Each of the two files says a part of what is spared."""
    policy = small.Policy(apps=(small.app("one", "one.test"),), never_inspect=("bank.test",))
    emitted = small.gated(policy)
    assert emitted.noticed({**emitted.files, **damage(emitted)})


@pytest.mark.parametrize("kind", ["dns", "l4"])
def test_only_an_http_policy_spares(kind: str, small: Any) -> None:
    """Whether a lookup is inspected is no question."""
    emitted = small.gated(small.Policy(apps=(small.app("one", "one.test"),)))
    types = json.loads(emitted.text[RULES])
    types[kind][0]["action"] = "off"
    with pytest.raises(UnreadableArtifact, match="spares what is of no HTTP policy"):
        emitted.target.read({**emitted.files, RULES: json.dumps(types).encode()})


def test_gateway_that_decrypts_without_http_policies_is_an_error(small: Any) -> None:
    """Nothing that is written would keep it from decrypting these hosts."""
    ir = small.resolve(
        small.Policy(apps=(small.app("one", "one.test"),), never_inspect=("bank.test",))
    )
    for decrypts, count in ((True, 1), (False, 0)):
        made = small.compiled(
            ir, small.CLOUDFLARE, on_ramp="wan", policies=("dns",), tls_decryption=decrypts
        )
        assert len(made.findings) == count
