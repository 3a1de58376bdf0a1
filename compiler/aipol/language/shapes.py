"""Tell lists and mappings of unknown things apart, for a reader and for a type checker."""

from __future__ import annotations

from typing import Any, TypeGuard


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether the value is a list."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether the value is a mapping; the keys of a document are text."""
    return isinstance(value, dict)
