"""Say why a text with fixes made must not take a policy's place; nothing where it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from aipol.diagnostics.model import Diagnostic
from aipol.difference import difference
from aipol.fixing.model import Fix
from aipol.language.document import Path
from aipol.language.load import load_text
from aipol.pipeline import Opened
from aipol.resolve import resolve
from aipol.schedule import days

_SHAPE = "AIP1"
_CLAUSE = 2
"""How many steps it is to a clause: the section, and its place there."""


def objection(before: Opened, after: Opened, fixes: tuple[Fix, ...]) -> str:
    """Why the policy after the fixes is not what it should be."""
    found = _as_told(before, after, fixes)
    if found:
        return found
    if any(fix.repairs for fix in fixes):
        return _not_repaired(before, after, fixes)
    return _not_the_same(before, after, fixes)


def _as_told(before: Opened, after: Opened, fixes: tuple[Fix, ...]) -> str:
    """That something other than what the fixes are about differs."""
    old, new = (_value(opened) for opened in (before, after))
    # From the end on, so that the places of earlier items hold.
    for fix in sorted(fixes, key=lambda fix: fix.edit.start, reverse=True):
        _remove(old, fix.gone)
        if fix.come is not None:
            _remove(new, fix.come)
    return "" if old == new else "something else would change with it"


def _value(opened: Opened) -> Any:
    document, _ = load_text(opened.path, opened.sources.texts[opened.path])
    return deepcopy(document.value) if document else None


def _remove(value: Any, path: Path) -> None:
    for step in path[:-1]:
        value = value[step]
    del value[path[-1]]


def _not_repaired(before: Opened, after: Opened, fixes: tuple[Fix, ...]) -> str:
    """That an error stays, or another fault of shape comes in its place."""
    codes = {fix.code for fix in fixes}
    new = _counted(after.findings) - _counted(before.findings)
    shape = [message for code, message in new if code.startswith(_SHAPE)]
    if shape:
        return shape[0]
    fewer = _of(before.findings, codes) - _of(after.findings, codes)
    return "" if fewer >= len(fixes) else "the error would stay"


def _not_the_same(before: Opened, after: Opened, fixes: tuple[Fix, ...]) -> str:
    """That somebody would notice, on the day or on any later one, or that something is told."""
    new = _counted(after.findings) - _counted(before.findings)
    if new:
        return _named_by_a_test(before, fixes) or next(message for _, message in new)
    if before.ir is None or before.assembled is None or after.assembled is None:
        return "the policy has errors"
    if before.settings != after.settings:
        return "the settings of a target would change"
    first = before.ir.as_of
    for day in (first, *days(first, before.assembled, after.assembled)):
        old, _ = resolve(before.assembled, before.catalogue, day)
        new_ir, _ = resolve(after.assembled, after.catalogue, day)
        if old is None or new_ir is None:
            return f"the policy has errors on {day}"
        found = difference(old, new_ir)
        if found.for_somebody or found.protected or found.unprotected:
            return f"somebody would notice from {day} on"
    return ""


def _named_by_a_test(before: Opened, fixes: tuple[Fix, ...]) -> str:
    """That a test says which clause must decide, and it is one that would go."""
    gone = {name for fix in fixes for name in _clauses(before, fix.gone)}
    for test in before.assembled.tests if before.assembled else ():
        if test.value.rule in gone:
            return f"the test at {test.span('rule')} names it"
    return ""


def _clauses(opened: Opened, path: Path) -> Iterator[str]:
    """The ids of the clauses at a path, which is a clause or a section of them."""
    if path[0] not in {"rules", "exceptions"} or len(path) > _CLAUSE:
        return
    there = _value(opened)
    for step in path:
        there = there[step]
    for clause in there if len(path) < _CLAUSE else (there,):
        yield str(clause["id"])


def _counted(findings: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((finding.code, finding.message) for finding in findings)


def _of(findings: Iterable[Diagnostic], codes: set[str]) -> int:
    return sum(finding.code in codes for finding in findings)
