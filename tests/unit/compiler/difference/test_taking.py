"""What of an update has an effect on people, and what of it differs for nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.compare import contents
from aipol.catalogue.load import Catalogue
from aipol.catalogue.versions import Version
from aipol.difference import difference
from aipol.difference.taking import Taking

Raw = dict[str, Any]
SOURCED = {"source": "s", "tier": "A"}
REST: Raw = {"index": {"categories": {}}, "vendors": {}, "protected": {}, "shared_platforms": []}


@pytest.fixture
def idle(small: Any, tmp_path: Path) -> Callable[..., list[str]]:
    """The identifiers without effect that an app gains, where a rule says this of everybody."""

    def ask(effect: str, **more: Any) -> list[str]:
        apps = small.CHATTY, {"chatty": {**small.CHATTY["chatty"], **more}}
        policy = small.policy_of(small.rule(effect))
        irs = (small.ir_of(tmp_path, policy, each) for each in apps)
        old, new = (Version("v", Catalogue({"apps": each, **REST})) for each in apps)
        differing = contents(old.catalogue, new.catalogue)
        day, found = date(2026, 6, 15), difference(*irs)
        taking = Taking(old, new, "p.yaml", day, differing, found, (), (), ())
        return [row.value for _, row in taking.idle_rows]

    return ask


def row(kind: str, value: str, **more: Any) -> Raw:
    """A program's row."""
    return {"kind": kind, "value": value, **SOURCED, **more}


def test_what_is_blocked_with_an_app_has_an_effect(idle: Any, small: Any) -> None:
    """Hosts, and programs by whatever name they are known, in either case."""
    rows = [row("app_name", "Chatty.app"), row("exe", "Chatty.exe")]
    assert idle("block", macos=rows[:1], windows=rows[1:]) == []
    hosts = [*small.CHATTY["chatty"]["domains"], small.host("new.example")]
    assert idle("block", domains=hosts) == []


def test_an_identifier_is_not_taken_for_another_of_the_same_name(idle: Any) -> None:
    """A package called as a program that comes to be blocked is not what is blocked."""
    rows = [row("binary", "chatty"), row("npm", "chatty")]
    assert idle("block", cli=rows) == ["npm:chatty"]
    assert idle("block", macos=[row("team_id", "A" * 10), row("process", "A" * 10)]) == [
        f"team_id:{'A' * 10}"
    ]


def test_what_differs_for_nobody_has_no_effect(idle: Any) -> None:
    """Where everybody may use the app, nobody is kept from its programs before or after."""
    assert idle("allow", cli=[row("binary", "chatty")]) == ["binary:chatty"]


def test_client_ids_have_an_effect_with_the_connector(idle: Any) -> None:
    """The first makes a surface that a rule blocks; it is one thing with that."""
    client = {"provider": "entra", "client_id": "1", "name": "n", **SOURCED}
    assert idle("block", oauth=[client]) == []
