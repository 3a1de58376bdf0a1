"""What files of lists and of squid look like, that hostile text stays text, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.diagnostics.model import has_errors
from aipol.ir import Obligations
from aipol.target import Form, Kind, UnreadableArtifact
from aipol.vocabulary import Account, Effect
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.dns.escape import owner_name, server_word
from aipol_targets.squid.escape import squid_token
from aipol_targets.squid.facts import ACL_NAME

HOSTILE = [
    'a"b',
    "a\nhttp_access allow all",
    "$(reboot)",
    "a&<b>",
    "a\u2019b",
    "a\u202eb",
    "a # b",
    "a\\",
    "a;b{}",
    "%>a",
]


def test_files_are_named_by_segment_and_depth(small: Any) -> None:
    """Names follow from groups and nesting; adding an app renames nothing."""
    policy = small.everything()
    both = {"segments/finance/networks.txt", "segments/default/except.txt"}
    written = {
        small.emit: {"aipol.conf", "segments/finance/level-2-block.txt"},
        small.listed: {
            "edl/rules.csv",
            "domains/rules.csv",
            "segments/finance/edl/level-0-block.txt",
            "segments/finance/domains/level-1-allow-exact.txt",
        },
    }
    for make, files in written.items():
        emitted = make(policy)
        assert set(emitted.files) >= files | both
        more = make(replace(policy, apps=(*policy.apps, small.app("new", "new.test"))))
        assert set(more.files) == set(emitted.files)


def test_only_the_outputs_asked_for_are_written(small: Any) -> None:
    """Each output alone is complete and read by its own clients."""
    for output in small.LISTED:
        emitted = small.listed(small.everything(), output)
        assert emitted.decider.clients(Kind.HOST) == (output,)
        assert emitted.decider.clients(Kind.HEADER) == ()
        assert emitted.decider.clients(Kind.PROGRAM) == ()
        assert emitted.findings() == ()


def test_a_subtree_is_two_url_lines_and_one_squid_line(small: Any) -> None:
    """Every format says the subtree in its own way, children only and exact hosts too."""
    policy = small.Policy(
        apps=(
            small.app(
                "one",
                "sub.test",
                small.domain("exact.test", Match.EXACT),
                small.domain("kids.test", Match.CHILDREN),
            ),
        )
    )
    text, proxy = small.listed(policy).text, small.emit(policy).text
    folder = "segments/default"
    urls = text[f"{folder}/edl/level-0-block.txt"].split()
    assert urls == ["exact.test/", "*.kids.test/", "sub.test/", "*.sub.test/"]
    hosts = proxy[f"{folder}/level-0-block.txt"].split()
    assert hosts == ["exact.test", ".kids.test", ".sub.test"]
    assert proxy[f"{folder}/level-1-allow.txt"].split() == ["kids.test"]
    assert text[f"{folder}/domains/level-0-block-exact.txt"].split() == ["exact.test"]
    assert text[f"{folder}/domains/level-1-allow-exact.txt"].split() == ["kids.test"]


def everywhere(small: Any) -> Iterator[tuple[Any, str]]:
    """Lists and squid, with each of their enforcement paths."""
    for make in (small.emit, small.listed):
        emitted = make(small.everything())
        for client in emitted.decider.clients(Kind.HOST):
            yield emitted, client


def test_a_gateway_reaches_what_people_may_not(small: Any) -> None:
    """Its own source addresses are filtered by nothing; its host is open to everybody."""
    for emitted, client in everywhere(small):
        assert emitted.blocked(client, small.FINANCE, "routed.test")
        assert not emitted.blocked(client, small.GATEWAY, "routed.test")
        assert not emitted.blocked(client, small.FINANCE, "gateway.test")


def test_ipv6_people_are_in_their_segment(small: Any) -> None:
    """The same lists for both families."""
    for emitted, client in everywhere(small):
        assert not emitted.blocked(client, "2001:db8:20::7", "split.test")
        assert emitted.blocked(client, "2001:db8:30::7", "split.test")


def test_a_header_is_removed_before_it_is_added(small: Any) -> None:
    """Squid would keep the one a client sends; without the removal the reader sees no header."""
    emitted = small.emit(small.everything())
    conf = emitted.text["aipol.conf"]
    source = "aipol-finance aipol-finance-t024f54d4-h0"
    removal = f"request_header_access {small.HEADER} deny {source}\n"
    assert f"{removal}request_header_add {small.HEADER} ws-1,ws-2 {source}\n" in conf
    sent = emitted.answer("squid", small.FINANCE, "accounts.test", Kind.HEADER)
    assert sent.detail == f"{small.HEADER}: ws-1,ws-2"
    for address in (small.ENGINEERING, small.GATEWAY, small.ANYBODY):
        assert not emitted.answer("squid", address, "accounts.test", Kind.HEADER).detail
    changed = {**emitted.files, "aipol.conf": conf.replace(removal, "").encode()}
    question = emitted.findings(changed)
    assert question


def watched(small: Any) -> Any:
    """One app that may be used under inspection, with a host below it that is closed."""
    rule = small.Rule(
        ("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(inspect_tls=True)
    )
    apps = (small.app("one", "one.test", "b.test", "a.test"), small.app("two", "x.one.test"))
    return small.emit(small.Policy(apps=apps, rules=(rule,), inspect_tls="ai-only"))


def test_lists_are_in_the_order_of_reversed_labels(small: Any) -> None:
    """Squid loads such lists faster, and a child never stands before its parent."""
    lines = watched(small).text["segments/default/inspect-0.txt"].splitlines()
    assert lines == [".a.test", ".b.test", ".one.test"]
    text = small.emit(small.everything()).text
    for path, content in text.items():
        names = [line.removeprefix(".") for line in content.splitlines()]
        if "level" in path or "inspect" in path:
            assert names == sorted(names, key=lambda name: name.split(".")[::-1]), path


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ssl_bump terminate all aipol_dot", "final dot"),
        ("ssl_bump terminate all aipol-default-ih0", "another name"),
        ("ssl_bump bump all aipol-default-in0", ""),
        ("ssl_bump terminate all aipol-default-n0", ""),
        ("http_access deny all aipol-default-h0", ""),
        ("ssl_bump peek aipol_step1", ""),
    ],
)
def test_every_line_of_the_configuration_is_needed(line: str, why: str, small: Any) -> None:
    """Without it the file is unreadable, or its answers are not the policy's."""
    emitted = watched(small)
    assert emitted.findings() == ()
    changed = emitted.changed("aipol.conf", f"{line}\n", "")
    if why:
        with pytest.raises(UnreadableArtifact, match=why):
            small.SQUID.read(changed)
    else:
        assert emitted.findings(changed)


