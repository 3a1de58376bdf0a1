"""Turns the layout of the catalogue's files into JSON Schema, for editors and other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aipol.catalogue import forms, rules, signing
from aipol.catalogue.schema_words import VALUES, described
from aipol.language.examples import add_examples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
Node = dict[str, Any]
_TEXT: Node = {"type": "string", "minLength": 1}
_PLAIN: Mapping[Callable[[Any], str | None], Node] = {
    rules.text: _TEXT,
    forms.short: {**_TEXT, "maxLength": forms.SHORT},
    forms.day: {
        "type": "string",
        "pattern": f"^(?:{forms.DAY})$",
        "description": "A month or a day.",
    },
    forms.header: {"type": "string", "pattern": f"^{forms.HEADER}$"},
    forms.install_path: _TEXT,
    signing.requirement: _TEXT,
    forms.address: {**_TEXT, "pattern": f"^(?:{forms.ADDRESS})$"},
    forms.addresses: {
        "type": "array",
        "minItems": 1,
        "items": {**_TEXT, "pattern": f"^(?:{forms.ADDRESS})$"},
    },
    rules.flag: {"type": "boolean"},
    rules.count: {"type": "integer", "minimum": 1},
    rules.texts: {"type": "array", "minItems": 1, "items": _TEXT},
    rules.programs: {"type": "array", "minItems": 1, "items": _TEXT},
    rules.source: {
        **_TEXT,
        "description": "`owner/repository:path@commit`, `page:host/path` or `public-code:number`.",
        "examples": ["acme/app:package.json@0123abc", "page:docs.acme.example/network"],
    },
    forms.tenant_format: {**_TEXT, "format": "regex"},
    rules.schema: {"enum": list(rules.SCHEMAS)},
}


def apps_schema() -> Node:
    """The schema of a category's file: apps by id."""
    return _document("apps", _keyed(rules.slug, _app()))


def special_schema(name: str) -> Node:
    """The schema of a file that holds no apps, by its name without `.yaml`. Raises KeyError."""
    return _document(name, _SPECIAL[name]())


def names() -> tuple[str, ...]:
    """Everything there is a schema of."""
    return ("apps", *sorted(_SPECIAL))


def _document(name: str, node: Node) -> Node:
    add_examples(node)
    return {
        "$schema": _DIALECT,
        "$id": f"urn:aipol:catalogue:{rules.SCHEMAS[-1]}:{name}",
        "title": f"Catalogue of AI apps: {name}",
        **node,
    }


def _app() -> Node:
    node = _mapping(rules.APP, "app")
    properties: Node = node["properties"]
    for section, shape in rules.ROWS.items():
        properties[section] |= _list(_row(section, shape))
    properties["features"] |= _list(_checked(rules.feature))
    restriction = _mapping(rules.RESTRICTION, "tenant_restriction")
    restriction["properties"]["hosts"] |= _list(_mapping(rules.HOST_MATCH, "hosts"))
    properties["tenant_restriction"] |= restriction
    return node


def _row(section: str, shape: rules.Shape) -> Node:
    """A row, with the form of its value by its kind, store or provider."""
    table, selector, key = rules.VALUES.get(section, ({}, "", ""))
    node = _mapping(shape, "identifiers" if section in rules.IDENTIFIERS else section)
    if not table:
        return node
    values = VALUES[section]
    properties: Node = node["properties"]
    properties[selector] |= {"examples": list(table)}
    properties[key] |= {"examples": list(dict.fromkeys(values.values()))}
    cases = [
        {
            "if": {"properties": {selector: {"const": name}}},
            "then": {
                "properties": {
                    key: {
                        "description": properties[key]["description"],
                        **_checked(check),
                        "examples": [values[name]],
                    }
                }
            },
        }
        for name, check in table.items()
    ]
    return {**node, "allOf": cases}


def _mapping(shape: rules.Shape, kind: str) -> Node:
    """Keys with what each may hold and what it is; `kind` says in which kind of row."""
    checks = {**shape.required, **shape.optional}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(shape.required),
        "properties": {
            key: {**_checked(check), "description": described(kind, key)}
            for key, check in checks.items()
        },
    }


def _checked(check: Callable[[Any], str | None]) -> Node:
    if isinstance(check, rules.OneOf):
        return {"enum": list(check.allowed)}
    if isinstance(check, rules.Like):
        whole = f"^(?:{check.pattern})$"
        return {"type": "string", "pattern": whole, "description": f"{check.meaning}."}
    return _PLAIN.get(check, {})


def _list(item: Node) -> Node:
    return {"type": "array", "minItems": 1, "items": item}


def _keyed(key: Callable[[Any], str | None], item: Node) -> Node:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": _checked(key),
        "additionalProperties": item,
    }


_SPECIAL: Mapping[str, Callable[[], Node]] = {
    "common_hosts": lambda: _list(_mapping(rules.COMMON_HOST, "common_hosts")),
    "gaps": lambda: _list(_mapping(rules.GAP, "gaps")),
    "index": lambda: _mapping(rules.INDEX, "index"),
    "protected": lambda: _keyed(rules.slug, _list(_mapping(rules.PROTECTED, "protected"))),
    "protected_programs": lambda: _keyed(
        rules.slug, _list(_mapping(rules.PROTECTED_PROGRAM, "protected_programs"))
    ),
    "shared_platforms": lambda: _list(_mapping(rules.SHARED_PLATFORM, "shared_platforms")),
    "sources": lambda: _keyed(rules.KEYS["sources"], _mapping(rules.SOURCE, "sources")),
    "teams": lambda: _keyed(rules.KEYS["teams"], _mapping(rules.TEAM, "teams")),
    "vendors": lambda: _keyed(rules.slug, _mapping(rules.VENDOR, "vendors")),
}
