"""Turns the profiles of all classes into the account of what they do for one ruling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aipol.audience import NOBODY, Region, Universe
from aipol.hosts import ACCOUNT_UNSEEN, INDISTINCT, NO_PROMPT, host_deviations, hosts_behind
from aipol.identifiers import Mark
from aipol.ir import Ir, Ruling
from aipol.scoping import Verdict
from aipol.target import Deviation, Kind, Reason, Status
from aipol.vocabulary import Account as Whose
from aipol.vocabulary import Effect, Surface
from aipol_targets.common.apple.browsers import EXCEPTION_WINS
from aipol_targets.common.apple.lower_profiles import governed
from aipol_targets.common.apple.model import CellProfile, Decisions, Family

SHARED_IDENTIFIER = Reason(
    "shared-identifier", "a usable app is known by the same identifier", "block it on the network"
)
WORKSPACE_UNSEEN = Reason(
    "workspace-only",
    "one workspace is admitted; that the system turns other accounts away cannot be read back",
    "block the feature to be certain",
)
NO_IDENTIFIER = Reason(
    "no-identifier",
    "the app has nothing here that this target could recognise",
    "give its identifiers under `apps:`, or add them to the catalogue",
)

# Page loads are what a browser's list decides; API calls of scripts and programs never ask it.
_OWN_HOSTS = frozenset({Surface.WEB, Surface.API})
_CLIENTS = ("chrome", "edge", "firefox")


@dataclass(frozen=True, slots=True)
class Account:
    """How far artefacts carry out one ruling.

    `identifiers` counts the questions by which its surface is known here, once a class, and
    `carried` those that are answered as the ruling says. `deviations` are all answers that differ;
    they include those about hosts of a surface that is known by something better than hosts.
    """

    identifiers: int = 0
    carried: int = 0
    deviations: tuple[Deviation, ...] = ()
    profiles: tuple[CellProfile, ...] = ()


def account_for(ir: Ir, ruling: Ruling, profiles: Sequence[CellProfile]) -> Account:
    """What the profiles of all families do for `ruling`."""
    identifiers = carried = 0
    deviations: list[Deviation] = []
    holding: list[CellProfile] = []
    known = {
        family: tuple(governed(ir, family, ruling.app, ruling.surface))
        for family in dict.fromkeys(profile.family for profile in profiles)
    }
    hosts = len({claim.named for claim in hosts_behind(ir.apps[ruling.app], ruling.surface)})
    for profile in profiles:
        asked = known[profile.family]
        claims = hosts * len(_CLIENTS) if profile.family is Family.BROWSERS else 0
        people = ir.universe.both(ruling.audience.region, profile.cell.region)
        if people == NOBODY or not (asked or claims):
            continue
        by_host = _hosts(ir, ruling, profile, people) if claims else []
        by_mark = list(_marks(ruling, profile, asked, people))
        own = claims if ruling.surface in _OWN_HOSTS else 0
        identifiers += len(asked) + own
        carried += len(asked) - len(by_mark)
        carried += own - len({(each.value, each.client) for each in by_host}) if own else 0
        deviations += [*by_host, *by_mark]
        if profile.needed and Effect.BLOCK in {ruling.direct, ruling.effect}:
            holding.append(profile)
    return Account(identifiers, carried, merged(ir.universe, deviations), tuple(holding))


def _hosts(ir: Ir, ruling: Ruling, profile: CellProfile, people: Region) -> list[Deviation]:
    """Where the lists answer other than the ruling, browser by browser."""
    decisions = profile.decisions
    verdict = decisions.verdicts.get((ruling.app, ruling.surface))
    if verdict is None:
        return []
    common = host_deviations(ir, ruling, verdict, people, decisions.chromium)
    found = [replace(each, client=client) for each in common for client in ("chrome", "edge")]
    if decisions.firefox is decisions.chromium:
        return found + [replace(each, client="firefox") for each in common]
    elsewhere = {(each.status, each.value) for each in common}
    for each in host_deviations(ir, ruling, verdict, people, decisions.firefox, "firefox"):
        same = (each.status, each.value) in elsewhere
        found.append(each if same else replace(each, reason=EXCEPTION_WINS))
    return found


def _marks(
    ruling: Ruling, profile: CellProfile, asked: tuple[Mark, ...], people: Region
) -> Iterator[Deviation]:
    decisions = profile.decisions
    for mark in asked:
        blocked = _refused(mark, decisions)
        if ruling.effect is (Effect.BLOCK if blocked else Effect.ALLOW):
            continue
        status = Status.STRICTER if blocked else Status.LOOSER
        verdict = decisions.verdicts.get((ruling.app, ruling.surface))
        client = mark.form or mark.value
        yield Deviation(
            status, _why(ruling, verdict, mark, decisions), people, mark.question, client
        )


def _refused(mark: Mark, decisions: Decisions) -> bool:
    if mark.kind is Kind.FEATURE:
        return mark.value in decisions.features
    return mark.question in decisions.extensions


def _why(ruling: Ruling, verdict: Verdict | None, mark: Mark, decisions: Decisions) -> Reason:
    if ruling.effect in (Effect.WARN, Effect.JUSTIFY):
        return NO_PROMPT
    if ruling.account is Whose.PERSONAL and mark.kind is Kind.FEATURE and decisions.workspace:
        return WORKSPACE_UNSEEN
    others = verdict.others if verdict else ()
    if any(other.account is not ruling.account for other in others):
        return ACCOUNT_UNSEEN
    return INDISTINCT if others else SHARED_IDENTIFIER


def merged(universe: Universe, deviations: Sequence[Deviation]) -> tuple[Deviation, ...]:
    """The same deviation of several classes said once; of all browsers, once for `*`."""
    people: dict[tuple[Status, Reason, str, str], Region] = {}
    for each in deviations:
        key = (each.status, each.reason, each.value, each.client)
        people[key] = universe.either(people.get(key, NOBODY), each.people)
    for status, reason, value, client in list(people):
        each_browser = [(status, reason, value, browser) for browser in _CLIENTS]
        regions = {people.get(key) for key in each_browser}
        if client in _CLIENTS and len(regions) == 1 and None not in regions:
            people[status, reason, value, "*"] = people[each_browser[0]]
            for key in each_browser:
                del people[key]
    found = [
        Deviation(status, reason, region, value, client)
        for (status, reason, value, client), region in people.items()
    ]
    return tuple(sorted(found, key=lambda d: (d.status, d.reason.code, d.value, d.client)))


def sum_up(ruling: Ruling, account: Account) -> tuple[Status, Reason | None]:
    """The status that `account` amounts to: looser outweighs stricter."""
    looser = [each for each in account.deviations if each.status is Status.LOOSER]
    stricter = [each for each in account.deviations if each.status is Status.STRICTER]
    if not account.identifiers and not stricter:
        # A feature of another system cannot be here; an app may be, though nothing is known of it.
        builtin = ruling.surface is Surface.BUILTIN
        return (Status.NOT_APPLICABLE if builtin else Status.UNSUPPORTED), NO_IDENTIFIER
    if stricter and not looser:
        return Status.STRICTER, stricter[0].reason
    if not looser:
        return Status.ENFORCED, None
    prompts = ruling.effect in (Effect.WARN, Effect.JUSTIFY)
    if account.identifiers and not account.carried and not prompts and not stricter:
        return Status.UNSUPPORTED, looser[0].reason
    return Status.LOOSER, looser[0].reason
