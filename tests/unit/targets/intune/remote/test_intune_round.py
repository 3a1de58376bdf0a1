"""What is made in a tenant reads back as it was wanted, whatever Graph makes of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.apply.events import Outcome
from aipol.catalogue import load_catalogue
from aipol.ir import Ir
from aipol.language.assemble import assemble
from aipol.plan.model import Action
from aipol.remote import Mark, mark_in, without_mark
from aipol.resolve import resolve
from aipol_targets.intune.target import INTUNE
from aipol_targets.standins.graph.tenant import READ_GROUPS, READ_ONLY, Tenant

POLICY = Path(__file__).parents[5] / "policy" / "ai-usage.yaml"
TENANT = "11111111-2222-4333-8444-555555555555"
SCRIPTS, COMPLIANCE = "deviceComplianceScripts", "deviceCompliancePolicies"
CATALOG, CUSTOM = "configurationPolicies", "deviceConfigurations"
KINDS = (SCRIPTS, COMPLIANCE, CATALOG, CUSTOM)
THEIRS = {
    "@odata.type": "#microsoft.graph.windows10CustomConfiguration",
    "displayName": "theirs",
    "omaSettings": [],
}


@pytest.mark.parametrize("mode", ["enforcing", "reporting"])
def test_after_an_apply_there_is_nothing_left_to_do(
    mode: str, bench: Any, request: pytest.FixtureRequest
) -> None:
    """Every kind of object is made; a second plan is empty, in both modes."""
    tenant, files = bench(), request.getfixturevalue(mode)
    assert {each.outcome for each in tenant.apply(files)} == {Outcome.DONE}
    again = tenant.plan(files)
    assert {each.action for each in again.changes} == {Action.NO_OP}
    assert {each.kind for each in again.changes} == set(KINDS)


@pytest.fixture(scope="module")
def example() -> Ir:
    """The example policy, resolved."""
    assembled, _, _ = assemble(POLICY.as_posix())
    assert assembled is not None
    ir, _ = resolve(assembled, load_catalogue(), date(2026, 12, 1))
    assert ir is not None
    return ir


@pytest.mark.parametrize("mode", ["enforce", "report-only"])
def test_the_example_reads_back_as_it_was_made(mode: str, bench: Any, example: Ir) -> None:
    """Every object of the example organisation's, in both modes; few requests for a plan of all."""
    settings = {"tenant": TENANT, "mode": mode, "baseline": {"encryption": True}}
    compiled = INTUNE.compile(example, INTUNE.settings.model_validate_json(json.dumps(settings)))
    files = {each.path: each.content for each in compiled.artifacts}
    tenant = bench(organization="example.acme", tenant=Tenant(page_size=100))
    assert {each.outcome for each in tenant.apply(files)} == {Outcome.DONE}
    sent = len(tenant.running.requests)
    plan = tenant.plan(files)
    assert not plan.writes
    batches = 1 + -(-sum(1 + (each.kind == CATALOG) for each in plan.changes) // 20)
    assert len(tenant.running.requests) - sent <= len(KINDS) + batches


def test_reporting_assigns_only_what_does_not_act(bench: Any, reporting: Any) -> None:
    """An object that is for nobody yet is made, and no request to assign it is sent."""
    tenant = bench()
    tenant.apply(reporting)
    for kind in (CATALOG, CUSTOM):
        assert tenant.held(kind)
        assert all(not each["assignments"] for each in tenant.held(kind).values())
    assigning = [each.path for each in tenant.running.writes if each.path.endswith("/assign")]
    assert assigning
    assert all(f"/{COMPLIANCE}/" in path for path in assigning)


def test_going_back_to_reporting_unassigns(applied: Any, enforcing: Any, reporting: Any) -> None:
    """What is to be assigned to nobody any more is so, and is assigned again later."""
    tenant = applied
    for files, given in ((reporting, False), (enforcing, True)):
        assert {each.outcome for each in tenant.apply(files)} == {Outcome.DONE}
        assert not tenant.plan(files).writes
        assert {bool(each["assignments"]) for each in tenant.held(CATALOG).values()} == {given}


def test_a_policy_runs_the_script_that_was_made_for_it(applied: Any) -> None:
    """The id that only the tenant knows is in the policy's body."""
    tenant = applied
    scripts, policies = tenant.held(SCRIPTS), tenant.held(COMPLIANCE)
    assert scripts
    for key, script in scripts.items():
        run = policies[key.removesuffix("/script")]["deviceCompliancePolicyScript"]
        assert run["deviceComplianceScriptId"] == script["id"]


def test_what_is_wanted_no_more_goes_and_nothing_else(applied: Any) -> None:
    """A script goes after the policy that runs it; what is somebody else's stays."""
    tenant = applied
    tenant.standin.seed(CUSTOM, THEIRS)
    assert {each.outcome for each in tenant.apply({})} == {Outcome.DONE}
    assert [name for kind in KINDS for name in tenant.held(kind)] == ["theirs"]


def test_another_organisations_objects_are_not_ours(bench: Any, enforcing: Any) -> None:
    """A mark of another organisation's, even of a similar name, makes an object foreign."""
    tenant = bench()
    mark = Mark("com.acmeville/windows/features-x", "0" * 16)
    tenant.standin.seed(CUSTOM, {**THEIRS, "description": f"x {mark}"})
    made = tenant.plan(enforcing)
    assert [each.name for each in made.foreign] == ["theirs"]
    assert {each.action for each in made.changes} == {Action.CREATE}


def test_every_object_bears_its_mark_and_its_digest(applied: Any) -> None:
    """Of a description people see the sentence, then the mark."""
    tenant = applied
    marks = [mark_in(each["description"]) for kind in KINDS for each in tenant.held(kind).values()]
    assert all(mark and mark.digest for mark in marks)
    assert len({mark.key for mark in marks if mark}) == len(marks)
    (first, *_) = tenant.held(CATALOG).values()
    assert without_mark(first["description"]) == "AI usage policy."


def test_two_artefacts_of_one_policy_have_two_marks(bench: Any, enforcing: Any) -> None:
    """A script and the policy that runs it share a name, and are told apart by their marks."""
    wanted = bench().remote.wanted(enforcing)
    assert len({each.key for each in wanted}) == len(wanted)
    assert any(each.key.endswith("/script") for each in wanted)


def test_every_file_belongs_to_an_object(bench: Any, enforcing: Any) -> None:
    """What a plan says of people goes by the files that an object is made of."""
    wanted = bench().remote.wanted(enforcing)
    named = {path for each in wanted for path in each.artifacts}
    assert named == set(enforcing) - {"bindings.json"}


def test_classes_of_people_share_a_topic(bench: Any, enforcing: Any) -> None:
    """By it a plan knows what replaces the class that is split."""
    topics = {each.topic for each in bench().remote.wanted(enforcing)}
    windows = {f"windows/{name}" for name in ("baseline", "browsers", "features", "programs")}
    assert topics == {*windows, "macos/baseline", "macos/browsers"}


def test_an_object_that_cannot_be_seen_yet_is_not_made_twice(bench: Any, enforcing: Any) -> None:
    """Graph may show a new object only after some reads."""
    tenant = bench(tenant=Tenant(invisible_for=3))
    assert {each.outcome for each in tenant.apply(enforcing)} == {Outcome.DONE}
    sent = [each for each in tenant.running.writes if each.path.endswith(KINDS)]
    assert len(sent) == len(tenant.remote.wanted(enforcing))


def test_somebody_elses_object_can_be_taken_over(bench: Any, enforcing: Any) -> None:
    """An adopted object keeps its id, and what it held that is not wanted goes."""
    tenant = bench()
    (wanted, *_) = (
        each
        for each in tenant.remote.wanted(enforcing)
        if each.kind == CUSTOM and "windows10" in each.artifacts[0]
    )
    setting = {
        "@odata.type": "#microsoft.graph.omaSettingString",
        "displayName": "x",
        "omaUri": "./Device/Vendor/MSFT/Policy/Config/X",
        "value": "y",
    }
    key = tenant.standin.seed(
        CUSTOM, {**THEIRS, "displayName": wanted.name, "omaSettings": [setting]}
    )
    assert [each.key for each in tenant.plan(enforcing).collisions] == [wanted.key]
    assert {each.outcome for each in tenant.apply(enforcing, wanted.key)} == {Outcome.DONE}
    held = tenant.held(CUSTOM)[wanted.key]
    assert held["id"] == key
    assert "MSFT/Policy/Config/X" not in json.dumps(held["omaSettings"])
    tenant.apply(enforcing)
    assert not tenant.plan(enforcing).writes


def test_groups_that_the_tenant_does_not_have_are_told_where_they_can_be_looked_for(
    bench: Any, enforcing: Any
) -> None:
    """With what reads Intune alone nothing is said of them, and a plan is made all the same."""
    every = {
        each["target"]["groupId"] for each in _targets(enforcing) if "groupId" in each["target"]
    }
    some, *rest = sorted(every)
    tenant = bench(tenant=Tenant(groups={some: "Some"}))
    found = tenant.plan(enforcing).absent
    assert [(each.what, each.name) for each in found] == [("group", each) for each in rest] != []
    assert all(each.objects and "`entra` identity" in each.hint for each in found)
    assert bench(tenant=Tenant(groups=dict.fromkeys(every, "x"))).plan(enforcing).absent == ()
    blind = Tenant(groups={}, scopes=READ_ONLY - {READ_GROUPS})
    planned = bench(tenant=blind).plan(enforcing)
    assert planned.absent == ()
    assert planned.writes


def _targets(files: dict[str, bytes]) -> list[Any]:
    documents = (json.loads(each) for path, each in files.items() if path.endswith("~assign.json"))
    return [each for document in documents for each in document["assignments"]]
