"""Say in words what stands at a place of a document."""

from __future__ import annotations

from aipol.language.document import Document, Path
from aipol.language.words import clip

_ENTRIES = {
    "rules": "rule",
    "exceptions": "exception",
    "groups": "group",
    "apps": "app",
    "vendors": "vendor",
    "data_classes": "data class",
    "vendor_tiers": "vendor tier",
    "targets": "target",
    "tests": "test",
    "approvals": "approval",
    "sites": "site",
}
_NETWORK_ENTRIES = {"gateways": "gateway", "segments": "segment"}


def where(document: Document, path: Path) -> str:
    """What is at `path`, the innermost first: ``` `data` of `require` of rule `copilot` ```."""
    words: list[str] = []
    for length in range(len(path), 0, -1):
        entry = _entry(document, path[:length])
        if entry:
            return " of ".join([*words, entry])
        step = path[length - 1]
        words.append(f"`{clip(step)}`" if isinstance(step, str) else "an item")
    return " of ".join(words) or document.called


def what(document: Document, path: Path) -> str:
    """The value at `path`, without what it is part of."""
    path = document.nearest(path)
    if not path:
        return document.called
    if isinstance(path[-1], str):
        return f"`{clip(path[-1])}`"
    return _entry(document, path) or f"an item of `{path[-2]}`"


def _entry(document: Document, path: Path) -> str:
    """Something that has a name or a number of its own."""
    if len(path) == 2:  # noqa: PLR2004 - a collection and its entry
        kind = _ENTRIES.get(str(path[0]))
    elif len(path) == 3 and path[0] == "network":  # noqa: PLR2004 - the same, one level down
        kind = _NETWORK_ENTRIES.get(str(path[1]))
    else:
        return ""
    step = path[-1]
    name = step if isinstance(step, str) else document.at((*path, "id"))
    if kind is None:
        return ""
    return f"{kind} `{clip(name)}`" if isinstance(name, str) and name else f"{kind} {_number(step)}"


def _number(step: str | int) -> str:
    return str(step + 1) if isinstance(step, int) else "``"
