"""What the shipped catalogue says of products that do more than AI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.catalogue.model import DECIDING_KINDS
from aipol.vocabulary import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import App, Identifier

# Kinds of product that people use for more than their AI.
WHOLE = {"ai-browser", "coding-ide", "email", "embedded"}
# Programs of such a product, or of an app that has others, that are its AI and nothing else.
AI_ALONE = {
    "antigravity": {
        "Antigravity.app",
        "Antigravity.exe",
        "com.google.antigravity",
        "Google.Antigravity",
    },
    "atlassian-rovo": {
        "Atlassian.Rovo",
        "{C3F35665-7010-4ED1-B80A-FFBC61E7E31B}",
        "{CA7B39F3-0E70-4BB5-8B20-1067C38414B8}",
    },
    "kiro": {"Kiro CLI.app", "dev.kiro.cli"},
    "m365-copilot": {"com.microsoft.m365copilot"},
    "qoder": {"Alibaba.QoderWork", "com.qoder.app"},
    "trae": {"cn.trae.solo.app", "com.trae.solo.app"},
}
# A suffix is an app's own where it holds what is shown inside the app.
SHOWN_INSIDE = {
    "claude.app",
    "claudeusercontent.com",
    "frame.claudeusercontent.com",
    "oaiusercontent.com",
}


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    """The catalogue that ships."""
    return load_catalogue()


def desktop(app: App) -> Iterator[Identifier]:
    """The programs by which a desktop app is stopped."""
    for row in (*app.macos, *app.windows):
        if row.kind in DECIDING_KINDS and row.surface is Surface.DESKTOP:
            yield row


def test_a_product_that_does_more_than_ai_says_what_stops_with_it(shipped: Catalogue) -> None:
    """Every program of it does, and so does every program beside one that does."""
    silent = [
        (app.id, row.value)
        for app in shipped.apps()
        if app.kind in WHOLE or any(row.breaks for row in desktop(app))
        for row in desktop(app)
        if not row.breaks and row.value not in AI_ALONE.get(app.id, ())
    ]
    assert silent == []


def test_what_is_ai_alone_is_in_the_catalogue_and_breaks_nothing(shipped: Catalogue) -> None:
    """An excuse that no row needs is taken out."""
    for app_id, values in AI_ALONE.items():
        quiet = {row.value for row in desktop(shipped.app(app_id)) if not row.breaks}
        assert values <= quiet, app_id


def test_sites_that_anyone_publishes_are_no_app(shipped: Catalogue) -> None:
    """Below a suffix that is an app's own lies only what is shown inside the app."""
    own = {row.domain for app in shipped.apps() for row in app.domains if row.own_suffix}
    assert own == SHOWN_INSIDE
