"""What becomes of approvals themselves, and what they are about though written as they were."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.approvals.classes import classes_of
from aipol.approvals.effects import Meant
from aipol.approvals.model import Policy, Trigger
from aipol.approvals.settings import others_on
from aipol.approvals.written import by_id, chosen, regions
from aipol.audience import NOBODY
from aipol.ir import Ir
from aipol.language.model import Approval
from aipol.language.placed import Placed
from aipol.vocabulary import Condition

NARROWED = "be about less"
_GONE, _ANOTHER, _ASKS = "be gone", "be another", "ask somebody else"
_NOW = {
    _GONE: "is gone",
    _ANOTHER: "is another",
    _ASKS: "asks somebody else",
    NARROWED: "is about less, though written as it was",
}
_Contacts = tuple[tuple[str, str], ...]


def of_approvals(meant: Meant) -> Iterator[Trigger]:
    """Approvals that are new, gone, another, or about less."""
    if meant.before is None:
        return
    old, new = (by_id(each.assembled.approvals) for each in (meant.before, meant.after))
    for name in dict.fromkeys((*new, *old)):
        if name not in old:
            why, place = "is new", meant.after.place(new[name])
        elif name not in new:
            why, place = "is gone", meant.before.place(old[name])
        elif altered := alteration(meant.before, meant.after, old[name]):
            why, place = _NOW[altered], meant.after.place(new[name])
        elif is_narrowed(meant, old[name].value):
            why, place = _NOW[NARROWED], meant.after.place(new[name])
        else:
            continue
        yield Trigger(Condition.APPROVALS, f"approval `{name}` {why}", place)


def alteration(before: Policy, after: Policy, old: Placed[Approval]) -> str:
    """What an approval would do under the new policy; nothing where it is written as it was."""
    new = by_id(after.assembled.approvals).get(old.value.id)
    if new is None:
        return _GONE
    if new.value != old.value:
        return _ANOTHER
    return _ASKS if contacts(before, old.value) != contacts(after, new.value) else ""


def contacts(policy: Policy, approval: Approval) -> _Contacts:
    """Whom an approval asks, by name and mail address."""
    known = policy.assembled.organization.value.contacts
    return tuple((name, known.get(name, "")) for name in approval.contacts)


def is_narrowed(meant: Meant, approval: Approval) -> bool:
    """Whether words of an approval that both policies have come to mean less.

    Otherwise one change would make another thing of its groups, apps or ladder, which does
    nothing to anybody yet, and the next would do what nobody is asked for any more.
    """
    return any(_less(meant, approval))


def _less(meant: Meant, approval: Approval) -> Iterator[bool]:
    before, after = meant.irs
    if approval.groups:
        yield _other_people(meant, approval.groups)
    if approval.apps:
        but = approval.except_apps or ()
        yield bool(chosen(before, approval.apps, but) - chosen(after, approval.apps, but))
    if approval.min_data:
        yield bool(_from(before, approval.min_data) - _from(after, approval.min_data))


def _other_people(meant: Meant, names: tuple[str, ...]) -> bool:
    """Whether somebody is in the groups no more, or they stand for others on a platform."""
    sides = meant.found.sides
    universe = sides.universe
    old = universe.any_of(map(sides.old, regions(meant.irs[0], names)))
    new = universe.any_of(map(sides.new, regions(meant.irs[1], names)))
    meaning = {*names, *universe.support(old)} & meant.irs[1].groups.keys()
    return universe.minus(old, new) != NOBODY or any(others_on(meant, name) for name in meaning)


def _from(ir: Ir, least: str) -> frozenset[str]:
    """The classes from one upwards; none where the ladder does not have it."""
    ladder = classes_of(ir)
    return frozenset(ladder[ladder.index(least) :] if least in ladder else ())
