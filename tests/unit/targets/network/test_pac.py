"""What browsers are advised: the rules, the ways, who is handed which file, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.catalogue.model import Match
from aipol.diagnostics.codes import BAD_DOMAIN, BAD_VALUE, LIMIT_EXCEEDED, LOCK_OUT
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.pac import facts, read_script
from aipol_targets.pac import lower as lowering
from aipol_targets.pac.settings import PacSettings

HANDOUT, DEFAULT = "handout.csv", "segments/default.pac"


def rules(emitted: Any, path: str = DEFAULT) -> dict[str, str]:
    """The rules of a file."""
    text = emitted.text[path].partition("var rules = ")[2].partition(";\n")[0]
    found: dict[str, str] = json.loads(text)
    return found


def test_each_intent_is_said_exactly(small: Any) -> None:
    """`=` is a host, `.` what is below it, a subtree is both."""
    hosts = (
        "sub.test",
        small.domain("exact.test", Match.EXACT),
        small.domain("kids.test", Match.CHILDREN),
    )
    emitted = small.advised(small.Policy(apps=(small.app("one", *hosts),)))
    assert rules(emitted) == dict.fromkeys(
        ("=exact.test", ".kids.test", "=sub.test", ".sub.test"), "block"
    )
    blocked = {
        host
        for host in small.probes(("sub.test", "exact.test", "kids.test"))
        if emitted.blocked("pac", small.ANYBODY, host)
    }
    assert blocked == {
        *("sub.test", "www.sub.test", "a.b.sub.test"),
        *("exact.test", "www.kids.test", "a.b.kids.test"),
    }


def test_it_never_claims_to_enforce_a_block(small: Any) -> None:
    """A program may ignore a file: what is blocked is looser, and what is let through holds."""
    emitted = small.advised(small.everything(), gateways={"gateway": "proxy.test:8080"})
    for record in emitted.compiled.coverage:
        ruling = emitted.ir.by_id[record.ruling]
        if record.clause == "via" or ruling.direct is Effect.BLOCK:
            assert record.status in {Status.LOOSER, Status.UNSUPPORTED}, record
            assert record.reason is not None
    record = emitted.record("deep/web/any/0")
    assert (record.status, record.reason) == (Status.LOOSER, facts.ADVISORY)
    assert record.artifacts == (f"pac/{HANDOUT}", *(f"pac/{path}" for path in FILES))
    assert emitted.record("inside/web/any/0").status is Status.ENFORCED
    assert emitted.record("routed/web/any/0", "via").reason == facts.ADVISORY
    assert emitted.findings() == ()


FILES = ("segments/default.pac", "segments/engineering.pac", "segments/finance.pac")


def test_everybody_is_handed_the_file_of_their_segment(small: Any) -> None:
    """By network; everybody else gets the default one, and a gateway none."""
    emitted = small.advised(small.everything())
    assert emitted.text[HANDOUT].splitlines() == [
        "network,file",
        "10.30.0.0/24,segments/engineering.pac",
        "10.20.0.0/24,segments/finance.pac",
        "2001:db8:20::/64,segments/finance.pac",
        "*,segments/default.pac",
        f"{small.GATEWAY}/32,",
    ]
    assert not emitted.blocked("pac", small.FINANCE, "split.test")
    assert emitted.blocked("pac", small.ANYBODY, "SPLIT.test.")
    assert not emitted.blocked("pac", small.GATEWAY, "split.test")
    assert emitted.decider.clients(Kind.HELD) == ()
    assert "myIpAddress" not in "".join(emitted.text.values())


def gateway_policy(small: Any, **changes: Any) -> Any:
    """One app through a gateway, and one that is blocked."""
    via = Obligations(via="gw")
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=via)
    base = small.Policy(
        (small.app("one", "one.test", "shared.test"), small.app("two", "two.test")),
        (rule,),
        gateways=(Gateway("gw", "gw.test", (f"{small.GATEWAY}/32",)),),
    )
    return replace(base, **changes)


def test_a_use_through_a_gateway_goes_to_its_proxy_if_it_is_known(small: Any) -> None:
    """And nowhere otherwise; either way there is no direct connection."""
    policy = gateway_policy(small)
    emitted = small.advised(policy, gateways={"gw": "proxy.test:8080"})
    assert rules(emitted)["=one.test"] == "via-gw"
    assert rules(emitted)["=two.test"] == "block"
    assert '"via-gw": "PROXY proxy.test:8080"' in emitted.text[DEFAULT]
    assert emitted.blocked("pac", small.ANYBODY, "a.one.test")
    plain = small.advised(policy)
    assert set(rules(plain).values()) == {"block"}
    assert emitted.findings() == plain.findings() == ()


def test_a_host_that_a_blocked_app_needs_too_does_not_go_to_the_gateway(small: Any) -> None:
    """The gateway would open it for the blocked app."""
    apps = (small.app("one", "one.test", "both.test"), small.app("two", "both.test"))
    emitted = small.advised(gateway_policy(small, apps=apps), gateways={"gw": "proxy.test:8080"})
    assert rules(emitted)["=both.test"] == "block"
    assert rules(emitted)["=one.test"] == "via-gw"


def test_another_way_inside_a_block_is_told_apart(small: Any) -> None:
    """What goes through a gateway below what is blocked, and what is blocked below that."""
    apps = (
        small.app("one", "b.a.test"),
        small.app("two", "a.test", small.domain("c.b.a.test", Match.EXACT)),
    )
    emitted = small.advised(gateway_policy(small, apps=apps), gateways={"gw": "proxy.test:8080"})
    assert rules(emitted) == {
        "=a.test": "block",
        ".a.test": "block",
        "=b.a.test": "via-gw",
        ".b.a.test": "via-gw",
        "=c.b.a.test": "block",
    }


# --- settings, limits and inputs ------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"black_hole": "127.0.0.1"},
        {"black_hole": "127.0.0.1:0"},
        {"black_hole": "127.0.0.1:65536"},
        {"black_hole": "127.0.0.1:9; DIRECT"},
        {"black_hole": 'x:9"'},
        {"black_hole": "PROXY 127.0.0.1:9"},
        {"gateways": {"gw": "DIRECT"}},
        {"gateways": {"gw": 8080}},
        {"gateways": ["gw"]},
        {"proxy": "x:1"},
    ],
)
def test_settings_that_mean_nothing_are_refused(changed: dict[str, Any]) -> None:
    """One proxy each: a browser tries what follows when the first does not answer."""
    with pytest.raises(ValidationError):
        PacSettings.model_validate(changed)


def test_a_gateway_that_is_not_there_is_an_error(small: Any) -> None:
    """Its proxy would be for nobody."""
    found = small.compiled(small.resolve(gateway_policy(small)), small.PAC, gateways={"x": "x:1"})
    assert [each.code for each in found.findings] == [BAD_VALUE.code]
    assert "`x`" in found.findings[0].message


def test_a_file_that_browsers_would_not_take_is_an_error(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A megabyte, counted as it is written, and said with the number."""
    assert facts.FILE_SIZE.value == read_script.LONGEST == 1_048_576
    emitted = small.advised(small.everything())
    longest = max(len(emitted.files[path]) for path in FILES)
    ir = small.resolve(small.everything())
    monkeypatch.setattr(lowering, "FILE_SIZE", replace(facts.FILE_SIZE, value=longest))
    assert small.compiled(ir, small.PAC).findings == ()
    monkeypatch.setattr(lowering, "FILE_SIZE", replace(facts.FILE_SIZE, value=longest - 1))
    finding = small.compiled(ir, small.PAC).findings[0]
    assert finding.code == LIMIT_EXCEEDED.code
    assert str(longest - 1) in finding.message
    monkeypatch.setattr(read_script, "LONGEST", longest - 1)
    with pytest.raises(UnreadableArtifact):
        small.PAC.read(emitted.files)


