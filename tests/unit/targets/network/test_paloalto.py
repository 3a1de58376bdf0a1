"""What a firewall of Palo Alto Networks is given."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from aipol.catalogue.model import Match
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Question, Status
from aipol.vocabulary import Account, Effect, Situation
from aipol_targets.paloalto.facts import CATEGORY_NAME, RULE_NAME
from aipol_targets.paloalto.names import address_name, name

XML, SET, EDL = "xml/aipol.xml", "set/aipol.txt", "edl/aipol.xml"


def one(small: Any, *domains: Any, **changes: Any) -> Any:
    """A policy that blocks one app for everybody."""
    return replace(small.Policy(apps=(small.app("one", *domains),)), **changes)


# --- what is written ------------------------------------------------------------------------------


def test_a_subtree_is_two_entries_that_end_in_a_slash(small: Any) -> None:
    """The host, and what is below it; one or the other for the other patterns."""
    exact, kids = small.domain("exact.test", Match.EXACT), small.domain("kids.test", Match.CHILDREN)
    emitted = small.firewalled(one(small, "sub.test", exact, kids))
    listed = emitted.text["edl/lists/aipol-default_0-block.txt"].split()
    assert listed == ["exact.test/", "*.kids.test/", "sub.test/", "*.sub.test/"]
    root = ET.fromstring(emitted.files[XML])  # noqa: S314 - our own output
    members = root.findall(".//custom-url-category/entry/list/member")
    assert [member.text for member in members] == listed
    category = "set profiles custom-url-category aipol-default_0-block"
    for line in listed:
        assert f"{category} list {line}\n" in emitted.text[SET]
    assert f'{category} type "URL List"\n' in emitted.text[SET]


def test_rules_come_deepest_first_and_the_default_segment_last(small: Any) -> None:
    """An exception has to be met before what it is an exception to."""
    emitted = small.firewalled(small.everything(), "xml")
    root = ET.fromstring(emitted.files[XML])  # noqa: S314 - our own output
    names = [rule.attrib["name"] for rule in root.findall(".//security/rules/entry")]
    assert [each for each in names if "tenant" not in each] == [
        "aipol-engineering_2-block",
        "aipol-engineering_1-allow",
        "aipol-engineering_0-block",
        "aipol-finance_around",
        "aipol-finance_2-block",
        "aipol-finance_1-allow",
        "aipol-finance_0-block",
        "aipol-default_2-block",
        "aipol-default_1-allow",
        "aipol-default_0-block",
    ]


def test_nothing_is_let_through_that_is_not_within_a_block(small: Any) -> None:
    """An allow rule ends the search for later rules, so there is none without a reason."""
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    apps = (small.app("one", "one.test"), small.app("two", "two.test"))
    emitted = small.firewalled(small.Policy(apps=apps, rules=(rule,)))
    assert "allow" not in emitted.text[XML]
    assert "two.test" not in "".join(emitted.text.values())


def test_a_gateway_has_no_rule_of_its_own(small: Any) -> None:
    """Its addresses are left out of every source; a rule for them would let all through."""
    emitted = small.firewalled(small.everything())
    for client in small.FIREWALL:
        assert emitted.blocked(client, small.FINANCE, "routed.test")
        assert emitted.answer(client, small.GATEWAY, "routed.test").effect is None
    assert "aipol_except static aipol-10-99-0-8_32\n" in emitted.text[SET]


def test_all_outputs_decide_alike_and_each_is_complete(small: Any) -> None:
    """Alone, a format is read without a finding, and answers for itself."""
    for output in small.FIREWALL:
        emitted = small.firewalled(small.everything(), output)
        assert emitted.decider.clients(Kind.HOST) == (output,)
        assert emitted.decider.clients(Kind.PROGRAM) == ()
        assert emitted.findings() == ()
        assert all(path.startswith(f"{output}/") for path in emitted.files)


def test_names_are_stable_and_short_enough(small: Any) -> None:
    """Adding an app renames nothing; a long segment is cut off with a digest of its own."""
    policy = small.everything()
    before = small.firewalled(policy)
    after = small.firewalled(replace(policy, apps=(*policy.apps, small.app("new", "new.test"))))
    assert set(before.files) == set(after.files)
    long = [f"{'department-' * 3}{each}" for each in ("east", "west")]
    networks = {each: (f"10.{number}.0.0/16",) for number, each in enumerate(long, start=1)}
    rules = (small.Rule(("one",), (long[0],), Effect.ALLOW),)
    emitted = small.firewalled(one(small, "one.test", rules=rules, networks=networks))
    assert emitted.findings() == ()
    categories = re.findall(r"custom-url-category (\S+) type", emitted.text[SET])
    assert len(set(categories)) == len(categories) == 2
    assert max(map(len, categories)) <= CATEGORY_NAME.value


def test_a_name_is_cut_where_it_is_too_long() -> None:
    """Two that begin alike stay two, and a short one stays what it is."""
    assert name(RULE_NAME, "finance", "0", "block") == "aipol-finance_0-block"
    first, second = (name(CATEGORY_NAME, "a" * 40, each) for each in ("block", "allow"))
    assert len(first) == len(second) == CATEGORY_NAME.value
    assert first != second


def test_addresses_have_names_of_their_own() -> None:
    """Of both families, and whatever their length."""
    networks = ["10.0.0.0/8", "10.0.0.0/16", "::/8", "2001:db8::/32", "2001:db8:0:1::/64"]
    assert len({address_name(each) for each in networks}) == len(networks)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", address_name(each)) for each in networks)


def test_zones_and_profiles_are_those_of_the_settings(small: Any) -> None:
    """Every rule is between them, and what is let through is looked at."""
    settings = {
        "from_zones": ["trust", "guest net"],
        "to_zones": ["untrust"],
        "threat_profiles": {"virus": "strict", "wildfire_analysis": "default"},
        "vsys": "vsys3",
    }
    emitted = small.firewalled(small.everything(), **settings)
    assert emitted.findings() == ()
    rule = "set rulebase security rules aipol-default_1-allow"
    assert f'{rule} from "guest net"\n{rule} from trust\n{rule} to untrust\n' in emitted.text[SET]
    assert f"{rule} profile-setting profiles virus strict\n" in emitted.text[SET]
    assert f"{rule} profile-setting profiles wildfire-analysis default\n" in emitted.text[SET]
    assert "aipol-default_0-block profile-setting" not in emitted.text[SET]
    assert '<entry name="vsys3">' in emitted.text[XML]


# --- headers, decryption, logs --------------------------------------------------------------------


def test_a_header_is_inserted_where_connections_are_kept_to_http_1(small: Any) -> None:
    """Without decryption, or with HTTP/2, the firewall inserts none."""
    emitted = small.firewalled(small.everything())
    for client in small.FIREWALL:
        sent = emitted.answer(client, small.FINANCE, "accounts.test", Kind.HEADER)
        assert sent.detail == f"{small.HEADER}: ws-1,ws-2"
        for address in (small.ENGINEERING, small.GATEWAY, small.ANYBODY):
            assert not emitted.answer(client, address, "accounts.test", Kind.HEADER).detail
    for path in (XML, EDL):
        for old, new in (
            ("<action>decrypt", "<action>no-decrypt"),
            ("         <profile>aipol_http1</profile>\n", ""),
            ("<strip-alpn>yes", "<strip-alpn>no"),
            ("<value>ws-1,ws-2", "<value>ws-1"),
            ("<member>*.accounts.test</member>", ""),
        ):
            assert emitted.noticed(emitted.changed(path, old, new)), (path, old)


def test_around_a_header_no_whole_host_is_denied(small: Any) -> None:
    """An address without a path would be every request to its host, and no rule asks for that."""
    around = ("https://two.test/", "https://three.test/anonymous")
    restriction = small.tenant(small.HEADER, "one.test", also_block=around)
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws",))
    app = small.app("one", "one.test", tenant=restriction)
    emitted = small.firewalled(small.Policy(apps=(app,), rules=(rule,), inspect_tls="ai-only"))
    assert emitted.text["edl/lists/aipol-default_around.txt"] == "three.test/anonymous\n"
    assert emitted.findings() == ()
    assert not emitted.blocked("xml", small.ANYBODY, "three.test")


def test_many_domains_are_several_insertions(small: Any) -> None:
    """An entry takes fifty."""
    hosts = tuple(f"a{number}.test" for number in range(30))
    restriction = small.tenant(small.HEADER, *hosts)
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws",))
    app = small.app("one", *hosts, tenant=restriction)
    emitted = small.firewalled(small.Policy(apps=(app,), rules=(rule,), inspect_tls="ai-only"))
    assert emitted.findings() == ()
    root = ET.fromstring(emitted.files[XML])  # noqa: S314 - our own output
    domains = [each.findall("member") for each in root.findall(".//domains")]
    assert [len(each) for each in domains] == [50, 10]
    record = emitted.record("one/web/personal/0")
    assert record.status is Status.ENFORCED


def obliged(small: Any, found: Obligations, **changes: Any) -> Any:
    """One app that may be used under an obligation."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=found)
    return small.firewalled(one(small, "one.test", rules=(rule,), inspect_tls="ai-only", **changes))


