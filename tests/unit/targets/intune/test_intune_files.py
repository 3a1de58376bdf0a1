"""The bytes of Intune's artefacts: their form, their stability, and hostile text."""

from __future__ import annotations

import base64
import json
import plistlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aipol.audience import EVERYBODY, NOBODY
from aipol.scoping import addressable, classes
from aipol.vocabulary import Surface
from aipol_targets.common.apple.lower_profiles import distinct, lower_profiles
from aipol_targets.common.apple.model import Family
from aipol_targets.common.apple.render_profile import render_profile
from aipol_targets.intune import schema

ORACLE = Path(__file__).parents[5] / "shared" / "oracles" / "graph" / "check_graph.py"
HOSTILE = "'; iex \"$(calc)\" #'@\n`$x <b>&amp;\u2019\u2018\u202e{ActualValue}"


def _bodies(files: dict[str, bytes]) -> Iterator[tuple[str, str, bool, bytes]]:
    """Each Graph body with its path, its type and whether only beta knows it."""
    for path, content in files.items():
        *name, kind, _ = path.rpartition("/")[2].split(".")
        if name:
            yield path, kind.replace("~", "/"), "beta" in name[1:], content


def test_every_body_has_the_properties_that_graph_documents(full: Any) -> None:
    """Each body holds only properties of its type, each with a value of the property's type."""
    bodies = list(_bodies(full.files))
    assert [fault for _, kind, _, body in bodies for fault in schema.faults(kind, body)] == []
    assert len({kind for _, kind, _, _ in bodies}) == 11


@pytest.mark.parametrize(
    "body",
    [
        b'{"@odata.type":"#microsoft.graph.macOSCustomConfiguration","payloadname":"x"}',
        b'{"@odata.type":"#microsoft.graph.macOSCustomConfiguration","payloadName":5}',
        b'{"@odata.type":"#microsoft.graph.iosCustomConfiguration","payloadName":"x"}',
        b"[]",
    ],
)
def test_a_body_with_another_property_is_found(body: bytes) -> None:
    """A misspelt property, a wrong type and a foreign type are faults."""
    assert list(schema.faults("macOSCustomConfiguration", body))


@pytest.mark.skipif(not ORACLE.is_file(), reason="the Graph oracle is not beside this repository")
def test_every_body_passes_the_graph_oracle(full: Any, tmp_path: Path) -> None:
    """Graph's own type metadata has nothing against any body, as one that creates."""
    for number, (path, kind, beta, content) in enumerate(_bodies(full.files)):
        file = tmp_path / f"{number}.json"
        file.write_bytes(content)
        flags = ["--beta"] if beta else []
        command = [sys.executable, str(ORACLE), *flags, "--create", kind, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{path}: {done.stdout}{done.stderr}"


def test_equal_policies_give_equal_bytes(policy: Any, compiled: Any) -> None:
    """Compiling twice gives the same files, in canonical JSON that ends in a line feed."""
    files = []
    for _ in range(2):
        made = policy()
        made.split("chatgpt", Surface.WEB, made.of("finance"))
        made.split("chatgpt", Surface.DESKTOP, made.of("finance"))
        files.append(compiled(made).files)
    assert files[0] == files[1]
    for content in files[0].values():
        value = json.loads(content)
        text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
        assert content == f"{text}\n".encode()


def test_no_text_of_a_policy_becomes_powershell(policy: Any, compiled: Any) -> None:
    """Whatever names and messages hold, the script is the same but for one base64 literal."""
    scripts = set()
    for text in ("plain", HOSTILE):
        made = policy(names={"chatgpt": text})
        made.split("chatgpt", Surface.DESKTOP, NOBODY, message=text)
        result = compiled(made)
        assert result.verified() == ()
        (path,) = (each for each in result.files if "deviceComplianceScript" in each)
        script = base64.b64decode(result.json(path)["detectionScriptContent"]).decode("ascii")
        (literal,) = re.findall(r"^\$encoded = '([A-Za-z0-9+/=]+)'$", script, re.MULTILINE)
        scripts.add(script.replace(literal, ""))
        (setting,) = result.looked_for(path)["settings"]
        assert setting["apps"][0]["name"] == text
        (policy_path,) = (p for p in result.files if p.endswith("windows10CompliancePolicy.json"))
        (rule,) = result.rules(policy_path)
        assert rule["RemediationStrings"][0]["Description"] == text
    assert len(scripts) == 1


def test_a_rule_says_what_is_compliant_and_what_to_do(full: Any) -> None:
    """Each setting of the script has one rule, in English, that is met by `none`."""
    for path in full.files:
        if path.endswith("beta.windows10CompliancePolicy.json"):
            script = path.replace("windows10CompliancePolicy", "deviceComplianceScript")
            names = [each["name"] for each in full.looked_for(script)["settings"]]
            rules = full.rules(path)
            assert [rule["SettingName"] for rule in rules] == names
            assert {rule["Operand"] for rule in rules} == {"none"}


def test_the_script_id_is_named_by_its_file_and_not_made_up(full: Any) -> None:
    """The body has no script id; bindings.json says which file's object gives it."""
    for each in full.json("bindings.json")["bindings"]:
        held = full.json(each["object"])["deviceCompliancePolicyScript"]
        assert set(held) == {"rulesContent"}
        assert each["idOf"] in full.files


def test_a_mac_gets_the_very_profile_that_the_shared_writer_writes(full: Any) -> None:
    """The payload is byte for byte what every macOS target sends for the class."""
    groups = addressable(full.ir, "entra")
    cells = classes(distinct(full.ir, Family.BROWSERS), groups, tuple(Surface), 64)
    wanted = {
        render_profile(each.profile)
        for each in lower_profiles(full.ir, Family.BROWSERS, cells)
        if each.needed
    }
    found = {
        base64.b64decode(full.json(path)["payload"])
        for path in full.files
        if path.startswith("macos/browsers") and "~" not in path
    }
    assert found == wanted
    assert all(plistlib.loads(each)["PayloadScope"] == "System" for each in found)


def test_an_assignment_names_object_ids(full: Any) -> None:
    """Groups are given by object id, excluded ones as exclusions, everybody as all users."""
    targets = [
        assignment["target"]
        for path in full.files
        if path.endswith("~assign.json")
        for assignment in full.json(path)["assignments"]
    ]
    kinds = {target["@odata.type"].removeprefix("#microsoft.graph.") for target in targets}
    assert kinds == {
        "allLicensedUsersAssignmentTarget",
        "exclusionGroupAssignmentTarget",
        "groupAssignmentTarget",
    }


def test_devices_can_stand_for_everybody(policy: Any, compiled: Any) -> None:
    """`assign_everyone_as: devices` assigns to all devices, and reads back alike."""
    made = policy()
    made.split("chatgpt", Surface.WEB, NOBODY)
    result = compiled(made, assign_everyone_as="devices")
    assert result.verified() == ()
    content = b"".join(result.files.values())
    assert b"allDevicesAssignmentTarget" in content
    assert b"allLicensedUsers" not in content


def test_a_policy_that_blocks_nothing_emits_nothing(policy: Any, compiled: Any) -> None:
    """No list, no profile and no script where everything is allowed."""
    made = policy()
    for surface in (Surface.WEB, Surface.DESKTOP, Surface.EXTENSION):
        made.split("chatgpt", surface, EVERYBODY)
    result = compiled(made)
    assert result.files == {}
    assert result.verified() == ()
