"""Lower rulings to Jamf Pro's profiles, Restricted Software records and smart groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from aipol.audience import NOBODY, TooManyClasses
from aipol.catalogue.model import IdentifierKind
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ir
from aipol.target import Lowered
from aipol_targets.common.apple.lower_profiles import distinct, lock_outs, lower_profiles, too_long
from aipol_targets.common.apple.model import CellProfile, Extensions, Family, Options, plain
from aipol_targets.jamf.model import Jamf, ScopedProfile, SmartGroup, stem
from aipol_targets.jamf.programs import Programs, lower_programs
from aipol_targets.jamf.records import TARGET, Emitted, coverage
from aipol_targets.jamf.scopes import Addressed, Scopes, cells


class Choices(Protocol):
    """What lowering needs of the settings."""

    @property
    def category(self) -> str:
        """Category of the profiles, or nothing."""
        ...

    @property
    def programs(self) -> str:
        """`restricted-software`, or that programs are left to something else."""
        ...

    @property
    def other_browsers(self) -> str:
        """`present`, or that people have no browser but the managed ones."""
        ...

    @property
    def max_classes(self) -> int:
        """Most classes of people."""
        ...

    @property
    def extension_mode(self) -> Extensions:
        """What happens to unknown browser extensions."""
        ...


@dataclass(frozen=True, slots=True)
class _Scoped:
    """A class's profile and how the class is addressed."""

    own: CellProfile
    addressed: Addressed

    @property
    def stem(self) -> str:
        return f"profiles/{self.own.family.value}/{stem(self.own.cell.id)}"


def lower(ir: Ir, settings: Choices) -> Lowered[Jamf]:
    """Everything Jamf Pro gets, with the account of it; nothing when there are too many classes."""
    scopes = Scopes.of(ir)
    try:
        scoped = tuple(each for family in Family for each in _family(ir, scopes, family, settings))
    except TooManyClasses as many:
        return Lowered(Jamf(), (), (_too_many(ir, many.count, settings.max_classes),))
    programs = (
        lower_programs(ir, scopes) if settings.programs == "restricted-software" else Programs(ir)
    )
    model = _model(ir, scoped, programs, settings)
    profiles = [each.own for each in scoped]
    paths = {each.own.name: f"{each.stem}.mobileconfig" for each in scoped}
    emitted = Emitted(
        ir=ir,
        profiles=profiles,
        programs=programs,
        paths=paths,
        other_browsers=settings.other_browsers == "present",
        programs_off=settings.programs != "restricted-software",
    )
    findings = (
        *too_long(TARGET, ir, profiles),
        *lock_outs(ir, profiles, lambda own: f"{TARGET}/{paths[own.name]}"),
        *_stopped(ir, model),
        *_groups_findings(ir, model.groups, settings.max_classes),
    )
    return Lowered(model, coverage(emitted), findings)


def _family(ir: Ir, scopes: Scopes, family: Family, settings: Choices) -> Iterator[_Scoped]:
    pairs = cells(scopes, distinct(ir, family), settings.max_classes)
    profiles = lower_profiles(
        ir, family, [cell for cell, _ in pairs], Options(settings.extension_mode)
    )
    for own, (cell, addressed) in zip(profiles, pairs, strict=True):
        if cell.region != NOBODY:
            yield _Scoped(own, addressed)


def _model(ir: Ir, scoped: Sequence[_Scoped], programs: Programs, settings: Choices) -> Jamf:
    needed = [each for each in scoped if each.own.needed]
    used = [each.addressed for each in needed] + [each.addressed for each in programs.records]
    groups = {each.group.stem: each.group for each in used if each.group}
    profiles = (
        ScopedProfile(
            stem=each.stem,
            name=plain(f"aipol {ir.organization.identifier} {each.own.name}"),
            profile=each.own.profile,
            scope=each.addressed.scope,
            category=plain(settings.category),
        )
        for each in needed
    )
    return Jamf(
        profiles=tuple(sorted(profiles, key=lambda each: each.stem)),
        restrictions=tuple(
            sorted((each.restriction for each in programs.records), key=lambda each: each.stem)
        ),
        groups=tuple(groups[key] for key in sorted(groups)),
    )


def _stopped(ir: Ir, model: Jamf) -> Iterator[Diagnostic]:
    """Programs that a device cannot do without, asked of the records as they will be written."""
    for restriction in model.restrictions:
        breaks = ir.indispensable.broken_by(IdentifierKind.PROCESS, restriction.process)
        if breaks:
            yield codes.PROGRAM_LOCK_OUT.at(
                ir.unlisted_span,
                artifact=f"{TARGET}/{restriction.stem}.xml",
                program=restriction.process,
                breaks=breaks,
            )


def _too_many(ir: Ir, count: int, limit: int) -> Diagnostic:
    return codes.TOO_MANY_CLASSES.at(
        ir.unlisted_span,
        target=TARGET,
        count=count,
        limit=limit,
        hint="let fewer groups differ, or raise `targets.jamf.max_classes`",
    )


def _groups_findings(ir: Ir, groups: Sequence[SmartGroup], limit: int) -> tuple[Diagnostic, ...]:
    return (_too_many(ir, len(groups), limit),) if len(groups) > limit else ()
