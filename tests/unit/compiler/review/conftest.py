"""What the tests of reviews share: two policies as text, and the review of the change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue
from aipol.pipeline import open_policy
from aipol.review import Asked, Review, reviewed
from aipol.review.making import Named
from tests.unit.compiler.cli_verbs.conftest import fake
from tests.unit.compiler.difference.small import app, host

DAY = date(2026, 6, 15)
HEAD = """\
version: 1
organization: {name: Acme, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd}
  pilot: {}
  staff: {any_of: [finance, pilot]}
data_classes: [{id: public}, {id: internal}]
"""
CHAT = "  - {id: chat, apps: [chatty], groups: [finance], effect: allow}\n"
REST = '  - {id: rest, apps: ["*"], groups: [everyone], effect: block}\n'
TAIL = "targets: {alpha: {}}\n"
APPS: dict[str, Any] = {
    "chatty": app(host("chatty.example"), name="Chatty"),
    "siri": {"name": "Siri", "vendor": "v", "kind": "os", "source": "s", "features": ["siri"]}
    | {"category": "os-feature"},
}

Change = Callable[..., Review]


def catalogue_of(apps: dict[str, Any]) -> Catalogue:
    """A small catalogue."""
    raw: dict[str, Any] = {
        "apps": apps,
        "index": {"categories": {}},
        "vendors": {"v": {"name": "V"}},
    }
    return Catalogue({**raw, "protected": {}, "shared_platforms": []})


def policy(*rules: str, head: str = HEAD, tail: str = TAIL) -> str:
    """The text of a policy with these rules."""
    return f"{head}rules:\n{''.join(rules)}{tail}"


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """The review of a change from one text to another; of a new policy, where the first is None."""
    targets = (fake("alpha"), fake("beta"))

    def reviewed_of(before: str | None, after: str, apps: Any = None, later: Any = None) -> Review:
        catalogues = [catalogue_of(each) for each in (apps or APPS, later or apps or APPS)]
        opened = []
        for name, text, known in zip(("old", "new"), (before, after), catalogues, strict=True):
            place = tmp_path / name / "policy.yaml"
            place.parent.mkdir(exist_ok=True)
            place.write_text(text or "", encoding="utf-8")
            opened.append(open_policy(str(place), DAY, known, targets))
        told_as = str(tmp_path / "new" / "policy.yaml")
        base = Named("HEAD", "0" * 40, opened[0] if before is not None else None)
        asked = Asked(told_as, DAY, base, opened[1], "here", targets, targets, _no_objects)
        return reviewed(asked)

    return reviewed_of


def _no_objects(*_: object) -> None:
    """Fakes push nothing."""
