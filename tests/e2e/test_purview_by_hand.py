"""What docs/applying.md tells of Purview where PowerShell does not reach: files go to and fro."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main
from aipol.remote import Handwork
from aipol_targets.purview.remote import Exported
from tests.unit.targets.purview.remote.played import TENANT, Played

PAGE = Path(__file__).parents[2] / "docs" / "applying.md"
LABEL = "653999c0-5770-48fd-9ac2-d050d8f3e07b"
POLICY = f"""\
version: 1
organization: {{name: Acme Ltd, identifier: com.acme}}
groups:
  everyone: {{all: true}}
data_classes: [{{id: public}}, {{id: confidential, label: {LABEL}}}]
rules:
  - {{id: copilot, apps: [m365-copilot], groups: [everyone], effect: allow,
     require: {{data: {{max: public}}}}}}
targets:
  purview: {{mode: test, tenant: {TENANT}}}
"""


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    """A tenant that has the label, and a folder with a policy."""
    monkeypatch.chdir(tmp_path)
    Path("policy.yaml").write_text(POLICY, encoding="utf-8")
    monkeypatch.setenv("PURVIEW_STATE", "purview-state.json")
    return Played((LABEL,))


def _export(tenant: Played) -> None:
    Path("purview-state.json").write_text(json.dumps(tenant.state()), encoding="utf-8")


def _applied(tenant: Played) -> None:
    """What apply-dlp.ps1 does where there is nothing yet."""
    (policy,) = json.loads(Path("generated/purview/policies.json").read_bytes())
    (rule,) = json.loads(Path("generated/purview/rules.json").read_bytes())
    guid = tenant.call("New-DlpCompliancePolicy", policy).lower()
    tenant.call("New-DlpComplianceRule", {**rule, "Policy": guid})


def test_a_person_carries_files(tenant: Played, capsys: Any) -> None:
    """Plan, the commands, an export that proves it, an edit, drift, and the commands for that."""
    assert main(["compile", "policy.yaml"]) == 0
    _export(tenant)
    assert main(["plan", "policy.yaml", "--exit-code"]) == 1
    assert main(["apply", "policy.yaml"]) == 1
    told = capsys.readouterr().out
    assert "2 to create" in told
    assert r".\apply-dlp.ps1 -Apply -Prune" in told.splitlines()[-3]
    _applied(tenant)
    _export(tenant)
    assert main(["plan", "policy.yaml", "--exit-code"]) == 0
    assert main(["drift", "policy.yaml"]) == 0
    (rule,) = tenant.rules.values()
    rule["Disabled"] = True
    _export(tenant)
    assert main(["drift", "policy.yaml"]) == 1
    assert main(["apply", "policy.yaml", "--yes"]) == 1
    assert r".\apply-dlp.ps1 -Apply -Prune -Again" in capsys.readouterr().out
    assert not Path(".aipol/journals").exists() or not list(Path(".aipol").rglob("*.jsonl"))


def test_drift_says_whose_data_gets_where_again(tenant: Played, capsys: Any) -> None:
    """From an exported state, by the policy's line; what only reports has no effect."""
    for mode, told in (
        ("test", "no effect on people"),
        ("enforce", "everyone can have m365-copilot"),
    ):
        written = POLICY.replace("mode: test", f"mode: {mode}")
        Path("policy.yaml").write_text(written, encoding="utf-8")
        assert main(["compile", "policy.yaml"]) == 0
        tenant.rules, tenant.policies = {}, {}
        _applied(tenant)
        (rule,) = tenant.rules.values()
        rule["Disabled"] = True
        _export(tenant)
        capsys.readouterr()
        assert main(["drift", "policy.yaml", "-t", "purview"]) == 1
        assert told in " ".join(capsys.readouterr().out.split())


def test_the_page_has_the_commands_that_are_printed() -> None:
    """Each command of the steps, but for what is said beside it."""
    page = PAGE.read_text(encoding="utf-8")
    steps = Exported(Path("purview-state.json"), TENANT, "com.acme", "mode: test").steps(Handwork())
    for step in steps:
        command = re.split(r" {2,}#", step)[0].removeprefix("PURVIEW_STATE=purview-state.json ")
        assert command in page, command
