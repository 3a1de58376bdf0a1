"""Turn what does not fit the language into fixes, where one thing alone can have been meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from aipol.diagnostics import codes
from aipol.fixing.model import Fix
from aipol.fixing.places import Written
from aipol.language.document import Document
from aipol.language.faults import TRUTH, Fault, expected_of
from aipol.language.parse import faults
from aipol.language.words import clip, only_near

_PLAIN = re.compile(r"\w[\w./ -]*")


def shape_fixes(document: Document, written: Written) -> Iterator[Fix]:
    """A fix for each fault of a policy's shape that has one."""
    for fault in faults(document):
        if fault.follows_from_another or document.nearest(fault.path) != fault.path:
            continue
        if fault.kind == "extra_forbidden":
            yield from _key(fault, written)
        elif expected_of(fault):
            yield from _value(fault, written)


def _key(fault: Fault, written: Written) -> Iterator[Fix]:
    """A misspelt key, where one alone is near that is not there already."""
    key, parent = str(fault.path[-1]), fault.path[:-1]
    meant = only_near(key, fault.shape.fields_at(parent))
    siblings = fault.document.at(parent)
    if meant is None or meant in siblings:
        return
    edit = written.key(fault.path)
    yield Fix(
        codes.UNKNOWN_KEY.code,
        fault.document.key_span(fault.path),
        f"key `{clip(key)}` becomes `{meant}`",
        replace(edit, text=meant),
        fault.path,
        (*parent, meant),
        repairs=True,
    )


def _value(fault: Fault, written: Written) -> Iterator[Fix]:
    """A value of another type that can be written as what is expected."""
    edit = written.value(fault.path)
    source = written.source(edit)
    text = _as(expected_of(fault), fault.value, source)
    if text is not None:
        yield Fix(
            codes.WRONG_TYPE.code,
            fault.document.span(fault.path),
            f"{fault.what}: `{clip(source)}` becomes `{clip(text)}`",
            replace(edit, text=text),
            fault.path,
            fault.path,
            repairs=True,
        )


def _as(expected: str, value: Any, source: str) -> str | None:
    """How a value is written as what is expected; None where that is not sure."""
    match expected, value:
        case "a list", str() if value:
            return f"[{source if _PLAIN.fullmatch(source) else json.dumps(value)}]"
        case "text", bool() | int() | float():
            return f'"{source}"'
        case "`true` or `false`", str() if value.lower() in TRUTH:
            return TRUTH[value.lower()]
        case "a whole number", str() if re.fullmatch(r"0|[1-9][0-9]*", value):
            return value
        case _:
            return None
