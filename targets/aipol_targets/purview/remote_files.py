"""Turn objects, as the tenant has them, into the files that they would be made for.

What the service writes differently is written as aipol does, with marks of its own. What does
nothing is left out: a policy that is turned off or has no rules, a rule that is disabled, types
that no rule names. Whatever else somebody changed stays, for a reader to account for or to refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from importlib import resources
from typing import Any

from aipol.remote import REF, Json, Mark, Unusable, Wanted
from aipol_targets.purview.remote_canonical import canonical
from aipol_targets.purview.remote_form import (
    marks_in,
    package_digest,
    package_key,
    policy_mark,
    rule_mark,
    wanted_rule,
)
from aipol_targets.purview.remote_index import index_of
from aipol_targets.purview.remote_kinds import EXCEPTIONS, PACKAGE, POLICY, RULE
from aipol_targets.purview.remote_wanted import FILE_INDEX, FILE_PACKAGE, FILE_POLICIES, FILE_RULES
from aipol_targets.purview.remote_words import condition, location, restrictions, spelled
from aipol_targets.purview.remote_xml import package_only, package_root, package_types, with_mark

_SCRIPTS = ("apply-dlp.ps1", "export-dlp.ps1")
# MicrosoftDocs/office-docs-powershell, New-DlpCompliancePolicy, parameter Mode: it is disabled.
_OFF = "Disable"


def artifacts(
    objects: Iterable[Wanted], given: Mapping[str, bytes], organization: str
) -> dict[str, bytes]:
    """The files of objects; `given` are the policy's own, which say what names and marks are.

    Without them what types are called and find is not told. Raises Unusable.
    """
    found = tuple(objects)
    known = json.loads(given.get(FILE_INDEX, b"{}"))
    types = _defined(found, given.get(FILE_PACKAGE)) if given else frozenset[str]()
    names = _names(known)
    policies = {each.key: each for each in found if each.kind == POLICY}
    rules = [each for each in found if each.kind == RULE and _acts(each, policies)]
    ruled = {each.body["Policy"][REF] for each in rules}
    entries = [_policy(each) for key, each in policies.items() if key in ruled]
    written = [_rule(each, policies, names, types) for each in rules]
    index = index_of(known, organization, entries, written)
    texts = {FILE_INDEX: index, FILE_POLICIES: entries, FILE_RULES: written}
    used = types & frozenset[str]().union(*(marks_in(each["AdvancedRule"]) for each in written))
    return {
        **{name: _script(name) for name in _SCRIPTS},
        **{path: f"{json.dumps(value, indent=2)}\n".encode() for path, value in texts.items()},
        **(
            {FILE_PACKAGE: _package(given[FILE_PACKAGE], types, used, organization)} if used else {}
        ),
    }


def _script(name: str) -> bytes:
    """The same for every policy."""
    return resources.files("aipol_targets.purview").joinpath(name).read_bytes()


def _names(known: Json) -> dict[str, str]:
    """Names of information types, by their ids."""
    classes = known.get("data_classes", {}).values()
    return {kind["id"]: kind["name"] for each in classes for kind in each["info_types"]}


# --- policies and rules ---------------------------------------------------------------------------


def _acts(rule: Wanted, policies: Mapping[str, Wanted]) -> bool:
    """Whether a rule does something: it and its policy are turned on."""
    if rule.body["Disabled"]:
        return False
    match rule.body["Policy"]:
        case {"$ref": str(key)} if key in policies:
            return bool(policies[key].body["Mode"] != _OFF)
        case other:
            raise Unusable(f"`{rule.name}` is a rule of {_said(other)}, which is none of ours")


def _said(policy: Json) -> str:
    return str(policy[REF] if isinstance(policy, Mapping) else policy)


def _policy(each: Wanted) -> dict[str, Any]:
    body, means = each.body, canonical(POLICY, each.body)
    content = {
        "Name": body["Name"],
        "Mode": body["Mode"],
        "EnforcementPlanes": [spelled(plane) for plane in means["EnforcementPlanes"]],
        "Locations": _compact([location(entry) for entry in body["Locations"]]),
    }
    return _marked(content, policy_mark(_key(each), content))


def _rule(
    each: Wanted, policies: Mapping[str, Wanted], names: Mapping[str, str], ours: AbstractSet[str]
) -> dict[str, Any]:
    body, policy = each.body, policies[each.body["Policy"][REF]]
    foreign = [one for one in body["Packages"] if not isinstance(one, Mapping)]
    if foreign:
        raise Unusable(f"`{each.name}` uses the rule package {foreign[0]}, which is none of ours")
    rule = body["AdvancedRule"]
    content = {
        "Name": body["Name"],
        "Policy": policy.body["Name"],
        "AdvancedRule": rule if isinstance(rule, str) else _compact(condition(rule, names)),
        "RestrictAccess": restrictions(body["RestrictAccess"]),
    }
    key = _key(each)
    made = wanted_rule(content, _key(policy), ours, key.partition("/")[0])
    return {**_marked(content, rule_mark(key, made)), **body[EXCEPTIONS]}


def _key(each: Wanted) -> str:
    """As marks have it, also of a copy."""
    return each.key.partition(" ")[0]


def _marked(content: Mapping[str, Any], mark: Mark) -> dict[str, Any]:
    name, *rest = content.items()
    return dict([name, ("Comment", str(mark)), *rest])


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


# --- the rule package -----------------------------------------------------------------------------


def _defined(found: tuple[Wanted, ...], made: bytes | None) -> frozenset[str]:
    """The types that the rule package defines, which is the policy's: no reader knows patterns."""
    packages = [each for each in found if each.kind == PACKAGE]
    wanted = canonical(PACKAGE, {"Package": made.decode()}) if made else None
    for each in packages:
        if canonical(PACKAGE, each.body) != wanted:
            raise Unusable(f"`{each.name}` finds something else than the policy's patterns")
    if len(packages) > 1:
        raise Unusable(f"`{packages[0].name}` is there {len(packages)} times")
    root = package_root(packages[0].body["Package"]) if packages else None
    return frozenset(package_types(root)) if root is not None else frozenset()


def _package(
    made: bytes, types: AbstractSet[str], used: AbstractSet[str], organization: str
) -> bytes:
    """The policy's package, with the types alone that rules use."""
    if types == used:
        return made
    text = package_only(made.decode(), used)
    return with_mark(text, Mark(package_key(organization), package_digest(text))).encode()