def test_the_longest_names_fit_and_longer_ones_are_refused(small: Any) -> None:
    """A segment with the longest id there is, with every kind of list."""
    everything = small.everything()
    long = "f" * 40
    networks = {long: ("10.20.0.0/24",)}
    rules = tuple(
        replace(rule, groups=(long,)) if "finance" in rule.groups else rule
        for rule in everything.rules
    )
    emitted = small.emit(replace(everything, networks=networks, rules=rules))
    assert emitted.findings() == ()
    lines = emitted.text["aipol.conf"].splitlines()
    names = [line.split()[1] for line in lines if line.startswith("acl ")]
    assert max(map(len, names)) < ACL_NAME.value
    name = "x" * (ACL_NAME.value + 1)
    conf = emitted.files["aipol.conf"] + f"acl {name} at_step SslBump1\n".encode()
    with pytest.raises(UnreadableArtifact, match="too long"):
        small.SQUID.read({**emitted.files, "aipol.conf": conf})


def test_a_name_with_a_final_dot_ends_the_handshake(small: Any) -> None:
    """In a request the dot changes nothing."""
    emitted = watched(small)
    for host in ("one.test.", "other.test."):
        assert emitted.blocked("squid-sni", small.ANYBODY, host)
        assert not emitted.blocked("squid", small.ANYBODY, host)


