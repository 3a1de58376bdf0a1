"""`aipol explain`: say what happens to one use, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import as_of_option, policy_argument
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.audience import Person
    from aipol.catalogue.collateral import Collateral
    from aipol.catalogue.load import Catalogue
    from aipol.cli.whereabouts import Whereabouts
    from aipol.ir import Ir, Ruling
    from aipol.pipeline import Build, Opened, Run
    from aipol.report.entries import Entry
    from aipol.report.explain import Asked, Explanation, Seen
    from aipol.target import Answer, Decider
    from aipol.vocabulary import Account

SCHEMA = "aipol.explain/1"
_MOST_QUESTIONS = 200


@click.command("explain")
@policy_argument
@click.option("--app", required=True, metavar="APP", help="The app's id, such as chatgpt.")
@click.option(
    "--surface", required=True, metavar="SURFACE", help="The way it is reached, such as web."
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="GROUP",
    help="A group the person is in; repeatable.",
)
@click.option(
    "--account",
    type=click.Choice(["corporate", "personal"]),
    default="personal",
    show_default=True,
    help="Whose account the person is signed in to.",
)
@click.option("--site", default="", metavar="SITE", help="The site the person is at.")
@click.option(
    "--source",
    default="",
    metavar="ADDRESS",
    help="The address the person comes from, in place of groups.",
)
@as_of_option
@formats("text", "json")
def command(
    *,
    policy: str,
    app: str,
    surface: str,
    groups: tuple[str, ...],
    account: str,
    site: str,
    source: str,
    as_of: date,
    form: str,
) -> int:
    """Say what POLICY does with one person's use of one app, from which line, and by what.

    Without `--group` the person is in no group but everyone's. With `--source` they are whom the
    policy, or its inventory, says that address belongs to.
    """
    from aipol.cli import output
    from aipol.cli.composition import built, opened
    from aipol.cli.whereabouts import placed, refuse_astray
    from aipol.diagnostics.model import has_errors
    from aipol.report.explain import explanation
    from aipol.vocabulary import Account

    found = opened(policy, as_of)
    if found.ir is None:
        return output.findings(found.findings, found.sources, form, SCHEMA)
    place = placed(found.ir, groups, site, source)
    asked = _asked(found.ir, found.catalogue, (app, surface), place, Account(account))
    who = _who(found.ir, asked)
    build = built(found)
    if has_errors(build.findings):
        return output.findings(build.findings, found.sources, form, SCHEMA)
    refuse_astray(found.ir, place, build)
    matrix = build.matrix.at(place.site) if place.site else build.matrix
    platforms = {run.target.id: run.target.identity for run in build.runs}
    seen, besides = _seen(build, place, *who[:2]), _besides(found, asked)
    _answer(explanation(matrix, platforms, asked, who, seen, besides=besides), found, form)
    return CLEAN


def _answer(answer: Explanation, found: Opened, form: str) -> None:
    from aipol.cli import output
    from aipol.report.explain import explanation_json, explanation_text
    from aipol.report.words import as_json

    if form == "json":
        output.answer(as_json(explanation_json(answer)))
    else:
        output.answer_lines(explanation_text(answer, found.sources))


def _no_edition(known: Catalogue, app: str, surface: str) -> None:
    """Wrong usage for an edition: rules, and so answers, are about the app that it is one of."""
    parent = known.app(app).edition_of if app in known else None
    if parent:
        raise click.UsageError(
            f"`{app}` is an edition of `{parent}`; ask "
            f"`--app {parent} --surface {surface} --account corporate`"
        )


def _who(ir: Ir, asked: Asked) -> tuple[Person, Ruling, Ruling | None]:
    """The person, with what holds for each kind of account."""
    person = _person(ir, asked.groups)
    ruling = _ruling(ir, person, asked, asked.account)
    return person, ruling, _other(ir, person, asked, ruling)


def _asked(
    ir: Ir, known: Catalogue, use: tuple[str, str], place: Whereabouts, account: Account
) -> Asked:
    from aipol.language.words import suggest
    from aipol.report.explain import Asked
    from aipol.vocabulary import Surface

    app, surface = use
    _no_edition(known, app, surface)
    if app not in ir.apps:
        names = {governed.app.name: governed.id for governed in ir.apps.values()}
        hint = f"did you mean `{names[app]}`?" if app in names else suggest(app, ir.apps)
        raise click.UsageError(f"no app `{app}`; {hint}")
    if surface not in tuple(Surface):
        raise click.UsageError(f"no surface `{surface}`; {suggest(surface, tuple(Surface))}")
    for group in place.groups:
        if group not in ir.groups:
            raise click.UsageError(f"no group `{group}`; {suggest(group, ir.groups)}")
    name, groups = ir.apps[app].app.name, place.groups
    return Asked(app, name, Surface(surface), account, groups, place.site, place.source)


def _person(ir: Ir, groups: tuple[str, ...]) -> Person:
    from aipol.resolve.tests import person_in

    person = person_in(ir, groups)
    if person is None:
        raise click.UsageError(f"nobody can be in {' and '.join(f'`{name}`' for name in groups)}")
    return person


def _ruling(ir: Ir, person: Person, asked: Asked, account: Account) -> Ruling:
    ruling = ir.decide(person, asked.app, asked.surface, account)
    if ruling is None:
        known = ", ".join(f"`{surface}`" for surface in ir.apps[asked.app].app.surfaces)
        has = f"it has {known}" if known else "nothing is known by which to recognise it"
        raise click.UsageError(f"`{asked.app}` has no surface `{asked.surface}`; {has}")
    return ruling


def _other(ir: Ir, person: Person, asked: Asked, ruling: Ruling) -> Ruling | None:
    from aipol.vocabulary import Account

    account = Account.PERSONAL if asked.account is Account.CORPORATE else Account.CORPORATE
    other = _ruling(ir, person, asked, account)
    return None if other.id == ruling.id else other


def _besides(opened: Opened, asked: Asked) -> tuple[Collateral, ...]:
    """What a block of the surface would break, or spares because it would."""
    from aipol.catalogue.collateral import collateral, of_surface

    if opened.ir is None:
        return ()
    app = opened.ir.apps[asked.app].app
    return of_surface(app, asked.surface, collateral(app, opened.catalogue))


def _seen(build: Build, place: Whereabouts, person: Person, ruling: Ruling) -> Seen:
    """Where in each artefact a reader finds what decides about the use, the first such place."""
    from aipol.report.entries import Heard, entries_of
    from aipol.report.explain import Seen

    spots: dict[str, str] = {}
    acting: set[tuple[str, str, str]] = set()
    entries: list[Entry] = []
    for run in build.runs:
        if place.site and run.site not in {"", place.site}:
            continue
        decider = run.target.read({each.path: each.content for each in run.compiled.artifacts})
        who, identities = (person, ruling), tuple(_identities(run, place, person))
        written = build.ir.sites.get(run.site, build.ir)
        entries += entries_of(Heard(run, decider, written), who, identities)
        for device, answer in _answers(run, decider, ruling, identities):
            name = f"{run.target.id}/{answer.artifact.removeprefix(f'{run.target.id}/')}"
            if answer.locator:
                spots.setdefault(name, answer.locator)
            if answer.effect and answer.effect.strictness >= ruling.effect.strictness:
                acting.add((run.target.id, run.site, device))
    return Seen(spots, frozenset(acting), tuple(entries))


def _answers(
    run: Run, decider: Decider, ruling: Ruling, identities: tuple[frozenset[str], ...]
) -> Iterator[tuple[str, Answer]]:
    """What the target's reader answers about the use, with the device."""
    from aipol.target import Question
    from aipol.verify.probes import probes_of

    devices = {situation.device: situation for situation in reversed(run.target.reach)}
    for device, situation in devices.items():
        questions = (
            Question(probe.kind, probe.value, identity, client, situation)
            for identity in identities
            for probe in probes_of(run.ir, ruling)
            for client in probe.clients(decider, situation)
        )
        for question in islice(questions, _MOST_QUESTIONS):
            yield device, decider.decide(question)


def _identities(run: Run, place: Whereabouts, person: Person) -> Iterator[frozenset[str]]:
    """What a platform knows the person by.

    On a network, an address of each family at each place where they may sit.
    """
    ir, platform = run.ir, run.target.identity
    if platform == "networks":
        from aipol.report.person import seats_of
        from aipol.verify.panel import family_of

        if place.source:
            yield frozenset({place.source})
            return
        for segment in seats_of(ir, person):
            seats = {family_of(frozenset({each})): each for each in reversed(segment.samples)}
            yield from (frozenset({address}) for address in seats.values())
        return
    inside = (group for group in ir.groups.values() if ir.universe.contains(group.region, person))
    yield frozenset(name for group in inside if (name := getattr(group, platform)))
