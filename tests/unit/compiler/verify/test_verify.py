"""What verify must find in the lists of a small target, and what it must leave alone."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from aipol.diagnostics import Diagnostic
from aipol.ir import Ir
from aipol.target import Coverage, Deviation, Reason, Status
from aipol.verify.reference import HostReference, around, look_alikes
from aipol.verify.subjects import subjects

Lists = dict[str, Any]
World = Any
Make = Callable[..., World]

RULES = """\
rules:
  - {id: first, apps: [chatty], groups: [a], effect: allow}
  - {id: second, apps: [chatty, other], groups: [b], effect: block}
  - {id: third, apps: [other], groups: [everyone], effect: allow}
  - {id: last, apps: ["*"], groups: [everyone], effect: block}
"""
FIRST = 18
POLICIES = {
    "plain": RULES,
    "prompting": RULES.replace("effect: allow", "effect: warn"),
    "unseen group": RULES.replace("[b]", "[hidden]"),
    "accounts": RULES.replace("{id: first,", "{id: first, account: {corporate: [ws]},"),
    "gateway": RULES.replace("[a], effect: allow", "[a], effect: allow, require: {via: g}")
    + "network: {gateways: {g: {host: gw.chatty.example}}}\n",
    "one surface": RULES.replace("{id: first,", "{id: first, surfaces: [web],"),
    "tighten": RULES.replace("[b]", "[hidden]") + "on_gap: tighten\n",
}


def codes(findings: tuple[Diagnostic, ...]) -> set[str]:
    """The kinds of findings."""
    return {finding.code for finding in findings}


@pytest.mark.parametrize("rules", POLICIES.values(), ids=POLICIES.keys())
def test_a_right_target_has_no_findings(world: Make, rules: str) -> None:
    """Lists that do what their records say are passed, whatever they cannot do."""
    made = world(rules)
    if "gateways" in rules:
        # The organisation's own host must stay open, which these lists do not know of.
        for entry in made.lists.values():
            entry["hosts"].append(["gw.chatty.example", "exact", False])
    assert [finding.message for finding in made.findings()] == []


def dropped(lists: Lists) -> Iterator[Lists]:
    """The lists without one entry."""
    for name, entry in lists.items():
        for position in range(len(entry["hosts"])):
            less = copy.deepcopy(lists)
            del less[name]["hosts"][position]
            yield less


def flipped(lists: Lists) -> Iterator[Lists]:
    """The lists with one entry the other way round."""
    for name, entry in lists.items():
        for position in range(len(entry["hosts"])):
            other = copy.deepcopy(lists)
            other[name]["hosts"][position][2] ^= True
            yield other


def widened(lists: Lists) -> Iterator[Lists]:
    """The lists with one entry that stands for more hosts, or for the parent's."""
    for name, entry in lists.items():
        for position, (host, intent, _) in enumerate(entry["hosts"]):
            wider = copy.deepcopy(lists)
            changed = wider[name]["hosts"][position]
            changed[:2] = (
                [host, "subtree"] if intent != "subtree" else [host.partition(".")[2], intent]
            )
            yield wider


def narrowed(lists: Lists) -> Iterator[Lists]:
    """The lists with one entry that stands for fewer hosts."""
    for name, entry in lists.items():
        for position, (_, intent, _) in enumerate(entry["hosts"]):
            for less in {"exact", "children"} - {intent} if intent == "subtree" else ():
                narrower = copy.deepcopy(lists)
                narrower[name]["hosts"][position][1] = less
                yield narrower


def swapped(lists: Lists) -> Iterator[Lists]:
    """The lists with the groups A and B in each other's place."""
    other = {"A": "B", "B": "A"}
    made = copy.deepcopy(lists)
    for entry in made.values():
        for key in ("include", "exclude"):
            entry[key] = [other[group] for group in entry[key]]
    yield made


def unexcluded(lists: Lists) -> Iterator[Lists]:
    """The lists without one exclusion."""
    for name, entry in lists.items():
        for position in range(len(entry["exclude"])):
            made = copy.deepcopy(lists)
            del made[name]["exclude"][position]
            yield made


def with_a_stranger(lists: Lists) -> Iterator[Lists]:
    """The lists with a host more that has nothing to do with the policy."""
    for name in lists:
        for host in ("bank.example", "notchatty.example", "chatty.example.evil.example"):
            made = copy.deepcopy(lists)
            made[name]["hosts"].append([host, "subtree", True])
            yield made


