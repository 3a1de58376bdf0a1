"""What an HAProxy is told: the rules, what their lists match, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import BAD_DOMAIN, LOCK_OUT, TOO_MANY_CLASSES
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network import faults
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.common.network.facts import SEGMENTS
from aipol_targets.haproxy.escape import word
from aipol_targets.haproxy.read_list import HostList
from aipol_targets.haproxy.settings import HaProxySettings
from aipol_targets.haproxy.target import HAPROXY

CONF = "aipol.cfg"
CLIENTS = ("tls", "http")


def refusals(emitted: Any) -> list[str]:
    """The lines that refuse TLS connections by a list."""
    found = (line.strip() for line in emitted.text[CONF].splitlines())
    return [line for line in found if line.startswith("tcp-request content reject if")]


def test_each_intent_is_said_exactly(small: Any) -> None:
    """A host is in the list of names, what is below it in the other, a subtree in both."""
    hosts = (
        "sub.test",
        small.domain("exact.test", Match.EXACT),
        small.domain("kids.test", Match.CHILDREN),
    )
    emitted = small.proxied(small.Policy(apps=(small.app("one", *hosts),)))
    names = emitted.text["segments/default/level-0-block-names.lst"]
    below = emitted.text["segments/default/level-0-block-below.lst"]
    assert names.splitlines() == ["exact.test", "sub.test"]
    assert below.splitlines() == [".kids.test", ".sub.test"]
    for client in CLIENTS:
        blocked = {
            host
            for host in small.probes(("sub.test", "exact.test", "kids.test"))
            if emitted.blocked(client, small.ANYBODY, host)
        }
        assert blocked == {
            *("sub.test", "www.sub.test", "a.b.sub.test"),
            *("exact.test", "www.kids.test", "a.b.kids.test"),
        }
    record = emitted.record("one/web/any/0")
    assert record.status is Status.ENFORCED
    assert set(record.artifacts) == {f"haproxy/{path}" for path in emitted.files}


def test_what_is_let_through_is_taken_out_of_what_is_around_it(small: Any) -> None:
    """The deepest block first; a level is inside the one around it, so one exception is enough."""
    hosts = ("a.test", "c.b.a.test", "e.d.c.b.a.test")
    apps = (small.app("deep", *hosts), small.app("open", "b.a.test", "d.c.b.a.test"))
    rule = small.Rule(("open",), ("everyone",), Effect.ALLOW)
    emitted = small.proxied(small.Policy(apps=apps, rules=(rule,)))
    start = "tcp-request content reject if "
    assert refusals(emitted) == [
        f"{start}host-default-4",
        f"{start}host-default-2 !host-default-3",
        f"{start}host-default-0 !host-default-1",
    ]
    assert emitted.findings() == ()


def test_nothing_is_ever_let_through_by_a_rule(small: Any) -> None:
    """The proxy's other configuration goes on deciding about whatever is not refused."""
    text = small.proxied(small.everything()).text[CONF]
    for word_ in ("accept", "allow if", "use_backend"):
        assert word_ not in text


def test_who_is_refused_is_told_by_networks(small: Any) -> None:
    """A segment by its own networks, everybody else by not being in any; a gateway is in none."""
    emitted = small.proxied(small.everything())
    assert any("if from-finance host-finance-0" in line for line in refusals(emitted))
    assert any("if !exempt host-default-0" in line for line in refusals(emitted))
    for client in CLIENTS:
        assert not emitted.blocked(client, small.FINANCE, "split.test")
        assert not emitted.blocked(client, "2001:db8:20::1", "split.test")
        assert emitted.blocked(client, small.ENGINEERING, "split.test")
        assert emitted.blocked(client, small.ANYBODY, "SPLIT.test.")
        assert not emitted.blocked(client, small.GATEWAY, "split.test")
    assert emitted.decider.clients(Kind.HEADER) == ()


