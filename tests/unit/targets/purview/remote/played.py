"""A Purview tenant that is played: what cmdlets take, refuse and give back, and the session script.

It stands in for `pwsh` running session-dlp.ps1, which cannot be had here: run as a program, it
speaks the same lines. It refuses what documentation and public deployments say is refused, and
gives back what it was given as the service does: as text, with lists of one as their item, numbers
as text, other names, and fields of its own.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

TENANT = "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"
COPILOT = "470f2276-e011-4e9d-a6ec-20768be3a4b0"
NO = "|Microsoft.Exchange.Management.UnifiedPolicy.{name}Exception|{text}"


class No(Exception):
    """What the service says no with."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(NO.format(name=name, text=text))


class Played:
    """One tenant."""

    def __init__(self, labels: tuple[str, ...] = (), types: dict[str, str] | None = None) -> None:
        self.policies: dict[str, dict[str, Any]] = {}
        self.rules: dict[str, dict[str, Any]] = {}
        self.packages: dict[str, str] = {}
        self.labels, self.types = list(labels), dict(types or {})
        self.calls: list[str] = []

    def call(self, name: str, given: dict[str, Any]) -> str:
        """One cmdlet that changes something; the id of what it made."""
        self.calls.append(name)
        verb, _, noun = name.partition("-")
        if noun == "DlpSensitiveInformationTypeRulePackage":
            return self._package(verb, given)
        store = self.policies if noun == "DlpCompliancePolicy" else self.rules
        if verb == "New":
            return self._new(store, given)
        row = store.get(str(given.pop("Identity")))
        if row is None:
            raise No("ErrorRuleNotFound", "There is no rule matching identity")
        if verb == "Remove":
            if any(rule["Policy"] == row["Guid"] for rule in self.rules.values()):
                raise No("ErrorPolicyHasRules", "the policy has rules")
            del store[row["Guid"]]
        elif "Locations" in given:
            self._scoped(row, json.loads(given.pop("Locations")))
        row.update(given)
        return ""

    def _new(self, store: dict[str, dict[str, Any]], given: dict[str, Any]) -> str:
        if any(row["Name"].lower() == given["Name"].lower() for row in store.values()):
            raise No("ErrorAlreadyExists", f"The name '{given['Name']}' is taken")
        if store is self.rules and given["Policy"] not in self.policies:
            raise No("ErrorPolicyNotFound", "There is no policy")
        for entry in json.loads(given.get("Locations", "[]")):
            if "AddInclusions" in entry:
                raise No("Json", "Could not find member 'AddInclusions'")
            if entry["Location"] != COPILOT and entry.get("LocationSource") != "Entra":
                raise No("InvalidLocation", "Location is invalid")
        guid = str(uuid.uuid4())
        store[guid] = {"Guid": guid, **given}
        return guid.upper()

    def _scoped(self, row: dict[str, Any], changes: list[dict[str, Any]]) -> None:
        entries = json.loads(row["Locations"])
        for change in changes:
            if "Inclusions" in change or "Exclusions" in change:
                raise No("Json", "give AddInclusions, RemoveInclusions and so on")
            (entry,) = [each for each in entries if each["Location"] == change["Location"]]
            for name in ("Inclusions", "Exclusions"):
                gone = change.get(f"Remove{name}", [])
                kept = [each for each in entry.get(name, []) if each not in gone]
                entry[name] = [*kept, *change.get(f"Add{name}", [])]
        row["Locations"] = json.dumps(entries)

    def _package(self, verb: str, given: dict[str, Any]) -> str:
        if verb == "Remove":
            del self.packages[given["Identity"]]
            return ""
        content = base64.b64decode(given["FileData"])
        text = content.decode("utf-16")
        number = text.split('RulePack id="', 1)[1].partition('"')[0]
        if (verb == "New") == (number in self.packages):
            raise No("RulePack", "the rule pack is there already, or is not there")
        self.packages[number] = given["FileData"]
        return ""

    def state(self) -> dict[str, Any]:
        """What export-dlp.ps1 would write."""
        names = {guid: row["Name"] for guid, row in self.policies.items()}
        return {
            "schema": "aipol.purview-state/1",
            "tenant": TENANT,
            "taken": "2026-11-29T09:00:00Z",
            "policies": [_policy(row) for row in self.policies.values()],
            "rules": [_rule(row, names) for row in self.rules.values()],
            "packages": [
                {"Identity": name, "Data": data}
                for name, data in {**self.packages, "Microsoft Rule Package": ""}.items()
            ],
            "labels": self.labels,
            "types": self.types,
        }


