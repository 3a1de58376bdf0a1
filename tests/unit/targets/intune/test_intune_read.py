"""What the reader refuses, and what changes when an artefact does."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from importlib.resources import files as package_files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipol.target import Kind, UnreadableArtifact
from aipol.vocabulary import Surface
from aipol_targets.intune.read import read
from aipol_targets.intune.read_compliance import SCRIPT_DIGEST

LISTS = "beta.deviceManagementConfigurationPolicy.json"
CUSTOM = "beta.windows10CompliancePolicy.json"
SCRIPT = "beta.deviceComplianceScript.json"
NODES = "windows10CustomConfiguration.json"


@pytest.fixture
def small(policy: Any, compiled: Any) -> Any:
    """A policy with one object of each kind on Windows."""
    made = policy()
    for surface in (Surface.WEB, Surface.EXTENSION, Surface.DESKTOP):
        made.split("chatgpt", surface, made.of("finance"))
    made.split("click", Surface.BUILTIN, made.of("finance"))
    result = compiled(made)
    assert result.verified() == ()
    return result


def changed(result: Any, ending: str, change: Callable[[Any], None]) -> dict[str, bytes]:
    """The artefacts with the one file of an ending changed."""
    (path,) = (each for each in result.files if each.endswith(ending))
    body = result.json(path)
    change(body)
    return {**result.files, path: json.dumps(body).encode()}


def values_of(body: Any, position: int = 0) -> list[Any]:
    """The strings of one list of a settings catalog policy."""
    choice = body["settings"][position]["settingInstance"]["choiceSettingValue"]
    found: list[Any] = choice["children"][0]["simpleSettingCollectionValue"]
    return found


def test_the_known_script_is_the_one_that_is_emitted() -> None:
    """The reader's digest is that of the shipped script with an empty literal."""
    text = package_files("aipol_targets.intune").joinpath("detection.ps1").read_bytes()
    bare = text.replace(b"@DATA@", b"")
    assert hashlib.sha256(bare).hexdigest() == SCRIPT_DIGEST
    assert b"\r" not in text


@pytest.mark.parametrize("position", range(4))
def test_a_dropped_or_widened_entry_is_found(small: Any, position: int) -> None:
    """Each entry of each list matters, and so does each stranger among them."""
    (path,) = (each for each in small.files if each.endswith(LISTS))
    count = len(values_of(small.json(path), position))
    for entry in range(count if count > 1 else 0):

        def drop(body: Any, entry: int = entry) -> None:
            values_of(body, position).pop(entry)

        assert small.verified(changed(small, LISTS, drop))
    stranger = (
        "a" * 32 if "extension" in json.dumps(small.json(path)["settings"][position]) else "com"
    )

    def widen(body: Any) -> None:
        values_of(body, position)[0]["value"] = stranger

    assert small.verified(changed(small, LISTS, widen))


@pytest.mark.parametrize("ending", [LISTS, CUSTOM, NODES])
def test_a_wrong_audience_is_found(small: Any, ending: str) -> None:
    """A dropped exclusion, a swapped group and a lost assignment each change an answer."""
    assign = ending.replace(".json", "~assign.json")

    def swap(body: Any) -> None:
        for each in body["assignments"]:
            if "groupId" in each["target"]:
                each["target"]["groupId"] = small.id_of("legal")

    def drop(body: Any) -> None:
        body["assignments"] = [
            each for each in body["assignments"] if "exclusion" not in each["target"]["@odata.type"]
        ]

    for change in (swap, drop, lambda body: body["assignments"].clear()):
        assert small.verified(changed(small, assign, change)), change


def test_a_dropped_program_is_found(small: Any) -> None:
    """A program that the script no longer looks for is not the one that the record admits."""
    (path,) = (each for each in small.files if each.endswith(SCRIPT))

    def drop(body: Any) -> None:
        script = base64.b64decode(body["detectionScriptContent"]).decode()
        data = small.looked_for(path)
        data["settings"][0]["apps"][0]["exe"] = []
        literal = script.partition("$encoded = '")[2].partition("'")[0]
        fresh = base64.b64encode(json.dumps(data).encode()).decode()
        body["detectionScriptContent"] = base64.b64encode(
            script.replace(literal, fresh).encode()
        ).decode()

    assert small.verified(changed(small, SCRIPT, drop))


