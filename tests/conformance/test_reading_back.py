"""What is asked of every reader: it finds what the policy says, and whatever was changed."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from aipol.ir import NO_OBLIGATIONS
from aipol.pipeline import Run, verify_files
from aipol.reader import DecidesAll, DecidesMany, DrawsEdges, Tells
from aipol.sited import Sited
from aipol.target import (
    Artifact,
    Decider,
    Kind,
    Question,
    Target,
    UnreadableArtifact,
)
from aipol.verify.panel import Panel, View
from aipol.verify.probes import probes_of
from aipol.verify.reference import around, look_alikes
from aipol.verify.subjects import subjects
from aipol.vocabulary import Effect
from tests.cases import kit as cases
from tests.conformance import subjects as given
from tests.mutation import kit
from tests.mutation.excuses import noticed

SETTLING = frozenset({"dns", "lists", "squid"})
"""Those whose readers say all that a path blocks."""
SAMPLE = 10
GARBAGE = (
    b"",
    b"\n",
    b"\x00" * 64,
    b"\xff\xfe\xfd garbage \x80",
    b"garbage",
    b"[]",
    b"{}",
    b"null",
    b'"text"',
    b"[" * 200_000,
    b"<a>" * 5_000,
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    b"<plist version='1.0'><dict/></plist>",
)


@given.every_pair
def test_the_reader_finds_what_the_policy_says(name: str, policy: str) -> None:
    """The target's own artefacts are read, and verifying them finds nothing."""
    run = given.ran(name, policy)
    assert [finding.message for finding in verify_files(run, run.compiled.artifacts)] == []


@given.every_pair
def test_a_changed_entry_is_found(name: str, policy: str) -> None:
    """Whoever drops, flips, renames or widens an entry of an artefact is found out."""
    run = given.ran(name, policy)
    excused = given.EXCUSES.get(name, ())
    mutants = [
        mutant
        for path, content in given.files_of(run).items()
        for mutant in kit.mutants(path, content)
        if not any(excuse.holds(mutant) for excuse in excused)
    ]
    chosen = random.Random(policy).sample(mutants, min(SAMPLE, len(mutants)))  # noqa: S311
    alive = [mutant for mutant in chosen if not noticed(run, mutant)]
    assert not chosen or len(alive) < len(chosen)
    changing = [mutant for mutant in alive if _changes_an_answer(run, mutant)]
    assert [(mutant.path, mutant.where, mutant.what) for mutant in changing] == []


def _changes_an_answer(run: Run, mutant: Any) -> bool:
    """Whether anybody gets another answer: an entry that another one repeats may go."""
    files = given.files_of(run)
    decider = run.target.read({**files, mutant.path: mutant.content})
    return _answers(run, decider, run.ir) != _given(run)


@given.every_pair
def test_many_hosts_at_once_are_answered_as_each_alone(name: str, policy: str) -> None:
    """What `verify` takes to be blocked of many hosts are those that the reader blocks one by one.

    A reader that answers for no host has none in its files.
    """
    run = given.ran(name, policy)
    decider = run.target.read(given.files_of(run))
    panel = Panel(run.ir.universe, decider, (), by_address=False)
    known = {host for kind, host in decider.mentions() if kind is Kind.HOST}
    assert decider.clients(Kind.HOST) or not known
    known |= {claim.host for app in run.ir.apps.values() for claim in app.claims}
    hosts = {other for host in known for other in (*around(host), *look_alikes(host))}
    situation = run.target.reach[0]
    for subject in subjects(run.ir, run.target.identity):
        view = View((subject,), subject.people)
        for client in decider.clients(Kind.HOST):
            alone = {
                host
                for host in hosts
                if decider.decide(
                    Question(Kind.HOST, host, subject.identity, client, situation)
                ).effect
                is Effect.BLOCK
            }
            assert panel.blocked(view, client, situation, frozenset(hosts)) == alone
            assert not alone or len(alone) < len(hosts)
            if isinstance(decider, DecidesAll):
                said = decider.blocklist(subject.identity, client)
                assert said is None or said.among(hosts) == alone


