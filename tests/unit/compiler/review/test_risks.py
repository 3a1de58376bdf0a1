"""Risks that come of targets and of the catalogue."""

from __future__ import annotations

from dataclasses import replace

from aipol.difference import difference
from aipol.review import Side
from aipol.review.outputs import NOTHING, Unlicensed
from aipol.review.risks import Changed, risks
from aipol.target import Reason
from tests.unit.compiler.review.conftest import CHAT, REST, Change, policy

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
    assert risk.message == "`push.example (subtree)` is protected no more: it can be blocked"
