"""Batches, tokens and faults at the stand-in of Graph."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from aipol_targets.standins import faults
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import READ_CONFIGURATION, READ_ONLY
from aipol_targets.standins.server import Running, serving

CUSTOM = "/deviceManagement/deviceConfigurations"
JSON = {"Content-Type": "application/json"}


def _item(number: int, method: str = "GET", url: str = CUSTOM, **more: Any) -> dict[str, Any]:
    headers = {"headers": JSON} if "body" in more else {}
    return {"id": str(number), "method": method, "url": url, **headers, **more}


def _batch(graph: Any, *items: Any, version: str = "v1.0", **more: Any) -> dict[str, Any]:
    status, answer = graph("POST", f"/{version}/$batch", {"requests": list(items)}, **more)
    assert status == 200, answer
    return {each["id"]: each for each in answer["responses"]}


def test_each_request_of_a_batch_has_its_own_answer(asked: Any, make: Any) -> None:
    """One is made, one is refused, one is read; the answers come last first."""
    graph = asked()
    items = [
        _item(1, "POST", body=make.custom()),
        _item(2, "POST", body=make.custom(displayname="x")),
        _item(3, url=f"{CUSTOM}?$select=displayName"),
    ]
    answers = _batch(graph, *items)
    assert [answers[key]["status"] for key in "123"] == [201, 400, 200]
    assert list(answers) == ["3", "2", "1"]
    assert answers["2"]["body"]["error"]["message"].startswith("The property 'displayname'")
    assert [set(each) for each in answers["3"]["body"]["value"]] == [
        {"id", "@odata.type", "displayName"}
    ]
    deleted = _batch(graph, _item(1, "DELETE", f"{CUSTOM}/{answers['1']['body']['id']}"))
    assert (deleted["1"]["status"], "body" in deleted["1"]) == (204, False)


def test_what_depends_on_a_failure_is_not_done(asked: Any, make: Any) -> None:
    """424 for the second, and for the third that depends on the second."""
    graph = asked()
    answers = _batch(
        graph,
        _item(1, "DELETE", f"{CUSTOM}/x"),
        _item(2, "POST", body=make.custom(), dependsOn=["1"]),
        _item(3, dependsOn=["2"]),
        _item(4, "POST", body=make.custom()),
        _item(5, dependsOn=["4"]),
    )
    assert [answers[key]["status"] for key in "12345"] == [404, 424, 424, 201, 200]
    assert len(graph.standin.state()["deviceConfigurations"]) == 1


@pytest.mark.parametrize(
    "items",
    [
        [],
        [_item(number) for number in range(21)],
        [_item(1), _item(1)],
        [{**_item(1), "id": "a"}, {**_item(2), "id": "A"}],
        [{"id": "1", "method": "GET"}],
        [{"id": 1, "method": "GET", "url": CUSTOM}],
        [{"id": "1", "method": "POST", "url": CUSTOM, "body": {}}],
        ["x"],
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(asked: Any, items: Any) -> None:
    """None or more than twenty, ids that are equal, parts missing, a body without its type."""
    assert asked().refused("POST", "/v1.0/$batch", {"requests": items})


def test_twenty_requests_are_a_batch(asked: Any) -> None:
    """The limit itself is allowed."""
    assert len(_batch(asked(), *[_item(number) for number in range(20)])) == 20


def test_versions_are_not_mixed_in_a_batch(asked: Any) -> None:
    """A request is of its batch's version: v1.0's has no settings catalog, and none names one."""
    catalog = "/deviceManagement/configurationPolicies"
    graph = asked()
    assert _batch(graph, _item(1, url=catalog))["1"]["status"] == 400
    assert _batch(graph, _item(1, url=catalog), version="beta")["1"]["status"] == 200
    assert _batch(graph, _item(1, url=f"/beta{catalog}"))["1"]["status"] == 405


def test_a_token_that_may_only_read_cannot_write(asked: Any, make: Any) -> None:
    """403 to every write, in a batch too, and no change; reads are answered."""
    graph = asked(tokens={"r": READ_ONLY}, groups={})
    key = graph.made("v1.0:deviceConfigurations", make.custom())
    before = graph.standin.state()
    for method, url, body in (
        ("POST", CUSTOM, make.custom()),
        ("PATCH", f"{CUSTOM}/{key}", make.custom()),
        ("POST", f"{CUSTOM}/{key}/assign", {"assignments": []}),
        ("DELETE", f"{CUSTOM}/{key}", None),
    ):
        status, answer = graph(method, f"/v1.0{url}", body, bearer="r")
        assert (status, answer["error"]["code"]) == (403, "Forbidden")
    batch = _batch(graph, _item(1, "DELETE", f"{CUSTOM}/{key}"), _item(2), bearer="r")
    assert [batch[each]["status"] for each in "12"] == [403, 200]
    assert graph.standin.state() == before
    for url in (
        "/v1.0/organization",
        "/v1.0/groups",
        "/beta/deviceManagement/configurationSettings",
    ):
        assert graph("GET", url, bearer="r")[0] == 200


def test_the_text_of_a_secret_needs_more_than_reading(asked: Any, make: Any) -> None:
    """Who may only read sees asterisks and gets no plain text."""
    graph = asked(tokens={"r": READ_ONLY})
    key = graph.made("v1.0:deviceConfigurations", make.custom())
    url = f"/beta{CUSTOM}/{key}"
    text = graph("GET", url, bearer="r")[1]["omaSettings"][1]["secretReferenceValueId"]
    ask = f"{url}/getOmaSettingPlainTextValue(secretReferenceValueId='{text}')"
    assert graph("GET", ask, bearer="r")[0] == 403


def test_groups_need_a_scope_of_their_own(asked: Any) -> None:
    """Whoever reads configurations does not read the directory, but knows the tenant."""
    graph = asked(scopes=frozenset({READ_CONFIGURATION}))
    assert graph("GET", "/v1.0/groups")[1]["error"]["code"] == "Authorization_RequestDenied"
    assert graph("GET", "/v1.0/organization")[0] == 200


# --- over HTTP ------------------------------------------------------------------------------------


def _send(running: Running, method: str, path: str, body: Any = None, bearer: str = "t") -> Any:
    request = urllib.request.Request(  # noqa: S310 - loopback
        running.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
            content = answer.read()
            return answer.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_a_batch_of_reads_writes_nothing(make: Any) -> None:
    """The record has what is inside a batch, and only what asks for a change is a write."""
    with serving(GraphStandin()) as running:
        _send(running, "POST", "/v1.0/$batch", {"requests": [_item(1), _item(2)]})
        assert running.writes == []
        body = {"requests": [_item(1), _item(2, "POST", body=make.custom())]}
        _send(running, "POST", "/v1.0/$batch", body)
    (write,) = running.writes
    assert (write.method, write.path, write.status) == ("POST", f"/v1.0{CUSTOM}", 201)


def test_next_links_lead_back_to_the_server(make: Any) -> None:
    """A link of a server on loopback is one that a client can follow."""
    graph = GraphStandin()
    for number in range(6):
        graph.seed("deviceConfigurations", make.custom(displayName=str(number)))
    with serving(graph) as running:
        link = _send(running, "GET", f"/v1.0{CUSTOM}")[1]["@odata.nextLink"]
        assert link.startswith(f"{running.url}/v1.0{CUSTOM}?")
        assert len(_send(running, "GET", link.removeprefix(running.url))[1]["value"]) == 1


def test_one_item_of_a_batch_may_fail(make: Any) -> None:
    """The batch answers 200, the item its own status and how long to wait, and was not done."""
    graph = GraphStandin()
    body = {"requests": [_item(n, "POST", body=make.custom()) for n in (1, 2)]}
    schedule = Faults(at_write={1: faults.failed_item(1, 429, 7)})
    with serving(graph, schedule) as running:
        _send(running, "POST", "/v1.0/$batch", {"requests": [_item(1)]})
        status, answer = _send(running, "POST", "/v1.0/$batch", body)
    by_id = {each["id"]: each for each in answer["responses"]}
    assert (status, by_id["1"]["status"], by_id["2"]["status"]) == (200, 201, 429)
    assert by_id["2"]["headers"]["Retry-After"] == "7"
    assert len(graph.state()["deviceConfigurations"]) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.throttled(), "TooManyRequests"),
        (faults.unavailable(), "ServiceUnavailable"),
        (faults.expired(), "InvalidAuthenticationToken"),
        (faults.broken(), "InternalServerError"),
    ],
)
def test_faults_have_the_form_of_the_vendor(fault: faults.Fault, code: str) -> None:
    """An error that the server makes is a document as any other."""
    with serving(GraphStandin(), Faults(at_request={1: fault})) as running:
        status, answer = _send(running, "GET", "/v1.0/organization")
        assert _send(running, "GET", "/v1.0/organization", bearer="")[0] == 401
    assert (status, answer["error"]["code"]) == (fault.status, code)
