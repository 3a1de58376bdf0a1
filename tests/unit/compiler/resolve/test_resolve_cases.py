"""Single facts about resolving that a page of policy shows best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from aipol.catalogue.load import Catalogue
from aipol.catalogue.model import (
    App,
    Match,
    ProtectedHost,
    ProtectedProgram,
    Purpose,
    TenantRestriction,
    Tier,
)
from aipol.diagnostics import Diagnostic
from aipol.ir import Ir
from aipol.language.assemble import Assembled, assemble
from aipol.resolve import resolve
from aipol.resolve.tests import failed_tests
from aipol.vocabulary import Account, Effect, Surface

HEAD = """\
version: 1
organization: {name: Acme, identifier: com.acme}
data_classes: [{id: public}, {id: internal}, {id: secret}]
"""
GROUPS = "groups: {everyone: {all: true}, a: {}, b: {}, neither: {none_of: [a, b]}}\n"
CHATTY = "apps: {chatty: {vendor: acme, domains: [{domain: chatty.example}]}}\n"
NOBODY_IN_PARTICULAR: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Shelf:
    """A catalogue with few apps."""

    known: tuple[App, ...] = ()
    protected: tuple[ProtectedHost, ...] = ()
    protected_programs: tuple[ProtectedProgram, ...] = ()

    def apps(self) -> tuple[App, ...]:
        return self.known


SHELF = cast("Catalogue", _Shelf())


def assembled_of(folder: Path, text: str) -> Assembled:
    """A policy file, understood."""
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    assembled, findings, _ = assemble(path)
    assert assembled is not None, [finding.message for finding in findings]
    return assembled


def resolved(
    folder: Path, text: str, day: str = "2026-06-15", shelf: Catalogue = SHELF
) -> tuple[Ir, tuple[Diagnostic, ...]]:
    """What a policy means on a day."""
    ir, findings = resolve(assembled_of(folder, text), shelf, date.fromisoformat(day))
    assert ir is not None
    return ir, findings


def decided(ir: Ir, *groups: str, account: Account = Account.PERSONAL) -> Any:
    """The ruling for a person about the one app on the web."""
    ruling = ir.decide(frozenset(groups), "chatty", Surface.WEB, account)
    assert ruling is not None
    return ruling


@pytest.mark.parametrize(
    ("day", "effect"), [("2026-06-14", Effect.ALLOW), ("2026-06-15", Effect.BLOCK)]
)
def test_an_exception_holds_through_its_last_day(tmp_path: Path, day: str, effect: Effect) -> None:
    """`until` is the last day on which an exception holds; the day after, it is a finding."""
    text = HEAD + GROUPS + CHATTY
    text += "exceptions: [{id: x, apps: [chatty], groups: [a], effect: allow, until: 2026-06-14,"
    text += " owner: o@acme.example, reason: RFP}]\n"
    text += 'rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]\n'
    ir, findings = resolved(tmp_path, text, day)
    assert decided(ir, "a").effect is effect
    expired = [finding.span.line for finding in findings if finding.code == "AIP217"]
    assert expired == ([] if effect is Effect.ALLOW else [6])


TIERS = """\
vendors: {acme: {soc2: {until: 2026-06-14}, breach_notice_hours: 72}}
vendor_tiers:
  - {id: trusted, when: {soc2: valid, breach_notice_hours: 72}, max_data: secret}
  - {id: known, when: {breach_notice_hours: 72}, max_data: internal}
  - {id: trial, max_data: public}
