"""The objects of Zscaler Internet Access between a policy and its requests."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.common.network.categories import Categorised

FILE = "requests.json"


@dataclass(frozen=True, slots=True)
class Zia:
    """All objects of one policy, with where its rules stand among others."""

    first_order: int
    rank: int
    made: Categorised
