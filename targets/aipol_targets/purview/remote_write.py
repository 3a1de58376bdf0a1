"""Turn what is wanted of an object into the call of a cmdlet, with its arguments as data."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aipol.remote import Json, Live, Refused, Write, marked
from aipol_targets.purview.remote_canonical import location
from aipol_targets.purview.remote_kinds import EXCEPTIONS, PACKAGE, POLICY
from aipol_targets.purview.remote_xml import package_bytes, package_version

_PEOPLE = ("Inclusions", "Exclusions")
_NOUNS = {POLICY: "DlpCompliancePolicy", PACKAGE: "DlpSensitiveInformationTypeRulePackage"}


@dataclass(frozen=True, slots=True)
class Call:
    """One cmdlet and its arguments, which are JSON."""

    name: str
    given: Mapping[str, Json]


def noun(kind: str) -> str:
    """What cmdlets call a kind."""
    return _NOUNS.get(kind, "DlpComplianceRule")


def created(write: Write) -> Call:
    """What makes an object. Raises Refused."""
    if write.kind == PACKAGE:
        return Call(f"New-{noun(PACKAGE)}", _upload(write, 0))
    body = write.body
    given: dict[str, Json] = {"Name": body["Name"], "Comment": marked(body["Comment"], write.mark)}
    if write.kind == POLICY:
        given |= {"Mode": body["Mode"], "EnforcementPlanes": body["EnforcementPlanes"]}
        given["Locations"] = _compact(body["Locations"])
    else:
        _without_exceptions(body)
        given |= {"Policy": body["Policy"], **_outcome(body)}
        if body["Disabled"]:
            given["Disabled"] = True
    return Call(f"New-{noun(write.kind)}", given)


def updated(now: Live, write: Write) -> Call:
    """What brings an object from how it is to how it is wanted. Raises Refused."""
    if write.kind == PACKAGE:
        version = package_version(str((now.body or {}).get("Package", ""))) + 1
        return Call(f"Set-{noun(PACKAGE)}", _upload(write, version))
    body, before = write.body, now.body
    if body["Name"] != before["Name"]:
        raise Refused(f"`{before['Name']}` cannot be renamed to `{body['Name']}`")
    given: dict[str, Json] = {"Identity": now.id, "Comment": marked(body["Comment"], write.mark)}
    if write.kind == POLICY:
        given |= {"Mode": body["Mode"], "EnforcementPlanes": body["EnforcementPlanes"]}
        changes = list(_moved(before["Locations"], body["Locations"]))
        if changes:
            given["Locations"] = _compact(changes)
    else:
        given |= _kept_rule(before, body)
    return Call(f"Set-{noun(write.kind)}", given)


def removed(kind: str, identity: str) -> Call:
    """What removes an object."""
    return Call(f"Remove-{noun(kind)}", {"Identity": identity})


def _kept_rule(before: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Json]:
    if body["Policy"] != before["Policy"]:
        raise Refused(f"the rule `{body['Name']}` cannot be moved to another policy")
    unset = before[EXCEPTIONS].keys() - body[EXCEPTIONS].keys()
    if any(before[EXCEPTIONS].get(name) != each for name, each in body[EXCEPTIONS].items()):
        _without_exceptions(body)
    return {**_outcome(body), "Disabled": body["Disabled"], **dict.fromkeys(sorted(unset))}


def _without_exceptions(body: Mapping[str, Any]) -> None:
    if body[EXCEPTIONS]:
        names = ", ".join(sorted(body[EXCEPTIONS]))
        raise Refused(f"the rule `{body['Name']}` has {names}, which aipol cannot set")


def _outcome(body: Mapping[str, Any]) -> dict[str, Json]:
    rule = body["AdvancedRule"]
    text = rule if isinstance(rule, str) else _compact(rule)
    return {"AdvancedRule": text, "RestrictAccess": body["RestrictAccess"]}


def _moved(before: Json, after: Json) -> Iterator[dict[str, Any]]:
    """The people to add to, and to take from, each location."""
    there, wanted = _places(before), _places(after)
    left = sorted(there.keys() - wanted.keys())
    if left:
        places = " and at ".join(left)
        raise Refused(f"the policy acts at {places}, too; no cmdlet takes that away: do it by hand")
    for place, entry in wanted.items():
        old = there.get(place, {})
        change = {name: each for name, each in entry.items() if name not in _PEOPLE}
        change.pop("LocationDisplayName", None)
        told = len(change)
        for name in _PEOPLE:
            add = _less(entry.get(name), old.get(name))
            gone = _less(old.get(name), entry.get(name))
            change |= {f"Add{name}": add} if add else {}
            change |= {f"Remove{name}": gone} if gone else {}
        if len(change) > told:
            yield change


def _places(locations: Json) -> dict[str, dict[str, Any]]:
    """The entries by what names each, as they are compared."""
    return {
        location(entry)[0]: dict(entry) if isinstance(entry, Mapping) else {} for entry in locations
    }


def _less(these: Any, those: Any) -> list[Any]:
    """The people of one list who are not in the other."""
    known = {_person(each) for each in those or ()}
    return [
        {"Type": each["Type"], "Identity": each["Identity"]}
        for each in these or ()
        if _person(each) not in known
    ]


def _person(entry: Mapping[str, Any]) -> tuple[str, str]:
    return str(entry["Type"]).lower(), str(entry["Identity"]).lower()


def _upload(write: Write, version: int) -> dict[str, Json]:
    try:
        content = package_bytes(write.body["Package"], write.mark, version)
    except ValueError as error:
        raise Refused(str(error)) from None
    return {"FileData": base64.b64encode(content).decode()}


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))
