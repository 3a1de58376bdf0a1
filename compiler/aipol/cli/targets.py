"""`aipol targets`: list the targets and what each can enforce."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.target import Target

SCHEMA = "aipol.targets/1"


@click.command("targets")
@click.argument("name", required=False, metavar="[NAME]")
@formats("text", "json", "markdown")
def command(name: str | None, form: str) -> int:
    """List every installed target: what it governs, where it acts, and what it must be told.

    With NAME, that one alone, with the meaning of each setting and the vendor's limits.
    """
    from aipol.cli import output
    from aipol.report.words import as_json, markdown_row

    targets = _chosen(name)
    if form == "json":
        listed = [_json(target) for target in targets]
        output.answer(as_json({"schema": SCHEMA, "targets": listed}))
    elif form == "markdown":
        head = ["| target | governs | acts on | limits |", "| --- | --- | --- | --- |"]
        output.answer_lines([*head, *(markdown_row(_cells(target)) for target in targets)])
    elif name is None:
        output.answer_lines(line for target in targets for line in (*_text(target), ""))
        output.answer_lines(["`aipol targets NAME` has the settings' meaning, and the limits"])
    else:
        output.answer_lines(line for target in targets for line in _whole(target))
    return CLEAN


def _chosen(name: str | None) -> tuple[Target, ...]:
    from aipol.cli.composition import all_targets
    from aipol.language.words import suggest

    targets = all_targets()
    found = tuple(target for target in targets if name in (None, target.id))
    if name is not None and not found:
        hint = suggest(name, [target.id for target in targets])
        raise click.BadParameter(f"no target `{name}`; {hint}", param_hint="NAME")
    return found


def _json(target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "title": target.title,
        "identity": target.identity,
        "surfaces": [surface.value for surface in target.surfaces],
        "reach": [situation.value for situation in target.reach],
        "limits": [
            {
                "name": limit.name,
                "value": limit.value,
                "source": limit.source,
                "verified": limit.verified.isoformat(),
            }
            for limit in target.limits
        ],
        "pushes": _pushes(target),
        "settings": sorted(target.settings.model_fields),
        "described": [
            {
                "name": each.name,
                "meaning": each.meaning,
                "required": each.required,
                "default": each.default,
                "choices": list(each.choices),
            }
            for each in _settings(target)
        ],
    }


def _pushes(target: Target) -> bool:
    from aipol.target import StagedTarget

    return isinstance(target, StagedTarget) and target.remote is not None


def _installed(target: Target) -> str:
    """How its files come to where they act."""
    from aipol.serving import Serving
    from aipol.target import StagedTarget

    if isinstance(target, StagedTarget) and target.writes_on:
        return f"by `aipol apply` on {target.writes_on}, elsewhere by hand: see its README"
    if _pushes(target):
        return "by `aipol apply`"
    served = isinstance(target, Serving) and target.fetched
    return f"{'lists by `aipol publish`, the rest ' if served else ''}by hand: see its README"


def _cells(target: Target) -> tuple[str, ...]:
    from aipol.report.words import places

    limits = "; ".join(f"{limit.name}: {limit.value:,}" for limit in target.limits)
    surfaces = ", ".join(target.surfaces)
    return (f"`{target.id}` {target.title}", surfaces, places(target.reach), limits)


def _text(target: Target) -> Iterator[str]:
    from aipol.report.words import folded, places

    yield from folded(f"{target.id}: {target.title}")
    needed = [f"{each.name} (required)" for each in _settings(target) if each.required]
    others = [each.name for each in _settings(target) if not each.required]
    about = [
        ("governs", ", ".join(target.surfaces)),
        ("acts on", places(target.reach)),
        ("knows", _IDENTITIES.get(target.identity, target.identity)),
        ("install", _installed(target)),
        ("settings", ", ".join([*needed, *others]) or "none"),
    ]
    for label, text in about:
        yield from folded(f"  {label:<8}  {text}", _HANG)


def _whole(target: Target) -> Iterator[str]:
    from aipol.report.words import folded

    yield from _text(target)
    for each in _settings(target):
        yield ""
        yield from folded(f"  {each.name}: {each.meaning}", _DEEPER)
        if each.choices:
            yield from folded(f"    one of {', '.join(each.choices)}", _DEEPER)
        yield from folded(f"    {'required' if each.required else _default(each)}", _DEEPER)
    if target.limits:
        yield ""
        yield "  limits"
    for limit in target.limits:
        yield from folded(f"    {limit.name}: {limit.value:,}", _DEEPER)
        yield from folded(f"      {limit.source}, {limit.verified}", _DEEPER)


@dataclass(frozen=True, slots=True)
class _Setting:
    """One key of `targets.<id>`, as editors are told of it."""

    name: str
    meaning: str
    required: bool
    default: Any
    choices: tuple[str, ...]


def _settings(target: Target) -> Iterator[_Setting]:
    schema = target.settings.model_json_schema()
    for name, field in sorted(schema.get("properties", {}).items()):
        choices = field.get("enum") or field.get("items", {}).get("enum", ())
        yield _Setting(
            name,
            " ".join(field.get("description", "").split()),
            name in schema.get("required", ()),
            field.get("default"),
            tuple(str(each) for each in choices),
        )


def _default(setting: _Setting) -> str:
    empty = setting.default in (None, "", [], {})
    return f"default: {'none' if empty else json.dumps(setting.default)}"


_HANG, _DEEPER = 14, 6
_IDENTITIES = {
    "entra": "people, by the `entra` id of a group",
    "jamf": "computers, by the `jamf` name of a group",
    "networks": "source addresses, by the `networks` of a group",
}
