"""What data limits become, and what is said about the rest."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.ir import DataClass
from aipol.source import Span
from aipol.target import Status
from aipol.vocabulary import Account, Effect, Surface
from aipol_targets.purview import facts
from aipol_targets.purview.settings import PurviewSettings
from aipol_targets.purview.target import PURVIEW

SPAN = Span("policy.yaml", 1, 1)


def test_copilot_is_kept_from_classes_above_the_limit(policy: Any, compiled: Any) -> None:
    """Labelled items and recognised text above `data.max` are blocked, the rest is not."""
    ruling = policy.limit("internal")
    result = compiled(policy)
    for client in ("items", "text"):
        assert result.ask("m365-copilot/confidential", client) is Effect.BLOCK
        assert result.ask("m365-copilot/restricted", client) is Effect.BLOCK
        assert result.ask("m365-copilot/internal", client) is Effect.ALLOW
    record = result.record(ruling)
    assert (record.status, record.deviations) == (Status.ENFORCED, ())
    assert record.artifacts == ("purview/policies.json", "purview/rules.json")


def test_labels_and_information_types_never_share_a_rule(policy: Any, compiled: Any) -> None:
    """Microsoft 365 Copilot refuses a rule with both conditions."""
    policy.limit("internal")
    rules = compiled(policy).json("rules.json")
    assert len(rules) == 2
    for rule in rules:
        assert ("labels" in rule["AdvancedRule"]) is not ("sensitivetypes" in rule["AdvancedRule"])


def test_each_audience_gets_its_own_limit(policy: Any, compiled: Any) -> None:
    """Policies add up: finance may give confidential data, everybody else may not."""
    universe = policy.universe
    finance = policy.of("finance")
    policy.limit("confidential", finance)
    policy.limit("internal", universe.others(finance))
    result = compiled(policy)
    assert result.ask("m365-copilot/confidential", groups=["finance"]) is Effect.ALLOW
    assert result.ask("m365-copilot/confidential", groups=["legal"]) is Effect.BLOCK
    assert result.ask("m365-copilot/confidential") is Effect.BLOCK
    assert result.ask("m365-copilot/restricted", groups=["finance", "legal"]) is Effect.BLOCK
    everyone = [p["people"] for p in result.json("index.json")["policies"].values()]
    assert everyone == ["(everyone)", "(everyone) not finance"]


@pytest.mark.parametrize("mode", ["test", "test-notify"])
def test_a_simulation_blocks_nothing_and_says_so(mode: str, policy: Any, compiled: Any) -> None:
    """Outside `enforce` every answer is allow and the record is looser, because of the mode."""
    ruling = policy.limit("internal")
    result = compiled(policy, mode=mode)
    assert result.ask("m365-copilot/restricted", "items") is Effect.ALLOW
    record = result.record(ruling)
    assert (record.status, record.reason) == (Status.LOOSER, facts.TEST_MODE)


def test_simulation_is_the_default(policy: Any, compiled: Any) -> None:
    """Without a mode the first push blocks nothing."""
    policy.limit("internal")
    from aipol_targets.purview.settings import PurviewSettings

    assert PurviewSettings().mode == "test"
    result = compiled(policy, mode=PurviewSettings().mode)
    assert {p["Mode"] for p in result.json("policies.json")} == {"TestWithoutNotifications"}


def test_an_unmarked_class_is_owned_up_to(make: Any, with_class: Any, compiled: Any) -> None:
    """A class above the limit that nothing marks is looser, by name and for all its people."""
    classes = with_class("restricted", label="", info_types=())
    policy = make(classes=classes)
    ruling = policy.limit("internal")
    result = compiled(policy)
    record = result.record(ruling)
    assert record.status is Status.LOOSER
    assert {(d.value, d.reason) for d in record.deviations} == {
        ("m365-copilot/restricted", facts.CLASS_UNMARKED)
    }
    assert result.ask("m365-copilot/restricted") is Effect.ALLOW


def test_nothing_recognised_is_unsupported(make: Any, compiled: Any) -> None:
    """When no class above the limit has a mark, nothing is carried out."""
    policy = make(classes=(DataClass("low", 0, SPAN), DataClass("high", 1, SPAN)))
    ruling = policy.limit("low")
    result = compiled(policy)
    assert result.record(ruling).status is Status.UNSUPPORTED
    assert result.json("policies.json") == []


@pytest.mark.parametrize(
    ("fields", "client", "reason"),
    [
        ({"info_types": ()}, "text", facts.TEXT_UNMARKED),
        ({"label": ""}, "items", facts.ITEMS_UNMARKED),
        ({"info_types": ("Credit Card Nubmer",)}, "text", facts.UNKNOWN_INFO_TYPE),
    ],
)
def test_a_class_known_by_one_kind_of_mark_is_looser_on_the_other(
    fields: Any, client: str, reason: Any, make: Any, with_class: Any, compiled: Any
) -> None:
    """Typed text has no label, files are known by nothing else, and no type is guessed."""
    policy = make(classes=with_class("restricted", **fields))
    ruling = policy.limit("confidential")
    record = compiled(policy).record(ruling)
    assert record.status is Status.LOOSER
    assert {(d.client, d.reason) for d in record.deviations} == {(client, reason)}


def test_a_type_of_the_tenant_is_known_once_declared(
    make: Any, with_class: Any, compiled: Any
) -> None:
    """The setting `info_types` gives a name the GUID that the project does not know."""
    guid = "11111111-2222-4333-8444-555555555555"
    policy = make(classes=with_class("restricted", info_types=("Acme Badge",)))
    ruling = policy.limit("confidential")
    result = compiled(policy, info_types={"Acme Badge": guid})
    assert result.record(ruling).status is Status.ENFORCED
    assert guid in result.files["rules.json"].decode()


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        ("chatgpt", facts.NEEDS_MDA_APP_ID),
        ("numbered", facts.SETTING_UNVERIFIED),
        ("acme-gpt", facts.APP_DOES_NOT_ASK),
    ],
)
def test_an_app_no_plane_acts_on_is_unsupported(
    app: str, reason: Any, policy: Any, compiled: Any
) -> None:
    """Without a number, a sourced setting, or an app that asks, nothing is emitted."""
    ruling = policy.limit("internal", app=app)
    result = compiled(policy)
    record = result.record(ruling)
    assert (record.status, record.reason) == (Status.UNSUPPORTED, reason)
    assert result.json("policies.json") == []


def test_an_own_app_without_an_entra_id_needs_one(policy: Any) -> None:
    """The advice for an app of the organisation's own is its application id."""
    from dataclasses import replace

    from aipol_targets.purview.lower import lower
    from aipol_targets.purview.settings import PurviewSettings

    ruling = policy.limit("internal", app="acme-gpt")
    ir = policy.ir()
    ir = replace(ir, apps={**ir.apps, "acme-gpt": replace(ir.apps["acme-gpt"], entra_app_id="")})
    lowered = lower(ir, PurviewSettings())
    (record,) = [r for r in lowered.coverage if (r.ruling, r.clause) == (ruling.id, "data.max")]
    assert record.reason is facts.NEEDS_ENTRA_APP_ID


