"""Umbrella and Meraki: what is sent, what the vendor makes of it, and what is accounted for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import BAD_DOMAIN, LIMIT_EXCEEDED, LOCK_OUT
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.verify import verify
from aipol.vocabulary import Effect

EXACT, CHILDREN = Match.EXACT, Match.CHILDREN
TARGETS = {"umbrella": "dns-policy", "meraki": "content-filter"}
BLOCK, ALLOW = "lists/aipol_default_block.json", "lists/aipol_default_allow.json"
WIDE = "content-filtering.json"


@pytest.fixture(params=list(TARGETS))
def vendor(request: pytest.FixtureRequest, small: Any) -> Vendor:
    """Each of the two."""
    return Vendor(request.param, small)


class Vendor:
    """A target of which what is allowed wins."""

    def __init__(self, name: str, small: Any) -> None:
        self.client = TARGETS[name]
        self.target = {"umbrella": small.UMBRELLA, "meraki": small.MERAKI}[name]
        self.small = small

    def emit(self, policy: Any, **settings: Any) -> Any:
        """What is sent for a policy; nothing may be wrong."""
        return self.small.emit(policy, self.target, **settings)

    def blocked(self, emitted: Any, *hosts: str) -> list[str]:
        """Which hosts anybody is kept from."""
        who = self.small.ANYBODY
        return [host for host in hosts if emitted.blocked(self.client, who, host)]


def lists(emitted: Any) -> tuple[list[str], list[str]]:
    """What is blocked and what is allowed for the default segment."""
    if WIDE in emitted.text:
        body = json.loads(emitted.text[WIDE])
        return body["blockedUrlPatterns"], body["allowedUrlPatterns"]
    bodies = (json.loads(emitted.text.get(path, '{"destinations": []}')) for path in (BLOCK, ALLOW))
    blocked, allowed = ([each["destination"] for each in body["destinations"]] for body in bodies)
    return blocked, allowed


def told(emitted: Any, ruling: str) -> list[tuple[str, str, Status]]:
    """Value, reason and status of each deviation."""
    record = emitted.record(ruling)
    return [(each.value, each.reason.code, each.status) for each in record.deviations]


def one_host(small: Any, *more: Any, **changes: Any) -> Any:
    """One blocked host that is an app's own, without what is below it."""
    apps = (small.app("one", small.domain("d.test", EXACT)), *more)
    return small.Policy(apps=apps, **changes)


# --- what is sent ---------------------------------------------------------------------------------


def test_umbrella_gets_lists_and_the_policies_they_belong_to(small: Any) -> None:
    """Gateways first and without lists, the default segment last, for all other networks."""
    emitted = small.resolved_by_umbrella(small.everything())
    policies = json.loads(emitted.text["policies.json"])
    assert [(each["policy"], each["internalNetworks"]) for each in policies] == [
        ("aipol__gateways", ["10.99.0.8/32"]),
        ("aipol_engineering", ["10.30.0.0/24"]),
        ("aipol_finance", ["10.20.0.0/24"]),
        ("aipol_default", "all others"),
    ]
    assert policies[0]["destinationLists"] == []
    assert policies[2]["destinationLists"] == ["aipol_finance_allow", "aipol_finance_block"]
    body = json.loads(emitted.text["lists/aipol_finance_allow.json"])
    assert body["access"] == "allow"
    allowed = [each["destination"] for each in body["destinations"]]
    assert allowed == ["api.big.test", "a.b.big.test"]
    assert (body["isGlobal"], body["bundleTypeId"]) == (False, 1)


def test_meraki_gets_group_policies_and_what_the_whole_network_gets(small: Any) -> None:
    """A group policy replaces the network's patterns; a list says which networks it is for."""
    emitted = small.grouped(small.everything())
    assert set(emitted.files) == {
        "bindings.json",
        WIDE,
        "group-policies/aipol_engineering.json",
        "group-policies/aipol_finance.json",
        "group-policies/aipol__gateways.json",
    }
    gateways = json.loads(emitted.text["group-policies/aipol__gateways.json"])
    nothing = {"settings": "override", "patterns": []}
    assert gateways["contentFiltering"] == {
        "allowedUrlPatterns": nothing,
        "blockedUrlPatterns": nothing,
    }
    bound = json.loads(emitted.text["bindings.json"])
    assert bound[0] == {"groupPolicy": "aipol__gateways", "networks": ["10.99.0.8/32"]}
    assert lists(emitted)[1] == ["api.big.test", "a.b.big.test"]


