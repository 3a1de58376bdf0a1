"""Turns a list of REST requests into the configuration that they leave.

`/api/v2/cmdb/<path>` is the table of that path; a body has the settings by the names they have on
the command line, and lists of objects for what refers to other objects (network reference 2.2;
fields: Terraform provider fortinetdev/fortios).
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from aipol_targets.fortigate.read_tree import Config, Node

_TABLE = re.compile(r"/api/v2/cmdb/([a-z]+)/([a-z0-9-]+)")
_MOVE = re.compile(r"/api/v2/cmdb/firewall/policy/(\d+)\?action=move&before=(\d+)")
_KEYS = {
    "firewall policy": "policyid",
    "webfilter urlfilter": "id",
    "dnsfilter domain-filter": "id",
}
_NUMBERS = {"policyid", "id", "urlfilter-table", "domain-filter-table", "ports"}


def read_rest(content: bytes, path: str) -> Config:
    """The tables that the requests make, in their order. Raises UnreadableArtifact."""
    config = Config(path)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            config.refuse(0, "a key is given twice")
        return dict(pairs)

    def no_constant(name: str) -> NoReturn:
        config.refuse(0, f"{name} is not JSON")

    try:
        found = json.loads(content, object_pairs_hook=once, parse_constant=no_constant)
    except (ValueError, RecursionError) as fault:
        config.refuse(0, f"not JSON: {fault}")
    for request in found if isinstance(found, list) else (found,):
        _request(config, request)
    return config


def _request(config: Config, request: Any) -> None:
    match request:
        case {"method": "POST", "path": str(path), "body": dict(body), **rest} if not rest:
            table = _TABLE.fullmatch(path)
            name = " ".join(table.groups()) if table else ""
            if config.moves or not table:
                config.refuse(0, f"no table, or one after a move: {path!r}")
            node = config.tables.setdefault(name, config.node())
            _add(config, node, body, _KEYS.get(name, "name"))
        case {"method": "PUT", "path": str(path), **rest} if not rest:
            move = _MOVE.fullmatch(path)
            if not move:
                config.refuse(0, f"no move of a policy: {path!r}")
            config.moves.append((move.group(1), move.group(2)))
        case _:
            config.refuse(0, "a request has another method, or keys that are not accounted for")


def _add(config: Config, table: Node, body: Any, key: str) -> None:
    if not isinstance(body, dict) or key not in body:
        config.refuse(0, f"an entry lacks `{key}`")
    (name,) = _scalar(config, key, body[key])
    if name in table.edits:
        config.refuse(0, f"{name} is there twice")
    table.edits[name] = node = config.node()
    for field, value in body.items():
        if field != key:
            _field(config, node, field, value)


def _field(config: Config, node: Node, name: str, value: Any) -> None:
    if isinstance(value, dict):
        node.blocks[name] = block = config.node()
        for inner, its in value.items():
            block.sets[inner] = _scalar(config, inner, its)
    elif name == "entries" and isinstance(value, list):
        node.blocks[name] = table = config.node()
        for each in value:
            _add(config, table, each, "id")
    elif isinstance(value, list):
        names = tuple(_named(config, name, each) for each in value)
        if not names:
            config.refuse(0, f"`{name}` is empty")
        node.sets[name] = names
    else:
        node.sets[name] = _scalar(config, name, value)


def _named(config: Config, field: str, value: Any) -> str:
    if not isinstance(value, dict) or value.keys() != {"name"} or not value["name"]:
        config.refuse(0, f"`{field}` does not list names")
    return _scalar(config, "name", value["name"])[0]


def _scalar(config: Config, name: str, value: Any) -> tuple[str, ...]:
    """A number, or the words of a text."""
    if type(value) is not (int if name in _NUMBERS else str) or value == "":
        config.refuse(0, f"`{name}` cannot be {value!r}")
    return tuple(str(value).split(" "))
