"""Profiles are the same bytes every time, and are read back strictly."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aipol.target import Kind, Question, UnreadableArtifact
from aipol.vocabulary import MACOS, Effect
from aipol_targets.common.apple.model import Payload, Profile, Table, identity, plain
from aipol_targets.common.apple.read_profile import Device, mentions, read_profile
from aipol_targets.common.apple.render_profile import render_profile
from aipol_targets.common.apple.switches import CHROME, EDGE, FIREFOX, OFF

HOSTILE = "A&B <c> \"d\" 'e' $(id) \u2019 \u202e ]]>\n\x00\r\n"
PROFILE = Profile(
    "com.acme",
    plain(HOSTILE),
    "browsers-everyone",
    "Browsers",
    "For everyone",
    (
        Payload(
            CHROME,
            Table(
                (
                    ("URLBlocklist", ("chat.example",)),
                    ("ExtensionInstallBlocklist", ("c" * 32, "d" * 32)),
                )
            ),
        ),
        Payload(EDGE, Table((("ExtensionInstallBlocklist", ("c" * 32, "e" * 32)),))),
    ),
)


def _ask(device: Device, kind: Kind, value: str, client: str = "") -> Effect | None:
    return device.answer(Question(kind, value, frozenset(), client, MACOS[0])).effect


def _edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    document = plistlib.loads(render_profile(PROFILE))
    edit(document)
    return plistlib.dumps(document)


def test_bytes_depend_on_nothing_but_the_profile() -> None:
    """Equal profiles give equal bytes; identities follow the name, not the content."""
    again = replace(PROFILE, payloads=PROFILE.payloads[:1])
    assert render_profile(PROFILE) == render_profile(replace(PROFILE))
    assert render_profile(PROFILE) != render_profile(again)
    assert PROFILE.uuid == again.uuid == identity("com.acme", "profile", "browsers-everyone")
    assert PROFILE.uuid != replace(PROFILE, organization="com.other").uuid


def test_a_profile_is_shaped_as_macos_wants_it() -> None:
    """Identifiers equal UUIDs, the scope is said, and texts survive as XML can carry them."""
    document = plistlib.loads(render_profile(PROFILE))
    assert document["PayloadScope"] == "System"
    assert document["PayloadIdentifier"] == document["PayloadUUID"] == PROFILE.uuid
    assert document["PayloadOrganization"] == plain(HOSTILE)
    assert all(p["PayloadUUID"] == p["PayloadIdentifier"] for p in document["PayloadContent"])
    assert "\x00" not in plain(HOSTILE)
    assert "\r" not in plain(HOSTILE)


def test_chromes_extensions_must_be_blocked_in_edge_too() -> None:
    """Edge installs from the Chrome Web Store, so the laxer of the two browsers answers."""
    device = Device([read_profile("p", render_profile(PROFILE))])
    assert _ask(device, Kind.EXTENSION, f"chrome:{'c' * 32}") is Effect.BLOCK
    assert _ask(device, Kind.EXTENSION, f"chrome:{'d' * 32}") is None
    assert _ask(device, Kind.EXTENSION, f"edge:{'e' * 32}") is Effect.BLOCK
    assert _ask(device, Kind.EXTENSION, "firefox:x@example") is None


@pytest.mark.parametrize("feature", sorted(OFF))
def test_a_feature_is_off_only_when_every_switch_is(feature: str) -> None:
    """One switch left out, or of another type, leaves the feature on."""
    domain, settings = OFF[feature]
    needed = (("EnterprisePoliciesEnabled", True),) if domain == FIREFOX else ()

    def effect(table: tuple[tuple[str, Any], ...]) -> Effect | None:
        payloads = (Payload(domain, Table(table)),)
        content = render_profile(replace(PROFILE, payloads=payloads))
        return _ask(Device([read_profile("p", content)]), Kind.FEATURE, feature)

    assert effect((*needed, *settings)) is Effect.BLOCK
    for position, (key, value) in enumerate(settings):
        others = (*settings[:position], *settings[position + 1 :])
        if others:
            assert effect((*needed, *others)) is not Effect.BLOCK
        other_type = 1 if isinstance(value, bool) else True
        assert effect((*needed, *others, (key, other_type))) is not Effect.BLOCK
    if needed:
        assert effect(settings) is None


def test_firefox_without_its_master_switch_ignores_everything() -> None:
    """EnterprisePoliciesEnabled must stand in the profile."""
    filters = Table((("Block", ("*://*.chat.example/*",)),))
    for enabled, expected in ((True, Effect.BLOCK), (False, None)):
        table = Table((("EnterprisePoliciesEnabled", enabled), ("WebsiteFilter", filters)))
        content = render_profile(replace(PROFILE, payloads=(Payload(FIREFOX, table),)))
        device = Device([read_profile("p", content)])
        assert _ask(device, Kind.HOST, "chat.example", "firefox") is expected


def test_two_profiles_must_not_set_one_key() -> None:
    """What macOS leaves undefined is refused, whichever value either has."""
    profile = read_profile("p", render_profile(PROFILE))
    with pytest.raises(UnreadableArtifact, match="on the same Mac"):
        Device([profile, profile])


def test_everything_in_a_profile_is_mentioned() -> None:
    """Hosts, extensions with the store they come from, and features are all named."""
    table = Table(OFF["chrome-genai"][1])
    switched = replace(PROFILE, name="other", payloads=(Payload(CHROME, table),))
    profiles = [read_profile("p", render_profile(each)) for each in (PROFILE, switched)]
    assert set(mentions(profiles)) == {
        (Kind.HOST, "chat.example"),
        (Kind.EXTENSION, f"chrome:{'c' * 32}"),
        (Kind.EXTENSION, f"chrome:{'d' * 32}"),
        (Kind.EXTENSION, f"edge:{'e' * 32}"),
        (Kind.FEATURE, "chrome-genai"),
    }


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.pop("PayloadScope"),
        lambda d: d.update(PayloadScope="User"),
        lambda d: d.update(PayloadEnabled=True),
        lambda d: d.update(PayloadIdentifier="com.acme.profile"),
        lambda d: d.update(PayloadContent=[]),
        lambda d: d["PayloadContent"].append(d["PayloadContent"][0]),
        lambda d: d["PayloadContent"][0].update(Unheard=True),
        lambda d: d["PayloadContent"][0].update(URLBlocklist=["https://chat.example/x"]),
        lambda d: d["PayloadContent"][0].update(URLBlocklist=[7]),
        lambda d: d["PayloadContent"][0].update(PayloadType="com.apple.wifi.managed"),
        lambda d: d["PayloadContent"][0].update(PayloadVersion=2),
        lambda d: d["PayloadContent"].append(
            {
                **d["PayloadContent"][0],
                **dict.fromkeys(
                    ("PayloadUUID", "PayloadIdentifier"), "A" * 8 + "-AAAA" * 3 + "-" + "A" * 12
                ),
            }
        ),
    ],
)
def test_what_is_not_accounted_for_is_refused(edit: Callable[[dict[str, Any]], object]) -> None:
    """A profile with a key, type, value or shape that no reader knows is not read half."""
    with pytest.raises(UnreadableArtifact):
        read_profile("p", _edited(edit))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>",
        b"<plist><dict><key>a</key></dict></plist>",
        b"<plist><dict><true/><key>a</key></dict></plist>",
        b"<plist><real>1</real></plist>",
        b"<plist><integer>one</integer></plist>",
        b"<!DOCTYPE p [<!ENTITY e 'x'>]><plist><string>&e;</string></plist>",
        b"<list/>",
    ],
)
def test_a_plist_that_says_two_things_is_refused(content: bytes) -> None:
    """Equal keys, lone keys, entities and unknown elements are no profile."""
    with pytest.raises(UnreadableArtifact):
        read_profile("p", content)
