"""A set of people becomes exactly the scope that Jamf Pro can hold."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, NOBODY, Region
from aipol.ir import Ir
from aipol.target import Artifact
from aipol_targets.jamf.model import Jamf, Restriction, Scope
from aipol_targets.jamf.read_xml import ReadScope, parse, read_group, read_restriction
from aipol_targets.jamf.render import render
from aipol_targets.jamf.scopes import Addressed, Scopes

PolicyOf = Callable[..., Ir]
NAMES = ("finance", "engineering", "pilot")


def reached(addressed: Addressed, groups: frozenset[str]) -> bool:
    """Whether a Mac in `groups` is in the scope, read back from what would be sent."""
    record = Restriction("r", "r", "p", "m", addressed.scope)
    model = Jamf((), (record,), (addressed.group,) if addressed.group else ())
    by_path = {artifact.path: artifact for artifact in render(model)}
    scope: ReadScope = read_restriction("r", _root(by_path.pop("r.xml"))).scope
    memberships = set(groups)
    for artifact in by_path.values():
        group = read_group(artifact.path, _root(artifact))
        if any(all((name in groups) is wanted for name, wanted in cube) for cube in group.cubes):
            memberships.add(group.name)
    wanted = scope.everyone or bool(scope.include & memberships)
    return wanted and not scope.exclude & memberships


def _root(artifact: Artifact) -> ET.Element:
    return parse(artifact.path, artifact.content)


@given(chosen=st.sets(st.sampled_from([c for n in range(4) for c in combinations(NAMES, n)])))
def test_every_set_of_memberships_is_addressed_exactly(
    policy: PolicyOf, chosen: set[tuple[str, ...]]
) -> None:
    """Whatever people the policy tells apart, exactly their Macs are in the scope."""
    ir = policy([])
    universe = ir.universe
    groups = {name: ir.groups[name].region for name in NAMES}
    region: Region = NOBODY
    for inside in chosen:
        cube = universe.all_of(groups[name] for name in inside)
        rest = universe.any_of(groups[name] for name in NAMES if name not in inside)
        region = universe.either(region, universe.minus(cube, rest))
    if region == NOBODY:
        return
    addressed = Scopes.of(ir).nearest(region)
    assert addressed.region == region
    for inside in (c for n in range(4) for c in combinations(NAMES, n)):
        mac = frozenset(ir.groups[name].jamf for name in inside)
        assert reached(addressed, mac) is universe.contains(region, frozenset(inside))


def test_what_no_group_names_is_left_out_or_taken_in(policy: PolicyOf) -> None:
    """A set that cuts across every group is approached from the side that `on_gap` asks for."""
    names = {"finance": "", "engineering": "Engineering Macs"}
    for tighten, wanted in ((False, NOBODY), (True, EVERYBODY)):
        ir = policy([], names=names, tighten=tighten)
        assert Scopes.of(ir).nearest(ir.groups["finance"].region).region == wanted


def test_groups_that_read_alike_stay_apart(policy: PolicyOf) -> None:
    """The class of `a` and `b` and the group called `a-and-b` get different ids."""
    names = {"a": "A", "b": "B", "a-and-b": "Both"}
    ir = policy([], names=names)
    scopes = Scopes.of(ir)
    a, b, joined = (ir.groups[name].region for name in names)
    found = [scopes.nearest(region) for region in (joined, ir.universe.both(a, b))]
    assert len({each.id for each in found}) == 2
    assert found[0].scope == Scope(("Both",), ())
