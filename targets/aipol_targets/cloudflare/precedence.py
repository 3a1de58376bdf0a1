"""Gives each policy ten numbers of its own, so that it can move before another has left.

"You can set a policy's precedence to any value that is not already in use", and space between
policies is recommended (Cloudflare One docs, Order of enforcement, read 2026-11-29). A policy that
took the very number of the next one could not be written before that one has been.
"""

from __future__ import annotations

STEP = 10
_MIDDLE = 5


def place(first: int, index: int) -> int:
    """The number of a policy in the order: in the middle of ten that begin at `first` or later."""
    return (-(-first // STEP) + index) * STEP + _MIDDLE


def middle(number: int) -> int:
    """The same number for all ten that are one policy's."""
    return number // STEP * STEP + _MIDDLE
