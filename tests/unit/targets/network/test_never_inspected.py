"""Hosts that are never decrypted, whatever is owed there: on every target that decrypts."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Obligations
from aipol.target import Kind, Status
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
