"""A catalogue of four apps, and policies that are opened with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue
from aipol.catalogue.lock import lock_bytes, lock_of
from aipol.pipeline import Opened, open_policy

Content = dict[str, Any]
Open = Callable[..., Opened]
SOURCED = {"source": "acme/facts:apps.yaml@0123abc", "tier": "A"}
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}}
rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]
"""


def _app(name: str, vendor: str, category: str, **sections: Any) -> Content:
    head = {"name": name, "vendor": vendor, "category": category, "kind": "chat"}
    rows = {key: [{**SOURCED, **row} for row in value] for key, value in sections.items()}
    return {**head, "source": SOURCED["source"], **rows}


def _domain(host: str, **more: Any) -> Content:
    return {"domain": host, "role": "ui", "match": "subtree", **more}


SMALL: Content = {
    "apps": {
        "answers": _app(
            "Answers",
            "answers-inc",
            "search",
            domains=[_domain("answers.test"), _domain("old.answers.example")],
            macos=[
                {"kind": "bundle_id", "value": "test.answers.mac"},
                {"kind": "team_id", "value": "ABCDE12345"},
            ],
            extensions=[{"store": "chrome", "id": "a" * 32, "name": "Answers"}],
        ),
        "chatter": _app(
            "Chatter",
            "chatter-inc",
            "chat",
            domains=[_domain("chatter.test"), _domain("cdn.shared.test", shared=True)],
            windows=[{"kind": "exe", "value": "chatter.exe"}],
        ),
        "helper": {
            **_app("Helper", "chatter-inc", "chat"),
            "features": ["siri", "windows-copilot"],
        },
        "twin": _app("Twin", "twin", "chat", cli=[{"kind": "binary", "value": "twin"}]),
    },
    "index": {"schema": 1, "seen": "2026-08", "categories": {"chat": "talk", "search": "find"}},
    "vendors": {
        "answers-inc": {"name": "Answers Inc"},
        "chatter-inc": {"name": "Chatter Inc"},
        "twin": {"name": "Twin"},
    },
    "protected": {
        "apple": [
            {**SOURCED, "host": "mdm.test", "match": "exact", "purpose": "device-management"}
        ],
    },
    "shared_platforms": [{"suffix": "platform.test", "source": "acme/facts:hosts@0123abc"}],
}


@pytest.fixture
def content() -> Content:
    """The small catalogue, to be changed."""
    return deepcopy(SMALL)


@pytest.fixture
def shipped(content: Content) -> Catalogue:
    """The small catalogue as what ships."""
    return Catalogue(content, "0" * 64)


@pytest.fixture
def opened(tmp_path: Path, shipped: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Write files into a folder, stand in it, and open a policy there: `p.yaml`."""

    def go(
        files: Mapping[str, str | bytes], policy: str = "p.yaml", catalogue: Catalogue = shipped
    ) -> Opened:
        monkeypatch.chdir(tmp_path)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_policy(policy, date(2026, 12, 1), catalogue, ())

    return go


def with_overlay(overlay: str, more: str = "") -> dict[str, str]:
    """A policy with one overlay."""
    policy = f"{POLICY}catalogue: {{overlay: [ours.yaml]}}\n{more}"
    return {"p.yaml": policy, "ours.yaml": overlay}


def with_lock(content: Content, more: str = "") -> dict[str, str | bytes]:
    """A policy with a lock of `content`."""
    lock = lock_bytes(lock_of(content, "0.0.9"))
    return {"p.yaml": f"{POLICY}catalogue: {{lock: c.lock.json}}\n{more}", "c.lock.json": lock}


@pytest.fixture
def overlaying() -> Callable[..., dict[str, str]]:
    """Files of a policy with one overlay."""
    return with_overlay


@pytest.fixture
def locking() -> Callable[..., dict[str, str | bytes]]:
    """Files of a policy with a lock."""
    return with_lock
