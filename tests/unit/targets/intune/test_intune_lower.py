"""What Intune's objects hold, and what they are said to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.audience import EVERYBODY, NOBODY
from aipol.ir import Obligations
from aipol.target import Kind, Status
from aipol.vocabulary import Account, Effect, Situation, Surface
from aipol_targets.intune.model import logical_name
from aipol_targets.intune.target import INTUNE

TENANT = "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"


def test_every_kind_of_object_is_proved(full: Any) -> None:
    """A policy that needs every kind of object passes the independent proof."""
    assert full.compiled.findings == ()
    assert full.verified() == ()
    kinds = {path.split(".", 1)[1] for path in full.files if "~assign" not in path}
    assert kinds == {
        "beta.deviceComplianceScript.json",
        "beta.deviceManagementConfigurationPolicy.json",
        "beta.windows10CompliancePolicy.json",
        "json",
        "macOSCompliancePolicy.json",
        "macOSCustomConfiguration.json",
        "windows10CompliancePolicy.json",
        "windows10CustomConfiguration.json",
    }


def test_a_blocked_program_is_detected_and_not_stopped(full: Any) -> None:
    """Custom compliance tells and marks; the record is looser, and says by which identifier."""
    (found,) = (
        each
        for each in full.compiled.coverage
        if each.ruling.startswith("chatgpt/desktop")
        and each.clause == "effect"
        and each.situations[0].device == "managed-windows"
        and full.ir.by_id[each.ruling].effect is Effect.BLOCK
    )
    assert (found.status, found.reason.code) == (Status.LOOSER, "detected-not-stopped")
    values = {d.value for d in found.deviations if d.reason.code == "detected-not-stopped"}
    assert "windows:exe:ChatGPT.exe" in values
    answer = full.ask(Kind.PROGRAM, "windows:exe:chatgpt.EXE", "legal", client="windows:exe")
    assert answer.effect is Effect.WARN
    assert full.ask(Kind.PROGRAM, "windows:exe:ChatGPT.exe", "finance").effect is None


def test_a_program_shared_with_a_usable_app_is_left_alone(policy: Any, compiled: Any) -> None:
    """Where two apps have one executable, the usable one wins and the other's gap is said."""
    made = policy()
    made.split("chatgpt", Surface.DESKTOP, NOBODY)
    made.split("twin", Surface.DESKTOP, EVERYBODY)
    result = compiled(made)
    assert result.verified() == ()
    reasons = {d.value: d.reason.code for d in result.record("chatgpt", Effect.BLOCK).deviations}
    assert reasons["windows:exe:ChatGPT.exe"] == "shared-identifier"
    assert result.ask(Kind.PROGRAM, "windows:exe:ChatGPT.exe").effect is None


def test_people_are_told_of_the_rule_that_is_theirs(policy: Any, compiled: Any) -> None:
    """Two rules block one program: each group reads its own message, and both are detected."""
    made = policy()
    first = made.universe.others(made.of("finance"))
    made.split("chatgpt", Surface.DESKTOP, first, message="for finance", rule="first")
    made.rulings.pop(0)
    made.split("chatgpt", Surface.DESKTOP, made.of("finance"), message="for others", rule="last")
    made.rulings.pop(1)
    result = compiled(made)
    assert result.verified() == ()
    told = {
        path.split(".")[0]: [r["RemediationStrings"][0]["Description"] for r in result.rules(path)]
        for path in result.files
        if path.endswith("windows10CompliancePolicy.json")
    }
    assert told == {
        "windows/programs-everyone-not-finance": ["for others"],
        "windows/programs-finance": ["for finance"],
    }


def test_an_app_that_no_script_can_find_is_unsupported(policy: Any, compiled: Any) -> None:
    """A winget id alone is nothing a script can look for."""
    made = policy()
    made.split("winget-only", Surface.DESKTOP, NOBODY)
    record = compiled(made).record("winget-only", Effect.BLOCK)
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "no-detectable-identifier")
    on_mac = compiled(made).record("winget-only", Effect.BLOCK, "managed-macos")
    assert (on_mac.status, on_mac.reason.code) == (Status.UNSUPPORTED, "no-identifier")


def test_what_cannot_be_addressed_is_left_out_of_compliance(policy: Any, compiled: Any) -> None:
    """Intune cannot intersect groups: people in both keep the program, and the record says so."""
    made = policy()
    both = made.universe.both(made.of("finance"), made.of("legal"))
    made.split("chatgpt", Surface.DESKTOP, made.universe.others(both))
    result = compiled(made)
    assert result.verified() == ()
    record = result.record("chatgpt", Effect.BLOCK)
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "audience-indistinct")


def test_tightening_takes_in_those_who_cannot_be_told_apart(policy: Any, compiled: Any) -> None:
    """With `on_gap: tighten` the nearest larger set of people is judged, and the record says so."""
    made = policy(tighten=True)
    both = made.universe.both(made.of("finance"), made.of("legal"))
    made.split("chatgpt", Surface.DESKTOP, made.universe.others(both))
    result = compiled(made)
    assert result.verified() == ()
    assert result.record("chatgpt", Effect.ALLOW).status is Status.STRICTER
    answer = result.ask(Kind.PROGRAM, "windows:exe:ChatGPT.exe", "finance", "legal")
    assert answer.effect is Effect.WARN


