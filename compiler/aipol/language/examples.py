"""Give each key of a schema the example that its description names."""

from __future__ import annotations

import re
from typing import Any

from aipol.language.load import load_text
from aipol.language.shapes import is_list, is_mapping

_SUCH_AS = re.compile(r"such as `([^`]+)`")
_QUOTED = re.compile(r"`([^`]+)`")


def add_examples(node: Any) -> None:
    """Write `examples` beside every description in `node` that quotes a value.

    The value is written once, in the description: an editor shows that, and offers this.
    """
    if is_list(node):
        for item in node:
            add_examples(item)
    elif is_mapping(node):
        for value in node.values():
            add_examples(value)
        properties = node.get("properties")
        if is_mapping(properties):
            _of_each(properties)


def _of_each(properties: dict[str, Any]) -> None:
    for key in filter(is_mapping, properties.values()):
        key.setdefault("examples", [_example(key)])
        if key["examples"] == [None]:
            del key["examples"]


def _example(key: dict[str, Any]) -> Any:
    """What a key may be given; None where nothing says so."""
    text = " ".join(str(key.get("description", "")).split())
    if named := _SUCH_AS.search(text):
        return _read(named[1])
    if key.get("type") == "object" and "properties" in key:
        return _least(key)
    quoted = _QUOTED.findall(text)
    return _read(quoted[-1]) if quoted else None


def _read(text: str) -> Any:
    """The value that a policy would have there."""
    document, findings = load_text("example", f"example: {text}\n")
    return document.value["example"] if document and not findings else None


def _least(key: dict[str, Any]) -> dict[str, Any] | None:
    """The smallest mapping that may stand there: what must be given, each with its example."""
    given = {name: key["properties"][name].get("examples") for name in key.get("required", ())}
    return {name: of[0] for name, of in given.items()} if all(given.values()) else None
