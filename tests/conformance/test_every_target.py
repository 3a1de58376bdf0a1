"""What is asked of every target: account for everything, write the same bytes, and be read back.

The list of targets and policies is in subjects.py.
"""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.coverage import only_known
from aipol.ir import NO_OBLIGATIONS
from aipol.pipeline import Run, verify_files
from aipol.reader import DecidesAll, DecidesMany, DrawsEdges, Tells
from aipol.serving import Serving
from aipol.sited import Sited
from aipol.sites import has_sites
from aipol.target import (
    Artifact,
    Decider,
    Fetched,
    Form,
    Kind,
    Question,
    Reason,
    Status,
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
from tests.mutation import test_mutants as mutating

every_pair = pytest.mark.parametrize(("name", "policy"), given.PAIRS)
at_sites = pytest.mark.parametrize(
    ("name", "policy"), [pair for pair in given.PAIRS if has_sites(given.TARGETS[pair[0]])]
)
SETTLING = frozenset({"dns", "lists", "squid"})
"""Those whose readers say all that a path blocks."""
every_target = pytest.mark.parametrize("target", given.TARGETS.values(), ids=given.TARGETS)
SERVING = [each for each in given.TARGETS.values() if isinstance(each, Serving) and each.fetched]

ROOT = Path(__file__).parents[2]
SAMPLE = 10
STRANGE = "conformance-elsewhere"
DATES = re.compile(rb"(?<![0-9A-Za-z-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
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


def _bytes(run: Run) -> dict[str, bytes]:
    return {artifact.path: artifact.content for artifact in run.compiled.artifacts}


def _reasons(run: Run) -> Iterator[Reason]:
    for record in run.coverage:
        if record.reason:
            yield record.reason
        for deviation in record.deviations:
            yield deviation.reason


# --- the account ----------------------------------------------------------------------------------


@every_pair
def test_every_clause_is_accounted_for_once(name: str, policy: str) -> None:
    """Each clause of each ruling has one record in each situation, by the target that makes it."""
    run = given.ran(name, policy)  # `aipol.coverage.complete` raises when there are none or two
    assert {record.target for record in run.coverage} == {name}


@every_pair
def test_what_does_not_hold_says_why(name: str, policy: str) -> None:
    """A record that is not `enforced` has a reason, and names only files that there are."""
    run = given.ran(name, policy)
    paths = {f"{name}/{path}" for path in _bytes(run)}
    for record in run.coverage:
        assert record.status is Status.ENFORCED or record.reason or record.deviations, record
        assert set(record.artifacts) <= paths, record


@every_pair
def test_a_reason_has_a_code_a_text_and_advice(name: str, policy: str) -> None:
    """Whoever meets a reason can look it up, understand it, and do something about it."""
    for reason in set(_reasons(given.ran(name, policy))):
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", reason.code), reason
        assert reason.text.strip(), reason
        assert reason.advice.strip(), reason


@every_pair
def test_a_clause_about_the_whole_policy_is_accounted_for_with_what_stays_open(
    name: str, policy: str
) -> None:
    """A record names a clause that the policy has, its files, and whatever it leaves open."""
    run = given.ran(name, policy)
    only_known(run.ir, run.target, run.compiled.policy)
    paths = {f"{name}/{path}" for path in _bytes(run)}
    for record in run.compiled.policy:
        assert record.target == name
        assert set(record.artifacts) <= paths, record
        assert bool(record.artifacts) is (record.status.holds or record.status is Status.LOOSER)
        assert bool(record.leaves) is (record.status is Status.LOOSER), record
        if record.status is not Status.ENFORCED:
            assert record.reason, record
            assert all((record.reason.code, record.reason.text, record.reason.advice)), record


# --- the bytes ------------------------------------------------------------------------------------


@every_pair
def test_the_same_policy_gives_the_same_bytes(name: str, policy: str) -> None:
    """A policy resolved and compiled a second time gives every byte and every record again."""
    first, again = given.ran(name, policy), given.fresh(name, policy).run()
    assert _bytes(again) == _bytes(first)
    assert [str(record) for record in again.coverage] == [str(record) for record in first.coverage]


@every_pair
def test_an_order_that_means_nothing_changes_nothing(name: str, policy: str) -> None:
    """Keys, and the apps and surfaces of a rule, in another order give the same bytes."""
    expected = _bytes(given.ran(name, policy))
    assert _bytes(given.rearranged(name, policy).run()) == expected
    ir = given.tried(name, policy).ir
    for what in ("groups", "apps", "gateways"):
        backwards = dict(reversed(getattr(ir, what).items()))
        assert _bytes(given.tried(name, policy).given(**{what: backwards}).run()) == expected


@every_pair
def test_the_order_of_uses_changes_no_answer(name: str, policy: str) -> None:
    """Rulings come sorted by use; were uses in another order, everybody would get the same."""
    tried, before = given.tried(name, policy), given.ran(name, policy)
    uses = list(tried.ir.by_use.values())
    random.Random(policy).shuffle(uses)  # noqa: S311 - for tests, not for secrets
    after = tried.given(rulings=tuple(ruling for use in uses for ruling in use)).run()
    assert _given(after) == _given(before)
    assert [finding.message for finding in verify_files(after, after.compiled.artifacts)] == []


@every_pair
def test_paths_stay_below_the_target(name: str, policy: str) -> None:
    """Each artefact has a path of its own, on every file system, inside the target's folder."""
    paths = [artifact.path for artifact in given.ran(name, policy).compiled.artifacts]
    assert len({path.casefold() for path in paths}) == len(paths)
    for path in paths:
        assert path == str(PurePosixPath(path))
        assert not PurePosixPath(path).is_absolute()
        assert not {"", ".", ".."} & set(PurePosixPath(path).parts)
        assert not re.search(r'[\\:*?"<>|\x00-\x1f]', path), path


@every_pair
def test_nothing_of_the_machine_is_in_the_bytes(
    name: str, policy: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another day, host, user, home and working directory change nothing and are nowhere found."""
    expected = _bytes(given.ran(name, policy))
    elsewhere = tmp_path / STRANGE
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for variable in ("HOME", "USER", "LOGNAME", "USERNAME", "HOSTNAME", "TMPDIR", "LANG", "TZ"):
        monkeypatch.setenv(variable, STRANGE)
    monkeypatch.setattr(socket, "gethostname", lambda: STRANGE)
    assert _bytes(given.tried(name, policy).run()) == expected
    known = {cases.AS_OF.isoformat().encode()}
    for path, content in expected.items():
        assert STRANGE.encode() not in content, path
        assert set(DATES.findall(content)) <= known, path
        assert str(ROOT).encode() not in content, path


# --- reading back ---------------------------------------------------------------------------------


@every_pair
def test_the_reader_finds_what_the_policy_says(name: str, policy: str) -> None:
    """The target's own artefacts are read, and verifying them finds nothing."""
    run = given.ran(name, policy)
    assert [finding.message for finding in verify_files(run, run.compiled.artifacts)] == []


@every_pair
def test_a_changed_entry_is_found(name: str, policy: str) -> None:
    """Whoever drops, flips, renames or widens an entry of an artefact is found out."""
    run = given.ran(name, policy)
    excused = given.EXCUSES.get(name, ())
    mutants = [
        mutant
        for path, content in _bytes(run).items()
        for mutant in kit.mutants(path, content)
        if not any(excuse.holds(mutant) for excuse in excused)
    ]
    chosen = random.Random(policy).sample(mutants, min(SAMPLE, len(mutants)))  # noqa: S311
    alive = [mutant for mutant in chosen if not mutating.noticed(run, mutant)]
    assert not chosen or len(alive) < len(chosen)
    changing = [mutant for mutant in alive if _changes_an_answer(run, mutant)]
    assert [(mutant.path, mutant.where, mutant.what) for mutant in changing] == []


def _changes_an_answer(run: Run, mutant: Any) -> bool:
    """Whether anybody gets another answer: an entry that another one repeats may go."""
    files = _bytes(run)
    decider = run.target.read({**files, mutant.path: mutant.content})
    return _answers(run, decider, run.ir) != _given(run)


@every_pair
def test_many_hosts_at_once_are_answered_as_each_alone(name: str, policy: str) -> None:
    """What `verify` takes to be blocked of many hosts are those that the reader blocks one by one.

    A reader that answers for no host has none in its files.
    """
    run = given.ran(name, policy)
    decider = run.target.read(_bytes(run))
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


@every_pair
def test_what_is_settled_at_once_would_not_be_found_one_by_one(
    name: str, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparing all that a reader says is blocked hides nothing that asking about hosts finds."""
    run = given.ran(name, policy)
    settles = isinstance(run.target.read(_bytes(run)), DecidesAll)
    assert settles is (name in SETTLING)
    if not settles:
        return
    changed = [
        _with(run, mutant)
        for path, content in sorted(_bytes(run).items())
        for mutant in kit.mutants(path, content)
    ]
    chosen = random.Random(policy).sample(changed, min(SAMPLE, len(changed)))  # noqa: S311
    settled = [verify_files(run, artifacts) for artifacts in chosen]
    monkeypatch.setattr("aipol.verify.strangers.is_settled", lambda *_: False)
    assert [verify_files(run, artifacts) for artifacts in chosen] == settled


@at_sites
def test_at_a_site_a_reader_is_what_it_is_without_sites(name: str, policy: str) -> None:
    """It says of the site's files whatever the target's own reader says, and claims no more."""
    run = given.ran(name, policy)
    there = run.target if isinstance(run.target, Sited) else Sited(run.target, "berlin")
    own = {path.removeprefix(there.folder): content for path, content in _bytes(run).items()}
    sited = {f"{there.folder}{path}": content for path, content in own.items()}
    for protocol in (DecidesMany, DecidesAll, DrawsEdges, Tells):
        said = isinstance(there.read(sited), protocol)
        assert said is isinstance(there.target.read(own), protocol), protocol


def _with(run: Run, mutant: Any) -> list[Artifact]:
    files = {**_bytes(run), mutant.path: mutant.content}
    return [Artifact(path, content) for path, content in files.items()]


@every_target
def test_no_files_are_readable_or_refused(target: Target) -> None:
    """Reading nothing gives a decider or says what is missing; it does not fail in another way."""
    with suppress(UnreadableArtifact):
        target.read({})


@every_pair
def test_garbage_is_refused(name: str, policy: str) -> None:
    """Any bytes in place of an artefact are unreadable or are verified; nothing else is raised."""
    run = given.ran(name, policy)
    files = _bytes(run)
    for path, content in files.items():
        garbage = (*GARBAGE, content[: len(content) // 2], content[:-3])
        for other in garbage if policy in cases.CASES[:3] else garbage[-2:]:
            verify_files(run, [Artifact(p, c) for p, c in ({**files, path: other}).items()])


@every_pair
def test_a_missing_artefact_is_refused_or_verified(name: str, policy: str) -> None:
    """Without one of its files, output is unreadable or verified; nothing else is raised."""
    run = given.ran(name, policy)
    for missing in _bytes(run):
        verify_files(run, [each for each in run.compiled.artifacts if each.path != missing])


# --- stricter policies ----------------------------------------------------------------------------


def _given(run: Run) -> dict[Question, Effect]:
    """What everybody gets by a target's own artefacts."""
    return _answers(run, run.target.read(_bytes(run)), run.ir)


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


@every_pair
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


# --- what a target says of itself -----------------------------------------------------------------


@every_target
def test_a_limit_has_a_source_and_a_day(target: Target) -> None:
    """Each limit of the vendor says where it was read and when, and names differ."""
    assert len({limit.name for limit in target.limits}) == len(target.limits)
    for limit in target.limits:
        assert limit.name
        assert limit.value > 0
        assert limit.source.strip(), limit
        assert date(2020, 1, 1) <= limit.verified <= cases.AS_OF, limit


@every_target
def test_a_target_says_where_it_acts(target: Target) -> None:
    """Its id is a slug, and it acts somewhere, on some surface, without repetition."""
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", target.id)
    assert target.title.strip()
    assert target.identity in {"jamf", "entra", "networks", "paloalto", "cloudflare"}
    for said in (target.reach, target.surfaces):
        assert said
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("target", SERVING, ids=lambda target: target.id)
def test_what_devices_fetch_is_there(target: Any) -> None:
    """Each pattern takes a file of some policy and is the first to; an address is a setting.

    No list is ever written without an entry: `aipol publish` would refuse it.
    """
    kinds = target.fetched
    runs = [given.ran(target.id, policy) for policy in given.POLICIES]
    taken: set[Fetched] = set()
    for path, content in ((path, each) for run in runs for path, each in _bytes(run).items()):
        kind = next((kind for kind in kinds if kind.takes(path)), None)
        if kind is not None:
            taken.add(kind)
            assert kind.form is not Form.LIST or content.strip(), path
    assert taken == set(kinds)
    assert {kind.address for kind in kinds} - {""} <= target.settings.model_fields.keys()


@every_target
def test_an_unknown_setting_is_refused(target: Target) -> None:
    """A misspelt key below `targets.<id>`, at any depth, is an error and not ignored."""
    valid: Mapping[str, Any] = given.SETTINGS.get(target.id, {})
    assert target.settings(**valid)
    with pytest.raises(ValidationError):
        target.settings(**valid, no_such_setting=True)
    for name, schema in _objects(target.settings):
        assert schema.get("additionalProperties") is False, name
    assert target.settings.model_config.get("strict"), "`yes` would pass for `true`"


@every_target
def test_every_setting_is_documented(target: Target) -> None:
    """Each key of the settings, at any depth, has a description."""
    bare = [
        f"{name}.{key}"
        for name, schema in _objects(target.settings)
        for key, field in schema.get("properties", {}).items()
        if not field.get("description")
    ]
    assert bare == []


def _objects(model: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object that settings are made of, by name."""
    schema = model.model_json_schema()
    yield model.__name__, schema
    for name, each in schema.get("$defs", {}).items():
        if each.get("type") == "object":
            yield name, each
