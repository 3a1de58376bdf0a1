"""Whatever is asked of the stand-in of Graph, it answers; what it refuses, it does not do."""

from __future__ import annotations

import copy
import json
import threading
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipol_targets.standins.server import serving

INTUNE = Path(__file__).parents[5] / "generated" / "intune"
COLLECTIONS = {
    "deviceComplianceScript": "deviceComplianceScripts",
    "windows10CompliancePolicy": "deviceCompliancePolicies",
    "macOSCompliancePolicy": "deviceCompliancePolicies",
    "deviceManagementConfigurationPolicy": "configurationPolicies",
    "windows10CustomConfiguration": "deviceConfigurations",
    "macOSCustomConfiguration": "deviceConfigurations",
}
_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3)
_KEYS = st.sampled_from(
    ["@odata.type", "id", "target", "settings", "settingInstance", "requests", "url", "x"]
)
_JSON = st.recursive(
    _SCALARS, lambda each: st.lists(each, max_size=2) | st.dictionaries(_KEYS, each, max_size=3)
)
_WRITES = st.sampled_from(["POST", "PATCH", "PUT"])


@given(data=st.data(), method=_WRITES, beta=st.booleans(), value=_JSON)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered(
    asked: Any, make: Any, data: st.DataObject, method: str, beta: bool, value: Any
) -> None:
    """Bodies with anything in any place give an answer, and a refusal leaves all as it was."""
    graph = asked()
    bodies = {
        "deviceCompliancePolicies": make.windows(),
        "deviceComplianceScripts": make.script(),
        "configurationPolicies": make.catalog("a"),
        "deviceConfigurations": make.custom(),
    }
    collection = data.draw(st.sampled_from(sorted(bodies)))
    key = graph.made(f"beta:{collection}", bodies[collection])
    body = _damaged(data, copy.deepcopy(bodies[collection]), value)
    below = ["", f"/{key}", f"/{key}/assign", f"/{key}/scheduleActionsForRules"]
    rest = data.draw(st.sampled_from(below))
    if rest.endswith("s"):
        body = {"deviceComplianceScheduledActionForRules": body}
    if rest.endswith("assign"):
        body = {"assignments": [body, value], "deviceHealthScriptAssignments": [value]}
        del body[data.draw(st.sampled_from(sorted(body)))]
    before = graph.standin.state()
    version = "beta" if beta else "v1.0"
    status, _ = graph(method, f"{version}:{collection}{rest}", body)
    assert status in {200, 201, 204, 400, 404}
    assert status < 300 or graph.standin.state() == before
    assert graph("GET", f"beta:{collection}?$expand=assignments")[0] == 200
    assert graph("POST", f"/{version}/$batch", body if isinstance(body, dict) else value)[0] == 400


@given(data=st.data(), value=_JSON)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_batch_is_answered(
    asked: Any, make: Any, data: st.DataObject, value: Any
) -> None:
    """Anything in any place of a batch is an answer of the batch or of an item."""
    items = [
        {
            "id": str(number),
            "method": "POST",
            "url": "/deviceManagement/deviceConfigurations",
            "headers": {"Content-Type": "application/json"},
            "body": make.custom(),
            "dependsOn": ["0"] if number else [],
        }
        for number in range(2)
    ]
    body = _damaged(data, {"requests": items}, value)
    status, answer = asked()("POST", "/v1.0/$batch", {} if body is None else body)
    assert status in {200, 400}
    assert "responses" in answer or "error" in answer


def _damaged(data: st.DataObject, body: Any, value: Any) -> Any:
    """Put a value into some place of a body."""
    if not body or not isinstance(body, dict | list) or data.draw(st.booleans()):
        return value
    keys = sorted(body) if isinstance(body, dict) else list(range(len(body)))
    key = data.draw(st.sampled_from(keys))
    body[key] = _damaged(data, body[key], value)
    return body


def test_the_examples_bodies_are_taken(asked: Any) -> None:
    """What aipol makes of the example policy is made and assigned, references first."""
    graph = asked()
    bindings = json.loads((INTUNE / "bindings.json").read_text(encoding="utf-8"))["bindings"]
    scripts = {each["object"]: each["idOf"] for each in bindings}
    ids: dict[str, str] = {}
    files = sorted(INTUNE.rglob("*.*.json"), key=lambda each: ("Script" not in each.name, each))
    for path in (each for each in files if "~" not in each.name):
        name = path.relative_to(INTUNE).as_posix()
        *_, version, kind, _ = ["v1.0", *path.name.replace(".beta.", ".\0.").split(".")]
        version = "beta" if version == "\0" else "v1.0"
        body = json.loads(path.read_text(encoding="utf-8"))
        if name in scripts:
            body["deviceCompliancePolicyScript"]["deviceComplianceScriptId"] = ids[scripts[name]]
        url = f"{version}:{COLLECTIONS[kind]}"
        ids[name] = graph.made(url, body)
        assignments = path.with_name(path.name.replace(".json", "~assign.json"))
        if assignments.is_file():
            sent = json.loads(assignments.read_text(encoding="utf-8"))
            assert graph("POST", f"{url}/{ids[name]}/assign", sent)[0] == 200
    assert len(ids) > 10


def test_many_may_ask_at_once(asked: Any, make: Any) -> None:
    """Requests of several clients are done one at a time: no object is lost or made twice."""
    graph = asked()
    sent = json.dumps(make.custom()).encode()
    with serving(graph.standin) as running:

        def ask() -> None:
            import http.client
            from urllib.parse import urlsplit

            connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=10)
            headers = {"Authorization": "Bearer t", "Content-Type": "application/json"}
            for _ in range(10):
                path = "/v1.0/deviceManagement/deviceConfigurations"
                connection.request("POST", path, sent, headers)
                assert connection.getresponse().read()
            connection.close()

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert {each.status for each in running.requests} == {201}
    assert len(graph.standin.state()["deviceConfigurations"]) == 80