def test_an_app_that_asks_is_limited_in_text_only(policy: Any, compiled: Any) -> None:
    """The Application plane blocks text with information types; files are looser."""
    ruling = policy.limit("internal", app="acme-gpt")
    result = compiled(policy, asking_apps=["acme-gpt"])
    assert result.ask("acme-gpt/confidential", "text") is Effect.BLOCK
    assert result.ask("acme-gpt/confidential", "items") is Effect.ALLOW
    record = result.record(ruling)
    assert record.status is Status.LOOSER
    assert {(d.client, d.reason) for d in record.deviations} == {("items", facts.ITEMS_UNSEEN)}
    (rule,) = result.json("rules.json")
    assert rule["RestrictAccess"] == [{"setting": "UploadText", "value": "Block"}]


@pytest.mark.parametrize(
    ("licence", "status"),
    [
        ("e5", Status.ENFORCED),
        ("purview-suite", Status.ENFORCED),
        ("business-premium", Status.LOOSER),
        ("e3", Status.LOOSER),
    ],
)
def test_labels_need_a_licence(licence: str, status: Status, policy: Any, compiled: Any) -> None:
    """Without E5 only text is limited."""
    ruling = policy.limit("internal")
    result = compiled(policy, licence=licence)
    assert result.record(ruling).status is status
    assert (result.ask("m365-copilot/restricted", "items") is Effect.BLOCK) == (
        status is Status.ENFORCED
    )


