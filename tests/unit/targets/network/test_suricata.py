"""What a Suricata is told: the rules, what they are about, for whom, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import BAD_DOMAIN, LIMIT_EXCEEDED, LOCK_OUT
from aipol.domains import Intent
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.suricata import facts
from aipol_targets.suricata.lines import rule_line
from aipol_targets.suricata.model import Names, Pattern, Rule, Source
from aipol_targets.suricata.settings import SuricataSettings

RULES, GROUPS = "aipol.rules", "address-groups.yaml"


def options(emitted: Any, protocol: str) -> list[str]:
    """What the rules of a protocol look for, without their message and id."""
    found = re.findall(
        rf"^drop {protocol} .*?flow:to_server; (.*); sid", emitted.text[RULES], re.MULTILINE
    )
    return [str(each) for each in found]


def test_each_intent_is_said_exactly(small: Any) -> None:
    """A subtree, one host, and a subtree without its root; the name may have its final dot."""
    hosts = (
        "sub.test",
        small.domain("exact.test", Match.EXACT),
        small.domain("kids.test", Match.CHILDREN),
    )
    emitted = small.inspected(small.Policy(apps=(small.app("one", *hosts),)))
    assert options(emitted, "tls") == [
        'tls.sni; dotprefix; content:".exact.test"; nocase; pcre:"/^\\.exact\\.test\\.*$/i"',
        (
            'tls.sni; dotprefix; content:".kids.test"; nocase; pcre:"/\\.kids\\.test\\.*$/i"; '
            'pcre:!"/^\\.kids\\.test\\.*$/i"'
        ),
        'tls.sni; dotprefix; content:".sub.test"; nocase; pcre:"/\\.sub\\.test\\.*$/i"',
    ]
    assert options(emitted, "http")[0] == (
        'http.host; dotprefix; content:".exact.test"; pcre:"/^\\.exact\\.test\\.*$/"'
    )
    assert options(emitted, "dns")[0].startswith("dns.query; dotprefix; ")
    for client in ("dns", "http", "tls"):
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
    assert record.artifacts == ("suricata/aipol.rules",)


def test_exceptions_are_taken_out_and_never_passed(small: Any) -> None:
    """A `pass` would win over a block inside it, and over rules that are not ours."""
    apps = (
        small.app("deep", "a.test", "c.b.a.test"),
        small.app("open", "b.a.test", small.domain("x.a.test", Match.EXACT)),
    )
    rule = small.Rule(("open",), ("everyone",), Effect.ALLOW)
    emitted = small.inspected(small.Policy(apps=apps, rules=(rule,)))
    assert options(emitted, "http") == [
        (
            'http.host; dotprefix; content:".a.test"; pcre:"/\\.a\\.test\\.*$/"; '
            'pcre:!"/\\.b\\.a\\.test\\.*$/"; pcre:!"/^\\.x\\.a\\.test\\.*$/"'
        ),
        'http.host; dotprefix; content:".c.b.a.test"; pcre:"/\\.c\\.b\\.a\\.test\\.*$/"',
    ]
    assert "pass " not in emitted.text[RULES]
    assert emitted.findings() == ()


def test_one_rule_is_for_everybody_whom_it_is_for(small: Any) -> None:
    """Some groups by their names, or anybody without those whom it is not for; never a gateway."""
    emitted = small.inspected(small.everything())
    sources = dict(
        re.findall(r'^drop tls (\S+) .*msg:"aipol (\S+)"', emitted.text[RULES], re.MULTILINE)
    )
    assert set(sources) == {
        "[any,!$AIPOL_GATEWAYS]",
        "[any,!$AIPOL_SEGMENT_FINANCE,!$AIPOL_GATEWAYS]",
    }
    only = (
        small.Rule(("one",), ("finance", "engineering"), Effect.BLOCK),
        small.Rule(("one",), ("everyone",), Effect.ALLOW),
    )
    policy = small.Policy((small.app("one", "one.test"),), only, networks=small.NETWORKS)
    emitted = small.inspected(policy)
    assert "drop tls [$AIPOL_SEGMENT_ENGINEERING,$AIPOL_SEGMENT_FINANCE] " in emitted.text[RULES]
    assert emitted.text[GROUPS].splitlines() == [
        "%YAML 1.1",
        "---",
        'AIPOL_SEGMENT_ENGINEERING: "[10.30.0.0/24]"',
        'AIPOL_SEGMENT_FINANCE: "[10.20.0.0/24,2001:db8:20::/64]"',
    ]
    everybody = small.inspected(small.Policy((small.app("one", "one.test"),)))
    assert "drop tls any any -> any any " in everybody.text[RULES]
    assert set(everybody.files) == {RULES}


def test_ids_do_not_depend_on_other_rules(small: Any) -> None:
    """What is added or taken away leaves the ids of the others as they are, and moves with none."""
    one, two = small.app("one", "one.test"), small.app("two", "two.test", "a.two.test")

    def ids(*apps: Any, **settings: Any) -> dict[str, int]:
        text = small.inspected(small.Policy(apps), **settings).text[RULES]
        found = re.findall(r"^drop (\S+) .*content:\"(\S+)\".* sid:(\d+);", text, re.MULTILINE)
        return {f"{protocol} {host}": int(sid) for protocol, host, sid in found}

    both = ids(one, two)
    assert both.items() >= ids(one).items()
    assert len(set(both.values())) == len(both)
    assert all(1_000_000 <= sid < 2_000_000 for sid in both.values())
    moved = ids(one, two, first_sid=5_000_000)
    assert {name: sid + 4_000_000 for name, sid in both.items()} == moved


def test_an_alert_is_no_block(small: Any) -> None:
    """The use is let through, and the account says so."""
    emitted = small.inspected(small.everything(), action="alert")
    assert not emitted.blocked("tls", small.ANYBODY, "big.test")
    record = emitted.record("deep/web/any/0")
    assert record.status is Status.UNSUPPORTED
    assert record.reason.code == "detects-only"
    assert emitted.findings() == ()


@pytest.mark.parametrize("action", ["drop", "reject"])
def test_what_stops_a_connection_blocks(action: str, small: Any) -> None:
    """Silently, or with a reset."""
    emitted = small.inspected(small.everything(), action=action)
    assert emitted.text[RULES].splitlines()[1].startswith(f"{action} ")
    assert emitted.blocked("tls", small.ANYBODY, "BIG.test.")
    assert emitted.record("deep/web/any/0").status is Status.ENFORCED
    assert emitted.decider.clients(Kind.HELD) == ()


def test_a_use_through_a_gateway_is_blocked_directly(small: Any) -> None:
    """The gateway itself is let through."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    gateways = (Gateway("gw", "gw.test", (f"{small.GATEWAY}/32",)),)
    apps = (small.app("one", "one.test"),)
    emitted = small.inspected(small.Policy(apps, (rule,), gateways=gateways))
    assert emitted.record("one/web/any/0", "via").status is Status.ENFORCED
    assert emitted.blocked("dns", small.ANYBODY, "one.test")
    assert not emitted.blocked("dns", small.GATEWAY, "one.test")


