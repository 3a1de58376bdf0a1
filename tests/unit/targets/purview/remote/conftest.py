"""A tenant that is played, aipol's two sides of it, and the engine between them."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aipol.apply.carrying import Carrying
from aipol.apply.events import Outcome, Result
from aipol.apply.journal import Writer
from aipol.plan.model import Plan
from aipol.plan.planning import Asked, compare
from aipol.remote import Remote, Surroundings
from aipol_targets.purview.remote import Connected, open_remote
from aipol_targets.purview.settings import PurviewSettings
from tests.unit.targets.hand import Hand
from tests.unit.targets.purview.remote import played
from tests.unit.targets.purview.remote.played import TENANT, Played, loaded, save

ORGANIZATION = "com.acme"
SECRET = "what opens the certificate"
SIGNED_IN = {
    "AZURE_CLIENT_ID": "36ee4c6c-0812-40a2-b820-b22ebd02bce3",
    "AZURE_CLIENT_CERTIFICATE_PATH": "automation.pfx",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD": SECRET,
    "PURVIEW_ORGANIZATION": "contoso.onmicrosoft.com",
}
LABELS = ("8a20c1d4-0b7e-4f6a-9d35-1c2b3a4f5e6d", "e7f1c1d4-0b7e-4f6a-9d35-1c2b3a4f5e6d")
TYPES = {
    "50842eb7-edc8-4019-85dd-5a5c1f2bb085": "Credit Card Number",
    "0e9b3178-9678-47dd-a509-37222ca96b42": "EU Debit Card Number",
    "c7bc98e8-551a-4c35-a92d-d2c8cda714a7": "Azure Storage Account Key",
}


@dataclass
class Site:
    """A tenant in a file, and both ways to it."""

    file: Path
    settings: PurviewSettings
    variables: dict[str, str]
    hand: Hand = field(default_factory=Hand)
    opened: list[Remote] = field(default_factory=list[Remote])

    @property
    def tenant(self) -> Played:
        """The tenant as it is now."""
        return loaded(self.file)

    @contextmanager
    def changed(self) -> Iterator[Played]:
        """Let somebody change the tenant."""
        tenant = self.tenant
        yield tenant
        save(tenant, self.file)

    def connected(self, **variables: str) -> Remote:
        """The tenant through a session."""
        given = {**self.variables, **variables}
        remote = open_remote(self.settings, Surroundings(ORGANIZATION, given, self.hand.clock))
        self.opened.append(remote)
        return remote

    def exported(self, **changes: Any) -> Remote:
        """The tenant as a file has it that was written just now."""
        state = self.file.with_name("purview-state.json")
        state.write_text(json.dumps({**self.tenant.state(), **changes}), encoding="utf-8-sig")
        given = Surroundings(ORGANIZATION, {"PURVIEW_STATE": str(state)}, self.hand.clock)
        return open_remote(self.settings, given)

    def plan(self, files: Mapping[str, bytes], remote: Remote | None = None, **asked: Any) -> Plan:
        """What is to be done so that the tenant has what files say."""
        remote = remote or self.exported()
        there = remote.observe()
        return compare(remote, Asked(ORGANIZATION, remote.wanted(files), **asked), there)

    def carry(self, made: Plan, remote: Remote) -> tuple[Result, ...]:
        """Do it, as `aipol apply` does."""
        journal = Writer(self.file.with_name("journal.jsonl"))
        return Carrying(remote, journal, self.hand.clock, lambda _: None).run(made)

    def settle(self, files: Mapping[str, bytes], remote: Remote, **asked: Any) -> Plan:
        """Do it, and the plan for what is left, which is for nothing."""
        results = self.carry(self.plan(files, remote, **asked), remote)
        assert [each.why for each in results if each.outcome is not Outcome.DONE] == []
        return self.plan(files, remote, **asked)

    def by_hand(self, files: Mapping[str, bytes]) -> None:
        """Make all of it as apply-dlp.ps1 does where there is nothing yet."""
        with self.changed() as tenant:
            if "sit-package.xml" in files:
                import base64

                content = files["sit-package.xml"].decode().encode("utf-16")
                given = {"FileData": base64.b64encode(content).decode()}
                tenant.call("New-DlpSensitiveInformationTypeRulePackage", given)
            names = {}
            for entry in json.loads(files["policies.json"]):
                names[entry["Name"]] = tenant.call("New-DlpCompliancePolicy", entry).lower()
            for entry in json.loads(files["rules.json"]):
                given = {**entry, "Policy": names[entry["Policy"]]}
                tenant.call("New-DlpComplianceRule", given)


SiteOf = Callable[..., Site]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteOf]:
    """Sets up an empty tenant with the labels and types that the tests' policies name."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        file = tmp_path / "tenant.json"
        save(Played(LABELS, TYPES), file)
        program = tmp_path / "pwsh"
        started = f"{shlex.quote(sys.executable)} {shlex.quote(played.__file__)}"
        program.write_text(f"#!/bin/sh\nexec {started}\n")
        program.chmod(0o755)
        variables = {**SIGNED_IN, "AIPOL_PWSH": str(program), "PLAYED_TENANT": str(file)}
        given: dict[str, Any] = {"tenant": TENANT, "mode": "enforce", **settings}
        found = Site(file, PurviewSettings.model_validate(given), variables)
        made.append(found)
        return found

    yield make
    for each in made:
        for remote in each.opened:
            if isinstance(remote, Connected):
                remote.close()


@pytest.fixture
def files(compiled: Any, with_class: Any, make: Any) -> dict[str, bytes]:
    """Finance may give confidential data, everybody else internal data; a type is our own."""
    classes = with_class("restricted", patterns=(("payroll", "PR-[0-9]{8}"),))
    mine = make(classes=classes)
    finance = mine.of("finance")
    mine.limit("confidential", finance)
    mine.limit("internal", mine.universe.others(finance))
    found: dict[str, bytes] = compiled(mine).files
    return found
