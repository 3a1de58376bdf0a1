"""Turn clauses that do nothing, and what is said twice, into fixes that take them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aipol.check.tidiness import repeats, spellings
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.fixing.model import Fix
from aipol.fixing.places import Written
from aipol.language.document import Document, Path
from aipol.language.merge import Layer
from aipol.language.words import clip
from aipol.pipeline import Opened
from aipol.source import Span

_GO = {
    codes.REDUNDANT_RULE.code: "goes: without it everybody gets the same",
    codes.EXCEPTION_EXPIRED.code: "goes: it has ended",
}


def idle_fixes(opened: Opened, layer: Layer, written: Written) -> Iterator[Fix]:
    """What can go from the policy's own file without anybody noticing."""
    document = layer.document
    for finding in opened.findings:
        if finding.code in _GO and finding.span.file == document.file:
            yield from _clause(finding, document, written)
    for repeat in repeats(document):
        says = f"the second `{clip(repeat.text)}` goes"
        span = document.span(repeat.again)
        yield from _removal(codes.REPEATED_ITEM.code, span, says, repeat.again, written)
    for path, host in spellings(layer):
        edit = replace(written.value(path), text=host)
        says = f"`{clip(written.source(edit))}` becomes `{host}`"
        span = document.span(path)
        yield Fix(codes.HOST_SPELLING.code, span, says, edit, path, path, repairs=False)


def _clause(finding: Diagnostic, document: Document, written: Written) -> Iterator[Fix]:
    path = _path_of(finding.span, document)
    if path:
        kind = "exception" if path[0] == "exceptions" else "rule"
        says = f"{kind} `{clip(str(document.at((*path, 'id'))))}` {_GO[finding.code]}"
        yield from _removal(finding.code, finding.span, says, path, written)


def _removal(code: str, span: Span, says: str, path: Path, written: Written) -> Iterator[Fix]:
    removal = written.removal(path)
    if removal:
        gone, edit = removal
        yield Fix(code, span, says, edit, gone, None, repairs=False)


def _path_of(span: Span, document: Document) -> Path | None:
    """The clause that a finding points at: at its id."""
    for section in ("exceptions", "rules"):
        for number in range(len(document.at((section,)) or ())):
            path: Path = (section, number)
            if span in {document.span((*path, below)) for below in ("id", "until")}:
                return path
    return None
