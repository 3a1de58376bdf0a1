"""Turns two versions of a policy into what a reviewer reads of the change."""

from aipol.review.making import Asked, reviewed
from aipol.review.model import Review
from aipol.review.sides import Side

__all__ = ["Asked", "Review", "Side", "reviewed"]