def test_a_flipped_switch_is_found(small: Any) -> None:
    """A node with the other value leaves the feature on."""

    def flip(body: Any) -> None:
        body["omaSettings"][0]["value"] = 0

    assert small.verified(changed(small, NODES, flip))


def test_two_lists_on_one_device_apply_neither(small: Any) -> None:
    """Lists do not merge: with a second policy that sets them, nothing is blocked."""
    files = dict(small.files)
    for path in small.files:
        if "deviceManagementConfigurationPolicy" in path:
            body = small.json(path)
            if "name" in body:
                body["name"] = "another"
            files[path.replace("browsers-", "second-")] = json.dumps(body).encode()
    decider = read(files)
    assert small.ask(Kind.HOST, "chatgpt.com", "legal").effect is not None
    assert small.verified(files)
    assert {kind for kind, _ in decider.mentions()} >= {Kind.HOST, Kind.PROGRAM}


def _set(*keys: Any, to: Any) -> Callable[[Any], None]:
    def change(body: Any) -> None:
        for key in keys[:-1]:
            body = body[key]
        body[keys[-1]] = to

    return change


ACTION = ("scheduledActionsForRule", 0, "scheduledActionConfigurations", 0)


@pytest.mark.parametrize(
    ("ending", "change"),
    [
        (LISTS, _set("unknown", to=1)),
        (LISTS, _set("platforms", to="macOS")),
        (LISTS, _set("settings", 0, "settingInstance", "settingDefinitionId", to="x")),
        (LISTS, _set("settings", to=[])),
        (CUSTOM, _set("deviceCompliancePolicyScript", "rulesContent", to="e30=")),
        (CUSTOM, _set("deviceCompliancePolicyScript", "rulesContent", to="?")),
        (CUSTOM, _set("scheduledActionsForRule", to=[])),
        (CUSTOM, _set(*ACTION, "actionType", to="noAction")),
        (CUSTOM, _set(*ACTION, "gracePeriodHours", to=9000)),
        (CUSTOM, _set(*ACTION, "gracePeriodHours", to=True)),
        (SCRIPT, _set("detectionScriptContent", to="JGVuY29kZWQgPSAnJwo=")),
        (SCRIPT, _set("runAsAccount", to="user")),
        (NODES, _set("omaSettings", 0, "omaUri", to="./Device/Other")),
        (NODES, _set("omaSettings", 0, "value", to=2)),
        (LISTS.replace(".json", "~assign.json"), _set("assignments", 0, "target", to={})),
        (LISTS.replace(".json", "~assign.json"), _set("assignments", to=None)),
        ("bindings.json", _set("bindings", 0, "idOf", to="windows/other.json")),
        ("bindings.json", _set("bindings", 0, "object", to="windows/other.json")),
    ],
)
def test_what_is_not_accounted_for_is_refused(
    small: Any, ending: str, change: Callable[[Any], None]
) -> None:
    """An unknown key, value, setting, script or binding is no artefact of ours."""
    with pytest.raises(UnreadableArtifact):
        read(changed(small, ending, change))


def test_each_missing_or_extra_file_is_refused(small: Any) -> None:
    """An object without its assignment or script, and a file that is none, are refused."""
    for path in small.files:
        with pytest.raises(UnreadableArtifact):
            read({other: content for other, content in small.files.items() if other != path} or {})
    with pytest.raises(UnreadableArtifact):
        read({**small.files, "windows/x.json": b"{}"})


@pytest.mark.parametrize("content", [b'{"a":1,"a":2}', b"\xff", b"{", b"NaN", b"[" * 100_000])
def test_text_that_two_readers_could_take_differently_is_refused(content: bytes) -> None:
    """Duplicate keys, other encodings and broken or bottomless JSON are refused."""
    with pytest.raises(UnreadableArtifact):
        read({"windows/x.windows10CustomConfiguration.json": content})


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    """Arbitrary bytes are refused, never a traceback."""
    for path in ("windows/x.windows10CustomConfiguration.json", "bindings.json"):
        with pytest.raises(UnreadableArtifact):
            read({path: content})
