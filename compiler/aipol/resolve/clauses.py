"""Turn exceptions and rules into one ordered list of clauses with sets instead of selectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from aipol.audience import Region, Universe
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import GovernedApp, Group, Obligations, Origin
from aipol.language.model import Exemption
from aipol.resolve.apps import select_apps
from aipol.source import Span
from aipol.vocabulary import Account, Effect, Surface

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model import Clause as WrittenClause
    from aipol.language.model import Require
    from aipol.language.placed import Placed


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule or exception; `position` is its place in the walk, exceptions first."""

    position: int
    origin: Origin
    id: str
    span: Span
    apps: frozenset[str]
    groups: tuple[str, ...]
    region: Region
    surfaces: frozenset[Surface]
    account: Account
    tenants: tuple[str, ...]
    effect: Effect
    obligations: Obligations
    corporate_only: bool
    """`require: {account: corporate}`: the use of a personal account is blocked by this clause."""
    redirect_to: str
    message: str
    locked: bool
    catch_all: bool

    def speaks_about(self, app: str, surface: Surface, account: Account) -> bool:
        """Whether the clause matches a use, whoever makes it."""
        return (
            app in self.apps and surface in self.surfaces and self.account in (account, Account.ANY)
        )


def resolve_clauses(
    assembled: Assembled,
    universe: Universe,
    groups: Mapping[str, Group],
    apps: Mapping[str, GovernedApp],
    as_of: date,
) -> tuple[tuple[Clause, ...], tuple[Diagnostic, ...]]:
    """The clauses in force on `as_of`, in order; an exception that has ended is a finding."""
    clauses: list[Clause] = []
    findings: list[Diagnostic] = []
    for origin, placed in _in_order(assembled):
        written = placed.value
        if isinstance(written, Exemption) and written.until < as_of:
            findings.append(
                codes.EXCEPTION_EXPIRED.at(
                    placed.span("until"),
                    exception=written.id,
                    until=written.until,
                    hint=f"remove it, or ask {written.owner} to extend it",
                )
            )
            continue
        clauses.append(
            _clause(len(clauses), origin, placed, universe=universe, groups=groups, apps=apps)
        )
    return tuple(clauses), tuple(findings)


def _in_order(
    assembled: Assembled,
) -> Iterator[tuple[Origin, Placed[Exemption] | Placed[WrittenClause]]]:
    for exception in assembled.exceptions:
        yield Origin.EXCEPTION, exception
    for rule in assembled.rules:
        yield Origin.RULE, rule


def _clause(
    position: int,
    origin: Origin,
    placed: Placed[Exemption] | Placed[WrittenClause],
    *,
    universe: Universe,
    groups: Mapping[str, Group],
    apps: Mapping[str, GovernedApp],
) -> Clause:
    written = placed.value
    account = Account.ANY
    if written.account:
        corporate = written.account.corporate is not None
        account = Account.CORPORATE if corporate else Account.PERSONAL
    require = written.require
    return Clause(
        position=position,
        origin=origin,
        id=written.id,
        span=placed.span("id"),
        apps=select_apps(written.apps, written.except_apps or (), apps),
        groups=written.groups,
        region=universe.any_of(groups[name].region for name in written.groups),
        surfaces=frozenset(written.surfaces or Surface),
        account=account,
        tenants=(written.account.corporate or ()) if written.account else (),
        effect=written.effect,
        obligations=_obligations(require),
        corporate_only=bool(require and require.account),
        redirect_to=written.redirect_to or "",
        message=written.message or "",
        locked=bool(getattr(written, "locked", False)),
        catch_all="*" in written.apps,
    )


def _obligations(require: Require | None) -> Obligations:
    if require is None:
        return Obligations()
    rate = f"{require.rate.requests}/{require.rate.per}" if require.rate else ""
    return Obligations(
        sso=bool(require.sso),
        mfa=bool(require.mfa),
        device=require.device or "",
        data_max=require.data.max if require.data else "",
        redact=require.redact or (),
        log=require.log or "",
        inspect_tls=bool(require.inspect_tls),
        via=require.via or "",
        rate=rate,
    )
