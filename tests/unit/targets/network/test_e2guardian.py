"""What e2guardian's files say, that its reader decides as the program does, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Gateway
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.e2guardian.escape import plain
from aipol_targets.e2guardian.read_groups import GroupsByAddress
from aipol_targets.e2guardian.read_sites import SiteList

HOSTILE = ["a'b", "a,b", "a>b", "a)b", "a#b", "a b", "a\nfunction(x)", "", "\u00e9", ".Include<x>"]


def test_a_block_below_an_allow_is_asked_first(small: Any) -> None:
    """The story asks deepest first; exact names and subtrees have lists of their own."""
    emitted = small.filtered(small.everything())
    story = emitted.text["segments/finance/group.story"].splitlines()
    asked = [line for line in story if "sitein" in line]
    assert asked == [
        "if(sitein,aipol-2-exact) return setblock",
        "if(sitein,aipol-2-subtree) return setblock",
        "if(sitein,aipol-1-exact) return false",
        "if(sitein,aipol-1-subtree) return false",
        "if(sitein,aipol-0-exact) return setblock",
        "if(sitein,aipol-0-subtree) return setblock",
    ]
    conf = emitted.text["e2guardianf3.conf"]
    assert "'name=aipol-2-exact,messageno=500,sitewild=false,path=/etc/e2guardian/aipol/" in conf
    assert "'name=aipol-2-subtree,messageno=500,path=/etc/e2guardian/aipol/" in conf
    for host, blocked in (("big.test", True), ("api.big.test", False), ("x.api.big.test", True)):
        assert emitted.blocked("e2guardian", small.FINANCE, host) is blocked


def test_the_default_segment_is_the_group_that_others_fall_to(small: Any) -> None:
    """Group 1 has no addresses; gateways have the last group, without a list or story of ours."""
    emitted = small.filtered(small.everything())
    assert emitted.text["ipgroups"].splitlines()[1:] == [
        "10.30.0.0/255.255.255.0 = filter2",
        "10.20.0.0/255.255.255.0 = filter3",
        "10.99.0.8/255.255.255.255 = filter4",
    ]
    assert "filtergroups = 4\n" in emitted.text["main.conf"]
    assert "aipol-default" in emitted.text["e2guardianf1.conf"]
    assert "examplef1.story" in emitted.text["e2guardianf4.conf"]
    assert "sitelist" not in emitted.text["e2guardianf4.conf"]
    assert not emitted.blocked("e2guardian", small.GATEWAY, "routed.test")


def test_what_is_below_a_host_alone_excepts_the_host(small: Any) -> None:
    """Children only: the subtree, and the host as an exact exception."""
    policy = small.Policy(apps=(small.app("one", small.domain("kids.test", Match.CHILDREN)),))
    emitted = small.filtered(policy)
    assert emitted.text["segments/default/level-0-block-subtree.txt"] == "kids.test\n"
    assert emitted.text["segments/default/level-1-allow-exact.txt"] == "kids.test\n"
    assert emitted.findings() == ()


def test_a_policy_without_a_block_has_a_story_all_the_same(small: Any) -> None:
    """Adding the first block adds lists, and renames nothing."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW)
    apps = (small.app("one", "one.test"),)
    without = small.filtered(small.Policy(apps=apps, rules=(rule,)))
    assert without.findings() == ()
    assert set(without.files) < set(small.filtered(small.Policy(apps=apps)).files)


@pytest.mark.parametrize("whose", ["group", "gateway"])
def test_an_ipv6_network_is_an_error(whose: str, small: Any) -> None:
    """The program knows none, so its people would be in another group than the policy says."""
    network = ("2001:db8:20::/64",)
    policy = small.Policy(
        apps=(small.app("one", "one.test"),),
        networks={"finance": network} if whose == "group" else {},
        gateways=(Gateway("gw", "gw.test", network),) if whose == "gateway" else (),
    )
    compiled = small.compiled(small.resolve(policy), small.E2GUARDIAN)
    (finding,) = compiled.findings
    assert finding.name == "bad-value"
    assert "2001:db8:20::/64" in finding.message
    assert compiled.artifacts == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_plain_is_never_written(text: str) -> None:
    """Neither a quote nor what ends a value, a list or a line."""
    with pytest.raises(ValueError, match="safely"):
        plain(text)


