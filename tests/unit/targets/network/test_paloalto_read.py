"""What is refused for a firewall of Palo Alto Networks, and which changes are noticed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.catalogue.model import Match
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Account, Effect
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.common.network.hostlists import url_lines
from aipol_targets.common.network.levels import levels_of
from aipol_targets.common.network.urllist import UrlList
from aipol_targets.paloalto.escape import text, word
from aipol_targets.paloalto.graded import graded
from tests.unit.targets.network.written import SPAN

HOSTILE = [
    'a"b',
    "a\nset deviceconfig system hostname x",
    "a</member><member>b",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    "a&b;",
    "a]]>b",
    "a ] disabled yes",
    "a\\",
    "$(reboot)",
    "a'b",
    "a\u2019b",
    " a",
    "a ",
    "",
]
XML, SET, EDL = "xml/aipol.xml", "set/aipol.txt", "edl/aipol.xml"


def one(small: Any, *domains: Any, **changes: Any) -> Any:
    """A policy that blocks one app for everybody."""
    return replace(small.Policy(apps=(small.app("one", *domains),)), **changes)


# --- mutants --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("no slash", "<member>split.test/<", "<member>split.test<"),
        ("no children", "         <member>*.split.test/</member>\n", ""),
        ("no apex", "         <member>split.test/</member>\n", ""),
        ("a look-alike", "<member>*.split.test/<", "<member>*.notsplit.test/<"),
        ("a wider exception", "<member>a.b.big.test/<", "<member>b.big.test/<"),
        ("another action", "<action>deny<", "<action>allow<"),
        ("a reset", "<action>deny<", "<action>reset-both<"),
        (
            "a disabled rule",
            "<action>deny</action>",
            "<action>deny</action><disabled>yes</disabled>",
        ),
        ("the source as it is", "<negate-source>yes<", "<negate-source>no<"),
        ("another category", "<member>aipol-finance_2-block<", "<member>aipol-finance_1-allow<"),
        ("an application", "<application><member>any<", "<application><member>ssl<"),
        ("a service", "<service><member>any<", "<service><member>service-http<"),
        ("a zone", "<from><member>any<", "<from><member>trust<"),
        ("a larger network", "10.20.0.0/24", "10.20.0.0/16"),
    ],
)
def test_a_slip_in_the_xml_is_noticed(what: str, old: str, new: str, small: Any) -> None:
    """Each changes whom a rule is for, which hosts, or what it does."""
    emitted = small.firewalled(small.everything())
    assert emitted.noticed(emitted.changed(XML, old, new)), what


@pytest.mark.parametrize("source", ["aipol-engineering", "any", "aipol-nobody"])
@pytest.mark.parametrize("rule", ["aipol-finance_0-block", "aipol-finance_1-allow"])
def test_a_rule_for_others_is_noticed(rule: str, source: str, small: Any) -> None:
    """For another segment, for everybody, for a group that there is not."""
    emitted = small.firewalled(small.everything())
    root = ET.fromstring(emitted.files[XML])  # noqa: S314 - our own output
    member = root.find(f".//security/rules/entry[@name='{rule}']/source/member")
    assert member is not None
    member.text = source
    content = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    assert emitted.noticed({**emitted.files, XML: content})


@pytest.mark.parametrize("path", [XML, EDL])
def test_a_rule_without_its_category_is_noticed(path: str, small: Any) -> None:
    """It would be for every host."""
    emitted = small.firewalled(small.everything())
    category = re.compile(r"<category>.*?</category>", re.DOTALL)
    content = category.sub("", emitted.text[path], count=1)
    assert emitted.noticed({**emitted.files, path: content.encode()})


@pytest.mark.parametrize("path", [XML, EDL])
def test_rules_in_another_order_are_noticed(path: str, small: Any) -> None:
    """What is deeper no longer comes first."""
    emitted = small.firewalled(small.everything())
    root = ET.fromstring(emitted.files[path])  # noqa: S314 - our own output
    rules = root.find(".//security/rules")
    assert rules is not None
    whole = list(rules)
    survivors = []
    for place, (first, second) in enumerate(pairwise(whole)):
        if first.attrib["name"].split("-")[:2] != second.attrib["name"].split("-")[:2]:
            continue  # rules of two segments are for different addresses
        rules[:] = [*whole[:place], second, first, *whole[place + 2 :]]
        content = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        if not emitted.noticed({**emitted.files, path: content}):
            survivors.append((first.attrib["name"], second.attrib["name"]))
    # Lists that do not overlap are in whichever order; nothing asks for addresses with a path.
    indifferent = [pair for pair in survivors if "around" in pair[0] or "tenant" in "".join(pair)]
    assert survivors == indifferent


def test_set_commands_in_another_order_are_noticed(small: Any) -> None:
    """A rule is where its first command is."""
    emitted = small.firewalled(small.everything(), "set")
    lines = emitted.text[SET].splitlines(keepends=True)
    deep = [line for line in lines if "rules aipol-default_2-block " in line]
    rest = [line for line in lines if line not in deep]
    content = "".join([*rest, *deep]).encode()
    assert emitted.noticed({SET: content})
    assert not emitted.findings({SET: "".join(lines).encode()})


# --- hostile text, limits, settings ---------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_markup_or_a_command(hostile: str) -> None:
    """Both escapers refuse what is not plain."""
    for escape in (text, word):
        with pytest.raises(UnsafeTextError):
            escape(hostile)


def test_a_word_with_a_blank_is_quoted() -> None:
    """And nothing else is."""
    assert word("URL List") == '"URL List"'
    assert word("*.chatgpt.com/") == "*.chatgpt.com/"
    assert word("t1,t2=") == '"t1,t2="'


@pytest.mark.parametrize("hostile", [each for each in HOSTILE if each.strip()])
def test_a_hostile_host_or_tenant_is_an_error(hostile: str, small: Any) -> None:
    """What cannot be a host or an account id is reported where it stands."""
    settings = {"outputs": ["set", "xml"]}
    compiled = small.compiled(small.resolve(one(small, hostile)), small.PALOALTO, **settings)
    assert [finding.name for finding in compiled.findings] == ["bad-domain"]
    restriction = small.tenant(small.HEADER, "one.test")
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, (hostile,))
    app = small.app("one", "one.test", tenant=restriction)
    ir = small.resolve(small.Policy(apps=(app,), rules=(rule,), inspect_tls="ai-only"))
    compiled = small.compiled(ir, small.PALOALTO, **settings)
    assert {finding.name for finding in compiled.findings} == {"bad-value"}


def test_an_organisations_name_is_in_no_file(small: Any) -> None:
    """A prompt has no comments, so there is nothing that a name could end."""
    first, second = (
        small.firewalled(small.everything(identifier=each)) for each in ('a"\nset', "b")
    )
    assert first.files == second.files


@pytest.mark.parametrize(
    ("capacity", "message"),
    [
        ({"category_entries": 3}, "entries of URL categories 4, limit 3"),
        ({"addresses": 1}, "address objects 2, limit 1"),
        ({"lists": 2}, "external lists 4, limit 2"),
        ({"list_urls": 3}, "entries of URL lists 4, limit 3"),
        ({"list_addresses": 3}, "entries of address lists 4, limit 3"),
    ],
)
def test_more_than_a_firewall_holds_is_an_error(
    capacity: dict[str, int], message: str, small: Any
) -> None:
    """With what there is too much of, and how much of it."""
    networks = {"finance": ("10.20.0.0/24", "10.40.0.0/24")}
    policy = one(small, "one.test", networks=networks)
    settings = {"outputs": ["edl", "xml"], "edl_url": "https://lists.acme.test"}
    compiled = small.compiled(small.resolve(policy), small.PALOALTO, capacity=capacity, **settings)
    assert [each.message for each in compiled.findings] == [f"paloalto: {message}"]
    assert compiled.findings[0].span == SPAN


def test_an_entry_that_is_too_long_is_an_error(small: Any) -> None:
    """A host of 253 characters is one too long for `*.` before it and a slash behind it."""
    host = ".".join(["a" * 62] * 4) + ".b"
    long = f"{host[:-2]}b.test"[-253:].lstrip(".")
    assert len(long) == 253
    compiled = small.compiled(small.resolve(one(small, long)), small.PALOALTO)
    (message,) = [finding.message for finding in compiled.findings]
    assert message.startswith("paloalto: characters of the URL entry `*.")
    assert message.endswith("256, limit 255")


def test_a_protected_host_is_never_blocked(small: Any) -> None:
    """An error, as for every target of host lists."""
    policy = one(small, "kept.test", protected=(("kept.test", "exact", "identity"),))
    compiled = small.compiled(small.resolve(policy), small.PALOALTO)
    assert {finding.name for finding in compiled.findings} == {"lock-out"}


@pytest.mark.parametrize(
    "settings",
    [
        {"outputs": []},
        {"outputs": ["pdf"]},
        {"outputs": ["edl"]},
        {"outputs": ["xml", "xml"]},
        {"vsys": "vsys1']"},
        {"edl_url": "ftp://lists.acme.test"},
        {"edl_url": "https://lists.acme.test/../x"},
        {"edl_url": 'https://lists.acme.test/"x'},
        {"from_zones": []},
        {"to_zones": ["a&b"]},
        {"threat_profiles": {"virus": "<x>"}},
        {"threat_profiles": {"dlp": "x"}},
        {"capacity": {"lists": 0}},
        {"capacity": {"rules": 5}},
        {"unknown": 1},
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], small: Any) -> None:
    """Unknown keys, names that are none, lists without an address."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["paloalto"](**settings)