def test_addresses_around_a_header_are_denied(small: Any) -> None:
    """The pattern is anchored, its dots are dots, and it ends with a segment of the path."""
    text = small.emit(small.everything()).text
    urls = text["segments/finance/address-0-block.txt"]
    assert urls == "^https?://accounts\\.test(:[0-9]+)?/+anonymous(/|\\?|$)\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_becomes_code(text: str, small: Any) -> None:
    """An organisation's name in comments changes nothing but the comment."""
    emitted = small.emit(small.everything(identifier=text))
    assert emitted.findings() == ()
    assert small.listed(small.everything(identifier=text)).findings() == ()
    plain = small.emit(small.everything(identifier="x")).text
    for path, content in emitted.text.items():
        lines = content.splitlines()
        assert [line for line in lines if not line.startswith("#")] == [
            line for line in plain[path].splitlines() if not line.startswith("#")
        ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_host_or_tenant_is_an_error(text: str, small: Any) -> None:
    """What cannot be a host or an account id is reported where it stands."""
    host = small.resolve(small.Policy(apps=(small.app("one", text),)))
    compiled = small.compiled(host)
    assert [finding.name for finding in compiled.findings] == ["bad-domain"]
    restriction = small.tenant(small.HEADER, "one.test")
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, (text,))
    policy = small.Policy(
        apps=(small.app("one", "one.test", tenant=restriction),), rules=(rule,), inspect_tls="all"
    )
    compiled = small.compiled(small.resolve(policy))
    assert {finding.name for finding in compiled.findings} == {"bad-value"}


@pytest.mark.parametrize("text", [*HOSTILE, "", "a b"])
def test_every_escaper_refuses_what_is_not_plain(text: str) -> None:
    """Squid words, server words and owner names: each language has its own check."""
    for escape in (squid_token, server_word, owner_name):
        with pytest.raises(UnsafeTextError):
            escape(text)


@pytest.mark.parametrize(
    ("host", "match"), [("a.kept.test", "subtree"), ("one.test", "exact"), ("one.test", "children")]
)
def test_a_protected_host_is_never_blocked(host: str, match: str, small: Any) -> None:
    """Not by its own name, not by a wildcard above or a name below it: an error each time."""
    apps = (small.app("one", "one.test", small.domain("b.a.kept.test", Match.EXACT)),)
    policy = small.Policy(apps=apps, protected=((host, match, "identity"),))
    compiled = small.compiled(small.resolve(policy))
    assert {finding.name for finding in compiled.findings} == {"lock-out"}


def test_a_protected_host_beside_a_block_is_no_error(small: Any) -> None:
    """An exact neighbour of a protected subtree's parent may be blocked."""
    apps = (small.app("one", small.domain("kept.test", Match.EXACT)),)
    small.emit(small.Policy(apps=apps, protected=(("a.kept.test", "subtree", "identity"),)))


def test_a_list_larger_than_the_device_is_an_error(small: Any) -> None:
    """Devices skip what does not fit, so the number is checked when it is known."""
    ir = small.resolve(small.Policy(apps=(small.app("one", "one.test", "two.test"),)))
    compiled = small.compiled(ir, small.LISTS, edl_capacity=3)
    (finding,) = compiled.findings
    assert finding.message == "lists: list entries 4, limit 3"
    assert not has_errors(small.compiled(ir, small.LISTS, edl_capacity=4).findings)