def test_hosts_that_are_none_and_protected_ones_are_errors(small: Any) -> None:
    """The first could be anything in a script, the second would lock people out."""
    bad = small.Policy((small.app("one", 'a";.test'),))
    found = small.compiled(small.resolve(bad), small.PAC)
    assert {each.code for each in found.findings} == {BAD_DOMAIN.code}
    locked = small.Policy(
        (small.app("one", "one.test"),), protected=(("in.one.test", "exact", "sign-in"),)
    )
    found = small.compiled(small.resolve(locked), small.PAC)
    assert LOCK_OUT.code in {each.code for each in found.findings}


def test_names_that_objects_have_by_themselves_are_names_like_others(small: Any) -> None:
    """A key begins with a mark, so that none is a property of every object."""
    emitted = small.advised(small.Policy((small.app("one", "__proto__", "constructor.test"),)))
    assert rules(emitted)["=__proto__"] == "block"
    assert emitted.blocked("pac", small.ANYBODY, "a.__proto__")
    assert not emitted.blocked("pac", small.ANYBODY, "toString")


def test_an_identifier_stays_in_its_comment(small: Any) -> None:
    """Nothing of it is run."""
    policy = replace(small.everything(), identifier="x\nvar rules = {};//")
    text = small.advised(policy).text[DEFAULT].splitlines()
    assert text[1:] == small.advised(small.everything()).text[DEFAULT].splitlines()[1:]


