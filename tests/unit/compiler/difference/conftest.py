"""What the tests of differences share: small policies, and pairs of many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.difference import Difference, difference
from aipol.ir import Ir
from tests.unit.compiler.difference import everybody as everybody_asked
from tests.unit.compiler.difference import small as small_policies


@pytest.fixture(scope="session")
def small() -> Any:
    """The module that writes small policies and catalogues."""
    return small_policies


@pytest.fixture(scope="session")
def everybody() -> Any:
    """The module that makes up pairs of policies and asks them for everybody."""
    return everybody_asked


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
