"""Whatever a policy says, the artefacts do it or the account admits that they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipol.catalogue.model import App
from aipol.coverage import complete
from aipol.ir import Ir, Obligations
from aipol.target import EFFECT_CLAUSE, Compiled, Kind, Question, Status
from aipol.verify import verify
from aipol.vocabulary import MACOS, Account, Effect, Surface
from aipol_targets.jamf.target import JAMF, Settings

PolicyOf = Callable[..., Ir]
Rule = Callable[..., Any]

APPS = ("chat", "lab", "deep", "paint", "apple-intelligence", "hand-off", "browser-ai", "editor")
PEOPLE = ("finance", "engineering", "pilot", "both", "everyone")


def faults(ir: Ir, compiled: Compiled) -> list[str]:
    """What the independent verification has to say."""
    decider = JAMF.read({each.path: each.content for each in compiled.artifacts})
    records = complete(ir, JAMF, compiled.coverage)
    return [finding.message for finding in verify(ir, JAMF, decider, records)]


def status(ir: Ir, compiled: Compiled, app: str, surface: Surface, position: int = 0) -> Status:
    """The status of the effect of one ruling."""
    ruling = ir.by_use[app, surface][position]
    (record,) = (
        r for r in compiled.coverage if r.ruling == ruling.id and r.clause == EFFECT_CLAUSE
    )
    return record.status


rules = st.lists(
    st.tuples(
        st.lists(st.sampled_from(APPS), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True),
        st.sampled_from(Effect),
        st.sampled_from([tuple(Surface), (Surface.WEB,), (Surface.DESKTOP, Surface.CLI)]),
        st.sampled_from([Account.ANY, Account.ANY, Account.CORPORATE]),
        st.sampled_from([Obligations(), Obligations(via="gateway"), Obligations(sso=True)]),
        st.sampled_from([(), ("ws-1",)]),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(
    drawn=rules,
    tighten=st.booleans(),
    extensions=st.sampled_from(["listed", "allowed-only"]),
    programs=st.sampled_from(["restricted-software", "none"]),
)
def test_every_answer_is_the_policys_or_accounted_for(
    policy: PolicyOf, rule: Rule, drawn: list[Any], tighten: bool, extensions: Any, programs: Any
) -> None:
    """For any rules the readers' answers differ from the policy only where coverage says so."""
    lines = [
        rule(f"r{n}", tuple(apps), tuple(people), effect, surfaces, account, tenants, obligations)
        for n, (apps, people, effect, surfaces, account, obligations, tenants) in enumerate(drawn)
    ]
    ir = policy(lines, both=True, tighten=tighten)
    compiled = JAMF.compile(ir, Settings(extensions=extensions, programs=programs))
    assert compiled.findings == ()
    assert faults(ir, compiled) == []


def test_an_intersection_of_groups_gets_a_smart_group(policy: PolicyOf, rule: Rule) -> None:
    """People in two groups form a class of their own, addressed by a smart group, and exactly."""
    ir = policy([rule("r", ("lab",), ("both",), Effect.ALLOW)], both=True)
    compiled = JAMF.compile(ir, Settings(other_browsers="absent"))
    paths = [each.path for each in compiled.artifacts]
    assert "computer-groups/finance-and-engineering.xml" in paths
    assert status(ir, compiled, "lab", Surface.WEB, 1) is Status.ENFORCED
    assert faults(ir, compiled) == []


def test_a_group_jamf_cannot_name_is_approximated(policy: PolicyOf, rule: Rule) -> None:
    """Without an identity the group's people keep the app, and the others' block is looser."""
    names = {"finance": "", "engineering": "R&D Macs", "pilot": "Pilot"}
    ir = policy([rule("r", ("chat",), ("finance",), Effect.ALLOW)], names=names)
    compiled = JAMF.compile(ir, Settings())
    assert status(ir, compiled, "chat", Surface.DESKTOP, 0) is Status.ENFORCED
    assert status(ir, compiled, "chat", Surface.DESKTOP, 1) is Status.UNSUPPORTED
    assert faults(ir, compiled) == []


def test_other_browsers_make_web_blocks_looser_unless_absent(policy: PolicyOf) -> None:
    """Safari takes no list: only who has no other browser blocks the web exactly."""
    ir = policy([])
    present, absent = (
        JAMF.compile(ir, Settings(other_browsers=each)) for each in ("present", "absent")
    )
    assert status(ir, present, "lab", Surface.WEB) is Status.LOOSER
    assert status(ir, absent, "lab", Surface.WEB) is Status.ENFORCED


def test_a_windows_feature_does_not_exist_on_a_mac(policy: PolicyOf) -> None:
    """Recall is not applicable here, not a gap."""
    ir = policy([])
    assert status(ir, JAMF.compile(ir, Settings()), "recall", Surface.BUILTIN) is (
        Status.NOT_APPLICABLE
    )


def test_one_workspace_is_admitted_to_apples_hand_off(policy: PolicyOf, rule: Rule) -> None:
    """A corporate workspace that the policy names is the only one the profile admits."""
    lines = [
        rule(
            "r",
            ("hand-off",),
            ("finance",),
            Effect.ALLOW,
            account=Account.CORPORATE,
            tenants=("ws-7",),
        )
    ]
    ir = policy(lines)
    compiled = JAMF.compile(ir, Settings())
    decider = JAMF.read({each.path: each.content for each in compiled.artifacts})
    told = [
        decider.decide(
            Question(
                Kind.FEATURE,
                "external-intelligence",
                frozenset(groups),
                "external-intelligence",
                MACOS[0],
            )
        )
        for groups in (["Finance Macs"], ["R&D Macs"])
    ]
    assert [(each.effect, each.detail) for each in told] == [
        (Effect.ALLOW, "workspace ws-7"),
        (Effect.BLOCK, ""),
    ]
    assert faults(ir, compiled) == []


def test_a_protected_host_is_never_blocked(policy: PolicyOf) -> None:
    """A list that would block what devices need is an error."""
    ir = policy([], protected=(("mdm.chat.example", "exact", "device-management"),))
    codes = {finding.name for finding in JAMF.compile(ir, Settings()).findings}
    assert codes == {"lock-out"}


def test_too_many_classes_is_an_error(policy: PolicyOf, rule: Rule) -> None:
    """More classes than the settings admit are counted, not truncated."""
    lines = [
        rule("a", ("chat",), ("finance",), Effect.ALLOW),
        rule("b", ("lab",), ("pilot",), Effect.ALLOW),
    ]
    compiled = JAMF.compile(policy(lines), Settings(max_classes=2))
    assert [finding.name for finding in compiled.findings] == ["too-many-classes"]
    assert compiled.artifacts == ()


@pytest.mark.parametrize("clause", ["sso", "mfa", "device", "data.max", "redact", "log", "rate"])
def test_what_a_profile_cannot_ask_for_is_unsupported(
    policy: PolicyOf, rule: Rule, clause: str, known_apps: tuple[App, ...]
) -> None:
    """Every obligation has its own record with a reason."""
    obligations = Obligations(
        sso=True,
        mfa=True,
        device="compliant",
        data_max="public",
        redact=("pii",),
        log="full",
        rate="1/h",
    )
    ir = policy([rule("r", ("chat",), ("everyone",), Effect.ALLOW, obligations=obligations)])
    compiled = JAMF.compile(ir, Settings())
    found = [record for record in compiled.coverage if record.clause == clause]
    surfaces = next(len(each.surfaces) for each in known_apps if each.id == "chat")
    assert len(found) == surfaces
    assert all(record.status is Status.UNSUPPORTED and record.reason for record in found)
