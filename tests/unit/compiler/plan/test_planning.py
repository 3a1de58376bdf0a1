"""Whose an object is, what has to be done with it, and who changed it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from aipol.plan.comparing import differences
from aipol.plan.model import Action, Cause, Change, Concerned, Plan, Whom
from aipol.plan.ordering import ordered
from aipol.plan.planning import Asked, compare
from aipol.plan.sides import together
from aipol.remote import (
    Absent,
    Live,
    Mark,
    Observed,
    Refused,
    Wanted,
    digest_of,
    mark_in,
    marked,
    references,
    referring,
    resolved,
    without_mark,
)
from aipol.report.plans import tally
from tests.unit.compiler.apply.vendor import (
    ORGANIZATION,
    POLICY,
    SCRIPT,
    FakeRemote,
    Fault,
    Vendor,
    bearing,
    digest_for,
    key_of,
    policy,
    script,
    seeded,
)


def _plan(vendor: Vendor, *wanted: Wanted, adopt: str = "", **more: Any) -> Plan:
    asked = Asked(ORGANIZATION, wanted, adopt=frozenset({key_of(adopt)} if adopt else ()), **more)
    remote = FakeRemote(vendor)
    return compare(remote, asked, remote.observe())


def _ours(vendor: Vendor, wanted: Wanted, digest: str | None = None) -> str:
    told = digest_for(wanted) if digest is None else digest
    return seeded(vendor, wanted, {}, Mark(wanted.key, told))


@pytest.mark.parametrize(
    ("there", "digest", "action", "cause"),
    [
        ("one", None, Action.NO_OP, Cause.SAME),
        ("one", "", Action.NO_OP, Cause.SAME),
        ("one", "0" * 16, Action.UPDATE, Cause.EDITED),
        ("two", None, Action.UPDATE, Cause.MOVED),
        ("two", "", Action.UPDATE, Cause.UNKNOWN),
        ("two", "0" * 16, Action.UPDATE, Cause.EDITED),
        ("two", digest_for(script("s", "one")), Action.UPDATE, Cause.EDITED),
    ],
)
def test_who_changed_an_object(
    there: str, digest: str | None, action: Action, cause: Cause
) -> None:
    """The digest beside what is there and what is wanted tells edits from a policy that moved."""
    vendor = Vendor()
    identifier = _ours(vendor, script("s", there), digest)
    (change,) = _plan(vendor, script("s", "one")).changes
    assert (change.action, change.cause, change.id) == (action, cause, identifier)
    assert change.after_digest == digest_for(script("s", "one"))
    assert [each.path for each in change.differences] == ([] if there == "one" else ["text"])


@pytest.mark.parametrize(
    "key", ["com.acme2/s", "com.acme/", "com.acme", "Com.acme/s", "xcom.acme/s"]
)
def test_whose_a_mark_is(key: str) -> None:
    """A longer identifier, an empty name, another case: none of them is ours."""
    vendor = Vendor()
    vendor.put_in(SCRIPT, {"name": "n", "description": f"aipol:{key} sha256:{'0' * 16}"})
    made = _plan(vendor)
    assert made.changes == ()
    assert [each.name for each in made.foreign] == ["n"]


def test_ids_of_another_kind_hide_no_stranger() -> None:
    """A vendor that counts each kind from one has two objects of one number."""
    remote = FakeRemote(Vendor())
    ours = Live(SCRIPT, "1", "AI s", Mark(key_of("s")), script("s").body)
    theirs = Live(POLICY, "1", "theirs", None)
    made = compare(remote, Asked(ORGANIZATION, (script("s"),)), Observed((ours, theirs)))
    assert [each.name for each in made.foreign] == ["theirs"]


def test_a_second_object_with_one_mark_goes_and_the_better_one_stays() -> None:
    """Of copies the one that is as wanted stays; the choice is the same on every run."""
    vendor = Vendor()
    first = _ours(vendor, script("s", "edited"), digest_for(script("s")))
    second = _ours(vendor, script("s"))
    third = _ours(vendor, script("s"))
    made = _plan(vendor, script("s"))
    assert [(each.action, each.cause, each.id) for each in made.changes] == [
        (Action.NO_OP, Cause.SAME, second),
        (Action.DELETE, Cause.DOUBLE, first),
        (Action.DELETE, Cause.DOUBLE, third),
    ]


def _mention(vendor: Vendor, name: str, key: str) -> str:
    """Somebody's own object, with a note on one of ours in its description."""
    return vendor.put_in(
        SCRIPT, {"name": name, "description": f"Exception to aipol:{key}", "text": "theirs"}
    )


