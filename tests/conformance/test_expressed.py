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
NETWORK = sorted(n for n, target in subjects.TARGETS.items() if target.identity == "networks")
NO_HOSTS = {"nftables"}
POLICIES = 12
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
groups: {everyone: {all: true}, finance: {networks: [10.20.0.0/24]}}
"""
# Names of every kind below an entry, other than those that the verdict is made of.
BELOW = ("q", "q.r", "q.r.s.t.u.v.w", "zz")
Answers = dict[str, tuple[bool, bool]]
"""Of each name, whether it is to be blocked, and whether it is."""


def written(seed: int) -> str:
    """Apps with hosts of every intent, of which some may be used and some not."""
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    apps, allowed = [], []
    for number, host in enumerate(draw.sample(HOSTS, draw.randint(2, len(HOSTS)))):
        match = draw.choice([intent.value for intent in Intent])
        domain = f"{{domain: {host}, match: {match}}}"
        apps.append(f"  a{number}: {{name: A, vendor: v, category: writing, domains: [{domain}]}}")
        allowed += [f"a{number}"] if draw.random() < 0.5 else []
    lines = [f"  - {{id: some, apps: [{', '.join(allowed)}], groups: [finance], effect: allow}}"]
    gap = draw.choice(("report", "tighten"))
    rules = [
        *(lines if allowed else ()),
        '  - {id: rest, apps: ["*"], groups: [everyone], effect: block}',
    ]
    return "\n".join([HEAD + f"on_gap: {gap}", "apps:", *apps, "rules:", *rules, ""])


@cache
def opened(seed: int) -> Ir:
    """The policy's meaning; the same for all targets, for it configures none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(written(seed), encoding="utf-8")
        found = open_policy(
            str(path), subjects.cases.AS_OF, subjects.cases.catalogue_of(("deepl",)), ()
        )
    assert found.ir is not None, found.findings
    return found.ir


def ran(name: str, seed: int) -> Run:
    """What a target makes of a drawn policy."""
    target: Target = subjects.TARGETS[name]
    settings = target.settings.model_validate_json(json.dumps(subjects.SETTINGS.get(name, {})))
    made = build(opened(seed), {name: settings}, [target])
    assert [found.message for found in made.findings if found.severity.value == "error"] == []
    (run,) = made.runs
    return run


@dataclass(frozen=True)
class Seat:
    """Somebody at an address, and the policy's decisions over hosts for them."""

    person: Person
    address: str
    wanted: HostTrie


def seats(ir: Ir) -> Iterator[Seat]:
    """Whoever sits in each segment."""
    for segment in segments(ir):
        person = segment.person if segment.person is not None else frozenset[str]()
        rulings = {use: ir.decide(person, *use, Account.PERSONAL) for use in ir.by_use}
        verdicts = {use: Verdict(ruling, ()) for use, ruling in rulings.items() if ruling}
        entries = host_entries(ir, verdicts)
        yield Seat(person, segment.samples[0], HostTrie(entries.values()))


def said(run: Run, seat: Seat) -> Iterator[tuple[Entry, Answers]]:
    """Every entry with its verdict, and what is to be and what is of names at and below it."""
    ir = run.ir
    decider = run.target.read({each.path: each.content for each in run.compiled.artifacts})
    for app in sorted(app for app, surface in ir.by_use if surface is Surface.WEB):
        ruling = ir.decide(seat.person, app, Surface.WEB, Account.PERSONAL)
        assert ruling is not None
        who: tuple[Person, Ruling] = (seat.person, ruling)
        for entry in entries_of(Heard(run, decider, ir), who, (frozenset({seat.address}),)):
            names = (entry.host, *(f"{labels}.{entry.host}" for labels in BELOW))
            yield (
                entry,
                {
                    name: (
                        seat.wanted.blocked(name),
                        decider.decide(
                            Question(
                                Kind.HOST,
                                name,
                                frozenset({seat.address}),
                                entry.client,
                                run.target.reach[0],
                            )
                        ).effect
                        is Effect.BLOCK,
                    )
                    for name in names
                },
            )


@pytest.mark.parametrize("name", NETWORK)
def test_a_verdict_is_what_the_reader_answers(name: str) -> None:
    """Exact where all is as it should be, widened where more is blocked, narrowed where less is."""
    told = set[Expressed]()
    for seed in range(POLICIES):
        run = ran(name, seed)
        for seat in seats(run.ir):
            for entry, answers in said(run, seat):
                more = any(is_ and not ought for ought, is_ in answers.values())
                less = any(ought and not is_ for ought, is_ in answers.values())
                about = (seed, seat.address, entry, answers)
                assert (entry.verdict is Expressed.EXACT) is not (more or less), about
                assert entry.verdict is not Expressed.WIDENED or not less, about
                assert entry.verdict is not Expressed.NARROWED or less, about
                if entry.verdict is Expressed.IMPOSSIBLE:
                    own = answers if entry.intent is not Intent.EXACT else (entry.host,)
                    below = [n for n in own if n != entry.host or entry.intent is Intent.EXACT]
                    assert all(answers[n][0] is not answers[n][1] for n in below), about
                assert bool(entry.reason) is (entry.verdict is not Expressed.EXACT), about
                told.add(entry.verdict)
    assert Expressed.EXACT in told or name in NO_HOSTS
