"""What the stand-in knows of Graph's types is what Microsoft's metadata says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aipol_targets.standins.graph.schema import Schema, Version, schema

ORACLES = Path(__file__).parents[6] / "shared" / "oracles" / "graph"
PREFIX = "microsoft.graph."
needs_oracle = pytest.mark.skipif(
    not ORACLES.is_dir(), reason="the Graph oracle is not beside this repository"
)


def _known(version: Version) -> dict[str, Any]:
    name = f"graph-{version}.json"
    return dict(json.loads((ORACLES / name).read_text(encoding="utf-8")))


def _plain(declared: str) -> str:
    return declared.replace("Edm.", "").replace(PREFIX, "")


def _own(known: Schema, name: str, *, navigation: bool) -> dict[str, str]:
    own = known.kinds[name].own
    return {key: each.declared for key, each in own.items() if each.navigation is navigation}


@needs_oracle
@pytest.mark.parametrize("version", list(Version))
def test_types_have_the_documented_properties(version: Version) -> None:
    """Every type has all its properties with their types, in the version it belongs to."""
    types, known = _known(version)["types"], schema(version)
    assert known.kinds.keys() == {name for name in known.kinds if PREFIX + name in types}
    for name, kind in known.kinds.items():
        expected = types[PREFIX + name]
        documented = {key: _plain(each) for key, each in expected["props"].items()}
        assert _own(known, name, navigation=False) == documented, name
        assert kind.base == _plain(expected.get("base") or ""), name
        assert not (expected.get("abstract") and not kind.abstract), name
        links = {key: _plain(each) for key, each in expected.get("nav", {}).items()}
        assert _own(known, name, navigation=True).items() <= links.items(), name


@needs_oracle
def test_what_only_beta_has_is_marked() -> None:
    """A type that v1.0 has is not hidden from it."""
    hidden = schema(Version.BETA).kinds.keys() - schema(Version.V1).kinds.keys()
    assert hidden
    assert [name for name in hidden if PREFIX + name in _known(Version.V1)["types"]] == []


@needs_oracle
def test_enumerations_have_the_documented_members() -> None:
    """Members, their order and whether they combine are those of the metadata."""
    documented = _known(Version.BETA)["enums"]
    for name, each in schema(Version.BETA).enums.items():
        expected = documented[PREFIX + name]
        found = (each.members, each.flags)
        assert found == (tuple(expected["members"]), bool(expected.get("flags"))), name


@pytest.mark.parametrize("version", list(Version))
def test_every_type_that_is_named_is_known(version: Version) -> None:
    """A property's type is primitive, an enumeration, or a type of the table."""
    primitive = {"Boolean", "String", "Int32", "Int", "Single", "Binary", "DateTimeOffset"}
    known = schema(version)
    for kind in known.kinds.values():
        assert not kind.base or kind.base in known.kinds
        for each in kind.own.values():
            name = re.sub(r"Collection\((.*)\)!?", r"\1", each.declared).rstrip("!")
            assert name in primitive | known.kinds.keys() | known.enums.keys(), kind.name


@needs_oracle
@pytest.mark.parametrize("version", list(Version))
def test_paths_that_are_served_are_documented(version: Version) -> None:
    """Collections, actions and methods are those that the vendor's own client can ask for."""
    paths = json.loads((ORACLES / f"paths-{version}.json").read_text(encoding="utf-8"))
    has = {path: set(each["methods"]) for path, each in paths.items() if path != "_meta"}

    def methods(pattern: str) -> set[str]:
        return set().union(*(each for path, each in has.items() if re.fullmatch(pattern, path)))

    below = "/deviceManagement/"
    for name, beta_only in (
        ("deviceCompliancePolicies", False),
        ("deviceConfigurations", False),
        ("deviceComplianceScripts", True),
        ("configurationPolicies", True),
    ):
        served = version is Version.BETA or not beta_only
        assert (methods(f"{below}{name}") == {"GET", "POST"}) is served
        assert (methods(rf"{below}{name}/{{[\w-]+}}") == {"GET", "PATCH", "DELETE"}) is served
        assert (methods(rf"{below}{name}/{{[\w-]+}}/assign") == {"POST"}) is served
