"""Read DLP rules: on which content they match, and what they do then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aipol_targets.purview.read_json import (
    Place,
    check_mark,
    items,
    mapping,
    mark_of,
    parse,
    same,
    text,
)
from aipol_targets.purview.remote_form import rule_mark, wanted_rule

if TYPE_CHECKING:
    from aipol_targets.purview.read_index import Index
    from aipol_targets.purview.read_policies import ReadPolicy

RULES = "rules.json"

_KEYS = frozenset({"Name", "Policy", "Comment", "AdvancedRule", "RestrictAccess"})
_SETTINGS = {"copilot": "ExcludeContentProcessing", "application": "UploadText"}
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Content:
    """Something given to an app that carries one mark."""

    label: str = ""
    info_type: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a condition: content matches any, or with `And` all, of its marks."""

    operator: str
    labels: frozenset[str]
    types: frozenset[tuple[str, str]]
    confidences: frozenset[str]

    def matches(self, content: Content) -> bool:
        """Whether content with one mark satisfies the group."""
        marks = [content.label == label for label in self.labels]
        marks += [content.info_type == guid for guid, _ in self.types]
        return any(marks) if self.operator == "Or" else all(marks)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the condition tree."""

    operator: str
    parts: tuple[Branch | Group, ...]

    def matches(self, content: Content) -> bool:
        """Whether content satisfies the node; `Not` means none of its parts."""
        found = [part.matches(content) for part in self.parts]
        if self.operator == "Not":
            return not any(found)
        return any(found) if self.operator == "Or" else all(found)

    def groups(self) -> Iterator[Group]:
        """The groups at and below the node."""
        for part in self.parts:
            if isinstance(part, Group):
                yield part
            else:
                yield from part.groups()


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule of a policy."""

    name: str
    policy: str
    locator: str
    condition: Branch
    value: str

    def blocks(self, content: Content) -> bool:
        """Whether the rule keeps such content from the app."""
        return self.value == "Block" and self.condition.matches(content)


def read_rules(
    content: bytes, index: Index, policies: tuple[ReadPolicy, ...]
) -> tuple[ReadRule, ...]:
    """The rules; those of one policy name no marks but those of its data classes."""
    place = Place(RULES)
    whole = parse(content, place)
    if not isinstance(whole, list):
        place.refuse("not an array")
    known = {policy.name: policy for policy in policies}
    found = tuple(_rule(value, place.at(n), index, known) for n, value in enumerate(whole))
    if len({rule.name.lower() for rule in found}) < len(found):
        place.refuse("two rules share a name")
    for policy in policies:
        _check_marks(policy.name, [r for r in found if r.policy == policy.name], index, place)
    return found


def _rule(value: Any, place: Place, index: Index, policies: dict[str, ReadPolicy]) -> ReadRule:
    entry = mapping(value, place, _KEYS)
    name = text(entry["Name"], place.at("Name"))
    policy = policies.get(text(entry["Policy"], place.at("Policy")))
    if policy is None:
        place.at("Policy").refuse("not a policy of policies.json")
    kind = name.removeprefix(f"{policy.name} ")
    if len(name) > _NAME_LENGTH or kind not in ("items", "text"):
        place.at("Name").refuse("too long, or not the policy's name and `items` or `text`")
    mark = mark_of(entry, index.organization, place)
    same(mark.key, f"{policy.id}/{kind}", place.at("Comment"))
    condition = _condition(entry["AdvancedRule"], place.at("AdvancedRule"))
    for group in condition.groups():
        if group.types if kind == "items" else group.labels:
            place.at("AdvancedRule").refuse("labels and information types in one rule")
        if group.confidences - {index.confidence}:
            place.at("AdvancedRule").refuse("another confidence than the index gives")
    setting = _SETTINGS[index.apps[policy.app].plane]
    outcome = _outcome(entry["RestrictAccess"], place.at("RestrictAccess"), setting)
    custom = {guid for group in condition.groups() for guid, name in group.types if ours(name)}
    body = wanted_rule(entry, policy.id, custom, index.organization)
    check_mark(mark, rule_mark(mark.key, body), place)
    return ReadRule(entry["Name"], policy.name, place.path, condition, outcome)


def ours(name: str) -> bool:
    """Whether an information type is one that the rule package defines."""
    return name.startswith("aipol ")


