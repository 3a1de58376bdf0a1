"""What somebody's edits in the portal do to people: as the reader finds by asking everything."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from aipol.difference.answers import AT_ODDS
from aipol.difference.strictness import Direction
from aipol.report.shifts import effects_lines
from aipol.vocabulary import Surface
from aipol_targets.intune.remote_files import artifacts
from aipol_targets.intune.remote_wanted import wanted
from aipol_targets.intune.target import INTUNE
from tests.unit.targets.told import Place, differing, found, same

SCRIPTS, COMPLIANCE = "deviceComplianceScripts", "deviceCompliancePolicies"
CATALOG, CUSTOM = "configurationPolicies", "deviceConfigurations"
GRAPH = "#microsoft.graph."
USES = (
    ("chatgpt", Surface.WEB),
    ("chatgpt", Surface.DESKTOP),
    ("chatgpt", Surface.EXTENSION),
    ("claude", Surface.WEB),
    ("claude", Surface.DESKTOP),
    ("copilot", Surface.BUILTIN),
    ("recall", Surface.BUILTIN),
    ("edge-ai", Surface.BUILTIN),
)
FINANCE = "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"


def drawn(policy: Any, compiled: Any, draw: random.Random) -> Any:
    """A policy that lets some groups use some things."""
    made = policy()
    for app, surface in draw.sample(USES, draw.randint(2, len(USES))):
        names = draw.sample(made.groups, draw.randint(0, 2))
        made.split(app, surface, made.universe.any_of(made.of(name) for name in names))
    return compiled(made)


def _assigned(group: str) -> dict[str, Any]:
    target = {"@odata.type": f"{GRAPH}groupAssignmentTarget", "groupId": group}
    return {"assignments": [{"id": "x", "source": "direct", "target": target}]}


def _with_one_entry(held: Any) -> dict[str, Any]:
    settings = copy.deepcopy(held["settings"])
    (child,) = settings[0]["settingInstance"]["choiceSettingValue"]["children"]
    values = child["simpleSettingCollectionValue"]
    values[1:] = []
    return {"settings": settings}


def edited(here: Any, draw: random.Random) -> None:
    """Somebody deletes or edits one of our objects that is assigned."""
    kind = draw.choice([kind for kind in (COMPLIANCE, CATALOG, CUSTOM) if here.held(kind)])
    held = draw.choice(list(here.held(kind).values()))
    what = draw.randrange(4)
    if what == 0:
        here.standin.remove(kind, held["id"])
    elif what == 1:
        here.standin.edit(kind, held["id"], {"assignments": []})
    elif what == 2 or kind != CATALOG:
        here.standin.edit(kind, held["id"], _assigned(FINANCE))
    else:
        here.standin.edit(kind, held["id"], _with_one_entry(held))


def test_files_are_the_inverse_of_objects(full: Any, reporting: dict[str, bytes]) -> None:
    """To the octet, but for objects that are for nobody, and what only those need."""
    assert artifacts(wanted(full.files)) == full.files
    kept = artifacts(wanted(reporting))
    assert kept == {path: reporting[path] for path in kept}
    left = [path for path in reporting if path not in kept and path.endswith("~assign.json")]
    assert {reporting[path] for path in left} <= {b'{\n  "assignments": []\n}\n'}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_told_is_what_the_reader_finds(
    policy: Any, compiled: Any, bench: Any, seed: int
) -> None:
    """One or two objects edited or deleted at the tenant, for drawn policies."""
    draw = random.Random(seed)  # noqa: S311 - the same on every run
    result = drawn(policy, compiled, draw)
    here = bench()
    here.apply(result.files)
    place = Place(result.ir, INTUNE, here.remote, result.files)
    same(here.remote, result.files)
    before = here.plan(result.files)
    assert place.told(before) == type(place.told(before))()
    assert differing(place, place.here(before)) == set()
    for _ in range(draw.randint(1, 2)):
        edited(here, draw)
    plan = here.plan(result.files)
    told = place.told(plan, [each.key for each in place.wanted])
    assert told.unread == ()
    assert found(place, told.shifts) == differing(place, place.here(plan))


@pytest.fixture
def place(full: Any, applied: Any) -> Place:
    """A tenant with every kind of object, as it was left."""
    return Place(full.ir, INTUNE, applied.remote, full.files, full.compiled.coverage)


def _held(applied: Any, kind: str, part: str) -> tuple[str, Any]:
    return next((key, each) for key, each in applied.held(kind).items() if part in key)


def test_who_can_do_what_again(place: Place, applied: Any) -> None:
    """Taken from everybody it is for, an object's uses are open, by that object and no other."""
    key, held = _held(applied, CATALOG, "browsers")
    applied.standin.edit(CATALOG, held["id"], {"assignments": []})
    told = place.told(applied.plan(place.files))
    assert {each.direction for each in told.shifts} == {Direction.LOOSER}
    assert {each.causes for each in told.shifts} == {(key,)}
    browsers = (("managed-windows", "chrome"), ("managed-windows", "edge"))
    assert {each.places for each in told.shifts} <= {browsers, (("managed-windows", ""),)}
    assert (told.idle, told.unread) == ((), ())
    lines = list(effects_lines("intune", told))
    assert lines[0] == "  the effect on people, as far as intune acts:"
    assert lines[1].startswith("    looser: ")
    assert (
        "again on managed Windows (chrome, edge): the policy says block (policy.yaml:1)" in lines[1]
    )
    assert lines[2].startswith(f"      by {key}; ")


