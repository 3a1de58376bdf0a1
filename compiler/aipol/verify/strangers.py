"""Probe what no ruling names: neighbours, look-alikes, protected hosts, mentioned strangers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from aipol.audience import NOBODY, Region
from aipol.bypasses import BYPASS_SWITCHES
from aipol.diagnostics import Diagnostic, codes
from aipol.identifiers import marks
from aipol.ir import Ir, Ruling
from aipol.target import EFFECT_CLAUSE, EXCEPTED, LONGER, Answer, Deviation, Kind, Status
from aipol.verify.admitted import SILENT, Check
from aipol.verify.panel import View
from aipol.verify.probes import Probe
from aipol.verify.reference import DEEP, around, look_alikes
from aipol.verify.settled import is_settled, reference_of
from aipol.verify.subjects import Subject
from aipol.verify.unclaimed import unclaimed_findings
from aipol.vocabulary import Effect, Situation, Surface


def stranger_findings(check: Check) -> Iterator[Diagnostic]:
    """Wrong answers about things that are not a ruling's own identifiers."""
    for situation in check.panel.told_apart(check.target.reach):
        yield from _hosts(check, situation)
        yield from _protected(check, situation)
        yield from _unknown_marks(check, situation)
        _try_longer(check, situation)
    yield from unclaimed_findings(check, reference_of(check.ir))


def _hosts(check: Check, situation: Situation) -> Iterator[Diagnostic]:
    panel = check.panel
    for client in panel.decider.clients(Kind.HOST):
        for position, view in enumerate(panel.views(Kind.HOST)):
            if is_settled(panel, check.ir, view, client, situation):
                continue
            near, alike = _neighbourhood(check)
            # A look-alike is matched or not by the syntax of a path's lists, whoever they are for.
            for expected in (near,) if position else (near, alike):
                yield from _of_view(check, view, client, situation, expected)


def _of_view(
    check: Check, view: View, client: str, situation: Situation, expected: Neighbourhood
) -> Iterator[Diagnostic]:
    panel, universe = check.panel, check.ir.universe
    for allowed, hosts in expected.items():
        blocked = panel.blocked(view, client, situation, hosts)
        for right, found in (
            (universe.others(allowed), hosts & blocked),
            (allowed, hosts - blocked),
        ):
            # Somebody who cannot be told from those for whom it is right is not wronged here.
            wronged = panel.strays(right, view) if found else None
            if wronged is not None:
                yield from _wronged(check, view, wronged, client, situation, found)


def _wronged(  # noqa: PLR0917 - called as the sentence reads, the hosts last
    check: Check,
    view: View,
    wronged: View,
    client: str,
    situation: Situation,
    hosts: AbstractSet[str],
) -> Iterator[Diagnostic]:
    """Hosts that are answered otherwise than is right for the subjects of `wronged`."""
    forgiven: set[tuple[object, ...]] = set()
    reference = reference_of(check.ir)
    for host in sorted(hosts):
        answer = check.panel.ask(view, Kind.HOST, host, client, situation)
        # Names below one that is claimed are answered for by the same records, if the same claims
        # speak of them, and if they are as far below where records tell that apart.
        nearest = reference.nearest(host)
        depth = host.count(".") if check.levels else 0
        parts = reference.addresses.get(host)
        key = (nearest, reference.speaking(host), parts, depth, answer.effect)
        if not nearest or key not in forgiven:
            asked = _Asked(host, view.path(client), situation, answer)
            wrong = tuple(_wrong(check, wronged, asked))
            if not wrong:
                forgiven.add(key)
            yield from wrong


@dataclass(frozen=True, slots=True)
class _Asked:
    """A host, and how an enforcement path answered."""

    host: str
    client: str
    situation: Situation
    answer: Answer


Neighbourhood = Mapping[Region, frozenset[str]]
"""Hosts by the people who must be let through to them."""


def _neighbourhood(check: Check) -> tuple[Neighbourhood, Neighbourhood]:
    """Hosts near those that matter, and look-alikes, with who must be let through to each."""
    known = reference_of(check.ir).claims
    mentioned = (value for kind, value in check.panel.decider.mentions() if kind is Kind.HOST)
    strangers = frozenset(host for host in mentioned if host not in known)
    return _around(check.ir, strangers, check.levels)


@lru_cache(maxsize=4)
def _around(ir: Ir, strangers: frozenset[str], levels: int) -> tuple[Neighbourhood, Neighbourhood]:
    """The neighbourhood of what apps claim, and of strangers; targets with the same share it."""
    reference = reference_of(ir)
    seeds = (*reference.claims, *reference.addresses, *strangers)
    near = {host for seed in seeds for host in around(seed)}
    if levels > DEEP.count(".") + 1:
        near |= {f"{'x.' * levels}{host}" for host in reference.claims}
    alike = {host for seed in seeds for host in look_alikes(seed)}
    return _by_region(ir, near), _by_region(ir, alike)