def test_inspection_is_a_decryption_rule_for_these_hosts_only(small: Any) -> None:
    """And no rule that would switch off the decryption of anything else."""
    emitted = obliged(small, Obligations(inspect_tls=True))
    assert emitted.record("one/web/any/0", "inspect_tls").status is Status.ENFORCED
    rule = "set rulebase decryption rules aipol-default_0-decrypt"
    assert f"{rule} action decrypt\n{rule} type ssl-forward-proxy\n" in emitted.text[SET]
    assert emitted.text[SET].count("action") == 1
    assert "profile" not in emitted.text[SET].replace("profiles custom", "")


def test_what_another_use_needs_below_is_not_decrypted(small: Any) -> None:
    """A rule before the other one, for the host that nobody asked to look into."""
    apps = (small.app("one", "big.test"), small.app("two", "api.big.test"))
    rules = (
        small.Rule(
            ("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(inspect_tls=True)
        ),
        small.Rule(("two",), ("everyone",), Effect.ALLOW),
    )
    emitted = small.firewalled(small.Policy(apps=apps, rules=rules, inspect_tls="ai-only"))
    assert emitted.findings() == ()
    actions = re.findall(r"decryption rules (\S+) action (\S+)", emitted.text[SET])
    assert actions == [
        ("aipol-default_1-plain", "no-decrypt"),
        ("aipol-default_0-decrypt", "decrypt"),
    ]
    held = [
        emitted.decider.decide(
            Question(
                Kind.HELD,
                host,
                frozenset({small.ANYBODY}),
                "inspect_tls",
                Situation.UNMANAGED_CORPORATE,
            )
        ).detail
        for host in ("big.test", "a.big.test", "api.big.test", "v1.api.big.test")
    ]
    assert held == ["held", "held", "", ""]


def test_a_log_is_a_rule_with_a_profile_that_records(small: Any) -> None:
    """Who, when and which host; content is not recorded."""
    emitted = obliged(small, Obligations(log="metadata"))
    assert emitted.record("one/web/any/0", "log").status is Status.ENFORCED
    rule = "set rulebase security rules aipol-default_0-log"
    assert f"{rule} log-end yes\n{rule} profile-setting" in emitted.text[SET]
    full = obliged(small, Obligations(log="full")).record("one/web/any/0", "log")
    assert (full.status, full.reason.code) == (Status.LOOSER, "metadata-only")


def test_a_use_through_a_gateway_is_blocked_directly(small: Any) -> None:
    """The gateway's own addresses reach the app."""
    placed = (Gateway("gw", "gw.test", ("10.99.0.8/32",)),)
    emitted = obliged(small, Obligations(via="gw"), gateways=placed)
    assert emitted.record("one/web/any/0", "via").status is Status.ENFORCED