@pytest.mark.parametrize("wanted", [(), (script("s"),), (script("s", "new"),)])
def test_what_merely_mentions_a_key_of_ours_is_left_alone(wanted: tuple[Wanted, ...]) -> None:
    """It is neither a copy, nor ours to change or to remove; it is told, and counted as others'."""
    vendor = Vendor()
    theirs = _mention(vendor, "A theirs", key_of("s"))
    ours = _ours(vendor, script("s"))
    made = _plan(vendor, *wanted)
    assert {each.id for each in made.changes} == {ours}
    assert [each.id for each in made.foreign] == [theirs]
    assert made.notes[0] == (
        f"{SCRIPT} `A theirs` names `{key_of('s')}`, aipol never wrote it: it is left alone"
    )


def test_what_mentions_a_key_is_not_taken_for_the_object() -> None:
    """Before there is one of ours; what was made of the files by hand has its name."""
    vendor = Vendor()
    _mention(vendor, "theirs", key_of("s"))
    assert [each.action for each in _plan(vendor, script("s")).changes] == [Action.CREATE]
    by_hand = _ours(vendor, script("s"), "")
    assert [each.id for each in _plan(vendor, script("s")).changes] == [by_hand]
    assert _plan(vendor).changes == ()


def test_what_was_made_by_hand_under_an_earlier_key_is_in_the_way_of_its_name() -> None:
    """A second object of one name is not made beside it."""
    vendor = Vendor()
    by_hand = _mention(vendor, "AI s", key_of("earlier"))
    made = _plan(vendor, script("s"))
    assert made.changes == ()
    assert [(each.id, each.adoptable) for each in made.collisions] == [(by_hand, False)]


def test_a_copy_says_how_somebody_changed_it() -> None:
    """One that an apply made twice says nothing, also where the policy has moved since."""
    vendor = Vendor()
    for text in ("one", "one", "mine"):
        _ours(vendor, script("s", text), digest_for(script("s", "one")))
    copies = [
        each for each in _plan(vendor, script("s", "two")).changes if each.cause is Cause.DOUBLE
    ]
    assert [[one.path for one in each.differences] for each in copies] == [[], ["text"]]


def test_which_copy_stays_where_the_policy_has_moved() -> None:
    """The one that aipol wrote, whatever the ids are: the other one is told, and may be needed."""
    vendor = Vendor()
    told = digest_for(script("s", "one"))
    mine = _ours(vendor, script("s", "mine"), told)
    ours = _ours(vendor, script("s", "one"), told)
    made = _plan(vendor, script("s", "two"))
    assert [(each.action, each.cause, each.id) for each in made.changes] == [
        (Action.UPDATE, Cause.MOVED, ours),
        (Action.DELETE, Cause.DOUBLE, mine),
    ]
    assert made.changes[1].differences


def test_of_two_that_were_made_by_hand_none_is_removed() -> None:
    """Neither has a digest: aipol wrote none of them."""
    vendor = Vendor()
    ours = _ours(vendor, script("s"), "")
    theirs = _ours(vendor, script("s", "mine"), "")
    for wanted in (script("s"), script("s", "new")):
        made = _plan(vendor, wanted)
        assert [each.id for each in made.changes] == [ours]
        assert [each.id for each in made.foreign] == [theirs]
        assert "it is left alone" in made.notes[0]


