"""Read the index: what the objects' names and marks stand for in the policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aipol_targets.purview.read_json import Place, any_mapping, items, mapping, parse, same, text
from aipol_targets.purview.read_rules import Content

INDEX = "index.json"

_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_KEYS = frozenset({"version", "organization", "confidence", "apps", "data_classes", "policies"})
_CONFIDENCES = ("Low", "Medium", "High")
_PLANES = ("copilot", "application")
_COPILOT = "470f2276-e011-4e9d-a6ec-20768be3a4b0"


@dataclass(frozen=True, slots=True)
class IndexedApp:
    """An app, the plane that watches it, and how that plane names it."""

    plane: str
    location: str


@dataclass(frozen=True, slots=True)
class IndexedClass:
    """What marks a data class: its label, and its information types by GUID and name."""

    label: str
    types: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class IndexedPolicy:
    """Which data is kept from which app by the policy of this name."""

    app: str
    classes: tuple[str, ...]
    rules: tuple[str, ...]
    """`items` and `text`, whichever the policy has a rule about."""


@dataclass(frozen=True, slots=True)
class Index:
    """The whole index."""

    organization: str
    confidence: str
    apps: Mapping[str, IndexedApp]
    classes: Mapping[str, IndexedClass]
    policies: Mapping[str, IndexedPolicy]

    def contents(self, data_class: str, client: str) -> tuple[Content, ...] | None:
        """What carries data of a class, one mark at a time; None for a class it does not know."""
        entry = self.classes.get(data_class)
        if entry is None:
            return None
        if client == "items":
            return (Content(label=entry.label),) if entry.label else ()
        return tuple(Content(info_type=guid) for guid, _ in sorted(entry.types))

    def labels(self, policy: str) -> frozenset[str]:
        """The labels that a policy's rule about items may name."""
        found = (self.classes[name].label for name in self.policies[policy].classes)
        return frozenset(label for label in found if label)

    def types(self, policy: str) -> frozenset[tuple[str, str]]:
        """The information types that a policy's rule about text may name."""
        return frozenset().union(
            *(self.classes[name].types for name in self.policies[policy].classes)
        )


def read_index(content: bytes) -> Index:
    """The index, consistent in itself."""
    place = Place(INDEX)
    whole = mapping(parse(content, place), place, _KEYS)
    same(whole["version"], 1, place.at("version"))
    if whole["confidence"] not in _CONFIDENCES:
        place.at("confidence").refuse("not `Low`, `Medium` or `High`")
    apps = _each(whole, "apps", place, _app)
    classes = _each(whole, "data_classes", place, _class)
    policies = _each(whole, "policies", place, _policy)
    for name, policy in policies.items():
        if policy.app not in apps or not set(policy.classes) <= classes.keys():
            place.at("policies").at(name).refuse("names an app or data class the index lacks")
    for app in apps.keys() - {policy.app for policy in policies.values()}:
        place.at("apps").at(app).refuse("has no policy")
    organization = text(whole["organization"], place.at("organization"))
    return Index(organization, whole["confidence"], apps, classes, policies)


def _each(whole: dict[str, Any], key: str, place: Place, read_one: Any) -> dict[str, Any]:
    found = any_mapping(whole[key], place.at(key))
    return {name: read_one(value, place.at(key).at(name)) for name, value in found.items()}


def _app(value: Any, place: Place) -> IndexedApp:
    entry = mapping(value, place, frozenset({"plane", "location"}))
    location = _guid(entry["location"], place.at("location"))
    if entry["plane"] not in _PLANES or (entry["plane"] == "copilot") != (location == _COPILOT):
        place.refuse("plane and location do not belong together")
    return IndexedApp(entry["plane"], location)


def _class(value: Any, place: Place) -> IndexedClass:
    entry = mapping(value, place, frozenset({"rank", "label", "info_types"}))
    if type(entry["rank"]) is not int:
        place.at("rank").refuse("not a whole number")
    label = entry["label"]
    if label != "":
        label = _guid(label, place.at("label"))
    if not isinstance(entry["info_types"], list):
        place.at("info_types").refuse("not an array")
    types = [_type(each, place.at("info_types")) for each in entry["info_types"]]
    if len({guid for guid, _ in types}) < len(types):
        place.at("info_types").refuse("an information type is given twice")
    return IndexedClass(label, frozenset(types))


def _type(value: Any, place: Place) -> tuple[str, str]:
    entry = mapping(value, place, frozenset({"name", "id"}))
    return _guid(entry["id"], place.at("id")), text(entry["name"], place.at("name"))


def _policy(value: Any, place: Place) -> IndexedPolicy:
    entry = mapping(value, place, frozenset({"app", "people", "data_classes", "rules"}))
    names = items(entry["data_classes"], place.at("data_classes"))
    classes = tuple(text(name, place.at("data_classes")) for name in names)
    text(entry["people"], place.at("people"))
    rules = tuple(items(entry["rules"], place.at("rules")))
    if rules not in (("items",), ("text",), ("items", "text")):
        place.at("rules").refuse("not `items`, `text` or both")
    return IndexedPolicy(text(entry["app"], place.at("app")), classes, rules)


def _guid(value: Any, place: Place) -> str:
    found = text(value, place)
    if not _GUID.fullmatch(found):
        place.refuse("not a GUID in lower case")
    return found