# --- the reader -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PROXY 127.0.0.1:9", "PROXY 127.0.0.1:9; DIRECT"),
        ("PROXY 127.0.0.1:9", "DIRECT"),
        ('"block": "PROXY', '"block": "NONE'),
        ('"block": "PROXY 127.0.0.1:9",\n', ""),
        ('"direct": "DIRECT"', '"direct": "DIRECT",\n"spare": "DIRECT"'),
        ('"=big.test": "block"', '"=big.test": "direct"'),
        ('"=big.test": "block"', '"=big.test": ""'),
        ('"=big.test": "block"', '"=big.test": 1'),
        ('"=big.test"', '"big.test"'),
        ('"=big.test"', '"=BIG.test"'),
        ('"=big.test"', '"=big.test."'),
        ('"=big.test"', '"=accounts.test"'),
        ("host.toLowerCase()", "host"),
        ('return way ? ways[way] : "DIRECT"', 'return "DIRECT"'),
        ("function FindProxyForURL", "function FindProxyForURLEx"),
        ("function FindProxyForURL", "rules = {};\nfunction FindProxyForURL"),
        ("    var dot", "    if (isPlainHostName(host)) { return; }\n    var dot"),
        ("    }\n    return", "    }\n    return 'DIRECT';\n    return"),
        ("};\nvar rules", "}\nvar rules"),
        ("var rules = {", "var rules = {};\nvar other = {"),
    ],
)
def test_another_program_is_not_explained_away(old: str, new: str, small: Any) -> None:
    """What would let something by, or is not known, is unreadable or contradicts the policy."""
    emitted = small.advised(small.everything())
    assert emitted.noticed(emitted.changed(DEFAULT, old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("*,segments/default.pac\n", ""),
        ("*,segments/default.pac\n", "*,segments/default.pac\n*,segments/finance.pac\n"),
        ("*,segments/default.pac", "*,"),
        ("10.20.0.0/24,segments/finance.pac", "10.20.0.0/24,segments/engineering.pac"),
        ("10.20.0.0/24,segments/finance.pac", "10.20.0.0/24,"),
        ("10.20.0.0/24,", "10.20.0.0/23,"),
        ("10.30.0.0/24,", "10.0.0.0/8,"),
        ("10.20.0.0/24,", "10.20.0.1/24,"),
        ("10.20.0.0/24,", "finance,"),
        ("segments/engineering.pac", "segments/none.pac"),
        ("segments/engineering.pac", "segments/finance.pac"),
        ("10.99.0.8/32,\n", ""),
        ("network,file\n", ""),
        ("network,file\n", 'network,file\n"x\n'),
        ("10.20.0.0/24,segments/finance.pac", "10.20.0.0/24,segments/finance.pac,x"),
    ],
)
def test_another_handout_is_not_explained_away(old: str, new: str, small: Any) -> None:
    """Who is handed what, once each, and every file to somebody."""
    emitted = small.advised(small.everything())
    assert emitted.noticed(emitted.changed(HANDOUT, old, new))


def test_files_that_nobody_is_handed_are_refused(small: Any) -> None:
    """They were put there for somebody; without the table nothing is read at all."""
    emitted = small.advised(small.everything())
    for files in (
        {**emitted.files, "segments/other.pac": emitted.files[DEFAULT]},
        {path: text for path, text in emitted.files.items() if path != HANDOUT},
        {},
    ):
        with pytest.raises(UnreadableArtifact):
            small.PAC.read(files)
