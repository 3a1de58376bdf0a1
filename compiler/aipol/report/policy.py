"""Turns an assembled policy into text in which every entry says where it comes from."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aipol.ir import Origin
from aipol.report.words import clause_words, count, decision_words, table
from aipol.source import Span
from aipol.vocabulary import Effect

if TYPE_CHECKING:
    from aipol.ir import Ir, Ruling
    from aipol.language.assemble import Assembled
    from aipol.language.placed import Placed

SCHEMA = "aipol.show/1"
_MAPS = ("groups", "vendors", "apps", "targets")
_LISTS = ("data_classes", "vendor_tiers", "exceptions", "rules", "approvals", "protected", "tests")
_ORDER = (
    "organization",
    "groups",
    "data_classes",
    "vendors",
    "vendor_tiers",
    "catalogue",
    "apps",
    "exceptions",
    "rules",
    "unlisted_ai",
    "on_gap",
    "gap_budget",
    "logging",
    "network",
    "approvals",
    "protected",
    "targets",
    "tests",
)


def clauses_text(assembled: Assembled, ir: Ir | None) -> Iterator[str]:
    """Exceptions and rules in the order in which they decide, a line each, then the default."""
    organization = assembled.organization.value
    yield f"{organization.name}: {' extends '.join(assembled.layers)}"
    rows = []
    for number, placed in enumerate((*assembled.exceptions, *assembled.rules), start=1):
        written = placed.value
        place = placed.span("id")
        until = getattr(written, "until", None)
        remarks = [f"until {until}"] if until else []
        remarks += ["locked"] if getattr(written, "locked", False) else []
        rows.append(
            (
                str(number),
                written.id,
                written.effect.value,
                _short(written.apps),
                _short(written.groups),
                ", ".join(remarks),
                f"{place.file}:{place.line}",
            )
        )
    head = ("", "rule", "effect", "apps", "for", "", "from")
    yield from table([head, *rows, _default_row(ir)], frozenset({0}))


def _default_row(ir: Ir | None) -> tuple[str, ...]:
    """What decides where no line above matches; without rulings nobody can say for how many."""
    left = "listed apps" if ir is None else _of_all(len(_left_to_default(ir)), len(ir.apps))
    return ("", "(none matches)", Effect.BLOCK.value, left, "whoever is left", "", "the default")


def _of_all(some: int, every: int) -> str:
    return f"{some:,} of {count(every, 'listed app')}"


def _left_to_default(ir: Ir) -> frozenset[str]:
    """Apps with a use that, for somebody, no clause decides."""
    return frozenset(
        ruling.app for ruling in ir.rulings if ruling.decided_by.origin is Origin.DEFAULT
    )


def default_json(ir: Ir | None) -> dict[str, Any]:
    """The same about the default, for a program."""
    apps = None if ir is None else sorted(_left_to_default(ir))
    return {"effect": Effect.BLOCK.value, "apps": apps}


def _short(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= _FEW else f"{', '.join(names[:_FEW])}, ..."


_FEW = 4


def merged_text(assembled: Assembled) -> Iterator[str]:
    """The policy as one file that means the same, each entry with its origin in a comment."""
    yield "version: 1"
    for key in _ORDER:
        entries = list(_entries(assembled, key))
        if not entries:
            continue
        yield ""
        if key in _MAPS:
            yield f"{key}:"
            for name, value, span in entries:
                yield f"  {_flow(name)}: {_flow(value)}  # {_place(span)}"
        elif key in _LISTS:
            yield f"{key}:"
            for _, value, span in entries:
                yield f"  - {_flow(value)}  # {_place(span)}"
        else:
            for _, value, span in entries:
                yield f"{key}: {_flow(value)}{f'  # {_place(span)}' if span else ''}"


def merged_json(assembled: Assembled) -> dict[str, Any]:
    """The same for a program."""
    return {
        "schema": SCHEMA,
        "layers": list(assembled.layers),
        "entries": [
            {
                "section": key,
                "key": name,
                "value": value,
                "file": span.file if span else "",
                "line": span.line if span else 0,
            }
            for key in _ORDER
            for name, value, span in _entries(assembled, key)
        ],
    }


def _entries(assembled: Assembled, key: str) -> Iterator[tuple[str, Any, Span | None]]:
    """What a section holds: key, value and place of each entry."""
    if key == "catalogue":
        yield from _catalogue(assembled)
        return
    found = getattr(assembled, key)
    if found is None:
        return
    if key in _MAPS:
        for name, placed in found.items():
            yield name, _value(placed), placed.key_span()
    elif key in _LISTS:
        for placed in found:
            yield str(getattr(placed.value, "id", "")), _value(placed), placed.span()
    elif hasattr(found, "span"):
        value = found.value
        plain = _dumped(value) if hasattr(value, "model_dump") else value
        if key == "network" and assembled.inventory is not None:
            plain["inventory"] = _below(assembled, assembled.inventory.document.file)
        yield "", plain, found.key_span()
    else:
        yield "", _dumped(found) if hasattr(found, "model_dump") else str(found), None


def _below(assembled: Assembled, file: str) -> str:
    """A file as the policy itself would name it."""
    return posixpath.relpath(file, posixpath.dirname(assembled.file) or ".")


def _catalogue(assembled: Assembled) -> Iterator[tuple[str, Any, Span | None]]:
    """The catalogue's files, named as the policy itself would name those of its bases."""
    from aipol.language.files import named_by

    def named(placed: Placed[str]) -> str:
        return _below(assembled, named_by(placed.document, placed.value))

    value: dict[str, Any] = {}
    if assembled.lock is not None:
        value["lock"] = named(assembled.lock)
    if assembled.overlays:
        value["overlay"] = [named(placed) for placed in assembled.overlays]
    if value:
        first = assembled.lock or assembled.overlays[0]
        yield "", value, first.document.key_span(("catalogue",))


