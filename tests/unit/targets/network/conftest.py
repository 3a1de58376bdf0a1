"""What the tests of network targets share."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.unit.targets.network import policies


@pytest.fixture(scope="session")
def small() -> ModuleType:
    """The module that writes small policies."""
    return policies