def test_a_copy_without_room_for_a_digest_says_how_it_differs() -> None:
    """By what a journal says was left, else by what is wanted."""
    vendor = Vendor(digests=False)
    for text in ("one", "one", "mine"):
        _ours(vendor, script("s", text))
    wanted = script("s", "two")
    known = {(SCRIPT, key_of("s")): script("s", "one").body}
    copies = [each for each in _plan(vendor, wanted, left=known).changes if not each.after]
    assert [bool(each.differences) for each in copies] == [False, True]
    copies = [each for each in _plan(vendor, wanted).changes if not each.after]
    assert [bool(each.differences) for each in copies] == [True, True]


@pytest.mark.parametrize("digests", [True, False])
@pytest.mark.parametrize(
    ("there", "known", "changed"),
    [("one", True, False), ("mine", True, True), ("one", False, False), ("mine", False, True)],
)
def test_what_goes_says_whether_aipol_wrote_it(
    there: str, known: bool, changed: bool, digests: bool
) -> None:
    """By its mark or a journal; where neither says so, nobody knows that it did."""
    vendor = Vendor(digests=digests)
    _ours(vendor, script("s", there), digest_for(script("s", "one")))
    left = {(SCRIPT, key_of("s")): script("s", "one").body} if known else {}
    (change,) = _plan(vendor, left=left).changes
    assert (change.action, change.cause) == (Action.DELETE, Cause.GONE)
    assert bool(change.differences) == (changed or not (known or digests))


def test_each_of_two_that_go_says_it_of_itself() -> None:
    """A changed copy of one that goes is no part of what aipol wrote."""
    vendor = Vendor()
    for text in ("one", "mine"):
        _ours(vendor, script("s", text), digest_for(script("s", "one")))
    assert [bool(each.differences) for each in _plan(vendor).changes] == [False, True]


def test_what_was_left_of_another_kind_says_nothing() -> None:
    """The key has moved on to another kind; its body is not that of the old one."""
    vendor = Vendor()
    _ours(vendor, script("s", "mine"), digest_for(script("s", "one")))
    made = _plan(vendor, left={(POLICY, key_of("s")): script("s", "mine").body})
    assert made.changes[0].differences


def test_an_earlier_state_that_was_brought_back_is_no_policy_that_moved() -> None:
    """Its mark came back with it; the journal knows what was written last."""
    vendor = Vendor()
    _ours(vendor, script("s", "old"))
    left = {(SCRIPT, key_of("s")): script("s", "last").body}
    (change,) = _plan(vendor, script("s", "last"), left=left).changes
    assert (change.action, change.cause) == (Action.UPDATE, Cause.RESTORED)
    left = {(SCRIPT, key_of("s")): script("s", "old").body}
    (change,) = _plan(vendor, script("s", "last"), left=left).changes
    assert change.cause is Cause.MOVED


@pytest.mark.parametrize("wanted", [(), (script("s"),)])
def test_what_is_shown_twice_is_one_object(wanted: tuple[Wanted, ...]) -> None:
    """Something came between two pages: it is not its own double, which would go."""
    remote = FakeRemote(Vendor())
    ours = Live(SCRIPT, "1", "AI s", Mark(key_of("s"), digest_for(script("s"))), script("s").body)
    theirs = Live(SCRIPT, "2", "theirs", None)
    made = compare(remote, Asked(ORGANIZATION, wanted), Observed((ours, theirs, ours, theirs)))
    assert [each.id for each in made.changes] == ["1"]
    assert [each.id for each in made.foreign] == ["2"]
    assert (made.changes[0].action is Action.NO_OP) == bool(wanted)


def test_a_key_that_names_another_kind_now() -> None:
    """The old object goes, the new one is made; nobody takes one for the other."""
    vendor = Vendor()
    old = _ours(vendor, script("s"))
    made = _plan(vendor, policy("s"))
    assert [(each.action, each.kind, each.id) for each in made.changes] == [
        (Action.CREATE, POLICY, ""),
        (Action.DELETE, SCRIPT, old),
    ]