def test_a_class_known_by_label_only_needs_the_licence_altogether(
    make: Any, with_class: Any, compiled: Any
) -> None:
    """When the label rule is all there would be, the licence is what is missing."""
    policy = make(classes=with_class("restricted", info_types=()))
    ruling = policy.limit("confidential")
    assert compiled(policy, licence="e3").record(ruling).status is Status.LICENCE_MISSING


@pytest.mark.parametrize(
    ("effect", "status"),
    [
        (Effect.ALLOW, Status.ENFORCED),
        (Effect.WARN, Status.UNSUPPORTED),
        (Effect.JUSTIFY, Status.UNSUPPORTED),
        (Effect.BLOCK, Status.UNSUPPORTED),
    ],
)
def test_the_use_itself_is_not_a_matter_of_dlp(
    effect: Effect, status: Status, policy: Any, compiled: Any
) -> None:
    """Letting a use through is all DLP does about it."""
    ruling = policy.limit("", app="chatgpt", effect=effect)
    assert compiled(policy).record(ruling, "effect").status is status


def test_the_least_strict_limit_holds_across_surfaces(policy: Any, compiled: Any) -> None:
    """Purview sees the app, not its surfaces: the stricter ruling is owned up to as looser."""
    strict = policy.limit("internal", surface=Surface.WEB)
    lax = policy.limit("confidential", surface=Surface.DESKTOP)
    result = compiled(policy)
    assert result.ask("m365-copilot/confidential") is Effect.ALLOW
    assert result.ask("m365-copilot/restricted") is Effect.BLOCK
    assert result.record(lax).status is Status.ENFORCED
    assert result.record(strict).status is Status.LOOSER
    assert result.record(strict).reason is facts.USES_INDISTINCT


def test_tighten_takes_the_strictest_limit(make: Any, compiled: Any) -> None:
    """With `on_gap: tighten` the laxer ruling is owned up to as stricter."""
    policy = make(tighten=True)
    strict = policy.limit("internal", surface=Surface.WEB)
    lax = policy.limit("confidential", surface=Surface.DESKTOP)
    result = compiled(policy)
    assert result.ask("m365-copilot/confidential") is Effect.BLOCK
    assert result.record(strict).status is Status.ENFORCED
    assert result.record(lax).status is Status.STRICTER


def test_whoever_has_no_limit_anywhere_is_not_limited(policy: Any, compiled: Any) -> None:
    """An unlimited surface frees the app, and the limited one says that it is not carried out."""
    limited = policy.limit("internal", surface=Surface.WEB)
    policy.limit("", surface=Surface.DESKTOP)
    result = compiled(policy)
    assert result.ask("m365-copilot/restricted") is not Effect.BLOCK
    assert result.record(limited).status is Status.UNSUPPORTED


def test_a_personal_account_is_never_claimed(policy: Any, compiled: Any) -> None:
    """Purview sees only the organisation's own accounts."""
    policy.limit("internal", account=Account.CORPORATE)
    personal = policy.limit("internal", account=Account.PERSONAL)
    record = compiled(policy).record(personal)
    assert (record.status, record.reason) == (Status.UNSUPPORTED, facts.PERSONAL_UNSEEN)


def test_a_mark_shared_with_a_lower_class_is_stricter_there(
    make: Any, with_class: Any, compiled: Any
) -> None:
    """Data of the lower class is stopped too, and the record says by what."""
    classes = with_class("internal", info_types=("Credit Card Number",))
    policy = make(classes=classes)
    ruling = policy.limit("internal")
    result = compiled(policy)
    assert result.ask("m365-copilot/internal", "text") is Effect.BLOCK
    stricter = [d for d in result.record(ruling).deviations if d.status is Status.STRICTER]
    assert [(d.value, d.client, d.reason) for d in stricter] == [
        ("m365-copilot/internal", "text", facts.SHARED_MARK)
    ]


