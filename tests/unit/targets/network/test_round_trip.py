"""Whatever the policy, the emitted files read back say what it says or what coverage admits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipol.audience import NOBODY
from aipol.catalogue.model import Match, Role
from aipol.ir import Gateway, Obligations
from aipol.target import EFFECT_CLAUSE, Status, UnreadableArtifact
from aipol.vocabulary import ON_NETWORK, Account, Effect, Surface
from tests.unit.targets.network.policies import TARGETS

NAMES = [
    f"{prefix}{host}" for host in ("x.test", "y.test") for prefix in ("", "a.", "b.a.", "_c.a.")
]
APPS = ("one", "two", "three")
GROUPS = ("finance", "engineering", "pilot", "everyone")
OBLIGATIONS = [
    Obligations(),
    Obligations(via="gateway"),
    Obligations(inspect_tls=True, log="full"),
    Obligations(sso=True, data_max="public", log="metadata"),
]
BEFORE = st.sampled_from([None, 1, 8999])


def policies(small: Any) -> st.SearchStrategy[Any]:
    """Three apps with nested and shared hosts, rules for people with and without a network."""
    hosts = st.builds(
        small.domain,
        st.sampled_from(NAMES),
        st.sampled_from(list(Match)),
        role=st.sampled_from([Role.UI, Role.API, Role.AUTH]),
        shared=st.sampled_from([False, False, False, True]),
    )
    restriction = small.tenant("Example-Tenant", "x.test", "a.y.test")
    domains = st.lists(hosts, max_size=7, unique_by=lambda found: found.domain)
    # As in the catalogue, a host is claimed once; who claims it is drawn.
    apps = st.builds(
        lambda found, owners, held: tuple(
            small.app(
                name,
                *(each for each, owner in zip(found, owners, strict=False) if owner == name),
                tenant=restriction if name in held else None,
            )
            for name in APPS
        ),
        domains,
        st.lists(st.sampled_from(APPS), min_size=7, max_size=7),
        st.sets(st.sampled_from(APPS)),
    )
    subset = st.lists(st.sampled_from(APPS), min_size=1, max_size=2, unique=True).map(tuple)
    rule = st.builds(
        small.Rule,
        subset,
        st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique=True).map(tuple),
        st.sampled_from(list(Effect)),
        st.sampled_from([Account.ANY, Account.ANY, Account.CORPORATE, Account.PERSONAL]),
        st.sampled_from([(), ("t2", "t1"), ("t3",)]),
        st.sampled_from(OBLIGATIONS),
    )
    return st.builds(
        small.Policy,
        apps=apps,
        rules=st.lists(rule, max_size=5).map(tuple),
        networks=st.sampled_from(
            [
                {},
                small.NETWORKS,
                {"finance": ("10.0.0.0/8",), "engineering": ("10.30.0.0/24", "10.20.0.0/16")},
            ]
        ),
        groups=st.just(("finance", "engineering", "pilot")),
        gateways=st.sampled_from([(), (Gateway("gateway", "gateway.x.test", ("10.99.0.8/32",)),)]),
        inspect_tls=st.sampled_from(["none", "ai-only"]),
        never_inspect=st.sampled_from([(), (), ("a.x.test",), ("x.test", "y.test")]),
        close_bypasses=st.booleans(),
        tighten=st.booleans(),
    )


def clouded(small: Any) -> st.SearchStrategy[Any]:
    """The same, with a group that has IPv6 networks alone, and with AI that nobody lists."""
    six = {"finance": ("2001:db8:20::/64",), "engineering": ("10.30.0.0/24",)}
    return st.builds(
        lambda policy, alone, effect: replace(
            policy, networks=six if alone else policy.networks, unlisted_ai=effect
        ),
        policies(small),
        st.booleans(),
        st.sampled_from([Effect.ALLOW, Effect.BLOCK]),
    )


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_policy_is_carried_out_or_accounted_for(data: st.DataObject, small: Any) -> None:
    """The independent verifier has nothing to say about lists in any format."""
    policy = data.draw(policies(small))
    every = (*small.LISTED, *small.BOXES)
    choices = [every, small.LISTED, *((each,) for each in every)]
    emitted = small.boxed(policy, *data.draw(st.sampled_from(choices)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_proxy_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """What squid denies, decrypts, records and sends."""
    emitted = small.emit(data.draw(policies(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_filter_groups_carry_every_policy_out_or_account_for_it(
    data: st.DataObject, small: Any
) -> None:
    """What e2guardian blocks for each group."""
    emitted = small.filtered(data.draw(policies(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_resolver_carries_a_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """All resolvers together, whose answers differ, and one alone."""
    policy = data.draw(policies(small))
    choices = [small.RESOLVERS, *((each,) for each in small.RESOLVERS)]
    emitted = small.answered(policy, *data.draw(st.sampled_from(choices)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_firewall_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Web and DNS filters of a FortiGate, as a script, as requests, and both."""
    policy = data.draw(policies(small))
    outputs = data.draw(st.sampled_from([["cli"], ["rest"], ["cli", "rest"]]))
    emitted = small.guarded(policy, outputs=outputs, before_policy=data.draw(BEFORE))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_firewall_carries_a_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """All formats of a firewall together, and one alone."""
    policy = data.draw(policies(small))
    choices = [small.FIREWALL, *((each,) for each in small.FIREWALL)]
    emitted = small.firewalled(policy, *data.draw(st.sampled_from(choices)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_cloud_proxy_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Categories and rules of Zscaler Internet Access; lists and policies of Netskope."""
    categories = partial(small.categorised, ai_categories=True)
    make = data.draw(st.sampled_from([small.categorised, categories, small.steered]))
    emitted = make(data.draw(clouded(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_lists_where_what_is_allowed_wins_carry_a_policy_out_or_account_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Umbrella and Meraki: no host without what is below it, no block in an exception."""
    policy = data.draw(clouded(small))
    emitted = data.draw(st.sampled_from([small.resolved_by_umbrella, small.grouped]))(policy)
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_two_frontends_carry_every_policy_out_or_account_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Both frontends of an HAProxy."""
    emitted = small.proxied(data.draw(policies(small)))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_inspection_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Rules of Suricata for each protocol, which stop or only alert."""
    action = data.draw(st.sampled_from(["drop", "reject", "alert"]))
    emitted = small.inspected(data.draw(policies(small)), action=action)
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_advice_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """Files for browsers, with and without a proxy for the gateway."""
    policy = data.draw(policies(small))
    known = {gateway.id: "proxy.test:8080" for gateway in policy.gateways}
    emitted = small.advised(policy, gateways=data.draw(st.sampled_from([known, {}])))
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_gateway_carries_every_policy_out_or_accounts_for_it(
    data: st.DataObject, small: Any
) -> None:
    """All types of policies and some, with and without sight of addresses and of requests."""
    policy = data.draw(clouded(small))
    types = [["dns"], ["network"], ["dns", "network"], ["dns", "http", "network"]]
    given = data.draw(st.sampled_from(types))
    # Without HTTP policies nothing keeps Gateway from decrypting what never may be.
    decrypts = ("http" in given or not policy.never_inspect) and data.draw(st.booleans())
    on_ramp = data.draw(st.sampled_from(["wan", "other"]))
    emitted = small.gated(policy, policies=given, on_ramp=on_ramp, tls_decryption=decrypts)
    assert [finding.message for finding in emitted.findings()] == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_clause_is_accounted_for_once(data: st.DataObject, small: Any) -> None:
    """One record per clause of every ruling, in all situations, and no people out of nowhere."""
    make = data.draw(st.sampled_from([*small.MAKERS.values()]))
    emitted = make(data.draw(policies(small)))
    wanted = {
        (ruling.id, clause)
        for ruling in emitted.ir.rulings
        for clause in (EFFECT_CLAUSE, *dict(ruling.obligations.items()))
    }
    found = [(record.ruling, record.clause) for record in emitted.compiled.coverage]
    assert sorted(found) == sorted(wanted)
    for record in emitted.compiled.coverage:
        assert record.situations == ON_NETWORK
        assert (record.reason is None) == (record.status is Status.ENFORCED)
        assert {path.partition("/")[2] for path in record.artifacts} <= set(emitted.files)
        assert all(deviation.people != NOBODY for deviation in record.deviations)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_same_policy_gives_the_same_bytes(data: st.DataObject, small: Any) -> None:
    """Nothing but the policy and the day is in the files."""
    policy = data.draw(policies(small))
    for make in small.MAKERS.values():
        assert make(policy).files == make(policy).files


def mutants(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each file with one line dropped, widened, turned round or repeated elsewhere."""
    for path, content in files.items():
        lines = content.decode().split("\n")[:-1]
        within = ""
        for number, line in enumerate(lines):
            if named := re.search(r'<entry name="([^"]*)">', line):
                within = named[1]
            if line.startswith(("#", ";", "//", "--")) or not line.strip():
                continue
            for what, changed in changes(line):
                text = "\n".join([*lines[:number], *changed, *lines[number + 1 :], ""])
                where = f"{path}:{number + 1} {within}"
                yield f"{where} {what}: {line}", {**files, path: text.encode()}


def changes(line: str) -> Iterator[tuple[str, list[str]]]:
    """What a slip or an intruder would do to one line."""
    yield "dropped", []
    swaps = [
        ("CNAME .", "CNAME rpz-passthru."),
        ("always_nxdomain", "transparent"),
        ("transparent", "always_nxdomain"),
        ("view-first: yes", "view-first: no"),
        ("address=/", "address=/*."),
        ("address=/*.", "address=/"),
        ("server=/*.", "server=/"),
        ("||*.", "||"),
        ("||", "|"),
        ("||", "||*."),
        ("@@", ""),
        ("^$", "^,"),
        ("~", ""),
        ("denyallow=", "denyallow=x"),
        ("client=", "ctag="),
        ("|", "|x."),
        ("/#", "/"),
        ("0.0.0.0 ", "127.0.0.1 "),
        ("CNAME rpz-passthru.", "CNAME ."),
        (",block,", ",allow,"),
        (",allow,", ",block,"),
        (",deny,", ",allow,"),
        (",allow,", ",deny,"),
        ("allowed first", "forbidden first"),
        ("regular expression", "pattern match"),
        (",enabled", ",disabled"),
        ("(?i)", ""),
        (r"\.?(:|/|$)", ""),
        (r"]+\.)*", r"]+\.)+"),
        (r"]+\.)+", r"]+\.)*"),
        (r"([^./:]+\.)*", ".*"),
        (r"\.test", ".test"),
        ("txt segments", "txt,segments"),
        (",in,", ",not-in,"),
        (",not-in,", ",in,"),
        ("http_access deny", "http_access allow"),
        ("ssl_bump terminate", "ssl_bump splice"),
        ("ssl_bump bump", "ssl_bump splice"),
        ("/24", "/25"),
        ("/255.255.255.0", "/255.255.255.128"),
        ("setblock", "false"),
        ("return false", "return setblock"),
        (",sitewild=false", ""),
        (",path=", ",sitewild=false,path="),
        ("if(sitein,", "ifnot(sitein,"),
        ("filter2", "filter1"),
        ("filter3", "filter2"),
        ("groups = 3", "groups = 2"),
        ("-m end", "-m str"),
        ("-m str", "-m end"),
        (",lower", ""),
        (",rtrim(.)", ""),
        ("inspect-delay 5s", "inspect-delay 0"),
        ("content reject", "content accept"),
        ("http-request deny", "http-request allow"),
        (" if ", " unless "),
        ("drop ", "alert "),
        ("drop ", "pass "),
        ('"block"', '"direct"'),
        ('"direct"', '"block"'),
        ("PROXY 127", "DIRECT; PROXY 127"),
        (':9"', ':9; DIRECT"'),
        ('"=', '".'),
        ('".', '"='),
        ('"=', '"=x'),
        ("toLowerCase", "toString"),
        ("=== ", "!== "),
        ("[any,", "["),
        ("!$", "$"),
        ("pcre:!", "pcre:"),
        ("/^", "/"),
        ("/\\.", "/^\\."),
        ("\\.*$/", "/"),
        ("dotprefix; ", ""),
        ("nocase; ", ""),
        ("/i", "/"),
        ("finance", "engineering"),
        ("ws-1,ws-2", "ws-1"),
        ("action deny", "action allow"),
        ("action allow", "action deny"),
        ("action decrypt", "action no-decrypt"),
        ("<action>deny", "<action>allow"),
        ("<action>allow", "<action>deny"),
        ("<action>decrypt", "<action>no-decrypt"),
        ("negate-source yes", "negate-source no"),
        ("<negate-source>yes", "<negate-source>no"),
        ("<log-end>yes</log-end>", "<disabled>yes</disabled>"),
        ("log-end yes", "disabled yes"),
        ("strip-alpn yes", "strip-alpn no"),
        ("-block", "-allow"),
        ("-allow", "-block"),
        (" !", " "),
        ("action block", "action allow"),
        ("action allow", "action block"),
        ("action accept", "action deny"),
        ("type regex", "type simple"),
        ("type regex", "type wildcard"),
        ("status enable", "status disable"),
        ("certificate-inspection", "disable"),
        ("255.255.255.0", "255.255.255.128"),
        ("/64", "/65"),
        ('"^', '"'),
        (r"(:|/|$)", ""),
        (r"\\.*$", ""),
        (r"\\.test", ".test"),
        (r"]+\\.)*", r"]+\\.)+"),
        (r"]+\\.)+", r"]+\\.)*"),
        (r"([^./:]+\\.)*", ".*"),
        ('"BLOCK"', '"ALLOW"'),
        ('"ALLOW"', '"BLOCK"'),
        ('"ENABLED"', '"DISABLED"'),
        ('".', '"'),
        ('".', '"*.'),
        ('"ANY_RULE"', '"HTTP_RULE"'),
        ("${aipol-0", "${aipol-1"),
        ("${aipol__gateways", "${aipol-finance"),
        (",aipol__gateways", ",aipol-finance"),
        (",Block", ",Allow"),
        (",Allow", ",Block"),
        ('"exact"', '"regex"'),
        ('"action": "block"', '"action": "allow"'),
        ('"action": "allow"', '"action": "block"'),
        (") and not(", ") and ("),
        (") or ", ") and "),
    ]
    for old, new in swaps:
        if old in line:
            yield f"{old} -> {new}", [line.replace(old, new)]
    if (wider := re.sub(r"[a-z]+\\\\\.(?=[a-z]+\\\\\.test)", "", line)) != line:
        yield "one label wider", [wider]
    if line.startswith("."):
        yield "narrowed", [line[1:]]
        yield "useless", [f"*{line}"]
    if line.endswith(".test"):
        yield "widened", [f".{line.removeprefix('.').partition('.')[2]}"]
    yield from other_urls(line)
    if line.endswith(".test/"):
        yield "unanchored", [line[:-1]]
    for host in re.findall(r"(?:^|<member>| )((?:\*\.)?[a-z0-9.-]+\.test)/(?:$|<)", line):
        bare = host.removeprefix("*.")
        yield "lookalike", [line.replace(bare, f"x{bare}")]
        yield "unanchored", [line.replace(f"{host}/", host)]
        if bare.count(".") > 1:
            yield "wider", [line.replace(bare, bare.partition(".")[2])]


def other_urls(line: str) -> Iterator[tuple[str, list[str]]]:
    """What a slip would do to a host in quotes."""
    for host in re.findall(r'"(?:\*?\.)?([a-z0-9.-]+\.test)"', line):
        yield "lookalike", [line.replace(host, f"x{host}")]
        yield "useless", [line.replace(host, f"{host}.")]
        if host.count(".") > 1:
            yield "wider", [line.replace(host, host.partition(".")[2])]


def only_script(small: Any) -> Any:
    """A FortiGate without the second form, which would give away every change of the first."""
    return lambda policy: small.guarded(policy, outputs=["cli"])


@pytest.mark.parametrize("target", TARGETS)
def test_every_change_of_a_line_is_noticed(target: str, small: Any) -> None:
    """A dropped, flipped, narrowed or widened line is unreadable or contradicts the policy."""
    # Of a group with IPv6 addresses two accounts admit that some of them get others' answers.
    networks = small.FOUR if target in {"netskope", "zscaler"} else small.NETWORKS
    make = {**small.MAKERS, "fortigate": only_script(small)}[target]
    emitted = make(small.everything(networks=networks))
    assert emitted.findings() == ()
    survivors = []
    for what, files in mutants(dict(emitted.files)):
        try:
            if not emitted.findings(files):
                survivors.append(what)
        except UnreadableArtifact:
            continue
    assert [each for each in survivors if not any(word in each for word in UNASKED)] == []


# What decides nothing: a network that is treated as everybody else is, and what things are called.
UNASKED = (
    "10.30.0.0/24",
    "10.30.0.0 255.255.255.0",
    "10.30.0.0/255.255.255.0",
    "aipol-10-30-0-0_24",
    "groupname = 'aipol-finance'",
    'set name "aipol-finance_v6"',
    '"name": "aipol_finance',
    '"name": "aipol-1-',
    '"name": "aipol-0-',
    '<entry name="aipol-',
    "policies.csv:4  -allow",
)


@pytest.mark.parametrize("surface", [Surface.BUILTIN, Surface.CONNECTOR])
@pytest.mark.parametrize("target", TARGETS)
def test_the_target_does_not_claim_what_is_not_traffic(
    surface: Surface, target: str, small: Any
) -> None:
    """Built-in features and connectors are none of its surfaces."""
    assert surface not in small.MAKERS[target](small.everything()).target.surfaces
