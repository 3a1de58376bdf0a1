"""What a FortiGate is told: the objects, what their patterns match, and what is accounted for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import LIMIT_EXCEEDED, LOCK_OUT
from aipol.domains import Intent
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.fortigate.filters import Action, Rule
from aipol_targets.fortigate.names import address_name, domain_pattern, object_name, url_pattern
from tests.unit.targets.network.written import SPAN

CONF, REMOVE, REST = "aipol.conf", "remove.conf", "rest.json"
CLIENTS = ("webfilter", "dnsfilter")


def lines(emitted: Any, *, start: str) -> list[str]:
    """The lines of the script that start like this, without their indentation."""
    found = (line.strip() for line in emitted.text[CONF].splitlines())
    return [line for line in found if line.startswith(start)]


def noticed(emitted: Any, text: str) -> bool:
    """Whether another script is unreadable, or its answers are not the policy's."""
    try:
        return bool(emitted.findings({**emitted.files, CONF: text.encode()}))
    except UnreadableArtifact:
        return True


def script(small: Any, **changes: Any) -> Any:
    """The script alone for a policy with everything in it."""
    return small.guarded(replace(small.everything(), **changes), outputs=["cli"])


# --- the files ------------------------------------------------------------------------------------


def test_each_output_is_one_file_and_complete_alone(small: Any) -> None:
    """A script with one that undoes it, a list of requests; both have the same clients."""
    for output, files in {"cli": {CONF, REMOVE}, "rest": {REST}}.items():
        emitted = small.guarded(small.everything(), outputs=[output])
        assert set(emitted.files) == files
        assert emitted.decider.clients(Kind.HOST) == CLIENTS
        assert emitted.decider.clients(Kind.HEADER) == ()
        assert emitted.findings() == ()


def test_every_kind_of_pattern_and_the_deepest_level_first(small: Any) -> None:
    """A subtree, one host, what is below a host; the longest names stand first."""
    hosts = (
        "sub.test",
        small.domain("exact.test", Match.EXACT),
        small.domain("kids.test", Match.CHILDREN),
    )
    apps = (small.app("one", *hosts), small.app("two", "open.sub.test"))
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    emitted = script(small, apps=apps, rules=(rule,), networks={}, gateways=())
    assert lines(emitted, start="set url ") == [
        r'set url "^([^./:]+\\.)*open\\.sub\\.test\\.*(:|/|$)"',
        r'set url "^exact\\.test\\.*(:|/|$)"',
        r'set url "^([^./:]+\\.)+kids\\.test\\.*(:|/|$)"',
        r'set url "^([^./:]+\\.)*sub\\.test\\.*(:|/|$)"',
    ]
    assert lines(emitted, start="set domain ") == [
        r'set domain "^([^.]+\\.)*open\\.sub\\.test\\.*$"',
        r'set domain "^exact\\.test\\.*$"',
        r'set domain "^([^.]+\\.)+kids\\.test\\.*$"',
        r'set domain "^([^.]+\\.)*sub\\.test\\.*$"',
    ]
    actions = ["set action allow", *["set action block"] * 3]
    assert lines(emitted, start="set action ")[: 2 * len(actions)] == actions * 2


def test_policies_stand_in_their_order(small: Any) -> None:
    """Gateways first and without a filter, the default segment last, in both families."""
    emitted = script(small)
    names = [line.split('"')[1] for line in lines(emitted, start="set name ")]
    policies = names[names.index("aipol_gateways") :]
    assert policies == [
        "aipol_gateways",
        "aipol-engineering",
        "aipol-finance",
        "aipol-finance_v6",
        "aipol-default",
        "aipol-default_v6",
    ]
    text = emitted.text[CONF]
    gateway = text[text.index('set name "aipol_gateways"') :].partition("next")[0]
    assert "utm-status" not in gateway
    assert "filter-profile" not in gateway
    assert lines(emitted, start="move ") == []


def test_policies_can_be_put_before_one_of_the_firewall(small: Any) -> None:
    """A new policy stands last, behind whatever lets everything out."""
    emitted = small.guarded(small.everything(), outputs=["cli"], before_policy=7)
    moved = [f"move {number} before 7" for number in (9000, 9002, 9004, 9005, 9006, 9007)]
    assert lines(emitted, start="move ") == moved
    assert emitted.findings() == ()


