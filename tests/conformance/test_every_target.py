"""What is asked of every target: account for everything, write the same bytes, be documented.

The list of targets and policies is in subjects.py.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.coverage import only_known
from aipol.pipeline import Run
from aipol.serving import Serving
from aipol.target import (
    Fetched,
    Form,
    Reason,
    Status,
    Target,
)
from tests.cases import kit as cases
from tests.conformance import subjects as given

SERVING = [each for each in given.TARGETS.values() if isinstance(each, Serving) and each.fetched]

ROOT = Path(__file__).parents[2]
STRANGE = "conformance-elsewhere"
DATES = re.compile(rb"(?<![0-9A-Za-z-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def _reasons(run: Run) -> Iterator[Reason]:
    for record in run.coverage:
        if record.reason:
            yield record.reason
        for deviation in record.deviations:
            yield deviation.reason


# --- the account ----------------------------------------------------------------------------------


@given.every_pair
def test_every_clause_is_accounted_for_once(name: str, policy: str) -> None:
    """Each clause of each ruling has one record in each situation, by the target that makes it."""
    run = given.ran(name, policy)  # `aipol.coverage.complete` raises when there are none or two
    assert {record.target for record in run.coverage} == {name}


@given.every_pair
def test_what_does_not_hold_says_why(name: str, policy: str) -> None:
    """A record that is not `enforced` has a reason, and names only files that there are."""
    run = given.ran(name, policy)
    paths = {f"{name}/{path}" for path in given.files_of(run)}
    for record in run.coverage:
        assert record.status is Status.ENFORCED or record.reason or record.deviations, record
        assert set(record.artifacts) <= paths, record


@given.every_pair
def test_a_reason_has_a_code_a_text_and_advice(name: str, policy: str) -> None:
    """Whoever meets a reason can look it up, understand it, and do something about it."""
    for reason in set(_reasons(given.ran(name, policy))):
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", reason.code), reason
        assert reason.text.strip(), reason
        assert reason.advice.strip(), reason


@given.every_pair
def test_a_clause_about_the_whole_policy_is_accounted_for_with_what_stays_open(
    name: str, policy: str
) -> None:
    """A record names a clause that the policy has, its files, and whatever it leaves open."""
    run = given.ran(name, policy)
    only_known(run.ir, run.target, run.compiled.policy)
    paths = {f"{name}/{path}" for path in given.files_of(run)}
    for record in run.compiled.policy:
        assert record.target == name
        assert set(record.artifacts) <= paths, record
        assert bool(record.artifacts) is (record.status.holds or record.status is Status.LOOSER)
        assert bool(record.leaves) is (record.status is Status.LOOSER), record
        if record.status is not Status.ENFORCED:
            assert record.reason, record
            assert all((record.reason.code, record.reason.text, record.reason.advice)), record


# --- the bytes ------------------------------------------------------------------------------------


@given.every_pair
def test_the_same_policy_gives_the_same_bytes(name: str, policy: str) -> None:
    """A policy resolved and compiled a second time gives every byte and every record again."""
    first, again = given.ran(name, policy), given.fresh(name, policy).run()
    assert given.files_of(again) == given.files_of(first)
    assert [str(record) for record in again.coverage] == [str(record) for record in first.coverage]


@given.every_pair
def test_an_order_that_means_nothing_changes_nothing(name: str, policy: str) -> None:
    """Keys, and the apps and surfaces of a rule, in another order give the same bytes."""
    expected = given.files_of(given.ran(name, policy))
    assert given.files_of(given.rearranged(name, policy).run()) == expected
    ir = given.tried(name, policy).ir
    for what in ("groups", "apps", "gateways"):
        backwards = dict(reversed(getattr(ir, what).items()))
        assert (
            given.files_of(given.tried(name, policy).given(**{what: backwards}).run()) == expected
        )


@given.every_pair
def test_paths_stay_below_the_target(name: str, policy: str) -> None:
    """Each artefact has a path of its own, on every file system, inside the target's folder."""
    paths = [artifact.path for artifact in given.ran(name, policy).compiled.artifacts]
    assert len({path.casefold() for path in paths}) == len(paths)
    for path in paths:
        assert path == str(PurePosixPath(path))
        assert not PurePosixPath(path).is_absolute()
        assert not {"", ".", ".."} & set(PurePosixPath(path).parts)
        assert not re.search(r'[\\:*?"<>|\x00-\x1f]', path), path


@given.every_pair
def test_nothing_of_the_machine_is_in_the_bytes(
    name: str, policy: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another day, host, user, home and working directory change nothing and are nowhere found."""
    expected = given.files_of(given.ran(name, policy))
    elsewhere = tmp_path / STRANGE
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for variable in ("HOME", "USER", "LOGNAME", "USERNAME", "HOSTNAME", "TMPDIR", "LANG", "TZ"):
        monkeypatch.setenv(variable, STRANGE)
    monkeypatch.setattr(socket, "gethostname", lambda: STRANGE)
    assert given.files_of(given.tried(name, policy).run()) == expected
    known = {cases.AS_OF.isoformat().encode()}
    for path, content in expected.items():
        assert STRANGE.encode() not in content, path
        assert set(DATES.findall(content)) <= known, path
        assert str(ROOT).encode() not in content, path


# --- what a target says of itself -----------------------------------------------------------------


@given.every_target
def test_a_limit_has_a_source_and_a_day(target: Target) -> None:
    """Each limit of the vendor says where it was read and when, and names differ."""
    assert len({limit.name for limit in target.limits}) == len(target.limits)
    for limit in target.limits:
        assert limit.name
        assert limit.value > 0
        assert limit.source.strip(), limit
        assert date(2020, 1, 1) <= limit.verified <= cases.AS_OF, limit


@given.every_target
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
    for path, content in (
        (path, each) for run in runs for path, each in given.files_of(run).items()
    ):
        kind = next((kind for kind in kinds if kind.takes(path)), None)
        if kind is not None:
            taken.add(kind)
            assert kind.form is not Form.LIST or content.strip(), path
    assert taken == set(kinds)
    assert {kind.address for kind in kinds} - {""} <= target.settings.model_fields.keys()


@given.every_target
def test_an_unknown_setting_is_refused(target: Target) -> None:
    """A misspelt key below `targets.<id>`, at any depth, is an error and not ignored."""
    valid: Mapping[str, Any] = given.SETTINGS.get(target.id, {})
    assert target.settings(**valid)
    with pytest.raises(ValidationError):
        target.settings(**valid, no_such_setting=True)
    for name, schema in _objects(target.settings):
        assert schema.get("additionalProperties") is False, name
    assert target.settings.model_config.get("strict"), "`yes` would pass for `true`"


@given.every_target
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