def test_meraki_names_a_vlan_that_is_a_groups_networks_and_no_others(small: Any) -> None:
    """A VLAN gets one group policy, so a part of a group's networks does not name it."""
    ir = small.resolve(small.everything())
    groups = {
        name: replace(group, vlan=20) if name == "finance" else group
        for name, group in ir.groups.items()
    }
    bindings = artifact(small.compiled(replace(ir, groups=groups), small.MERAKI), "bindings.json")
    assert [each.get("vlan") for each in bindings] == [None, None, 20]
    overlapping = {"finance": ("10.0.0.0/8",), "engineering": ("10.30.0.0/24",)}
    ir = small.resolve(replace(small.everything(), networks=overlapping))
    groups = {name: replace(group, vlan=7) for name, group in ir.groups.items()}
    bindings = artifact(small.compiled(replace(ir, groups=groups), small.MERAKI), "bindings.json")
    assert [each.get("vlan") for each in bindings] == [None] * len(bindings)


def artifact(compiled: Any, path: str) -> Any:
    """The JSON of one file."""
    (found,) = (each.content for each in compiled.artifacts if each.path == path)
    return json.loads(found)


def test_who_may_use_everything_is_not_left_to_the_default(vendor: Vendor) -> None:
    """A segment without blocks has a policy of its own; a silent default has none."""
    small = vendor.small
    rules = (small.Rule(("one",), ("finance",), Effect.ALLOW),)
    policy = small.Policy((small.app("one", "one.test"),), rules, networks=small.NETWORKS)
    emitted = vendor.emit(policy)
    assert not emitted.blocked(vendor.client, small.FINANCE, "one.test")
    assert emitted.blocked(vendor.client, small.ENGINEERING, "one.test")
    assert emitted.blocked(vendor.client, "2001:db8:99::1", "one.test")
    everybody = (small.Rule(("one",), ("everyone",), Effect.ALLOW),)
    silent = vendor.emit(replace(policy, rules=everybody))
    assert lists(silent) == ([], [])
    assert WIDE not in silent.files
    assert "all others" not in silent.text.get("policies.json", "")


# --- what it means --------------------------------------------------------------------------------


def test_a_name_is_itself_and_all_below_it_and_nothing_else(vendor: Vendor) -> None:
    """No look-alike, whatever the case, with and without the dot of the root."""
    policy = vendor.small.Policy(apps=(vendor.small.app("one", "d.test", "xn--bcher-kva.test"),))
    emitted = vendor.emit(policy)
    inside = ["d.test", "D.Test.", "www.d.test", "a.b.d.test", "XN--BCHER-KVA.test"]
    outside = ["notd.test", "d.test.evil.example", "test", "d", "bcher-kva.test", "192.0.2.1"]
    assert vendor.blocked(emitted, *inside, *outside) == inside
    assert emitted.answer(vendor.client, "192.0.2.1", "other.test").effect is None
    assert emitted.answer("other", "192.0.2.1", "d.test").effect is None
    assert emitted.answer(vendor.client, "192.0.2.1", "d.test", Kind.PROGRAM).effect is None


def test_a_child_of_a_blocked_name_is_let_through(vendor: Vendor) -> None:
    """The one exception that can be said; it is exact."""
    small = vendor.small
    apps = (small.app("outer", "big.test"), small.app("inner", "api.big.test"))
    rule = small.Rule(("inner",), ("everyone",), Effect.ALLOW)
    emitted = vendor.emit(small.Policy(apps, (rule,)))
    assert lists(emitted) == (["big.test"], ["api.big.test"])
    for name in ("outer", "inner"):
        assert emitted.record(f"{name}/web/any/0").status is Status.ENFORCED
    hosts = ["big.test", "api.big.test", "v1.api.big.test", "notapi.big.test"]
    assert vendor.blocked(emitted, *hosts) == ["big.test", "notapi.big.test"]


# --- what cannot be said --------------------------------------------------------------------------


