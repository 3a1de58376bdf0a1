"""What all tests of reliability need."""

from __future__ import annotations

import pytest

from aipol_targets.common import http
from tests.reliability.vendors import ANSWER


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is late is not waited for."""
    monkeypatch.setattr(http, "ANSWER_SECONDS", ANSWER)
