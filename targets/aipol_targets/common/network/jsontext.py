"""Turns the bytes of a file into JSON values, strictly: nothing is taken for something else."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import Files


def json_of(files: Files, path: str, *, named_in: str) -> Any:
    """The value in a file that another file names. Raises UnreadableArtifact."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise UnreadableArtifact(path, "a key is given twice")
        return found

    def no_constant(name: str) -> NoReturn:
        raise UnreadableArtifact(path, f"{name} is not JSON")

    if path not in files.contents:
        raise UnreadableArtifact(named_in, f"names {path}, which does not exist")
    try:
        text = files.whole(path).decode()
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    except (ValueError, RecursionError) as fault:
        raise UnreadableArtifact(path, f"not JSON: {fault}") from None
