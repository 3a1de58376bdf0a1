"""What the catalogue says that it does not know."""

from __future__ import annotations

from typing import Any

from aipol.catalogue.gaps import MEANING, Gap, Hole, gaps
from aipol.catalogue.load import Catalogue, load_catalogue

SOURCED = {"source": "page:a.example", "tier": "A"}
HOST = {"domain": "a.example", "role": "ui", "match": "subtree", **SOURCED}
BUNDLE = {"kind": "bundle_id", "value": "example.a", **SOURCED}


def holes(wanted: tuple[dict[str, str], ...] = (), **sections: Any) -> list[Gap]:
    """The gaps of a catalogue with one app."""
    entry = {"name": "A", "vendor": "a", "category": "chat", "kind": "chat", **SOURCED, **sections}
    raw = {
        "apps": {"a": entry},
        "index": {"categories": {"chat": ""}},
        "vendors": {"a": {"name": "A"}},
        "protected": {},
        "shared_platforms": [],
        "gaps": wanted,
    }
    return list(gaps(Catalogue(raw)))


def kinds(**sections: Any) -> set[Hole]:
    """Which holes there are."""
    return {gap.hole for gap in holes(**sections)}


def test_a_mac_app_lacks_what_would_identify_it() -> None:
    """Bundle id, Team id and requirement are each missed, and no more once they are there."""
    name = {"kind": "app_name", "value": "A.app", **SOURCED}
    team = {"kind": "team_id", "value": "AB12CD34EF", **SOURCED}
    requirement = {"kind": "requirement", "value": 'identifier "example.a"', **SOURCED}
    missing = {Hole.BUNDLE_ID, Hole.TEAM_ID, Hole.REQUIREMENT}
    assert kinds(domains=[HOST], macos=[name]) >= missing
    assert not kinds(domains=[HOST], macos=[name, BUNDLE, team, requirement]) & missing


def test_a_command_on_a_mac_is_no_app() -> None:
    """What has no window needs no bundle id."""
    tool = {"kind": "process", "value": "a", "surface": "cli", **SOURCED}
    assert not kinds(domains=[HOST], macos=[tool]) & {Hole.BUNDLE_ID, Hole.TEAM_ID}


def test_a_windows_app_needs_something_that_runs() -> None:
    """A winget id finds a package; a generic name decides nothing."""
    winget = {"kind": "winget_id", "value": "A.A", **SOURCED}
    generic = {"kind": "exe", "value": "agent.exe", "match_alone": False, **SOURCED}
    own = {"kind": "exe", "value": "acme-chat.exe", **SOURCED}
    assert Hole.WINDOWS_PROGRAM in kinds(windows=[winget, generic])
    assert Hole.WINDOWS_PROGRAM not in kinds(windows=[winget, own])
    assert Hole.WINDOWS_PUBLISHER in kinds(windows=[own])


def test_hosts_are_missed_by_what_is_known_of_them() -> None:
    """None at all, none from the vendor, a shared one of which nobody says what it serves."""
    assert Hole.HOST in kinds(cli=[{"kind": "binary", "value": "a", **SOURCED}])
    listed = {**HOST, "tier": "B"}
    assert Hole.VENDOR_HOSTS in kinds(domains=[listed])
    assert Hole.VENDOR_HOSTS not in kinds(domains=[listed, {**HOST, "domain": "b.example"}])
    shared = {**HOST, "shared": True}
    assert Gap("a", Hole.SERVES, "a.example") in holes(domains=[shared])
    assert Hole.SERVES not in kinds(domains=[{**shared, "serves": "mail"}])


def test_what_was_looked_for_in_vain_is_listed() -> None:
    """With the month and the reason."""
    row = {"app": "a", "what": "host", "sought": "its API", "looked": "2026-11", "why": "no page"}
    assert Gap("a", Hole.NOT_FOUND, "its API", "2026-11", "no page") in holes((row,))


def test_an_edition_has_no_holes_of_its_own() -> None:
    """The same hosts and programs under another contract are the parent's to know."""
    assert holes(edition_of="b") == []


def test_every_hole_has_words_and_the_shipped_catalogue_has_gaps() -> None:
    """Nothing ships as complete that is not."""
    assert set(MEANING) == set(Hole)
    assert gaps(load_catalogue())
