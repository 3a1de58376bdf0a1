"""`aipol catalog gaps`: list what the catalogue does not know."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN
from aipol.cli.output import formats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aipol.catalogue.gaps import Gap

SCHEMA = "aipol.catalog-gaps/1"
_MOST = 8


@click.command("gaps")
@click.option("--app", "app_id", metavar="APP", help="Only what is missing of this app.")
@click.option("--kind", metavar="KIND", help="Only gaps of this kind, such as macos-team-id.")
@formats("text", "json")
def command(app_id: str | None, kind: str | None, form: str) -> int:
    """List what the catalogue does not know: what no source was found for stays out of it.

    Without options, a line a kind; with `--app` or `--kind`, a line a gap.
    """
    from aipol.catalogue.gaps import Hole, gaps
    from aipol.cli import output
    from aipol.cli.catalog import must_exist
    from aipol.cli.composition import catalogue
    from aipol.report.words import as_json

    known = catalogue()
    must_exist("app", app_id, known.ids)
    must_exist("kind", kind, tuple(Hole))
    found = [
        gap for gap in gaps(known) if app_id in {None, gap.app} and kind in {None, gap.hole.value}
    ]
    if form == "json":
        rows = [_row(gap) for gap in found]
        output.answer(as_json({"schema": SCHEMA, "digest": known.digest, "gaps": rows}))
    elif app_id or kind:
        output.answer_lines(_each(found))
    else:
        output.answer_lines(_by_kind(found))
    return CLEAN


def _row(gap: Gap) -> dict[str, str]:
    return {
        "app": gap.app,
        "kind": gap.hole.value,
        "what": gap.what,
        "looked": gap.looked,
        "why": gap.why,
    }


def _each(found: Sequence[Gap]) -> Iterator[str]:
    from aipol.report.words import count, listed

    rows = [(gap.app, gap.hole.value, _said(gap)) for gap in found]
    yield from listed(rows, indent=0)
    yield count(len(found), "gap")


def _said(gap: Gap) -> str:
    from aipol.catalogue.gaps import MEANING

    what = gap.what or MEANING[gap.hole]
    looked = f" (looked in {gap.looked})" if gap.looked else ""
    return f"{what}{looked}{f': {gap.why}' if gap.why else ''}"


def _by_kind(found: Sequence[Gap]) -> Iterator[str]:
    from aipol.catalogue.gaps import MEANING, Hole
    from aipol.report.words import count, folded, some

    totals = Counter(gap.hole for gap in found)
    width = max(len(hole) for hole in Hole)
    for hole in Hole:
        apps = dict.fromkeys(gap.app for gap in found if gap.hole is hole)
        if apps:
            yield f"{hole:<{width}}  {totals[hole]:>4}  {MEANING[hole]}"
            yield from folded(f"    {some(apps, _MOST)}")
    yield count(len(found), "gap") + "; `aipol catalog gaps --kind KIND` lists them one by one"
