"""The Jamf stand-in's names are those of Jamf's own description of the Classic API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aipol_targets.standins.jamf.resources import ALL, Resource
from aipol_targets.standins.jamf.shapes import Flag, Link, Many, Number, Section, Shape, Text

ROOT = Path(__file__).parents[4]
ORACLE = ROOT.parent / "shared" / "oracles" / "jamf" / "classic.openapi.json"

# Where the description is known to be wrong, each with what is on the wire (resources.py).
SLIPS = {
    "scope.jss_users.user: the child is users",
    "scope.jss_user_groups.user_group: the child is jss_user_group",
    "scope.exclusions.jss_users.user: the child is jss_user",
    "scope.exclusions.jss_user_groups.user_group: the child is jss_user_group",
    "general.level: choices are computer, user",
}

TYPES = {Text: "string", Flag: "boolean", Number: "integer", Link: "object", Section: "object"}


def _schemas() -> dict[str, Any]:
    if not ORACLE.is_file():
        pytest.skip("Jamf's description is not beside the checkout")
    document = json.loads(ORACLE.read_text(encoding="utf-8"))
    schemas: dict[str, Any] = document["components"]["schemas"]
    return schemas


def _resolved(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schemas[name] if name else schema
    return found


def _faults(
    schemas: dict[str, Any], shape: Shape, schema: dict[str, Any], at: str
) -> Iterator[str]:
    described = _resolved(schemas, schema)
    match shape:
        case Section():
            for name, part in shape.parts.items():
                if name not in described["properties"]:
                    yield f"{at}{name}: not described"
                else:
                    yield from _faults(schemas, part, described["properties"][name], f"{at}{name}.")
        case Many():
            properties = described["items"]["properties"]
            children = sorted(set(properties) - {"size"})
            if [shape.child] != children:
                yield f"{at}{shape.child}: the child is {', '.join(children)}"
            elif isinstance(shape.item, Section):
                yield from _faults(schemas, shape.item, properties[shape.child], f"{at}")
        case Text(choices=choices) if choices and set(described["enum"]) != set(choices.values()):
            yield f"{at.rstrip('.')}: choices are {', '.join(described['enum'])}"
        case _:
            if described["type"] != TYPES[type(shape)]:
                yield f"{at.rstrip('.')}: a {described['type']}"


@pytest.mark.parametrize("resource", ALL, ids=lambda each: each.path)
def test_every_element_is_described(resource: Resource) -> None:
    """With its type, the element within it, and its choices."""
    schemas = _schemas()
    found = set(_faults(schemas, resource.shape, schemas[resource.root], ""))
    assert found - SLIPS == set()


def test_the_known_slips_are_still_there() -> None:
    """One that is mended leaves the list."""
    schemas = _schemas()
    found = {
        each
        for resource in ALL
        for each in _faults(schemas, resource.shape, schemas[resource.root], "")
    }
    assert SLIPS - found == set()


@pytest.mark.parametrize("resource", ALL, ids=lambda each: each.path)
def test_every_answer_to_a_write_is_described(resource: Resource) -> None:
    """The path, and the status of each method."""
    _schemas()
    paths = json.loads(ORACLE.read_text(encoding="utf-8"))["paths"]
    one = paths[f"/tenant/{{tenantId}}/{resource.path}/id/{{id}}"]
    assert f"/tenant/{{tenantId}}/{resource.path}" in paths
    expected = {"get": 200, "post": 201, "put": resource.updated, "delete": 200}
    assert {method: [str(expected[method])] for method in one} == {
        method: list(answer["responses"]) for method, answer in one.items()
    }


@pytest.mark.parametrize("resource", ALL, ids=lambda each: each.path)
def test_the_list_is_described(resource: Resource) -> None:
    """Its root, and the name of one in it."""
    schemas = _schemas()
    name = "restricted_software_all" if resource.path == "restrictedsoftware" else resource.listing
    described = schemas[name]
    assert described.get("xml", {}).get("name", name) == resource.listing
    assert resource.entry in described["items"]["properties"]