def test_one_host_is_left_out_or_blocked_with_all_below_it(vendor: Vendor) -> None:
    """As `on_gap` says, and the account names the host or what is below it."""
    loose = vendor.emit(one_host(vendor.small))
    assert lists(loose) == ([], [])
    assert loose.record("one/web/any/0").status is Status.UNSUPPORTED
    assert loose.record("one/web/any/0").reason.code == "subtrees-only"
    tight = vendor.emit(one_host(vendor.small, tighten=True))
    assert lists(tight) == (["d.test"], [])
    assert told(tight, "one/web/any/0") == [("*.d.test", "widened", Status.STRICTER)]
    assert tight.findings() == ()


def test_a_usable_app_below_a_host_that_is_widened_stays_open(vendor: Vendor) -> None:
    """It is allowed, with all below it: nothing of it is lost."""
    small = vendor.small
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    policy = one_host(small, small.app("two", "a.d.test"), rules=(rule,), tighten=True)
    emitted = vendor.emit(policy)
    assert lists(emitted) == (["d.test"], ["a.d.test"])
    assert emitted.record("two/web/any/0").status is Status.ENFORCED
    assert emitted.findings() == ()


def test_a_block_in_an_exception_costs_the_block_or_the_exception(vendor: Vendor) -> None:
    """Looser, what is inside is let through; stricter, the usable app is blocked. Both are told."""
    small = vendor.small
    apps = (small.app("deep", "big.test", "x.api.big.test"), small.app("in", "api.big.test"))
    policy = small.Policy(apps, (small.Rule(("in",), ("everyone",), Effect.ALLOW),))
    loose = vendor.emit(policy)
    assert lists(loose) == (["big.test"], ["api.big.test"])
    assert {value for value, code, _ in told(loose, "deep/web/any/0") if code} == {
        "x.api.big.test",
        "*.x.api.big.test",
    }
    assert loose.record("in/web/any/0").status is Status.ENFORCED
    tight = vendor.emit(replace(policy, tighten=True))
    assert lists(tight) == (["big.test"], [])
    assert tight.record("deep/web/any/0").status is Status.ENFORCED
    assert ("api.big.test", "widened", Status.STRICTER) in told(tight, "in/web/any/0")
    assert loose.findings() == tight.findings() == ()


def test_what_is_below_a_host_of_nobody_is_let_through_either_way(vendor: Vendor) -> None:
    """The host itself is no app's: to block it would be a block that nobody asked for."""
    small = vendor.small
    policy = small.Policy(apps=(small.app("one", small.domain("kids.test", CHILDREN)),))
    for tighten in (False, True):
        emitted = vendor.emit(replace(policy, tighten=tighten))
        assert lists(emitted) == ([], [])
        assert emitted.record("one/web/any/0").reason.code == "subtrees-only"


@pytest.mark.parametrize("below", [True, False])
def test_a_shared_host_is_never_taken_along(below: bool, vendor: Vendor) -> None:
    """With `on_gap: tighten` too: what is below the blocked host, or all around it."""
    small = vendor.small
    shared = small.domain("s.d.test" if below else "test", shared=True)
    emitted = vendor.emit(one_host(small, small.app("two", shared), tighten=True))
    assert lists(emitted) == ((["d.test"], ["s.d.test"]) if below else ([], []))
    assert vendor.blocked(emitted, "s.d.test", "a.s.d.test") == []
    assert emitted.findings() == ()


def test_a_protected_host_is_never_taken_along(vendor: Vendor) -> None:
    """It is let through; to block it outright is an error, as on every target."""
    small = vendor.small
    protected = (("mdm.d.test", "subtree", "management"),)
    emitted = vendor.emit(one_host(small, tighten=True, protected=protected))
    assert vendor.blocked(emitted, "d.test", "mdm.d.test", "a.mdm.d.test") == ["d.test"]
    assert emitted.findings() == ()
    whole = small.Policy(apps=(small.app("one", "d.test"),), protected=protected)
    for tighten in (False, True):
        ir = small.resolve(replace(whole, tighten=tighten))
        found = small.compiled(ir, vendor.target).findings
        assert [finding.code for finding in found] == [LOCK_OUT.code]


