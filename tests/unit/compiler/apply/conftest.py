"""A vendor in memory to push to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.compiler.apply.pushing import Pushing


@pytest.fixture
def pushing(tmp_path: Path) -> Pushing:
    """A policy's way to a vendor where nothing is."""
    return Pushing(tmp_path / "journals")
