"""Whose an object at Jamf Pro is, and what becomes of other people's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aipol.ir import Ir
from aipol.plan.model import Action
from aipol.remote import Live, Mark, Write
from aipol_targets.jamf.remote_kinds import KINDS, key_of, name_of
from aipol_targets.standins.jamf import resources

SiteOf = Callable[..., Any]
PolicyOf = Callable[..., Ir]
FilesOf = Callable[..., dict[str, bytes]]

PROFILE = "aipol com.acme browsers-everyone"
KEY = "com.acme/profile/browsers-everyone"
PLIST = (
    '&lt;plist version="1.0"&gt;&lt;dict&gt;&lt;key&gt;PayloadContent&lt;/key&gt;&lt;array/&gt;'
    "&lt;/dict&gt;&lt;/plist&gt;"
)


def profile(name: str, description: str = "") -> bytes:
    """Somebody's profile."""
    return (
        f"<os_x_configuration_profile><general><name>{name}</name><description>{description}"
        f"</description><payloads>{PLIST}</payloads></general></os_x_configuration_profile>"
    ).encode()


def record(name: str) -> bytes:
    """Somebody's record."""
    return (
        f"<restricted_software><general><name>{name}</name><process_name>Game</process_name>"
        "</general></restricted_software>"
    ).encode()


@pytest.fixture
def plainly(policy: PolicyOf, files: FilesOf) -> dict[str, bytes]:
    """Files of a policy that blocks everything for everybody."""
    return files(policy([]))


def test_what_others_made_is_told_by_name_and_left_alone(
    site: SiteOf, plainly: dict[str, bytes]
) -> None:
    """Another organisation's marks and names are somebody else's, too."""
    jamf = site()
    others = [
        jamf.standin.seed(resources.PROFILES, profile("Wi-Fi")),
        jamf.standin.seed(resources.PROFILES, profile("aipol com.acmetoo browsers-everyone")),
        jamf.standin.seed(
            resources.PROFILES, profile("theirs", "aipol:net.other/profile/x sha256:" + "0" * 16)
        ),
    ]
    game = jamf.standin.seed(resources.RESTRICTIONS, record("no games"))
    plan = jamf.settle(plainly)
    names = {each.name for each in plan.foreign}
    assert {"Wi-Fi", "aipol com.acmetoo browsers-everyone", "theirs", "no games"} <= names
    foreign = [each for each in jamf.remote.observe().objects if each.name in names]
    assert all(each.body is None for each in foreign)
    assert jamf.settle({}).writes == ()
    assert sorted(jamf.standin.records(resources.PROFILES)) == sorted(others)
    assert sorted(jamf.standin.records(resources.RESTRICTIONS)) == [game]


def test_a_profile_that_somebody_renamed_is_found_by_its_mark(
    site: SiteOf, plainly: dict[str, bytes]
) -> None:
    """It gets its name back, and no double."""
    jamf = site()
    jamf.settle(plainly)
    number = jamf.by_hand(resources.PROFILES, PROFILE, "<general><name>Browsers</name></general>")
    (change,) = jamf.plan(plainly).writes
    assert (change.action, change.id) == (Action.UPDATE, f"profile/{number}")
    assert [each.id for each in jamf.remote.seek("profile", KEY)] == [change.id]
    assert jamf.settle(plainly).writes == ()


def test_what_was_installed_by_hand_under_our_name_is_ours(
    site: SiteOf, plainly: dict[str, bytes]
) -> None:
    """The name says so where a description bears no mark."""
    jamf = site()
    jamf.standin.seed(resources.PROFILES, profile(PROFILE))
    (change,) = (each for each in jamf.plan(plainly).writes if each.key == KEY)
    assert change.action is Action.UPDATE
    assert jamf.settle(plainly).writes == ()
    assert jamf.standin.ghosts == ()


@pytest.mark.parametrize(
    ("name", "goes"), [("aipol com.acme old", True), ("Exception of the lab's", False)]
)
def test_a_mark_without_a_digest_counts_under_our_name_only(
    site: SiteOf, name: str, goes: bool
) -> None:
    """A profile installed by hand from the files goes with the policy; a note on it stays."""
    jamf = site()
    number = jamf.standin.seed(resources.PROFILES, profile(name, "aipol:com.acme/profile/old"))
    jamf.settle({})
    assert (number not in jamf.standin.records(resources.PROFILES)) == goes


