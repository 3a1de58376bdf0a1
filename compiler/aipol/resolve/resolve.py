"""The table of contents of resolving: groups, apps, gates, clauses, decisions, findings."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aipol.diagnostics import Diagnostic, codes
from aipol.diagnostics.model import has_errors
from aipol.ir import (
    CLOSE_BYPASSES,
    UNLISTED_AI,
    DataClass,
    GovernedApp,
    Ir,
    Organization,
    PolicyClause,
)
from aipol.language.hosts import canonical_host
from aipol.language.inventory import at_all_sites
from aipol.language.model import Network
from aipol.language.words import clip
from aipol.resolve.apps import resolve_apps
from aipol.resolve.clauses import Clause, resolve_clauses
from aipol.resolve.decide import Decisions
from aipol.resolve.findings import clause_findings
from aipol.resolve.gates import resolve_gates
from aipol.resolve.groups import resolve_groups
from aipol.resolve.network import confined_of, gateways_of, resolvers_of
from aipol.resolve.partition import Ladder
from aipol.resolve.redirects import redirect_findings
from aipol.resolve.settings import setting_spans
from aipol.resolve.sites import sites, spread
from aipol.vocabulary import Account, Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.source import Span


def resolve(
    assembled: Assembled, catalogue: Catalogue, as_of: date
) -> tuple[Ir | None, tuple[Diagnostic, ...]]:
    """What the policy means on `as_of`; None when a group is empty. Expects checked names.

    With an inventory it means that at each of its sites, and, over all of them, what any binds.
    """
    ir, findings = _resolved(at_all_sites(assembled), catalogue, as_of)
    if ir is not None and assembled.inventory is not None:
        ir = spread(ir, sites(ir, assembled))
    return ir, findings


def _resolved(
    assembled: Assembled, catalogue: Catalogue, as_of: date
) -> tuple[Ir | None, tuple[Diagnostic, ...]]:
    universe, groups, findings = resolve_groups(assembled)
    if has_errors(findings):
        return None, findings
    apps = resolve_apps(assembled, catalogue)
    clauses, expired = resolve_clauses(assembled, universe, groups, apps, as_of)
    gates, stale = resolve_gates(assembled, _vendors(apps), as_of)
    data_classes = _data_classes(assembled)
    ladder, span = Ladder({each.id: each.rank for each in data_classes}), _rules_span(assembled)
    decisions = Decisions(universe, groups, clauses, gates, ladder, span)
    ir = Ir(
        organization=_organization(assembled),
        universe=universe,
        groups=groups,
        apps=apps,
        data_classes=data_classes,
        rulings=decisions.rulings(apps),
        protected_hosts=_protected_hosts(assembled, catalogue),
        gateways=gateways_of(assembled),
        inspect_tls=_network(assembled).inspect_tls,
        close_bypasses=_network(assembled).close_bypasses,
        never_inspect=_never_inspected(assembled),
        unlisted_ai=assembled.unlisted_ai,
        unlisted_span=_unlisted_span(assembled),
        tighten=assembled.on_gap == "tighten",
        as_of=as_of,
        policy_clauses=tuple(_policy_clauses(assembled)),
        protected_programs=_protected_programs(catalogue),
        resolvers=resolvers_of(assembled),
        confined=confined_of(assembled),
        setting_spans=setting_spans(assembled),
    )
    told = (
        *_tenant_findings(clauses, apps),
        *_malformed_tenants(clauses, apps),
        *redirect_findings(assembled, ir),
    )
    return ir, (*findings, *expired, *stale, *clause_findings(decisions), *told)


def _vendors(apps: Mapping[str, GovernedApp]) -> frozenset[str]:
    return frozenset(app.app.vendor for app in apps.values())


def _protected_hosts(
    assembled: Assembled, catalogue: Catalogue
) -> tuple[tuple[str, str, str], ...]:
    """What nothing may block: the built-in list, and the organisation's own consoles and mail."""
    found = {(p.host, p.match.value, p.purpose.value) for p in catalogue.protected}
    for placed in assembled.targets.values():
        console = urlsplit(str(placed.value.get("url", ""))).hostname
        if console:
            found.add((console, "exact", "device-management"))
    accounts = [placed.value for placed in assembled.protected]
    accounts += assembled.organization.value.contacts.values()
    for account in accounts:
        found.add((canonical_host(account.rpartition("@")[2]), "exact", "identity"))
    return tuple(sorted(found))


def _protected_programs(catalogue: Catalogue) -> tuple[tuple[str, str, str], ...]:
    rows = catalogue.protected_programs
    return tuple((row.kind.value, row.value, row.breaks) for row in rows)


def _rules_span(assembled: Assembled) -> Span:
    return assembled.rules[0].document.key_span(("rules",))


def _unlisted_span(assembled: Assembled) -> Span:
    """Where the policy speaks of what no rule names: `unlisted_ai`, else its rules as a whole."""
    document = assembled.organization.document
    return document.keys.get(("unlisted_ai",)) or _rules_span(assembled)


def _policy_clauses(assembled: Assembled) -> Iterator[PolicyClause]:
    """What the policy says about everything at once, where it says something."""
    document = assembled.organization.document
    if assembled.unlisted_ai is not Effect.ALLOW:
        span = document.key_span((UNLISTED_AI,))
        yield PolicyClause(UNLISTED_AI, assembled.unlisted_ai, span)
    if assembled.logging.sink:
        span = document.key_span(("logging",))
        yield PolicyClause("logging.sink", assembled.logging.sink, span)
    for placed in assembled.protected:
        yield PolicyClause("protected", placed.value, placed.span())
    network = assembled.network
    if network and network.value.close_bypasses:
        yield PolicyClause(CLOSE_BYPASSES, "true", network.key_span("close_bypasses"))
    for confined in confined_of(assembled):
        yield confined.clause


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


def _network(assembled: Assembled) -> Network:
    return assembled.network.value if assembled.network else Network()


def _never_inspected(assembled: Assembled) -> tuple[str, ...]:
    return tuple(sorted(map(canonical_host, _network(assembled).never_inspect or ())))


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


def _malformed_tenants(
    clauses: tuple[Clause, ...], apps: Mapping[str, GovernedApp]
) -> Iterator[Diagnostic]:
    """Tenants that are not of the form that an app's header takes, as far as a source gives it."""
    for clause in clauses:
        for name in sorted(clause.apps) if clause.tenants else ():
            restriction = apps[name].app.tenant_restriction
            if restriction is None or not restriction.format:
                continue
            for tenant in clause.tenants:
                if not re.fullmatch(restriction.format, tenant):
                    yield codes.TENANT_MALFORMED.at(
                        clause.span,
                        tenant=clip(tenant),
                        app=name,
                        header=restriction.header,
                        hint=f"the header takes {restriction.value}",
                    )