# --- the reader -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<config>", "<!DOCTYPE config [<!ENTITY x 'y'>]><config>"),
        ("<config>", "<config><!-- x -->"),
        ("<config>", "<?php x?><config>"),
        ("<config>", "<config version='9.1.0'>"),
        ("<devices>", "<shared/><devices>"),
        ("localhost.localdomain", "elsewhere"),
        ("vsys1", "vsys1 or 1=1"),
        ("<devices>", "x<devices>"),
        ("<type>URL List</type>", "<type>Category Match</type>"),
        ("<type>URL List</type>", ""),
        ("<member>split.test/<", "<member>sp*lit.test/<"),
        ("<member>split.test/<", "<member>split.test/</member><member>split.test/<"),
        ("<action>deny", "<action>deny <x/>"),
        ("<log-end>yes</log-end>", ""),
        ("<log-end>yes</log-end>", "<log-end>maybe</log-end>"),
        ("<log-end>yes</log-end>", "<log-end>yes</log-end><schedule>nights</schedule>"),
        ("<ip-netmask>10.20.0.0/24", "<fqdn>chatgpt.com"),
        ('name="aipol-10-20-0-0_24"', 'name="aipol-10-30-0-0_24"'),
        ('<entry name="Custom">', '<entry name="Dynamic Fields">'),
    ],
)
def test_a_configuration_with_anything_else_is_refused(old: str, new: str, small: Any) -> None:
    """Entities, other objects, other kinds of lists, and schedules of rules."""
    emitted = small.firewalled(small.everything(), "xml")
    with pytest.raises(UnreadableArtifact):
        small.PALOALTO.read(emitted.changed(XML, old, new))


