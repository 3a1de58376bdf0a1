"""What is said of how a target says a host is what its files, read back, answer."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aipol.audience import Person
from aipol.domains import HostTrie, Intent
from aipol.expressed import Expressed
from aipol.hosts import host_entries
from aipol.ir import Ir, Ruling
from aipol.pipeline import Run, build, open_policy
from aipol.report.entries import Entry, Heard, entries_of
from aipol.scoping import Verdict
from aipol.segments import segments
from aipol.target import Kind, Question, Target
from aipol.vocabulary import Account, Effect, Surface


def _subjects() -> Any:
    """What the suite is asked about; tests are files, not a package."""
    name = "aipol_subjects"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "subjects.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


subjects = _subjects()
SAYS_HOSTS = sorted(
    name
    for name, target in subjects.TARGETS.items()
    if target.identity == "networks" or name in {"intune", "jamf"}
)
POLICIES = 8
# A block, an exception in it, a block in that, and names beside them.
HOSTS = (
    "outer.example",
    "in.outer.example",
    "core.in.outer.example",
    "beside.outer.example",
    "other.example",
    "in.other.example",
)
HEAD = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance:
    entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd
    jamf: Finance Macs
    networks: [10.20.0.0/24, "2001:db8:20::/48"]
"""
ALL = '  - {id: rest, apps: ["*"], groups: [everyone], effect: block}'
# Names of every kind below an entry, other than those that the verdict is made of.
BELOW = ("q", "q.r", "q.r.s.t.u.v.w", "zz")
ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)


def head(name: str) -> str:
    """The start of a policy that a target takes: one refuses IPv6 addresses."""
    return HEAD.replace(', "2001:db8:20::/48"', "") if name == "e2guardian" else HEAD


def written(name: str, seed: int) -> str:
    """Apps with hosts of every intent, which some people may use, some are asked about, some not.

    Some may be used with the organisation's accounts alone.
    """
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    apps, rules = [], []
    for number, host in enumerate(draw.sample(HOSTS, draw.randint(2, len(HOSTS)))):
        match = draw.choice([intent.value for intent in Intent])
        shared = ", shared: true" if draw.random() < 0.2 else ""
        domain = f"{{domain: {host}, match: {match}{shared}}}"
        apps.append(f"  a{number}: {{name: A, vendor: v, category: writing, domains: [{domain}]}}")
        effect = draw.choice(("allow", "warn", "justify", "block", "block", "block"))
        account = ", account: corporate" if draw.random() < 0.4 else ""
        rule = f"id: r{number}, apps: [a{number}], groups: [finance], effect: {effect}{account}"
        rules += [f"  - {{{rule}}}"] if effect != "block" else []
    gap = draw.choice(("report", "tighten"))
    return "\n".join([head(name) + f"on_gap: {gap}", "apps:", *apps, "rules:", *rules, ALL, ""])


@cache
def meant(text: str) -> Ir:
    """A policy's meaning; the same for all targets, for it configures none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(text, encoding="utf-8")
        found = open_policy(
            str(path), subjects.cases.AS_OF, subjects.cases.catalogue_of(("deepl",)), ()
        )
    assert found.ir is not None, found.findings
    return found.ir


def ran(name: str, text: str, **given: Any) -> Run:
    """What a target makes of a policy."""
    target: Target = subjects.TARGETS[name]
    settings = json.dumps({**subjects.SETTINGS.get(name, {}), **given})
    made = build(meant(text), {name: target.settings.model_validate_json(settings)}, [target])
    assert [found.message for found in made.findings if found.severity.value == "error"] == []
    (run,) = made.runs
    return run


@dataclass(frozen=True)
class Seat:
    """Somebody as a target sees them, and the policy's decisions over hosts for them."""

    person: Person
    identities: tuple[frozenset[str], ...]
    wanted: HostTrie


def seats(ir: Ir, platform: str) -> Iterator[Seat]:
    """Whoever sits in each segment, at an address of each family; or in each group or none."""
    if platform == "networks":
        for segment in segments(ir):
            addresses = {":" in address: address for address in segment.samples}
            person = segment.person if segment.person is not None else frozenset[str]()
            yield Seat(person, tuple(frozenset({a}) for a in addresses.values()), trie(ir, person))
        return
    for groups in (frozenset[str](), frozenset({"finance"})):
        names = frozenset(str(getattr(ir.groups[name], platform)) for name in groups)
        yield Seat(groups, (names,), trie(ir, groups))


def trie(ir: Ir, person: Person) -> HostTrie:
    """The decisions over hosts: let through where any account may be used."""
    found = {use: [r for a in ACCOUNTS if (r := ir.decide(person, *use, a))] for use in ir.by_use}
    laxest = {use: min(every, key=lambda r: r.direct.strictness) for use, every in found.items()}
    return HostTrie(host_entries(ir, {use: Verdict(r, ()) for use, r in laxest.items()}).values())