def without_a_list(lists: Lists) -> Iterator[Lists]:
    """The lists without one of them."""
    for name in lists:
        yield {other: entry for other, entry in lists.items() if other != name}


MUTATIONS = (
    dropped,
    flipped,
    widened,
    narrowed,
    swapped,
    unexcluded,
    with_a_stranger,
    without_a_list,
)


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_every_mutant_is_found(world: Make, mutate: Callable[[Lists], Iterator[Lists]]) -> None:
    """A change to any entry or scope is a different verdict, at a rule's line or at the rules'."""
    made = world(RULES)
    mutants = list(mutate(made.lists))
    assert mutants
    lines = {FIRST - 1, FIRST, FIRST + 1, FIRST + 2, FIRST + 3}
    for mutant in mutants:
        found = made.findings(mutant)
        assert codes(found) & {"AIP501", "AIP506"}, mutant
        assert {finding.span.line for finding in found} <= lines
        assert any("lists/lists.json (hosts)" in f.message for f in found if f.code == "AIP501")


def test_the_line_is_that_of_the_rule(world: Make) -> None:
    """A dropped block is a fault against the rule that blocks, for the people it is about."""
    made = world(RULES)
    lists = copy.deepcopy(made.lists)
    for entry in lists.values():
        entry["hosts"] = [h for h in entry["hosts"] if h[0] != "mixed.example"]
    found = [finding for finding in made.findings(lists) if finding.code == "AIP501"]
    assert {finding.span.line for finding in found} == {FIRST + 3}
    told = [f.message for f in found if "host `mixed.example` for a is" in f.message]
    assert all("the policy says block (rule `last`)" in message for message in told)
    assert told


def test_a_neighbour_is_a_fault_of_the_entry_beside_it(world: Make) -> None:
    """A wildcard where one host is meant names the rule about that host."""
    made = world(RULES)
    lists = copy.deepcopy(made.lists)
    for entry in lists.values():
        for host in entry["hosts"]:
            if host[:2] == ["other.example", "exact"]:
                host[1] = "subtree"
    found = made.findings(lists)
    assert {finding.span.line for finding in found} == {FIRST + 1}
    assert any(".other.example`" in finding.message for finding in found)


@pytest.mark.parametrize("host", ["mdm.example", "enroll.mdm.example", "example"])
def test_a_protected_host_is_a_lock_out(world: Make, host: str) -> None:
    """Blocking a protected host, one below it or all around it is reported as such."""
    made = world(RULES)
    name = next(iter(made.lists))
    made.lists[name]["hosts"].append([host, "subtree", True])
    expected = "AIP501" if host.startswith("enroll") else "AIP505"
    assert expected in codes(made.findings())


def test_a_claim_without_identifiers_is_untrue(world: Make) -> None:
    """A target cannot claim what it was never asked about."""
    made = world(RULES)
    coverage = tuple(
        replace(record, status=Status.ENFORCED, reason=None)
        if "/desktop/" in record.ruling
        else record
        for record in made.coverage
    )
    # The desktop program has hosts: without them there is nothing left to ask about.
    assert codes(made.findings(coverage=coverage)) <= {"AIP501", "AIP506"}
    bare = made.ir.apps["chatty"]
    apps = {**made.ir.apps, "chatty": replace(bare, app=replace(bare.app, domains=()))}
    blind = replace(made.ir, apps=apps)
    empty: Lists = {name: {**entry, "hosts": []} for name, entry in made.lists.items()}
    found = replace(made, ir=blind).findings(empty, coverage)
    untrue = [f for f in found if f.code == "AIP506" and "chatty/desktop" in f.message]
    assert untrue
    assert (
        "no reader could be asked about any identifier of it on managed-macos" in untrue[0].message
    )


REASON = Reason("why", "because")


def confessing(made: World, rule: str, *deviations: Deviation) -> tuple[Coverage, ...]:
    """The records, those of one rule about one app with other deviations."""
    worst = Status.LOOSER if any(d.status is Status.LOOSER for d in deviations) else Status.STRICTER
    return tuple(
        replace(record, status=worst, reason=REASON, deviations=deviations)
        if record.ruling.startswith("chatty/") and record.ruling.endswith(f"/{rule}")
        else record
        for record in made.coverage
    )


