"""The JSON Schema says what the compiler says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel, BeforeValidator, Field

from aipol.cli.init import STARTER
from aipol.cli.schema import _policy, _sites
from aipol.language.load import load_text
from aipol.language.parse import parse
from aipol.language.schema import inventory_schema, policy_schema


def _accepts(text: str, schema: dict[str, Any] | None = None) -> bool:
    document, _ = load_text("p.yaml", text)
    assert document is not None
    whole = schema or policy_schema()
    validator: Any = jsonschema.Draft202012Validator(whole)
    accepted = bool(validator.is_valid(document.value))
    # The language server that most editors use knows no dialect after this one.
    older: Any = jsonschema.Draft7Validator(whole)
    assert bool(older.is_valid(document.value)) == accepted
    return accepted


def test_it_is_a_schema_with_a_name() -> None:
    """The dialect is 2020-12, and editors have something to show."""
    schema = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("/2020-12/schema")
    assert schema["$id"] == "urn:aipol:policy:1"
    assert schema["title"] == "AI-usage policy"


def test_the_starter_policy_fits() -> None:
    """What `aipol init` writes is valid by the schema too."""
    assert _accepts(STARTER)


_RULE = "rules: [{{id: r, apps: [a], groups: [g], effect: allow, {}}}]\n"


@pytest.mark.parametrize(
    "line",
    [
        "rulez: []",
        "rules: []",
        "rules: [{id: r}]",
        "groups: {G: {all: true}}",
        "groups: {g: {all: false}}",
        "groups: {g: {jamff: a}}",
        "unlisted_ai: deny",
        "targets: {jamf: 1}",
        "vendors: {v: {sso: []}}",
        "vendors: {v: {sso: {untill: 2027-01-01}}}",
        "on_gap:",
        "protected: [root]",
        _RULE.format("acount: corporate"),
        _RULE.format("account: both"),
        _RULE.format("account: {corporate: a}"),
        _RULE.format("require: {mfa: 1}"),
        _RULE.format("surfaces: [webb]"),
    ],
)
def test_what_the_compiler_refuses_the_schema_refuses(line: str) -> None:
    """A slip is underlined in the editor before anybody runs a check."""
    text = f"version: 1\n{line}\n"
    document, findings = load_text("p.yaml", text)
    assert document is not None
    assert findings or parse(document)[1]
    assert not _accepts(text)


@pytest.mark.parametrize(
    "line",
    [
        "vendors: {v: {sso: true, soc2: {until: 2027-01-01}, data_region: eu, audit_right: true}}",
        _RULE.format("account: personal"),
        _RULE.format("account: {corporate: [ws-1]}"),
        _RULE.format("require: {sso: true, rate: {requests: 1, per: day}}"),
    ],
)
def test_what_the_compiler_reads_the_schema_accepts(line: str) -> None:
    """Short forms are no errors in the editor either."""
    text = f"version: 1\n{line}\n"
    document, findings = load_text("p.yaml", text)
    assert document is not None
    assert (findings, parse(document)[1]) == ((), ())
    assert _accepts(text)


def _whole(of: str) -> dict[str, Any]:
    """The schema as `aipol schema` prints it, the settings of all targets included."""
    return _policy() if of == "policy" else _sites()


def _keys(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that some mapping in a schema has, wherever it stands."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "properties":
                yield from ((f"{place}/{key}", field) for key, field in value.items())
            yield from _keys(value, f"{place}/{name}")
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _keys(item, f"{place}/{number}")


@pytest.mark.parametrize("of", ["policy", "sites"])
def test_every_key_is_described_with_an_example_that_fits(of: str) -> None:
    """An editor shows a sentence for each key, and offers a value that the key takes."""
    schema = _whole(of)
    jsonschema.Draft202012Validator.check_schema(schema)
    keys = dict(_keys(schema))
    assert len(keys) > 70
    assert [place for place, key in keys.items() if not key.get("description")] == []
    assert [place for place, key in keys.items() if not key.get("examples")] == []
    for place, key in keys.items():
        own = {**key, "$defs": schema["$defs"]}
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        validator: Any = jsonschema.Draft202012Validator(own, format_checker=checker)
        for example in key["examples"]:
            assert list(validator.iter_errors(example)) == [], place


def test_an_example_is_what_the_description_names() -> None:
    """Read as a policy's text is: a date is text; what `such as` names goes first."""
    keys = dict(_keys(_whole("policy")))
    assert keys["/$defs/Exemption/until"]["examples"] == ["2027-01-31"]
    assert keys["/$defs/Rule/apps"]["examples"] == [["chatgpt", "category:chat"]]
    assert keys["/$defs/Group/all"]["examples"] == [True]
    assert keys["/properties/targets/intune"]["examples"] == [
        {"tenant": keys["/properties/targets/properties/intune/tenant"]["examples"][0]}
    ]


class _Mode(BaseModel):
    mode: str


class _Settings(BaseModel):
    inner: _Mode


def test_settings_of_targets_become_part_of_it() -> None:
    """Each target brings the schema of its settings, with definitions that do not collide."""
    settings = {name: _Settings.model_json_schema() for name in ("one", "two")}
    schema = policy_schema(settings)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert _accepts("version: 1\ntargets: {one: {inner: {mode: a}}}\n", schema)
    assert not _accepts("version: 1\ntargets: {one: {inner: {mode: 1}}}\n", schema)
    assert not _accepts("version: 1\ntargets: {three: {}}\n", schema)


class _Listed(BaseModel):
    names: Annotated[tuple[str, ...], BeforeValidator(tuple), Field(min_length=1, max_length=2)]


def test_a_list_that_a_target_must_not_leave_empty_is_counted_in_items() -> None:
    """However a settings model reads the list, an editor refuses what the compiler refuses."""
    schema = policy_schema({"one": _Listed.model_json_schema()})
    assert _accepts("version: 1\ntargets: {one: {names: [a]}}\n", schema)
    assert not _accepts("version: 1\ntargets: {one: {names: []}}\n", schema)
    assert not _accepts("version: 1\ntargets: {one: {names: [a, b, c]}}\n", schema)


def test_the_schema_says_what_yaml_can_hold() -> None:
    """No key may be null: a key without a value is an error."""
    text = yaml.safe_dump(policy_schema())
    assert "'null'" not in text
    assert "type: 'null'" not in text


def test_an_inventory_has_a_schema_of_its_own() -> None:
    """What the compiler reads it accepts; settings need not be whole, for the policy has some."""
    schema = inventory_schema({"one": _Settings.model_json_schema()})
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:aipol:sites:1"
    site = "version: 1\nsites: {berlin: {groups: {finance: {networks: [10.20.0.0/24]}}}}\n"
    assert _accepts(site, schema)
    assert _accepts("version: 1\nsites: {berlin: {targets: {one: {}}}}\n", schema)
    for wrong in (
        "version: 1\nsites: {}\n",
        "version: 1\nsites: {Berlin: {resolvers: [10.0.0.53/32]}}\n",
        "version: 1\nsites: {berlin: {targets: {}}}\n",
        "version: 1\nsites: {berlin: {targets: {two: {}}}}\n",
        "version: 1\nsites: {berlin: {groups: {finance: {vlan: 7}}}}\n",
    ):
        assert not _accepts(wrong, schema), wrong
