"""Give a stored object back as Graph does: with every property, and few types."""

from __future__ import annotations

from typing import Any

from aipol_targets.standins.graph.schema import PREFIX, TYPE, Property, Schema

DEFAULT_TAGS = ["0"]  # the scope tag that everything has
NO_TEMPLATE = {
    "templateId": "",
    "templateFamily": "none",
    "templateDisplayName": None,
    "templateDisplayVersion": None,
}
# What Graph fills in that its metadata does not say, as exports of policies show it
# (SkipToTheEndpoint/OpenIntuneBaseline 75c4825c).
_FILLED: dict[str, Any] = {
    "roleScopeTagIds": DEFAULT_TAGS,
    "supportsScopeTags": True,
    "templateReference": NO_TEMPLATE,
}
_EMPTY: dict[str, Any] = {"Boolean": False, "Int32": 0, "Int": 0, "Single": 0.0, "String": ""}


def presented(
    schema: Schema, declared: str, value: dict[str, Any], kind: str = ""
) -> dict[str, Any]:
    """Give an object with all its properties.

    The type is written only where it is not the declared one, which is what OData's minimal
    metadata means; exports of settings catalog policies show it so.
    """
    actual = kind or _sent(value) or declared
    if actual not in schema.kinds:  # of a type that is not served here, made by somebody else
        return {TYPE: f"{PREFIX}{actual}", **value}
    answer: dict[str, Any] = {} if actual == declared else {TYPE: f"{PREFIX}{actual}"}
    for name, each in schema.properties[actual].items():
        answer[name] = _property(schema, each, name, value.get(name))
    return answer


def _sent(value: dict[str, Any]) -> str:
    return str(value.get(TYPE, "")).removeprefix(PREFIX)


def _property(schema: Schema, each: Property, name: str, value: Any) -> Any:
    if value is None:
        return _FILLED[name] if name in _FILLED else _absent(schema, each)
    if each.kind not in schema.kinds:
        return value
    if each.collection:
        return [presented(schema, each.kind, item) for item in value]
    return presented(schema, each.kind, value)


def _absent(schema: Schema, each: Property) -> Any:
    if each.collection:
        return []
    if each.nullable:
        return None
    if each.kind in schema.enums:
        return schema.enums[each.kind].members[0]
    return _EMPTY.get(each.kind)
