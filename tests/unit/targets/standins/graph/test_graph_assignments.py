"""Assignments behind the stand-in of Graph."""

from __future__ import annotations

from typing import Any

import pytest

COMPLIANCE = "v1.0:deviceCompliancePolicies"
GROUP, OTHER = "3f0c0000-0000-4000-8000-000000000001", "3f0c0000-0000-4000-8000-000000000002"
ALL = {"target": {"@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget"}}


def test_assign_replaces_all_and_gives_ids(asked: Any, make: Any) -> None:
    """The second list is the whole list; a group's assignment is named after both."""
    graph = asked()
    key = graph.made(COMPLIANCE, make.windows())
    url = f"{COMPLIANCE}/{key}"
    both = [make.to_group(GROUP), make.to_group(OTHER, excluded=True)]
    status, answer = graph("POST", f"{url}/assign", {"assignments": both})
    assert (status, len(answer["value"])) == (200, 2)
    graph("POST", f"{url}/assign", {"assignments": [make.to_group(OTHER)]})
    _, read = graph("GET", f"{url}/assignments")
    (one,) = read["value"]
    assert one["id"] == f"{key}_{OTHER}"
    assert one["target"]["@odata.type"] == "#microsoft.graph.groupAssignmentTarget"
    assert one.keys() == {"id", "target"}
    assert graph("GET", f"{url}?$expand=assignments")[1]["assignments"] == read["value"]
    assert graph("POST", f"{url}/assign", {"assignments": []})[1]["value"] == []


def test_beta_says_more_of_an_assignment(asked: Any, make: Any) -> None:
    """Where it comes from and the filter are filled in."""
    graph = asked()
    key = graph.made(COMPLIANCE, make.windows())
    graph("POST", f"{COMPLIANCE}/{key}/assign", {"assignments": [ALL]})
    (one,) = graph("GET", f"beta:deviceCompliancePolicies/{key}/assignments")[1]["value"]
    assert (one["source"], one["sourceId"]) == ("direct", key)
    assert one["target"]["deviceAndAppManagementAssignmentFilterType"] == "none"


def test_assignments_come_back_in_another_order(asked: Any, make: Any) -> None:
    """However they are sent, the order is the service's."""
    graph = asked()
    url = f"{COMPLIANCE}/{graph.made(COMPLIANCE, make.windows())}/assign"
    sent = [ALL, make.to_group(OTHER), make.to_group(GROUP)]
    orders = [graph("POST", url, {"assignments": each})[1] for each in (sent, sent[::-1])]
    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "'assignments'"),
        ({"deviceHealthScriptAssignments": []}, "'assignments'"),
        ({"assignments": [], "x": 1}, "'x'"),
        ({"assignments": [{"target": {"groupId": GROUP}}]}, "abstract"),
        ({"assignments": [{"target": None}]}, "target is required"),
        ({"assignments": [{"target": {"@odata.type": "#microsoft.graph.entity"}}]}, "is no"),
        ({"assignments": [ALL, ALL]}, "twice"),
    ],
)
def test_a_wrong_list_is_refused_and_changes_nothing(
    asked: Any, make: Any, body: dict[str, Any], message: str
) -> None:
    """The key, the type of the target and what it needs are checked."""
    graph = asked()
    url = f"{COMPLIANCE}/{graph.made(COMPLIANCE, make.windows())}"
    graph("POST", f"{url}/assign", {"assignments": [make.to_group(GROUP)]})
    assert message in graph.refused("POST", f"{url}/assign", body)
    assert len(graph("GET", f"{url}/assignments")[1]["value"]) == 1


def test_a_filter_is_for_beta_alone(asked: Any, make: Any) -> None:
    """v1.0's targets have no filter."""
    sent = make.to_group(GROUP)
    sent["target"] |= {
        "deviceAndAppManagementAssignmentFilterId": OTHER,
        "deviceAndAppManagementAssignmentFilterType": "include",
    }
    graph = asked()
    key = graph.made(COMPLIANCE, make.windows())
    assert "Filter" in graph.refused("POST", f"{COMPLIANCE}/{key}/assign", {"assignments": [sent]})
    beta = f"beta:deviceCompliancePolicies/{key}/assign"
    assert graph("POST", beta, {"assignments": [sent]})[0] == 200


def test_a_script_is_assigned_under_another_key(asked: Any, make: Any) -> None:
    """`assign` of a compliance script has its own parameter and answers nothing."""
    graph = asked()
    url = (
        f"beta:deviceComplianceScripts/{graph.made('beta:deviceComplianceScripts', make.script())}"
    )
    assert graph.refused("POST", f"{url}/assign", {"assignments": [ALL]})
    key = "deviceHealthScriptAssignments"
    assert graph("POST", f"{url}/assign", {key: [ALL]}) == (204, None)
    assert len(graph("GET", f"{url}/assignments")[1]["value"]) == 1


def test_a_tenant_may_know_its_groups(asked: Any, make: Any) -> None:
    """A group that does not exist is refused where the tenant was told its groups."""
    graph = asked(groups={GROUP: "Finance"})
    url = f"{COMPLIANCE}/{graph.made(COMPLIANCE, make.windows())}/assign"
    assert graph("POST", url, {"assignments": [make.to_group(GROUP)]})[0] == 200
    assert OTHER in graph.refused("POST", url, {"assignments": [make.to_group(OTHER)]})


def test_assignments_are_not_sent_with_a_policy(asked: Any, make: Any) -> None:
    """Neither creation nor PATCH nor PUT assigns, and one assignment cannot be deleted."""
    graph = asked()
    body = make.catalog(assignments=[make.to_group(GROUP)])
    assert graph.refused("POST", "beta:configurationPolicies", body)
    url = f"beta:configurationPolicies/{graph.made('beta:configurationPolicies', make.catalog())}"
    assert graph.refused("PATCH", url, {"assignments": []})
    assert graph.refused("PUT", url, body)
    assert graph.refused("DELETE", f"{url}/assignments/x")
    graph("POST", f"{url}/assign", {"assignments": [ALL]})
    assert graph("GET", url)[1]["isAssigned"] is True
