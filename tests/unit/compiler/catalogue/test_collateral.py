"""What a block by each identifier of an app would do besides."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.catalogue.collateral import (
    PURPOSES,
    UNTOLD,
    Collateral,
    Means,
    collateral,
    of_surface,
)
from aipol.catalogue.load import Catalogue
from aipol.catalogue.model import Purpose
from aipol.vocabulary import Surface

SOURCED = {"source": "page:a.example", "tier": "A"}


def host(domain: str, **more: Any) -> dict[str, Any]:
    """A row of `domains`."""
    return {"domain": domain, "role": "ui", "match": "subtree", **SOURCED, **more}


def catalogue(apps: dict[str, dict[str, Any]], **special: Any) -> Catalogue:
    """A catalogue of these apps."""
    about = {"vendor": "a", "category": "chat", "kind": "chat", **SOURCED}
    return Catalogue(
        {
            "apps": {name: {"name": name, **about, **rows} for name, rows in apps.items()},
            "index": {"categories": {"chat": ""}},
            "vendors": {"a": {"name": "A"}},
            "protected": {},
            "shared_platforms": [],
            **special,
        },
        "",
    )


def of(apps: dict[str, dict[str, Any]], app: str, **special: Any) -> list[Collateral]:
    """The collateral of one of them."""
    known = catalogue(apps, **special)
    return list(collateral(known.app(app), known))


def test_an_own_host_breaks_nothing() -> None:
    """What is one app's alone is nobody's loss."""
    assert of({"one": {"domains": [host("one.example")]}}, "one") == []


@pytest.mark.parametrize(("serves", "breaks"), [("mail", "mail"), (None, UNTOLD)])
def test_a_shared_host_is_spared_and_says_what_it_serves(serves: str | None, breaks: str) -> None:
    """A rule about the app does not block it."""
    more = {"serves": serves} if serves else {}
    (found,) = of({"one": {"domains": [host("s.example", shared=True, **more)]}}, "one")
    assert (found.means, found.value, found.breaks, found.held) == (
        Means.HOST,
        "s.example",
        breaks,
        True,
    )


def test_two_apps_on_one_host_are_each_others_collateral() -> None:
    """The host is blocked, if nobody may use either."""
    apps = {"one": {"domains": [host("x.example")]}, "two": {"domains": [host("x.example")]}}
    (found,) = of(apps, "one")
    assert (found.apps, found.breaks, found.held) == (("two",), "", False)


def test_a_subtree_takes_in_what_lies_below() -> None:
    """An app above another's host is said to reach it; a look-alike is not."""
    apps = {
        "one": {"domains": [host("x.example")]},
        "two": {"domains": [host("api.x.example", match="exact")]},
        "three": {"domains": [host("notx.example")]},
    }
    (found,) = of(apps, "one")
    assert found.apps == ("two",)
    assert of(apps, "two") == []
    apps["one"]["domains"].append(host("www.x.example", match="exact"))
    apps["four"] = {"domains": [host("b.x.example"), host("x.example", match="exact")]}
    assert [each.apps for each in of(apps, "one")] == [("four", "two")]
    assert [each.apps for each in of(apps, "four")] == [("one",)]


def test_an_apps_own_hosts_below_are_no_collateral() -> None:
    """An app reaches itself."""
    assert of({"one": {"domains": [host("x.example"), host("api.x.example")]}}, "one") == []


def test_a_marketing_host_is_not_blocked_and_breaks_nothing() -> None:
    """No rule speaks of it."""
    assert of({"one": {"domains": [host("s.example", role="marketing", shared=True)]}}, "one") == []


def test_programs_say_what_stops_with_them() -> None:
    """A shared one is spared, one that breaks something is not, one of two apps names the other."""
    rows: list[dict[str, Any]] = [
        {"kind": "pfn", "value": "A.Hub_8wekyb3d8bbwe", "shared": True, "breaks": "the hub"},
        {"kind": "exe", "value": "editor.exe", "breaks": "the whole editor"},
        {"kind": "exe", "value": "both.exe", "shared_with": ["two"]},
        {"kind": "exe", "value": "own.exe"},
        {"kind": "exe", "value": "more.exe", "shared": True},
        {"kind": "winget_id", "value": "A.A", "shared": True},
    ]
    found = of({"one": {"windows": [{**row, **SOURCED} for row in rows]}, "two": {}}, "one")
    assert [(f.value, f.breaks, f.apps, f.held) for f in found] == [
        ("A.Hub_8wekyb3d8bbwe", "the hub", (), True),
        ("editor.exe", "the whole editor", (), False),
        ("both.exe", "", ("two",), False),
        ("more.exe", UNTOLD, (), True),
    ]


def test_a_team_that_signs_more_is_told() -> None:
    """Only a team of the register; an app's own vendor alone is none."""
    rows = [{"kind": "team_id", "value": team, **SOURCED} for team in ("AB12CD34EF", "ZZ12CD34EF")]
    team = {"vendor": "a", "signs": ["Acme Paint", "Acme Write"], **SOURCED}
    rows.append({"kind": "process", "value": "AB12CD34EF", **SOURCED})
    (found,) = of({"one": {"macos": rows}}, "one", teams={"AB12CD34EF": team})
    assert (found.means, found.value) == (Means.TEAM, "AB12CD34EF")
    assert found.breaks == "Acme Paint, Acme Write"
    assert found.held


def test_a_surface_has_its_own_collateral() -> None:
    """The site is about hosts people open, the desktop app about programs."""
    rows = [{"kind": "exe", "value": "editor.exe", "breaks": "the editor", **SOURCED}]
    hosts = [host("s.example", shared=True), host("c.example", shared=True, role="cdn")]
    known = catalogue({"one": {"domains": hosts, "windows": rows}})
    app = known.app("one")
    found = collateral(app, known)
    assert [each.value for each in of_surface(app, Surface.WEB, found)] == ["s.example"]
    assert [each.value for each in of_surface(app, Surface.DESKTOP, found)] == ["editor.exe"]
    assert of_surface(app, Surface.CLI, found) == ()


def test_a_team_is_no_program_of_a_surface() -> None:
    """On a Mac and at the command line too, what is stopped is a program."""
    mac = [{"kind": "process", "value": "Editor", "breaks": "the editor", **SOURCED}]
    mac.append({"kind": "team_id", "value": "AB12CD34EF", **SOURCED})
    cli = [{"kind": "binary", "value": "edit", "breaks": "the editor", **SOURCED}]
    team = {"vendor": "a", "signs": ["Acme Paint"], **SOURCED}
    known = catalogue({"one": {"macos": mac, "cli": cli}}, teams={"AB12CD34EF": team})
    app = known.app("one")
    found = collateral(app, known)
    assert [each.value for each in of_surface(app, Surface.DESKTOP, found)] == ["Editor"]
    assert [each.value for each in of_surface(app, Surface.CLI, found)] == ["edit"]


def test_every_purpose_has_its_words() -> None:
    """What a block of a protected host would break can be said of each, and differently."""
    assert PURPOSES.keys() == {*Purpose}
    assert len({*PURPOSES.values()}) == len(Purpose)


def test_a_package_that_is_fetched_by_its_id_is_not_stopped_by_it() -> None:
    """What is found on a device, running or installed, is; each once, by its own name."""
    kinds = {"exe": "a.exe", "product_code": "{A}", "winget_id": "A.A", "install_path": "C:/A"}
    rows = [{"kind": k, "value": v, "breaks": "mail", **SOURCED} for k, v in kinds.items()]
    assert [each.value for each in of({"one": {"windows": rows}}, "one")] == ["a.exe", "{A}"]
