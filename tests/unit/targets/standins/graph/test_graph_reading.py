"""How collections behind the stand-in of Graph are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

CUSTOM = "v1.0:deviceConfigurations"


def _all(graph: Any, url: str) -> tuple[list[Any], int]:
    found: list[Any] = []
    pages = 0
    while url:
        status, read = graph("GET", url)
        assert status == 200, read
        found += read["value"]
        url = read.get("@odata.nextLink", "")
        pages += 1
    return found, pages


def _many(graph: Any, make: Any, number: int) -> list[str]:
    names = [f"policy {each}" for each in range(number)]
    return [graph.made(CUSTOM, make.custom(displayName=name)) for name in names]


def test_a_collection_comes_in_pages(asked: Any, make: Any) -> None:
    """Following every next link as it stands gives each object once, in nobody's order."""
    graph = asked(page_size=2)
    keys = _many(graph, make, 5)
    found, pages = _all(graph, CUSTOM)
    assert ([each["id"] for each in found], pages) == (sorted(keys), 3)
    assert sorted(keys) != keys


def test_a_next_link_keeps_what_was_asked(asked: Any, make: Any) -> None:
    """The options go along, those with blanks and quotes too."""
    graph = asked(page_size=2)
    _many(graph, make, 6)
    query = "$select=displayName&$filter=startswith(displayName,'policy%20')&$expand=assignments"
    found, pages = _all(graph, f"{CUSTOM}?{query}")
    assert (len(found), pages) == (6, 3)
    wanted = {"@odata.type", "id", "displayName", "assignments"}
    assert {frozenset(each) for each in found} == {frozenset(wanted)}


def test_top_makes_pages_smaller_and_skip_starts_later(asked: Any, make: Any) -> None:
    """$top never gives more than a page holds, and $skip leaves out the first ones once."""
    graph = asked(page_size=2)
    _many(graph, make, 5)
    assert _all(graph, f"{CUSTOM}?$top=1")[1] == 5
    assert _all(graph, f"{CUSTOM}?$top=999")[1] == 3
    found, pages = _all(graph, f"{CUSTOM}?$skip=1")
    assert (len({each["id"] for each in found}), len(found), pages) == (4, 4, 2)
    assert graph("GET", f"{CUSTOM}?$skip=4&$count=true")[1]["@odata.count"] == 5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("displayName eq 'policy 1'", 1),
        ("displayName eq 'POLICY 1'", 1),
        ("displayName ne 'policy 1'", 2),
        ("displayName eq 'policy 1' or displayName eq 'policy 2'", 2),
        ("displayname eq 'policy 1' and id eq 'x'", 0),
        ("contains(displayName,'icy 2')", 1),
        ("displayName eq 'it''s'", 0),
    ],
)
def test_a_filter_chooses(asked: Any, make: Any, text: str, number: int) -> None:
    """Comparisons, whatever the case of letters, and how they combine."""
    graph = asked()
    _many(graph, make, 3)
    assert len(_all(graph, f"{CUSTOM}?$filter={text.replace(' ', '%20')}")[0]) == number


@pytest.mark.parametrize(
    "query",
    [
        "$filter=displayName",
        "$filter=contains(description,'x')",
        "$orderby=id",
        "$expand=nothing",
        "$top=x",
        "$search=a",
    ],
)
def test_what_is_not_understood_is_refused(asked: Any, make: Any, query: str) -> None:
    """An option that is not served, or not served so, is an error and never ignored."""
    graph = asked()
    _many(graph, make, 1)
    assert graph.refused("GET", f"{CUSTOM}?{query}")


def test_a_new_object_may_be_invisible_for_a_while(asked: Any, make: Any) -> None:
    """So many reads do not see it, alone or in the list; a write finds it at once."""
    graph = asked(invisible_for=3)
    key = graph.made(CUSTOM, make.custom())
    assert graph("GET", CUSTOM)[1]["value"] == []
    assert graph("GET", f"{CUSTOM}/{key}")[0] == 404
    assert graph("POST", f"{CUSTOM}/{key}/assign", {"assignments": []})[0] == 200
    assert graph("GET", CUSTOM)[1]["value"] == []
    assert [each["id"] for each in graph("GET", CUSTOM)[1]["value"]] == [key]
    assert graph("GET", f"{CUSTOM}/{key}")[0] == 200


def test_reads_may_lag_behind_changes(asked: Any, make: Any) -> None:
    """After a change so many reads see what was, whatever changed; the change's answer is new."""
    graph = asked(stale_for=2)
    url = f"{CUSTOM}/{graph.made(CUSTOM, make.custom())}"
    kind = make.custom()["@odata.type"]
    changed = graph("PATCH", url, {"@odata.type": kind, "displayName": "n"})[1]
    seen = [graph("GET", url)[1]["displayName"] for _ in range(3)]
    assert (changed["displayName"], seen) == ("n", ["c", "c", "n"])
    graph("POST", f"{url}/assign", {"assignments": [make.to_group("g")]})
    counts = [len(graph("GET", f"{url}/assignments")[1]["value"]) for _ in range(3)]
    assert counts == [0, 0, 1]
    graph("PATCH", url, {"@odata.type": kind, "displayName": "o"})
    graph("PATCH", url, {"@odata.type": kind, "displayName": "p"})
    assert [graph("GET", url)[1]["displayName"] for _ in range(3)] == ["n", "n", "p"]


