"""What a change writes: exceptions, locked rules, what is protected, and apps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from aipol.approvals.classes import classes_of
from aipol.approvals.effects import Meant
from aipol.approvals.model import Policy, Trigger
from aipol.audience import Region
from aipol.ir import Ir
from aipol.language.model import Approval, Clause, Exemption, Rule
from aipol.language.placed import Placed
from aipol.language.words import listed
from aipol.resolve.apps import select_apps
from aipol.source import Span, whole_file
from aipol.vocabulary import Condition, Effect

_WORDS = ("message", "redirect_to", "reason")
_Named = TypeVar("_Named", Exemption, Rule, Approval)


def of_text(meant: Meant) -> Iterator[Trigger]:
    """Every thing that is written otherwise and that somebody may watch over."""
    yield from _of_exceptions(meant)
    yield from _of_floors(meant)
    yield from _of_protected(meant)
    yield from _of_catalogue(meant)


# --- clauses --------------------------------------------------------------------------------------


def _of_exceptions(meant: Meant) -> Iterator[Trigger]:
    old = by_id(meant.before.assembled.exceptions) if meant.before else {}
    for name, placed in by_id(meant.after.assembled.exceptions).items():
        there = old.get(name)
        why = _granted(there.value if there else None, placed.value)
        if why:
            yield _of_clauses(
                meant, Condition.EXCEPTION, f"exception `{name}` {why}", there, placed
            )


def _granted(old: Exemption | None, new: Exemption) -> str:
    """What an exception grants that it did not; nothing where it only ends sooner."""
    if old is None:
        return f"is new, until {new.until}"
    if new.until > old.until:
        return f"holds until {new.until} rather than {old.until}"
    return "is another" if _said(old, "until") != _said(new, "until") else ""


def _said(clause: Clause, *but: str) -> Mapping[str, object]:
    """What a clause says, but for words that people read."""
    return {
        key: getattr(clause, key) for key in type(clause).model_fields if key not in {*_WORDS, *but}
    }


def _of_floors(meant: Meant) -> Iterator[Trigger]:
    old = _locked(meant.before) if meant.before else {}
    new = _locked(meant.after)
    for name in dict.fromkeys((*new, *old)):
        there, here = old.get(name), new.get(name)
        if (there and there.value) != (here and here.value):
            why = "is new" if there is None else "is another" if here else "is no longer locked"
            yield _of_clauses(meant, Condition.FLOOR, f"locked rule `{name}` {why}", there, here)


def _locked(policy: Policy) -> Mapping[str, Placed[Rule]]:
    return by_id(rule for rule in policy.assembled.rules if rule.value.locked)


def _of_clauses(
    meant: Meant,
    condition: Condition,
    text: str,
    before: Placed[Exemption] | Placed[Rule] | None,
    after: Placed[Exemption] | Placed[Rule] | None,
) -> Trigger:
    """What a clause is about, as it was and as it is."""
    universe, apps, classes = meant.found.sides.universe, set[str](), set[str]()
    people: list[Region] = []
    place = meant.after.told(whole_file(meant.after.assembled.file))
    for placed, policy, ir, copied in (
        (before, meant.before, meant.irs[0], meant.found.sides.old),
        (after, meant.after, meant.irs[1], meant.found.sides.new),
    ):
        if placed is not None and policy is not None:
            people += [copied(region) for region in regions(ir, placed.value.groups)]
            apps |= chosen(ir, placed.value.apps, placed.value.except_apps or ())
            classes |= _classes(ir, placed.value)
            place = policy.place(placed)
    known = bool(meant.irs[1].data_classes)
    told = frozenset(classes) if known else None
    return Trigger(condition, text, place, universe.any_of(people), frozenset(apps), told)


def _classes(ir: Ir, clause: Clause) -> frozenset[str]:
    """The classes that may be given under a clause, as it is written."""
    if clause.effect is Effect.BLOCK:
        return frozenset()
    ladder = classes_of(ir)
    limit = clause.require.data.max if clause.require and clause.require.data else ""
    return frozenset(ladder[: ladder.index(limit) + 1] if limit in ladder else ladder)


def regions(ir: Ir, names: Iterable[str]) -> list[Region]:
    """Who is in groups."""
    return [ir.groups[name].region for name in names]


def chosen(ir: Ir, apps: Iterable[str], but: Iterable[str] = ()) -> frozenset[str]:
    """The apps that selectors stand for, as in rules."""
    return select_apps(apps, but, ir.apps)


# --- what is about everybody ----------------------------------------------------------------------


def _of_protected(meant: Meant) -> Iterator[Trigger]:
    found = meant.found
    place = _file(meant.after)
    if meant.before is None:
        return
    accounts = _accounts(meant.before) ^ _accounts(meant.after)
    if accounts:
        yield Trigger(
            Condition.PROTECTED, f"`protected` differs by {listed(sorted(accounts))}", place
        )
    hosts = sorted({host for host, _, _ in (*found.protected, *found.unprotected)})
    if hosts:
        yield Trigger(Condition.PROTECTED, f"other hosts are protected: {listed(hosts)}", place)
    programs = {*meant.irs[0].protected_programs} ^ {*meant.irs[1].protected_programs}
    if programs:
        names = listed(sorted({name for _, name, _ in programs}))
        yield Trigger(Condition.PROTECTED, f"other programs are protected: {names}", place)


def _accounts(policy: Policy) -> set[str]:
    return {placed.value for placed in policy.assembled.protected}


def _of_catalogue(meant: Meant) -> Iterator[Trigger]:
    if meant.before is None:
        return
    if meant.before.catalogue.digest != meant.after.catalogue.digest:
        yield Trigger(Condition.CATALOGUE, "the catalogue is another", _file(meant.after))
    old, new = meant.before.assembled.apps, meant.after.assembled.apps
    others = [
        name
        for name in sorted(old.keys() | new.keys())
        if name not in old or name not in new or old[name].value != new[name].value
    ]
    if others:
        there = [new[name] for name in others if name in new]
        place = meant.after.told(there[0].key_span()) if there else _file(meant.after)
        yield Trigger(Condition.CATALOGUE, f"`apps` differs by {listed(others)}", place)


def by_id(found: Iterable[Placed[_Named]]) -> Mapping[str, Placed[_Named]]:
    """What has an id, by it."""
    return {placed.value.id: placed for placed in found}


def _file(policy: Policy) -> Span:
    return policy.told(whole_file(policy.assembled.file))
