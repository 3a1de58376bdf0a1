"""Where the files of each output are."""

from __future__ import annotations

CONFIGS = {"edl": "edl/aipol.xml", "set": "set/aipol.txt", "xml": "xml/aipol.xml"}


def list_file(list_name: str) -> str:
    """Where the contents of an external list are."""
    return f"edl/lists/{list_name}.txt"
