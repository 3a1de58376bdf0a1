"""Say of every clause of every ruling how far the policies carry it out, and why not further."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from aipol.audience import NOBODY, Region
from aipol.ir import Ir, Ruling
from aipol.scoping import addressable
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Reason, Status
from aipol.vocabulary import EVERYWHERE, Account, Effect
from aipol_targets.purview import facts
from aipol_targets.purview.cover import people_of
from aipol_targets.purview.facts import Carrier
from aipol_targets.purview.model import DlpPolicy, LimitedApp, MarkedClass
from aipol_targets.purview.settings import PurviewSettings

TARGET = "purview"
DATA_CLAUSE = "data.max"
_ARTIFACTS = (f"{TARGET}/policies.json", f"{TARGET}/rules.json")
_DOUBTS = (facts.UNKNOWN_INFO_TYPE, facts.PATTERN_REFUSED)
_LACKING = {Carrier.ITEMS: facts.LABELS_NEED_E5, Carrier.TEXT: facts.PROMPTS_UNVERIFIED}
_OTHER_CLAUSES = {"redact": facts.NO_REDACTION, "log": facts.LOG_NEEDS_COLLECTION}


@dataclass(frozen=True)
class Ledger:
    """What the policies are about, and what they do to whom."""

    ir: Ir
    settings: PurviewSettings
    classes: tuple[MarkedClass, ...]
    apps: Mapping[str, LimitedApp]
    reasons: Mapping[str, Reason]
    policies: tuple[DlpPolicy, ...]

    @cached_property
    def groups(self) -> dict[str, Region]:
        """The groups Entra can name."""
        return addressable(self.ir, "entra")

    @cached_property
    def kept(self) -> Mapping[tuple[str, Carrier, str], Region]:
        """From whom each mark on each carrier is kept, by app, in whatever mode."""
        found: dict[tuple[str, Carrier, str], Region] = {}
        for policy in self.policies:
            people = people_of(self.ir.universe, self.groups, policy.scope)
            for carrier in policy.app.carriers:
                for mark in {m for entry in policy.classes for m in entry.marks(carrier)}:
                    key = (policy.app.id, carrier, mark)
                    found[key] = self.ir.universe.either(found.get(key, NOBODY), people)
        return found

    def blocked(self, app: str, carrier: Carrier, entry: MarkedClass) -> Region:
        """For whom every mark of a class is kept from an app: then the class is."""
        regions = [self.kept.get((app, carrier, mark), NOBODY) for mark in entry.marks(carrier)]
        enforced = self.settings.mode == "enforce"
        return self.ir.universe.all_of(regions) if regions and enforced else NOBODY

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The ladder of data classes."""
        return {entry.id: entry.rank for entry in self.classes}


def account(ledger: Ledger) -> tuple[Coverage, ...]:
    """One record for each clause of each ruling."""
    return tuple(record for ruling in ledger.ir.rulings for record in _records(ledger, ruling))


def _records(ledger: Ledger, ruling: Ruling) -> Iterator[Coverage]:
    if ruling.effect is Effect.ALLOW:
        yield _record(ruling, EFFECT_CLAUSE, Status.ENFORCED)
    else:
        yield _unsupported(ruling, EFFECT_CLAUSE, facts.LIMITS_DATA)
    for clause in dict(ruling.obligations.items()):
        if clause == DATA_CLAUSE:
            yield _data(ledger, ruling)
        else:
            yield _unsupported(ruling, clause, _OTHER_CLAUSES.get(clause, facts.NOT_DLP))


def _data(ledger: Ledger, ruling: Ruling) -> Coverage:
    top = max(ledger.ranks.values())
    if ruling.effect is Effect.BLOCK:
        return _record(ruling, DATA_CLAUSE, Status.NOT_APPLICABLE, facts.USE_BLOCKED)
    deviations = tuple(_deviations(ledger, ruling))
    if ledger.ranks[ruling.obligations.data_max] == top and not deviations:
        return _record(ruling, DATA_CLAUSE, Status.ENFORCED)
    app = ledger.apps.get(ruling.app)
    if app is None:
        return _unsupported(ruling, DATA_CLAUSE, ledger.reasons[ruling.app])
    status = _status(ledger, ruling, app, deviations)
    reason = _main_reason(deviations)
    used = _ARTIFACTS if any(p.app is app for p in ledger.policies) else ()
    return Coverage(ruling.id, DATA_CLAUSE, TARGET, EVERYWHERE, status, reason, used, deviations)


def _status(
    ledger: Ledger, ruling: Ruling, app: LimitedApp, deviations: tuple[Deviation, ...]
) -> Status:
    if not deviations:
        return Status.ENFORCED
    if any(found.status is Status.STRICTER for found in deviations):
        looser = any(found.status is Status.LOOSER for found in deviations)
        return Status.LOOSER if looser else Status.STRICTER
    if _acts(ledger, ruling, app):
        return Status.LOOSER
    unlicensed = any(found.reason is facts.LABELS_NEED_E5 for found in deviations)
    return Status.LICENCE_MISSING if unlicensed else Status.UNSUPPORTED