@pytest.mark.parametrize(
    "line",
    [
        "delete rulebase security rules aipol-default_0-block",
        "set rulebase security rules aipol-default_0-block",
        "set rulebase security rules aipol-default_0-block action allow",
        "set rulebase security rules aipol-default_0-block schedule nights",
        "set rulebase security rules aipol-default_0-block tag [ a b ]",
        'set address "x" ip-netmask "10.0.0.0/8',
        'set address "" ip-netmask 10.0.0.0/8',
        "set address x ip-netmask 10.0.0.0/8",
        "set address x ip-netmask 10.0.0.0/8 tag y",
        "set  address x ip-netmask 10.0.0.0/8",
        "set deviceconfig system hostname x",
        "set shared address x ip-netmask 10.0.0.0/8",
        "set profiles",
        "set",
        "",
        "# note",
        "commit",
    ],
)
def test_an_unknown_command_is_refused(line: str, small: Any) -> None:
    """Other commands and objects, half a command, and a value that is given twice."""
    emitted = small.firewalled(small.everything(), "set")
    with pytest.raises(UnreadableArtifact):
        small.PALOALTO.read({SET: emitted.files[SET] + line.encode() + b"\n"})


def test_a_list_that_is_missing_or_that_nothing_fetches_is_refused(small: Any) -> None:
    """Whatever is in the folder is what the firewall fetches, and the other way round."""
    emitted = small.firewalled(small.everything(), "edl")
    lists = "edl/lists/aipol-default_0-block.txt"
    without = {path: content for path, content in emitted.files.items() if path != lists}
    for files in (without, {**emitted.files, "edl/lists/old.txt": b"x.test/\n"}):
        with pytest.raises(UnreadableArtifact):
            small.PALOALTO.read(files)


