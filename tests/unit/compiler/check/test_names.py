"""Every name of a policy stands for something, and hosts are its own to block."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from aipol.catalogue.hosts import HostIndex
from aipol.catalogue.model import (
    App,
    Domain,
    Match,
    ProtectedHost,
    Purpose,
    Role,
    SharedPlatform,
    Tier,
)
from aipol.check.names import check_names
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import assemble


def _app(app_id: str, name: str, vendor: str, category: str, edition_of: str | None = None) -> App:
    host = Domain(f"{app_id}.example", Role.UI, Match.SUBTREE, "test", Tier.A)
    domains = () if edition_of else (host,)
    return App(
        app_id, name, vendor, category, "app", "test", edition_of=edition_of, domains=domains
    )


_APPS = (
    _app("chatgpt", "ChatGPT", "openai", "chat"),
    _app("chatgpt-enterprise", "ChatGPT Enterprise", "openai", "chat", "chatgpt"),
    _app("copilot", "GitHub Copilot", "github", "coding"),
)


class _Catalogue:
    """Three apps, two protected hosts and one platform."""

    ids = tuple(app.id for app in _APPS)
    categories = ("chat", "coding")
    vendors: Mapping[str, object] = MappingProxyType({"openai": 1, "github": 2})
    _protected = (
        ProtectedHost("login.idp.example", Match.EXACT, Purpose.IDENTITY, "x", "s", Tier.A),
        ProtectedHost("mdm.example", Match.CHILDREN, Purpose.DEVICE_MANAGEMENT, "x", "s", Tier.A),
    )
    protected_index = HostIndex((row.host, row.match, row) for row in _protected)
    platform_index = HostIndex(
        [("pages.example", Match.SUBTREE, SharedPlatform("pages.example", "s"))]
    )

    def app(self, app_id: str) -> App:
        return next(app for app in _APPS if app.id == app_id)


HEAD = {
    "version": "version: 1",
    "organization": "organization: {name: A, identifier: a.b}",
    "groups": "groups: {everyone: {all: true}, staff: {jamf: Staff}}",
    "rules": 'rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]',
}


def _check(text: str, tmp_path: Path) -> tuple[Diagnostic, ...]:
    file = tmp_path / "p.yaml"
    head = [line for key, line in HEAD.items() if f"\n{key}:" not in f"\n{text}"]
    file.write_text("\n".join([*head, text, ""]), encoding="utf-8")
    assembled, findings, _ = assemble(file)
    assert assembled is not None, findings
    return check_names(assembled, _Catalogue(), {"jamf": (), "intune": (), "dns": ("pihole",)})


def _rule(more: str, apps: str = "chatgpt") -> str:
    return f"rules: [{{id: r, apps: [{apps}], groups: [everyone], effect: warn{more}}}]"


def _confined(gateways: str, only_via: str) -> str:
    segment = f"{{id: s, networks: [10.0.0.0/8], groups: [staff], only_via: {only_via}}}"
    return f"network:\n  gateways: {{{gateways}}}\n  segments: [{segment}]"


def test_a_policy_whose_names_all_stand_for_something_has_no_findings(tmp_path: Path) -> None:
    """Every kind of reference, used well."""
    text = """\
data_classes: [{id: public}, {id: internal}]
vendors: {openai: {sso: true}, own: {sso: true}}
vendor_tiers: [{id: good, when: {sso: true}, max_data: internal}, {id: any, max_data: public}]
apps:
  chatgpt: {mda_app_id: 7}
  own-app: {name: Own, vendor: own, category: chat, binaries: [own]}
groups: {everyone: {all: true}, staff: {jamf: Staff}, both: {all_of: [everyone, staff]}}
network:
  gateways: {gw: {host: gw.example, networks: [10.9.0.0/24]}}
  segments:
    - {id: s, networks: [10.0.0.0/8], groups: [staff], only_via: gw}
    - {id: t, networks: [10.1.0.0/16, "2001:db8::/32"], groups: [staff], only_via: gw}
    - {id: u, networks: [10.1.2.0/24], groups: [staff]}
rules:
  - id: one
    apps: [chatgpt, own-app, "category:chat", "vendor:github", "vendor:own"]
    except_apps: [copilot]
    groups: [both]
    surfaces: [web, cli]
    effect: allow
    require: {data: {max: internal}, via: gw}
    redirect_to: chatgpt
