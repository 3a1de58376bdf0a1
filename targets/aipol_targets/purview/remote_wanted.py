"""Turn the artefacts of this target into the objects that are to be in the tenant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aipol.remote import Mark, Unusable, Wanted, mark_in
from aipol_targets.purview.remote_form import policy_body, types_in, wanted_rule
from aipol_targets.purview.remote_kinds import PACKAGE, POLICY, RULE
from aipol_targets.purview.remote_state import Tenant
from aipol_targets.purview.remote_xml import package_mark, package_name, package_root, package_types

_POLICIES, _RULES, _INDEX, _PACKAGE = (
    "policies.json",
    "rules.json",
    "index.json",
    "sit-package.xml",
)


def wanted(files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """The rule package, the policies, and their rules. Raises Unusable."""
    package = tuple(_package(files))
    ours = {kind for _, types in package for kind in types}
    policies = [_policy(entry) for entry in _parsed(files, _POLICIES)]
    keys = {each.name: each.key for each in policies}
    rules = [_rule(entry, keys, ours) for entry in _parsed(files, _RULES)]
    return (*(each for each, _ in package), *policies, *rules)


def missing(files: Mapping[str, bytes], tenant: Tenant) -> Iterator[str]:
    """What the rules name that the tenant does not have: they would match nothing."""
    own = {kind for _, types in _package(files) for kind in types}
    named = {
        kind
        for entry in _parsed(files, _RULES)
        for kind in types_in(json.loads(entry["AdvancedRule"]))
    }
    for name, entry in _parsed(files, _INDEX)["data_classes"].items():
        if entry["label"] and entry["label"] not in tenant.labels:
            yield f"no sensitivity label {entry['label']} (data class `{name}`)"
        for each in entry["info_types"]:
            if each["id"] in named - own and each["id"] not in tenant.types:
                yield f"no information type {each['id']}, `{each['name']}` (data class `{name}`)"


def _package(files: Mapping[str, bytes]) -> Iterator[tuple[Wanted, tuple[str, ...]]]:
    if _PACKAGE not in files:
        return
    text = files[_PACKAGE].decode()
    root = package_root(text)
    if root is None:
        raise Unusable(f"{_PACKAGE}: is no rule package")
    key = _known(_PACKAGE, package_mark(root)).key
    made = Wanted(key, PACKAGE, package_name(root), {"Package": text}, (_PACKAGE,))
    yield made, package_types(root)


def _policy(entry: Mapping[str, Any]) -> Wanted:
    mark = _known(_POLICIES, mark_in(str(entry["Comment"])))
    return Wanted(mark.key, POLICY, entry["Name"], policy_body(_plain(entry)), (_POLICIES,))


def _rule(
    entry: Mapping[str, Any],
    keys: Mapping[str, str],
    ours: set[str],
) -> Wanted:
    mark = _known(_RULES, mark_in(str(entry["Comment"])))
    organization = mark.key.partition("/")[0]
    body = wanted_rule(_plain(entry), keys[entry["Policy"]], ours, organization)
    return Wanted(mark.key, RULE, entry["Name"], body, (_RULES, _POLICIES))


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
