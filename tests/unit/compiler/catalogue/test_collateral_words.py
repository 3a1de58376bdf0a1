"""What `show` and `explain` say becomes of what a block reaches besides."""

from __future__ import annotations

import pytest

from aipol.catalogue.collateral import Collateral, Means
from aipol.report.apps import collateral_cells


@pytest.mark.parametrize(
    ("apps", "held", "said"),
    [
        ((), False, "stops as well"),
        ((), True, "not blocked"),
        (("other",), False, "blocked only with it"),
        (("one", "two"), False, "blocked only with them"),
        (("other",), True, "not blocked"),
    ],
)
def test_what_becomes_of_collateral(apps: tuple[str, ...], held: bool, said: str) -> None:
    """It is spared, stops, or is blocked only where every app that needs it is."""
    found = Collateral("acme", Means.HOST, "a.example", "mail", apps, held, "page:a.example")
    assert collateral_cells(found)[-1] == said