def test_a_widened_host_that_nothing_accounts_for_is_found(vendor: Vendor) -> None:
    """Without its deviation the block of what nobody claims is a fault of the entry above it."""
    emitted = vendor.emit(one_host(vendor.small, vendor.small.app("two", "e.test"), tighten=True))
    silent = tuple(
        replace(each, status=Status.ENFORCED, reason=None, deviations=())
        for each in emitted.compiled.coverage
    )
    found = verify(emitted.ir, emitted.target, emitted.decider, silent)
    assert [finding.message for finding in found if "deep.er.d.test" in finding.message]
    # What is said about one name does not excuse what is below another one.
    changed = next(iter(p for p in emitted.files if "block" in p or "content" in p))
    assert emitted.noticed(emitted.changed(changed, '"e.test"', '"evil.example"'))


# --- limits ---------------------------------------------------------------------------------------


def many(small: Any, count: int) -> Any:
    """A policy that blocks so many names."""
    return small.Policy(apps=(small.app("one", *(f"d{number}.test" for number in range(count))),))


@pytest.mark.parametrize(("count", "files"), [(500, 1), (501, 2), (1000, 2), (1001, 3)])
def test_a_list_of_umbrella_is_filled_500_at_a_time(count: int, files: int, small: Any) -> None:
    """The first request makes it, the others add; none is refused for its size."""
    emitted = small.resolved_by_umbrella(many(small, count))
    bodies = [json.loads(text) for path, text in emitted.text.items() if path.startswith("lists/")]
    sizes = [len(body if isinstance(body, list) else body["destinations"]) for body in bodies]
    assert len(sizes) == files
    assert sum(sizes) == count
    assert max(sizes) <= 500
    assert emitted.findings() == ()
    names = [path for path in emitted.files if path.startswith("lists/")]
    assert sorted(f"umbrella/{name}" for name in names) == sorted(
        emitted.record("one/web/any/0").artifacts
    )


def test_more_than_500_destinations_in_one_body_are_refused(small: Any) -> None:
    """Umbrella answers such a request with an error, and the list does not exist."""
    emitted = small.resolved_by_umbrella(many(small, 501))
    first = json.loads(emitted.text[BLOCK])
    more = "lists/aipol_default_block.add-2.json"
    first["destinations"] += json.loads(emitted.text[more])
    files = {path: content for path, content in emitted.files.items() if path != more}
    with pytest.raises(UnreadableArtifact, match="501"):
        small.UMBRELLA.read({**files, BLOCK: f"{json.dumps(first)}\n".encode()})


@pytest.mark.parametrize("length", [253, 254])
def test_a_name_has_253_characters_at_most(length: int, vendor: Vendor) -> None:
    """A longer one is an error before anything is sent."""
    small = vendor.small
    name = "a" * 60 + ".b" * ((length - 60) // 2) + "c" * ((length - 60) % 2)
    assert len(name) == length
    found = small.compiled(small.resolve(small.Policy((small.app("one", name),))), vendor.target)
    assert [each.code for each in found.findings] == ([BAD_DOMAIN.code] if length > 253 else [])


def test_more_patterns_than_an_appliance_holds_are_an_error(small: Any) -> None:
    """How many that is must be said: no document does."""
    ir = small.resolve(many(small, 3))
    assert small.compiled(ir, small.MERAKI, list_patterns=3).findings == ()
    (finding,) = small.compiled(ir, small.MERAKI, list_patterns=2).findings
    assert finding.code == LIMIT_EXCEEDED.code
    assert "blocked patterns for `default`: 3, limit 2" in finding.message


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("umbrella", {"product": "sig"}),
        ("umbrella", {"product": "secure-access"}),
        ("umbrella", {"organization": 1}),
        ("meraki", {"list_patterns": 0}),
        ("meraki", {"list_patterns": "10"}),
        ("meraki", {"network_id": "L_1"}),
    ],
)
def test_other_settings_are_refused(name: str, given: Any, small: Any) -> None:
    """Misspelt keys, other products, numbers as text."""
    with pytest.raises(ValidationError):
        small.SETTINGS[name](**given)


# --- what a reader refuses ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", '{"a": 1, "a": 2}\n', "[NaN]\n", "[" * 10_000 + "\n"])
def test_what_is_no_json_is_refused(text: str, vendor: Vendor) -> None:
    """Keys given twice and numbers that are none among it."""
    emitted = vendor.emit(vendor.small.everything())
    for path in emitted.files:
        with pytest.raises(UnreadableArtifact):
            vendor.target.read({**emitted.files, path: text.encode()})