def test_another_script_takes_everything_away_again(small: Any) -> None:
    """Each object before those it refers to, and nothing else; a script that does not is refused.

    Loaded over an old version a new one would leave what the old one had more of.
    """
    emitted = script(small)
    text = emitted.text[REMOVE]
    order = [line for line in text.splitlines() if line.startswith("config ")]
    made = [line for line in emitted.text[CONF].splitlines() if line.startswith("config ")]
    assert order == made[::-1]
    assert len(re.findall(r"^ {4}delete ", text, re.MULTILINE)) == len(
        re.findall(r"^ {4}edit ", emitted.text[CONF], re.MULTILINE)
    )
    for changed in (
        text.replace("    delete 9000\n", "", 1),
        text.replace("delete 9000", "delete 9999", 1),
        text.replace('delete "aipol-finance"', 'delete "all"', 1),
        text.replace("end\n", "    delete 1\nend\n", 1),
        text[: text.rindex("config ")],
        text[: text.rindex("end")],
        f"{text}config system admin\n    delete x\nend\n",
    ):
        assert changed != text
        with pytest.raises(UnreadableArtifact):
            small.FORTIGATE.read({**emitted.files, REMOVE: changed.encode()})


def test_a_segment_without_blocks_still_has_its_own_policy(small: Any) -> None:
    """Or its addresses would get what the default segment gets; a silent rest gets none."""
    apps = (small.app("one", "one.test"),)
    rules = (small.Rule(("one",), ("finance",), Effect.ALLOW),)
    policy = small.Policy(apps, rules, networks=small.NETWORKS)
    emitted = small.guarded(policy, outputs=["cli"])
    assert not emitted.blocked("webfilter", small.FINANCE, "one.test")
    assert emitted.blocked("webfilter", small.ENGINEERING, "one.test")
    assert emitted.blocked("dnsfilter", "2001:db8:99::1", "one.test")
    everybody = (small.Rule(("one",), ("everyone",), Effect.ALLOW),)
    silent = small.guarded(replace(policy, rules=everybody), outputs=["cli"])
    assert '"aipol-default"' not in silent.text[CONF]


def test_the_requests_are_the_script(small: Any) -> None:
    """The same objects in the same order, each sent to its own table."""
    emitted = small.guarded(small.everything(), before_policy=7)
    requests = json.loads(emitted.text[REST])
    paths = list(dict.fromkeys(request["path"] for request in requests if "body" in request))
    configs = [line for line in emitted.text[CONF].splitlines() if line.startswith("config ")]
    tables = [line.removeprefix("config ").replace(" ", "/") for line in dict.fromkeys(configs)]
    assert paths == [f"/api/v2/cmdb/{table}" for table in tables]
    assert requests[-1] == {
        "method": "PUT",
        "path": "/api/v2/cmdb/firewall/policy/9007?action=move&before=7",
    }
    (policy,) = (r["body"] for r in requests if r.get("body", {}).get("policyid") == 9004)
    assert policy["srcaddr"] == [{"name": "aipol-finance"}]
    assert policy["webfilter-profile"] == "aipol-finance"


# --- what the patterns match ----------------------------------------------------------------------


def subjects(host: str) -> Iterator[str]:
    """What either mode may compare: a name alone, with a path, with a port."""
    yield from (host, f"{host}/", f"{host}/path?q=x.test", f"{host}:8443/", f"{host}./")


@pytest.mark.parametrize("intent", list(Intent))
def test_a_pattern_matches_its_hosts_and_no_others(intent: Intent, small: Any) -> None:
    """Evaluated as Perl expressions, found anywhere in whatever a mode compares."""
    rule = Rule("chat.x.test", intent, Action.BLOCK)
    url, domain = re.compile(url_pattern(rule)), re.compile(domain_pattern(rule))
    at, below = intent is not Intent.CHILDREN, intent is not Intent.EXACT
    probes = (*small.probes(["chat.x.test"]), "chatxx.test", "chatgx.test", "notchat.x.test")
    for host in probes:
        inside = at if host == "chat.x.test" else below and host.endswith(".chat.x.test")
        assert bool(domain.search(host)) is inside, host
        assert [bool(url.search(each)) for each in subjects(host)] == [inside] * 5, host
    for stranger in ("evil.test/chat.x.test/", "evil.test/?u=.chat.x.test/", "evil.test:80/a.chat"):
        assert not url.search(stranger)


