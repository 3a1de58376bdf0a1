"""Facts of the shipped data and of the rules that derive surfaces from it."""

from __future__ import annotations

import pytest

from aipol.catalogue import load_catalogue
from aipol.catalogue.model import Feature, IdentifierKind, Match, Role, Surface, Tier

CATALOGUE = load_catalogue()

SURFACES: dict[str, set[Surface]] = {
    "chatgpt": {Surface.WEB, Surface.DESKTOP, Surface.EXTENSION, Surface.CONNECTOR},
    "openai-api": {Surface.WEB, Surface.API},
    "claude-code": {Surface.IDE, Surface.CLI},
    "github-copilot-cli": {Surface.CLI},
    "ollama": {Surface.WEB, Surface.DESKTOP, Surface.CLI},
    "siri": {Surface.BUILTIN},
    "grammarly": {Surface.WEB, Surface.DESKTOP, Surface.EXTENSION},
    "chatgpt-enterprise": set(),
}


@pytest.mark.parametrize(("app_id", "surfaces"), SURFACES.items(), ids=SURFACES.keys())
def test_surfaces_follow_from_identifiers(app_id: str, surfaces: set[Surface]) -> None:
    """An app has a surface exactly where something identifies it there."""
    assert set(CATALOGUE.app(app_id).surfaces) == surfaces


def test_only_editions_have_no_surface() -> None:
    """An app nobody could recognise is not shipped."""
    without = [app for app in CATALOGUE.apps() if not app.surfaces]
    assert all(app.edition_of for app in without)
    assert {app.id for app in without} >= {
        "chatgpt-enterprise",
        "claude-enterprise",
        "gemini-workspace",
    }


def test_an_edition_restricts_through_its_parent() -> None:
    """The header that tells the corporate account is on the app whose hosts it goes to."""
    header = CATALOGUE.app("chatgpt").tenant_restriction
    assert header is not None
    assert header.header == "ChatGPT-Allowed-Workspace-Id"
    assert [(row.host, row.match) for row in header.hosts] == [("chatgpt.com", Match.EXACT)]
    assert CATALOGUE.app("chatgpt-enterprise").tenant_restriction is None


def test_every_feature_is_on_exactly_one_app() -> None:
    """The closed set of built-in features is complete, and no switch has two owners."""
    owners = [feature for app in CATALOGUE.apps() for feature in app.features]
    assert sorted(owners) == sorted(Feature)


def test_vendor_pages_are_marketing() -> None:
    """`openai.com` and `anthropic.com` are not part of the products below them."""
    for app_id, host in (("chatgpt", "openai.com"), ("claude", "anthropic.com")):
        roles = {row.domain: row.role for row in CATALOGUE.app(app_id).domains}
        assert roles[host] is Role.MARKETING


def test_generic_names_do_not_match_alone() -> None:
    """A name that other programs have too is only a second feature."""
    generic = {"agent", "q", "amp", "cn", "warp", "goose", "llama", "muse", "vibe"}
    binaries = [
        row for app in CATALOGUE.apps() for row in app.cli if row.kind is IdentifierKind.BINARY
    ]
    assert {row.value for row in binaries if not row.match_alone} >= generic
    assert not any(row.match_alone for row in binaries if row.value in generic)


def test_an_identifier_of_two_apps_says_so() -> None:
    """The current ChatGPT desktop app has the bundle id of Codex."""
    row = next(row for row in CATALOGUE.app("chatgpt").macos if row.value == "com.openai.codex")
    assert row.shared_with == ("openai-codex",)


def test_the_hub_package_is_shared() -> None:
    """Blocking the package family of Microsoft 365 Copilot would remove the Microsoft 365 hub."""
    rows = [row for row in CATALOGUE.app("m365-copilot").windows if row.kind is IdentifierKind.PFN]
    assert [row.shared for row in rows] == [True]


def test_community_rows_have_a_second_source() -> None:
    """Nothing of tier C ships on one source."""
    for app in CATALOGUE.apps():
        assert all(row.also or row.sources > 1 for row in app.domains if row.tier is Tier.C)
        identifiers = (*app.macos, *app.windows, *app.cli)
        assert all(row.also for row in identifiers if row.tier is Tier.C)
        assert all(row.also for row in app.extensions if row.tier is Tier.C)
        assert all(row.also for row in app.facts if row.tier is Tier.C)


def test_embedded_apps_have_no_host_of_their_own_to_block() -> None:
    """Nearly every host of an app inside another product is shared."""
    hosts = [row for app in CATALOGUE.apps() if app.category == "embedded" for row in app.domains]
    own = {row.domain for row in hosts if not row.shared}
    assert own == {"copilot.cloud.microsoft", "copilot.office.com", "rovo.atlassian.com"}


@pytest.mark.parametrize(
    ("match", "host", "covered"),
    [
        (Match.EXACT, "a.example", True),
        (Match.EXACT, "b.a.example", False),
        (Match.SUBTREE, "a.example", True),
        (Match.SUBTREE, "c.b.a.example", True),
        (Match.SUBTREE, "nota.example", False),
        (Match.SUBTREE, "a.example.evil.test", False),
        (Match.CHILDREN, "a.example", False),
        (Match.CHILDREN, "b.a.example", True),
        (Match.CHILDREN, "nota.example", False),
    ],
)
def test_match_counts_labels(match: Match, host: str, covered: bool) -> None:
    """What a name stands for ends at a dot, never inside a label."""
    assert match.covers("a.example", host) is covered


def test_protected_hosts_cover_every_owner() -> None:
    """Management, identity and update hosts of all four platforms are there."""
    assert {row.owner for row in CATALOGUE.protected} >= {"apple", "google", "jamf", "microsoft"}
    found = {row.host: row.match for row in CATALOGUE.protected}
    assert found["manage.microsoft.com"] is Match.SUBTREE
    assert found["jamfcloud.com"] is Match.CHILDREN
    assert {
        "mdmenrollment.apple.com",
        "login.microsoftonline.com",
        "accounts.google.com",
    } <= found.keys()


def test_vendors_and_categories_are_complete() -> None:
    """Every app has a category and a vendor of the catalogue, and none of these is without one."""
    assert {app.category for app in CATALOGUE.apps()} == {*CATALOGUE.categories}
    makers = {app.vendor for app in CATALOGUE.apps()}
    assert makers | {team.owner for team in CATALOGUE.teams.values()} == {*CATALOGUE.vendors}
    assert CATALOGUE.vendor_name("openai") == "OpenAI"
    assert len(CATALOGUE.categories) <= 18
