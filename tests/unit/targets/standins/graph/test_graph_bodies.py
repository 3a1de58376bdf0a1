"""What the stand-in refuses is what Microsoft's metadata has something against."""

from __future__ import annotations

import copy
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aipol_targets.standins.graph.errors import Refused
from aipol_targets.standins.graph.schema import Version, schema
from aipol_targets.standins.graph.validate import check_new

ORACLES = Path(__file__).parents[6] / "shared" / "oracles" / "graph"
needs_oracle = pytest.mark.skipif(
    not ORACLES.is_dir(), reason="the Graph oracle is not beside this repository"
)


@pytest.fixture(scope="module")
def oracle() -> ModuleType:
    """Load the checker of bodies."""
    spec = importlib.util.spec_from_file_location("check_graph", ORACLES / "check_graph.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from _places(each, (*path, key))


def _wrong(key: Any, value: Any) -> Iterator[Any]:
    yield from (None, 5, "no", "Ünïcode", True, [], {}, [None])
    if isinstance(value, str):
        yield from (value.upper(), f"{value},{value}", "unknownFutureValue")
    if key == "@odata.type":
        yield from ("#microsoft.graph.entity", "#microsoft.graph.omaSettingInteger", "windows10")


def _damaged(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in _places(body):
        *above, key = path
        for value in _wrong(key, _at(body, path)):
            changed = copy.deepcopy(body)
            _at(changed, above)[key] = value
            yield f"{path} = {value!r}", changed
        if isinstance(key, str):
            for name in (f"{key}x", key.upper()):
                changed = copy.deepcopy(body)
                parent = _at(changed, above)
                parent[name] = parent.pop(key)
                yield f"{path} as {name}", changed


def _at(value: Any, path: Any) -> Any:
    for key in path:
        value = value[key]
    return value


def _refusal(version: Version, kind: str, body: Any) -> str:
    try:
        check_new(schema(version), kind, body)
    except Refused as refused:
        return refused.message
    return ""


def _is_refused(version: Version, kind: str, body: Any) -> bool:
    return bool(_refusal(version, kind, body))


def _bodies(make: Any) -> Iterator[tuple[Version, str, dict[str, Any]]]:
    rules = {"deviceComplianceScriptId": "x", "rulesContent": make.encoded({"Rules": [make.rule]})}
    beta = Version.BETA
    compliance, configuration = "deviceCompliancePolicy", "deviceConfiguration"
    yield (
        Version.V1,
        compliance,
        make.windows(passwordMinimumLength=8, passwordRequiredType="numeric"),
    )
    yield beta, compliance, make.windows(deviceCompliancePolicyScript=rules, roleScopeTagIds=["0"])
    yield beta, "deviceComplianceScript", make.script(runAsAccount="system", runAs32Bit=False)
    yield Version.V1, configuration, make.custom()
    yield beta, configuration, make.custom()
    yield beta, "deviceManagementConfigurationPolicy", make.catalog(technologies="mdm,linuxMdm")
    yield beta, "deviceManagementConfigurationPolicyAssignment", make.to_group("g")
    yield Version.V1, "deviceCompliancePolicyAssignment", make.to_group("g", excluded=True)


@needs_oracle
def test_the_oracle_and_the_standin_judge_damaged_bodies_alike(
    oracle: ModuleType, make: Any
) -> None:
    """A thousand damaged bodies are refused where the metadata says so, and only there."""
    judged, differing = 0, []
    for version, kind, body in _bodies(make):
        known = oracle.load(version is Version.BETA)
        for what, damaged in (("as it is", body), *_damaged(body)):
            checker = oracle.Checker(known)
            checker.run(kind, damaged)
            judged += 1
            message = _refusal(version, kind, damaged)
            # The metadata does not say what has to be sent; the service does.
            if bool(checker.errors) is not bool(message) and "is required" not in message:
                differing.append((version, kind, what, checker.errors[:1], message))
    assert judged > 1000
    assert differing == []


SAMPLES = {
    "good-compliance-custom-beta.json": (Version.BETA, "deviceCompliancePolicy"),
    "good-compliance-script-beta.json": (Version.BETA, "deviceComplianceScript"),
    "good-compliance-mac-v1.json": (Version.V1, "deviceCompliancePolicy"),
    "good-compliance-win-v1.json": (Version.V1, "deviceCompliancePolicy"),
    "good-catalog-beta.json": (Version.BETA, "deviceManagementConfigurationPolicy"),
    "good-catalog-mac-beta.json": (Version.BETA, "deviceManagementConfigurationPolicy"),
    "good-macos-custom-v1.json": (Version.V1, "deviceConfiguration"),
    "good-oma-v1.json": (Version.V1, "deviceConfiguration"),
    "bad-catalog-shape.json": (Version.BETA, "deviceManagementConfigurationPolicy"),
    "bad-compliance-custom-in-v1.json": (Version.V1, "deviceCompliancePolicy"),
    "bad-macos-payload.json": (Version.V1, "deviceConfiguration"),
    "bad-oma.json": (Version.V1, "deviceConfiguration"),
}


@needs_oracle
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_judged_as_they_are_called(name: str) -> None:
    """Bodies that are known to be good are taken, and bad ones are not."""
    version, kind = SAMPLES[name]
    body = json.loads((ORACLES / "samples" / name).read_text(encoding="utf-8"))
    assert _is_refused(version, kind, body) is name.startswith("bad")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"displayName": "x"}, "needs an @odata.type"),
        (
            {"@odata.type": "#microsoft.graph.deviceCompliancePolicy"},
            "is no deviceCompliancePolicy",
        ),
        ({"@odata.type": "#microsoft.graph.windows10CustomConfiguration"}, "is no device"),
        ({"@odata.type": "microsoft.graph.windows10CompliancePolicy"}, "is not known"),
        ({"@odata.type": "#microsoft.graph.windows10CompliancePolicy"}, "displayName is required"),
        (None, "has to be an object"),
    ],
)
def test_a_refusal_says_what_is_wrong(body: Any, message: str) -> None:
    """Types that are abstract, missing, of something else or misspelt, and required properties."""
    with pytest.raises(Refused) as refused:
        check_new(schema(Version.V1), "deviceCompliancePolicy", body)
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [("rtpEnabled", True), ("roleScopeTagIds", ["0"]), ("deviceCompliancePolicyScript", {})],
)
def test_v1_does_not_know_what_only_beta_has(make: Any, name: str, value: Any) -> None:
    """The same property is taken by beta and refused by v1.0."""
    body = make.windows(**{name: value})
    assert not _is_refused(Version.BETA, "deviceCompliancePolicy", body)
    assert _is_refused(Version.V1, "deviceCompliancePolicy", body)


def test_an_encoded_setting_has_to_be_base64(make: Any) -> None:
    """The value of an omaSettingBase64 is text to the metadata and base64 to the service."""
    setting = {
        "@odata.type": "#microsoft.graph.omaSettingBase64",
        "displayName": "n",
        "omaUri": "./a",
        "value": "no base64!",
    }
    body = make.custom(omaSettings=[setting])
    assert _is_refused(Version.V1, "deviceConfiguration", body)
    setting["value"] = make.encoded("x")
    assert not _is_refused(Version.V1, "deviceConfiguration", body)