def _by_region(ir: Ir, hosts: AbstractSet[str]) -> Neighbourhood:
    reference, found = reference_of(ir), dict[Region, list[str]]()
    # What only turns off a way around the network is asked about elsewhere.
    for host in hosts - BYPASS_SWITCHES.keys() if ir.close_bypasses else hosts:
        found.setdefault(reference.allowed(host), []).append(host)
    return {region: frozenset(found[region]) for region in sorted(found)}


def _wrong(check: Check, wronged: View, asked: _Asked) -> Iterator[Diagnostic]:
    """The subjects who get the wrong answer without a record that says so."""
    universe = check.ir.universe
    owners = tuple(reference_of(check.ir).owners(asked.host))
    if universe.within(wronged.people, _admitted(check, wronged.people, owners, asked)):
        return
    for subject in wronged.subjects:
        if _admitted(check, subject.people, owners, asked) == NOBODY:
            # A neighbour that nothing claims is a fault of the entry beside it.
            beside = owners or reference_of(check.ir).beside(asked.host)
            guilty = [r for r in beside if universe.overlap(r.audience.region, subject.people)]
            yield _differs(check.ir, subject, guilty, asked)


def _admitted(check: Check, who: Region, owners: tuple[Ruling, ...], asked: _Asked) -> Region:
    """Those of `who` about whom the owners' records say that they get this answer.

    A record that carries nothing out admits a looser answer only to people about whom no other
    owner's record claims more.
    """
    if not owners:
        return _widened(check, who, asked)
    universe, reference = check.ir.universe, reference_of(check.ir)
    names = {claim.host for claim in reference.speaking(asked.host)}
    parts = reference.addresses.get(asked.host, ())
    known = dict.fromkeys(names, asked.host) | {part.named: part.named for part in parts}
    found = asked.answer.effect or Effect.ALLOW
    expected = Effect.ALLOW if found is Effect.BLOCK else Effect.BLOCK
    told, untold, claimed = NOBODY, NOBODY, NOBODY
    for ruling in owners:
        people = universe.both(ruling.audience.region, who)
        if people == NOBODY or (ruling.direct is Effect.BLOCK) is not (expected is Effect.BLOCK):
            continue
        for record in check.records.get((ruling.id, EFFECT_CLAUSE), ()):
            if asked.situation not in record.situations:
                continue
            probes = (Probe(Kind.HOST, value, name, "", expected) for name, value in known.items())
            admits = any(
                check.admits(record, probe, asked.client, people=people, found=found)
                for probe in probes
            )
            if record.status in SILENT:
                untold = universe.either(untold, people) if admits else untold
            elif admits:
                told = universe.either(told, people)
            else:
                claimed = universe.either(claimed, people)
    said = universe.either(told, universe.minus(untold, claimed))
    if asked.host in names:
        return said
    # A name that nobody names is below one of theirs, and goes on after another one, too.
    return universe.any_of((said, _longer(check, who, asked), _excepted(check, who, owners, asked)))


def _widened(check: Check, who: Region, asked: _Asked) -> Region:
    """Those of `who` about whom a record says that a name is blocked with all below it.

    Nobody claims the host: only the records about the nearest name above it can say so, or those
    about a name that it goes on after.
    """
    universe = check.ir.universe
    if asked.answer.effect is not Effect.BLOCK:
        return NOBODY
    below = universe.any_of(
        universe.both(found.people, who) for found in _said_of_what_is_below(check, asked)
    )
    return universe.either(below, _longer(check, who, asked))


def _excepted(check: Check, who: Region, owners: tuple[Ruling, ...], asked: _Asked) -> Region:
    """Those of `who` about whom a record says that an exception opens a name it stands in."""
    universe, names = (
        check.ir.universe,
        {c.host for c in reference_of(check.ir).speaking(asked.host)},
    )
    if asked.answer.effect is Effect.BLOCK or not any(
        name not in names for name in reference_of(check.ir).inside(asked.host)
    ):
        return NOBODY
    return universe.any_of(
        universe.both(found.people, who)
        for ruling in owners
        for record in check.records.get((ruling.id, EFFECT_CLAUSE), ())
        for found in (record.deviations if asked.situation in record.situations else ())
        if found.value == EXCEPTED and found.concerns(asked.client)
    )


def _longer(check: Check, who: Region, asked: _Asked) -> Region:
    """Those of `who` about whom a record says that a name is blocked with what goes on after it."""
    universe = check.ir.universe
    found = _said_of_longer(check, asked) if asked.answer.effect is Effect.BLOCK else ()
    return universe.any_of(universe.both(each.people, who) for each in found)