def _outcome(value: Any, place: Place, setting: str) -> str:
    restrictions = items(value, place)
    if len(restrictions) != 1:
        place.refuse("more than one restriction")
    entry = mapping(restrictions[0], place, frozenset({"setting", "value"}))
    same(entry["setting"], setting, place.at("setting"))
    if entry["value"] not in ("Block", "Audit"):
        place.at("value").refuse("neither `Block` nor `Audit`")
    return str(entry["value"])


def _condition(value: Any, place: Place) -> Branch:
    whole = mapping(parse(text(value, place), place), place, frozenset({"Version", "Condition"}))
    same(whole["Version"], "1.0", place.at("Version"))
    return _branch(whole["Condition"], place.at("Condition"))


def _branch(value: Any, place: Place) -> Branch:
    entry = mapping(value, place, frozenset({"Operator", "SubConditions"}))
    if entry["Operator"] not in ("And", "Or", "Not"):
        place.at("Operator").refuse("not `And`, `Or` or `Not`")
    parts = items(entry["SubConditions"], place.at("SubConditions"))
    return Branch(
        entry["Operator"],
        tuple(_part(part, place.at("SubConditions").at(n)) for n, part in enumerate(parts)),
    )


def _part(value: Any, place: Place) -> Branch | Group:
    if isinstance(value, dict) and "Operator" in value:
        return _branch(value, place)
    entry = mapping(value, place, frozenset({"ConditionName", "Value"}))
    same(entry["ConditionName"], "ContentContainsSensitiveInformation", place.at("ConditionName"))
    values = items(entry["Value"], place.at("Value"))
    outer = mapping(values[0], place.at("Value"), frozenset({"groups"}))
    groups = items(outer["groups"], place.at("groups"))
    # How several values or groups combine without an operator is nowhere written down.
    if len(values) != 1 or len(groups) != 1:
        place.refuse("more than one value or group")
    return _group(groups[0], place.at("groups"))


def _group(value: Any, place: Place) -> Group:
    required, optional = {"Operator", "name"}, {"labels", "sensitivetypes"}
    entry = mapping(value, place, frozenset(required), frozenset(optional))
    if entry["Operator"] not in ("And", "Or"):
        place.at("Operator").refuse("not `And` or `Or`")
    text(entry["name"], place.at("name"))
    if not optional & entry.keys():
        place.refuse("an empty group")
    labels = [_label(each, place.at("labels")) for each in _listed(entry, "labels", place)]
    listed = _listed(entry, "sensitivetypes", place)
    types = [_type(each, place.at("sensitivetypes")) for each in listed]
    confidences = frozenset(str(each["confidencelevel"]) for each in listed)
    if len(set(labels)) < len(labels) or len(set(types)) < len(types):
        place.refuse("a mark is given twice")
    return Group(entry["Operator"], frozenset(labels), frozenset(types), confidences)


def _listed(entry: dict[str, Any], key: str, place: Place) -> list[Any]:
    return items(entry[key], place.at(key)) if key in entry else []


def _label(value: Any, place: Place) -> str:
    entry = mapping(value, place, frozenset({"name", "type"}))
    same(entry["type"], "Sensitivity", place.at("type"))
    return text(entry["name"], place.at("name"))


def _type(value: Any, place: Place) -> tuple[str, str]:
    keys = frozenset({"name", "id", "mincount", "maxcount", "confidencelevel"})
    entry = mapping(value, place, keys)
    same(entry["mincount"], 1, place.at("mincount"))
    same(entry["maxcount"], -1, place.at("maxcount"))
    return text(entry["id"], place.at("id")), text(entry["name"], place.at("name"))


def _check_marks(policy: str, rules: list[ReadRule], index: Index, place: Place) -> None:
    watched = tuple(sorted(rule.name.removeprefix(f"{policy} ") for rule in rules))
    if watched != index.policies[policy].rules:
        place.refuse(f"policy `{policy}` has not the rules that the index gives it")
    groups = [group for rule in rules for group in rule.condition.groups()]
    labels = frozenset[str]().union(*(group.labels for group in groups))
    types = frozenset[tuple[str, str]]().union(*(group.types for group in groups))
    # A mark that is lacking shows in what is decided; one of no class would not.
    if labels - index.labels(policy) or types - index.types(policy):
        place.refuse(f"`{policy}` names a mark that none of its data classes has")
