"""What is refused for a FortiGate, and which changes of its files are noticed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from aipol.audience import NOBODY
from aipol.diagnostics.codes import BAD_DOMAIN
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.fortigate.escape import quoted, words

CONF, REMOVE, REST = "aipol.conf", "remove.conf", "rest.json"
HOSTILE = [
    'a"b',
    "a\nend",
    "$(reboot)",
    "a'b",
    "a\u202eb",
    "a # b",
    "a\\",
    "a;b{}",
    "a?b",
    "a b",
    "",
]


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


# --- hostile text ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_not_leave_its_place(text: str, small: Any) -> None:
    """In a host, a setting or the organisation's name; the escapers refuse it by themselves."""
    if text == "a\\":
        assert quoted(text) == r'"a\\"'
    else:
        with pytest.raises(ValueError, match="cannot be written safely"):
            quoted(text)
    if text != "a b":
        with pytest.raises(ValueError, match="cannot be written safely"):
            words(text)
    app = small.app("one", small.domain(f"{text}.test"))
    made = small.compiled(
        small.resolve(small.Policy((app,))), small.FORTIGATE, inside=["lan"], outside=["wan1"]
    )
    assert {finding.code for finding in made.findings} == {BAD_DOMAIN.code}
    for setting in ("inside", "outside", "services"):
        with pytest.raises(ValueError, match="validation error"):
            small.SETTINGS["fortigate"](**{"inside": ["lan"], "outside": ["wan1"], setting: [text]})
    named = script(small, identifier=text)
    assert named.text[CONF].splitlines()[1:] == script(small).text[CONF].splitlines()[1:]


@pytest.mark.parametrize(
    "settings",
    [
        {"outside": ["wan1"]},
        {"inside": ["lan"]},
        {"inside": [], "outside": ["wan1"]},
        {"inside": ["lan", "lan"], "outside": ["wan1"]},
        {"inside": ["lan"], "outside": ["wan1"], "outputs": ["feeds"]},
        {"inside": ["lan"], "outside": ["wan1"], "first_id": 0},
        {"inside": ["lan"], "outside": ["wan1"], "before_policy": 9001},
        {"inside": ["lan"], "outside": ["wan1"], "filter_entries": 0},
        {"inside": ["lan"], "outside": ["wan1"], "unknown": 1},
        {"inside": ["any"], "outside": ["wan1"]},
        {"inside": ["lan"], "outside": ["any"]},
        {"inside": ["lan"], "outside": ["wan1"], "services": ["SSH"]},
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], small: Any) -> None:
    """Interfaces cannot be guessed: `any` would let the internet in."""
    with pytest.raises(ValueError, match="validation error"):
        small.SETTINGS["fortigate"](**settings)


# --- the reader -----------------------------------------------------------------------------------