targets: {jamf: {}}
tests: [{who: [staff], app: chatgpt, expect: allow, rule: one, enforced_by: [intune]}]
"""
    assert _check(text, tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "code", "marked", "hint"),
    [
        (_rule("", "chatgtp"), "AIP201", "chatgtp", "did you mean `chatgpt`?"),
        (_rule("", "github copilot"), "AIP201", "github copilot", "`copilot` (GitHub Copilot)?"),
        (_rule("", "chat"), "AIP201", "chat", "did you mean `category:chat`?"),
        (_rule("", "openai"), "AIP201", "openai", "did you mean `vendor:openai`?"),
        (_rule("", "group:staff"), "AIP201", "group:staff", "selectors are"),
        (_rule("", "zzzzzz"), "AIP201", "zzzzzz", "`aipol catalog` lists"),
        (_rule(", except_apps: [chatgtp]"), "AIP201", "chatgtp", "did you mean `chatgpt`?"),
        (_rule(", redirect_to: copilott"), "AIP201", "copilott", "did you mean `copilot`?"),
        (_rule("", '"category:chad"'), "AIP202", '"category:chad"', "did you mean `chat`?"),
        (_rule("", '"vendor:opnai"'), "AIP205", '"vendor:opnai"', "did you mean `openai`?"),
        ("vendors: {opnai: {sso: true}}", "AIP205", "opnai", "did you mean `openai`?"),
        (_rule("").replace("everyone", "everyoen"), "AIP203", "everyoen", "`everyone`?"),
        ("groups: {everyone: {all: true}, x: {any_of: [stuff]}}", "AIP203", "stuff", "known"),
        ("tests: [{who: [stuff], app: chatgpt, expect: block}]", "AIP203", "stuff", "`staff`?"),
        (
            "network: {segments: [{id: s, networks: [10.0.0.0/8], groups: [stuff]}]}",
            "AIP203",
            "stuff",
            "did you mean `staff`?",
        ),
        (
            f"data_classes: [{{id: internal}}]\n{_rule(', require: {data: {max: internl}}')}",
            "AIP204",
            "internl",
            "did you mean `internal`?",
        ),
        ("vendor_tiers: [{id: t, max_data: a}]", "AIP204", "a", "list the classes under"),
        (_rule(", require: {via: gw}"), "AIP206", "gw", "define it under `network.gateways`"),
        ("targets: {jamff: {}}", "AIP207", "jamff", "did you mean `jamf`?"),
        (
            "tests: [{app: chatgpt, expect: block, enforced_by: [jamff]}]",
            "AIP207",
            "jamff",
            "did you mean `jamf`?",
        ),
        (
            "targets: {pihole: {}}",
            "AIP207",
            "pihole",
            "`pihole` is an output: write `dns: {outputs: [pihole]}`",
        ),
        (
            "tests: [{app: chatgpt, expect: block, enforced_by: [pihole]}]",
            "AIP207",
            "pihole",
            "`pihole` is an output: write `dns`",
        ),
        ("targets: {watcher: {}}", "AIP207", "watcher", "known: `dns`, `intune`, `jamf`"),
        ("tests: [{app: chatgtp, expect: block}]", "AIP201", "chatgtp", "`chatgpt`?"),
        ("tests: [{app: chatgpt, expect: block, rule: al}]", "AIP110", "al", "did you mean `all`?"),
        (_rule("", "chatgpt-enterprise"), "AIP214", "chatgpt-enterprise", "write `chatgpt`"),
        (_rule(", surfaces: [cli]"), "AIP216", "cli", "they have: `web`"),
        (_rule(', except_apps: ["vendor:openai"]'), "AIP111", '["vendor:openai"]', "takes away"),
        (
            "apps: {own: {name: O, vendor: o, category: chat, mda_app_id: 1}}\n" + _rule("", "own"),
            "AIP215",
            "own",
            "add domains or programs under `apps.own`",
        ),
        (
            "apps: {own: {name: O, vendor: o, category: chad, binaries: [o]}}",
            "AIP202",
            "chad",
            "did you mean `chat`?",
        ),
        (
            "groups: {everyone: {all: true}, a: {jamf: X}, b: {jamf: x}}",
            "AIP218",
            "x",
            "use one group",
        ),
        (
            "data_classes: [{id: d}]\nvendor_tiers: [{id: t, when: {sso: true}, max_data: d}]",
            "AIP219",
            "when",
            "add a last tier",
        ),
        (
            "groups: {everyone: {all: true}, a: {jamf: B@A.example}}\nprotected: [b@a.example]",
            "AIP220",
            "B@A.example",
            "leave the account out",
        ),
        ("network: {gateways: {gw: {host: gw:80}}}", "AIP209", "gw:80", "write `gw`"),
        (_confined("gw: {host: g.example, networks: [10.9.0.0/24]}", "gww"), "AIP206", "gww", "gw"),
        (_confined("", "gw"), "AIP206", "gw", "define it under `network.gateways`"),
        (_confined("gw: {host: g.example}", "gw"), "AIP110", "gw", "gw: {networks: ["),
        (
            _confined('gw: {host: g.example, networks: ["2001:db8::/32"]}', "gw"),
            "AIP110",
            "gw",
            "write its addresses there",
        ),
    ],
)
def test_a_name_that_stands_for_nothing_is_found_where_it_is_used(
    text: str, code: str, marked: str, hint: str, tmp_path: Path
) -> None:
    """One finding, under exactly what was written, with what to write instead."""
    (finding,) = _check(text, tmp_path)
    line = (tmp_path / "p.yaml").read_text(encoding="utf-8").splitlines()[finding.span.line - 1]
    assert finding.code == code
    assert line[finding.span.column - 1 :][: finding.span.width] == marked
    assert hint in finding.hint


_SEGMENT = "{id: s, networks: [10.0.0.0/8], groups: [staff]}"
_EXCEPTION = (
    "{id: all, apps: [chatgpt], groups: [staff], effect: allow,"
    " until: 2027-01-01, owner: a@b.example, reason: x}"
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("data_classes: [{id: a}, {id: b}, {id: a}]", "a"),
        (
            "data_classes: [{id: d}]\nvendor_tiers: [{id: t, max_data: d}, {id: t, max_data: d}]",
            "t",
        ),
        (
            f"network: {{segments: [{_SEGMENT}, {_SEGMENT}]}}",
            "s",
        ),
        (
            f"exceptions: [{_EXCEPTION}]",
            "all",
        ),
    ],
)
def test_an_id_that_is_used_twice_names_both_places(text: str, name: str, tmp_path: Path) -> None:
    """The second place is the finding, the first is related; rules and exceptions share ids."""
    (finding,) = _check(text, tmp_path)
    assert (finding.code, finding.message) == ("AIP208", f"id `{name}` is used twice")
    assert finding.related[0].span != finding.span


@pytest.mark.parametrize(
    ("groups", "cycles"),
    [
        ("a: {any_of: [a]}", 1),
        ("a: {any_of: [b]}, b: {all_of: [c]}, c: {none_of: [a]}", 1),
        ("a: {any_of: [b]}, b: {any_of: [a]}, c: {any_of: [d]}, d: {any_of: [c]}", 2),
        ("a: {any_of: [b, c]}, b: {any_of: [d]}, c: {any_of: [d]}, d: {jamf: D}", 0),
    ],
)
def test_each_cycle_of_groups_is_found_once(groups: str, cycles: int, tmp_path: Path) -> None:
    """A group that is defined by itself has no members anybody could name; a diamond has."""
    findings = _check(f"groups: {{everyone: {{all: true}}, {groups}}}", tmp_path)
    assert [finding.code for finding in findings] == ["AIP212"] * cycles


def test_a_chain_of_a_thousand_groups_does_not_exhaust_anything(tmp_path: Path) -> None:
    """Depth is no reason to fail."""
    chain = "".join(f"  g{n}: {{any_of: [g{n + 1}]}}\n" for n in range(1000))
    text = f"groups:\n  everyone: {{all: true}}\n{chain}  g1000: {{jamf: End}}\n"
    assert _check(text, tmp_path) == ()


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("{domain: idp.example}", "AIP210"),
        ("{domain: login.idp.example, match: exact}", "AIP210"),
        ("{domain: LOGIN.idp.example., match: exact}", "AIP210"),
        ("{domain: idp.example, match: children}", "AIP210"),
        ("{domain: idp.example, match: exact}", None),
        ("{domain: login.idp.example, match: children}", None),
        ("{domain: login.idp.example, match: exact, shared: true}", None),
        ("{domain: notlogin.idp.example}", None),
        ("{domain: mdm.example, match: exact}", None),
        ("{domain: mdm.example, match: children}", "AIP210"),
        ("{domain: a.mdm.example, match: exact}", "AIP210"),
        ("{domain: a.b.mdm.example, match: children}", "AIP210"),
        ("{domain: pages.example}", "AIP211"),
        ("{domain: pages.example, match: exact}", "AIP211"),
        ("{domain: pages.example, match: children}", "AIP211"),
        ("{domain: own.pages.example}", None),
        ("{domain: xpages.example}", None),
        ("{domain: intranet, match: exact}", None),
        ("{domain: zip}", "AIP211"),
        ('{domain: "*.own.example"}', "AIP209"),
        ("{domain: 10.0.0.1}", "AIP209"),
    ],
)
def test_only_an_apps_own_hosts_can_be_its_hosts(
    domain: str, code: str | None, tmp_path: Path
) -> None:
    """Protected hosts and platforms of others are out of reach, to the label; no look-alike is."""
    app = f"apps: {{own: {{name: O, vendor: o, category: chat, domains: [{domain}]}}}}"
    assert [finding.code for finding in _check(app, tmp_path)] == ([code] if code else [])


def test_a_whole_top_level_domain_is_nobodys(tmp_path: Path) -> None:
    """`example` as a subtree takes in protected hosts and everybody else."""
    app = "apps: {own: {name: O, vendor: o, category: chat, domains: [{domain: example}]}}"
    assert {finding.code for finding in _check(app, tmp_path)} == {"AIP210", "AIP211"}


def test_an_app_that_the_catalogue_lacks_must_say_what_it_is(tmp_path: Path) -> None:
    """Name, vendor, category and one identifier; a misspelt correction hears what was meant."""
    findings = _check("apps: {chatgtp: {}}", tmp_path)
    assert [finding.message for finding in findings] == [
        "app `chatgtp` lacks `category`",
        "app `chatgtp` lacks `domains`",
        "app `chatgtp` lacks `name`",
        "app `chatgtp` lacks `vendor`",
    ]
    assert "did you mean `chatgpt`?" in findings[0].hint


def test_a_correction_of_a_known_app_needs_nothing_else(tmp_path: Path) -> None:
    """What the policy leaves out stays as the catalogue has it."""
    assert _check("apps: {chatgpt: {category: coding}}", tmp_path) == ()


def test_overlapping_networks_are_no_shared_identity(tmp_path: Path) -> None:
    """An address may belong to several groups: a network within another is meant."""
    groups = (
        "groups: {everyone: {all: true}, a: {networks: [10.0.0.0/8]}, b: {networks: [10.0.0.0/9]}}"
    )
    assert _check(groups, tmp_path) == ()


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("{networks: [10.0.0.0/8]}", 1),
        ('{networks: ["fd00::/8", 10.0.0.0/8]}', 1),
        ("{none_of: [a], networks: [10.0.0.0/8]}", 0),
        ("{all: true, networks: [10.0.0.0/8]}", 0),
    ],
)
def test_the_same_network_in_two_groups_of_their_own_is_told(
    second: str, told: int, tmp_path: Path
) -> None:
    """Nothing on the network tells them apart, and both places are shown."""
    groups = f"groups: {{everyone: {{all: true}}, a: {{networks: [10.0.0.0/8]}}, b: {second}}}"
    findings = _check(groups, tmp_path)
    assert [finding.code for finding in findings] == ["AIP221"] * told
    assert [len(finding.related) for finding in findings] == [1] * told


def test_a_part_of_a_name_lists_the_apps_that_have_it(tmp_path: Path) -> None:
    """At most three, with the least besides it first; editions are no apps of their own."""
    apps = ", ".join(
        f"{name}: {{name: N, vendor: o, category: chat, binaries: [o]}}"
        for name in ("a-longer-agent", "my-agent", "agent-b", "not-an-agent-either")
    )
    (finding,) = _check(f"apps: {{{apps}}}\n{_rule('', 'agent')}", tmp_path)
    assert finding.hint == "did you mean `agent-b`, `my-agent` or `a-longer-agent`?"
    (finding,) = _check(_rule("", "gpt"), tmp_path)
    assert finding.hint == "did you mean `chatgpt`?"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("10.0.0.0/8", "10.1.0.0/16", 1),
        ("10.1.0.0/16", "10.0.0.0/8", 1),
        ("10.0.0.0/8", "10.0.0.0/8", 1),
        ("10.0.0.0/8", "11.0.0.0/8", 0),
        ("10.0.0.0/9", "10.128.0.0/9", 0),
    ],
)
def test_an_address_has_one_way_out(first: str, second: str, found: int, tmp_path: Path) -> None:
    """Segments that overlap and have different gateways would leave their people none."""
    text = f"""\
network:
  gateways:
    g: {{host: g.example, networks: [192.0.2.1/32]}}
    h: {{host: h.example, networks: [192.0.2.2/32]}}
  segments:
    - {{id: s, networks: [{first}], groups: [staff], only_via: g}}
    - {{id: t, networks: [{second}, 172.16.0.0/12], groups: [staff], only_via: h}}
    - {{id: u, networks: [172.16.0.0/13], groups: [staff], only_via: h}}
"""
    findings = _check(text, tmp_path)
    assert [finding.code for finding in findings] == ["AIP110"] * found
    assert all("to another gateway" in finding.message for finding in findings)
