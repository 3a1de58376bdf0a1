"""Turn limits on data into Purview policies, and account for every clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aipol.audience import Region
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import GovernedApp, Ir
from aipol.scoping import Scope, addressable
from aipol.target import Limit, Lowered, Reason
from aipol.vocabulary import Effect
from aipol_targets.purview import facts
from aipol_targets.purview.account import Ledger, account
from aipol_targets.purview.cover import cover_around, cover_within, people_of
from aipol_targets.purview.facts import APPLICATION, COPILOT, COPILOT_APP, Carrier
from aipol_targets.purview.marks import marked_classes, pattern_findings
from aipol_targets.purview.model import DlpModel, DlpPolicy, LimitedApp, MarkedClass, Pattern
from aipol_targets.purview.settings import PurviewSettings
from aipol_targets.purview.shape import advanced_rule


def lower(ir: Ir, settings: PurviewSettings) -> Lowered[DlpModel]:
    """Policies for every app Purview can name, and the truth about all the others."""
    classes, patterns = marked_classes(ir, settings.info_types)
    planes = {name: _plane_of(ir.apps[name], settings) for name in sorted(ir.apps)}
    apps = {name: plane for name, plane in planes.items() if isinstance(plane, LimitedApp)}
    reasons = {name: plane for name, plane in planes.items() if isinstance(plane, Reason)}
    policies = tuple(policy for app in apps.values() for policy in _policies(ir, app, classes))
    model = DlpModel(
        organization=ir.organization.identifier,
        mode=facts.MODES[settings.mode],
        confidence=settings.confidence.capitalize(),
        classes=classes,
        policies=policies,
        patterns=_needed(patterns, policies),
    )
    coverage = account(Ledger(ir, settings, classes, apps, reasons, policies))
    findings = (*pattern_findings(ir), *_over_limits(ir, model))
    return Lowered(model, coverage, findings)


def _plane_of(app: GovernedApp, settings: PurviewSettings) -> LimitedApp | Reason:
    if app.id == COPILOT_APP:
        lacking = {
            Carrier.ITEMS: settings.licence not in facts.LICENCES_WITH_LABELS,
            Carrier.TEXT: not settings.copilot_prompts,
        }
        carriers = tuple(carrier for carrier in COPILOT.carriers if not lacking[carrier])
        return LimitedApp(app.id, app.app.name, COPILOT, facts.COPILOT_LOCATION, carriers)
    if app.entra_app_id:
        if app.id not in settings.asking_apps:
            return facts.APP_DOES_NOT_ASK
        return LimitedApp(
            app.id, app.app.name, APPLICATION, app.entra_app_id.lower(), APPLICATION.carriers
        )
    if app.mda_app_id:
        return facts.SETTING_UNVERIFIED
    return facts.NEEDS_ENTRA_APP_ID if app.declared else facts.NEEDS_MDA_APP_ID


def _policies(ir: Ir, app: LimitedApp, classes: tuple[MarkedClass, ...]) -> Iterator[DlpPolicy]:
    groups = addressable(ir, "entra")
    found: dict[Scope, list[MarkedClass]] = {}
    for entry in classes:
        if not any(entry.marks(carrier) for carrier in app.carriers):
            continue
        for scope in _scopes(ir, groups, app.id, entry.rank):
            found.setdefault(scope, []).append(entry)
    policies = [
        DlpPolicy(
            app,
            scope,
            tuple(sorted(ir.groups[name].entra.lower() for name in scope.include)),
            tuple(sorted(ir.groups[name].entra.lower() for name in scope.exclude)),
            tuple(kept),
        )
        for scope, kept in found.items()
    ]
    yield from sorted(policies, key=lambda policy: policy.cell)


def _scopes(ir: Ir, groups: Mapping[str, Region], app: str, rank: int) -> tuple[Scope, ...]:
    """From whom data of `rank` is kept.

    Purview cannot tell an app's surfaces and accounts apart. Where two limits meet, the least
    strict holds, or with `on_gap: tighten` the strictest; nobody is limited who has no limit
    somewhere, since no record could own up to that.
    """
    universe = ir.universe
    stricter, looser, unlimited = _limits(ir, app, rank)
    free = unlimited if ir.tighten else universe.either(unlimited, looser)
    region = universe.minus(stricter, free)
    if ir.tighten:
        around = cover_around(universe, groups, region)
        reached = universe.any_of(people_of(universe, groups, scope) for scope in around)
        if not universe.overlap(reached, unlimited):
            return around
    return cover_within(universe, groups, region)


def _limits(ir: Ir, app: str, rank: int) -> tuple[Region, Region, Region]:
    """Who has a limit below `rank`, who has one that admits it, and who has none."""
    ranks = {entry.id: entry.rank for entry in ir.data_classes}
    stricter: list[Region] = []
    looser: list[Region] = []
    unlimited: list[Region] = []
    for ruling in ir.rulings:
        if ruling.app == app and ruling.effect is not Effect.BLOCK:
            limit = ruling.obligations.data_max
            kept = limit and ranks[limit] < rank
            found = stricter if kept else looser if limit else unlimited
            found.append(ruling.audience.region)
    any_of = ir.universe.any_of
    return any_of(stricter), any_of(looser), any_of(unlimited)


def _needed(patterns: tuple[Pattern, ...], policies: tuple[DlpPolicy, ...]) -> tuple[Pattern, ...]:
    used = {
        entry
        for policy in policies
        if Carrier.TEXT in policy.carriers
        for kept in policy.classes
        for entry in kept.types
    }
    return tuple(pattern for pattern in patterns if pattern.type in used)


def _over_limits(ir: Ir, model: DlpModel) -> Iterator[Diagnostic]:
    rules = [(policy, carrier) for policy in model.policies for carrier in policy.carriers]
    sizes = [len(advanced_rule(model, *rule)) for rule in rules]
    for limit, count in (
        (facts.POLICIES, len(model.policies)),
        (facts.RULES, len(rules)),
        (facts.RULE_SIZE, max(sizes, default=0)),
    ):
        if count > limit.value:
            yield _exceeded(ir, limit, count)


def _exceeded(ir: Ir, limit: Limit, count: int) -> Diagnostic:
    limited = (ruling for ruling in ir.rulings if ruling.obligations.data_max)
    span = next((ruling.decided_by.span for ruling in limited), ir.unlisted_span)
    return codes.LIMIT_EXCEEDED.at(
        span, target="purview", what=limit.name, count=count, limit=limit.value
    )
