"""What no question about a policy's own hosts and addresses shows is asked about all the same.

`holes.py` has the changes, made in the files of a policy with every kind of pattern and nesting.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def _module(name: str, path: Path) -> Any:
    """A module of the tests by its file; tests are files, not a package."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


mistakes = _module("network_mistakes", HERE / "mistakes.py")
classic = _module("network_classic", HERE / "test_classic_mistakes.py")
holes = _module("network_holes", HERE / "holes.py")


@pytest.mark.parametrize("change", holes.HOLES, ids=lambda change: str(change.name))
def test_a_hole_is_found_out_for_what_it_is(change: Any) -> None:
    """By answers that differ, or by a reader that says what is wrong."""
    found = classic.emitted(change.target, change.given)
    every = list(change.mutants(found.files))
    assert every
    died = {where: classic.outcome(found, files) for where, files in every[:8]}
    wrong = {
        where: how
        for where, how in died.items()
        if how != "verify" and not (change.why and re.search(rf"refused: .*({change.why})", how))
    }
    assert wrong == {}


def test_every_target_that_sees_addresses_is_given_one_in_between() -> None:
    """No reader of source networks leaves out where its networks end."""
    assert {change.target for change in holes.NETWORKS} == set(classic.small.MAKERS)
