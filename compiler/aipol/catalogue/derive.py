"""Turns the catalogue's YAML into the one file that is quick to read."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from aipol.catalogue.lint import SPECIAL, check, folded
from aipol.catalogue.load import (
    DERIVED,
    CatalogueError,
    content_digest,
    file_hashes,
    source_directory,
    texts_of,
)
from aipol.catalogue.tree import read

if TYPE_CHECKING:
    from pathlib import Path

    from aipol.catalogue.tree import Document


def merged(directory: Path) -> dict[str, Any]:
    """The data of all files, checked; CatalogueError names every fault by file and line."""
    documents = {path.stem: read(path) for path in sorted(directory.glob("*.yaml"))}
    faults = folded(check(documents))
    if faults:
        raise CatalogueError("\n".join(str(fault) for fault in faults))
    return {
        "apps": {
            app_id: entry
            for category in sorted(documents)
            for app_id, entry in _entries(category, documents)
        },
        **{name: documents[name].value for name in sorted(SPECIAL & documents.keys())},
    }


def derive(directory: Path) -> bytes:
    """The derived form; the same files always give the same bytes."""
    texts = texts_of(directory)
    content = merged(directory)
    form = {"files": file_hashes(texts), "digest": content_digest(content), "content": content}
    return (
        json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    )


def main() -> int:
    """Write the derived form beside this module, or say what is wrong with the catalogue."""
    try:
        content = derive(source_directory())
    except CatalogueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    DERIVED.write_bytes(content)
    return 0


def _entries(category: str, documents: dict[str, Document]) -> list[tuple[str, dict[str, Any]]]:
    if category in SPECIAL:
        return []
    return [
        (app_id, {**entry, "category": category})
        for app_id, entry in documents[category].value.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