def test_a_use_through_a_gateway_is_blocked_directly(small: Any) -> None:
    """Enforced where the gateway's own addresses are known."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    policy = small.Policy(
        apps=(small.app("one", "one.test"),),
        rules=(rule,),
        gateways=(Gateway("gw", "gw.test", (f"{small.GATEWAY}/32",)),),
    )
    emitted = small.proxied(policy)
    assert emitted.record("one/web/any/0", "via").status is Status.ENFORCED
    assert emitted.blocked("tls", small.ANYBODY, "one.test")
    assert not emitted.blocked("tls", small.GATEWAY, "one.test")


@pytest.mark.parametrize("clause", ["inspect_tls", "log"])
def test_what_it_does_not_do_is_not_claimed(clause: str, small: Any) -> None:
    """It passes TLS on as it is, and its log is the organisation's own."""
    rule = small.Rule(
        ("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(inspect_tls=True, log="full")
    )
    policy = small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,))
    assert small.proxied(policy).record("one/web/any/0", clause).status is Status.UNSUPPORTED


def test_connections_without_a_name_are_refused_unless_asked_otherwise(small: Any) -> None:
    """A handshake that is not complete is refused whatever is asked: it would hide its name."""
    strict = small.proxied(small.everything()).text[CONF]
    assert strict.count("-m found") == len(CLIENTS)
    easy = small.proxied(small.everything(), nameless="pass")
    assert "-m found" not in easy.text[CONF]
    assert "reject unless { req.ssl_hello_type 1 }" in easy.text[CONF]
    assert easy.findings() == ()


# --- settings and inputs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"tls_backend": ""},
        {"tls_backend": "a b"},
        {"http_backend": "x\n    bind :1"},
        {"tls_bind": "443"},
        {"tls_bind": ":0"},
        {"tls_bind": ":65536"},
        {"tls_bind": "192.0.2.300:443"},
        {"tls_bind": "lan:443"},
        {"tls_bind": ":443 ssl"},
        {"tls_bind": ":80"},
        {"directory": "etc"},
        {"directory": "/etc/../x"},
        {"nameless": "drop"},
        {"nameless": True},
        {"backend": "x"},
    ],
)
def test_settings_that_mean_nothing_are_refused(changed: dict[str, Any]) -> None:
    """Nothing but ports, addresses, names and paths gets into the configuration."""
    with pytest.raises(ValidationError):
        HaProxySettings.model_validate(
            {"tls_backend": "out", "http_backend": "out-http", **changed}
        )


@pytest.mark.parametrize("bind", [":443", "*:443", "192.0.2.1:8443", "[2001:db8::1]:443"])
def test_a_bind_is_a_port_with_or_without_an_address(bind: str, small: Any) -> None:
    """Of either family."""
    emitted = small.proxied(small.everything(), tls_bind=bind)
    assert f"    bind {bind}\n" in emitted.text[CONF]
    assert emitted.findings() == ()


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "#a", '"a"', "a\\", "$HOME", "{", "a'b", "-f"])
def test_words_that_haproxy_would_not_take_as_data_cannot_be_written(text: str) -> None:
    """Blanks, comments, quotes, variables, continuations, options."""
    with pytest.raises(UnsafeTextError):
        word(text)


@pytest.mark.parametrize("host", ["a b.test", "a.test\nb.test", "*.a.test", ".a.test", "a..test"])
def test_a_host_that_is_none_is_an_error(host: str, small: Any) -> None:
    """It would be another entry, or none."""
    policy = small.Policy(apps=(small.app("one", host),))
    given = {"tls_backend": "out", "http_backend": "out-http"}
    found = small.compiled(small.resolve(policy), small.HAPROXY, **given)
    assert {finding.code for finding in found.findings} == {BAD_DOMAIN.code}
    assert found.artifacts == ()


def test_a_protected_host_is_not_blocked(small: Any) -> None:
    """Neither by its own name nor by one above it."""
    policy = small.Policy(
        apps=(small.app("one", "one.test"),), protected=(("login.one.test", "exact", "sign-in"),)
    )
    given = {"tls_backend": "out", "http_backend": "out-http"}
    found = small.compiled(small.resolve(policy), small.HAPROXY, **given)
    assert LOCK_OUT.code in {finding.code for finding in found.findings}


