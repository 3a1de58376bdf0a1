"""How much of something emitted files have, in any format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.unit.targets.network.limits.rows import Measure


def longest(pattern: str, path: str = "") -> Measure:
    """The length of the longest text that a pattern finds in files of that name."""

    def measure(emitted: Any) -> int:
        texts = [text for name, text in emitted.text.items() if re.search(path, name)]
        found = [each for text in texts for each in re.findall(pattern, text, re.MULTILINE)]
        return max(len(each.encode()) for each in found)

    return measure


def number(pattern: str, path: str = "") -> Measure:
    """How many texts a pattern finds in files of that name."""

    def measure(emitted: Any) -> int:
        texts = [text for name, text in emitted.text.items() if re.search(path, name)]
        return sum(len(re.findall(pattern, text, re.MULTILINE)) for text in texts)

    return measure


def most(found: Callable[[Any], list[int]]) -> Measure:
    """The largest of some sizes."""
    return lambda emitted: max(found(emitted))


def json_of(emitted: Any, path: str) -> Any:
    """A file taken apart."""
    return json.loads(emitted.files[path])