@pytest.mark.parametrize("status", [Status.LOOSER, Status.STRICTER])
@pytest.mark.parametrize("value", ["*", "chatty.example"])
def test_a_deviation_that_is_not_real_is_untrue(world: Make, status: Status, value: str) -> None:
    """A record that confesses to what the artefact does not do understates it."""
    made = world(RULES)
    region = made.ir.by_id["chatty/web/any/last"].audience.region
    coverage = confessing(made, "last", Deviation(status, REASON, region, value))
    found = made.findings(coverage=coverage)
    assert codes(found) == {"AIP506"}
    assert "does what the policy says" in found[0].message
    assert found[0].span.line == FIRST + 3


def test_a_deviation_about_what_was_not_asked_is_left_alone(world: Make) -> None:
    """Nothing is said of a path that the reader does not know."""
    made = world(RULES)
    region = made.ir.by_id["chatty/web/any/last"].audience.region
    unknown = Deviation(Status.LOOSER, REASON, region, "*", "another path")
    assert made.findings(coverage=confessing(made, "last", unknown)) == ()


def test_a_deviation_does_not_speak_for_others(world: Make) -> None:
    """People whom a deviation leaves out are not explained by it."""
    made = world(RULES)
    lists = copy.deepcopy(made.lists)
    for entry in lists.values():
        entry["hosts"] = [h for h in entry["hosts"] if "chatty" not in h[0]]
    ir = made.ir
    blocked = ir.by_id["chatty/web/any/last"].audience.region
    part = ir.universe.both(blocked, ir.groups["hidden"].region)
    for people, clean in ((blocked, True), (part, False)):
        coverage = confessing(made, "last", Deviation(Status.LOOSER, REASON, people))
        lines = {f.message for f in made.findings(lists, coverage) if f.span.line == FIRST + 3}
        assert any("chatty.example` for nobody's group" in line for line in lines) != clean


def test_a_record_sums_up_its_deviations(world: Make) -> None:
    """`enforced` with a deviation, and `stricter` with a looser one, contradict themselves."""
    made = world(RULES)
    people = made.ir.by_id["chatty/web/any/last"].audience.region
    looser = Deviation(Status.LOOSER, REASON, people, "*", "another path")
    for status in (Status.ENFORCED, Status.STRICTER):
        coverage = tuple(
            replace(record, status=status) if looser in record.deviations else record
            for record in confessing(made, "last", looser)
        )
        assert codes(made.findings(coverage=coverage)) == {"AIP506"}


def test_many_groups_that_a_target_cannot_see_are_no_burden(world: Make) -> None:
    """Thirty unseen groups with a rule each are a thousand million kinds of people, and quick."""
    groups = "".join(f"  h{number}: {{}}\n" for number in range(30))
    apps = "".join(f"  app{n}: {{domains: [{{domain: app{n}.example}}]}}\n" for n in range(30))
    rules = "rules:\n" + "".join(
        f"  - {{id: r{n}, apps: [app{n}], groups: [h{n}], effect: allow}}\n" for n in range(30)
    )
    made = world(rules, groups=groups, apps=apps)
    assert made.findings() == ()


@pytest.mark.parametrize(
    ("host", "blocked"),
    [
        ("chatty.example", True),
        ("a.b.chatty.example", True),
        ("api.chatty.example", True),
        ("v1.api.chatty.example", True),
        ("other.example", False),
        ("child.other.example", False),
        ("x.other.example", False),
        ("y.x.other.example", False),
        ("cdn.big.example", False),
        ("mixed.example", True),
        ("notmixed.example", False),
        ("example", False),
    ],
)
def test_the_reference_is_the_policy(ir_of: Callable[..., Ir], host: str, blocked: bool) -> None:
    """What nobody's group may open, host by host."""
    ir = ir_of(RULES)
    (nobody,) = [s for s in subjects(ir, "jamf") if not s.identity]
    allowed = HostReference(ir).allowed(host)
    assert ir.universe.within(nobody.people, allowed) != blocked
    assert ir.universe.overlap(nobody.people, allowed) != blocked


def test_neighbours_are_in_every_direction() -> None:
    """Names below, the parent, a sibling and look-alikes are asked about, no top-level name is."""
    beside = set(around("chatty.example"))
    assert set(look_alikes("chatty.example")) == {
        "notchatty.example",
        "chatty.example.evil.example",
    }
    assert any(host.endswith(".chatty.example") for host in beside)
    assert "example" not in beside
    assert {"big.example", "sibling.big.example"} <= set(around("cdn.big.example"))
