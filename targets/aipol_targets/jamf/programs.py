"""Lower rulings about desktop apps and command-line tools to Restricted Software records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aipol.audience import NOBODY, Region
from aipol.catalogue.model import IdentifierKind
from aipol.hosts import ACCOUNT_UNSEEN, INDISTINCT, NO_PROMPT
from aipol.identifiers import Mark, marks
from aipol.ir import Ir, Ruling
from aipol.target import Deviation, Reason, Status
from aipol.vocabulary import Effect, Surface
from aipol_targets.common.apple.account import SHARED_IDENTIFIER
from aipol_targets.common.apple.model import plain
from aipol_targets.jamf.model import Restriction, stem
from aipol_targets.jamf.scopes import Addressed, Scopes

SURFACES = (Surface.DESKTOP, Surface.CLI)
FORMS = ("macos:process", "cli:binary")

SWITCHED_OFF = Reason(
    "restricted-software-off",
    "the settings of this target leave Restricted Software records out",
    "set `programs: restricted-software`",
)
UNMATCHABLE = Reason(
    "process-name-unmatchable",
    "Jamf Pro reads `*` in a process name as a wildcard, so this name cannot be matched exactly",
)


@dataclass(frozen=True, slots=True)
class Program:
    """One record and whom it reaches."""

    restriction: Restriction
    addressed: Addressed
    rulings: tuple[str, ...]


@dataclass(slots=True)
class Programs:
    """All records of a policy, and what they block."""

    ir: Ir
    records: list[Program] = field(default_factory=list)
    blocked: dict[str, Region] = field(default_factory=dict)
    """Who cannot run the program that a question asks about."""


def process_names(ir: Ir, app: str, surface: Surface) -> dict[Mark, str]:
    """How Jamf Pro names each program of a use.

    An app is named as its bundle, with `.app`, as Jamf's own sample does (Classic API 11.26, where
    `Install macOS High Sierra.app` has a process of another name); anything else as its process.
    """
    known = ir.apps[app].app
    bundles = {each.value for each in known.macos if each.kind is IdentifierKind.APP_NAME}
    return {
        mark: f"{mark.value}.app"
        if mark.form == FORMS[0] and f"{mark.value}.app" in bundles
        else mark.value
        for mark in marks(known, surface)
        if mark.form in FORMS
    }


def questions_about(process: str) -> tuple[str, ...]:
    """Which programs a record for `process` stops."""
    if process.endswith(".app"):
        return (f"{FORMS[0]}:{process.removesuffix('.app')}",)
    return tuple(f"{form}:{process}" for form in FORMS)


def lower_programs(ir: Ir, scopes: Scopes) -> Programs:
    """One record for each process and rule that blocks it; records add up: no classes needed."""
    programs = Programs(ir)
    usable: dict[str, Region] = {}
    blocking: dict[str, dict[str, list[Ruling]]] = {}
    forms: dict[str, str] = {}
    for (app, surface), rulings in ir.by_use.items():
        names = process_names(ir, app, surface) if surface in SURFACES else {}
        keeps = _keeps(ir, rulings) if names else NOBODY
        for mark, process in names.items():
            forms[process] = min(forms.get(process, mark.form), mark.form)
            usable[mark.question] = ir.universe.either(usable.get(mark.question, NOBODY), keeps)
            for ruling in rulings:
                if ruling.effect is Effect.BLOCK and "*" not in process:
                    by_rule = blocking.setdefault(process, {})
                    by_rule.setdefault(ruling.decided_by.id, []).append(ruling)
    for process in sorted(blocking):
        spared = ir.universe.any_of(usable.get(q, NOBODY) for q in questions_about(process))
        for _, found in sorted(blocking[process].items()):
            region = ir.universe.any_of(r.audience.region for r in found)
            left = ir.universe.minus(region, spared)
            addressed = scopes.nearest(left) if left != NOBODY else None
            if addressed and addressed.region != NOBODY:
                folder = _folder(process, forms[process])
                _restrict(programs, addressed, folder, process, found)
    return programs


def _keeps(ir: Ir, rulings: tuple[Ruling, ...]) -> Region:
    """Who may use it; under `tighten`, who may with every account."""
    universe = ir.universe
    usable = universe.any_of(r.audience.region for r in rulings if r.effect is not Effect.BLOCK)
    blocked = universe.any_of(r.audience.region for r in rulings if r.effect is Effect.BLOCK)
    return universe.minus(usable, blocked) if ir.tighten else usable


def _restrict(
    programs: Programs, addressed: Addressed, folder: str, process: str, rulings: list[Ruling]
) -> None:
    universe = programs.ir.universe
    rule = rulings[0].decided_by.id
    restriction = Restriction(
        stem=f"restricted-software/{folder}/{stem(process)}--{stem(rule)}",
        name=plain(f"aipol {programs.ir.organization.identifier} {process} ({rule})"),
        process=plain(process),
        message=_message(programs.ir, process, rulings[0]),
        scope=addressed.scope,
    )
    programs.records.append(Program(restriction, addressed, tuple(r.id for r in rulings)))
    for question in questions_about(process):
        known = programs.blocked.get(question, NOBODY)
        programs.blocked[question] = universe.either(known, addressed.region)


def _folder(process: str, form: str) -> str:
    if process.endswith(".app"):
        return "apps"
    return "tools" if form == FORMS[1] else "processes"


def _message(ir: Ir, process: str, ruling: Ruling) -> str:
    if ruling.message:
        return plain(ruling.message)
    name = process.removesuffix(".app")
    text = f"{name} is not allowed by the AI usage policy of {ir.organization.name}."
    instead = ir.apps.get(ruling.redirect_to)
    return plain(f"{text} Use {instead.app.name} instead." if instead else text)


def program_deviations(programs: Programs, ruling: Ruling) -> Iterator[Deviation]:
    """Where the records answer other than `ruling` about its programs, and for whom."""
    ir, universe = programs.ir, programs.ir.universe
    for mark, process in process_names(ir, ruling.app, ruling.surface).items():
        stopped = universe.both(ruling.audience.region, programs.blocked.get(mark.question, NOBODY))
        running = universe.minus(ruling.audience.region, stopped)
        if ruling.effect is not Effect.BLOCK and stopped != NOBODY:
            yield Deviation(Status.STRICTER, INDISTINCT, stopped, mark.question, mark.form)
        if ruling.effect is not Effect.ALLOW and running != NOBODY:
            reason = UNMATCHABLE if "*" in process else _why(ir, ruling, running, mark)
            yield Deviation(Status.LOOSER, reason, running, mark.question, mark.form)


def _why(ir: Ir, ruling: Ruling, running: Region, mark: Mark) -> Reason:
    if ruling.effect is not Effect.BLOCK:
        return NO_PROMPT
    usable = _usable_elsewhere(ir, running)
    own = usable.get((ruling.app, ruling.surface), ())
    if any(other.account is not ruling.account for other in own):
        return ACCOUNT_UNSEEN
    if any(
        mark.question in {each.question for each in process_names(ir, *use)}
        for use in usable
        if use != (ruling.app, ruling.surface) and use[1] in SURFACES
    ):
        return SHARED_IDENTIFIER
    return INDISTINCT


def _usable_elsewhere(ir: Ir, people: Region) -> Mapping[tuple[str, Surface], tuple[Ruling, ...]]:
    """Rulings that let any of `people` use something."""
    return {
        use: found
        for use, rulings in ir.by_use.items()
        if (
            found := tuple(
                r
                for r in rulings
                if r.effect is not Effect.BLOCK and ir.universe.overlap(r.audience.region, people)
            )
        )
    }
