"""What is pushed to Jamf Pro is there afterwards, and then nothing is left to do."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.ir import Ir
from aipol.plan.model import Action, Cause
from aipol.remote import Mark, Refused, Write
from aipol.vocabulary import Effect
from aipol_targets.standins.jamf import resources

GENERATED = Path(__file__).parents[5] / "generated" / "jamf"
EXAMPLES_GROUPS = (
    "Finance Macs",
    "Engineering Macs",
    "People Macs",
    "Sales Macs",
    "Leadership Macs",
    "AI Pilot Macs",
    "Contractor Macs",
    "Finance Staff Macs",
    "Finance AI Pilot Macs",
)
SiteOf = Callable[..., Any]
PolicyOf = Callable[..., Ir]
Rule = Callable[..., Any]
FilesOf = Callable[..., dict[str, bytes]]

PROFILE = "aipol com.acme browsers-everyone"
RECORD = "aipol com.acme Chat.app (rest)"


@pytest.fixture
def plainly(policy: PolicyOf, files: FilesOf) -> dict[str, bytes]:
    """Files of a policy that blocks everything for everybody."""
    return files(policy([]))


def test_everything_of_the_example_is_made_and_nothing_is_left_to_do(site: SiteOf) -> None:
    """Each object takes one write; reading all of ours again finds what was asked for."""
    example = {
        path.relative_to(GENERATED).as_posix(): path.read_bytes()
        for path in GENERATED.rglob("*")
        if path.is_file()
    }
    jamf = site(organization="example.acme", groups=EXAMPLES_GROUPS)
    plan = jamf.plan(example, organization="example.acme")
    topics = {change.concerned.topic for change in plan.changes}
    assert {"profiles/browsers", "restricted-software/tools/aider"} < topics
    assert not any("contractors" in each for each in topics)
    assert {change.action for change in plan.changes} == {Action.CREATE}
    for change in plan.writes:
        mark = Mark(change.key, change.after_digest)
        jamf.remote.create(Write(change.kind, change.after, mark))
    assert len(jamf.written()) == len(plan.writes) == sum(path.endswith(".xml") for path in example)
    before = len(jamf.asked())
    again = jamf.plan(example, organization="example.acme")
    assert again.writes == ()
    assert len(again.changes) == len(plan.writes)
    lists, tokens = 3, 10
    assert len(jamf.asked()) - before <= len(plan.writes) + lists + tokens
    assert jamf.standin.conduct.faults == []


def test_a_new_policy_updates_in_place_and_reaches_every_mac(
    site: SiteOf, policy: PolicyOf, rule: Rule, files: FilesOf, plainly: dict[str, bytes]
) -> None:
    """No Mac keeps an old profile beside the new one, and none is left without the new one."""
    jamf = site()
    assert jamf.settle(plainly).writes == ()
    everywhere = rule("r", ("chat",), ("everyone",), Effect.ALLOW)
    changed = files(policy([everywhere]))
    plan = jamf.plan(changed)
    assert Action.UPDATE in {change.action for change in plan.writes}
    assert {change.cause for change in plan.of(Action.UPDATE)} == {Cause.MOVED}
    assert jamf.settle(changed).writes == ()
    assert jamf.standin.ghosts == ()
    assert jamf.standin.deliveries
    assert [each for each in jamf.standin.deliveries if each.missed] == []


def test_a_smart_group_comes_before_and_goes_after_what_is_scoped_to_it(
    site: SiteOf, policy: PolicyOf, rule: Rule, files: FilesOf, plainly: dict[str, bytes]
) -> None:
    """Scopes name our own groups by what Jamf Pro numbered them."""
    jamf = site()
    both = files(policy([rule("r", ("lab",), ("both",), Effect.ALLOW)], both=True))
    plan = jamf.plan(both)
    assert plan.writes[0].kind == "computer-group"
    assert any(change.needs == (plan.writes[0].key,) for change in plan.writes)
    assert jamf.settle(both).writes == ()
    kinds = [change.kind for change in jamf.plan(plainly).of(Action.DELETE)]
    assert kinds[-1] == "computer-group"
    assert jamf.settle(plainly).writes == ()


HAND_EDITS = {
    "a name": ("profile", "<general><name>Ours now</name></general>", "general.name"),
    "a description": (
        "profile",
        (
            "<general><description>Mine aipol:com.acme/profile/browsers-everyone "
            "sha256:0000000000000000</description></general>"
        ),
        "general.description",
    ),
    "who installs it": (
        "profile",
        (
            "<general><distribution_method>Make Available in Self Service</distribution_method>"
            "</general>"
        ),
        "general.distribution_method",
    ),
    "whether it can be removed": (
        "profile",
        "<general><user_removable>true</user_removable></general>",
        "general.user_removable",
    ),
    "the level": ("profile", "<general><level>User</level></general>", "general.level"),
    "a site": (
        "profile",
        "<general><site><name>Berlin</name></site></general>",
        "general.site",
    ),
    "a category": (
        "profile",
        "<general><category><name>Other</name></category></general>",
        "general.category",
    ),
    "an exclusion": (
        "profile",
        (
            "<scope><all_computers>true</all_computers><exclusions><computer_groups><computer_group>"
            "<name>Finance Macs</name></computer_group></computer_groups></exclusions></scope>"
        ),
        "scope.exclusions",
    ),
    "a limitation": (
        "profile",
        (
            "<scope><all_computers>true</all_computers><limitations><users><user><name>ada</name>"
            "</user></users></limitations></scope>"
        ),
        "scope.limitations",
    ),
    "one computer": (
        "profile",
        "<scope><computers><computer><name>Ada’s Mac</name></computer></computers></scope>",
        "scope.computers",
    ),
    "nobody": ("profile", "<scope></scope>", "scope.all_computers"),
    "a record's site": (
        "record",
        "<general><site><name>Berlin</name></site></general>",
        "general.site",
    ),
    "another process": (
        "record",
        "<general><process_name>Chatter.app</process_name></general>",
        "general.process_name",
    ),
    "no stopping": (
        "record",
        "<general><kill_process>false</kill_process></general>",
        "general.kill_process",
    ),
    "deleting": (
        "record",
        "<general><delete_executable>true</delete_executable></general>",
        "general.delete_executable",
    ),
    "a message": (
        "record",
        "<general><display_message>Ask me</display_message></general>",
        "general.display_message",
    ),
    "a record's exclusion": (
        "record",
        (
            "<scope><all_computers>true</all_computers><exclusions><users><user><name>ada</name>"
            "</user></users></exclusions></scope>"
        ),
        "scope.exclusions",
    ),
}


@pytest.mark.parametrize(("of", "body", "place"), HAND_EDITS.values(), ids=HAND_EDITS)
def test_what_somebody_changed_is_seen_and_put_back(
    site: SiteOf, plainly: dict[str, bytes], of: str, body: str, place: str
) -> None:
    """The plan names the one place, and afterwards there is nothing to do."""
    jamf = site(others={"computer": ("Ada’s Mac",)})
    jamf.standin.seed(resources.SITES, b"<site><name>Berlin</name></site>")
    jamf.standin.seed(resources.CATEGORIES, b"<category><name>Other</name></category>")
    jamf.settle(plainly)
    if of == "profile":
        jamf.by_hand(resources.PROFILES, PROFILE, body)
    else:
        jamf.by_hand(resources.RESTRICTIONS, RECORD, body)
    (change,) = jamf.plan(plainly).writes
    assert change.action is Action.UPDATE
    assert change.cause is (Cause.EDITED if of == "profile" else Cause.UNKNOWN)
    assert place in [each.path for each in change.differences]
    assert jamf.settle(plainly).writes == ()
    assert jamf.standin.ghosts == ()


def _without_a_host(payload: dict[str, Any]) -> None:
    payload["URLBlocklist"].pop()


def _true_for_one(payload: dict[str, Any]) -> None:
    payload["GeminiSettings"] = True


def _another_key(payload: dict[str, Any]) -> None:
    payload["HomepageLocation"] = "https://chat.example/"


def _no_key(payload: dict[str, Any]) -> None:
    del payload["ExtensionInstallBlocklist"]


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (_without_a_host, "URLBlocklist"),
        (_true_for_one, "GeminiSettings"),
        (_another_key, "HomepageLocation"),
        (_no_key, "ExtensionInstallBlocklist"),
    ],
)
def test_what_somebody_changed_in_a_browser_is_seen_and_put_back(
    site: SiteOf,
    plainly: dict[str, bytes],
    edit: Callable[[dict[str, Any]], None],
    place: str,
) -> None:
    """Keys of a browser are compared one by one, what was added as well as what was taken."""
    jamf = site()
    jamf.settle(plainly)
    profile = stored(jamf)
    edit(next(e for e in profile["PayloadContent"] if e["PayloadType"] == "com.google.Chrome"))
    text = plistlib.dumps(profile).decode().replace("&", "&amp;").replace("<", "&lt;")
    body = f"<general><payloads>{text}</payloads></general>"
    jamf.by_hand(resources.PROFILES, PROFILE, body)
    (change,) = jamf.plan(plainly).writes
    (difference,) = change.differences
    assert difference.path == f"general.payloads.PayloadContent.com.google.Chrome.{place}"
    assert jamf.settle(plainly).writes == ()
    assert jamf.standin.ghosts == ()


def stored(jamf: Any, name: str = PROFILE) -> dict[str, Any]:
    """The profile that the server has."""
    for record in jamf.standin.records(resources.PROFILES).values():
        if record["general"]["name"] == name:
            found: dict[str, Any] = plistlib.loads(record["general"]["payloads"].encode())
            return found
    raise AssertionError(name)


VALUES = [
    "R&D",
    "a < b > c",
    "&amp;",
    "]]>",
    "“quoted” 'and' \"so\"",
    "日本 🙂",
    "https://x/?a=1&b=2",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_as_it_is_meant(
    site: SiteOf, plainly: dict[str, bytes], value: str
) -> None:
    """What XML escapes is escaped once, at creation and at each update."""
    jamf = site()
    jamf.settle(plainly)
    for value_now in (value, f"{value}!"):
        wanted = with_home(jamf, plainly, value_now)
        if value_now == value:
            jamf.remote.delete(next(iter(jamf.remote.seek("profile", wanted.key))))
            jamf.remote.create(wanted.write)
        else:
            (live,) = jamf.remote.seek("profile", wanted.key)
            jamf.remote.update(live, wanted.write)
        payloads = stored(jamf)["PayloadContent"]
        assert next(e for e in payloads if "HomepageLocation" in e)["HomepageLocation"] == value_now
        (live,) = jamf.remote.seek("profile", wanted.key)
        canonical = jamf.remote.canonical
        assert canonical("profile", live.body) == canonical("profile", wanted.write.body)
    assert jamf.standin.ghosts == ()


class with_home:  # noqa: N801 - reads as what it gives
    """The wanted profile with a value in it."""

    def __init__(self, jamf: Any, files: dict[str, bytes], value: str) -> None:
        (wanted,) = (each for each in jamf.remote.wanted(files) if each.name == PROFILE)
        profile = plistlib.loads(wanted.body["general"]["payloads"].encode())
        profile["PayloadContent"][0]["HomepageLocation"] = value
        general = {**wanted.body["general"], "payloads": plistlib.dumps(profile).decode()}
        body = {**wanted.body, "general": general}
        self.key = wanted.key
        self.write = Write("profile", body, Mark(wanted.key, "0" * 16))


def test_white_space_that_jamf_may_not_keep_is_no_difference(
    site: SiteOf, plainly: dict[str, bytes]
) -> None:
    """Tabs, line ends and ends of values are as Jamf Pro likes them."""
    jamf = site()
    jamf.settle(plainly)
    wanted = with_home(jamf, plainly, "  one\ttwo\n\n three ")
    (live,) = jamf.remote.seek("profile", wanted.key)
    jamf.remote.update(live, wanted.write)
    (live,) = jamf.remote.seek("profile", wanted.key)
    canonical = jamf.remote.canonical
    assert canonical("profile", live.body) == canonical("profile", wanted.write.body)


@pytest.mark.parametrize(("setting", "missing"), [("category", "category"), ("", "computer group")])
def test_a_name_that_the_server_does_not_know_is_told_before_anything_is_written(
    site: SiteOf,
    policy: PolicyOf,
    rule: Rule,
    files: FilesOf,
    setting: str,
    missing: str,
) -> None:
    """Where to make or correct it is in the message."""
    jamf = site(groups=())
    settings = {"category": "AI governance"} if setting else {}
    made = files(policy([rule("r", ("lab",), ("finance",), Effect.ALLOW)]), **settings)
    profile = next(
        change
        for change in jamf.plan(made).writes
        if change.kind == "profile" and (setting or change.after["scope"]["computer_groups"])
    )
    with pytest.raises(Refused, match=f"has no {missing} `.*`: make it there, or correct") as why:
        jamf.remote.create(Write("profile", profile.after, None))
    assert "secret" not in str(why.value)
    assert jamf.written() == []


def test_a_plan_tells_every_name_that_the_server_does_not_know(
    site: SiteOf, policy: PolicyOf, rule: Rule, files: FilesOf
) -> None:
    """Once each, however many objects need it; our own groups are not there yet, and no matter."""
    allowed = rule("r", ("lab",), ("both",), Effect.ALLOW)
    made = files(policy([allowed], both=True), category="AI governance")
    jamf = site(groups=("Finance Macs",))
    found = jamf.plan(made).absent
    assert ("category", "AI governance") in {(each.what, each.name) for each in found}
    groups = [each for each in found if each.what == "computer group"]
    assert len({each.name for each in groups}) == len(groups) > 0
    assert all(each.objects and "`jamf` identity" in each.hint for each in groups)
    assert not any(each.name == "Finance Macs" or each.name.startswith("aipol ") for each in found)
    for each in groups:
        text = f"<name>{each.name}</name><is_smart>false</is_smart>"
        body = f"<computer_group>{text}</computer_group>".replace("&", "&amp;")
        jamf.standin.seed(resources.GROUPS, body.encode())
    assert [each.what for each in jamf.plan(made).absent] == ["category"]
    assert jamf.written() == []
