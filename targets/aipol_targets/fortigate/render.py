"""Turns tables of FortiOS into a script for its command line and into bodies for its REST API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from aipol.target import Artifact
from aipol_targets.common.network.escape import comment
from aipol_targets.fortigate.escape import quoted, words
from aipol_targets.fortigate.model import (
    CONF,
    REMOVE,
    REST,
    Entry,
    Fortigate,
    Table,
    Text,
    Value,
    Values,
)

_STEP = "    "


def render(model: Fortigate) -> tuple[Artifact, ...]:
    """The files of every output the settings ask for, by path."""
    writers = {"cli": _cli, "rest": _rest}
    files = [writers[output](model) for output in model.outputs]
    if "cli" in model.outputs:
        files.append(_removal(model))
    return tuple(sorted(files, key=lambda artifact: artifact.path))


# --- the command line -----------------------------------------------------------------------------


def _cli(model: Fortigate) -> Artifact:
    head = f"# aipol: AI rules of {comment(model.identifier)} for FortiOS 7.4 and later."
    tables = (line for table in model.tables for line in _table(table))
    lines = [head, *tables, *_moves(model)]
    return Artifact(CONF, "".join(f"{line}\n" for line in lines).encode())


def _removal(model: Fortigate) -> Artifact:
    """What takes all of it away again, each object before those it refers to."""
    head = f"# aipol: takes away what aipol.conf of {comment(model.identifier)} makes."
    lines = [head]
    for table in reversed(model.tables):
        deleted = (f"delete {_key(entry)}" for entry in table.entries)
        lines += [f"config {words(table.path)}", *_indented(deleted), "end"]
    return Artifact(REMOVE, "".join(f"{line}\n" for line in lines).encode())


def _table(table: Table) -> Iterator[str]:
    yield f"config {words(table.path)}"
    for entry in table.entries:
        yield from _indented(_entry(entry))
    yield "end"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"edit {_key(entry)}"
    yield from _indented(_sets(entry.values))
    for block in entry.blocks:
        body = (f"config {words(block.name)}", *_indented(_sets(block.values)), "end")
        yield from _indented(body)
    for table in entry.tables:
        yield from _indented(_table(table))
    yield "next"


def _key(entry: Entry) -> str:
    return words(entry.key) if isinstance(entry.key, int) else quoted(entry.key)


def _sets(values: Values) -> Iterator[str]:
    for name, value in values:
        yield f"set {words(name)} {_said(value)}"


def _said(value: Value) -> str:
    match value:
        case Text(text):
            return quoted(text)
        case tuple():
            return " ".join(map(quoted, value))
        case _:
            return words(value)


def _moves(model: Fortigate) -> Iterator[str]:
    """Each policy straight before the other one, so that ours keep their order."""
    if model.moved:
        yield "config firewall policy"
        yield from (f"{_STEP}move {policy} before {model.before}" for policy in model.moved)
        yield "end"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"{_STEP}{line}" for line in lines)


# --- the REST API ---------------------------------------------------------------------------------


def _rest(model: Fortigate) -> Artifact:
    requests = [
        {"method": "POST", "path": _path(table), "body": _body(table, entry)}
        for table in model.tables
        for entry in table.entries
    ]
    moves = [
        {
            "method": "PUT",
            "path": f"/api/v2/cmdb/firewall/policy/{policy}?action=move&before={model.before}",
        }
        for policy in model.moved
    ]
    text = json.dumps([*requests, *moves], allow_nan=False, indent=1)
    return Artifact(REST, f"{text}\n".encode())


def _path(table: Table) -> str:
    return f"/api/v2/cmdb/{table.path.replace(' ', '/')}"


def _body(table: Table, entry: Entry) -> dict[str, Any]:
    blocks = {block.name: _fields(block.values) for block in entry.blocks}
    tables = {each.path: [_body(each, inner) for inner in each.entries] for each in entry.tables}
    return {table.key: entry.key, **_fields(entry.values), **blocks, **tables}


def _fields(values: Values) -> dict[str, Any]:
    return {name: _field(value) for name, value in values}


def _field(value: Value) -> Any:
    match value:
        case Text(text):
            return text
        case tuple():
            return [{"name": name} for name in value]
        case _:
            return value
