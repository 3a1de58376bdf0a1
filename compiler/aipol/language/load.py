"""Turn a policy file into plain values with the place of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.language.document import Document, Path
from aipol.language.order import MAX_FINDINGS, in_order
from aipol.language.runs import ItemsOfRun, Places, Run, Shortened, shortened
from aipol.language.scalars import NumberTooLargeError, resolve
from aipol.language.syntax import TAB, syntax_error
from aipol.language.text import forbidden_characters, read_text
from aipol.language.words import clip, found
from aipol.source import Sources, Span, whole_file

MAX_DEPTH = 32
_MOST_PLACES = 3
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTE_IT = "write it in quotes"


def load(
    file: str, apart: Collection[str] = frozenset(), root: str = ""
) -> tuple[Document | None, tuple[Diagnostic, ...], Sources]:
    """Read `file`; without a document its structure is unknown, and the findings say why.

    Where there is no such file, none of `apart` is offered for it; outside of `root` none is read.
    """
    text, findings = read_text(file, apart, root)
    sources = Sources({file: text})
    if findings:
        return None, findings, sources
    document, findings = load_text(file, text)
    return document, findings, sources


def load_text(file: str, text: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """Turn the text of `file` into a document."""
    findings = forbidden_characters(file, text)
    if findings:
        return None, findings
    return _shortened(file, text) or _whole(file, text)


def _shortened(file: str, text: str) -> tuple[Document, tuple[Diagnostic, ...]] | None:
    """The document, where long runs of lines could be read at once and nothing is wrong."""
    short = shortened(text)
    if short is None:
        return None
    tree = _Tree(file, text.splitlines(), short)
    try:
        for event in yaml.parse(short.text, Loader=_LOADER):
            tree.take(event)
    except (yaml.YAMLError, ValueError, _StopReadingError):
        return None
    # What is wrong is told by reading all of it, where lines are what they seem to be.
    if tree.empty or tree.waiting or tree.report():
        return None
    return tree.document(text), ()


def _whole(file: str, text: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """The document, or what keeps it from being one."""
    tree = _Tree(file, text.splitlines())
    complete = False
    try:
        # Events, not nodes: nothing is built before it is checked, and nothing recurses.
        for event in yaml.parse(text, Loader=_LOADER):
            tree.take(event)
            if len(tree.findings) >= MAX_FINDINGS:
                break
        else:
            complete = True
    except yaml.MarkedYAMLError as error:
        tree.stop(syntax_error(file, text, error))
    except _StopReadingError:
        pass
    except (yaml.YAMLError, ValueError):
        # Only the parser without libyaml: it lets an escape for no character through.
        why = "an escape stands for no character"
        tree.findings.append(codes.YAML_SYNTAX.at(whole_file(file), why=why))
    findings = tree.report()
    if not complete or tree.empty:
        return None, findings
    return tree.document(text), findings


class _StopReadingError(Exception):
    """What follows cannot be read."""


class _Mark(NamedTuple):
    """A place in the whole text, from 0."""

    line: int
    column: int


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been reached."""

    path: Path
    values: dict[str, Any] | list[Any]
    start: Span
    end: int
    kept: bool
    key: str | None = None
    key_span: Span | None = None
    doubled: bool = False


