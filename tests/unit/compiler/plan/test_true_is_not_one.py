"""A vendor tells `true` from 1, as Python does not."""

from __future__ import annotations

import pytest

from aipol.plan.comparing import differences
from aipol.remote import Json


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"a": 1}, {"a": True}, "a"),
        ({"a": {"b": [0]}}, {"a": {"b": [False]}}, "a.b[0]"),
        ({"a": 1}, {"a": 1.0}, "a"),
    ],
)
def test_values_that_python_takes_for_equal_differ(before: Json, after: Json, path: str) -> None:
    """Wherever they are in a body."""
    assert [each.path for each in differences(before, after)] == [path]
    assert not list(differences(before, before))
