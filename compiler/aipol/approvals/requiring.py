"""Works out which approvals a change needs, by the rules before it and the rules after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aipol.approvals.classes import classes_of
from aipol.approvals.effects import Meant, of_effects
from aipol.approvals.flows import Told, of_data, of_flows
from aipol.approvals.kept import NARROWED, alteration, contacts, is_narrowed, of_approvals
from aipol.approvals.later import of_later
from aipol.approvals.model import Compared, Policy, Required, Trigger
from aipol.approvals.pushed import of_targets
from aipol.approvals.settings import of_settings
from aipol.approvals.written import chosen, of_text, regions
from aipol.audience import EVERYBODY, NOBODY, Region
from aipol.ir import Ir
from aipol.source import whole_file
from aipol.vocabulary import Condition

if TYPE_CHECKING:
    from aipol.language.model import Approval
    from aipol.language.placed import Placed
    from aipol.people import People

_UNKNOWN = "what the change does is not known, for one of the policies has errors"
_NOT_BUILT = "the gaps of all targets were not compared"


def required(change: Compared, people: People | None = None) -> tuple[Required, ...]:
    """Every approval that is needed, those of the policy before first.

    Without `people` nobody was counted, and so no change is about too few.
    """
    meant = _meant(change)
    triggers = tuple(_triggers(change, meant))
    found: dict[tuple[object, ...], Required] = {}
    for policy in change.sides:
        for placed in policy.assembled.approvals:
            one = _needed(_Asked(change, policy, placed, meant, people), triggers)
            if one is not None:
                key = (one.id, one.contacts)
                found[key] = _together(meant, found[key], one) if key in found else one
    return tuple(found.values())


def _meant(change: Compared) -> Meant | None:
    """Both policies, where it is known what they mean; `difference` says what there was before."""
    found = change.difference
    if found is None:
        return None
    irs = (found.sides.before, found.sides.after)
    return Meant(change.before, change.after, irs, found)


def _triggers(change: Compared, meant: Meant | None) -> Iterator[Trigger]:
    """All that the change does; where that is not known, all that a change can do."""
    place = change.after.told(whole_file(change.after.assembled.file))
    if meant is None:
        yield from (Trigger(condition, _UNKNOWN, place) for condition in Condition)
        return
    flows = Told()
    today = (*of_effects(meant), *of_flows(meant, flows))
    yield from today
    yield from of_data(meant)
    yield from of_later(meant, change.coming, today, flows)
    yield from of_settings(meant)
    yield from of_text(meant)
    yield from of_targets(meant)
    yield from of_approvals(meant)
    if change.gaps is None:
        yield Trigger(Condition.NEW_GAP, _NOT_BUILT, place)
    for gap in change.gaps or ():
        yield Trigger(Condition.NEW_GAP, gap.text, gap.span, gap.people, gap.apps)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An approval of one of the two policies, and what is known of the change."""

    change: Compared
    policy: Policy
    placed: Placed[Approval]
    meant: Meant | None
    people: People | None

    @property
    def is_before(self) -> bool:
        return self.policy is self.change.before

    @property
    def ir(self) -> Ir | None:
        return self.policy.ir

    @property
    def altered(self) -> str:
        """What the change would make an approval of the policy before do, if anything."""
        before = self.change.before
        if not self.is_before or before is None:
            return ""
        found = alteration(before, self.change.after, self.placed)
        narrowed = self.meant is not None and is_narrowed(self.meant, self.placed.value)
        return found or (NARROWED if narrowed else "")


def _needed(asked: _Asked, triggers: Iterable[Trigger]) -> Required | None:
    """The approval with its reasons, if it is needed."""
    approval = asked.placed.value
    reasons = [each for each in triggers if _matches(asked, each)]
    if reasons and _too_few(asked, reasons):
        reasons = []
    place = asked.policy.place(asked.placed)
    if asked.altered:
        text = f"approval `{approval.id}` would {asked.altered}"
        reasons.insert(0, Trigger(Condition.APPROVALS, text, place))
    if not reasons:
        return None
    known = asked.change.contacts
    return Required(
        approval.id,
        contacts(asked.policy, approval),
        place,
        asked.is_before,
        not asked.is_before,
        tuple(reasons),
        _union(asked.meant, (each.people for each in reasons if each.condition.narrows)),
        approval.min_people or 0,
        frozenset(name for name in approval.contacts if len(known.get(name, ())) > 1),
    )


def _matches(asked: _Asked, trigger: Trigger) -> bool:
    """Whether an approval is about what a change does; what is about all is about its part, too."""
    approval, ir, meant = asked.placed.value, asked.ir, asked.meant
    if trigger.condition not in approval.when:
        return False
    if ir is None or meant is None:
        return True
    if approval.groups and not meant.found.sides.universe.overlap(_named(asked), trigger.people):
        return False
    apps = chosen(ir, approval.apps, approval.except_apps or ()) if approval.apps else None
    if apps is not None and trigger.apps is not None and not apps & trigger.apps:
        return False
    if approval.min_data is None or trigger.classes is None:
        return True
    ladder = classes_of(ir)
    below = frozenset(ladder[: ladder.index(approval.min_data)])
    return not trigger.classes <= below


def _named(asked: _Asked) -> Region:
    """The people whom an approval is narrowed to."""
    ir, meant, approval = asked.ir, asked.meant, asked.placed.value
    if ir is None or meant is None or not approval.groups:
        return EVERYBODY
    copied = meant.found.sides.old if asked.is_before else meant.found.sides.new
    return meant.found.sides.universe.any_of(map(copied, regions(ir, approval.groups)))


def _too_few(asked: _Asked, reasons: Sequence[Trigger]) -> bool:
    """Whether the reasons together are about fewer people than the approval is for.

    Together, so that a change is not cut into pieces that are each too small. People whom the file
    may not know are not few, and what is about no people in particular is about more than few. Nor
    is a number that is too small to be told: whether the approval is needed would tell it.
    """
    least, people, meant = asked.placed.value.min_people, asked.people, asked.meant
    about_all = any(not reason.condition.narrows for reason in reasons)
    if least is None or people is None or meant is None or about_all:
        return False
    universe = meant.found.sides.universe
    region = universe.both(_named(asked), _union(meant, (reason.people for reason in reasons)))
    if people.unseen(universe, region):
        return False
    least = least if least >= people.least_told else 1
    return people.count(universe, region).people < least


def _union(meant: Meant | None, regions_of: Iterable[Region]) -> Region:
    if meant is None:
        return EVERYBODY
    found = list(regions_of)
    return meant.found.sides.universe.any_of(found) if found else NOBODY


def _together(meant: Meant | None, one: Required, other: Required) -> Required:
    """An approval that both policies ask the same people for."""
    reasons = tuple(dict.fromkeys((*one.reasons, *other.reasons)))
    people = _union(meant, (one.people, other.people))
    least = min(one.least, other.least)
    return replace(other, before=True, reasons=reasons, people=people, least=least)
