"""Lower what classes of people may use to one profile for each class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from aipol.audience import Region
from aipol.diagnostics import Diagnostic, codes
from aipol.domains import HostTrie
from aipol.hosts import host_entries, hosts_behind
from aipol.identifiers import Mark, marks
from aipol.ir import NO_OBLIGATIONS, Ir, Ruling
from aipol.scoping import Cell, verdicts
from aipol.target import Kind
from aipol.vocabulary import Account, Effect, Surface
from aipol_targets.common.apple.browsers import (
    CHROMIUM_LIMIT,
    FIREFOX_LIMIT,
    chromium_lists,
    firefox_lists,
)
from aipol_targets.common.apple.model import (
    CellProfile,
    Decisions,
    Extensions,
    Family,
    Options,
    Payload,
    Profile,
    Table,
    Value,
    plain,
)
from aipol_targets.common.apple.switches import (
    CHROME,
    EDGE,
    EXTERNAL_INTELLIGENCE,
    FEATURES,
    FIREFOX,
    RESTRICTIONS,
    WORKSPACES,
    off,
)

STORES = ("chrome", "edge", "firefox")
DEFAULTS = Options()

# Edge installs from the Chrome Web Store too, where an extension keeps its id.
_INSTALLED_FROM = {CHROME: ("chrome",), EDGE: ("chrome", "edge"), FIREFOX: ("firefox",)}
_TITLES = {Family.BROWSERS: "AI in browsers", Family.INTELLIGENCE: "Apple Intelligence"}


def distinct(ir: Ir, family: Family) -> Ir:
    """`ir` with only what profiles of `family` can tell apart: classes are no finer than needed.

    Hosts are decided by what a direct connection may do, other identifiers by the effect itself;
    what is not blocked is allowed in either case.
    """
    rulings = tuple(
        replace(ruling, app=use, effect=_either(effect), obligations=NO_OBLIGATIONS)
        for ruling in ir.rulings
        for use, effect in _uses(ir, family, ruling)
    )
    return replace(ir, rulings=rulings)


def _uses(ir: Ir, family: Family, ruling: Ruling) -> Iterator[tuple[str, Effect]]:
    app = ir.apps[ruling.app]
    claims = hosts_behind(app, ruling.surface) if family is Family.BROWSERS else ()
    if any(claim.own for claim in claims):
        yield ruling.app, ruling.direct
    if any(True for _ in governed(ir, family, ruling.app, ruling.surface)):
        yield f"{ruling.app}#identifiers", ruling.effect
    if family is Family.INTELLIGENCE and EXTERNAL_INTELLIGENCE in app.app.features:
        for tenant in ruling.tenants:
            yield f"{ruling.app}#{tenant}", Effect.BLOCK


def _either(effect: Effect) -> Effect:
    return Effect.BLOCK if effect is Effect.BLOCK else Effect.ALLOW


def governed(ir: Ir, family: Family, app: str, surface: Surface) -> Iterator[Mark]:
    """The extensions and features of a use that profiles of `family` decide."""
    for mark in marks(ir.apps[app].app, surface):
        if mark.kind is Kind.EXTENSION and mark.form in STORES and family is Family.BROWSERS:
            yield mark
        if mark.kind is Kind.FEATURE and mark.value in FEATURES[family]:
            yield mark


def lower_profiles(
    ir: Ir, family: Family, cells: Sequence[Cell], options: Options = DEFAULTS
) -> tuple[CellProfile, ...]:
    """One profile a cell, in the cells' order; a cell that needs none gets one without payloads."""
    return tuple(_lower(ir, family, cell, options) for cell in cells)


def _lower(ir: Ir, family: Family, cell: Cell, options: Options) -> CellProfile:
    table = verdicts(ir, cell, Surface)
    trie = HostTrie(host_entries(ir, table).values() if family is Family.BROWSERS else ())
    refused, admitted = _by_usability(ir, family, cell.region)
    decisions = Decisions(
        verdicts=table,
        chromium=trie,
        firefox=firefox_lists(trie)[1],
        extensions=frozenset(m.question for m in refused if m.kind is Kind.EXTENSION),
        features=frozenset(m.value for m in refused if m.kind is Kind.FEATURE),
        workspace=_workspace(ir, cell.region) if family is Family.INTELLIGENCE else "",
    )
    usable = frozenset(m.question for m in admitted if m.kind is Kind.EXTENSION)
    name = f"{family.value}-{cell.id}"
    profile = Profile(
        organization=ir.organization.identifier,
        organization_name=plain(ir.organization.name),
        name=name,
        title=f"{_TITLES[family]}: {cell.id}",
        description=f"AI usage policy, {family.value}, for the class {cell.id}",
        payloads=_payloads(family, decisions, usable, options),
    )
    return CellProfile(family, cell, name, profile, decisions)


def _by_usability(
    ir: Ir, family: Family, people: Region
) -> tuple[frozenset[Mark], frozenset[Mark]]:
    """Identifiers that the class loses and keeps; where two uses share one, the usable use wins."""
    refused: set[Mark] = set()
    admitted: set[Mark] = set()
    for (app, surface), rulings in ir.by_use.items():
        found = tuple(governed(ir, family, app, surface))
        if found:
            present = [r for r in rulings if ir.universe.overlap(r.audience.region, people)]
            pick = max if ir.tighten else min
            effect = pick(
                (r.effect for r in present), key=lambda e: e.strictness, default=Effect.ALLOW
            )
            (refused if effect is Effect.BLOCK else admitted).update(found)
    return frozenset(refused - admitted), frozenset(admitted)


