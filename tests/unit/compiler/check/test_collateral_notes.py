"""What `check` says of a block before it happens."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue
from aipol.diagnostics.model import Diagnostic
from aipol.pipeline import open_policy

SOURCED = {"source": "page:a.example", "tier": "A"}
POLICY = """\
version: 1
organization: {{name: Acme Ltd, identifier: example.acme}}
groups:
  everyone: {{all: true}}
{apps}rules:
  - {{id: no, apps: [{names}], groups: [everyone], effect: {effect}}}
  - {{id: rest, apps: ["*"], groups: [everyone], effect: block}}
"""


def row(domain: str, **more: Any) -> dict[str, Any]:
    """One host."""
    return {"domain": domain, "role": "ui", "match": "subtree", **SOURCED, **more}


def catalogue(**apps: dict[str, Any]) -> Catalogue:
    """A catalogue of these apps, with a common host, a team and a protected host."""
    about = {"vendor": "a", "category": "chat", "kind": "chat", **SOURCED}
    return Catalogue(
        {
            "apps": {name: {"name": name, **about, **rows} for name, rows in apps.items()},
            "index": {"categories": {"chat": ""}},
            "vendors": {"a": {"name": "A"}},
            "protected": {},
            "shared_platforms": [],
            "common_hosts": [
                {"host": "pay.example", "match": "exact", "kind": "payment", "serves": "paying"}
                | SOURCED,
                {"host": "sum.test", "match": "subtree", "kind": "payment", "serves": "sums"}
                | SOURCED,
            ],
            "teams": {
                "AB12CD34EF": {"vendor": "a", "signs": ["Acme Paint", "Acme Write"], **SOURCED}
            },
        },
        "",
    )


@pytest.fixture
def check(tmp_path: Path) -> Any:
    """The findings of a policy that blocks `names`, without those about redundant rules."""

    def run(
        known: Catalogue, names: str, effect: str = "block", apps: str = "", text: str = ""
    ) -> list[Diagnostic]:
        path = tmp_path / "policy.yaml"
        text = text or POLICY.format(names=names, effect=effect, apps=apps)
        path.write_text(text, encoding="utf-8")
        found = open_policy(str(path), date(2026, 12, 1), known, ()).findings
        return [each for each in found if each.code in {"AIP225", "AIP310"}]

    return run


def test_an_app_on_shared_hosts_alone_cannot_be_blocked(check: Any) -> None:
    """The rule is told so, with what the host serves; a rule about everything is not."""
    known = catalogue(mail={"domains": [row("mail.example", shared=True, serves="all mail")]})
    (found,) = check(known, "mail")
    assert found.message == (
        "`no` cannot block what serves more than its app: mail by `mail.example` (all mail)"
    )
    assert (found.severity, found.span.line) == ("note", 6)


def test_a_shared_counter_beside_an_own_host_is_no_matter(check: Any) -> None:
    """The app's own host is blocked, so nothing is left to say."""
    hosts = [row("own.example"), row("count.example", role="telemetry", shared=True)]
    assert check(catalogue(chatty={"domains": hosts}), "chatty") == []


def test_a_program_that_takes_more_with_it_is_told(check: Any) -> None:
    """One line an app; of a rule that allows it, or that is about every app, nothing is told."""
    program = [
        {"kind": kind, "value": value, "breaks": "the whole editor", **SOURCED}
        for kind, value in (("exe", "editor.exe"), ("winget_id", "A.Editor"))
    ]
    known = catalogue(editor={"domains": [row("e.example")], "windows": program})
    (found,) = check(known, "editor")
    assert found.message == (
        "`no` also stops what is more than its app: editor by `editor.exe` (the whole editor)"
    )
    assert check(known, "editor", "allow") == []
    assert check(known, '"*"') == []


def test_more_than_three_are_counted(check: Any) -> None:
    """The message stays readable; the rest are a number."""
    apps = {f"m{n}": {"domains": [row(f"m{n}.example", shared=True)]} for n in range(5)}
    (found,) = check(catalogue(**apps), ", ".join(apps))
    told = ", ".join(f"m{n} by `m{n}.example` (services that are not this app)" for n in range(3))
    assert found.message.endswith(f": {told} and 2 more")


