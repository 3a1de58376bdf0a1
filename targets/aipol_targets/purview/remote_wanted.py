"""Turn the artefacts of this target into the objects that are to be in the tenant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aipol.remote import Absent, Mark, Unusable, Wanted, mark_in
from aipol_targets.purview.remote_form import policy_body, types_in, wanted_rule
from aipol_targets.purview.remote_kinds import PACKAGE, POLICY, RULE
from aipol_targets.purview.remote_state import Tenant
from aipol_targets.purview.remote_xml import package_mark, package_name, package_root, package_types

FILE_POLICIES, FILE_RULES = "policies.json", "rules.json"
FILE_INDEX, FILE_PACKAGE = "index.json", "sit-package.xml"


def wanted(files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """The rule package, the policies, and their rules. Raises Unusable."""
    package = tuple(_package(files))
    ours = {kind for _, types in package for kind in types}
    policies = [_policy(entry) for entry in _parsed(files, FILE_POLICIES)]
    keys = {each.name: each.key for each in policies}
    rules = [_rule(entry, keys, ours) for entry in _parsed(files, FILE_RULES)]
    return (*(each for each, _ in package), *policies, *rules)


def missing(files: Mapping[str, bytes], tenant: Tenant) -> Iterator[Absent]:
    """What the rules name that the tenant does not have: they would match nothing."""
    own = {kind for _, types in _package(files) for kind in types}
    rules = [str(entry["AdvancedRule"]) for entry in _parsed(files, FILE_RULES)]
    named = {kind for rule in rules for kind in types_in(json.loads(rule))}
    for name, entry in _parsed(files, FILE_INDEX)["data_classes"].items():
        hint = f"the data class `{name}` would never be found: correct it, or make that there"
        label = entry["label"]
        if label and label not in tenant.labels:
            yield Absent("sensitivity label", label, _naming(label, rules), hint)
        for each in entry["info_types"]:
            kind = each["id"]
            if kind in named - own and kind not in tenant.types:
                what = f"information type `{each['name']}`"
                yield Absent(what, kind, _naming(kind, rules), hint)


def _naming(identifier: str, rules: list[str]) -> int:
    return sum(1 for rule in rules if identifier in rule)


def _package(files: Mapping[str, bytes]) -> Iterator[tuple[Wanted, tuple[str, ...]]]:
    if FILE_PACKAGE not in files:
        return
    text = files[FILE_PACKAGE].decode()
    root = package_root(text)
    if root is None:
        raise Unusable(f"{FILE_PACKAGE}: is no rule package")
    key = _known(FILE_PACKAGE, package_mark(root)).key
    made = Wanted(key, PACKAGE, package_name(root), {"Package": text}, (FILE_PACKAGE,))
    yield made, package_types(root)


def _policy(entry: Mapping[str, Any]) -> Wanted:
    mark = _known(FILE_POLICIES, mark_in(str(entry["Comment"])))
    return Wanted(mark.key, POLICY, entry["Name"], policy_body(_plain(entry)), (FILE_POLICIES,))


def _rule(
    entry: Mapping[str, Any],
    keys: Mapping[str, str],
    ours: set[str],
) -> Wanted:
    mark = _known(FILE_RULES, mark_in(str(entry["Comment"])))
    organization = mark.key.partition("/")[0]
    body = wanted_rule(_plain(entry), keys[entry["Policy"]], ours, organization)
    return Wanted(mark.key, RULE, entry["Name"], body, (FILE_RULES, FILE_POLICIES))


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "Comment"}


def _known(path: str, mark: Mark | None) -> Mark:
    if mark is None:
        raise Unusable(f"{path}: bears no mark, so another aipol made it: compile again")
    return mark


def _parsed(files: Mapping[str, bytes], path: str) -> Any:
    try:
        return json.loads(files[path])
    except (KeyError, ValueError):
        raise Unusable(f"{path}: is not there, or no JSON") from None
