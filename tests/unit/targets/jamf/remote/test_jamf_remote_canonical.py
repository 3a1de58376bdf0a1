"""What Jamf Pro merely writes otherwise is no difference; whatever means something is one."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aipol.plan.comparing import differences
from aipol.remote import Json
from aipol_targets.jamf.remote_canonical import canonical
from aipol_targets.jamf.remote_plist import Identity, compact, identity_in, read_plist
from aipol_targets.jamf.remote_xml import UnreadableXml

Edit = Callable[[dict[str, Any]], None]


def profile() -> dict[str, Any]:
    """A profile as it is emitted."""
    return {
        "PayloadContent": [
            {
                "PayloadType": "com.google.Chrome",
                "PayloadUUID": "C",
                "PayloadIdentifier": "C",
                "PayloadDisplayName": "com.google.Chrome",
                "PayloadVersion": 1,
                "GeminiSettings": 1,
                "URLBlocklist": ["a.example", "b.example"],
            },
            {
                "PayloadType": "com.apple.applicationaccess",
                "PayloadUUID": "R",
                "PayloadIdentifier": "R",
                "PayloadVersion": 1,
                "allowAssistant": False,
            },
        ],
        "PayloadDisplayName": "Browsers",
        "PayloadIdentifier": "T",
        "PayloadScope": "System",
        "PayloadType": "Configuration",
        "PayloadUUID": "T",
        "PayloadVersion": 1,
    }


def body(payloads: str) -> Json:
    """A profile's body."""
    return {
        "general": {"name": "n", "description": "", "level": "computer", "payloads": payloads},
        "scope": {"all_computers": False, "computer_groups": ["A", "B"], "exclusions": {}},
    }


def text(edit: Edit = lambda _: None) -> str:
    """The property list of an edited profile."""
    made = profile()
    edit(made)
    return plistlib.dumps(made, sort_keys=False).decode()


WANTED = canonical(body(text()))


def found(edit: Edit) -> list[str]:
    """Where an edited profile differs."""
    return [each.path for each in differences(canonical(body(text(edit))), WANTED)]


def _identity(top: dict[str, Any]) -> None:
    top["PayloadUUID"] = top["PayloadIdentifier"] = "88F8C1DB-D92A-4D10-95FB-CE7EDE82B93E"
    for each in top["PayloadContent"]:
        each["PayloadUUID"] = each["PayloadIdentifier"] = "another"


def _names(top: dict[str, Any]) -> None:
    for each in (top, *top["PayloadContent"]):
        each |= {"PayloadDisplayName": "n", "PayloadDescription": "d", "PayloadOrganization": "o"}


def _added(top: dict[str, Any]) -> None:
    top |= {"PayloadEnabled": True, "PayloadRemovalDisallowed": True}
    for each in top["PayloadContent"]:
        each |= {"PayloadEnabled": True, "AllowUserOverrides": True, "Nothing": ""}


def _scope(top: dict[str, Any]) -> None:
    top["PayloadScope"] = "computer"


def _order(top: dict[str, Any]) -> None:
    top["PayloadContent"].reverse()


def _allowed(top: dict[str, Any]) -> None:
    top["PayloadContent"][1]["allowCamera"] = True


@pytest.mark.parametrize("edit", [_identity, _names, _added, _scope, _order, _allowed])
def test_what_the_server_rewrites_is_no_difference(edit: Edit) -> None:
    """One rewriting at a time."""
    assert found(edit) == []


def _chrome(**keys: Any) -> Edit:
    return lambda top: top["PayloadContent"][0].update(keys)


def _restrictions(**keys: Any) -> Edit:
    return lambda top: top["PayloadContent"][1].update(keys)


def _second(top: dict[str, Any]) -> None:
    top["PayloadContent"].append({"PayloadType": "com.google.Chrome", "IncognitoEnabled": 1})


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (_chrome(GeminiSettings=0), "com.google.Chrome.GeminiSettings"),
        (_chrome(GeminiSettings=True), "com.google.Chrome.GeminiSettings"),
        (_chrome(allowCamera=True), "com.google.Chrome.allowCamera"),
        (_chrome(URLBlocklist=["b.example", "a.example"]), "com.google.Chrome.URLBlocklist[0]"),
        (_chrome(URLBlocklist=["a.example"]), "com.google.Chrome.URLBlocklist"),
        (_chrome(URLBlocklist=[]), "com.google.Chrome.URLBlocklist"),
        (_chrome(Nested={"PayloadUUID": "x"}), "com.google.Chrome.Nested"),
        (_restrictions(allowAssistant=True), "com.apple.applicationaccess.allowAssistant"),
        (_restrictions(allowCamera=False), "com.apple.applicationaccess.allowCamera"),
        (_restrictions(AllowUserOverrides=False), "com.apple.applicationaccess.AllowUserOverrides"),
        (_second, "com.google.Chrome"),
    ],
)
def test_what_means_something_is_a_difference(edit: Edit, place: str) -> None:
    """And it is told where."""
    assert f"general.payloads.PayloadContent.{place}" in found(edit)