def test_a_foreign_object_of_the_name_is_a_collision_until_it_is_adopted() -> None:
    """Nothing is made beside it; adopting it reads its body and shows what changes."""
    vendor = Vendor()
    theirs = seeded(vendor, script("s", "theirs"), {}, None)
    seeded(vendor, policy("s"), {}, None)  # of another kind: no collision
    made = _plan(vendor, script("s"))
    assert [(each.key, each.id, each.adoptable) for each in made.collisions] == [
        (key_of("s"), theirs, True)
    ]
    assert made.changes == ()
    assert len(made.foreign) == 2
    made = _plan(vendor, script("s"), adopt="s")
    (change,) = made.changes
    assert (change.action, change.id, change.marked) == (Action.ADOPT, theirs, False)
    assert change.before["text"] == "theirs"
    assert [each.path for each in change.differences] == ["text"]
    assert made.collisions == ()
    assert len(made.foreign) == 1


def test_what_cannot_be_adopted() -> None:
    """Two of one name, or another organisation's object: collisions, whatever is asked for."""
    vendor = Vendor()
    for _ in range(2):
        seeded(vendor, script("s"), {}, None)
    seeded(vendor, script("t"), {}, Mark("com.acme2/t"))
    made = _plan(vendor, script("s"), adopt="s")
    assert [each.adoptable for each in made.collisions] == [False, False]
    made = _plan(vendor, script("t"), adopt="t")
    assert [each.adoptable for each in made.collisions] == [False]
    assert made.changes == ()
    assert tally(made) == "stopped by 1 name taken by others; 3 objects of others left alone"
    stopped = replace(made, absent=(Absent("group", "g", 1, "make it"),) * 2, foreign=())
    assert tally(stopped) == "stopped by 1 name taken by others and 2 things missing there"


def test_adopting_speaks_of_no_other_object() -> None:
    """Others collide, ours differ or are to go: all of it is left, and known to be there."""
    vendor = Vendor()
    for name in ("s", "t"):
        seeded(vendor, script(name), {}, None)
    for each in (script("edited"), script("gone")):
        _ours(vendor, each)
    wanted = (script("s"), script("t"), script("edited", "else"), script("new"))
    made = _plan(vendor, *wanted, adopt="s")
    assert [each.key for each in made.writes] == [key_of("s")]
    assert {each.key: each.cause for each in made.of(Action.NO_OP)} == {
        key_of("edited"): Cause.MOVED,
        key_of("gone"): Cause.GONE,
    }
    assert (made.collisions, made.notes) == ((), ())
    assert tally(made) == (
        "1 to adopt; 2 of ours left for `aipol apply`, 1 object of others left alone"
    )


def test_what_an_adopted_object_refers_to_is_made_first() -> None:
    """What is new, that is, and what this refers to; what is there stays as it is."""
    vendor = Vendor()
    seeded(vendor, policy("p"), {}, None)
    _ours(vendor, script("there"))
    wanted = (script("new"), script("there", "else"), script("other"), policy("p", "new", "there"))
    made = _plan(vendor, *wanted, adopt="p")
    assert [(each.action, each.key) for each in made.writes] == [
        (Action.CREATE, key_of("new")),
        (Action.ADOPT, key_of("p")),
    ]


def test_what_is_made_for_an_adoption_may_need_more_that_is_made() -> None:
    """However far that goes on."""
    vendor = Vendor()
    seeded(vendor, policy("p"), {}, None)
    wanted = (script("last"), policy("middle", "last"), policy("p", "middle"), script("other"))
    made = _plan(vendor, *wanted, adopt="p")
    assert [each.key for each in made.writes] == [key_of(n) for n in ("last", "middle", "p")]


