"""Bodies that mean the same are the same, whatever the service made of them; others are not."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.remote import Mark, Unusable, mark_in
from aipol_targets.purview.remote_canonical import canonical
from aipol_targets.purview.remote_form import policy_body, rule_body
from aipol_targets.purview.remote_kinds import PACKAGE, POLICY, RULE
from aipol_targets.purview.remote_state import tenant_of
from aipol_targets.purview.remote_xml import package_bytes, package_mark, package_root
from tests.unit.targets.purview.remote.played import COPILOT, TENANT

GROUP = "3F0C9A52-7d1e-4b86-a2f4-5c1e8a20e7f1"
LABEL = "8a20c1d4-0b7e-4f6a-9d35-1c2b3a4f5e6d"
TYPE = "50842eb7-edc8-4019-85dd-5a5c1f2bb085"


def _policy(locations: Any, planes: Any = ("CopilotExperiences",)) -> Any:
    row = {"Name": "p", "Mode": "Enable", "EnforcementPlanes": list(planes), "Locations": locations}
    return canonical(POLICY, policy_body(row))


def _rule(condition: Any, outcome: Any = '[{"setting":"UploadText","value":"Block"}]') -> Any:
    row = {"Name": "r", "AdvancedRule": condition, "RestrictAccess": outcome}
    return canonical(RULE, rule_body(row, "p", ()))


def _condition(groups: Any) -> str:
    value = {"ConditionName": "ContentContainsSensitiveInformation", "Value": {"groups": groups}}
    return json.dumps({"Version": "1.0", "Condition": {"Operator": "And", "SubConditions": value}})


def test_locations_are_compared_by_what_they_mean() -> None:
    """Text or entries, in any case and order, with whatever else is told of people."""
    people = [{"Type": "Group", "Identity": GROUP}, {"Type": "Tenant", "Identity": "All"}]
    entry = {"Workload": "Applications", "Location": COPILOT, "Inclusions": people}
    told = {
        "workload": "applications",
        "Location": "Copilot.M365",
        "LocationDisplayName": "x",
        "inclusions": [{**each, "Name": "y"} for each in reversed(people)],
        "Exclusions": None,
    }
    wanted = _policy(json.dumps([entry]))
    assert _policy([json.dumps(told)]) == _policy(told) == wanted
    assert _policy(json.dumps([entry]), ("Application",)) == _policy([entry], ("Entra",))
    for change in ({"Inclusions": people[:1]}, {"Exclusions": people[:1]}, {"Location": TYPE}):
        assert _policy([{**entry, **change}]) != wanted
    assert _policy(["no JSON"]) != wanted


def test_conditions_are_compared_by_what_they_mean() -> None:
    """By ids, with lists of one as their item, and without what a level implies."""
    ours = {"Operator": "Or", "name": "Default"}
    kind = {"name": "Credit Card Number", "id": TYPE, "mincount": 1, "confidencelevel": "Medium"}
    told = {**kind, "name": "another language", "mincount": "1", "minconfidence": "75"}
    wanted = _rule(_condition([{**ours, "sensitivetypes": [kind]}]))
    same = {**ours, "sensitivetypes": {**told, "classifiertype": "Content"}}
    assert _rule(_condition(same)) == wanted
    for change in ({"mincount": 2}, {"confidencelevel": "High"}, {"id": LABEL}):
        assert _rule(_condition([{**ours, "sensitivetypes": [{**kind, **change}]}])) != wanted
    labels = [{"name": LABEL, "type": "Sensitivity"}]
    marked = {"name": "Confidential", "id": LABEL.upper(), "type": "Sensitivity"}
    assert _rule(_condition([{**ours, "labels": labels}])) == _rule(
        _condition([{**ours, "labels": marked}])
    )


@pytest.mark.parametrize("outcome", [[], None, '{"setting":"UploadText","value":"Audit"}'])
def test_another_outcome_is_another_rule(outcome: Any) -> None:
    """Block is written in whatever way; nothing, and Audit, are something else."""
    wanted = _rule("{}")
    assert _rule("{}", ['{"Setting":"UploadText","Value":"Block"}']) == wanted
    assert _rule("{}", outcome) != wanted


def test_a_package_is_what_it_finds(files: dict[str, bytes]) -> None:
    """Neither its version, its mark nor its encoding; a pattern that differs is."""
    text = files["sit-package.xml"].decode()
    uploaded = package_bytes(text, Mark("com.acme/other", "0" * 16), 7).decode("utf-16")
    root = package_root(uploaded)
    assert root is not None
    assert package_mark(root) == mark_in("aipol:com.acme/other sha256:0000000000000000")
    wanted = canonical(PACKAGE, {"Package": text})
    assert canonical(PACKAGE, {"Package": uploaded}) == wanted
    assert canonical(PACKAGE, {"Package": text.replace("PR-", "PX-")}) != wanted
    assert package_root(f"<!DOCTYPE x []>{text}") is None
    with pytest.raises(ValueError, match="no XML"):
        package_bytes("x", None, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
TEXTS = JSON | JSON.map(json.dumps)


@given(locations=TEXTS, condition=TEXTS, outcome=TEXTS, data=st.binary().map(b64encode))
def test_whatever_a_tenant_holds_can_be_compared(
    locations: Any, condition: Any, outcome: Any, data: bytes
) -> None:
    """Nothing that somebody else wrote there stops a plan; what is no state says so."""
    row = {"Guid": "1", "Name": "n", "Comment": "", "Mode": "Enable", "Policy": "x"}
    policy = {**row, "EnforcementPlanes": [], "Locations": locations}
    rule = {**row, "ParentPolicyName": "n", "AdvancedRule": condition, "RestrictAccess": outcome}
    document = {
        "schema": "aipol.purview-state/1",
        "tenant": TENANT,
        "taken": "",
        "policies": [policy],
        "rules": [rule],
        "packages": [{"Identity": "x", "Data": data.decode()}],
        "labels": [],
        "types": {},
    }
    for live in tenant_of(document).objects:
        canonical(live.kind, live.body)


@given(document=JSON)
def test_what_is_no_state_is_no_empty_tenant(document: Any) -> None:
    """An error, and no other kind of it."""
    with pytest.raises(Unusable):
        tenant_of(document)


def test_what_is_nested_without_end_is_text() -> None:
    """It is compared as it stands."""
    deep = "[" * 3_000 + "]" * 3_000
    deepish = "[" * 90 + "]" * 90
    for text in (deep, deepish):
        assert _rule(text)["AdvancedRule"] == text
