"""Lower rulings to Intune's objects, with the account of what they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aipol.audience import TooManyClasses
from aipol.catalogue.model import IdentifierKind
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ir
from aipol.scoping import addressable, classes
from aipol.target import Coverage, Limit, Lowered, Status
from aipol.vocabulary import MACOS, WINDOWS, Effect, Surface
from aipol_targets.common.apple.lower_profiles import distinct, lock_outs, lower_profiles, too_long
from aipol_targets.common.apple.model import CellProfile, Family
from aipol_targets.intune import facts
from aipol_targets.intune.browsers import as_seen, mac_profiles, object_name, windows_lists
from aipol_targets.intune.coverage import SITUATIONS, TARGET, Evidence, account_of, flat
from aipol_targets.intune.model import (
    Baseline,
    BrowserLists,
    IntuneObject,
    MacProfile,
    Model,
    ProgramCompliance,
    file_name,
    logical_name,
)
from aipol_targets.intune.placing import place
from aipol_targets.intune.programs import feature_switches, program_policies
from aipol_targets.intune.scopes import Assigner, Groups, inner_scopes, outer_scope, scope_id
from aipol_targets.intune.script import rules_file
from aipol_targets.intune.settings import Settings

_FAMILIES = {"windows": (Family.BROWSERS,), "macos": (Family.BROWSERS, Family.INTELLIGENCE)}


def lower(ir: Ir, settings: Settings) -> Lowered[Model]:
    """Objects for each platform that Intune manages; the others are reported as left out."""
    organization = ir.organization.identifier
    if not settings.licensed:
        nothing = flat(ir, (*MACOS, *WINDOWS), Status.LICENCE_MISSING, facts.UNLICENSED)
        return Lowered(Model(organization), tuple(nothing))
    groups = addressable(ir, "entra")
    try:
        profiles = {family: _profiles(ir, groups, family) for family in Family}
    except TooManyClasses as fault:
        limit = facts.CLASSES.value
        finding = codes.TOO_MANY_CLASSES.at(
            ir.unlisted_span, target=TARGET, count=fault.count, limit=limit
        )
        return Lowered(Model(organization), (), (finding,))
    objects: list[IntuneObject] = []
    records: list[Coverage] = []
    findings: list[Diagnostic] = []
    for platform, situations in SITUATIONS.items():
        if platform not in settings.platforms:
            records += flat(ir, situations, Status.UNSUPPORTED, facts.PLATFORM_LEFT_OUT)
            continue
        own = tuple(profile for family in _FAMILIES[platform] for profile in profiles[family])
        found, evidence = _platform(ir, settings, groups, platform, own)
        objects += found
        records += account_of(ir, (evidence,))
        findings += _faults(ir, own, found, evidence)
    ordered = tuple(sorted(objects, key=file_name))
    return Lowered(Model(organization, ordered), tuple(records), tuple(dict.fromkeys(findings)))


def _profiles(ir: Ir, groups: Groups, family: Family) -> tuple[CellProfile, ...]:
    cells = classes(distinct(ir, family), groups, tuple(Surface), facts.CLASSES.value)
    return lower_profiles(ir, family, cells)


def _platform(
    ir: Ir, settings: Settings, groups: Groups, platform: str, profiles: tuple[CellProfile, ...]
) -> tuple[tuple[IntuneObject, ...], Evidence]:
    assigner = Assigner(ir.groups, settings.assign_everyone_as)
    assigned = settings.enforcing
    carriers = windows_lists if platform == "windows" else mac_profiles
    carried: list[BrowserLists | MacProfile] = list(carriers(profiles, assigner, assigned=assigned))
    baselines = tuple(_baselines(ir, settings, groups, platform, assigner))
    evidence = Evidence(
        ir,
        platform,
        as_seen(ir, platform, profiles, assigned=assigned),
        {item.name: file_name(item) for item in carried},
        baseline_paths=tuple(file_name(item) for item in baselines),
        other_browsers=settings.other_browsers == "present",
    )
    if platform != "windows":
        return (*carried, *baselines), evidence
    placing = place(ir, groups)
    switches = feature_switches(placing, assigner, settings)
    deployed = (*program_policies(placing, assigner, settings), *switches)
    paths = tuple((file_name(each.item), each) for each in deployed)
    active = placing if assigned else placing.without(key for each in switches for key in each.keys)
    evidence = replace(evidence, placing=active, deployed=paths)
    return (*carried, *baselines, *(each.item for each in deployed)), evidence


def _baselines(
    ir: Ir, settings: Settings, groups: Groups, platform: str, assigner: Assigner
) -> Iterator[Baseline]:
    """Built-in compliance for whoever may use something on a compliant device only."""
    wanted = settings.baseline
    oldest = getattr(wanted.minimum_os, platform) if wanted else ""
    if wanted is None or not (wanted.encryption or oldest):
        return
    people = ir.universe.any_of(
        ruling.audience.region
        for ruling in ir.rulings
        if ruling.obligations.device == "compliant" and ruling.effect is not Effect.BLOCK
    )
    cover = outer_scope if ir.tighten else inner_scopes
    for scope in cover(ir.universe, groups, people):
        name = logical_name("baseline", scope_id(scope))
        assignment = assigner.assign(scope)
        yield Baseline(platform, name, assignment, wanted.encryption, oldest, settings.grace_hours)


def _faults(
    ir: Ir, profiles: tuple[CellProfile, ...], objects: tuple[IntuneObject, ...], evidence: Evidence
) -> Iterator[Diagnostic]:
    def artifact_of(profile: CellProfile) -> str:
        return f"{TARGET}/{evidence.profile_paths.get(object_name(profile), object_name(profile))}"

    yield from too_long(TARGET, ir, profiles)
    yield from lock_outs(ir, profiles, artifact_of)
    for item in objects:
        if isinstance(item, ProgramCompliance):
            yield from _unwanted(ir, item)
            yield from _exceeded(ir, item, facts.RULES, len(item.settings))
            yield from _exceeded(ir, item, facts.RULES_BYTES, len(rules_file(item)))


def _unwanted(ir: Ir, item: ProgramCompliance) -> Iterator[Diagnostic]:
    """Programs that a device cannot do without, which people would be told to remove."""
    for programs in (programs for setting in item.settings for programs in setting.apps):
        for name in programs.exe:
            breaks = ir.indispensable.broken_by(IdentifierKind.EXE, name)
            if breaks:
                yield codes.PROGRAM_LOCK_OUT.at(
                    ir.unlisted_span, artifact=item.name, program=name, breaks=breaks
                )


def _exceeded(ir: Ir, item: ProgramCompliance, limit: Limit, count: int) -> Iterator[Diagnostic]:
    if count > limit.value:
        yield codes.LIMIT_EXCEEDED.at(
            ir.unlisted_span,
            target=TARGET,
            what=f"{limit.name} of {item.name}",
            count=count,
            limit=limit.value,
            hint="let fewer rules block programs, or shorten their messages",
        )