CHANGES = [
    ("set type regex", "set type simple"),
    ("set type regex", "set type wildcard"),
    ("set status enable", "set status disable"),
    ("set action block", "set action monitor"),
    ("set action allow", "set action exempt"),
    ('"^([^./:]+', '"([^./:]+'),
    ('"^([^.]+', '"([^.]+'),
    (r"big\\.test", "big.test"),
    (r"big\\.test", r"big\.test"),
    (r"api\\.big", "big"),
    (r"(:|/|$)", ""),
    (r"\\.*$", ""),
    ('set srcaddr "aipol-finance"', 'set srcaddr "aipol-engineering"'),
    ('set srcaddr "aipol-finance"', 'set srcaddr "all"'),
    ('set srcaddr6 "all"', 'set srcaddr6 "aipol-finance"'),
    ('set webfilter-profile "aipol-finance"', 'set webfilter-profile "aipol-default"'),
    ('set dnsfilter-profile "aipol-finance"', 'set dnsfilter-profile "aipol-default"'),
    ('set dnsfilter-profile "aipol-finance"', 'set dnsfilter-profile "other"'),
    ("set utm-status enable", "set utm-status disable"),
    ("set action accept", "set action deny"),
    ('set service "DNS" "HTTP"', 'set service "DNS"'),
    ('set srcintf "lan"', 'set srcintf "dmz"'),
    ('set dstaddr "all"', 'set dstaddr "aipol-finance"'),
    ("set urlfilter-table 9001", "set urlfilter-table 9000"),
    ("set domain-filter-table 9001", "set domain-filter-table 9002"),
    ("set options ftgd-disable", "set options error-allow"),
    ("set block-action block", "set block-action redirect"),
    ("set status certificate-inspection", "set status disable"),
    ("set ports 443", "set ports 8443"),
    ("255.255.255.0", "255.0.255.0"),
    ("255.255.255.0", "255.255.255"),
    ("2001:db8:20::/64", "2001:db8:20::/48"),
    ("set type ipmask", "set type iprange"),
    ("config webfilter urlfilter", "config webfilter urlfilters"),
    ("    next\nend", "    next"),
    ("    next\nend", "end"),
    ('set name "aipol-finance"', 'set name "aipol-finance'),
    ("config firewall address\n", "set action accept\nconfig firewall address\n"),
    ("edit 2\n", "edit 1\n"),
    ("end\n", "end\nconfig firewall address\n    edit x\n    next\nend\n"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_change_that_the_firewall_would_act_on_is_noticed(old: str, new: str, small: Any) -> None:
    """Types, anchors, dots, sources, profiles, options: unreadable, or another answer."""
    emitted = script(small)
    text = emitted.text[CONF]
    assert old in text
    assert noticed(emitted, text.replace(old, new, 1))


def test_two_entries_that_change_places_are_noticed(small: Any) -> None:
    """The first entry that matches decides: an exception behind its block is none."""
    emitted = script(small)
    blocks = re.findall(r" {12}edit \d+\n(?: {16}.*\n){4} {12}next\n", emitted.text[CONF])
    (allowed,) = (b for b in blocks[:11] if r"*api\\" in b)
    (blocked,) = (b for b in blocks[:11] if r"*big\\" in b)
    head, _, tail = emitted.text[CONF].partition(allowed)
    swapped = f"{head}{blocked}{tail.replace(blocked, allowed, 1)}"
    assert swapped != emitted.text[CONF]
    assert noticed(emitted, swapped)


def test_policies_that_change_places_are_noticed(small: Any) -> None:
    """The first policy that matches decides: one behind that for everybody is never reached."""
    emitted = small.guarded(small.everything(), outputs=["cli"], before_policy=7)
    moves = "".join(f"    {line}\n" for line in lines(emitted, start="move "))
    text = emitted.text[CONF]
    assert moves in text
    late = moves.replace("    move 9004 before 7\n", "") + "    move 9004 before 7\n"
    assert noticed(emitted, text.replace(moves, late))
    assert noticed(emitted, text.replace("    move 9004 before 7\n", ""))
    assert noticed(emitted, text.replace("move 9004 before 7", "move 9004 before 9006"))
    assert noticed(emitted, text.replace("move 9004 before 7", "move 9004 before 8"))


def test_a_second_form_that_says_something_else_is_refused(small: Any) -> None:
    """Whoever sends the requests gets what whoever loads the script gets, order included."""
    emitted = small.guarded(small.everything())
    requests = json.loads(emitted.text[REST])
    entries = next(r["body"]["entries"] for r in requests if "entries" in r.get("body", {}))
    entries[0], entries[-1] = entries[-1], entries[0]
    changed = {**emitted.files, REST: f"{json.dumps(requests)}\n".encode()}
    with pytest.raises(UnreadableArtifact, match="does not say what"):
        small.FORTIGATE.read(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"method": "POST"', '"method": "DELETE"'),
        ('"policyid": 9000', '"policyid": "9000"'),
        ('"type": "regex"', '"type": "simple"'),
        ('"action": "block"', '"action": "allow"'),
        ('"action": "block"', '"action": "block", "action": "block"'),
        ('"urlfilter-table": 9000', '"urlfilter-table": 9002'),
        ("/firewall/address6", "/firewall/proxy-address"),
        ("&before=7", "&after=7"),
        ('"status": "enable"', '"status": null'),
        ("^(", "("),
        ("[\n", "{\n"),
    ],
)
def test_a_change_of_the_requests_is_noticed(old: str, new: str, small: Any) -> None:
    """Methods, tables, types of values, duplicate keys."""
    emitted = small.guarded(small.everything(), outputs=["rest"], before_policy=7)
    text = emitted.text[REST]
    assert old in text
    try:
        found = emitted.findings({REST: text.replace(old, new, 1).encode()})
    except UnreadableArtifact:
        return
    assert found


def test_a_file_that_nothing_refers_to_is_refused(small: Any) -> None:
    """A stale file beside the others cannot go unnoticed; nor can none at all."""
    emitted = script(small)
    with pytest.raises(UnreadableArtifact, match="nothing refers to it"):
        small.FORTIGATE.read({**emitted.files, "old.conf": b"x\n"})
    with pytest.raises(UnreadableArtifact, match="is missing"):
        small.FORTIGATE.read({})


def test_an_address_without_a_policy_is_left_to_the_firewall(small: Any) -> None:
    """Nothing is said about it, and no people are invented in the account."""
    apps = (small.app("one", "one.test"),)
    everybody = (small.Rule(("one",), ("everyone",), Effect.ALLOW),)
    emitted = small.guarded(small.Policy(apps, everybody))
    assert emitted.answer("webfilter", small.ANYBODY, "one.test").effect is None
    assert all(d.people != NOBODY for c in emitted.compiled.coverage for d in c.deviations)
