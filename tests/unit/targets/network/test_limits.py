"""Every limit of every network target holds: more is split, or an error with both numbers.

The rows are in `limits/`, a module for each target. A limit in a target's facts that no row and no
test here is about fails.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.diagnostics import Severity
from aipol.diagnostics.codes import BAD_DOMAIN, LIMIT_EXCEEDED, TOO_MANY_CLASSES
from aipol.diagnostics.model import has_errors
from aipol.target import Limit, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network import edl
from aipol_targets.common.network.facts import HOST, LABEL, SEGMENTS
from aipol_targets.nftables.facts import INTERFACE_NAME
from aipol_targets.nftables.settings import NftablesSettings
from aipol_targets.nftables.target import NFTABLES
from aipol_targets.zscaler import facts as zscaler
from tests.unit.targets.network.limits import ROWS
from tests.unit.targets.network.limits.needs import alike, hosts, name_of
from tests.unit.targets.network.limits.rows import Refused, Split, Within
from tests.unit.targets.network.policies import TARGETS
from tests.unit.targets.network.written import SPAN

REFUSED = [row for row in ROWS if isinstance(row, Refused)]
SPLIT = [row for row in ROWS if isinstance(row, Split)]
READ = [row for row in ROWS if row.read]
_GIVEN: dict[str, dict[str, Any]] = {
    "cloudflare": {"on_ramp": "wan", "tls_decryption": True},
    "dns": {"outputs": ["dnsmasq"]},
    "fortigate": {"inside": ["lan"], "outside": ["wan1"], "outputs": ["cli", "rest"]},
    "haproxy": {"tls_backend": "out", "http_backend": "out-http"},
    "paloalto": {
        "outputs": ["edl", "set", "xml"],
        "edl_url": "https://lists.test",
        "capacity": {"lists": 99},
    },
}


def named(row: Any) -> str:
    """What a test of a row is called."""
    return str(row.name)


def compiled(small: Any, row: Any, count: int, **more: Any) -> Any:
    """What the target makes of the row's policy, with whatever is wrong."""
    given = {**_GIVEN.get(row.target, {}), **row.settings, **more}
    target = getattr(small, row.target.upper())
    return small.compiled(small.resolve(row.policy(small, count)), target, **given)


def emitted(small: Any, row: Any, count: int, **more: Any) -> Any:
    """The same, where nothing may be wrong; a device that is nearly full is not."""
    made = compiled(small, row, count, **more)
    assert not has_errors(made.findings), made.findings
    files = {artifact.path: artifact.content for artifact in made.artifacts}
    ir = small.resolve(row.policy(small, count))
    return small.Emitted(ir, getattr(small, row.target.upper()), made, files)


def put(monkeypatch: pytest.MonkeyPatch, place: str, value: int) -> None:
    """Give a limit, or a reader's number, another value."""
    path, _, key = place.partition("[")
    module, _, name = path.rpartition(".")
    known = getattr(importlib.import_module(module), name)
    match known:
        case dict():
            monkeypatch.setitem(known, key.removesuffix("]"), value)
        case Limit():
            monkeypatch.setattr(path, replace(known, value=value))
        case _:
            monkeypatch.setattr(path, value)


def number_at(place: str) -> int:
    """What a reader has there."""
    path, _, key = place.partition("[")
    module, _, name = path.rpartition(".")
    known: Any = getattr(importlib.import_module(module), name)
    return int(known[key.removesuffix("]")] if key else known)


def setting(row: Any, value: int) -> dict[str, Any]:
    """A setting of that name."""
    outer, _, inner = row.setting.partition(".")
    return {outer: {inner: value} if inner else value}


# --- more is an error -----------------------------------------------------------------------------