@pytest.mark.parametrize("between", [(), (policy("middle", "s"),)])
def test_what_an_adopted_object_needs_and_another_has_the_name_of(
    between: tuple[Wanted, ...],
) -> None:
    """It could not be made: that is told before anything is, with what takes it over."""
    vendor = Vendor()
    for each in (script("s"), policy("p"), script("t")):
        seeded(vendor, each, {}, None)
    last = policy("p", "middle" if between else "s")
    made = _plan(vendor, script("s"), script("t"), *between, last, adopt="p")
    assert [(each.key, each.adoptable) for each in made.collisions] == [(key_of("s"), True)]
    wanted = (script("s"), script("t"), *between, last)
    asked = Asked(ORGANIZATION, wanted, adopt=frozenset({key_of("p"), key_of("s")}))
    remote = FakeRemote(vendor)
    assert compare(remote, asked, remote.observe()).collisions == ()


def test_an_object_of_ours_is_not_in_the_way_of_itself() -> None:
    """A foreign namesake beside our object is a stranger, no collision."""
    vendor = Vendor()
    _ours(vendor, script("s"))
    seeded(vendor, script("s"), {}, None)
    made = _plan(vendor, script("s"), adopt="s")
    assert [each.action for each in made.changes] == [Action.NO_OP]
    assert made.collisions == ()
    assert len(made.foreign) == 1


def test_what_is_gone_before_it_is_adopted_is_made() -> None:
    """Between the list and the look it was removed."""
    vendor = Vendor()
    seeded(vendor, script("s"), {}, None)

    class Gone(FakeRemote):
        def look(self, kind: str, identifier: str) -> Live | None:
            del kind, identifier
            return None

    asked = Asked(ORGANIZATION, (script("s"),), adopt=frozenset({key_of("s")}))
    remote = Gone(vendor)
    (change,) = compare(remote, asked, remote.observe()).changes
    assert change.action is Action.CREATE


def test_two_objects_wanted_as_one_are_a_mistake_of_the_target() -> None:
    """One key names one object, whatever its kind."""
    with pytest.raises(ValueError, match=r"com\.acme/s"):
        _plan(Vendor(), script("s"), policy("s"))


def test_a_plan_that_cannot_be_made_says_so() -> None:
    """What the vendor refuses is passed on."""
    vendor = Vendor()
    vendor.read_faults[1] = Fault.REFUSED
    with pytest.raises(Refused):
        _plan(vendor)


def test_what_goes_and_is_in_no_journal_is_told() -> None:
    """The guard for what is about everybody knows nothing of it."""
    vendor = Vendor()
    for name in ("s", "t"):
        _ours(vendor, script(name))
    known = {key_of("s"): Concerned()}
    (note,) = _plan(vendor, earlier=known).notes
    assert note == "no journal tells whom 1 of the objects that go are about: perhaps everybody"
    assert _plan(vendor, earlier=known | {key_of("t"): Concerned()}).notes == ()


