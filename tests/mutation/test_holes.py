"""What no question about a policy's own hosts and addresses shows is asked about all the same.

`holes.py` has the changes, made in the files of a policy with every kind of pattern and nesting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aipol.verify import verify
from aipol.vocabulary import Effect
from tests.mutation import holes
from tests.mutation.mistakes.change import Change
from tests.mutation.outcomes import emitted, outcome
from tests.unit.targets.network import policies as small
from tests.unit.targets.network.written import Policy, Rule, app


@pytest.mark.parametrize("change", holes.HOLES, ids=lambda change: str(change.name))
def test_a_hole_is_found_out_for_what_it_is(change: Change) -> None:
    """By answers that differ, or by a reader that says what is wrong."""
    found = emitted(change.target, change.given)
    every = list(change.mutants(found.files))
    assert every
    died = {where: outcome(found, files) for where, files in every[:8]}
    wrong = {
        where: how
        for where, how in died.items()
        if how != "verify" and not (change.why and re.search(rf"refused: .*({change.why})", how))
    }
    assert wrong == {}


def test_every_target_that_sees_addresses_is_given_one_in_between() -> None:
    """No reader of source networks leaves out where its networks end."""
    assert {change.target for change in holes.NETWORKS} == set(small.MAKERS)


# For each setting that files say something of: two values, and what else the policy has to say.
_OTHER: dict[str, dict[str, tuple[Any, Any]]] = {
    "cloudflare": {
        "policies": (["dns", "http", "network"], ["http", "network"]),
        "first_precedence": (1, 11),
    },
    "dns": {"outputs": (["bind", "hosts"], ["bind"])},
    "e2guardian": {
        "base": ("/etc/a.conf", "/etc/b.conf"),
        "directory": ("/etc/a", "/etc/b"),
        "story": ("/etc/a.story", "/etc/b.story"),
    },
    "fortigate": {
        "outputs": (["cli", "rest"], ["cli"]),
        "inside": (["lan"], ["lan", "dmz"]),
        "outside": (["wan1"], ["wan2"]),
        "services": (["DNS", "HTTPS"], ["HTTPS"]),
        "nat": (True, False),
        "first_id": (9000, 9002),
        "before_policy": (1, 2),
    },
    "haproxy": {
        "tls_backend": ("a", "b"),
        "http_backend": ("a", "b"),
        "tls_bind": (":443", ":8443"),
        "http_bind": (":80", ":8080"),
        "directory": ("/etc/a", "/etc/b"),
        "nameless": ("reject", "pass"),
    },
    "lists": {"outputs": (["domains", "edl"], ["domains"])},
    "nftables": {"action": ("reject", "drop"), "inside": (["a"], ["b"]), "priority": (0, -1)},
    "pac": {"black_hole": ("127.0.0.1:9", "127.0.0.1:8"), "gateways": ("a.test:1", "b.test:1")},
    "paloalto": {
        "outputs": (["set", "xml"], ["xml"]),
        "vsys": ("vsys1", "vsys2"),
        "from_zones": (["any"], ["trust"]),
        "to_zones": (["any"], ["untrust"]),
        "threat_profiles": ({"virus": "strict"}, {"spyware": "strict"}),
        "edl_url": ("https://a.test", "https://b.test"),
    },
    "squid": {"directory": ("/etc/a", "/etc/b"), "log": ("/var/a.log", "/var/b.log")},
    "suricata": {"action": ("drop", "reject")},
    "zscaler": {"first_order": (1, 2), "rank": (7, 1)},
}
_SETTINGS = [(target, name) for target, names in _OTHER.items() for name in names]


@pytest.mark.parametrize(("target", "name"), _SETTINGS)
def test_files_for_another_setting_are_found_out(target: str, name: str) -> None:
    """They decide alike, and are made for another place, port or zone, or are fewer."""
    this, other = (_emitted(target, name, value) for value in _OTHER[target][name])
    assert this.findings() == ()
    said = [finding.message for finding in this.findings(other.files)]
    assert any(f"`targets.{target}.{name}" in each for each in said), said


def test_a_setting_that_files_follow_no_longer_is_found_out() -> None:
    """Whoever deletes all that a setting asks for leaves nothing that says another."""
    found = _emitted("nftables", "inside", ["lan0"])
    (path,) = found.files
    kept = [line for line in found.files[path].splitlines(True) if b"oifname" not in line]
    assert len(kept) < len(found.files[path].splitlines())
    said = [finding.message for finding in found.findings({path: b"".join(kept)})]
    assert any("`targets.nftables.inside` is nothing in the files" in each for each in said), said


def _emitted(target: str, name: str, value: Any) -> small.Emitted:
    logged = Rule(("split",), ("finance",), Effect.ALLOW, obligations=small.LOGGED)
    base = small.everything(resolvers=("10.0.0.53/32",))
    policy = small.everything(resolvers=base.resolvers, rules=(logged, *base.rules))
    makers: dict[str, Callable[..., small.Emitted]] = {**small.MAKERS, "nftables": small.routed}
    maker = makers[target]
    if target == "pac" and name == "gateways":
        value = {"gateway": value}
    if name == "edl_url":
        return maker(policy, "edl", edl_url=value)
    if target in {"dns", "lists", "paloalto"} and name == "outputs":
        return maker(policy, *value)
    return maker(policy, **{name: value})


def test_every_setting_that_files_say_something_of_has_another_value() -> None:
    """Whoever adds one to `told` adds two values of it here."""
    given: dict[str, dict[str, Any]] = {
        "fortigate": {"inside": ["a"], "outside": ["b"]},
        "cloudflare": {"on_ramp": "wan"},
    }
    given["cloudflare"] |= {"tls_decryption": True}
    given["dns"] = {"outputs": ["bind"]}
    given["haproxy"] = {"tls_backend": "a", "http_backend": "b"}
    for target, kind in small.SETTINGS.items():
        told = getattr(kind(**given.get(target, {})), "told", {})
        known = {*_OTHER.get(target, {})} - {"gateways"}
        assert set(told) == known, target


def test_a_name_within_a_wider_one_has_five_levels_of_its_own() -> None:
    """Zscaler counts labels from an entry, so that one within another opens more of them."""
    policy = Policy(apps=(app("wide", "big.test"), app("inner", "in.big.test")))
    found = small.categorised(policy)
    assert found.findings() == ()
    (path,) = found.files
    other = found.changed(path, '".in.big.test"', '".in.other.test"')
    said = [finding.message for finding in found.findings(other)]
    assert any("`so.very.far.deep.er.in.big.test`" in each for each in said), said


def test_a_record_has_to_say_how_deep_the_entries_reach() -> None:
    """Where records say so of one app, they have to say so of the other."""
    policy = Policy(apps=(app("wide", "big.test"), app("other", "other.test")))
    found = small.categorised(policy)
    kept = [
        replace(
            each,
            deviations=tuple(d for d in each.deviations if d.value.lstrip("*.") != "other.test"),
        )
        for each in found.compiled.coverage
    ]
    said = verify(found.ir, found.target, found.decider, kept, found.compiled.policy)
    assert any("x.x.x.x.x.x.other.test" in finding.message for finding in said), said