@given.every_pair
def test_what_is_settled_at_once_would_not_be_found_one_by_one(
    name: str, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparing all that a reader says is blocked hides nothing that asking about hosts finds."""
    run = given.ran(name, policy)
    settles = isinstance(run.target.read(given.files_of(run)), DecidesAll)
    assert settles is (name in SETTLING)
    if not settles:
        return
    changed = [
        _with(run, mutant)
        for path, content in sorted(given.files_of(run).items())
        for mutant in kit.mutants(path, content)
    ]
    chosen = random.Random(policy).sample(changed, min(SAMPLE, len(changed)))  # noqa: S311
    settled = [verify_files(run, artifacts) for artifacts in chosen]
    monkeypatch.setattr("aipol.verify.strangers.is_settled", lambda *_: False)
    assert [verify_files(run, artifacts) for artifacts in chosen] == settled


@given.at_sites
def test_at_a_site_a_reader_is_what_it_is_without_sites(name: str, policy: str) -> None:
    """It says of the site's files whatever the target's own reader says, and claims no more."""
    run = given.ran(name, policy)
    there = run.target if isinstance(run.target, Sited) else Sited(run.target, "berlin")
    own = {
        path.removeprefix(there.folder): content for path, content in given.files_of(run).items()
    }
    sited = {f"{there.folder}{path}": content for path, content in own.items()}
    for protocol in (DecidesMany, DecidesAll, DrawsEdges, Tells):
        said = isinstance(there.read(sited), protocol)
        assert said is isinstance(there.target.read(own), protocol), protocol


def _with(run: Run, mutant: Any) -> list[Artifact]:
    files = {**given.files_of(run), mutant.path: mutant.content}
    return [Artifact(path, content) for path, content in files.items()]


@given.every_target
def test_no_files_are_readable_or_refused(target: Target) -> None:
    """Reading nothing gives a decider or says what is missing; it does not fail in another way."""
    with suppress(UnreadableArtifact):
        target.read({})


@given.every_pair
def test_garbage_is_refused(name: str, policy: str) -> None:
    """Any bytes in place of an artefact are unreadable or are verified; nothing else is raised."""
    run = given.ran(name, policy)
    files = given.files_of(run)
    for path, content in files.items():
        garbage = (*GARBAGE, content[: len(content) // 2], content[:-3])
        for other in garbage if policy in cases.CASES[:3] else garbage[-2:]:
            verify_files(run, [Artifact(p, c) for p, c in ({**files, path: other}).items()])


@given.every_pair
def test_a_missing_artefact_is_refused_or_verified(name: str, policy: str) -> None:
    """Without one of its files, output is unreadable or verified; nothing else is raised."""
    run = given.ran(name, policy)
    for missing in given.files_of(run):
        verify_files(run, [each for each in run.compiled.artifacts if each.path != missing])


# --- other policies -------------------------------------------------------------------------------


def _given(run: Run) -> dict[Question, Effect]:
    """What everybody gets by a target's own artefacts."""
    return _answers(run, run.target.read(given.files_of(run)), run.ir)


def _answers(run: Run, decider: Decider, asked: Any) -> dict[Question, Effect]:
    """What each subject gets for each identifier of `asked`'s rulings, on each path."""
    found: dict[Question, Effect] = {}
    for ruling in asked.rulings:
        for probe in probes_of(asked, ruling):
            for situation in run.target.reach:
                for client in probe.clients(decider, situation):
                    for subject in subjects(asked, run.target.identity):
                        question = Question(
                            probe.kind, probe.value, subject.identity, client, situation
                        )
                        found[question] = decider.decide(question).effect or Effect.ALLOW
    return found


@given.every_pair
def test_the_order_of_uses_changes_no_answer(name: str, policy: str) -> None:
    """Rulings come sorted by use; were uses in another order, everybody would get the same."""
    tried, before = given.tried(name, policy), given.ran(name, policy)
    uses = list(tried.ir.by_use.values())
    random.Random(policy).shuffle(uses)  # noqa: S311 - for tests, not for secrets
    after = tried.given(rulings=tuple(ruling for use in uses for ruling in use)).run()
    assert _given(after) == _given(before)
    assert [finding.message for finding in verify_files(after, after.compiled.artifacts)] == []


@given.every_pair
@pytest.mark.parametrize("seed", range(3))
def test_a_tightened_policy_lets_nothing_more_through(name: str, policy: str, seed: int) -> None:
    """What was stopped stays stopped when some rulings, or all, become blocks.

    Asked about hosts, extensions, programs and features. Not about data: Purview limits the data of
    a use that is allowed, and leaves it to other targets to stop one that is blocked.
    """
    tried, before = given.tried(name, policy), given.ran(name, policy)
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    blocked = tuple(
        replace(ruling, effect=Effect.BLOCK, obligations=NO_OBLIGATIONS)
        if seed == 0 or draw.random() < 0.5
        else ruling
        for ruling in tried.ir.rulings
    )
    after = tried.given(rulings=blocked).run()
    was, now = _given(before), _given(replace(after, ir=tried.ir))
    opened = [
        q for q, effect in was.items() if now.get(q, Effect.ALLOW).strictness < effect.strictness
    ]
    assert opened == []
