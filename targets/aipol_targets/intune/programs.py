"""Turn placed programs into custom compliance policies, one an assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aipol.identifiers import Mark
from aipol.ir import Ir, Ruling
from aipol.scoping import Scope
from aipol.target import Kind
from aipol_targets.intune.model import (
    Assignment,
    FeatureSwitches,
    ProgramCompliance,
    Programs,
    ProgramSetting,
    logical_name,
)
from aipol_targets.intune.placing import Placing
from aipol_targets.intune.scopes import Assigner, scope_id
from aipol_targets.intune.settings import Settings
from aipol_targets.intune.settings_ids import NODE_SETTINGS

_FIELDS = {"windows:exe": "exe", "windows:family": "family", "windows:product": "product"}


_Entry = tuple[Mark, Ruling]


@dataclass(frozen=True, slots=True)
class Deployed:
    """An object, and the identifiers it acts upon."""

    item: ProgramCompliance | FeatureSwitches
    keys: frozenset[str]


def program_policies(
    placing: Placing, assigner: Assigner, settings: Settings
) -> tuple[Deployed, ...]:
    """The compliance policies; they stop nothing they find, so every mode assigns them."""
    found = []
    for scope, entries in _by_scope(placing, Kind.PROGRAM).items():
        item = ProgramCompliance(
            name=logical_name("programs", scope_id(scope)),
            assignment=assigner.assign(scope),
            settings=_settings(placing.ir, entries.values()),
            grace_hours=settings.grace_hours,
            more_info_url=settings.more_info_url,
        )
        found.append(Deployed(item, frozenset(entries)))
    return tuple(sorted(found, key=lambda each: each.item.name))


def feature_switches(
    placing: Placing, assigner: Assigner, settings: Settings
) -> tuple[Deployed, ...]:
    """The switches of Windows' own features; they act at once, so only `enforce` assigns them."""
    found = []
    for scope, entries in _by_scope(placing, Kind.FEATURE).items():
        features = {mark.value for mark, _ in entries.values()}
        item = FeatureSwitches(
            name=logical_name("features", scope_id(scope)),
            assignment=assigner.assign(scope) if settings.enforcing else Assignment(),
            nodes=tuple(node for node in NODE_SETTINGS if node.feature in features),
        )
        found.append(Deployed(item, frozenset(entries)))
    return tuple(sorted(found, key=lambda each: each.item.name))


def _by_scope(placing: Placing, kind: Kind) -> Mapping[Scope, dict[str, _Entry]]:
    table: dict[Scope, dict[str, _Entry]] = {}
    for key, placed in placing.placed.items():
        if placed.mark.kind is kind:
            for part in placed.parts:
                table.setdefault(part.scope, {})[key] = (placed.mark, part.ruling)
    return table


def _settings(ir: Ir, entries: Iterable[_Entry]) -> tuple[ProgramSetting, ...]:
    lines: dict[str, tuple[Ruling, dict[str, list[Mark]]]] = {}
    for mark, ruling in entries:
        _, apps = lines.setdefault(_setting_name(ruling), (ruling, {}))
        apps.setdefault(ruling.app, []).append(mark)
    return tuple(
        ProgramSetting(
            name=name,
            title="AI programs that are not approved: {ActualValue}",
            description=_description(ir, ruling),
            apps=tuple(_programs(ir, app, found) for app, found in sorted(apps.items())),
        )
        for name, (ruling, apps) in sorted(lines.items())
    )


def _setting_name(ruling: Ruling) -> str:
    """Unique to the line of the policy that forbids: exceptions, rules and the default apart."""
    because = ruling.decided_by
    return f"{because.origin.value.replace(' ', '-')}-{because.id}"


def _description(ir: Ir, ruling: Ruling) -> str:
    text = ruling.message or "Uninstall the programs named above, or ask for an exception."
    other = ir.apps.get(ruling.redirect_to)
    return f"{text} Use {other.app.name} instead." if other and not ruling.message else text


def _programs(ir: Ir, app: str, found: Iterable[Mark]) -> Programs:
    values: dict[str, list[str]] = {field: [] for field in _FIELDS.values()}
    for mark in found:
        values[_FIELDS[mark.form]].append(mark.value)
    exe, family, product = (tuple(sorted(values[field])) for field in ("exe", "family", "product"))
    return Programs(ir.apps[app].app.name, exe, family, product)