SHARED = {"shared": True, "breaks": "the hub"}
HUB = [{"kind": "exe", "value": "hub.exe", **SHARED, **SOURCED}]
BUNDLE = [
    {"kind": "bundle_id", "value": "example.a.hub", **SHARED, **SOURCED},
    {"kind": "team_id", "value": "ZZ12CD34EF", **SOURCED},
]
BINARY = [{"kind": "binary", "value": "hub", **SHARED, **SOURCED}]
OWN = [{"kind": "exe", "value": "own.exe", **SOURCED}]
UI = [row("a.example", shared=True, serves="all of A")]
API = [row("api.example", role="api", shared=True, serves="all of A")]
CDN = [row("cdn.example", role="cdn")]
MINE = [row("own.example")]
ANY = "block"
WEB = "block, surfaces: [web]"


@pytest.mark.parametrize(
    ("effect", "app", "spared"),
    [
        (ANY, {"domains": MINE, "windows": HUB}, "`hub.exe` (the hub)"),
        (ANY, {"domains": MINE, "macos": BUNDLE}, "`example.a.hub` (the hub)"),
        (ANY, {"domains": MINE, "cli": BINARY}, "`hub` (the hub)"),
        (ANY, {"domains": MINE, "windows": [*HUB, *OWN]}, ""),
        (WEB, {"domains": MINE, "windows": HUB}, ""),
        (ANY, {"domains": UI + CDN}, "`a.example` (all of A)"),
        (ANY, {"domains": UI + MINE}, ""),
        (ANY, {"domains": MINE + API}, "`api.example` (all of A)"),
        (WEB, {"domains": MINE + API}, ""),
    ],
)
def test_a_use_that_stays_open_is_told(check: Any, effect: str, app: Any, spared: str) -> None:
    """Of a site, an API or a program, where all that the app is reached by serves more."""
    found = check(catalogue(a=app), "a", effect)
    says = "`no` cannot block what serves more than its app: a by "
    assert [each.message for each in found] == ([says + spared] if spared else [])


def test_a_program_that_other_apps_have_too_stops_nothing_else(check: Any) -> None:
    """Other apps are no collateral of this note: they are governed by their own rules."""
    both = [{"kind": "exe", "value": "both.exe", "shared_with": ["two"], **SOURCED}]
    known = catalogue(one={"windows": both}, two={"domains": [row("two.example")]})
    assert check(known, "one") == []


def test_a_rule_may_be_named_default(check: Any) -> None:
    """What no rule matches is blocked by no rule, whatever a rule is called."""
    known = catalogue(mail={"domains": UI}, other={"domains": MINE})
    text = POLICY.format(names="other", effect="block", apps="").replace("id: no", "id: default")
    only = text.partition("  - {id: rest")[0]
    assert check(known, "", text=only) == []


def test_apps_are_told_by_name(check: Any) -> None:
    """In the order of their ids, with where to read on, at the clause's `apps`."""
    known = catalogue(zeta={"domains": UI}, alpha={"domains": UI})
    (found,) = check(known, "zeta, alpha")
    assert found.message.endswith(
        ": alpha by `a.example` (all of A) and zeta by `a.example` (all of A)"
    )
    assert found.hint == "`aipol catalog show alpha` lists them with their sources"
    assert (found.span.line, found.span.column) == (6, 20)


def test_what_a_program_takes_with_it_is_told_in_one_order(check: Any) -> None:
    """The command line tool comes before the desktop app, in every run."""
    cli = [{"kind": "binary", "value": "edit", "breaks": "scripts", **SOURCED}]
    desktop = [{"kind": "exe", "value": "editor.exe", "breaks": "the editor", **SOURCED}]
    known = catalogue(editor={"cli": cli, "windows": desktop})
    (found,) = check(known, "editor")
    assert found.message.endswith("editor by `edit` (scripts)")


DECLARED = "apps:\n  own: {{name: Own, vendor: a, category: chat, {how}}}\n"
# How an app is declared -> what its block would break, None where it is nobody else's.
WAYS = {
    "domains: [{domain: mail.example}]": "`mail.example`: all mail (mail)",
    "domains: [{domain: example}]": "`mail.example`: all mail (mail), and 1 more",
    "domains: [{domain: ai.mail.example}]": None,
    "domains: [{domain: mail.example, shared: true}]": None,
    "domains: [{domain: pay.example}]": "`pay.example`: paying",
    "domains: [{domain: ai.pay.example}]": None,
    "domains: [{domain: api.sum.test}]": "`sum.test`: sums",
    "domains: [{domain: api.sum.test, shared: true}]": None,
    "domains: [{domain: notpay.example}]": None,
    "macos: {team_ids: [AB12CD34EF]}": "Acme Paint, Acme Write",
    "macos: {team_ids: [ZZ12CD34EF]}": None,
    "windows: {package_families: [A.HUB_8wekyb3d8bbwe]}": "the hub",
    "windows: {executables: [own.exe]}": None,
    "macos: {processes: [Big Helper (Renderer)]}": "all that is big",
    "macos: {processes: [Bigger Helper]}": None,
    "macos: {bundle_ids: [a.big.helper.GPU]}": "all that is big",
    "macos: {bundle_ids: [a.bigger]}": None,
}


