"""`aipol targets`: list the targets and what each can enforce."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.target import Target

SCHEMA = "aipol.targets/1"


@click.command("targets")
@formats("text", "json", "markdown")
def command(form: str) -> int:
    """List every installed target: what it governs, where it acts, and the vendor's limits."""
    from aipol.cli import output
    from aipol.cli.composition import all_targets
    from aipol.report.words import as_json, markdown_row

    targets = all_targets()
    if form == "json":
        listed = [_json(target) for target in targets]
        output.answer(as_json({"schema": SCHEMA, "targets": listed}))
    elif form == "markdown":
        head = ["| target | governs | acts on | limits |", "| --- | --- | --- | --- |"]
        output.answer_lines([*head, *(markdown_row(_cells(target)) for target in targets)])
    else:
        output.answer_lines(line for target in targets for line in _text(target))
    return CLEAN


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
        "settings": sorted(target.settings.model_fields),
    }


def _cells(target: Target) -> tuple[str, ...]:
    from aipol.report.words import places

    limits = "; ".join(f"{limit.name}: {limit.value:,}" for limit in target.limits)
    surfaces = ", ".join(target.surfaces)
    return (f"`{target.id}` {target.title}", surfaces, places(target.reach), limits)


def _text(target: Target) -> Iterator[str]:
    from aipol.report.words import folded, places

    yield from folded(f"{target.id}: {target.title}")
    limits = [
        line
        for limit in target.limits
        for line in (f"{limit.name}: {limit.value:,}", f"  {limit.source}, {limit.verified}")
    ]
    about = [
        ("governs", ", ".join(target.surfaces)),
        ("acts on", places(target.reach)),
        ("knows", _IDENTITIES.get(target.identity, target.identity)),
        *(("" if number else "limits", line) for number, line in enumerate(limits)),
        ("settings", ", ".join(sorted(target.settings.model_fields)) or "none"),
    ]
    for label, text in about:
        yield from folded(f"  {label:<8}  {text}", _HANG)
    yield ""


_HANG = 14
_IDENTITIES = {
    "entra": "people, by the `entra` id of a group",
    "jamf": "computers, by the `jamf` name of a group",
    "networks": "source addresses, by the `networks` of a group",
}