def _workspace(ir: Ir, people: Region) -> str:
    """The workspace of Apple's hand-off, when the policy names one for everybody of the class."""
    rulings = [
        ruling
        for (app, surface), found in ir.by_use.items()
        if surface is Surface.BUILTIN and EXTERNAL_INTELLIGENCE in ir.apps[app].app.features
        for ruling in found
        if ir.universe.overlap(ruling.audience.region, people)
    ]
    corporate = [
        r for r in rulings if r.account is Account.CORPORATE and r.effect is not Effect.BLOCK
    ]
    others = [
        r for r in rulings if r.account is not Account.CORPORATE and r.effect is not Effect.BLOCK
    ]
    tenants = {tenant for ruling in corporate for tenant in ruling.tenants}
    everybody = ir.universe.any_of(r.audience.region for r in corporate)
    # The list takes one item and shuts out every other account, anonymous use included
    # (apple/device-management 97a11a86).
    if others or len(tenants) != 1 or not ir.universe.within(people, everybody):
        return ""
    return plain(tenants.pop())


def _payloads(
    family: Family, decisions: Decisions, usable: frozenset[str], options: Options
) -> tuple[Payload, ...]:
    found: dict[str, dict[str, Value]] = {}
    if family is Family.INTELLIGENCE:
        found[RESTRICTIONS] = dict(off(decisions.features, RESTRICTIONS))
        if decisions.workspace:
            found[RESTRICTIONS][WORKSPACES] = (decisions.workspace,)
    else:
        for domain in (CHROME, EDGE):
            found[domain] = _chromium(domain, decisions, usable, options)
        found[FIREFOX] = _firefox(decisions, usable, options)
    return tuple(
        Payload(domain, Table(tuple(sorted(settings.items()))))
        for domain, settings in found.items()
        if settings
    )


def _chromium(
    domain: str, decisions: Decisions, usable: frozenset[str], options: Options
) -> dict[str, Value]:
    lists = chromium_lists(decisions.chromium)
    stores = _INSTALLED_FROM[domain]
    settings: dict[str, Value] = dict(off(decisions.features, domain))
    if lists.block:
        settings["URLBlocklist"] = lists.block
    if lists.allow:
        settings["URLAllowlist"] = lists.allow
    if options.extensions is Extensions.ALLOWED_ONLY:
        settings["ExtensionInstallBlocklist"] = ("*",)
        if admitted := _ids(usable, stores):
            settings["ExtensionInstallAllowlist"] = admitted
    elif refused := _ids(decisions.extensions, stores):
        settings["ExtensionInstallBlocklist"] = refused
    return settings


def _firefox(decisions: Decisions, usable: frozenset[str], options: Options) -> dict[str, Value]:
    lists, _ = firefox_lists(decisions.chromium)
    settings: dict[str, Value] = dict(off(decisions.features, FIREFOX))
    if lists.block:
        exceptions: tuple[tuple[str, Value], ...] = (
            (("Exceptions", lists.allow),) if lists.allow else ()
        )
        settings["WebsiteFilter"] = Table((("Block", lists.block), *exceptions))
    modes: dict[str, Value] = {}
    if options.extensions is Extensions.ALLOWED_ONLY:
        modes["*"] = Table((("installation_mode", "blocked"),))
        for each in _ids(usable, ("firefox",)):
            modes[each] = Table((("installation_mode", "allowed"),))
    else:
        for each in _ids(decisions.extensions, ("firefox",)):
            modes[each] = Table((("installation_mode", "blocked"),))
    if modes:
        settings["ExtensionSettings"] = Table(tuple(modes.items()))
    # Without this key in the same payload Firefox ignores all the others
    # (mozilla/policy-templates a5e0c6a4).
    return {**settings, "EnterprisePoliciesEnabled": True} if settings else {}


def _ids(questions: frozenset[str], stores: tuple[str, ...]) -> tuple[str, ...]:
    found = (question.partition(":") for question in sorted(questions))
    return tuple(dict.fromkeys(value for store, _, value in found if store in stores))


def too_long(target: str, ir: Ir, profiles: Sequence[CellProfile]) -> tuple[Diagnostic, ...]:
    """Lists that exceed what browsers read: they would ignore the rest."""
    found = []
    for profile in profiles:
        trie = profile.decisions.chromium
        for lists, limit in (
            (chromium_lists(trie), CHROMIUM_LIMIT),
            (firefox_lists(trie)[0], FIREFOX_LIMIT),
        ):
            if lists.longest > limit.value:
                found.append(
                    codes.LIMIT_EXCEEDED.at(
                        ir.unlisted_span,
                        target=target,
                        what=f"{limit.name} of {profile.name}",
                        count=lists.longest,
                        limit=limit.value,
                        hint="block fewer apps in browsers, or whole domains instead of hosts",
                    )
                )
    return tuple(found)


def lock_outs(
    ir: Ir, profiles: Sequence[CellProfile], artifact_of: Callable[[CellProfile], str]
) -> tuple[Diagnostic, ...]:
    """Protected hosts that a list would block."""
    found = []
    for profile in profiles:
        trie = profile.decisions.chromium
        for host, match, purpose in ir.protected_hosts:
            names = {"exact": (host,), "children": (f"any.{host}",)}.get(
                match, (host, f"any.{host}")
            )
            entry = next((e for name in names if (e := trie.decide(name)) and e.blocked), None)
            if entry:
                owner = next((ir.by_id[each] for each in entry.owners if each in ir.by_id), None)
                found.append(
                    codes.LOCK_OUT.at(
                        owner.decided_by.span if owner else ir.unlisted_span,
                        artifact=artifact_of(profile),
                        host=host,
                        hint=f"it is needed for {purpose}",
                    )
                )
    return tuple(found)
