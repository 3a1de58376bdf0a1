"""Turns what a program answered into where it differs from its reader, and from `aipol explain`."""

from __future__ import annotations

import ipaddress
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aipol.audience import Person
from aipol.claims import Claim
from aipol.domains import Intent
from aipol.ir import Ir
from aipol.pipeline import Build
from aipol.report.explain import Asked, Explanation, Seen, explanation
from aipol.report.person import seats_of
from aipol.resolve.tests import person_in
from aipol.segments import gateway_networks, segments
from aipol.target import EFFECT_CLAUSE, Kind, Question, Status
from aipol.verify.reference import HostReference
from aipol.vocabulary import Account, Effect, Situation

HERE = Situation.UNMANAGED_CORPORATE
SILENT = frozenset({Status.UNSUPPORTED, Status.NOT_APPLICABLE, Status.LICENCE_MISSING})
MOST_USES = 80
"""Of all uses by all people, so many are asked `explain` about."""
INNOCENT = "open.free.test"
"""A name that no policy speaks about, and none that one speaks about is like."""
LITERAL = "127.0.0.1"

PEOPLE: tuple[tuple[str, ...], ...] = (
    *((), ("pilot",), ("finance",), ("engineering",), ("both",), ("guests",)),
    *(("finance", "pilot"), ("engineering", "pilot"), ("both", "pilot")),
)
"""Who asks `explain`: by some of the groups they are in."""

Use = tuple[Person, str, Any, Account]


@dataclass(frozen=True, order=True)
class Probe:
    """One question: by which path, from which address, about which name, and how it is spelled."""

    client: str
    source: str
    host: str
    spelling: str


def probes(files: Any, clients: Iterable[str]) -> Iterator[Probe]:
    """Every name from one address of each segment, the claimed ones from all and as spelled."""
    for client, addresses in itertools.product(clients, files.seats.values()):
        for host in files.hosts:
            yield Probe(client, addresses[0], host, host)
        for host in dict.fromkeys((*files.claimed, *(f"www.{each}" for each in files.claimed))):
            for spelling in (host.upper(), f"{host}.") if host in files.hosts else ():
                yield Probe(client, addresses[0], host, spelling)
        for source, host in itertools.product(addresses[1:], dict.fromkeys(files.claimed)):
            yield Probe(client, source, host, host)


def misread(files: Any, answers: Mapping[Probe, bool | None]) -> Iterator[str]:
    """Where the reader says another thing of what is asked for, as it was spelled."""
    for probe, blocked in answers.items():
        said = files.blocks(probe.client, probe.source, probe.spelling)
        if blocked is not said:
            asked = f"{probe.client} {probe.source} {probe.spelling}"
            yield f"{asked}: {blocked}, the reader says {said}"


def unexplained(seed: int, files: Any, answers: Mapping[Probe, bool | None]) -> Iterator[str]:
    """Where `explain` says another thing, and no record of the target accounts for it."""
    plain = {
        (each.client, each.source, each.host): blocked
        for each, blocked in answers.items()
        if each.spelling == each.host
    }
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    uses = list(_uses(files.build))
    for use in draw.sample(uses, min(len(uses), MOST_USES)):
        yield from _of_use(files, use, plain)


def _uses(build: Build) -> Iterator[Use]:
    ir = build.ir
    people = {person for groups in PEOPLE if (person := person_in(ir, groups)) is not None}
    for person in sorted(people, key=sorted):
        for app, surface in ir.by_use:
            for account in (Account.CORPORATE, Account.PERSONAL):
                yield person, app, surface, account


def _of_use(
    files: Any, use: Use, plain: Mapping[tuple[str, str, str], bool | None]
) -> Iterator[str]:
    person, app, surface, account = use
    build: Build = files.build
    found = explained(build, use)
    known = HostReference(build.ir)
    seats = [files.seats.get(seat.id, ()) for seat in seats_of(build.ir, person)]
    paths = {
        (client, source) for client, source, _ in plain if source in {*itertools.chain(*seats)}
    }
    for claim in build.ir.apps[app].behind[surface]:
        for host in _names(claim):
            if claim not in known.speaking(host):
                continue  # something more specific decides
            for client, source in sorted(paths):
                if (client, source, host) not in plain:
                    continue
                blocked = plain[client, source, host]
                probe = Probe(client, source, host, host)
                if not _agrees(files, found, claim, probe, blocked=blocked is True):
                    who = f"{sorted(person)} {app} {surface} {account}"
                    yield f"{who} {client} {source} {host}: {blocked}, not as explained"


def _names(claim: Claim) -> tuple[str, ...]:
    below = (f"www.{claim.host}", f"a.b.{claim.host}")
    match claim.intent:
        case Intent.EXACT:
            return (claim.host,)
        case Intent.CHILDREN:
            return below
        case Intent.SUBTREE:
            return (claim.host, *below)


def explained(build: Build, use: Use) -> Explanation:
    """What `aipol explain` says about a use; it shows what is in here."""
    person, app, surface, account = use
    other = Account.PERSONAL if account is Account.CORPORATE else Account.CORPORATE
    ruling, besides = (build.ir.decide(person, app, surface, each) for each in (account, other))
    assert ruling
    platforms = {run.target.id: run.target.identity for run in build.runs}
    asked = Asked(app, app, surface, account, tuple(sorted(person)))
    who = (person, ruling, besides if besides and besides.id != ruling.id else None)
    return explanation(build.matrix, platforms, asked, who, Seen({}, frozenset()), besides=())


def _agrees(files: Any, found: Explanation, claim: Claim, probe: Probe, *, blocked: bool) -> bool:
    """Whether what is done is what is explained, or a record says why it is not."""
    answer = Effect.BLOCK if blocked else Effect.ALLOW
    expected = found.ruling.direct
    if answer is expected:
        return True
    looser = answer.strictness < expected.strictness
    if found.ruling.account is Account.PERSONAL and looser and _held(files, probe):
        return True
    (record,) = (
        record
        for record in found.records
        if record.clause == EFFECT_CLAUSE and HERE in record.situations
    )
    if record.status in SILENT:
        return looser
    status = Status.LOOSER if looser else Status.STRICTER
    return any(
        each.status is status
        and each.found in {None, answer}
        and each.speaks_of(claim.host, probe.host, probe.client)
        for each in record.deviations
    )


def _held(files: Any, probe: Probe) -> bool:
    """Whether a header keeps personal accounts out of the host."""
    question = Question(Kind.HEADER, probe.host, frozenset({probe.source}), probe.client, HERE)
    return bool(files.decider.decide(question).detail)


def addresses(ir: Ir) -> dict[str, tuple[str, ...]]:
    """A few addresses on loopback, its edges first, of every segment and of the gateways."""
    gateways = [ipaddress.ip_network(each) for each in gateway_networks(ir)]
    found = {seat.id: [*seat.samples[:3], *seat.samples[-1:]] for seat in segments(ir)}
    found["gateways"] = [str(address) for each in gateways for address in (each[0], each[-1])]
    usable = {name: [*filter(_on_loopback, listed)] for name, listed in found.items()}
    for seat in segments(ir):
        if any(SELF in ipaddress.ip_network(network) for network in seat.networks):
            usable[seat.id].append(str(SELF))
    return {name: tuple(dict.fromkeys(listed)) for name, listed in usable.items() if listed}


SELF = ipaddress.ip_address("127.0.0.1")


def _on_loopback(address: str) -> bool:
    """Whether a client can have the address here: the first and the last of all cannot be used."""
    return address.startswith("127.") and address not in {"127.0.0.0", "127.255.255.255"}
