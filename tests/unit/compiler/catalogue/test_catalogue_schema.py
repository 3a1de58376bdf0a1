"""What editors are told of the catalogue's files, held against the files that ship."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from aipol.catalogue import rules
from aipol.catalogue.lint import SPECIAL
from aipol.catalogue.load import source_directory
from aipol.catalogue.schema import apps_schema, names, special_schema
from aipol.catalogue.schema_words import VALUES
from aipol.catalogue.tree import read

FILES = {path.stem: read(path).value for path in sorted(source_directory().glob("*.yaml"))}


def schema_of(name: str) -> dict[str, Any]:
    """The schema of one file."""
    return special_schema(name) if name in SPECIAL else apps_schema()


def test_every_file_has_a_schema() -> None:
    """There is one for each special file, and one for the files of apps."""
    assert {*names()} == {*SPECIAL, "apps"}


@pytest.mark.parametrize("name", FILES)
def test_what_ships_fits_its_schema(name: str) -> None:
    """An editor has nothing to say about a file that ships."""
    jsonschema.Draft202012Validator.check_schema(schema_of(name))
    jsonschema.validate(FILES[name], schema_of(name))


# (file, the way to a value, what stands there instead)
FAULTS = [
    ("chat", ("claude", "vendor"), 5),
    ("chat", ("claude", "domains", 0, "role"), "website"),
    ("chat", ("claude", "domains", 0, "domain"), "*.claude.ai"),
    ("chat", ("claude", "domains", 0, "roll"), "ui"),
    ("chat", ("claude", "macos"), []),
    ("chat", ("claude", "features"), ["clippy"]),
    ("chat", ("claude", "tenant_restriction", "header"), "a b"),
    ("sources", ("v2fly/domain-list-community", "tier"), "D"),
    ("teams", ("UBF8T346G9", "signs"), []),
    ("vendors", ("openai", "country"), "Poland"),
    ("index", ("schema",), 99),
]


@pytest.mark.parametrize(("name", "where", "value"), FAULTS)
def test_what_the_lint_refuses_the_schema_refuses(
    name: str, where: tuple[str | int, ...], value: object
) -> None:
    """A slip is underlined while it is typed."""
    content = copy.deepcopy(FILES[name])
    place = content
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema_of(name))


def test_the_form_of_a_value_follows_from_its_kind() -> None:
    """A Team id is ten letters and digits, an extension's id 32 letters from a to p."""
    content = {
        "a": {
            **FILES["chat"]["claude"],
            "macos": [
                {"kind": "team_id", "value": "short", "source": "page:a.example", "tier": "A"}
            ],
        }
    }
    with pytest.raises(jsonschema.ValidationError, match="short"):
        jsonschema.validate(content, apps_schema())


def _keys(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that a row may have, with its schema; conditions offer none."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "properties":
                yield from ((f"{place}/{key}", field) for key, field in value.items())
            if name != "if":
                yield from _keys(value, f"{place}/{name}")
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _keys(item, f"{place}/{number}")


@pytest.mark.parametrize("name", names())
def test_every_key_is_described_with_an_example_that_fits(name: str) -> None:
    """An editor shows a sentence for each key, and offers a value that the key takes."""
    keys = dict(_keys(schema_of(name)))
    assert keys
    for place, key in keys.items():
        assert key.get("description"), place
        assert key.get("examples"), place
        for example in key["examples"]:
            jsonschema.validate(example, key)


@pytest.mark.parametrize("section", rules.VALUES)
def test_an_example_of_an_identifier_passes_the_lint(section: str) -> None:
    """The form that its kind, store or provider has is checked by more than a pattern."""
    checks, selector, key = rules.VALUES[section]
    assert checks.keys() == VALUES[section].keys()
    for kind, value in VALUES[section].items():
        assert rules.value_fault(section, {selector: kind, key: value}) is None
