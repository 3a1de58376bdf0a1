"""Which data may go to whom afterwards that could not go there before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from aipol.approvals.classes import ANY_DATA, classes_given, classes_of
from aipol.approvals.effects import Meant
from aipol.approvals.model import Trigger
from aipol.audience import EVERYBODY, NOBODY, Region
from aipol.difference import Direction
from aipol.ir import Ir, Ruling
from aipol.language.words import enumerated
from aipol.report.difference import data_words
from aipol.report.words import some
from aipol.source import whole_file
from aipol.vocabulary import Account, Condition, Surface

Use = tuple[str, Surface]
_Copied = Callable[[Region], Region]
_ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)
_KINDS = {(True, True): "any", (True, False): "a corporate", (False, True): "a personal"}
_Key = tuple[Region, frozenset[str], frozenset[str]]


class Told:
    """Who is told to begin to give which class of data to which vendor, with which account."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, Account, str], Region] = {}

    def of(self, vendor: str, account: Account, name: str) -> Region:
        """Those of whom it is told."""
        return self._people.get((vendor, account, name), NOBODY)

    def add(self, vendor: str, account: Account, name: str, people: Region) -> None:
        """Remember all of whom it is told, those of earlier days among them."""
        self._people[vendor, account, name] = people


def of_flows(meant: Meant, told: Told) -> Iterator[Trigger]:
    """Somebody may give a class of data to a vendor, with an account of a kind, and could not.

    What is `told` of earlier days is not told again.
    """
    for vendor, uses in _by_vendor(meant).items():
        theirs = _Uses(meant, vendor, uses)
        if not theirs.same:
            corporate, personal = (_alike(theirs.beginning(account, told)) for account in _ACCOUNTS)
            for key, flows in {**personal, **corporate}.items():
                kinds = (key in corporate, key in personal)
                yield _trigger(meant, vendor, _KINDS[kinds], flows)


def _by_vendor(meant: Meant) -> Mapping[str, tuple[Use, ...]]:
    """All uses that either policy rules on, by the vendors of their apps."""
    found: dict[str, dict[Use, None]] = {}
    for ir in meant.irs:
        for use in ir.by_use:
            found.setdefault(_vendor(ir, use[0]), {}).setdefault(use)
    return {vendor: tuple(sorted(uses)) for vendor, uses in sorted(found.items())}


def _vendor(ir: Ir, app: str) -> str:
    return ir.apps[app].app.vendor


class _Uses:
    """The uses of one vendor's apps, and who may give it what."""

    def __init__(self, meant: Meant, vendor: str, uses: tuple[Use, ...]) -> None:
        self.meant = meant
        self.sides = meant.found.sides
        self.vendor = vendor
        self.irs = meant.irs
        self.uses = uses

    @property
    def same(self) -> bool:
        """Whether nothing can differ, so that nobody need be asked."""
        before, after = self.irs
        return (
            classes_of(before) == classes_of(after)
            and before.unlisted_ai is after.unlisted_ai
            and all(self._said(before, use) == self._said(after, use) for use in self.uses)
        )

    def _said(self, ir: Ir, use: Use) -> object:
        copied = self.sides.old if ir is self.irs[0] else self.sides.new
        return [
            (ruling.account, copied(ruling.audience.region), ruling.effect, ruling.obligations)
            for ruling in self._rulings(ir, use)
        ]

    def _rulings(self, ir: Ir, use: Use) -> tuple[Ruling, ...]:
        """What is ruled about a use, where the app is the vendor's."""
        theirs = use[0] in ir.apps and _vendor(ir, use[0]) == self.vendor
        return ir.by_use.get(use, ()) if theirs else ()

    def beginning(self, account: Account, told: Told) -> Iterator[_Flow]:
        """What may be given to the vendor, by each ruling, and could be given by none before."""
        universe = self.sides.universe
        before, after = self.irs
        for name in classes_of(after):
            giving = self._giving(before, self.sides.old, account, name)
            known = told.of(self.vendor, account, name)
            could = universe.either(known, universe.any_of(people for _, people in giving))
            for ruling, people in self._giving(after, self.sides.new, account, name):
                begins = universe.minus(people, could)
                if begins != NOBODY:
                    known = universe.either(known, begins)
                    yield _Flow(ruling, name, begins)
            told.add(self.vendor, account, name, known)

    def _giving(
        self, ir: Ir, copied: _Copied, account: Account, name: str
    ) -> Iterator[tuple[Ruling | None, Region]]:
        """The rulings by which a class may be given, with their people."""
        for use in self.uses:
            rulings = self._rulings(ir, use)
            if not rulings and may_give(ir, None, name):
                yield None, EVERYBODY
            for ruling in rulings:
                if ruling.account in (account, Account.ANY) and may_give(ir, ruling, name):
                    yield ruling, copied(ruling.audience.region)


@dataclass(frozen=True, slots=True)
class _Flow:
    """A class of data that some people may give afterwards; by no ruling, where there is none."""

    ruling: Ruling | None
    name: str
    people: Region

    @property
    def app(self) -> str:
        return self.ruling.app if self.ruling else ""


def _alike(flows: Iterable[_Flow]) -> Mapping[_Key, list[_Flow]]:
    """Those of the same people, where each app gets the same classes, by what is the same."""
    of_app: dict[tuple[Region, str], list[_Flow]] = {}
    for flow in flows:
        of_app.setdefault((flow.people, flow.app), []).append(flow)
    alike: dict[tuple[Region, frozenset[str]], list[_Flow]] = {}
    for (people, _), members in of_app.items():
        classes = frozenset(flow.name for flow in members)
        alike.setdefault((people, classes), []).extend(members)
    return {
        (people, classes, frozenset(flow.app for flow in members)): members
        for (people, classes), members in alike.items()
    }


def _trigger(meant: Meant, vendor: str, kind: str, flows: list[_Flow]) -> Trigger:
    names = dict.fromkeys(flow.name for flow in flows)
    apps = dict.fromkeys(flow.app for flow in flows)
    place = next((flow.ruling.decided_by.span for flow in flows if flow.ruling), None)
    data = enumerated([f"`{name}`" for name in names if name != ANY_DATA] or ["any"])
    by = "" if "" in apps else f" ({some(apps)})"
    who, people = meant.found.sides.words(flows[0].people), flows[0].people
    return Trigger(
        Condition.NEW_DATA_FLOW,
        f"{who}: {data} data may go to {vendor}{by} with {kind} account",
        meant.after.told(place or whole_file(meant.after.assembled.file)),
        people,
        None if "" in apps else frozenset(apps),
        frozenset(names) - {ANY_DATA} or None,
    )


def may_give(ir: Ir, ruling: Ruling | None, name: str) -> bool:
    """Whether data of a class may be given under a ruling.

    A class that the policy does not have may be given where no class is the limit.
    """
    given = classes_given(ir, ruling)
    if name in classes_of(ir):
        return name in given
    unlimited = ruling is None or not ruling.obligations.data_max
    return bool(given) and unlimited


def of_data(meant: Meant) -> Iterator[Trigger]:
    """A class that some data of it is no longer known by may go wherever other data may."""
    if meant.before is None:
        return
    for change in meant.found.data:
        if change.direction is Direction.LOOSER:
            place = meant.after.told(change.span or whole_file(meant.after.assembled.file))
            # What was of a class that is gone is of no class that an approval could name.
            classes = None if change.goes else frozenset({change.name})
            yield Trigger(Condition.NEW_DATA_FLOW, data_words(change), place, classes=classes)