# --- limits, settings and inputs ------------------------------------------------------------------


def test_more_rules_than_suricata_loads_in_time_are_an_error(small: Any) -> None:
    """10,000 of them, counted for all protocols, said with both numbers."""
    most = 10_000 // 3
    hosts = [f"h{number}.test" for number in range(most + 1)]
    few, many = (small.Policy((small.app("one", *hosts[:count]),)) for count in (most, most + 1))
    assert small.compiled(small.resolve(few), small.SURICATA).findings == ()
    found = small.compiled(small.resolve(many), small.SURICATA)
    assert found.artifacts == ()
    assert found.findings[0].code == LIMIT_EXCEEDED.code
    assert "10002" in found.findings[0].message
    assert "10000" in found.findings[0].message


def test_a_rule_that_suricata_would_leave_out_is_an_error(small: Any) -> None:
    """More exceptions than a rule holds: it would not be loaded, and all others would."""
    inside = (f"a-host-with-a-rather-long-name-{number}.big.test" for number in range(200))
    apps = (small.app("deep", "big.test"), small.app("open", *inside))
    rule = small.Rule(("open",), ("everyone",), Effect.ALLOW)
    found = small.compiled(small.resolve(small.Policy(apps, (rule,))), small.SURICATA)
    assert found.findings[0].code == LIMIT_EXCEEDED.code
    assert "8191" in found.findings[0].message
    assert found.artifacts == ()