def _value(placed: Placed[Any]) -> Any:
    """What the author wrote, or for what several layers make up, what it comes to."""
    value = placed.value
    if isinstance(value, (dict, str, int)):
        return value
    return placed.document.at(placed.path)


def _dumped(model: Any) -> Any:
    return model.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def _place(span: Span | None) -> str:
    return f"{span.file}:{span.line}" if span else ""


def _flow(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1 << 20
    )
    return text.removesuffix("\n").removesuffix("\n...")


def rulings_text(ir: Ir) -> Iterator[str]:
    """Every ruling in order: use, people, decision and the line that decides."""
    rows = [
        (
            ruling.app,
            ruling.surface.value,
            ruling.account.value,
            str(ruling.audience),
            decision_words(ruling),
            f"{ruling.decided_by.id} ({_place(ruling.decided_by.span)})",
        )
        for ruling in ir.rulings
    ]
    yield from table([("app", "surface", "account", "for", "decision", "by"), *rows])


def rulings_json(ir: Ir) -> dict[str, Any]:
    """The same for a program."""
    rulings = [_ruling_json(ruling) for ruling in ir.rulings]
    return {"schema": SCHEMA, "as_of": ir.as_of.isoformat(), "rulings": rulings}


def _ruling_json(ruling: Ruling) -> Mapping[str, Any]:
    return {
        "id": ruling.id,
        "app": ruling.app,
        "surface": ruling.surface.value,
        "account": ruling.account.value,
        "audience": str(ruling.audience),
        "effect": clause_words(ruling, "effect"),
        "obligations": dict(ruling.obligations.items()),
        "tenants": list(ruling.tenants),
        "redirect_to": ruling.redirect_to,
        "message": ruling.message,
        "because": [
            {
                "origin": because.origin.value,
                "id": because.id,
                "file": because.span.file,
                "line": because.span.line,
                "note": because.note,
            }
            for because in ruling.because
        ],
    }