@dataclass(slots=True)
class _Tree:
    """The values read so far."""

    file: str
    lines: list[str]
    short: Shortened | None = None
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    root: Any = None
    documents: int = 0
    keys: dict[Path, Span] = field(default_factory=dict[Path, Span])
    values: dict[Path, Span] = field(default_factory=dict[Path, Span])
    holes: set[Path] = field(default_factory=set[Path])
    anchors: dict[str, list[Span]] = field(default_factory=dict[str, list[Span]])
    stack: list[_Open] = field(default_factory=list[_Open])
    covered: set[int] = field(default_factory=set[int])
    known_to: int | None = None
    waiting: dict[int, Run] = field(init=False)
    """Runs, by their first line from 1, that no item was made of yet."""
    items: list[ItemsOfRun] = field(default_factory=list[ItemsOfRun])

    def __post_init__(self) -> None:
        self.waiting = {run.start + 1: run for run in self.short.runs} if self.short else {}

    @property
    def empty(self) -> bool:
        return self.root is None

    def document(self, text: str) -> Document:
        keys: Mapping[Path, Span] = self.keys
        values: Mapping[Path, Span] = self.values
        if self.items:
            keys = Places(keys, tuple(self.items), of_keys=True)
            values = Places(values, tuple(self.items), of_keys=False)
        return Document(self.file, text, self.root, keys, values, frozenset(self.holes))

    def report(self) -> tuple[Diagnostic, ...]:
        """Everything found, each place once."""
        aliases = [self._alias(places) for places in self.anchors.values()]
        told = {finding.span.line for finding in self.findings}
        tabs = [span for span in self._tabs() if span.line not in told]
        for span in tabs:
            self.findings.append(codes.YAML_SYNTAX.at(span, why=TAB, hint="use spaces"))
        if self.empty and not self.findings:
            hint = "`aipol init` writes a policy to start from"
            what = f"`{self.file}`"
            self.findings.append(codes.EMPTY.at(whole_file(self.file), what=what, hint=hint))
        return in_order(self.file, [*self.findings, *aliases])

    def stop(self, error: Diagnostic) -> None:
        """Note what the parser could not get past; later lines may be part of a text."""
        self.findings.append(error)
        if TAB not in error.message:
            self.known_to = error.span.line

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.AliasEvent():
                places = self.anchors.setdefault(event.anchor or "", [])
                places.append(self._span(event))
                if len(places) > MAX_FINDINGS:
                    raise _StopReadingError
                self._put(None, self._span(event), hole=True)
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.DocumentStartEvent():
                self._document_start(event)
            case _:
                pass

    # --- events -----------------------------------------------------------------------------------

    def _document_start(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if event.version or event.tags:
            why = "directives are not part of the language"
            self.findings.append(
                codes.YAML_SYNTAX.at(self._span(event), why=why, hint="remove the `%` lines")
            )
        if self.documents > 1:
            hint = "put it in a file of its own, which can extend this one"
            self.findings.append(codes.SEVERAL_DOCUMENTS.at(self._span(event), hint=hint))
            raise _StopReadingError

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._span(event)
        start, end = self._marks(event)
        self.covered.update(range(start.line + 2, end.line + (2 if end.column else 1)))
        hole = self._unusual(event, span)
        value: Any = event.value
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("half a character")
        if event.implicit[0]:
            try:
                value = resolve(event.value)
            except NumberTooLargeError:
                why, hint = "has at most 18 digits", f"if it is a text, {_QUOTE_IT}"
                self.findings.append(codes.BAD_VALUE.at(span, what="a number", why=why, hint=hint))
                hole = True
        if self._expects_key():
            self._key(event.value, value, span)
        else:
            self._put(value, self._visible(event, span), hole=hole)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        span = self._span(event)
        if len(self.stack) >= MAX_DEPTH:
            self.findings.append(codes.TOO_DEEP.at(span, limit=MAX_DEPTH))
            raise _StopReadingError
        hole = self._unusual(event, span)
        mapping = isinstance(event, yaml.MappingStartEvent)
        values: dict[str, Any] | list[Any] = {} if mapping else []
        if self._expects_key():
            why, hint = f"a key must be text, not {found(values)}", "quote a text that starts so"
            self.findings.append(codes.YAML_SYNTAX.at(span, why=why, hint=hint))
            self._drop_entry(span)
            path, kept = self._place()
        else:
            path, kept = self._place()
            self._put(values, span, hole=hole)
        self.stack.append(_Open(path, values, span, span.column + span.width, kept))

    def _close(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        closed = self.stack.pop()
        _, mark = self._marks(event)
        if mark.line + 1 == closed.start.line:
            closed.end = max(closed.end, mark.column + 1)
        span = Span(
            self.file, closed.start.line, closed.start.column, closed.end - closed.start.column
        )
        if closed.kept:
            self.values[closed.path] = span
        self._widen(span)
        if closed.start.line in self.waiting and mark.line + 1 == closed.start.line:
            self._run(closed, self.waiting[closed.start.line])

    def _run(self, first: _Open, run: Run) -> None:
        """Make items of all lines of a run where the parser made one of the first."""
        top = self.stack[-1] if self.stack else None
        if (
            top is None
            or not isinstance(top.values, list)
            or (top.start.column, first.start.column) != run.starts
        ):
            return
        items = run.items()
        if first.values != items[0]:
            return
        self.items.append(ItemsOfRun(self.file, top.path, len(top.values) - 1, run))
        top.values.extend(items[1:])
        del self.waiting[run.start + 1]

    # --- where a value goes -----------------------------------------------------------------------

    def _expects_key(self) -> bool:
        top = self.stack[-1] if self.stack else None
        return top is not None and isinstance(top.values, dict) and top.key is None

    def _key(self, text: str, value: Any, span: Span) -> None:
        top = self.stack[-1]
        if not isinstance(value, str):
            why = f"a key must be text, not {found(value)}"
            self.findings.append(codes.YAML_SYNTAX.at(span, why=why, hint=_QUOTE_IT))
        path = (*top.path, text)
        top.key, top.key_span, top.doubled = text, span, text in top.values
        self._widen(span)
        if top.doubled:
            first = self.keys.get(path, span)
            related = (Related(first, "given here first"),)
            self.findings.append(codes.DUPLICATE_KEY.at(span, key=clip(text), related=related))
        elif top.kept:
            self.keys[path] = span

    def _drop_entry(self, span: Span) -> None:
        top = self.stack[-1]
        self.holes.add(top.path)
        top.key, top.key_span, top.doubled = "", span, True

    def _place(self) -> tuple[Path, bool]:
        """Path of the next value, and whether it is kept: the second of two same keys is not."""
        if not self.stack:
            return (), True
        top = self.stack[-1]
        if isinstance(top.values, list):
            return (*top.path, len(top.values)), top.kept
        return (*top.path, top.key or ""), top.kept and not top.doubled

    def _put(self, value: Any, span: Span, *, hole: bool) -> None:
        if self._expects_key():
            self._drop_entry(span)
            return
        path, kept = self._place()
        if kept:
            self.values[path] = span
            if hole:
                self.holes.add(path)
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.values, list):
            top.values.append(value)
        else:
            if not top.doubled:
                top.values[top.key or ""] = value
            top.key = None
        self._widen(span)

    # --- places -----------------------------------------------------------------------------------

    def _span(self, event: yaml.Event) -> Span:
        start, end = self._marks(event)
        width = end.column - start.column
        if end.line != start.line:
            line = self.lines[start.line] if start.line < len(self.lines) else ""
            width = len(line.rstrip()) - start.column
        return Span(self.file, start.line + 1, start.column + 1, max(width, 1))

    def _marks(self, event: Any) -> tuple[_Mark, _Mark]:
        """Start and end; the parser always has them, its type does not say so."""
        start, end = event.start_mark, event.end_mark
        if self.short is not None:
            line = self.short.line
            return _Mark(line(start.line), start.column), _Mark(line(end.line), end.column)
        return start, end

    def _visible(self, event: yaml.ScalarEvent, span: Span) -> Span:
        """A value that is not there is shown at its key."""
        absent = not event.value and event.implicit[0]
        key = self.stack[-1].key_span if absent and self.stack else None
        return key or span

    def _widen(self, span: Span) -> None:
        """Let what is open on the same line reach to the end of what it holds."""
        if self.stack and span.line == self.stack[-1].start.line:
            self.stack[-1].end = max(self.stack[-1].end, span.column + span.width)

    # --- what the language leaves out -------------------------------------------------------------

    def _unusual(self, event: yaml.NodeEvent, span: Span) -> bool:
        if event.anchor is not None:
            self.anchors.setdefault(event.anchor, []).append(span)
        tag = getattr(event, "tag", None)
        if tag is not None:
            short = clip(tag.replace("tag:yaml.org,2002:", "!!"))
            hint = f"remove it; for a text, {_QUOTE_IT}"
            self.findings.append(codes.UNKNOWN_TAG.at(span, tag=short, hint=hint))
        return tag is not None

    def _alias(self, places: list[Span]) -> Diagnostic:
        related = tuple(Related(place, "used here") for place in places[1 : _MOST_PLACES + 1])
        hint = "write the value out wherever it is needed; quote a text that starts with `&` or `*`"
        return codes.ALIAS_USED.at(places[0], hint=hint, related=related)

    def _tabs(self) -> list[Span]:
        """Lines indented with tabs, other than those within a text."""
        found_in: list[Span] = []
        for number, line in enumerate(self.lines[: self.known_to], start=1):
            if "\t" not in line:
                continue
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            if "\t" in indent and line.strip() and number not in self.covered:
                found_in.append(Span(self.file, number, indent.index("\t") + 1))
            if len(found_in) >= MAX_FINDINGS:
                break
        return found_in