rules: [{id: all, apps: ["*"], groups: [everyone], effect: allow}]
"""


@pytest.mark.parametrize(
    ("day", "tier", "limit"),
    [("2026-06-14", "trusted", "secret"), ("2026-06-15", "known", "internal")],
)
def test_evidence_counts_through_its_last_day(
    tmp_path: Path, day: str, tier: str, limit: str
) -> None:
    """A vendor drops to the next tier on the day after its evidence ended, and it is said why."""
    ir, findings = resolved(tmp_path, HEAD + GROUPS + CHATTY + TIERS, day)
    ruling = decided(ir)
    assert ruling.obligations.data_max == limit
    assert [(because.origin.value, because.id) for because in ruling.because] == [
        ("rule", "all"),
        ("vendor tier", tier),
    ]
    ended = "evidence for `soc2` ended on 2026-06-14"
    assert (ended in ruling.because[1].note) == (tier == "known")
    assert [finding.code for finding in findings] == ([] if tier == "trusted" else ["AIP305"])


@pytest.mark.parametrize("facts", ["{soc2: valid, breach_notice_hours: 73}", "{soc2: valid}", "{}"])
def test_a_missed_or_missing_fact_drops_the_vendor(tmp_path: Path, facts: str) -> None:
    """A number above its bound and a fact nobody knows both close every tier that asks for it."""
    tiers = TIERS.replace("{soc2: {until: 2026-06-14}, breach_notice_hours: 72}", facts)
    if facts == "{}":
        tiers = tiers.replace("vendors: {acme: {}}\n", "")
    ir, _ = resolved(tmp_path, HEAD + GROUPS + CHATTY + tiers)
    assert decided(ir).obligations.data_max == "public"


def test_a_gate_does_not_open_what_is_blocked(tmp_path: Path) -> None:
    """The data limit of a vendor says nothing about a use that is blocked."""
    tiers = TIERS.replace("effect: allow", "effect: block")
    ir, _ = resolved(tmp_path, HEAD + GROUPS + CHATTY + tiers)
    assert list(decided(ir).obligations.items()) == []
    assert len(decided(ir).because) == 1


def test_a_rule_may_be_called_default(tmp_path: Path) -> None:
    """A rule with the id `default` and the default itself are two rulings."""
    text = HEAD + GROUPS + CHATTY
    text += "rules: [{id: default, apps: [chatty], groups: [a], effect: allow}]\n"
    ir, _ = resolved(tmp_path, text)
    assert len({ruling.id for ruling in ir.rulings}) == 2
    assert decided(ir, "a").effect is Effect.ALLOW
    assert decided(ir).effect is Effect.BLOCK


def test_a_group_that_nobody_can_be_in_is_an_error(tmp_path: Path) -> None:
    """Conditions that exclude each other are found by the algebra."""
    groups = GROUPS.replace("}}\n", "}, none: {all_of: [a, neither]}}\n")
    text = HEAD + groups + CHATTY + 'rules: [{id: r, apps: ["*"], groups: [a], effect: allow}]\n'
    ir, findings = resolve(assembled_of(tmp_path, text), SHELF, date(2026, 6, 15))
    assert ir is None
    assert [finding.message for finding in findings] == ["nobody can be in group `none`"]


ASKING = """\
rules:
  - {id: mine, apps: [chatty], groups: [a], effect: warn}
  - {id: all, apps: ["*"], groups: [everyone], effect: block}
