"""Turn what the objects decide into the account of every clause of every ruling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from aipol.identifiers import marks
from aipol.ir import Ir, Ruling
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Reason, Status
from aipol.vocabulary import MACOS, WINDOWS, Effect, Situation, Surface
from aipol_targets.common.apple.account import Account
from aipol_targets.intune import facts
from aipol_targets.intune.browsers import Profiles, object_name
from aipol_targets.intune.placing import Placing, acted_upon, key_of
from aipol_targets.intune.programs import Deployed

TARGET = "intune"
SITUATIONS = {"windows": WINDOWS, "macos": MACOS}
_PROGRAMS = (Surface.DESKTOP, Surface.CLI)
_NOTHING = Account()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one platform's objects decide, and where each object is."""

    ir: Ir
    platform: str
    profiles: Profiles
    profile_paths: dict[str, str]
    """Path by object name; a class without an object is not in it."""
    placing: Placing | None = None
    deployed: tuple[tuple[str, Deployed], ...] = ()
    baseline_paths: tuple[str, ...] = ()
    other_browsers: bool = True

    def effect(self, ruling: Ruling) -> Coverage:
        """The account of the effect clause."""
        first = self.profiles.account(ruling)
        second = self.placing.account(ruling) if self.placing else _NOTHING
        account = Account(
            first.identifiers + second.identifiers,
            first.carried + second.carried,
            first.deviations + second.deviations,
            first.profiles,
        )
        account = self._with_ways_past(ruling, account)
        status, reason = _sum_up(ruling, account, self._missing(ruling))
        approximated = status in (Status.LOOSER, Status.STRICTER)
        return Coverage(
            ruling.id,
            EFFECT_CLAUSE,
            TARGET,
            SITUATIONS[self.platform],
            status,
            reason,
            tuple(self._artifacts(ruling, account)) if approximated or status.holds else (),
            account.deviations if approximated else (),
        )

    def _artifacts(self, ruling: Ruling, account: Account) -> Iterator[str]:
        names = {object_name(profile) for profile in account.profiles}
        paths = {self.profile_paths[name] for name in names if name in self.profile_paths}
        found = marks(self.ir.apps[ruling.app].app, ruling.surface)
        keys = {key_of(mark) for mark in found if acted_upon(mark)}
        for path, deployed in self.deployed:
            hit = (
                (self.placing.placed[key].people for key in keys & deployed.keys)
                if self.placing
                else ()
            )
            if any(self.ir.universe.overlap(people, ruling.audience.region) for people in hit):
                paths.add(path)
        return iter(sorted(f"{TARGET}/{path}" for path in paths))

    def _missing(self, ruling: Ruling) -> tuple[Status, Reason]:
        """What it means when nothing here knows the use."""
        app = self.ir.apps[ruling.app].app
        if ruling.surface is Surface.IDE:
            return Status.UNSUPPORTED, facts.EDITORS
        if ruling.surface is Surface.CONNECTOR:
            return Status.UNSUPPORTED, facts.CONNECTORS
        if ruling.surface in _PROGRAMS:
            table = app.windows if self.platform == "windows" else app.macos
            here = any(each.surface is ruling.surface for each in table)
            if here or (ruling.surface is Surface.CLI and app.cli):
                why = facts.UNDETECTABLE if self.platform == "windows" else facts.MACOS_PROGRAMS
                return Status.UNSUPPORTED, why
        # A feature of another system cannot be here; an app may be, though nothing is known of it.
        builtin = ruling.surface is Surface.BUILTIN
        return (Status.NOT_APPLICABLE if builtin else Status.UNSUPPORTED), facts.NO_IDENTIFIER

    def _with_ways_past(self, ruling: Ruling, account: Account) -> Account:
        """What reaches the app past the objects, under a client that no reader is asked about."""
        if not account.carried or not account.identifiers:
            return account
        if ruling.surface is Surface.API and ruling.direct is Effect.BLOCK:
            reason, client = facts.BROWSERS_ONLY, "programs"
        elif self.other_browsers and (
            (ruling.surface is Surface.WEB and ruling.direct is Effect.BLOCK)
            or (ruling.surface is Surface.EXTENSION and ruling.effect is Effect.BLOCK)
        ):
            reason, client = facts.OTHER_BROWSERS, "unmanaged-browser"
        else:
            return account
        beyond = Deviation(Status.LOOSER, reason, ruling.audience.region, client=client)
        return replace(account, deviations=(*account.deviations, beyond))

    def obligation(self, ruling: Ruling, clause: str, value: str) -> Coverage:
        """The account of one obligation."""
        # Whoever is kept off the direct way can only go through the gateway.
        if clause == "via" and ruling.surface is Surface.WEB:
            return replace(self.effect(ruling), clause=clause)
        situations = SITUATIONS[self.platform]
        if (clause, value) == ("device", "managed"):
            status, reason = Status.NOT_APPLICABLE, facts.MANAGED_HERE
        elif clause == "device" and self.baseline_paths:
            paths = tuple(f"{TARGET}/{path}" for path in self.baseline_paths)
            deviation = Deviation(Status.LOOSER, facts.NOT_GATING, ruling.audience.region)
            return Coverage(
                ruling.id,
                clause,
                TARGET,
                situations,
                Status.LOOSER,
                facts.NOT_GATING,
                paths,
                (deviation,),
            )
        else:
            why = facts.NO_BASELINE if clause == "device" else facts.NOT_ON_DEVICE
            status, reason = Status.UNSUPPORTED, why
        return Coverage(ruling.id, clause, TARGET, situations, status, reason)


def account_of(ir: Ir, evidence: tuple[Evidence, ...]) -> Iterator[Coverage]:
    """Every clause of every ruling, a record for each platform that there is evidence for."""
    for ruling in ir.rulings:
        for each in evidence:
            yield each.effect(ruling)
            for clause, value in ruling.obligations.items():
                yield each.obligation(ruling, clause, value)


def flat(
    ir: Ir, situations: tuple[Situation, ...], status: Status, reason: Reason
) -> Iterator[Coverage]:
    """The same record for every clause of every ruling."""
    for ruling in ir.rulings:
        for clause in (EFFECT_CLAUSE, *(name for name, _ in ruling.obligations.items())):
            yield Coverage(ruling.id, clause, TARGET, situations, status, reason)


def _sum_up(
    ruling: Ruling, account: Account, missing: tuple[Status, Reason]
) -> tuple[Status, Reason | None]:
    looser = [each for each in account.deviations if each.status is Status.LOOSER]
    stricter = [each for each in account.deviations if each.status is Status.STRICTER]
    if stricter and not looser:
        return Status.STRICTER, _usual(stricter)
    if not account.identifiers and not stricter:
        let_through = ruling.effect is Effect.ALLOW and not looser
        return (
            (Status.ENFORCED, None) if let_through and missing[0] is Status.UNSUPPORTED else missing
        )
    if not looser:
        return Status.ENFORCED, None
    prompts = ruling.effect in (Effect.WARN, Effect.JUSTIFY)
    if not account.carried and not prompts and not stricter:
        return Status.UNSUPPORTED, _usual(looser)
    return Status.LOOSER, _usual(looser)


def _usual(deviations: list[Deviation]) -> Reason:
    """The reason of most of them; identifiers of the use itself say more than its hosts."""
    own = [each for each in deviations if ":" in each.value]
    counted = Counter(each.reason for each in own or deviations)
    return min(counted, key=lambda reason: (-counted[reason], reason.code))