@dataclass(frozen=True)
class Told:
    """An entry, the rule's effect, and of each name whether it is to be blocked, and the answer."""

    entry: Entry
    effect: Effect
    answers: dict[str, tuple[bool, Effect]]

    @property
    def own(self) -> list[str]:
        """The names that the entry is about."""
        host = self.entry.host
        keeps = {"exact": {host}, "children": self.answers.keys() - {host}}
        return sorted(keeps.get(self.entry.match, self.answers.keys()))

    def wrong(self) -> Iterator[str]:
        """The names that are blocked and should not be, or the other way round."""
        for name, (ought, found) in self.answers.items():
            if ought is not (found is Effect.BLOCK):
                yield name

    def lost(self) -> bool:
        """Whether anything is less strict than the policy, or the rule, has it."""
        less = any(self.answers[name][1].strictness < self.effect.strictness for name in self.own)
        return less or any(self.answers[name][0] for name in self.wrong())


def told(run: Run, ir: Ir, account: Account, seat: Seat) -> Iterator[Told]:
    """Every entry with its verdict, and what is to be and what is of names at and below it."""
    decider = run.target.read({each.path: each.content for each in run.compiled.artifacts})
    for app in sorted(app for app, surface in ir.by_use if surface is Surface.WEB):
        ruling = ir.decide(seat.person, app, Surface.WEB, account)
        assert ruling is not None
        who: tuple[Person, Ruling] = (seat.person, ruling)
        for entry in entries_of(Heard(run, decider, ir), who, seat.identities):
            client, _, family = entry.client.partition("/")
            for identity in seat.identities:
                if family and (family == "ipv6") is not any(":" in each for each in identity):
                    continue
                names = (entry.host, *(f"{labels}.{entry.host}" for labels in BELOW))
                place = (identity, client, entry.situations[0])
                found = {n: decider.decide(Question(Kind.HOST, n, *place)).effect for n in names}
                answers = {n: (seat.wanted.blocked(n), e or Effect.ALLOW) for n, e in found.items()}
                yield Told(entry, ruling.direct, answers)


@pytest.mark.parametrize("name", SAYS_HOSTS)
def test_a_verdict_is_what_the_reader_answers(name: str) -> None:
    """Exact where a rule's effect happens, for whatever account, and nothing else is wrong."""
    for seed in range(POLICIES):
        text = written(name, seed)
        run, ir = ran(name, text), meant(text)
        for seat in seats(ir, run.target.identity):
            for account in ACCOUNTS:
                for each in told(run, ir, account, seat):
                    about = (seed, account, seat.identities, each)
                    verdict, wrong = each.entry.verdict, set(each.wrong())
                    effects = {each.answers[name][1] for name in each.own}
                    right = not wrong and effects == {each.effect}
                    assert (verdict is Expressed.EXACT) is right, about
                    assert (verdict is Expressed.IMPOSSIBLE) is wrong.issuperset(each.own), about
                    lost = verdict is Expressed.NARROWED
                    assert lost is (each.lost() and not wrong.issuperset(each.own)), about
                    assert bool(each.entry.reason) is (verdict is not Expressed.EXACT), about


KINDS = """\
apps:
  blocked: {name: A, vendor: v, category: writing, domains: [
    {domain: at.example, match: exact},
    {domain: below.example, match: children},
    {domain: all.example, match: subtree},
    {domain: open.all.example, match: exact, shared: true}]}
  open: {name: A, vendor: v, category: writing, domains: [{domain: in.all.example, match: exact}]}
  asked: {name: A, vendor: v, category: writing, domains: [{domain: asked.example}]}
  half: {name: A, vendor: v, category: writing, domains: [{domain: half.example}]}
rules:
  - {id: open, apps: [open], groups: [finance], effect: allow}
  - {id: asked, apps: [asked], groups: [finance], effect: warn}
  - {id: half, apps: [half], groups: [finance], effect: allow, account: corporate}
"""


def verdicts(name: str, **given: Any) -> dict[str, str]:
    """How a target says each kind of host to somebody in finance with a personal account."""
    text = f"{head(name)}{KINDS}{ALL}\n"
    run, ir = ran(name, text, **given), meant(text)
    (seat,) = (s for s in seats(ir, run.target.identity) if "finance" in s.person)
    every = [told.entry for told in told(run, ir, Account.PERSONAL, seat)]
    return {
        f"{e.host} {e.client} {e.device}".strip(): f"{e.verdict} {e.reason}".strip() for e in every
    }