tests:
"""


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("{who: [a], app: chatty, expect: warn, rule: mine}", ""),
        ("{app: chatty, expect: block}", ""),
        ("{who: [a], app: chatty, expect: block}", "expected `block`, the policy says `warn`"),
        (
            "{who: [a], app: chatty, expect: warn, rule: all}",
            "expected `all` to decide, `mine` does",
        ),
        ("{app: chatty, surface: cli, expect: block}", "`chatty` has no surface `cli`"),
        (
            "{who: [a, neither], app: chatty, expect: block}",
            "nobody can be in all of `a`, `neither`",
        ),
    ],
)
def test_a_policy_test_fails_where_the_answer_differs(tmp_path: Path, test: str, why: str) -> None:
    """A wrong expectation is an error at its line; so is a question about nobody."""
    assembled = assembled_of(tmp_path, HEAD + GROUPS + CHATTY + ASKING + f"  - {test}\n")
    ir, _ = resolve(assembled, SHELF, date(2026, 6, 15))
    assert ir is not None
    findings = failed_tests(assembled, ir, SHELF)
    assert [finding.message for finding in findings] == ([f"test 1: {why}"] if why else [])
    assert [finding.span.line for finding in findings] == ([10] if why else [])


def test_a_policy_test_may_ask_about_another_day(tmp_path: Path) -> None:
    """`as_of` in a test decides exceptions as of that day."""
    text = HEAD + GROUPS + CHATTY
    text += "exceptions: [{id: x, apps: [chatty], groups: [a], effect: allow, until: 2026-06-14,"
    text += " owner: o@acme.example, reason: RFP}]\n"
    text += 'rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]\n'
    text += "tests: [{who: [a], app: chatty, expect: allow, as_of: 2026-06-14}]\n"
    assembled = assembled_of(tmp_path, text)
    ir, _ = resolve(assembled, SHELF, date(2026, 6, 15))
    assert ir is not None
    assert failed_tests(assembled, ir, SHELF) == ()


def test_a_floor_that_stops_people_tells_them_why(tmp_path: Path) -> None:
    """Whoever is stopped by a locked rule reads that rule's message, not the looser rule's."""
    text = HEAD + GROUPS + CHATTY
    text += "rules:\n"
    text += "  - {id: loose, apps: [chatty], groups: [a], effect: warn, message: be careful}\n"
    text += '  - {id: floor, apps: ["*"], groups: [everyone], effect: block, locked: true,'
    text += " message: ask security, redirect_to: chatty}\n"
    ir, _ = resolved(tmp_path, text)
    ruling = decided(ir, "a")
    assert (ruling.effect, ruling.message) == (Effect.BLOCK, "ask security")
    assert ruling.redirect_to == "chatty"
    assert ruling.decided_by.id == "loose"


def test_a_corporate_account_without_a_name_is_told_of(tmp_path: Path) -> None:
    """Allowing corporate accounts of an app that could tell tenants apart asks for their names."""
    restriction = TenantRestriction("X-Tenant", "ids", (), "s", Tier.A)
    app = App("chatty", "Chatty", "acme", "chat", "chat", "s", tenant_restriction=restriction)
    shelf = cast("Catalogue", _Shelf((app,)))
    text = HEAD + GROUPS + CHATTY
    for account, count in (("corporate", 1), ("{corporate: [ws]}", 0), ("personal", 0)):
        rule = (
            f"rules: [{{id: r, apps: [chatty], groups: [a], effect: allow, account: {account}}}]\n"
        )
        _, findings = resolved(tmp_path, text + rule, shelf=shelf)
        assert [finding.code for finding in findings].count("AIP306") == count


def test_what_the_default_repeats_is_told_of_as_such(tmp_path: Path) -> None:
    """A rule is said to repeat the default where that, and no later rule, gives the same."""
    no = "{id: no, apps: [chatty], groups: [everyone], effect: block}"
    rest = '{id: rest, apps: ["*"], groups: [everyone], effect: block}'
    for rules, words in ((no, "where nothing matches"), (f"{no}, {rest}", "what follows")):
        _, findings = resolved(tmp_path, f"{HEAD}{GROUPS}{CHATTY}rules: [{rules}]\n")
        (found,) = (finding for finding in findings if finding.code == "AIP302")
        assert words in found.hint


def test_a_policy_corrects_the_catalogue(tmp_path: Path) -> None:
    """Keys that a policy gives for a known app stand in place of the catalogue's, others stay."""
    app = App("chatty", "Chatty", "vendor", "chat", "assistant", "s")
    text = HEAD + GROUPS
    text += "apps: {chatty: {name: Chat, domains: [{domain: Chatty.Example, match: exact}],"
    text += " windows: {executables: [chatty.exe]}, extensions: {vscode: [acme.chatty]},"
    text += " binaries: [chatty], macos: {processes: [Chatty], team_ids: [ABCDE12345]}}}\n"
    text += 'rules: [{id: r, apps: ["category:chat"], groups: [a], effect: allow}]\n'
    ir, _ = resolved(tmp_path, text, shelf=cast("Catalogue", _Shelf((app,))))
    found = ir.apps["chatty"].app
    assert (found.name, found.vendor) == ("Chat", "vendor")
    assert [(d.domain, d.match) for d in found.domains] == [("chatty.example", Match.EXACT)]
    assert [surface.value for surface in found.surfaces] == ["web", "desktop", "ide", "cli"]
    assert decided(ir, "a").effect is Effect.ALLOW


def test_protected_hosts_come_along(tmp_path: Path) -> None:
    """Targets are told which hosts nothing may block."""
    row = ProtectedHost("mdm.example", Match.SUBTREE, Purpose.DEVICE_MANAGEMENT, "x", "s", Tier.A)
    text = HEAD + GROUPS + CHATTY + "rules: [{id: r, apps: [chatty], groups: [a], effect: allow}]\n"
    ir, _ = resolved(tmp_path, text, shelf=cast("Catalogue", _Shelf((), (row,))))
    assert ir.protected_hosts == (("mdm.example", "subtree", "device-management"),)