@pytest.mark.parametrize(("how", "breaks"), WAYS.items())
def test_what_is_not_an_apps_own_is_refused(check: Any, how: str, breaks: str | None) -> None:
    """A host, a program or a team that serves more names what would break."""
    hub = {"kind": "pfn", "value": "A.Hub_8wekyb3d8bbwe", "shared": True, "breaks": "the hub"}
    known = catalogue(
        mail={
            "domains": [row("mail.example", shared=True, serves="all mail")],
            "windows": [{**hub, **SOURCED}],
            "macos": [
                {"kind": kind, "value": value, "shared": True, "breaks": "all that is big"}
                | SOURCED
                for kind, value in (("app_name", "Big.app"), ("bundle_id", "a.big"))
            ],
        }
    )
    found = [f for f in check(known, "own", apps=DECLARED.format(how=how)) if f.code == "AIP225"]
    assert [f.message.partition(" would break ")[2] for f in found] == ([breaks] if breaks else [])


MARK = "leave it out, or mark it `shared: true`: then it is never blocked"
TAKE_OUT = "leave it out: the program does more than the app"
NAME = "name the app's bundle ids; a team stands for all that it signs"
# How an app is declared, what of it is not its own, and what to do about it.
PLACES = (
    ("domains: [{domain: own.example}, {domain: Mail.example}]", "Mail.example", MARK),
    ("macos: {team_ids: [ZZ12CD34EF, AB12CD34EF]}", "AB12CD34EF", NAME),
    ("macos: {bundle_ids: [a.own, a.hub]}", "a.hub", TAKE_OUT),
    ("macos: {processes: [own, Hub Helper]}", "Hub Helper", TAKE_OUT),
    ("windows: {executables: [own.exe, HUB.exe]}", "HUB.exe", TAKE_OUT),
    ("windows: {package_families: [A.Hub_8wekyb3d8bbwe]}", "A.Hub_8wekyb3d8bbwe", TAKE_OUT),
    ("binaries: [own, hub]", "hub", TAKE_OUT),
)


@pytest.mark.parametrize(("how", "what", "hint"), PLACES)
def test_what_is_not_an_apps_own_is_named_where_it_stands(
    check: Any, how: str, what: str, hint: str
) -> None:
    """Of every list in which an app can name it, with what to do instead."""
    kinds = {
        "macos": {"bundle_id": "a.hub", "process": "Hub Helper"},
        "windows": {"exe": "hub.exe", "pfn": "A.Hub_8wekyb3d8bbwe"},
        "cli": {"binary": "hub"},
    }
    rows: dict[str, Any] = {
        section: [{"kind": kind, "value": value, **SHARED, **SOURCED} for kind, value in of.items()]
        for section, of in kinds.items()
    }
    known = catalogue(hub={"domains": [row("mail.example", shared=True)], **rows})
    apps = DECLARED.format(how=how)
    (found,) = [f for f in check(known, "own", apps=apps) if f.code == "AIP225"]
    line = POLICY.format(names="own", effect="block", apps=apps).splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 :].startswith(what)
    assert found.hint == hint


def test_a_name_above_several_hosts_counts_the_others(check: Any) -> None:
    """One is named with what it serves, the first by name; the rest are a number."""
    hosts = [row(f"{name}.example", shared=True, serves=name) for name in ("mail", "maps")]
    apps = DECLARED.format(how="domains: [{domain: example}]")
    found = check(catalogue(suite={"domains": hosts}), "own", apps=apps)
    assert "would break `mail.example`: mail (suite), and 2 more" in found[0].message


def test_what_is_no_host_is_told_as_that(check: Any) -> None:
    """Nothing can be said of what it would break."""
    apps = DECLARED.format(how="domains: [{domain: 'mail..example'}, {domain: own.example}]")
    assert check(catalogue(), "own", apps=apps) == []