def _acts(ledger: Ledger, ruling: Ruling, app: LimitedApp) -> bool:
    """Whether any class above the limit is watched, if only in simulation, for any of them."""
    limit = ledger.ranks[ruling.obligations.data_max]
    if ruling.account is Account.PERSONAL:
        return False
    return any(
        ledger.ir.universe.overlap(
            ruling.audience.region, ledger.kept.get((app.id, carrier, mark), NOBODY)
        )
        for entry in ledger.classes
        if entry.rank > limit
        for carrier in app.carriers
        for mark in entry.marks(carrier)
    )


def _deviations(ledger: Ledger, ruling: Ruling) -> Iterator[Deviation]:
    people = ruling.audience.region
    limit = ledger.ranks[ruling.obligations.data_max]
    for entry in ledger.classes:
        value = f"{ruling.app}/{entry.id}"
        for carrier in Carrier:
            blocked = ledger.blocked(ruling.app, carrier, entry)
            if entry.rank > limit:
                yield from _looser(ledger, ruling, entry, carrier, blocked)
            else:
                strict = ledger.ir.universe.both(
                    people, _touched(ledger, ruling.app, entry, carrier)
                )
                if strict != NOBODY:
                    reason = _why_stricter(ledger, ruling, entry, strict)
                    yield Deviation(Status.STRICTER, reason, strict, value, carrier.value)


def _touched(ledger: Ledger, app: str, entry: MarkedClass, carrier: Carrier) -> Region:
    """For whom any mark of a class is kept from an app."""
    if ledger.settings.mode != "enforce":
        return NOBODY
    return ledger.ir.universe.any_of(
        ledger.kept.get((app, carrier, mark), NOBODY) for mark in entry.marks(carrier)
    )


def _looser(
    ledger: Ledger, ruling: Ruling, entry: MarkedClass, carrier: Carrier, blocked: Region
) -> Iterator[Deviation]:
    people, value = ruling.audience.region, f"{ruling.app}/{entry.id}"
    if ruling.account is Account.PERSONAL:
        reason: Reason | None = facts.PERSONAL_UNSEEN
    else:
        reason = _unrecognised(ledger, ruling.app, entry, carrier)
    if reason:
        yield Deviation(Status.LOOSER, reason, people, value, carrier.value)
        return
    for doubt in _DOUBTS:
        if doubt.code in entry.doubts and carrier is Carrier.TEXT:
            yield Deviation(Status.LOOSER, doubt, people, value, carrier.value)
    missed = ledger.ir.universe.minus(people, blocked)
    if missed != NOBODY:
        reason = _why_looser(ledger, ruling, missed)
        yield Deviation(Status.LOOSER, reason, missed, value, carrier.value)


def _unrecognised(ledger: Ledger, app: str, entry: MarkedClass, carrier: Carrier) -> Reason | None:
    """Why no rule about `carrier` can know the class, None when one can."""
    limited = ledger.apps.get(app)
    if limited is None:
        return ledger.reasons[app]
    if not any(entry.marks(each) for each in Carrier) and not entry.doubts:
        return facts.CLASS_UNMARKED
    if carrier not in limited.plane.carriers:
        return facts.ITEMS_UNSEEN
    if carrier is Carrier.TEXT and not entry.types:
        return _no_types(entry)
    if carrier is Carrier.ITEMS and not entry.label:
        return facts.ITEMS_UNMARKED
    return _LACKING[carrier] if carrier not in limited.carriers else None


def _no_types(entry: MarkedClass) -> Reason:
    for doubt in _DOUBTS:
        if doubt.code in entry.doubts:
            return doubt
    return facts.TEXT_UNMARKED


def _why_looser(ledger: Ledger, ruling: Ruling, missed: Region) -> Reason:
    if ledger.settings.mode != "enforce":
        return facts.TEST_MODE
    return facts.USES_INDISTINCT if _others_differ(ledger, ruling, missed) else facts.INDISTINCT


def _why_stricter(ledger: Ledger, ruling: Ruling, entry: MarkedClass, touched: Region) -> Reason:
    above = [other for other in ledger.classes if other.rank > entry.rank]
    mine = {mark for carrier in Carrier for mark in entry.marks(carrier)}
    if any(mine & set(other.marks(carrier)) for other in above for carrier in Carrier):
        return facts.SHARED_MARK
    return facts.USES_INDISTINCT if _others_differ(ledger, ruling, touched) else facts.INDISTINCT


def _others_differ(ledger: Ledger, ruling: Ruling, people: Region) -> bool:
    return any(
        other.app == ruling.app
        and other.effect is not Effect.BLOCK
        and other.obligations.data_max != ruling.obligations.data_max
        and ledger.ir.universe.overlap(other.audience.region, people)
        for other in ledger.ir.rulings
    )


def _main_reason(deviations: tuple[Deviation, ...]) -> Reason | None:
    """What a reader of the report should know first: simulation, then what is looser."""
    reasons = [
        found.reason for found in sorted(deviations, key=lambda d: d.status is Status.STRICTER)
    ]
    return facts.TEST_MODE if facts.TEST_MODE in reasons else next(iter(reasons), None)


def _unsupported(ruling: Ruling, clause: str, reason: Reason) -> Coverage:
    return _record(ruling, clause, Status.UNSUPPORTED, reason)


def _record(ruling: Ruling, clause: str, status: Status, reason: Reason | None = None) -> Coverage:
    return Coverage(ruling.id, clause, TARGET, EVERYWHERE, status, reason)