def test_a_profile_is_given_back_without_a_mark_and_as_the_same_profile(site: SiteOf) -> None:
    """As rolling back an adoption asks."""
    jamf = site()
    number = jamf.standin.seed(resources.PROFILES, profile("Wi-Fi", "theirs"))
    before = jamf.remote.look("profile", f"profile/{number}")
    ours = Write("profile", before.body, Mark("com.acme/profile/x", "0" * 16))
    jamf.remote.update(before, ours)
    during = jamf.remote.look("profile", f"profile/{number}")
    assert during.mark == ours.mark
    jamf.remote.update(during, Write("profile", before.body, None))
    after = jamf.remote.look("profile", f"profile/{number}")
    assert after.mark is None
    assert jamf.remote.canonical("profile", after.body) == jamf.remote.canonical(
        "profile", before.body
    )
    assert jamf.standin.ghosts == ()


def test_a_scope_that_others_made_comes_back_as_it_was(site: SiteOf) -> None:
    """Computers, users, buildings and what narrows a scope are written again in the right order."""
    known = {
        "computer": ("Ada’s Mac", "Bo’s Mac"),
        "building": ("HQ",),
        "department": ("R&D",),
        "user": ("ada",),
        "user_group": ("staff",),
        "network_segment": ("Berlin",),
        "ibeacon": ("Lobby",),
    }
    jamf = site(others=known)
    lists = {
        "computers": ("computer", "Ada’s Mac"),
        "computer_groups": ("computer_group", "Finance Macs"),
        "buildings": ("building", "HQ"),
        "departments": ("department", "R&amp;D"),
        "jss_users": ("user", "ada"),
        "jss_user_groups": ("user_group", "staff"),
    }
    narrowing = {
        "users": ("user", "bo"),
        "user_groups": ("user_group", "guests"),
        "network_segments": ("network_segment", "Berlin"),
        "ibeacons": ("ibeacon", "Lobby"),
    }
    devices = {name: lists[name] for name in tuple(lists)[:4]}
    users = {name: lists[name] for name in tuple(lists)[4:]}
    scope = (
        f"<scope>{_lists(lists)}<limitations>{_lists(narrowing)}</limitations>"
        f"<exclusions>{_lists({**devices, **narrowing, **users})}</exclusions></scope>"
    )
    body = profile("Wi-Fi").decode().replace("</general>", f"</general>{scope}").encode()
    number = jamf.standin.seed(resources.PROFILES, body)
    before = jamf.standin.records(resources.PROFILES)[number]["scope"]
    live: Live = jamf.remote.look("profile", f"profile/{number}")
    jamf.remote.update(live, Write("profile", {**live.body, "scope": {}}, None))
    assert jamf.standin.records(resources.PROFILES)[number]["scope"] != before
    jamf.remote.update(live, Write("profile", live.body, None))
    assert jamf.standin.records(resources.PROFILES)[number]["scope"] == before


def _lists(lists: dict[str, tuple[str, str]]) -> str:
    return "".join(
        f"<{name}><{child}><name>{member}</name></{child}></{name}>"
        for name, (child, member) in lists.items()
    )


def test_an_object_that_is_gone_is_no_object_and_deleting_it_no_error(
    site: SiteOf, plainly: dict[str, bytes]
) -> None:
    """Somebody was quicker."""
    jamf = site()
    jamf.settle(plainly)
    (live,) = jamf.remote.seek("profile", KEY)
    jamf.remote.delete(live)
    assert jamf.remote.look("profile", live.id) is None
    jamf.remote.delete(live)
    assert jamf.remote.seek("profile", KEY) == ()


NAMES = [
    "Chat.app (rest)",
    "a:b",
    "50% + x",
    "智谱清言.app (rest)",
    "tab\there",
    "wide\u3000space",
    "R&D",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_name_makes_a_key_that_a_mark_can_hold_and_back(kind: Any, name: str) -> None:
    """Whatever rules and programs are called."""
    from aipol.remote import mark_in

    key = key_of("com.acme", kind, f"aipol com.acme {name}")
    assert mark_in(f"words {Mark(key)} words") == Mark(key)
    assert name_of("com.acme", kind, key) == f"aipol com.acme {name}"
    assert key_of("com.acme", kind, "aipol com.acme ") == ""
    assert name_of("com.acme", kind, "com.acme/other/x") == ""
