"""What the tests of differences share: small policies, and pairs of many."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.difference import Difference, difference
from aipol.ir import Ir


def _module(name: str) -> Any:
    """A module of this folder: tests are files, not a package."""
    known = f"difference_{name}"
    if known not in sys.modules:
        path = Path(__file__).with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(known, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module
        spec.loader.exec_module(module)
    return sys.modules[known]


@pytest.fixture(scope="session")
def small() -> Any:
    """The module that writes small policies and catalogues."""
    return _module("small")


@pytest.fixture(scope="session")
def everybody() -> Any:
    """The module that makes up pairs of policies and asks them for everybody."""
    return _module("everybody")


@pytest.fixture
def meaning(small: Any, tmp_path: Path) -> Callable[..., Ir]:
    """What rules mean with apps."""

    def resolved(apps: Any, *rules: Any, **more: Any) -> Ir:
        found: Ir = small.ir_of(tmp_path, small.policy_of(*rules, **more), apps)
        return found

    return resolved


@pytest.fixture
def two(meaning: Callable[..., Ir]) -> Callable[..., Difference]:
    """The difference that other apps make under the same rules."""
    return lambda old, new, *rules: difference(meaning(old, *rules), meaning(new, *rules))


@pytest.fixture(scope="module")
def pairs(small: Any, everybody: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Pairs of policies, the same in every run, and what the engine says of each."""
    return everybody.made_up(tmp_path_factory.mktemp("policies"), small.ir_of)