def test_what_was_deleted_may_be_seen_for_a_while(asked: Any, make: Any) -> None:
    """So many reads still see it; a write does not, and the end is the end."""
    graph = asked(stale_for=3)
    url = f"{CUSTOM}/{graph.made(CUSTOM, make.custom())}"
    assert graph("DELETE", url)[0] == 204
    assert len(graph("GET", CUSTOM)[1]["value"]) == 1
    assert graph("DELETE", url)[0] == 404
    assert [graph("GET", url)[0] for _ in range(3)] == [200, 200, 404]
    assert graph("GET", CUSTOM)[1]["value"] == []


def test_v1_has_no_collection_that_only_beta_has(asked: Any) -> None:
    """The settings catalog, compliance scripts and settings are unknown segments to v1.0."""
    graph = asked()
    for segment in ("configurationPolicies", "deviceComplianceScripts", "configurationSettings"):
        assert segment in graph.refused("GET", f"v1.0:{segment}")
        assert graph("GET", f"beta:{segment}")[0] == 200


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "v1.0:deviceConfigurations/x", 404),
        ("DELETE", "v1.0:deviceConfigurations/x", 404),
        ("POST", "v1.0:deviceConfigurations/x/assign", 404),
        ("DELETE", "v1.0:deviceConfigurations", 400),
        ("PUT", "v1.0:deviceCompliancePolicies", 400),
        ("GET", "v1.0:managedDevices", 400),
        ("GET", "/v2.0/organization", 400),
        ("GET", "/v1.0/users", 400),
        ("GET", "/v1.0/deviceManagement", 400),
        ("DELETE", "/v1.0/groups/x", 400),
        ("GET", "/v1.0/groups/x", 404),
        ("GET", "beta:configurationSettings/x", 404),
    ],
)
def test_what_is_not_there_is_an_error(asked: Any, method: str, url: str, status: int) -> None:
    """An unknown object, collection, version or route."""
    body: Any = None if method in {"GET", "DELETE"} else {}
    assert asked().refused(method, url, body, status)


def test_an_error_says_what_support_would_ask_for(asked: Any) -> None:
    """A code, a message, the day, and the ids of the request; Intune's message is a document."""
    graph = asked()
    answer = graph.raw("GET", "/beta/deviceManagement/configurationPolicies/x")
    error = json.loads(answer.body)["error"]
    assert error["code"] == "ResourceNotFound"
    inner = error["innerError"]
    assert inner.keys() == {"date", "request-id", "client-request-id"}
    assert '"_version": 3' in error["message"]
    assert inner["request-id"] in error["message"]


def test_the_tenant_its_groups_and_settings_are_read(asked: Any) -> None:
    """GET /organization names the tenant; groups and settings are what it was told."""
    graph = asked(
        id="t", groups={"g1": "Finance", "g2": "Sales"}, definitions={"a": ("a_0", "a_1"), "b": ()}
    )
    (organization,) = graph("GET", "/v1.0/organization")[1]["value"]
    assert organization["id"] == "t"
    url = "/v1.0/groups?$filter=displayName%20eq%20'Finance'"
    assert [each["id"] for each in graph("GET", url)[1]["value"]] == ["g1"]
    assert graph("GET", "/v1.0/groups/g2")[1]["displayName"] == "Sales"
    (setting,) = graph("GET", "beta:configurationSettings?$filter=id%20eq%20'a'")[1]["value"]
    assert [each["itemId"] for each in setting["options"]] == ["a_0", "a_1"]
    assert "options" not in graph("GET", "beta:configurationSettings/b")[1]


def test_the_same_requests_give_the_same_answers(asked: Any, make: Any) -> None:
    """Ids and times depend on what was asked before and on nothing else."""
    first, second, other = asked(), asked(), asked(seed="other")
    answers = [each("POST", CUSTOM, make.custom()) for each in (first, second, other)]
    assert answers[0] == answers[1]
    assert answers[0][1]["id"] != answers[2][1]["id"]


def test_objects_of_others_are_put_edited_and_removed(asked: Any) -> None:
    """What somebody else made is read like anything, even of a type that is not served."""
    graph = asked(invisible_for=5)
    kind = "#microsoft.graph.windows10GeneralConfiguration"
    body = {"@odata.type": kind, "displayName": "theirs", "bluetoothBlocked": True}
    key = graph.standin.seed("deviceConfigurations", body, ({"target": {"@odata.type": "x"}},))
    read = graph("GET", f"{CUSTOM}/{key}")[1]
    assert (read["@odata.type"], read["bluetoothBlocked"]) == (kind, True)
    assert (read["id"], read["version"]) == (key, 1)
    graph.standin.edit("deviceConfigurations", key, {"displayName": "edited", "assignments": []})
    read = graph("GET", f"{CUSTOM}/{key}")[1]
    assert (read["displayName"], read["version"]) == ("edited", 2)
    assert graph("GET", f"{CUSTOM}/{key}/assignments")[1]["value"] == []
    graph.standin.remove("deviceConfigurations", key)
    assert graph.standin.state() == {}


def test_policies_of_others_have_settings_and_actions(asked: Any, make: Any) -> None:
    """A policy that is put there as a whole reads back as one that was made."""
    graph = asked()
    policy = graph.standin.seed("configurationPolicies", make.catalog("a"))
    assert graph("GET", f"beta:configurationPolicies/{policy}")[1]["settingCount"] == 1
    key = graph.standin.seed("deviceCompliancePolicies", make.windows())
    inner = "$expand=scheduledActionsForRule($expand=scheduledActionConfigurations)"
    (rule,) = graph("GET", f"v1.0:deviceCompliancePolicies/{key}?{inner}")[1][
        "scheduledActionsForRule"
    ]
    assert len(rule["scheduledActionConfigurations"]) == 1
