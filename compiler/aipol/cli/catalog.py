"""`aipol catalog`: search the apps that the catalogue knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import App

LIST_SCHEMA = "aipol.catalog-list/1"
SHOW_SCHEMA = "aipol.catalog-show/1"
SEARCH_SCHEMA = "aipol.catalog-search/1"
_OWN = (
    "this is the catalogue that ships; of an app that a policy or its overlay adds, ask "
    "`aipol explain POLICY --app APP --surface SURFACE`"
)


# Verbs with a module of their own, imported when they are called.
ELSEWHERE: dict[str, str] = {
    "diff": "aipol.cli.catalog_diff",
    "gaps": "aipol.cli.catalog_gaps",
    "lint": "aipol.cli.catalog_lint",
    "lock": "aipol.cli.catalog_lock",
}


class Catalog(click.Group):
    """A group that takes an unknown word for what is searched for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, by name."""
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        import importlib

        found: click.Command = importlib.import_module(ELSEWHERE[cmd_name]).command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or wrong usage with the search that was meant."""
        verbs = self.list_commands(ctx)
        if args and args[0] not in verbs and not args[0].startswith("-"):
            from aipol.language.words import near

            guess = near(args[0], verbs)
            meant = guess or f"search {args[0]}"
            raise click.UsageError(f"no command `{args[0]}`; try `aipol catalog {meant}`", ctx)
        return super().resolve_command(ctx, args)


@click.group("catalog", cls=Catalog)
def command() -> None:
    """Ask the catalogue of AI apps, check it, and see what a newer one would do.

    list, show, search and gaps ask the catalogue that ships, whatever a policy locks or overlays.
    """


@command.command("list")
@click.option("--category", metavar="NAME", help="Only apps of this category, such as chat.")
@click.option("--vendor", metavar="SLUG", help="Only apps of this vendor, such as openai.")
@click.option("--surface", metavar="SURFACE", help="Only apps reached this way, such as cli.")
@formats("text", "json")
def list_(category: str | None, vendor: str | None, surface: str | None, form: str) -> int:
    """List apps by id, with name, vendor, category and the ways to reach them."""
    from aipol.cli import output
    from aipol.cli.composition import catalogue
    from aipol.report.apps import app_row, apps_text
    from aipol.report.words import as_json

    known = catalogue()
    apps = _chosen(known, category, vendor, surface)
    if form == "json":
        rows = [app_row(known, app) for app in apps]
        output.answer(as_json({"schema": LIST_SCHEMA, "digest": known.digest, "apps": rows}))
    else:
        output.answer_lines(apps_text(known, apps, output.width()))
    return CLEAN


def _chosen(
    known: Catalogue, category: str | None, vendor: str | None, surface: str | None
) -> list[App]:
    from aipol.vocabulary import Surface

    must_exist("category", category, known.categories)
    must_exist("vendor", vendor, known.vendors)
    must_exist("surface", surface, tuple(Surface))
    return [
        app
        for app in known.apps()
        if category in {None, app.category}
        and vendor in {None, app.vendor}
        and (surface is None or surface in app.surfaces)
    ]


def must_exist(what: str, name: str | None, known: Iterable[str]) -> None:
    """Wrong usage, with what was meant, where `name` is given and not known."""
    from aipol.language.words import suggest

    every = tuple(known)
    if name is not None and name not in every:
        raise click.UsageError(f"no {what} `{name}`; {suggest(name, every)}")


@command.command("show")
@click.argument("app")
@formats("text", "json")
def show(app: str, form: str) -> int:
    """Print everything the catalogue knows about APP, each fact with its source and tier.

    Tier A is the vendor's own, B a curated project, C a community list with a second source. What
    an identifier may be used for: decide (a rule may be carried out by it), narrow (only together
    with another), find (an inventory), keep-open (it does more than the app: never blocked).
    """
    from aipol.cli import output
    from aipol.cli.composition import catalogue
    from aipol.report.apps import app_json, app_text
    from aipol.report.words import as_json

    known = catalogue()
    try:
        must_exist("app", app, known.ids)
    except click.UsageError as error:
        raise click.UsageError(f"{error.message}\n{_OWN}") from None
    found = known.app(app)
    if form == "json":
        output.answer(as_json({"schema": SHOW_SCHEMA, **app_json(known, found)}))
    else:
        output.answer_lines(app_text(known, found))
    return CLEAN


@command.command("search")
@click.argument("text")
@formats("text", "json")
def search(text: str, form: str) -> int:
    """Find what TEXT is: a host or URL, an identifier, a process or its path, an id, a name.

    An address in a store of extensions and a command that installs a package are read as well. Each
    hit says whose it is, what else matters about it, and where that was read. Exit 1 for none.
    """
    from aipol.cli import output
    from aipol.cli.composition import catalogue
    from aipol.report.hits import bypass_hits, hit_json, hits_text
    from aipol.report.words import as_json

    if not text.strip():
        raise click.UsageError("nothing to search for; give a host, an identifier or a name")
    known = catalogue()
    hits = (*bypass_hits(text), *known.search(text))
    if form == "json":
        rows = [hit_json(hit) for hit in hits]
        output.answer(as_json({"schema": SEARCH_SCHEMA, "query": text, "hits": rows}))
    elif hits:
        output.answer_lines(hits_text(known, hits))
    else:
        output.remark(f"nothing in the catalogue is known by `{text}`")
        output.remark(_OWN)
    return CLEAN if hits else FINDINGS