def _policy(row: dict[str, Any]) -> dict[str, Any]:
    entries = json.loads(row["Locations"])
    for entry in entries:
        entry |= {"LocationDisplayName": "as it is called here", "AddressType": "None"}
        entry["Location"] = "Copilot.M365" if entry["Location"] == COPILOT else entry["Location"]
        for name in ("Inclusions", "Exclusions"):
            people = [{**each, "DisplayName": "somebody"} for each in entry.get(name, [])]
            entry[name] = list(reversed(people)) or None
    return {
        "Guid": row["Guid"],
        "Name": row["Name"],
        "Comment": row["Comment"],
        "Mode": row["Mode"],
        "EnforcementPlanes": row["EnforcementPlanes"],
        "Locations": [json.dumps(entries)],
    }


def _rule(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    exceptions = {
        name: value
        for name, value in row.items()
        if value and (name.startswith("ExceptIf") or name == "NotifyAllowOverride")
    }
    return {
        "Guid": row["Guid"],
        "Name": row["Name"],
        "Comment": row["Comment"],
        "Policy": row["Policy"],
        "ParentPolicyName": names.get(row["Policy"], ""),
        "Mode": "Enforce",
        "Disabled": row.get("Disabled", False),
        "AdvancedRule": json.dumps(_told(json.loads(row["AdvancedRule"])), indent=2),
        "RestrictAccess": [json.dumps(each) for each in row["RestrictAccess"]],
        "Exceptions": exceptions,
    }


def _told(value: Any) -> Any:
    """A condition as the service tells it."""
    if isinstance(value, dict):
        found = {name: _told(each) for name, each in reversed(value.items())}
        if "confidencelevel" in found:
            found |= {"minconfidence": "75", "maxconfidence": "100", "classifiertype": "Content"}
        if found.get("type") == "Sensitivity":
            found["id"] = found["name"]
        return found
    if isinstance(value, list):
        items = [_told(each) for each in reversed(value)]
        return items[0] if len(items) == 1 else items
    return value if isinstance(value, str) else str(value)


def loaded(file: Path) -> Played:
    """A tenant that was saved."""
    tenant = Played()
    tenant.__dict__.update(json.loads(file.read_text(encoding="utf-8")))
    return tenant


def save(tenant: Played, file: Path) -> None:
    """Keep a tenant for the next program."""
    file.write_text(json.dumps(tenant.__dict__), encoding="utf-8")


def _answer(file: Path, request: dict[str, Any]) -> Any:
    tenant = loaded(file)
    try:
        if request["do"] == "connect":
            tenant.calls.append(f"connect {sorted(request['given'])}")
            return {"tenant": os.environ.get("PLAYED_ANOTHER", TENANT)}
        if request["do"] == "read":
            return tenant.state()
        return {"guid": tenant.call(request["call"], request["given"])}
    finally:
        save(tenant, file)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Answer lines until there are none."""
    file, fault = Path(os.environ["PLAYED_TENANT"]), os.environ.get("PLAYED_FAULT", "")
    _say("The module was loaded.")
    at = int(os.environ.get("PLAYED_AT", "0"))
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == fault == "connect":
            _say("aipol:" + json.dumps({"id": 1, "ok": False, "error": os.environ["PLAYED_SAID"]}))
            continue
        once = file.with_suffix(".fault")
        hit = request["do"] == "change" and fault and _changes(file) == at and not once.exists()
        if hit:
            once.touch()
        if hit and fault == "died before it":
            return
        try:
            answer = {"id": request["id"], "ok": True, "value": _answer(file, request)}
        except No as no:
            answer = {"id": request["id"], "ok": False, "type": "Exception", "error": str(no)}
        if hit and fault == "died after it":
            return
        if hit:
            answer = {"id": request["id"], "ok": False, "type": "Exception", "error": fault}
        _say("WARNING: something else is said")
        _say("aipol:" + json.dumps(answer))


def _changes(file: Path) -> int:
    """How many changes were asked for until now."""
    return sum(1 for each in loaded(file).calls if not each.startswith("connect"))


if __name__ == "__main__":
    main()