def _said_of_longer(check: Check, asked: _Asked) -> Iterator[Deviation]:
    """The stricter deviations of what goes on after a claimed name that stands in the host.

    `d.*` is about `www.d.evil.example`, too.
    """
    reference = reference_of(check.ir)
    for name in reference.inside(asked.host):
        for ruling in reference.owners_inside(name):
            for record in check.records.get((ruling.id, EFFECT_CLAUSE), ()):
                for found in record.deviations if asked.situation in record.situations else ():
                    here = found.value == f"{name}{LONGER}"
                    about = here and found.concerns(asked.client)
                    if about and found.status is Status.STRICTER:
                        yield found


def _said_of_what_is_below(check: Check, asked: _Asked) -> Iterator[Deviation]:
    """The stricter deviations of all below the nearest name above the host that is claimed."""
    reference = reference_of(check.ir)
    places = {f"*.{claim.host}" for claim in reference.above(asked.host)}
    for ruling in reference.owners_above(asked.host):
        for record in check.records.get((ruling.id, EFFECT_CLAUSE), ()):
            for found in record.deviations if asked.situation in record.situations else ():
                here = found.value in places and found.concerns(asked.client)
                if here and found.status is Status.STRICTER:
                    yield found


def _differs(ir: Ir, subject: Subject, guilty: list[Ruling], asked: _Asked) -> Diagnostic:
    first, answer = guilty[0].decided_by if guilty else None, asked.answer
    rule = f" ({first.origin} `{first.id}`)" if first else ", for no rule speaks about it"
    where = f" ({answer.locator})" if answer.locator else ""
    return codes.VERDICT_DIFFERS.at(
        first.span if first else ir.unlisted_span,
        artifact=f"{answer.artifact or asked.client}{where}",
        question=f"{asked.client} host `{asked.host}` for {subject.label}",
        found=answer.effect or Effect.ALLOW,
        expected=f"{Effect.ALLOW if answer.effect is Effect.BLOCK else Effect.BLOCK}{rule}",
        hint="an entry stands for more, or fewer, hosts than the policy means",
    )


def _try_longer(check: Check, situation: Situation) -> None:
    """Put what records say of longer names to the test, so that an idle excuse is found."""
    universe, panel = check.ir.universe, check.panel
    for (ruling, clause), records in check.records.items():
        told = [
            found
            for record in records
            if clause == EFFECT_CLAUSE and situation in record.situations
            for found in record.deviations
            if found.value.endswith(LONGER) and found.value != EXCEPTED
        ]
        for found in told:
            check.tried.add((ruling, found))
            asked = f"{found.value.removesuffix(LONGER)}.evil.example"
            if any(
                panel.ask(view, Kind.HOST, asked, client, situation).effect is Effect.BLOCK
                for view in panel.views(Kind.HOST)
                if universe.overlap(view.people, found.people)
                for client in panel.decider.clients(Kind.HOST)
                if found.concerns(view.path(client))
            ):
                check.real.add((ruling, found))


_SELF = {"exact": (True, False), "subtree": (True, True), "children": (False, True)}


def _protected(check: Check, situation: Situation) -> Iterator[Diagnostic]:
    for view in check.panel.views(Kind.HOST):
        for client in check.panel.decider.clients(Kind.HOST):
            for host, match, purpose in check.ir.protected_hosts:
                names = (host, f"any.{host}")
                for name in (n for n, meant in zip(names, _SELF[match], strict=True) if meant):
                    answer = check.panel.ask(view, Kind.HOST, name, client, situation)
                    if answer.effect is Effect.BLOCK:
                        yield codes.LOCK_OUT.at(
                            check.ir.unlisted_span,
                            artifact=f"{answer.artifact} ({answer.locator})",
                            host=name,
                            hint=f"it is needed for {purpose}",
                        )


_NO_MARKS = frozenset(Kind) - {Kind.EXTENSION, Kind.PROGRAM, Kind.FEATURE}


def _unknown_marks(check: Check, situation: Situation) -> Iterator[Diagnostic]:
    """Blocked extensions, programs and features that no app of the policy is known by."""
    if not any(check.panel.views(kind) for kind in Kind if kind not in _NO_MARKS):
        return
    known = _known_marks(check.ir)
    for kind, value in dict.fromkeys(check.panel.decider.mentions()):
        if kind in _NO_MARKS or (kind, value) in known:
            continue
        form = value if kind is Kind.FEATURE else value.rpartition(":")[0]
        for view in check.panel.views(kind):
            answer = check.panel.ask(view, kind, value, form, situation)
            if answer.effect is Effect.BLOCK:
                yield codes.VERDICT_DIFFERS.at(
                    check.ir.unlisted_span,
                    artifact=f"{answer.artifact or check.target.id}",
                    question=f"{kind} `{value}` for {view.subjects[0].label}",
                    found=Effect.BLOCK,
                    expected="allow, for no app of the policy is known by it",
                    hint="the artefact blocks something else",
                )


@lru_cache(maxsize=2)
def _known_marks(ir: Ir) -> frozenset[tuple[Kind, str]]:
    return frozenset(
        (mark.kind, mark.question)
        for app in ir.apps.values()
        for surface in Surface
        for mark in marks(app.app, surface)
    )