def test_people_entra_cannot_tell_apart_are_left_out_and_named(make: Any, compiled: Any) -> None:
    """A group without an identity cannot be scoped: its people are looser, no one is stricter."""
    policy = make(groups=("finance", "legal"), nameless=("legal",))
    legal = policy.of("legal")
    limited = policy.limit("internal", legal)
    policy.limit("restricted", policy.universe.others(legal))
    record = compiled(policy).record(limited)
    assert (record.status, record.reason) == (Status.UNSUPPORTED, facts.INDISTINCT)


def test_tighten_adds_people_entra_cannot_tell_apart(make: Any, compiled: Any) -> None:
    """With `on_gap: tighten` the nearest wider scope is used, and whom it adds is named."""
    policy = make(groups=("finance", "legal"), nameless=("legal",), tighten=True)
    legal = policy.of("legal")
    limited = policy.limit("internal", legal)
    others = policy.limit("restricted", policy.universe.others(legal))
    result = compiled(policy)
    assert result.record(limited).status is Status.ENFORCED
    assert result.record(others).status is Status.STRICTER


def test_patterns_become_information_types_of_our_own(
    make: Any, with_class: Any, compiled: Any
) -> None:
    """A pattern is emitted as a rule package, and rules name it by the same GUID."""
    classes = with_class("restricted", patterns=(("payroll", r"PR-[0-9]{8}"),))
    policy = make(classes=classes)
    ruling = policy.limit("confidential")
    result = compiled(policy)
    assert result.record(ruling).status is Status.ENFORCED
    package = result.files["sit-package.xml"].decode()
    assert "PR-[0-9]{8}" in package
    (guid,) = [
        t["id"]
        for t in result.json("index.json")["data_classes"]["restricted"]["info_types"]
        if t["name"] == "aipol restricted payroll"
    ]
    assert guid.upper() in package
    assert guid in result.files["rules.json"].decode()


@pytest.mark.parametrize(
    "regex", ["a|", "|a", ".*abc", "abc.{0,50}", "(xx)+", "(a*)b", "(?=a)b", "(.{1,5})b"]
)
def test_a_pattern_purview_refuses_is_left_out(
    regex: str, make: Any, with_class: Any, compiled: Any
) -> None:
    """What the upload is known to refuse never gets there, and is owned up to."""
    policy = make(classes=with_class("restricted", patterns=(("p", regex),)))
    ruling = policy.limit("confidential")
    result = compiled(policy)
    assert "sit-package.xml" not in result.files
    assert result.record(ruling).reason is facts.PATTERN_REFUSED


def test_a_pattern_that_is_too_long_is_an_error(make: Any, with_class: Any) -> None:
    """A limit of the vendor is a located error with the number."""
    policy = make(classes=with_class("restricted", patterns=(("p", "a" * 1025),)))
    policy.limit("confidential")
    (finding,) = PURVIEW.compile(policy.ir(), PurviewSettings.model_validate({})).findings
    assert (finding.name, finding.message) == (
        "limit-exceeded",
        "purview: characters of a pattern `p`: 1025, limit 1024",
    )


def test_more_rules_than_a_tenant_holds_is_an_error(policy: Any, monkeypatch: Any) -> None:
    """The number of rules is checked, not cut."""
    from aipol.target import Limit
    from aipol_targets.purview.lower import lower
    from aipol_targets.purview.settings import PurviewSettings

    rules = facts.RULES
    monkeypatch.setattr(facts, "RULES", Limit(rules.name, 1, rules.source, rules.verified))
    policy.limit("internal")
    (finding,) = lower(policy.ir(), PurviewSettings(copilot_prompts=True)).findings
    assert finding.message == "purview: DLP rules in the tenant 2, limit 1"


def test_text_in_copilot_prompts_is_a_gap_by_default(policy: Any, compiled: Any) -> None:
    """No rule on information types is emitted for Copilot, and the record says why."""
    ruling = policy.limit("internal")
    result = compiled(policy, copilot_prompts=False)
    assert [rule["Name"].rpartition(" ")[2] for rule in result.json("rules.json")] == ["items"]
    reasons = {d.reason for d in result.record(ruling).deviations if d.client == "text"}
    assert facts.PROMPTS_UNVERIFIED in reasons