def tables(emitted: Any, what: str) -> Iterator[list[tuple[re.Pattern[str], bool]]]:
    """The expressions of each table as the firewall holds them, and whether each one blocks."""
    kind = {"url": "webfilter urlfilter", "domain": "dnsfilter domain-filter"}[what]
    (body,) = re.findall(
        rf"^config {kind}\n(.*?)^end$", emitted.text[CONF], re.MULTILINE | re.DOTALL
    )
    for table in re.split(r"^    edit ", body, flags=re.MULTILINE)[1:]:
        entry = rf'set {what} "(.*)"\n *set type regex\n *set action (\w+)'
        yield [
            (re.compile(pattern.replace("\\\\", "\\")), action == "block")
            for pattern, action in re.findall(entry, table)
        ]


@pytest.mark.parametrize(("what", "client"), [("url", "webfilter"), ("domain", "dnsfilter")])
def test_the_reader_answers_as_the_expressions_do(what: str, client: str, small: Any) -> None:
    """Every entry is run as an expression, on the text of either mode, in the order of the file."""
    emitted = script(small)
    hosts = small.probes(host for _, host in emitted.decider.mentions())
    sources = (small.ENGINEERING, small.FINANCE, small.ANYBODY)
    texts = ("{}",) if what == "domain" else ("{}", "{}/", "{}/a.big.test/", "{}:443")
    found = list(tables(emitted, what))
    assert [len(table) for table in found] == [11, 9, 11]
    for source, table in zip(sources, found, strict=True):
        for host in hosts:
            expected = emitted.blocked(client, source, host)
            for text in (each.format(host) for each in texts):
                first = next((blocks for each, blocks in table if each.search(text)), False)
                assert first is expected, (host, text)


def test_a_long_name_costs_no_time() -> None:
    """There is one way to match a text, so that nobody can keep the firewall busy."""
    rule = Rule("chat.x.test", Intent.SUBTREE, Action.BLOCK)
    assert not re.search(url_pattern(rule), "a." * 20_000 + "b")


# --- names ----------------------------------------------------------------------------------------


def test_names_are_short_stable_and_different() -> None:
    """A segment with many groups gets a digest; no network shares a name with another."""
    long = "a" * 39
    assert object_name("finance") == "aipol-finance"
    assert len(object_name(long)) <= 32
    assert object_name(long) == object_name(long) != object_name(f"{long}b")
    names = {address_name(n) for n in ("2001:db8::/32", "2001:db8:0::/48", "10.0.0.0/8")}
    assert len(names) == 3
    assert max(map(len, names)) < 79


def test_a_segment_may_be_called_like_our_own_objects(small: Any) -> None:
    """`gateways` and `certificate` are names of groups like any other."""
    networks = {"gateways": ("10.1.0.0/16",), "certificate": ("10.2.0.0/16",)}
    base = small.everything()
    policy = replace(base, networks={**base.networks, **networks}, rules=base.rules)
    assert small.guarded(policy).findings() == ()


# --- what is accounted for ------------------------------------------------------------------------


def test_a_block_with_exceptions_both_ways_is_enforced(small: Any) -> None:
    """Block a parent, allow a child, block a grandchild: nothing is lost."""
    apps = (
        small.app("outer", "big.test"),
        small.app("inner", "api.big.test"),
        small.app("deep", "x.api.big.test"),
    )
    rule = small.Rule(("inner",), ("everyone",), Effect.ALLOW)
    emitted = small.guarded(small.Policy(apps, (rule,)))
    for name in ("outer", "inner", "deep"):
        assert emitted.record(f"{name}/web/any/0").status is Status.ENFORCED
    for client in CLIENTS:
        assert emitted.blocked(client, small.ANYBODY, "big.test")
        assert not emitted.blocked(client, small.ANYBODY, "v1.api.big.test")
        assert emitted.blocked(client, small.ANYBODY, "y.x.api.big.test")
        assert not emitted.blocked(client, small.ANYBODY, "notbig.test")