def test_the_managed_preferences_of_other_tools_are_compared_to_the_last_key() -> None:
    """Jamf Pro's own wrapper of a preference domain hides nothing."""

    def wrapped(**settings: Any) -> Json:
        forced = {"Forced": [{"mcx_preference_settings": settings}]}
        payload = {
            "PayloadType": "com.apple.ManagedClient.preferences",
            "PayloadContent": {"com.google.Chrome": forced},
        }
        return canonical(body(plistlib.dumps({"PayloadContent": [payload]}).decode()))

    assert wrapped(A=1) == wrapped(A=1)
    assert list(differences(wrapped(A=1, PayloadEnabled=True), wrapped(A=1)))


def test_levels_and_lists_of_members_have_one_form() -> None:
    """Each member counts once, in any order, by its name; nothing is the same as not there."""
    wanted = body("")
    other: Json = {
        "general": {"name": " n ", "description": None, "level": "System", "payloads": ""},
        "scope": {
            "all_computers": False,
            "all_jss_users": False,
            "computer_groups": ["B", "A", "A"],
            "computers": [],
            "limitations": {"users": []},
        },
    }
    assert canonical(other)["scope"] == canonical(wanted)["scope"]
    assert canonical(other)["general"]["level"] == "computer"
    assert canonical(other)["general"]["name"] == "n"
    mine = {"computers": [{"id": "4", "name": "Mac"}]}
    theirs = {"computers": [{"id": "5", "name": "Mac"}], "all_computers": False}
    assert canonical({"general": {}, "scope": mine}) == canonical({"general": {}, "scope": theirs})


def test_beside_all_computers_some_of_them_mean_nothing() -> None:
    """Jamf Pro drops them; what is excluded stays."""
    scope = {
        "all_computers": True,
        "computer_groups": ["A"],
        "exclusions": {"computer_groups": ["B"]},
    }
    means = canonical({"general": {}, "scope": scope})["scope"]
    assert means == {"all_computers": True, "exclusions": {"computer_groups": ["B"]}}


def test_a_space_more_makes_another_process_but_no_other_message() -> None:
    """What is matched is compared exactly, what is read as it is read."""

    def record(process: str, message: str) -> Json:
        return canonical({"general": {"process_name": process, "display_message": message}})

    assert record("Chat App", "Ask  us\n") == record(" Chat App ", "Ask us")
    assert record("Chat App", "") != record("Chat  App", "")


def test_a_payload_that_cannot_be_read_differs_from_any_that_can() -> None:
    """It is no reason to fail."""
    broken = canonical(body("<plist><dict>"))
    assert [each.path for each in differences(broken, WANTED)]
    assert canonical(None) is None


VALUES: dict[str, Any] = {
    "text": "R&D <b> ]]> “x”",
    "flag": True,
    "number": -7,
    "fraction": 0.5,
    "data": b"\x00\xff",
    "day": datetime(2026, 11, 29, tzinfo=UTC).replace(tzinfo=None),
    "list": ["", {"a": []}],
}


def test_a_compact_property_list_says_the_same() -> None:
    """Without white space between elements, with all there is inside them."""
    before = plistlib.dumps({**profile(), **VALUES}).decode()
    after = compact(before)
    assert plistlib.loads(after.encode()) == {**profile(), **VALUES}
    assert "\n" not in after
    assert read_plist(before) == read_plist(after)
    assert compact(after) == after


def test_an_update_takes_over_the_identity_that_is_there() -> None:
    """The whole profile's, and no payload's; also where the new one says none."""
    stored = Identity("U", "I")
    renamed = compact(text(), stored)
    assert identity_in(renamed) == stored
    assert [each["PayloadUUID"] for each in plistlib.loads(renamed.encode())["PayloadContent"]] == [
        "C",
        "R",
    ]
    bare = compact(plistlib.dumps({"PayloadContent": []}).decode(), stored)
    assert identity_in(bare) == stored
    assert identity_in(plistlib.dumps({}).decode()) is None


def test_a_key_without_a_name_says_nothing() -> None:
    """Jamf Pro exports such, which property lists cannot have."""
    odd = '<plist version="1.0"><dict><key/><string>x</string><key>a</key><true/></dict></plist>'
    assert read_plist(odd) == {"a": True}
    assert plistlib.loads(compact(odd).encode()) == {"a": True}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "text",
        "<plist/>",
        "<plist><array/></plist>",
        "<plist><dict><string>x</string></dict></plist>",
        "<plist><dict><key>a</key><key>b</key></dict></plist>x",
        "<plist><dict><key>a</key><true/><key>a</key><false/></dict></plist>",
        "<plist><dict><key>a</key><object/></dict></plist>",
        "<plist><dict><key>a</key><integer>1e3</integer></dict></plist>",
        '<!DOCTYPE plist [<!ENTITY x "y">]><plist><dict/></plist>',
        "<!DOCTYPE other><plist><dict/></plist>",
        f"<plist>{'<dict><key>a</key>' * 70}<true/>{'</dict>' * 70}</plist>",
    ],
)
def test_what_is_no_property_list_is_not_read(content: str) -> None:
    """With a reason, and never a crash."""
    with pytest.raises(UnreadableXml):
        read_plist(content)
