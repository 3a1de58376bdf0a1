"""In what two versions of the catalogue differ, entry by entry and row by row."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.catalogue.compare import AppStep, Contents, Named, Row, Step, contents
from aipol.catalogue.load import Catalogue

Raw = dict[str, Any]
SOURCED = {"source": "page:a.example", "tier": "A"}
HOST = {"domain": "a.example", "role": "ui", "match": "subtree"}
# A row of each section, a key of it that may change, and what the row is called.
SECTIONS: dict[str, tuple[Raw, str, str]] = {
    "domains": (HOST, "role", "a.example"),
    "urls": ({"url": "https://a.example/x", "role": "ui"}, "role", "https://a.example/x"),
    "macos": ({"kind": "process", "value": "a"}, "note", "process:a"),
    "windows": ({"kind": "exe", "value": "a.exe"}, "note", "exe:a.exe"),
    "cli": ({"kind": "binary", "value": "a"}, "note", "binary:a"),
    "extensions": ({"store": "chrome", "id": "a" * 32, "name": "A"}, "name", f"chrome:{'a' * 32}"),
    "oauth": ({"provider": "entra", "client_id": "1", "name": "A"}, "name", "entra:1"),
    "firewall": ({"product": "umbrella", "name": "A", "kind": "b"}, "kind", "umbrella:A"),
    "facts": ({"fact": "plan", "value": "free"}, "source", "plan=free"),
}


def catalogue(apps: Raw, **special: Any) -> Catalogue:
    """A catalogue of these apps, each with a host of its own."""
    about = {"vendor": "a", "category": "chat", "kind": "chat", **SOURCED}
    raw = {
        "apps": {name: {"name": name, **about, **rows} for name, rows in apps.items()},
        "index": {"categories": {"chat": ""}},
        "vendors": {},
        "protected": {},
        "shared_platforms": [],
        **special,
    }
    return Catalogue(raw)


def between(old: Raw, new: Raw) -> tuple[AppStep, ...]:
    """How the apps differ."""
    return contents(catalogue(old), catalogue(new)).apps


def changed(*rows: Row, keys: tuple[str, ...] = ()) -> tuple[AppStep, ...]:
    """The one app, changed in this."""
    return (AppStep("one", Step.CHANGED, keys, rows),)


def test_nothing_differs_from_itself() -> None:
    """Apps that are the same are not told."""
    apps = {"one": {"domains": [{**HOST, **SOURCED}]}}
    assert contents(catalogue(apps), catalogue(apps)) == Contents((), (), (), (), (), ())


def test_an_app_comes_and_goes_with_its_rows() -> None:
    """Each app in the order of ids; all its rows are new or gone, and no other key is named."""
    rows = {"domains": [{**HOST, **SOURCED}]}
    added = AppStep("zeta", Step.ADDED, (), (Row("domains", "a.example", Step.ADDED),))
    removed = AppStep("one", Step.REMOVED, (), (Row("domains", "a.example", Step.REMOVED),))
    assert between({"one": rows}, {"zeta": rows}) == (removed, added)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_compared(section: str) -> None:
    """A row is added, removed, or says something else under the same name."""
    row, key, name = SECTIONS[section]
    one: Raw = {"one": {section: [{**row, **SOURCED}]}}
    other: Raw = {"one": {section: [{**row, **SOURCED, key: "api"}]}}
    bare: Raw = {"one": {}}
    assert between(bare, one) == changed(Row(section, name, Step.ADDED))
    assert between(one, bare) == changed(Row(section, name, Step.REMOVED))
    assert between(one, other) == changed(Row(section, name, Step.CHANGED))


def test_features_are_compared_by_name() -> None:
    """A feature has no more than its name."""
    old, new = {"one": {"features": ["siri"]}}, {"one": {"features": ["windows-recall"]}}
    assert between(old, new) == changed(
        Row("features", "siri", Step.REMOVED), Row("features", "windows-recall", Step.ADDED)
    )


def test_a_name_that_stands_twice_is_compared_as_both() -> None:
    """The second row of one host counts as well."""
    rows = [{**HOST, **SOURCED}, {**HOST, **SOURCED, "role": "api"}]
    old, new = {"one": {"domains": rows}}, {"one": {"domains": rows[1:]}}
    assert between(old, new) == changed(Row("domains", "a.example", Step.CHANGED))


def test_what_else_an_app_says_is_named_by_key() -> None:
    """Name and vendor are keys, rows are not; facts are no identifiers."""
    host = {"domains": [{**HOST, **SOURCED}]}
    fact = {"facts": [{"fact": "plan", "value": "free", **SOURCED}]}
    (step,) = between({"one": host}, {"one": {**host, **fact, "name": "Uno", "vendor": "b"}})
    assert step.keys == ("name", "vendor")
    assert step.rows == (Row("facts", "plan=free", Step.ADDED),)
    assert step.identifiers == ()
    (step,) = between({"one": {}}, {"one": {**host, **fact}})
    assert step.identifiers == (Row("domains", "a.example", Step.ADDED),)


PUSH = {"host": "p.example", "match": "exact", "purpose": "push", **SOURCED}
PAY = {"host": "pay.example", "match": "exact", "kind": "payment", "serves": "paying", **SOURCED}
SPECIAL: dict[str, tuple[Any, Any, str]] = {
    "vendors": ({"a": {"name": "A"}}, {"a": {"name": "B"}}, "a"),
    "protected": (
        {"a": [PUSH]},
        {"a": [{**PUSH, "source": "page:b.example"}]},
        "p.example (exact, push)",
    ),
    "shared_platforms": (
        [{"suffix": "s.example", "source": "page:a.example"}],
        [{"suffix": "s.example", "source": "page:b.example"}],
        "s.example",
    ),
    "common_hosts": (
        [PAY],
        [{**PAY, "serves": "all paying"}],
        "pay.example (exact)",
    ),
    "teams": (
        {"AB12CD34EF": {"vendor": "a", "signs": ["Paint"], **SOURCED}},
        {"AB12CD34EF": {"vendor": "a", "signs": ["Write"], **SOURCED}},
        "AB12CD34EF",
    ),
}


@pytest.mark.parametrize("key", SPECIAL)
def test_special_files_are_compared(key: str) -> None:
    """Vendors, protected and common hosts, platforms and teams come, go and change."""
    one, other, name = SPECIAL[key]
    none, first, second = (
        catalogue({}),
        catalogue({}, **{key: one}),
        catalogue({}, **{key: other}),
    )
    for old, new, step in (
        (none, first, Step.ADDED),
        (first, none, Step.REMOVED),
        (first, second, Step.CHANGED),
    ):
        found = contents(old, new)
        assert getattr(found, key) == (Named(name, step),)
        assert all(getattr(found, other) == () for other in {"apps", *SPECIAL} - {key})