@pytest.mark.parametrize("row", REFUSED, ids=named)
def test_one_more_than_the_limit_is_an_error_with_both_numbers(
    row: Any, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit it compiles and the files have exactly that much; one more is refused."""
    least = row.at or row.limit.value
    if not row.sized:
        least = row.measure(emitted(small, row, row.at)) - 1
    given = setting(row, least) if row.setting and row.at else {}
    if row.at and not row.setting:
        put(monkeypatch, row.checked, least)
    if row.sized:
        assert row.measure(emitted(small, row, least, **given)) == least
    found = compiled(small, row, least + 1 if row.sized else row.at, **given).findings
    findings = [finding for finding in found if finding.severity is Severity.ERROR]
    assert {finding.code for finding in findings} == {LIMIT_EXCEEDED.code}
    assert findings[0].span == SPAN
    assert row.what in findings[0].message
    assert findings[0].message.endswith(f" {least + 1}, limit {least}")
    if not row.sized:
        put(monkeypatch, row.checked, least + 1)
        assert row.measure(emitted(small, row, row.at)) == least + 1


@pytest.mark.parametrize("row", [row for row in REFUSED if row.setting], ids=named)
def test_a_setting_stands_for_what_is_documented(row: Any, small: Any) -> None:
    """Where no setting says what an organisation or a model has, the documented number holds."""
    outer, _, inner = row.setting.partition(".")
    given = {**_GIVEN.get(row.target, {}), **row.settings}
    given.pop(outer, None)
    found: Any = getattr(small.SETTINGS[row.target](**given), outer)
    assert (getattr(found, inner) if inner else found) == row.limit.value


# --- more is split --------------------------------------------------------------------------------


@pytest.mark.parametrize("row", SPLIT, ids=named)
def test_one_more_than_the_limit_is_split(
    row: Any, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the limit there is one part; beyond it several, none of them over, nothing lost."""
    count = row.at or row.limit.value
    for place in row.checked:
        put(monkeypatch, place, count)
    if not row.checked:
        assert row.parts(emitted(small, row, count)) == [count]
    found = emitted(small, row, count + 1)
    parts = row.parts(found)
    assert len(parts) > 1
    assert max(parts) <= count
    if not row.checked:
        assert sum(parts) == count + 1
    assert found.findings() == ()


# --- no policy comes to it ------------------------------------------------------------------------


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Within)], ids=named)
def test_no_policy_comes_to_some_limits(row: Any, small: Any) -> None:
    """The longest name and the most lists that there can be are still within them."""
    assert 0 < row.measure(emitted(small, row, 0)) <= row.limit.value


# --- whoever wrote the files ----------------------------------------------------------------------


