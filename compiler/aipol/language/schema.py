"""Give the policy language as JSON Schema, for editors and other tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipol.language.examples import add_examples
from aipol.language.model import Policy
from aipol.language.model_sites import Inventory
from aipol.language.shapes import is_list, is_mapping

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "urn:aipol:policy:1"
_SITES_ID = "urn:aipol:sites:1"


def policy_schema(settings: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """The schema of a policy file; `settings` has the schema of each target's settings by id."""
    schema = Policy.model_json_schema()
    definitions: dict[str, Any] = schema.pop("$defs")
    properties: dict[str, Any] = schema.pop("properties")
    properties["version"] |= {"type": "integer"}
    if settings:
        properties["targets"] = _targets(properties["targets"], settings, definitions)
    return _document(_ID, "AI-usage policy", schema, properties, definitions)


def inventory_schema(settings: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """The schema of an inventory file; `settings` has those of the targets that are at sites.

    Nothing of a target's settings must be given at a site: the policy may give it.
    """
    schema = Inventory.model_json_schema()
    definitions: dict[str, Any] = schema.pop("$defs")
    properties: dict[str, Any] = schema.pop("properties")
    properties["version"] |= {"type": "integer"}
    if settings:
        there = definitions["Site"]["properties"]
        optional = {
            name: {key: value for key, value in each.items() if key != "required"}
            for name, each in settings.items()
        }
        there["targets"] = _targets(there["targets"], optional, definitions) | {"minProperties": 1}
    return _document(_SITES_ID, "Sites of an AI-usage policy", schema, properties, definitions)


def _document(
    name: str,
    title: str,
    schema: Mapping[str, Any],
    properties: dict[str, Any],
    definitions: dict[str, Any],
) -> dict[str, Any]:
    """The schema as it is published: tidied, and with an example of each key."""
    for definition in (*definitions.values(), properties):
        _tidied(definition)
    whole = {
        "$schema": _DIALECT,
        "$id": name,
        "title": title,
        **{key: value for key, value in schema.items() if key != "title"},
        "properties": properties,
        "$defs": definitions,
    }
    add_examples(whole)
    return whole


def _targets(
    targets: Mapping[str, Any],
    settings: Mapping[str, Mapping[str, Any]],
    definitions: dict[str, Any],
) -> dict[str, Any]:
    """Each target's settings under its id; their definitions move up, under names of their own."""
    properties: dict[str, Any] = {}
    for target, schema in sorted(settings.items()):
        own = _renamed(schema, target)
        definitions |= {f"{target}.{name}": it for name, it in own.pop("$defs", {}).items()}
        properties[target] = own
    return {
        "description": targets["description"],
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _renamed(node: Any, target: str) -> Any:
    if is_mapping(node):
        return {key: _reference(key, _renamed(it, target), target) for key, it in node.items()}
    return [_renamed(item, target) for item in node] if is_list(node) else node


def _reference(key: str, value: Any, target: str) -> Any:
    if key != "$ref":
        return value
    return str(value).replace("#/$defs/", f"#/$defs/{target}.")


def _tidied(node: Any) -> None:
    """Leave out `null`, which is an error, and titles that repeat the key; close named maps."""
    if is_list(node):
        for item in node:
            _tidied(item)
    elif is_mapping(node):
        _tidied_mapping(node)


def _tidied_mapping(node: dict[str, Any]) -> None:
    if isinstance(node.get("title"), str):
        del node["title"]
    if node.get("default", ...) is None:
        del node["default"]
    if node.get("type") == "array":
        # What checks a list after another reader has made it one counts characters, says pydantic.
        for end in ("min", "max"):
            if f"{end}Length" in node:
                node[f"{end}Items"] = node.pop(f"{end}Length")
    if "patternProperties" in node:
        node["additionalProperties"] = False
    choices: list[Any] = [it for it in node.get("anyOf", ()) if it != {"type": "null"}]
    if len(choices) == 1:
        del node["anyOf"]
        node |= {key: value for key, value in choices[0].items() if key not in node}
    elif choices:
        node["anyOf"] = choices
    for value in node.values():
        _tidied(value)