def test_an_account_makes_a_program_usable(policy: Any, compiled: Any) -> None:
    """A program that may be used with a corporate account is not detected at all."""
    made = policy()
    made.split("chatgpt", Surface.DESKTOP, EVERYBODY, account=Account.CORPORATE)
    made.split("chatgpt", Surface.DESKTOP, NOBODY, account=Account.PERSONAL)
    result = compiled(made)
    assert result.verified() == ()
    record = result.record("chatgpt", Effect.BLOCK)
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "account-unseen")


def test_a_feature_is_switched_off_for_its_people(full: Any) -> None:
    """Recall is removed for everybody, Click to Do but for the pilot."""
    assert full.ask(Kind.FEATURE, "windows-recall", "pilot").effect is Effect.BLOCK
    assert full.ask(Kind.FEATURE, "windows-click-to-do", "pilot").effect is None
    assert full.ask(Kind.FEATURE, "windows-click-to-do", "legal").effect is Effect.BLOCK
    assert full.record("recall", Effect.BLOCK).status is Status.ENFORCED


def test_a_retired_switch_is_not_called_enforced(full: Any) -> None:
    """TurnOffWindowsCopilot leaves the Copilot app alone, so its record is looser."""
    record = full.record("copilot", Effect.BLOCK)
    assert (record.status, record.reason.code) == (Status.LOOSER, "retired-switch")


def test_a_switch_without_a_known_id_is_a_gap_on_windows(policy: Any, compiled: Any) -> None:
    """Copilot in Edge is switched off on a Mac; on Windows no id of its setting is certain."""
    made = policy()
    made.split("edge-ai", Surface.BUILTIN, made.of("pilot"))
    result = compiled(made)
    windows = result.record("edge-ai", Effect.BLOCK)
    assert (windows.status, windows.reason.code) == (Status.UNSUPPORTED, "setting-unverified")
    assert result.record("edge-ai", Effect.BLOCK, "managed-macos").status is Status.ENFORCED


def test_a_class_that_intune_cannot_address_gets_the_nearest(policy: Any, compiled: Any) -> None:
    """Lists do not add up: people in both groups get one of the two, and the record says so."""
    made = policy()
    made.split("chatgpt", Surface.WEB, made.of("finance"))
    made.split("claude", Surface.WEB, made.of("legal"))
    result = compiled(made)
    assert result.verified() == ()
    reasons = {d.reason.code for d in result.record("claude", Effect.BLOCK).deviations}
    assert "audience-indistinct" in reasons


def test_firefox_on_windows_is_a_stated_gap(full: Any) -> None:
    """The lists reach Edge and Chrome on Windows; on a Mac, Firefox too."""
    for client in ("edge", "chrome"):
        assert full.ask(Kind.HOST, "chatgpt.com", client=client).effect is Effect.BLOCK
    assert full.ask(Kind.HOST, "chatgpt.com", client="firefox").effect is None
    mac = Situation.MACOS_ELSEWHERE
    on_mac = full.ask(Kind.HOST, "chatgpt.com", client="firefox", situation=mac)
    assert on_mac.effect is Effect.BLOCK


def test_a_usable_host_below_a_blocked_one_stays_open(policy: Any, compiled: Any) -> None:
    """The allow list holds the exception, in both browsers, and nothing beside it."""
    made = policy()
    made.split("chatgpt", Surface.WEB, NOBODY)
    made.split("claude", Surface.WEB, EVERYBODY)
    result = compiled(made)
    assert result.verified() == ()
    for client in ("edge", "chrome"):
        assert result.ask(Kind.HOST, "help.chatgpt.com", client=client).effect is Effect.ALLOW
        assert result.ask(Kind.HOST, "x.help.chatgpt.com", client=client).effect is Effect.BLOCK
        assert result.ask(Kind.HOST, "notchatgpt.com", client=client).effect is None


def test_an_api_block_is_never_called_enforced(policy: Any, compiled: Any) -> None:
    """A browser's list stops no script, so the record about the API is looser."""
    made = policy()
    made.split("chatgpt", Surface.API, NOBODY)
    result = compiled(made)
    assert result.verified() == ()
    record = result.record("chatgpt", Effect.BLOCK, "managed-macos")
    assert (record.status, record.reason.code) == (Status.LOOSER, "browsers-only")


def test_a_browser_elsewhere_is_asserted_or_reported(policy: Any, compiled: Any) -> None:
    """On a Mac a block of a site is exact only where the organisation asserts its browsers."""
    made = policy()
    made.split("claude", Surface.WEB, NOBODY)
    present = compiled(made).record("claude", Effect.BLOCK, "managed-macos")
    assert (present.status, present.reason.code) == (Status.LOOSER, "unmanaged-browser")
    absent = compiled(made, other_browsers="absent").record("claude", Effect.BLOCK, "managed-macos")
    assert absent.status is Status.ENFORCED