PATTERNS = st.tuples(
    st.sampled_from(["x.test", "a.x.test", "b.a.x.test", "c.b.a.x.test", "y.test", "a.y.test"]),
    st.sampled_from(list(Intent)),
)


@given(st.dictionaries(PATTERNS, st.booleans(), max_size=8))
def test_lists_tried_in_order_decide_as_the_most_specific_pattern_does(
    drawn: dict[tuple[str, Intent], bool],
) -> None:
    """With as few exceptions as levels have, or fewer: each would have to let something through."""
    trie = HostTrie(HostEntry(*pattern, blocked) for pattern, blocked in drawn.items())
    minimal = trie.minimal()
    found = graded((each.host for each in minimal), trie.blocked, rest=False)
    lists = [
        (each.decision, UrlList([x for p in each.patterns for x in url_lines(*p)], "list"))
        for each in found
    ]
    for host in (*(host for host, _ in drawn), *(f"z.{host}" for host, _ in drawn), "test"):
        decided = next((blocked for blocked, listed in lists if listed.line_for(host)), False)
        assert decided == trie.blocked(host), host
    allowed = [each for each in found if not each.decision]
    assert len(allowed) <= len([level for level in levels_of(minimal) if not level.blocked])


def test_a_root_that_is_open_needs_no_rule_that_lets_it_through(small: Any) -> None:
    """Only what is below it is listed."""
    apps = (small.app("one", "x.test"), small.app("root", small.domain("x.test", Match.EXACT)))
    rule = small.Rule(("root",), ("everyone",), Effect.ALLOW)
    emitted = small.firewalled(small.Policy(apps=apps, rules=(rule,)), "set")
    assert "list *.x.test/" in emitted.text[SET]
    assert "action allow" not in emitted.text[SET]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("category aipol-default_0-block", "category any"),
        ("log-end yes", "log-end no"),
        ("_2-block list x.api.big.test/", "_2-block list x.api.big.test/chat/"),
    ],
)
def test_what_aipol_never_writes_is_refused(old: str, new: str, small: Any) -> None:
    """A rule for any address, a denial without a record, a part of a host beside whole ones."""
    emitted = small.firewalled(small.everything(), "set")
    with pytest.raises(UnreadableArtifact):
        emitted.findings(emitted.changed(SET, old, new))


def test_a_capacity_that_nobody_gave_is_an_assumption(small: Any) -> None:
    """Only what is configured is taken for known; the objects of other outputs are no lists."""
    capacity = {"lists": 99, "category_entries": 5000}
    rooms = small.firewalled(small.everything(), capacity=capacity).compiled.rooms
    assert {room.setting: (room.limit, room.assumed) for room in rooms} == {
        "capacity.lists": (99, False),
        "capacity.list_urls": (50_000, True),
        "capacity.list_addresses": (50_000, True),
    }
    assert small.firewalled(small.everything(), "xml").compiled.rooms == ()