def test_whom_a_change_is_about() -> None:
    """An object's artefacts say it; of one that goes, earlier journals do."""
    vendor = Vendor()
    _ours(vendor, script("gone"))
    about = Concerned(("p.yaml:10",), (Whom(("finance",)),))
    more = Concerned(("p.yaml:9",), (Whom(("all",)),), everybody=True)
    wanted = replace(script("s"), artifacts=("a", "b", "c"))
    made = _plan(vendor, wanted, concerned={"a": about, "b": more}, earlier={key_of("gone"): about})
    assert {each.key: each.concerned for each in made.changes} == {
        key_of("s"): Concerned(
            ("p.yaml:9", "p.yaml:10"), (Whom(("all",)), Whom(("finance",))), everybody=True
        ),
        key_of("gone"): about,
    }
    assert together(()) == Concerned()


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": True}]}, []),
        ({"a": {"b": True}}, {"a": {"b": 1}}, ["a.b"]),
        ([[False]], [[0]], ["[0][0]"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": 1}, {}, ["a"]),
        ({}, {"a": None}, ["a"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a"]),
        ({"a": []}, {"a": {}}, ["a"]),
        (None, {"a": 1}, [""]),
        ("x", "y", [""]),
    ],
)
def test_differences_are_those_of_json(before: Any, after: Any, paths: list[str]) -> None:
    """True is not one, wherever it stands; equal bodies are those of equal digests."""
    assert [each.path for each in differences(before, after)] == paths
    assert (digest_of(before) == digest_of(after)) == (not paths)


def test_references_go_both_ways() -> None:
    """Keys for ids and ids for keys; what merely looks like a reference is none."""
    body = {"a": ["id1", "x"], "b": {"c": "id2"}, "d": {"$ref": ["k"]}, "e": {"$ref": "k", "f": 1}}
    referred = referring(body, {"id1": "k1", "id2": "k2"})
    assert list(references(referred)) == ["k1", "k2"]
    assert resolved(referred, {"k1": "id1", "k2": "id2"}) == body
    with pytest.raises(KeyError):
        resolved({"$ref": "nowhere"}, {})


def test_marks_in_descriptions() -> None:
    """A mark is found, taken out, and put in the place of another."""
    mark = Mark("com.acme/a/b", "0123456789abcdef")
    text = marked("by policy", mark)
    assert text == "by policy aipol:com.acme/a/b sha256:0123456789abcdef"
    assert mark_in(text) == mark
    assert without_mark(text) == "by policy"
    assert marked(text, None) == "by policy"
    assert marked(text, Mark("k")) == "by policy aipol:k"
    assert mark_in("by policy") is None
    assert mark_in("aipol:com.acme/a sha256:XYZ") == Mark("com.acme/a")


# --- order ----------------------------------------------------------------------------------------


def _change(key: str, action: Action, *refs: str) -> Change:
    body = {"uses": [{"$ref": each} for each in refs]}
    removal = action is Action.DELETE
    sides = (body, None) if removal else (None, body)
    return Change(action, Cause.NEW, SCRIPT, key, key, f"id {key}" if removal else "", *sides)


def test_objects_that_need_one_another_are_ordered_all_the_same() -> None:
    """Somebody's edit makes a circle: no error, every object once, the same on every run."""
    for action in (Action.CREATE, Action.DELETE):
        circle = [_change("a", action, "b"), _change("b", action, "c"), _change("c", action, "a")]
        alone = _change("d", action, "d")
        made = ordered([*circle, alone])
        assert sorted(each.key for each in made) == ["a", "b", "c", "d"]
        assert made == ordered([alone, *reversed(circle)])


def test_a_reference_that_is_no_text_is_none() -> None:
    """A body that an administrator made odd stops no plan."""
    odd = replace(_change("a", Action.DELETE), before={"$ref": {"x": []}})
    assert ordered([odd, _change("b", Action.DELETE, "a")])[0].key == "b"


def test_a_thousand_objects_are_planned_in_three_seconds() -> None:
    """With bodies of twenty thousand characters, half of them changed."""
    vendor = Vendor()
    big = {f"setting{number}": "x" * 190 for number in range(100)}
    ids = dict[str, str]()
    for number in range(500):
        for each in (script(f"s{number}", **big), policy(f"p{number}", f"s{number}", **big)):
            ids[each.key] = seeded(vendor, each, ids, Mark(each.key, digest_for(each)))
    wanted = [
        each
        for number in range(500)
        for each in (
            script(f"s{number}", "new" if number % 2 else "echo", **big),
            policy(f"p{number}", f"s{number}", **big),
        )
    ]
    remote = FakeRemote(vendor)
    observed = remote.observe()
    start = time.process_time()
    made = compare(remote, Asked(ORGANIZATION, tuple(wanted)), observed)
    assert time.process_time() - start < 3.0
    assert len(made.writes) == 250
    assert len(list(bearing(vendor, key_of("s1")))) == 1