def test_report_only_assigns_nothing_that_acts(policy: Any, compiled: Any) -> None:
    """Lists, profiles and switches go to nobody; compliance judges with the longest grace."""
    made = policy()
    for surface in (Surface.WEB, Surface.DESKTOP):
        made.split("chatgpt", surface, made.of("finance"))
    made.split("recall", Surface.BUILTIN, NOBODY)
    result = compiled(made, mode="report-only")
    assert result.verified() == ()
    assert result.record("recall", Effect.BLOCK).reason.code == "report-only"
    for path in result.files:
        if path.endswith("~assign.json"):
            assert bool(result.json(path)["assignments"]) is ("CompliancePolicy" in path)
        elif "beta.windows10CompliancePolicy" in path:
            (action,) = result.json(path)["scheduledActionsForRule"]
            (configured,) = action["scheduledActionConfigurations"]
            assert configured["gracePeriodHours"] == 8760


def test_a_platform_that_is_left_out_is_reported(policy: Any, compiled: Any) -> None:
    """With `platforms: [windows]` nothing is emitted for Macs, and every record says why."""
    made = policy()
    made.split("chatgpt", Surface.WEB, NOBODY)
    result = compiled(made, platforms=["windows"])
    assert result.verified() == ()
    assert not [path for path in result.files if path.startswith("macos/")]
    record = result.record("chatgpt", Effect.BLOCK, "managed-macos")
    assert (record.status, record.reason.code) == (
        Status.UNSUPPORTED,
        "platform-not-managed-here",
    )


def test_without_a_licence_nothing_is_claimed(policy: Any, compiled: Any) -> None:
    """`licensed: false` emits nothing and reports a missing licence everywhere."""
    made = policy()
    made.split("chatgpt", Surface.WEB, made.of("finance"), obligations=Obligations(sso=True))
    result = compiled(made, licensed=False)
    assert result.files == {}
    assert {each.status for each in result.compiled.coverage} == {Status.LICENCE_MISSING}
    assert result.verified() == ()


def test_a_compliant_device_is_judged_but_gates_nothing(full: Any) -> None:
    """`device: compliant` gets a baseline, and a record that says that it keeps nobody out."""
    record = full.record("chatgpt", Effect.ALLOW, clause="device")
    assert (record.status, record.reason.code) == (Status.LOOSER, "compliance-not-gating")
    (path,) = (
        p for p in full.files if "baseline" in p and p.endswith("macOSCompliancePolicy.json")
    )
    body = full.json(path)
    assert (body["storageRequireEncryption"], body["osMinimumVersion"]) == (True, "15.0")


def test_a_managed_device_needs_nothing_more(policy: Any, compiled: Any) -> None:
    """Where Intune acts, a device is managed; the other obligations are not a device's."""
    made = policy()
    wanted = Obligations(device="managed", sso=True)
    made.split("chatgpt", Surface.WEB, EVERYBODY, obligations=wanted)
    result = compiled(made)
    device = result.record("chatgpt", Effect.ALLOW, clause="device")
    sso = result.record("chatgpt", Effect.ALLOW, clause="sso")
    assert device.status is Status.NOT_APPLICABLE
    assert (sso.status, sso.reason.code) == (Status.UNSUPPORTED, "not-a-device-setting")


@pytest.mark.parametrize("softer", [Effect.WARN, Effect.JUSTIFY])
def test_what_should_prompt_is_let_through_and_said(
    policy: Any, compiled: Any, softer: Effect
) -> None:
    """Intune has no prompt: the use is open and its record looser."""
    made = policy()
    for surface in (Surface.WEB, Surface.DESKTOP):
        made.split("chatgpt", surface, EVERYBODY, softer=softer)
    result = compiled(made)
    assert result.verified() == ()
    effects = [r for r in result.compiled.coverage if r.situations[0].device == "managed-windows"]
    assert {(each.status, each.reason.code) for each in effects} == {(Status.LOOSER, "no-prompt")}


def test_a_protected_host_is_never_blocked(policy: Any, compiled: Any) -> None:
    """A list that would take a protected host is a located error."""
    made = policy(protected=(("login.chatgpt.com", "exact", "identity"),))
    made.split("chatgpt", Surface.WEB, NOBODY)
    codes = {finding.name for finding in compiled(made).compiled.findings}
    assert codes == {"lock-out"}


def test_nobody_is_told_to_remove_what_protects_the_device(policy: Any) -> None:
    """A rules file that names a protected program is an error."""
    made = policy()
    made.split("chatgpt", Surface.DESKTOP, NOBODY)
    protected = (("exe", "chatgpt.exe", "the protection of devices"),)
    ir = replace(made.ir(), protected_programs=protected)
    found = INTUNE.compile(ir, INTUNE.settings.model_validate({"tenant": TENANT}))
    assert {finding.name for finding in found.findings} == {"program-lock-out"}


def test_names_come_from_groups_and_stay_in_bounds() -> None:
    """A dot cannot end a name early, and a long name is cut with a mark of the whole."""
    assert logical_name("browsers", "a.beta") == "browsers-a+beta"
    long = logical_name("browsers", "x" * 300)
    assert len(long) < 120
    assert long != logical_name("browsers", "x" * 301)
