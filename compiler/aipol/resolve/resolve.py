"""The table of contents of resolving: groups, apps, gates, clauses, decisions, findings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import has_errors
from aipol.ir import DataClass, Gateway, GovernedApp, Ir, Organization
from aipol.language.hosts import canonical_host
from aipol.resolve.apps import resolve_apps
from aipol.resolve.clauses import Clause, resolve_clauses
from aipol.resolve.decide import Decisions
from aipol.resolve.findings import clause_findings
from aipol.resolve.gates import resolve_gates
from aipol.resolve.groups import resolve_groups
from aipol.resolve.partition import Ladder
from aipol.vocabulary import Account, Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled


def resolve(
    assembled: Assembled, catalogue: Catalogue, as_of: date
) -> tuple[Ir | None, tuple[Diagnostic, ...]]:
    """What the policy means on `as_of`; None when a group is empty. Expects checked names."""
    universe, groups, findings = resolve_groups(assembled)
    if has_errors(findings):
        return None, findings
    apps = resolve_apps(assembled, catalogue)
    clauses, expired = resolve_clauses(assembled, universe, groups, apps, as_of)
    vendors = frozenset(app.app.vendor for app in apps.values())
    gates, stale = resolve_gates(assembled, vendors, as_of)
    data_classes = _data_classes(assembled)
    ladder = Ladder({entry.id: entry.rank for entry in data_classes})
    default = assembled.rules[-1].span("id")
    decisions = Decisions(universe, groups, clauses, gates, ladder, default)
    rulings = decisions.rulings(apps)
    network = assembled.network.value if assembled.network else None
    ir = Ir(
        organization=_organization(assembled),
        universe=universe,
        groups=groups,
        apps=apps,
        data_classes=data_classes,
        rulings=rulings,
        protected_hosts=tuple(
            sorted((p.host, p.match.value, p.purpose.value) for p in catalogue.protected)
        ),
        protected_accounts=tuple(sorted(placed.value for placed in assembled.protected)),
        gateways=_gateways(assembled),
        inspect_tls=network.inspect_tls if network else "none",
        close_bypasses=bool(network and network.close_bypasses),
        unlisted_ai=assembled.unlisted_ai,
        unlisted_span=default,
        tighten=assembled.on_gap == "tighten",
        as_of=as_of,
        retention_days=assembled.logging.retention_days,
        sink=assembled.logging.sink or "",
    )
    tenants = _tenant_findings(clauses, apps)
    return ir, (*findings, *expired, *stale, *clause_findings(decisions), *tenants)


def _organization(assembled: Assembled) -> Organization:
    written = assembled.organization.value
    return Organization(written.name, written.identifier, tuple(sorted(written.contacts.items())))


def _data_classes(assembled: Assembled) -> tuple[DataClass, ...]:
    return tuple(
        DataClass(
            placed.value.id,
            rank,
            placed.span("id"),
            (placed.value.label or "").lower(),
            placed.value.info_types or (),
            tuple((pattern.id, pattern.regex) for pattern in placed.value.patterns or ()),
        )
        for rank, placed in enumerate(assembled.data_classes)
    )


def _gateways(assembled: Assembled) -> Mapping[str, Gateway]:
    if assembled.network is None:
        return {}
    return {
        name: Gateway(name, canonical_host(written.host), written.networks or ())
        for name, written in sorted(assembled.network.value.gateways.items())
    }


def _tenant_findings(
    clauses: tuple[Clause, ...], apps: Mapping[str, GovernedApp]
) -> tuple[Diagnostic, ...]:
    """Clauses that allow corporate accounts without naming tenants that could be told apart."""
    return tuple(
        codes.TENANT_UNKNOWN.at(
            clause.span,
            rule=clause.id,
            app=name,
            hint="name the workspaces: `account: {corporate: [<workspace id>]}`",
        )
        for clause in clauses
        if clause.account is Account.CORPORATE
        and clause.effect is not Effect.BLOCK
        and not clause.tenants
        and not clause.catch_all
        for name in sorted(clause.apps)
        if apps[name].app.tenant_restriction
    )