@pytest.mark.parametrize(("hosts", "warned"), [(45, False), (46, True), (50, True)])
def test_a_list_that_nearly_fills_the_device_is_a_warning(
    hosts: int, warned: bool, small: Any
) -> None:
    """Above 90 percent of the capacity there is time to act: the number and the setting are said.

    Each host takes two lines of a hundred.
    """
    ir = small.resolve(
        small.Policy(apps=(small.app("one", *(f"h{n}.test" for n in range(hosts))),))
    )
    compiled = small.compiled(ir, small.LISTS, edl_capacity=100)
    found = [(each.code, each.message) for each in compiled.findings]
    used = 2 * hosts
    message = f"lists: list entries {used}, {used} % of the limit 100"
    assert found == ([("AIP405", message)] if warned else [])
    assert compiled.artifacts
    rooms = {room.setting: (room.used, room.limit, room.assumed) for room in compiled.rooms}
    assert rooms == {
        "edl_capacity": (used, 100, False),
        "edl_lists": (1, 30, True),
        "edl_addresses": (0, 50_000, True),
    }


def test_every_output_of_lists_is_fetched(small: Any) -> None:
    """Lists and the tables that refer to them: nothing of this target is loaded by hand."""
    compiled = small.compiled(small.resolve(small.everything()), small.LISTS)
    forms = {
        artifact.path: next(each.form for each in small.LISTS.fetched if each.takes(artifact.path))
        for artifact in compiled.artifacts
    }
    assert {path for path, form in forms.items() if form is Form.RULES} == {
        "edl/rules.csv",
        "domains/rules.csv",
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"outputs": []},
        {"outputs": ["pdf"]},
        {"outputs": ["edl", "edl"]},
        {"edl_capacity": 0},
        {"unknown": 1},
    ],
)
def test_a_wrong_setting_of_lists_is_refused(settings: dict[str, Any], small: Any) -> None:
    """Unknown keys and words, and no room at all."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["lists"](**settings)


@pytest.mark.parametrize(
    "settings", [{"directory": "relative"}, {"directory": "/etc/../x"}, {"log": ""}, {"unknown": 1}]
)
def test_a_wrong_setting_of_squid_is_refused(settings: dict[str, Any], small: Any) -> None:
    """Unknown keys, and paths that are not absolute."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["squid"](**settings)


def test_a_file_that_nothing_refers_to_is_refused(small: Any) -> None:
    """A stale list beside the others cannot go unnoticed."""
    for make in (small.emit, small.listed):
        emitted = make(small.everything())
        with pytest.raises(UnreadableArtifact, match="nothing refers to it"):
            emitted.target.read({**emitted.files, "segments/finance/old.txt": b"x.test\n"})


@pytest.mark.parametrize("path", ["aipol.conf", "edl/rules.csv"])
@pytest.mark.parametrize("change", [b"\xff\n", b"x\r\n", b"no line end"])
def test_bytes_that_are_not_lines_of_text_are_refused(path: str, change: bytes, small: Any) -> None:
    """Neither another encoding nor other line ends, in any file."""
    make = small.emit if path == "aipol.conf" else small.listed
    emitted = make(small.everything())
    with pytest.raises(UnreadableArtifact):
        emitted.target.read({**emitted.files, path: emitted.files[path] + change})


@pytest.mark.parametrize(
    "line",
    [
        "http_access allow everybody",
        "url_rewrite_program /bin/sh",
        "include /etc/passwd",
        "acl x src 10.0.0.0/8",
        "acl aipol_step1 at_step SslBump1",
        "acl x random 0.5",
        "http_access deny aipol_step1",
        "ssl_bump none all",
        "http_access deny all \\",
        'acl x src "/somewhere/else"',
    ],
)
def test_an_unknown_squid_line_is_refused(line: str, small: Any) -> None:
    """Unknown directives, lists, actions and continuations."""
    emitted = small.emit(small.everything())
    conf = emitted.files["aipol.conf"] + line.encode() + b"\n"
    with pytest.raises(UnreadableArtifact):
        small.SQUID.read({**emitted.files, "aipol.conf": conf})
