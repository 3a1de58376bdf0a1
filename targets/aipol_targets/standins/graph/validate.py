"""Refuse what Graph's metadata does not allow in a body."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from aipol_targets.standins.graph.errors import Refused, bad
from aipol_targets.standins.graph.schema import PREFIX, TYPE, Property, Schema

INVALID = "ModelValidationFailure"  # the code in the answers cited in `policies`
STAMPED = frozenset(
    {
        "id",
        "createdDateTime",
        "lastModifiedDateTime",
        "version",
        "settingCount",
        "isAssigned",
        "creationSource",
        "supportsScopeTags",
    }
)
_WHOLE = {"Int32": 2**31, "Int": 2**63}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$")
# A value that is sent as text and has to be base64 all the same (microsoft.graph.omaSettingBase64).
_ENCODED = {("omaSettingBase64", "value")}


def check_new(schema: Schema, declared: str, value: object, where: str = "") -> str:
    """Check an object that is to be created as a whole, and give its type."""
    kind, given = _opened(schema, declared, value, where)
    for name, each in schema.members[kind].items():
        if name in STAMPED or each.navigation or name in given:
            continue
        if not each.nullable and _must_be_sent(schema, kind, name, each):
            raise bad(f"{_at(where, name)} is required", INVALID)
    return kind


def check_change(schema: Schema, declared: str, value: object) -> str:
    """Check an object of which only what changes is sent, and give its type."""
    return _opened(schema, declared, value, "")[0]


def sent_type(value: Mapping[str, Any]) -> str:
    """Give the type that a body names, or nothing."""
    tag = value.get(TYPE)
    return tag[len(PREFIX) :] if isinstance(tag, str) and tag.startswith(PREFIX) else ""


def _opened(schema: Schema, declared: str, value: object, where: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise bad(f"{where or 'the body'} has to be an object", INVALID)
    kind = _kind(schema, declared, value, where)
    members = schema.members[kind]
    for name, each in value.items():
        if name.startswith("@") or "@odata." in name:
            continue
        if name not in members:
            raise Refused(
                400, f"The property '{name}' does not exist on type '{PREFIX[1:]}{kind}'."
            )
        if name not in STAMPED:
            _value(schema, members[name], each, _at(where, name))
            if (kind, name) in _ENCODED:
                _base64(each, _at(where, name))
    return kind, value


def _kind(schema: Schema, declared: str, value: dict[str, Any], where: str) -> str:
    tag = value.get(TYPE)
    if tag is None:
        if schema.kinds[declared].abstract:
            raise bad(f"{where or 'the body'} needs an {TYPE}: {declared} is abstract", INVALID)
        return declared
    name = sent_type(value)
    if name not in schema.kinds:
        raise bad(f"{TYPE} {tag!r} of {where or 'the body'} is not known", INVALID)
    if declared not in schema.lineage[name] or schema.kinds[name].abstract:
        raise bad(f"{TYPE} {tag!r} of {where or 'the body'} is no {declared}", INVALID)
    return name


def _must_be_sent(schema: Schema, kind: str, name: str, each: Property) -> bool:
    # Numbers, switches and enumerations have a default; texts, documents and own values have not.
    own_value = name == "value" and "omaSetting" in schema.lineage[kind]
    return own_value or each.collection or each.kind in {"String", "Binary", *schema.kinds}


def _value(schema: Schema, each: Property, value: object, where: str) -> None:
    if value is None:
        if not each.nullable:
            raise bad(f"{where} may not be null", INVALID)
        return
    if not each.collection:
        _single(schema, each.kind, value, where)
        return
    if not isinstance(value, list):
        raise bad(f"{where} has to be a list", INVALID)
    for index, item in enumerate(value):
        _single(schema, each.kind, item, f"{where}[{index}]")


def _single(schema: Schema, kind: str, value: object, where: str) -> None:
    if kind in schema.kinds:
        check_new(schema, kind, value, where)
    elif kind in schema.enums:
        _member(schema, kind, value, where)
    elif not _primitive(kind, value):
        raise bad(f"{where} has to be of type Edm.{kind}", INVALID)
    elif kind == "Binary":
        _base64(value, where)


def _member(schema: Schema, kind: str, value: object, where: str) -> None:
    enumeration = schema.enums[kind]
    parts = value.split(",") if isinstance(value, str) else [""]
    single = len(parts) == 1 or enumeration.flags
    known = set(enumeration.members) - {"unknownFutureValue"}
    if not single or not {part.strip() for part in parts} <= known:
        raise bad(f"{where}: {value!r} is no member of {kind}", INVALID)


def _primitive(kind: str, value: object) -> bool:
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind in _WHOLE:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and -_WHOLE[kind] <= value < _WHOLE[kind]  # type: ignore[operator]
    if kind == "Single":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "DateTimeOffset":
        return isinstance(value, str) and bool(_MOMENT.match(value))
    return isinstance(value, str)


def _base64(value: object, where: str) -> None:
    try:
        base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise bad(f"{where} is not base64", INVALID) from None


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