def test_what_a_filter_does_not_do_is_told(small: Any) -> None:
    """Warnings, inspection, records and accounts have a reason each."""
    owed = Obligations(inspect_tls=True, log="metadata")
    rules = (
        small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=owed),
        small.Rule(("two",), ("everyone",), Effect.WARN),
    )
    hosts = ("one.test", small.domain("common.test", shared=True))
    apps = (small.app("one", *hosts), small.app("two", "two.test"))
    emitted = small.guarded(small.Policy(apps, rules, inspect_tls="ai-only"))
    reasons = {
        (clause, emitted.record(f"{name}/web/any/0", clause).reason.code)
        for name, clause in (("one", "inspect_tls"), ("one", "log"), ("two", "effect"))
    }
    assert reasons == {
        ("inspect_tls", "tls-not-inspected"),
        ("log", "shared-host"),
        ("effect", "no-prompt"),
    }


def test_a_use_that_is_recorded_is_let_through_with_a_record(small: Any) -> None:
    """By both filters, around exceptions and within blocks; what was said is in no record."""
    rules = (
        small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(log="metadata")),
        small.Rule(("two",), ("everyone",), Effect.ALLOW, obligations=Obligations(log="full")),
    )
    apps = (
        small.app("one", "one.test", small.domain("x.three.test", Match.CHILDREN)),
        small.app("two", "two.test"),
        small.app("three", "three.test", small.domain("y.one.test", Match.EXACT)),
    )
    emitted = script(small, apps=apps, rules=rules, networks={}, gateways=())
    actions = [line.removeprefix("set action ") for line in lines(emitted, start="set action ")]
    assert actions[:5] == ["block", "monitor", "monitor", "block", "monitor"]
    assert lines(emitted, start="set url ")[:2] == [
        r'set url "^y\\.one\\.test\\.*(:|/|$)"',
        r'set url "^([^./:]+\\.)+x\\.three\\.test\\.*(:|/|$)"',
    ]
    assert emitted.record("one/web/any/0", "log").status is Status.ENFORCED
    assert emitted.record("two/web/any/0", "log").reason.code == "metadata-only"
    for client in CLIENTS:
        assert emitted.blocked(client, small.ANYBODY, "x.three.test")
        assert not emitted.blocked(client, small.ANYBODY, "a.x.three.test")
        assert emitted.blocked(client, small.ANYBODY, "y.one.test")
    text = emitted.text[CONF]
    assert noticed(emitted, text.replace("set action monitor", "set action allow", 1))
    late = text.index(r'set domain "^([^.]+\\.)*one')
    assert noticed(emitted, text[:late] + text[late:].replace("action monitor", "action allow", 1))


def test_a_gateway_keeps_its_way_out(small: Any) -> None:
    """Its addresses are not filtered, even inside a segment's network; people's are."""
    emitted = script(small)
    for client in CLIENTS:
        assert emitted.blocked(client, small.ANYBODY, "routed.test")
        assert not emitted.blocked(client, small.GATEWAY, "routed.test")
    assert emitted.record("routed/web/any/0", "via").status is Status.ENFORCED
    inside = Gateway("gateway", "gateway.test", ("10.20.0.9/32",))
    moved = script(small, gateways=(inside,))
    assert not moved.blocked("webfilter", "10.20.0.9", "routed.test")
    assert moved.blocked("webfilter", "10.20.0.8", "routed.test")


def test_more_entries_than_the_model_holds_is_an_error(small: Any) -> None:
    """With the number, and at a place in the policy."""
    apps = tuple(small.app(f"app-{n}", f"host-{n}.test") for n in range(6))
    ir = small.resolve(small.Policy(apps))
    given = {"inside": ["lan"], "outside": ["wan1"]}
    (finding,) = small.compiled(ir, small.FORTIGATE, filter_entries=5, **given).findings
    assert finding.code == LIMIT_EXCEEDED.code
    assert "`default`: 6, limit 5" in finding.message
    assert finding.span == SPAN
    assert small.compiled(ir, small.FORTIGATE, filter_entries=6, **given).findings == ()


def test_a_protected_host_is_never_blocked(small: Any) -> None:
    """Whatever the policy says."""
    policy = small.Policy((small.app("one", "one.test"),), protected=(("one.test", "exact", "x"),))
    made = small.compiled(small.resolve(policy), small.FORTIGATE, inside=["lan"], outside=["wan1"])
    assert {finding.code for finding in made.findings} == {LOCK_OUT.code}
