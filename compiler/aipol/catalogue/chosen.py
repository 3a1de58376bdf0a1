"""Turns what a policy says about the catalogue into the catalogue it is compiled with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aipol.catalogue.load import Catalogue
from aipol.catalogue.lock import Lock, LockError, looks_like_a_lock
from aipol.catalogue.locked import lock_in, locked_catalogue
from aipol.catalogue.overlay import overlaid
from aipol.catalogue.overlay_faults import complaints
from aipol.catalogue.tree import Complaint
from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import has_errors
from aipol.language.files import as_written, is_absolute, named_by
from aipol.language.load import load_text
from aipol.language.order import in_order
from aipol.language.text import LIMIT as LONGEST_TEXT
from aipol.language.text import read_text
from aipol.language.words import clip
from aipol.source import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aipol.language.assemble import Assembled
    from aipol.language.document import Document
    from aipol.language.placed import Placed


@dataclass(frozen=True, slots=True)
class Applied:
    """One overlay, with the catalogue as it is without it and with it."""

    named: Placed[str]
    document: Document
    before: Catalogue
    after: Catalogue


@dataclass(frozen=True, slots=True)
class Chosen:
    """The catalogue as far as it could be put together, and how that came about."""

    catalogue: Catalogue
    applied: tuple[Applied, ...]
    findings: tuple[Diagnostic, ...]
    texts: Mapping[str, str]


@dataclass(slots=True)
class _Reading:
    """The overlays that could be read, with what is wrong with all of them."""

    root: str
    documents: list[tuple[Placed[str], Document]] = field(
        default_factory=list[tuple["Placed[str]", "Document"]]
    )
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    texts: dict[str, str] = field(default_factory=dict[str, str])

    def read(self, named: Placed[str]) -> None:
        """Read one overlay; that it cannot be opened is a fault of the line that names it."""
        file = named_by(named.document, named.value)
        why = _refusal(named.value) or ("it is named twice" if file in self.texts else "")
        if why:
            self.findings.append(_unusable(named, "overlay", why))
            return
        text, findings = read_text(file, root=self.root)
        self.texts[file] = text
        if findings and not text:
            self.findings += [_about_the_file(named, file, each) for each in findings]
            return
        document, more = (None, ()) if findings else load_text(file, text)
        self.findings += [_as_overlay(each) for each in (*findings, *more)]
        if document is not None:
            self.documents.append((named, document))


def chosen(assembled: Assembled, shipped: Catalogue) -> Chosen:
    """The catalogue that the policy is compiled with: locked or shipped, overlays laid over it."""
    reading = _Reading(assembled.root)
    for named in assembled.overlays:
        reading.read(named)
    base, findings = _base(assembled, shipped)
    findings = (*findings, *reading.findings)
    if base is None or has_errors(findings):
        return Chosen(shipped, (), findings, reading.texts)
    applied: list[Applied] = []
    catalogue = base
    for named, document in reading.documents:
        found = complaints(catalogue.content, document.value)
        if found:
            findings = in_order(document.file, (fault(document, each) for each in found))
            break
        after = Catalogue(overlaid(catalogue.content, document.value))
        applied.append(Applied(named, document, catalogue, after))
        catalogue = after
    return Chosen(catalogue, tuple(applied), findings, reading.texts)


def fault(document: Document, complaint: Complaint) -> Diagnostic:
    """What is wrong with an overlay, at its place there."""
    where = document.nearest(complaint.where)
    plain = not isinstance(document.at(where), (dict, list)) and where == complaint.where
    span = document.span(where) if plain and not complaint.of_key else document.key_span(where)
    return codes.OVERLAY_FAULT.at(span, why=complaint.why, hint=complaint.hint)


def _base(assembled: Assembled, shipped: Catalogue) -> tuple[Catalogue | None, _Findings]:
    """The locked catalogue, or else the shipped one."""
    named = assembled.lock
    if named is None:
        return shipped, ()
    try:
        lock = _locked(named, assembled.root)
    except LockError as error:
        file = named_by(named.document, named.value)
        return None, (_unusable(named, "lock", str(error), _lock_hint(file, assembled)),)
    return locked_catalogue(lock, shipped), ()


_Findings = tuple[Diagnostic, ...]


def _locked(named: Placed[str], root: str) -> Lock:
    why = _refusal(named.value)
    if why:
        raise LockError(why)
    return lock_in(named_by(named.document, named.value), root)


def _lock_hint(file: str, assembled: Assembled) -> str:
    policy = assembled.file
    if is_absolute(file) and not is_absolute(policy):
        return ""
    if looks_like_a_lock(file, assembled.root):
        return f"restore it, or write it anew: `aipol catalog lock --update {policy}`"
    return f"`aipol catalog lock {policy}` writes it"


def _refusal(name: str) -> str:
    return "it must be relative to this file" if is_absolute(name) else ""


def _unusable(named: Placed[str], what: str, why: str, hint: str = "") -> Diagnostic:
    hint = hint or f"the path is relative to `{named.document.file}`"
    file = clip(named.value)
    return codes.CATALOGUE_UNUSABLE.at(named.span(), what=what, file=file, why=why, hint=hint)


def _about_the_file(named: Placed[str], file: str, finding: Diagnostic) -> Diagnostic:
    why = finding.message.removeprefix(f"cannot read `{file}`: ")
    if finding.code == codes.FILE_TOO_LARGE.code:
        why = f"it has more than {LONGEST_TEXT} bytes"
    return _unusable(named, "overlay", why, as_written(finding.hint, named.document.file))


def _as_overlay(finding: Diagnostic) -> Diagnostic:
    """A finding about a text in the words for an overlay, where they speak of policies."""
    why = {
        codes.EMPTY.code: "the overlay is empty",
        codes.SEVERAL_DOCUMENTS.code: "an overlay is one YAML document",
    }.get(finding.code)
    if why is None:
        return finding
    at = finding.span if finding.code != codes.EMPTY.code else whole_file(finding.span.file)
    return codes.OVERLAY_FAULT.at(at, why=why)