@pytest.mark.parametrize("key", ["directory", "base", "story"])
@pytest.mark.parametrize("path", ["relative", "/a b", "/a'b", "/a/../b", "/a,b", "/a>b", ""])
def test_a_path_that_is_not_plain_is_refused(key: str, path: str, small: Any) -> None:
    """Settings are paths on the proxy."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["e2guardian"](**{key: path})


# --- the reader -----------------------------------------------------------------------------------


def test_a_site_list_is_the_subtree_and_without_wild_the_host() -> None:
    """Never a look-alike; a name of one label is written with a dot before it."""
    wild = SiteList(["d.test", ".single"], "list", wild=True)
    exact = SiteList(["d.test", ".single"], "list", wild=False)
    hosts = ("d.test", "a.b.d.test", "notd.test", "d.test.evil.test", "test", "single", "a.single")
    assert [wild.line_for(host) for host in hosts] == [1, 1, 0, 0, 0, 2, 2]
    assert [exact.line_for(host) for host in hosts] == [1, 0, 0, 0, 0, 2, 0]


@pytest.mark.parametrize(
    "line",
    ["*.d.test", ".d.test", "d.test.", "D.test", "https://d.test", "d.test/x", "single", "# x", ""],
)
def test_an_entry_that_matches_nothing_is_refused(line: str) -> None:
    """Other spellings would be taken without a word."""
    with pytest.raises(UnreadableArtifact):
        SiteList([line], "list", wild=True)
    with pytest.raises(UnreadableArtifact):
        SiteList(["d.test", "d.test"], "list", wild=True)


def test_the_first_subnet_that_has_an_address_decides() -> None:
    """Nested subnets are tried in the order they are written in."""
    from aipol_targets.common.network.reading import Address

    lines = ["10.1.0.0/255.255.0.0 = filter2", "10.0.0.0/255.0.0.0 = filter3"]
    groups = GroupsByAddress(lines, "ipgroups", 3, 1)
    asked = ("10.1.2.3", "10.2.0.1", "11.0.0.1", "::1")
    assert [groups.of(Address.parse(text)) for text in asked] == [2, 3, 1, 1]


@pytest.mark.parametrize(
    "line",
    [
        "10.0.0.0/24 = filter2",
        "10.0.0.1 = filter2",
        "10.0.0.1-10.0.0.9 = filter2",
        "10.0.0.1/255.255.255.0 = filter2",
        "10.0.0.0/255.0.255.0 = filter2",
        "10.0.0.0/255.255.255.0 = filter9",
        "10.0.0.0/255.255.255.0 = filter0",
        "2001:db8::/64 = filter2",
        "10.0.0.0/255.255.255.0",
    ],
)
def test_a_line_that_would_be_left_out_is_refused(line: str) -> None:
    """A group that is not there, spare bits, other forms than a subnet with its mask."""
    with pytest.raises(UnreadableArtifact):
        GroupsByAddress([line], "ipgroups", 3, 1)


CHANGES = [
    ("main.conf", "abortiflistmissing = on", "abortiflistmissing = off"),
    ("main.conf", "filtergroups = 4", "filtergroups = 3"),
    ("main.conf", "filtergroups = 4", "filtergroups = 5"),
    ("main.conf", "defaultfiltergroup = 1", "defaultfiltergroup = 2"),
    ("main.conf", "/ip.conf", "/other.conf"),
    ("ip.conf", "'ip'", "'ident'"),
    ("e2guardianf3.conf", "reportinglevel = 3", "reportinglevel = -1"),
    ("e2guardianf3.conf", "reportinglevel = 3\n", ""),
    ("e2guardianf3.conf", "bypass = 0", "bypass = 300"),
    ("e2guardianf3.conf", "storyboard = '/etc/e2guardian/aipol", "storyboard = '/etc/other"),
    ("e2guardianf3.conf", "name=aipol-2-exact", "name=aipol-1-exact"),
    ("e2guardianf3.conf", ",sitewild=false", ""),
    ("e2guardianf3.conf", "level-0-block-subtree", "level-9-block-subtree"),
    ("e2guardianf3.conf", "\ngroupname", "\n.Include</etc/e2guardian/late.conf>\ngroupname"),
    ("segments/finance/group.story", "aipol-2-exact", "aipol-9-exact"),
    ("segments/finance/group.story", "sitein,aipol-0-exact", "urlin,aipol-0-exact"),
    ("segments/finance/group.story", "return setblock", "return setexception"),
    ("segments/finance/group.story", "function(localsslrequestcheck)\n", ""),
    ("segments/finance/group.story", "function(localcheckrequest)", "function(localrequest)"),
    ("segments/finance/group.story", "if(true) return false", "if(true) return aipol"),
    ("segments/finance/group.story", "function(aipol)", "function(aipol)\nif(true) return false"),
]


@pytest.mark.parametrize(("path", "old", "new"), CHANGES)
def test_a_change_that_opens_something_is_noticed(
    path: str, old: str, new: str, small: Any
) -> None:
    """Unreadable, or other answers than the policy's."""
    emitted = small.filtered(small.everything())
    assert emitted.noticed(emitted.changed(path, old, new))


def test_only_hosts_are_answered_and_by_two_clients(small: Any) -> None:
    """No header, nothing held."""
    decider = small.filtered(small.everything()).decider
    assert decider.clients(Kind.HOST) == ("e2guardian", "e2guardian-sni")
    assert decider.clients(Kind.HEADER) == decider.clients(Kind.HELD) == ()


def test_a_block_is_admitted_not_to_hold_for_names_in_handshakes(small: Any) -> None:
    """Who asks for another host gets past: looser on that path, exact on the other."""
    emitted = small.filtered(small.Policy(apps=(small.app("one", "one.test"),)))
    assert emitted.findings() == ()
    assert emitted.blocked("e2guardian", small.ANYBODY, "one.test")
    assert not emitted.blocked("e2guardian-sni", small.ANYBODY, "one.test")
    record = emitted.record("one/web/any/0")
    assert record.status is Status.LOOSER
    assert {(each.client, each.reason.code) for each in record.deviations} == {
        ("e2guardian-sni", "handshake-unseen")
    }
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW)
    free = small.filtered(small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,)))
    assert free.record("one/web/any/0").status is Status.ENFORCED
