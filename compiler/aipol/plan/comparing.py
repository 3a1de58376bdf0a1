"""Turn two bodies into the places where they differ."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.plan.model import Difference
from aipol.remote import Json


def alike(one: Json, other: Json) -> bool:
    """Whether two bodies are the same to a vendor; Python takes true for 1."""
    return not any(differences(one, other))


def differences(before: Json, after: Json, path: str = "") -> Iterator[Difference]:
    """Every place where two canonical bodies differ; lists of another length differ as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            place = f"{path}.{name}" if path else name
            if name in before and name in after:
                yield from differences(before[name], after[name], place)
            else:
                yield Difference(place, before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif type(before) is not type(after) or before != after:
        # Python holds true and 1 for equal, JSON does not; so whole bodies are never compared.
        yield Difference(path, before, after)
