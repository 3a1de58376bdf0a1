"""Turn an assembled policy and the catalogue into rulings."""

from aipol.resolve.resolve import resolve

__all__ = ["resolve"]
