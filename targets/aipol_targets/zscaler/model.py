"""The objects of Zscaler Internet Access between a policy and its requests."""

from __future__ import annotations

from dataclasses import dataclass

from aipol_targets.common.network.categories import Categorised
from aipol_targets.common.network.nested import Entry

FILE = "requests.json"
LISTED = "aipol-listed"
"""What the category is called of all that is listed and in no other category of ours."""
UNLISTED = "aipol-unlisted"
"""What the rules about the predefined categories of AI are called after."""


@dataclass(frozen=True, slots=True)
class Zia:
    """All objects of one policy, with where its rules stand among others."""

    first_order: int
    rank: int
    made: Categorised
    listed: tuple[Entry, ...] = ()
    """What leaves the predefined categories of AI, where these are blocked."""
    blocks_ai: bool = False
    """Whether they are."""
    spared: str | None = None
    """The source group that may open them all the same: the gateways'."""

    @property
    def urls(self) -> int:
        """How many custom URLs there are, in all categories."""
        return sum(len(each.entries) for each in self.made.categories) + len(self.listed)

    @property
    def categories(self) -> int:
        """How many custom categories there are."""
        return len(self.made.categories) + bool(self.listed)

    @property
    def rules(self) -> int:
        """How many rules there are."""
        return len(self.made.rules) + self.blocks_ai + bool(self.spared)
