"""Cloudflare Gateway: what an expression means, and which are read."""

from __future__ import annotations

import pytest

from aipol.target import UnreadableArtifact
from aipol_targets.cloudflare.read_expression import FIELDS, Expression, Subject
from aipol_targets.common.network.reading import Address

SHORT = {"some": frozenset({"d.test"}), "other": frozenset({"e.test"})}


def holds(expression: str, host: str, source: str = "10.0.0.1", kind: str = "dns") -> bool:
    """Whether an expression is true of a host."""
    condition, _ = Expression.read("r", expression, FIELDS[kind], SHORT)
    return condition.holds(Subject.of(Address.parse(source), host))


@pytest.mark.parametrize(
    ("expression", "hosts"),
    [
        ("any(dns.domains[*] in $<some>)", ["d.test", "a.d.test", "b.a.d.test"]),
        ('any(dns.domains[*] == "d.test")', ["d.test", "a.d.test", "b.a.d.test"]),
        ("dns.fqdn in $<some>", ["d.test"]),
        ('dns.fqdn == "d.test"', ["d.test"]),
        ('dns.fqdn in {"a.d.test" "e.test"}', ["a.d.test", "e.test"]),
        ("any(dns.domains[*] in $<some>) and not(dns.fqdn in $<some>)", ["a.d.test", "b.a.d.test"]),
        ("dns.fqdn in $<some> or dns.fqdn in $<other>", ["d.test", "e.test"]),
        ("(dns.fqdn in $<some> or dns.fqdn in $<other>) and not(dns.fqdn in $<some>)", ["e.test"]),
        ("dns.src_internal_ip in {10.0.0.0/8} and dns.fqdn in $<some>", ["d.test"]),
        ("not(dns.src_internal_ip in {10.0.0.0/8}) and dns.fqdn in $<some>", []),
        ("not(dns.src_internal_ip in {2001:db8::/32}) and dns.fqdn in $<some>", ["d.test"]),
    ],
)
def test_expressions_mean_what_is_documented(expression: str, hosts: list[str]) -> None:
    """`domains` are a name and its parents, host fields the name alone."""
    probes = ["d.test", "a.d.test", "b.a.d.test", "notd.test", "d.test.evil.test", "e.test", "test"]
    assert [host for host in probes if holds(expression, host)] == hosts


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "dns.fqdn",
        "dns.fqdn in",
        "dns.fqdn in $<absent>",
        "dns.fqdn in $<>",
        "dns.fqdn in $7f2a",
        "dns.fqdn in {}",
        'dns.fqdn in {"d.test" "d.test"}',
        'dns.fqdn == "D.test"',
        'dns.fqdn == "*.d.test"',
        "dns.fqdn == d.test",
        'dns.fqdn != "d.test"',
        'dns.fqdn matches ".*"',
        "dns.fqdn in $<some> dns.fqdn in $<other>",
        "dns.fqdn in $<some> and",
        "dns.fqdn in $<some> && dns.fqdn in $<other>",
        "dns.fqdn in $<some> and dns.fqdn in $<other> or dns.fqdn in $<some>",
        "not dns.fqdn in $<some>",
        "not(dns.fqdn in $<some>",
        "(dns.fqdn in $<some>))",
        "dns.domains in $<some>",
        "any(dns.fqdn[*] in $<some>)",
        "any(dns.domains in $<some>)",
        "any(dns.domains[*] in $<some>",
        "all(dns.domains[*] in $<some>)",
        "http.request.host in $<some>",
        'http.request.uri.path matches "^/x/.*"',
        "dns.src_ip in {10.0.0.0/8}",
        "dns.src_internal_ip == 10.0.0.1",
        "dns.src_internal_ip in {10.0.0.1/8}",
        "dns.src_internal_ip in {10.0.0.0/33}",
        "dns.src_internal_ip in {10.0.0.0/8 10.0.0.0/8}",
        'dns.src_internal_ip in {"10.0.0.0/8"}',
        'identity.email == "d.test"',
        "dns.fqdn in $<some> # and more",
        "(" * 200 + "dns.fqdn in $<some>" + ")" * 200,
    ],
)
def test_what_cannot_be_decided_is_refused(expression: str) -> None:
    """Other fields, operators and forms, a mixture without parentheses, an id that nobody knows."""
    with pytest.raises(UnreadableArtifact):
        holds(expression, "d.test")


@pytest.mark.parametrize(
    ("expression", "refused"),
    [
        ('http.request.host == "d.test" and http.request.uri.path matches "^/x/.*"', False),
        ('http.request.host == "d.test" and http.request.uri.path matches "^/x[.]y(/.*)?$"', False),
        ('http.request.uri.path matches "/x/"', True),
        ('http.request.uri.path matches "^/x/|.*"', True),
        ('http.request.uri.path == "/x"', True),
        ('not(http.request.uri.path matches "^/x/.*")', True),
    ],
)
def test_some_addresses_of_a_host_are_not_the_host(expression: str, refused: bool) -> None:
    """A beginning of paths, as it is the same whether all or a part must match."""
    if refused:
        with pytest.raises(UnreadableArtifact):
            holds(expression, "d.test", kind="http")
    else:
        assert not holds(expression, "d.test", kind="http")