@pytest.mark.parametrize("what", [{"displayName": "renamed"}, {"description": "and a word"}])
def test_an_edit_without_effect_is_told_so(place: Place, applied: Any, what: Any) -> None:
    """What people see of an object in the portal is nothing to those whom it is for."""
    key, held = _held(applied, COMPLIANCE, "programs")
    more = {"description": f"{held['description']} edited"} if "description" in what else what
    applied.standin.edit(COMPLIANCE, held["id"], more)
    plan = applied.plan(place.files)
    assert [each.key for each in plan.writes] == [key]
    told = place.told(plan)
    assert (told.shifts, told.idle) == ((), (key,))
    assert list(effects_lines("intune", told)) == ["  no effect on people"]


def test_what_the_reader_does_not_know_is_told_with_the_reason(place: Place, applied: Any) -> None:
    """And what it would be if the object did nothing."""
    key, held = _held(applied, CATALOG, "browsers")
    more = copy.deepcopy(held["settings"][0])
    more["settingInstance"]["settingDefinitionId"] += "_more"
    applied.standin.edit(CATALOG, held["id"], {"settings": [*held["settings"], more]})
    told = place.told(applied.plan(place.files))
    (unread,) = told.unread
    assert unread.key == key
    assert "is not accounted for" in unread.why
    assert told.shifts == ()
    assert {each.causes for each in told.without} == {(key,)}
    assert {each.direction for each in told.without} == {Direction.LOOSER}
    lines = list(effects_lines("intune", told))
    assert lines[0].startswith(f"  what it does now cannot be told: {key}: ")
    assert lines[1] == "  if what cannot be told does nothing:"


def test_a_group_that_the_policy_does_not_know_is_told(place: Place, applied: Any) -> None:
    """Whoever is in it is left out: that nobody is cannot be said."""
    key, held = _held(applied, CATALOG, "browsers")
    stranger = "00000000-0000-4000-8000-000000000000"
    target = {"@odata.type": f"{GRAPH}exclusionGroupAssignmentTarget", "groupId": stranger}
    left_out = {"id": "x", "source": "direct", "target": target}
    kept = [*held["assignments"], left_out]
    applied.standin.edit(CATALOG, held["id"], {"assignments": kept})
    told = place.told(applied.plan(place.files))
    assert [each.key for each in told.unread] == [key]
    assert stranger in told.unread[0].why
    assert (told.shifts, told.idle) == ((), ())


def test_a_clause_that_no_reader_can_be_asked_about_is_never_said_to_hold(
    place: Place, applied: Any
) -> None:
    """What makes a device compliant lets nobody use anything; whether it holds is not known."""
    key, held = _held(applied, COMPLIANCE, "windows/baseline")
    applied.standin.edit(COMPLIANCE, held["id"], {"assignments": []})
    told = place.told(applied.plan(place.files))
    assert [(each.key, each.why) for each in told.untold] == [(key, "device: compliant")]
    assert (told.shifts, told.idle) == ((), ())
    said = list(effects_lines("intune", told))
    assert said == [f"  whether `device: compliant` still holds cannot be told: {key}"]


def test_an_object_whose_mark_was_taken_away_is_looked_at(place: Place, applied: Any) -> None:
    """It is theirs, and what it does still counts; deleted meanwhile, it does nothing."""
    key, held = _held(applied, CATALOG, "browsers")
    applied.standin.edit(CATALOG, held["id"], {"description": "mine now"})
    told = place.told(applied.plan(place.files), [key])
    assert (told.shifts, told.idle) == ((), (key,))
    applied.standin.edit(CATALOG, held["id"], {"assignments": []})
    told = place.told(applied.plan(place.files), [key])
    assert {each.causes for each in told.shifts} == {(key,)}
    plan = applied.plan(place.files)
    applied.standin.remove(CATALOG, held["id"])
    assert place.told(plan, [key]).shifts == told.shifts


def _copied(applied: Any, kind: str, held: Any, name: str, *assigned: Any) -> None:
    """What a console makes of `Duplicate`, and somebody of that."""
    named = "name" if kind == CATALOG else "displayName"
    applied.standin.seed(kind, {**_bare(held), named: name}, assigned)


def _bare(held: Any) -> dict[str, Any]:
    server = ("id", "assignments", "version", "createdDateTime", "lastModifiedDateTime")
    return {name: value for name, value in held.items() if name not in server}


def test_a_copy_counts_with_ours(place: Place, applied: Any) -> None:
    """Lists that are set twice apply not at all on Windows; what is for nobody changes nothing."""
    key, held = _held(applied, CATALOG, "browsers")
    _copied(applied, CATALOG, held, held["name"], *held["assignments"])
    told = place.told(applied.plan(place.files))
    assert (told.shifts, told.idle, told.unread) == ((), (key,), ())
    _copied(applied, CATALOG, held, "for nobody")
    assert place.told(applied.plan(place.files)).shifts == ()
    _copied(applied, CATALOG, held, "Copy for the lab", *held["assignments"])
    told = place.told(applied.plan(place.files))
    assert {each.after for each in told.shifts} == {"allow"}
    assert {each.causes for each in told.shifts} == {(key,)}


def test_profiles_that_are_at_odds_are_told_so(place: Place, applied: Any) -> None:
    """Which of two profiles holds on a Mac nobody can say."""
    _, held = _held(applied, CUSTOM, "macos/browsers")
    _copied(applied, CUSTOM, held, "Copy for the lab", *held["assignments"])
    told = place.told(applied.plan(place.files))
    assert {each.after for each in told.shifts} == {AT_ODDS}
    assert {each.direction for each in told.shifts} == {Direction.OTHER}
    assert {device for each in told.shifts for device, _ in each.places} == {"managed-macos"}
    text = next(line for line in effects_lines("intune", told) if "at odds" in line)
    assert "objects are at odds about" in text
    assert "on the same Mac" in text