@pytest.mark.parametrize("row", READ, ids=named)
def test_a_reader_refuses_what_is_over_a_limit(
    row: Any, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a number of its own, the same as the compiler's; what is at it, it reads."""
    assert number_at(row.read) == row.limit.value
    found = emitted(small, row, getattr(row, "at", 0) or min(row.limit.value, 600))
    size = row.measure(found)
    put(monkeypatch, row.read, size)
    assert found.decider
    put(monkeypatch, row.read, size - 1)
    with pytest.raises(UnreadableArtifact):
        assert found.decider


# --- limits that are of another kind --------------------------------------------------------------


CASES = tuple(
    pytest.param(target, limit, id=f"{target}: {limit.name}")
    for target in TARGETS
    for limit in (HOST, LABEL, SEGMENTS)
)


def shared_policy(small: Any, limit: Limit, count: int) -> Any:
    """A policy that comes to a shared limit."""
    if limit is SEGMENTS:
        return alike(small, count - 1)
    host = name_of(count) if limit is HOST else f"{'a' * count}.test"
    return small.Policy((small.app("one", host),))


@pytest.mark.parametrize(("target", "limit"), CASES)
def test_the_limits_that_all_targets_share(target: str, limit: Limit, small: Any) -> None:
    """Octets of a name and of a label, and segments: at them there is no such error."""
    which = getattr(small, target.upper())
    code = TOO_MANY_CLASSES if limit is SEGMENTS else BAD_DOMAIN
    for count in (limit.value, limit.value + 1):
        ir = small.resolve(shared_policy(small, limit, count))
        findings = small.compiled(ir, which, **_GIVEN.get(target, {})).findings
        found = [each for each in findings if each.code == code.code]
        assert len(found) == (count > limit.value)
        if found:
            assert found[0].span == SPAN
            assert all(str(each) in found[0].message for each in (count, limit.value))


def test_five_levels_below_a_name_of_zscaler_s_are_meant_and_a_sixth_is_told(small: Any) -> None:
    """It is no error: the account says that deeper names are let through."""
    found = small.categorised(small.Policy((small.app("one", "one.test"),)))
    levels = zscaler.LEVELS.value
    below = ["a." * depth + "one.test" for depth in range(levels + 2)]
    blocked = [found.blocked("zia", small.ANYBODY, host) for host in below]
    assert blocked == [True] * (levels + 1) + [False]
    (deviation,) = found.record("one/web/any/0").deviations
    assert (deviation.reason, deviation.value) == (
        zscaler.FIVE_LEVELS,
        "*." * (levels + 1) + "one.test",
    )
    assert found.answer("zia", small.ANYBODY, below[-1]).effect is not Effect.BLOCK


@pytest.mark.parametrize("target", ["lists", "paloalto"])
def test_more_carets_in_a_row_than_pan_os_takes_are_refused(target: str, small: Any) -> None:
    """None of ours has one; whoever writes one is read up to nine of them."""
    given: dict[str, Any] = {"outputs": ["edl"]}
    if target == "paloalto":
        given |= {"edl_url": "https://lists.test"}
    found = small.emit(hosts(small, 2), getattr(small, target.upper()), **given)
    (path,) = (path for path in found.files if path.endswith("-block.txt"))
    for count in (edl.WILDCARDS.value, edl.WILDCARDS.value + 1):
        changed = {**found.files, path: found.files[path] + b"^." * count + b"test/\n"}
        if count > edl.WILDCARDS.value:
            with pytest.raises(UnreadableArtifact, match="more than 9"):
                found.target.read(changed)
        else:
            assert found.target.read(changed)


def test_an_interface_that_linux_has_no_room_for_is_no_setting() -> None:
    """The only limit of the one target that has no lists; it is the name that is refused."""
    most = INTERFACE_NAME.value
    assert known_limits(NFTABLES) == {INTERFACE_NAME}
    assert NftablesSettings.model_validate({"inside": ["x" * most]}).inside
    with pytest.raises(ValidationError, match=f"at most {most} "):
        NftablesSettings.model_validate({"inside": ["x" * (most + 1)]})


# --- nothing is left out --------------------------------------------------------------------------

OTHERWISE = {
    ("lists", edl.WILDCARDS): test_more_carets_in_a_row_than_pan_os_takes_are_refused,
    ("paloalto", edl.WILDCARDS): test_more_carets_in_a_row_than_pan_os_takes_are_refused,
    (
        "zscaler",
        zscaler.LEVELS,
    ): test_five_levels_below_a_name_of_zscaler_s_are_meant_and_a_sixth_is_told,
    # The same as that of any host name, and the first to be met.
    ("zscaler", zscaler.LABEL): test_the_limits_that_all_targets_share,
}


def known_limits(target: Any) -> set[Limit]:
    """All that a target lists, and all that its facts have."""
    name = f"aipol_targets.{target.id}.facts"
    there = importlib.util.find_spec(name)
    facts = vars(importlib.import_module(name)).values() if there else ()
    return {*target.limits, *(each for each in facts if isinstance(each, Limit))}


def test_every_network_target_is_asked(small: Any) -> None:
    """A target that decides by host has a maker of its files."""
    assert sorted(small.MAKERS) == sorted(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_limit_has_a_test(target: str, small: Any) -> None:
    """A limit without a row fails, and a row without a limit; a target lists all its facts."""
    which = getattr(small, target.upper())
    tested = {row.limit for row in ROWS if row.target == target}
    tested |= {limit for name, limit in OTHERWISE if name == target} | {HOST, LABEL, SEGMENTS}
    assert known_limits(which) == tested
    assert set(which.limits) == known_limits(which)
    assert all(limit.source and limit.verified for limit in tested)