def test_more_segments_than_lists_are_kept_for_are_an_error(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said with the number; the limit is our own."""
    assert SEGMENTS in HAPROXY.limits
    monkeypatch.setattr(faults, "SEGMENTS", replace(SEGMENTS, value=2))
    given = {"tls_backend": "out", "http_backend": "out-http"}
    (finding,) = small.compiled(small.resolve(small.everything()), HAPROXY, **given).findings
    assert finding.code == TOO_MANY_CLASSES.code
    assert "3" in finding.message


@pytest.mark.parametrize("identifier", ["com.acme\nfrontend x", "a\\", "#", "{{ 1 }}"])
def test_an_identifier_stays_in_its_comment(identifier: str, small: Any) -> None:
    """Nothing of it is a line of its own."""
    plain = small.proxied(small.everything()).text[CONF].splitlines()[1:]
    emitted = small.proxied(replace(small.everything(), identifier=identifier))
    assert emitted.text[CONF].splitlines()[1:] == plain


# --- the reader -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "line"),
    [
        ("end", "d.test"),
        ("str", ".d.test"),
        ("str", "D.test"),
        ("str", "d.test."),
        ("end", ".d.test."),
        ("end", "*.d.test"),
        ("str", "d.test # x"),
        ("str", ""),
        ("end", "."),
    ],
)
def test_entries_that_match_something_else_are_refused(method: str, line: str) -> None:
    """An end without a dot is that of `notd.test`; upper case and final dots match nothing."""
    with pytest.raises(UnreadableArtifact):
        HostList([line], "list", method)


def test_lists_are_matched_as_haproxy_does() -> None:
    """The whole text, or its end."""
    family = ("d.test", "a.d.test", "b.a.d.test", "notd.test", "d.test.evil.test", "test")
    names, below = HostList(["d.test"], "list", "str"), HostList([".d.test"], "list", "end")
    assert [names.matches(host) for host in family] == [True, False, False, False, False, False]
    assert [below.matches(host) for host in family] == [False, True, True, False, False, False]
    with pytest.raises(UnreadableArtifact):
        HostList(["d.test", "d.test"], "list", "str")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("inspect-delay 5s", "inspect-delay 0s"),
        ("    tcp-request inspect-delay 5s\n", ""),
        ("    tcp-request content reject unless { req.ssl_hello_type 1 }\n", ""),
        ("mode tcp", "mode http"),
        ("mode http", "mode tcp"),
        ("req.ssl_sni,lower", "req.ssl_sni"),
        (",rtrim(.)", ""),
        ("req.ssl_sni,", "ssl_fc_sni,"),
        ("-m end", "-m dom"),
        ("-m end", "-m sub"),
        ("-m str", "-i -m str"),
        ("-m str -f", "-m str"),
        ("segments/finance/networks.lst", "segments/nowhere/networks.lst"),
        ("/etc/haproxy/aipol/segments/finance", "/etc/other/segments/finance"),
        ("/etc/haproxy/aipol/segments/finance/networks.lst", "/etc/passwd"),
        ("reject if from-finance", "accept if from-finance"),
        ("reject if from-finance", "reject if from-nobody"),
        ("reject if from-finance", "reject unless from-finance"),
        ("reject if from-finance host-finance-2", "reject if from-finance"),
        ("acl from-finance", "acl from-engineering"),
        ("acl from-finance", "acl host-engineering-0"),
        ("acl from-finance", "acl or"),
        ("bind :80", "bind :443"),
        ("bind :443", "bind :443 ssl"),
        ("    bind :443\n", ""),
        ("    default_backend out\n", ""),
        ("default_backend out\n", "default_backend out\n    use_backend x if from-finance\n"),
        ("frontend aipol-http", "frontend aipol-tls"),
        ("frontend aipol-tls", "global"),
        ("frontend aipol-http\n", "backend x\n"),
        ("    mode tcp\n", "    mode tcp\n    mode tcp\n"),
    ],
)
def test_another_configuration_is_not_explained_away(old: str, new: str, small: Any) -> None:
    """What would leave something open, or is not known, is unreadable or contradicts the policy."""
    emitted = small.proxied(small.everything())
    assert emitted.noticed(emitted.changed(CONF, old, new))


def test_files_that_nothing_names_are_refused(small: Any) -> None:
    """They were put there to do something; without the configuration nothing is read at all."""
    emitted = small.proxied(small.everything())
    for files in (
        {**emitted.files, "segments/finance/extra.lst": b".x.test\n"},
        {path: text for path, text in emitted.files.items() if path != CONF},
    ):
        with pytest.raises(UnreadableArtifact):
            small.HAPROXY.read(files)
