"""Risks that come of targets and of the catalogue."""

from __future__ import annotations

from dataclasses import replace

from aipol.difference import Direction, difference
from aipol.review import Side
from aipol.review.outputs import NOTHING, Unlicensed
from aipol.review.risks import Changed, risks
from aipol.target import Reason
from tests.unit.compiler.review.conftest import CHAT, REST, TAIL, Change, policy

REASON = Reason("t-licence", "the tenant has no licence")


def test_a_licence_that_is_newly_missing_is_told_once_for_all_decisions(change: Change) -> None:
    """At the target's settings; what was missing before is not told."""
    review = change(policy(CHAT, REST), policy(CHAT, REST))
    missing = tuple(
        Unlicensed("alpha", f"{app}/web/any/rest", "effect", REASON) for app in ("siri", "chatty")
    )
    new = replace(review.new, outputs=replace(NOTHING, unlicensed=missing))
    changed = Changed(review.base, new, None, (), None, ())
    (risk,) = risks(changed)
    assert risk.message == (
        "alpha lacks the licence: `effect` of chatty, siri (2 decisions): the tenant has no licence"
    )
    assert risk.span.line == 12
    assert risks(replace(changed, base=new)) == ()


def test_a_host_that_is_protected_no_more_is_told(change: Change) -> None:
    """With how much of it."""
    review = change(policy(CHAT, REST), policy(CHAT, REST))
    assert review.new.ir is not None
    before = replace(review.new.ir, protected_hosts=(("push.example", "subtree", "push"),))
    found = difference(before, replace(review.new.ir, protected_hosts=()))
    side = Side("HEAD", "", "policy.yaml", None, NOTHING)
    (risk,) = risks(Changed(side, side, found, (), None, ()))
    assert risk.message == "`push.example (subtree)` is no longer protected: it can be blocked"


def test_settings_go_the_way_that_approvals_take_them(change: Change) -> None:
    """Decrypting less is looser; decrypting more is none."""
    tails = [f"{TAIL}network: {{inspect_tls: {how}}}\n" for how in ("all", "none")]
    one, other = (policy(CHAT, REST, tail=tail) for tail in tails)
    (risk,) = change(one, other).risks
    assert (risk.code, risk.message) == (
        "AIP810",
        "looser for everybody: network.inspect_tls: all -> none",
    )
    back = change(other, one)
    assert {edit.direction for edit in back.settings} == {Direction.STRICTER}
    assert "AIP810" not in {risk.code for risk in back.risks}


def test_an_account_that_is_no_longer_protected_is_a_risk(change: Change) -> None:
    """Nothing holds a block of it off any more."""
    old = policy(CHAT, REST, tail=f"{TAIL}protected: [glass@acme.example]\n")
    review = change(old, policy(CHAT, REST))
    assert {risk.code for risk in review.risks} == {"AIP809"}
    assert any(risk.message.startswith("`glass@acme.example` is") for risk in review.risks)
    assert "AIP809" not in {risk.code for risk in change(policy(CHAT, REST), old).risks}