def test_colliding_ids_are_kept_apart(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two rules would have one id, the second takes the next."""
    import aipol_targets.suricata.patterns as made

    monkeypatch.setattr(made, "SIDS", 9)
    apps = (small.app("one", "a.test", "b.test", "c.test"),)
    text = small.inspected(small.Policy(apps)).text[RULES]
    sids = sorted(map(int, re.findall(r"sid:(\d+)", text)))
    assert sids == list(range(1_000_000, 1_000_009))


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "pass"},
        {"action": "DROP"},
        {"protocols": ["tls"]},
        {"first_sid": 0},
        {"first_sid": "1"},
        {"first_sid": 4_294_967_295},
        {"sid": 1},
    ],
)
def test_settings_that_mean_nothing_are_refused(changed: dict[str, Any]) -> None:
    """Actions, protocols and ids that Suricata has."""
    with pytest.raises(ValidationError):
        SuricataSettings.model_validate(changed)


@pytest.mark.parametrize("host", ['a";sid:1;', "a;b", "a\nb", "a.test/", "A.test", "", "a..b"])
def test_nothing_but_a_host_gets_into_a_rule(host: str) -> None:
    """A quote or a semicolon would end what it stands in."""
    pattern = Pattern(Names(host, Intent.SUBTREE), ())
    with pytest.raises(UnsafeTextError):
        rule_line(Rule("drop", "tls", Source((), others=True), pattern, 1))


def test_hosts_that_are_none_and_protected_ones_are_errors(small: Any) -> None:
    """The first could be anything in a rule, the second would lock people out."""
    bad = small.Policy((small.app("one", 'a";.test'),))
    found = small.compiled(small.resolve(bad), small.SURICATA)
    assert {each.code for each in found.findings} == {BAD_DOMAIN.code}
    locked = small.Policy(
        (small.app("one", "one.test"),), protected=(("in.one.test", "exact", "sign-in"),)
    )
    found = small.compiled(small.resolve(locked), small.SURICATA)
    assert LOCK_OUT.code in {each.code for each in found.findings}
    assert found.artifacts == ()


def test_an_identifier_stays_in_its_comment(small: Any) -> None:
    """Nothing of it is a rule."""
    policy = replace(small.everything(), identifier="x\ndrop ip any any -> any any (sid:1;)")
    text = small.inspected(policy).text[RULES].splitlines()
    assert text[1:] == small.inspected(small.everything()).text[RULES].splitlines()[1:]


# --- the reader -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("drop tls", "pass tls"),
        ("drop tls", "alert tls"),
        ("drop tls", "drop tcp"),
        ("drop tls", "drop  tls"),
        ("[any,!$AIPOL_SEGMENT_FINANCE,!$AIPOL_GATEWAYS]", "!$AIPOL_GATEWAYS"),
        ("[any,!$AIPOL_GATEWAYS]", "[!$AIPOL_GATEWAYS]"),
        ("[any,!$AIPOL_GATEWAYS]", "[any,!$AIPOL_NOBODY]"),
        ("[any,!$AIPOL_GATEWAYS]", "$HOME_NET"),
        ("[any,!$AIPOL_GATEWAYS]", "10.0.0.0/8"),
        ("[any,!$AIPOL_GATEWAYS]", "[]"),
        ("any -> any any", "any <> any any"),
        ("any -> any any", "any -> any 443"),
        ("flow:to_server", "flow:to_client"),
        ("tls.sni", "tls.cert_subject"),
        ("http.host;", "http.host.raw;"),
        ("dotprefix; ", ""),
        ("nocase; ", ""),
        ('pcre:"/\\.big', 'pcre:"/big'),
        ('\\.*$/i"', '\\.*/i"'),
        ('$/i"', '$/"'),
        ('content:".big.test"', 'content:".big.test."'),
        ('content:".big.test"', 'content:"big.test"'),
        ('content:".big.test"', 'content:!".big.test"'),
        ("pcre:!", "pcre:"),
        ('; pcre:"/\\.big\\.test\\.*$/i"', ""),
        ("rev:1;)", "rev:1; noalert;)"),
        ("rev:1;)", "rev:1; threshold:type limit, track by_src, count 1, seconds 60;)"),
        ("; rev:1;)", ";)"),
        ("sid:1", "sid:x1"),
    ],
)
def test_another_rule_is_not_explained_away(old: str, new: str, small: Any) -> None:
    """What would let something by, or is not known, is unreadable or contradicts the policy."""
    emitted = small.inspected(small.everything())
    assert emitted.noticed(emitted.changed(RULES, old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.20.0.0/24", "10.20.0.0/25"),
        ("10.20.0.0/24", "10.20.0.1/24"),
        ("10.20.0.0/24", "any"),
        ('"[10.99.0.8/32]"', "[10.99.0.8/32]"),
        ("AIPOL_GATEWAYS", "AIPOL_SEGMENT_FINANCE"),
        ("%YAML 1.1\n", ""),
        ("---\n", "---\nHOME_NET: any\n"),
        ("---\n", '---\nHOME_NET: "[10.0.0.0/8]"\n'),
    ],
)
def test_other_groups_are_not_explained_away(old: str, new: str, small: Any) -> None:
    """Networks, names that are there twice, and groups that no rule names."""
    emitted = small.inspected(small.everything())
    assert emitted.noticed(emitted.changed(GROUPS, old, new))


def test_what_is_there_twice_or_missing_is_refused(small: Any) -> None:
    """Suricata refuses a second rule with an id; without groups it refuses every rule."""
    emitted = small.inspected(small.everything())
    lines = emitted.text[RULES].splitlines(keepends=True)
    again = re.sub(r"sid:\d+", "sid:7", lines[1])
    for files in (
        {**emitted.files, RULES: "".join([*lines, lines[1]]).encode()},
        {**emitted.files, RULES: "".join([*lines, again]).encode()},
        {**emitted.files, RULES: "".join([*lines, lines[1].replace("any", "x" * 9000)]).encode()},
        {**emitted.files, "other.rules": b"# x\n"},
        {RULES: emitted.files[RULES]},
        {GROUPS: emitted.files[GROUPS]},
        {},
    ):
        with pytest.raises(UnreadableArtifact):
            small.SURICATA.read(files)


def test_more_rules_than_the_limit_are_refused(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the reader as well, which has the numbers from itself."""
    import aipol_targets.suricata.read_rules as reading

    assert facts.RULES.value == reading.MOST
    assert facts.RULE_LENGTH.value == reading.LONGEST
    emitted = small.inspected(small.everything())
    monkeypatch.setattr(reading, "MOST", 5)
    with pytest.raises(UnreadableArtifact):
        small.SURICATA.read(emitted.files)
