"""What is written for Netskope and read back, and what the account says of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Gateway, Obligations
from aipol.target import Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.nested import Entry
from aipol_targets.netskope.facts import LIST_OCTETS
from aipol_targets.netskope.lists import url_lists
from aipol_targets.netskope.read import read
from aipol_targets.netskope.read_lists import Lists

NOBODY: frozenset[str] = frozenset()


def lists(emitted: Any) -> dict[str, list[str]]:
    """The URLs of every list."""
    requests = json.loads(emitted.files["requests.json"])
    bodies = [each["body"] for each in requests if "body" in each]
    return {body["name"]: body["data"]["urls"] for body in bodies}


def policies(emitted: Any) -> list[list[str]]:
    """The table of policies without its header."""
    return list(csv.reader(emitted.text["policies.csv"].splitlines()))[1:]


def test_a_block_is_a_list_and_a_policy(small: Any) -> None:
    """The list is pending until it is deployed; category and policy are made by hand."""
    emitted = small.steered(small.Policy(apps=(small.app("one", "one.test"),)))
    assert json.loads(emitted.files["requests.json"]) == [
        {
            "method": "POST",
            "path": "/api/v2/policy/urllist",
            "body": {
                "name": "aipol-0-_all",
                "data": {"urls": ["one.test", "*.one.test"], "type": "exact"},
            },
        },
        {"method": "POST", "path": "/api/v2/policy/urllist/deploy"},
    ]
    name = "aipol-0-_all"
    assert policies(emitted) == [["1", f"{name}-block", "", name, name, "Block"]]
    record = emitted.record("one/web/any/0")
    assert record.status is Status.ENFORCED
    assert record.artifacts == ("netskope/policies.csv", "netskope/requests.json")


def test_only_what_is_below_a_host_has_the_host_in_a_list_of_its_own(small: Any) -> None:
    """Whether `*.d` takes `d` along or not, the policy above lets it through."""
    policy = small.Policy(apps=(small.app("one", small.domain("kids.test", Match.CHILDREN)),))
    emitted = small.steered(policy)
    assert lists(emitted) == {"aipol-1-___all": ["kids.test"], "aipol-0-_all": ["*.kids.test"]}
    assert [row[-1] for row in policies(emitted)] == ["Allow", "Block"]
    assert not emitted.blocked("swg", small.ANYBODY, "kids.test")
    assert emitted.blocked("swg", small.ANYBODY, "a.b.kids.test")
    assert emitted.findings() == ()


def test_groups_are_network_locations(small: Any) -> None:
    """Each with its IPv4 networks in a file; the gateway's come first wherever all are blocked."""
    apps = (small.app("one", "one.test"),)
    given = (small.Rule(("one",), ("finance",), Effect.ALLOW),)
    gateway = Gateway("gw", "gw.test", ("10.99.0.8/32",))
    policy = small.Policy(apps=apps, rules=given, networks=small.FOUR, gateways=(gateway,))
    emitted = small.steered(policy)
    assert emitted.text["locations/aipol-finance.csv"] == "10.20.0.0/24\n"
    assert emitted.text["locations/aipol__gateways.csv"] == "10.99.0.8/32\n"
    assert [(row[2], row[-1]) for row in policies(emitted)] == [
        ("aipol__gateways aipol-finance", "Allow"),
        ("", "Block"),
    ]
    assert emitted.findings() == ()


def test_a_name_that_no_list_takes_is_let_through_and_told(small: Any) -> None:
    """An underscore is no letter, digit or dash."""
    emitted = small.steered(small.Policy(apps=(small.app("one", "one.test", "_x.two.test"),)))
    assert lists(emitted) == {"aipol-0-_all": ["one.test", "*.one.test"]}
    told = emitted.record("one/web/any/0").deviations
    assert {(each.status, each.reason.code, each.value) for each in told} == {
        (Status.LOOSER, "name-not-listed", "_x.two.test")
    }
    assert emitted.findings() == ()


def test_an_exception_that_no_list_takes_opens_what_is_beside_it(small: Any) -> None:
    """A usable app is not blocked; the account says what else is open."""
    apps = (small.app("deep", "big.test"), small.app("in", "_x.a.big.test"))
    given = (small.Rule(("in",), ("everyone",), Effect.ALLOW),)
    emitted = small.steered(small.Policy(apps=apps, rules=given))
    assert not emitted.blocked("swg", small.ANYBODY, "_x.a.big.test")
    assert not emitted.blocked("swg", small.ANYBODY, "y.a.big.test")
    assert emitted.blocked("swg", small.ANYBODY, "a.big.test")
    told = emitted.record("deep/web/any/0").deviations
    assert [(each.reason.code, each.value) for each in told] == [
        ("name-not-listed", "*.a.big.test")
    ]
    assert emitted.findings() == ()


def test_ipv6_addresses_of_a_group_get_what_everybody_gets(small: Any) -> None:
    """That locations take them is not documented, so none are written and the account says so."""
    given = (small.Rule(("one",), ("finance",), Effect.ALLOW),)
    apps = (small.app("one", "one.test"),)
    emitted = small.steered(small.Policy(apps=apps, rules=given, networks=small.NETWORKS))
    told = emitted.record("one/web/any/0").deviations
    assert {each.reason.code for each in told} == {"ipv6-indistinct"}
    assert emitted.blocked("swg", "2001:db8:20::5", "one.test")
    assert not emitted.blocked("swg", small.FINANCE, "one.test")
    assert emitted.findings() == ()


def test_a_gateway_with_ipv6_is_told(small: Any) -> None:
    """The account of `via` names it, stricter."""
    gateway = Gateway("gw", "gw.test", ("2001:db8:99::/64",))
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    apps = (small.app("one", "one.test"),)
    emitted = small.steered(small.Policy(apps=apps, rules=(rule,), gateways=(gateway,)))
    record = emitted.record("one/web/any/0", "via")
    assert [each.reason.code for each in record.deviations] == ["gateway-ipv6"]
    assert emitted.findings() == ()


# --- size -----------------------------------------------------------------------------------------


def _entries(count: int, length: int) -> list[Entry]:
    label = "a" * 60
    stem = f"{label}.{label}.{label}.test"
    return [
        Entry(f"{number:0{length - len(stem) - 1}d}.{stem}", False, 0, NOBODY, NOBODY)
        for number in range(count)
    ]


def test_a_list_that_is_too_large_is_split() -> None:
    """Under stable names, every URL once and in order, each part within 8 MB."""
    found = _entries(40_000, 240)
    made = url_lists("aipol-0-_all", found, {entry.host for entry in found}, LIST_OCTETS.value)
    assert [each.name for each in made] == ["aipol-0-_all", "aipol-0-_all_1"]
    assert [url for each in made for url in each.urls] == [entry.host for entry in found]
    for each in made:
        body = {"name": each.name, "data": {"urls": list(each.urls), "type": "exact"}}
        assert len(json.dumps(body, indent=1)) <= LIST_OCTETS.value


def test_a_policy_that_needs_two_lists_has_both_in_its_category(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table names all lists of a category, and the reader wants each in exactly one."""
    small_limit = type(LIST_OCTETS)("x", 600, "x", LIST_OCTETS.verified)
    monkeypatch.setattr("aipol_targets.netskope.lower.LIST_OCTETS", small_limit)
    emitted = small.steered(
        small.Policy(apps=(small.app("one", "one.test", "two.test", "c.test"),))
    )
    ((*_, named, _),) = policies(emitted)
    assert named.split(" ") == ["aipol-0-_all", "aipol-0-_all_1"]
    assert emitted.findings() == ()
    assert emitted.noticed(emitted.changed("policies.csv", " aipol-0-_all_1", ""))


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "*d.test",
        "*.*.d.test",
        "a.*.test",
        ".d.test",
        "d.test.",
        "D.test",
        "_a.d.test",
        "-a.d.test",
        "a-.d.test",
        "https://d.test",
        "d.test/path",
        "d.test:443",
        "# d.test",
        "10.0.0.0/8",
        "d\u00e9.test",
        f"{'a' * 64}.test",
        "",
    ],
)
def test_what_no_list_takes_is_refused(url: str) -> None:
    """Other wildcards, case, underscores, outer dashes, schemes, paths, ports and comments."""
    with pytest.raises(UnreadableArtifact):
        Lists("x").add("c", [url])


@pytest.mark.parametrize(
    ("host", "taken", "left"),
    [
        ("d.test", ("wide",), ()),
        ("a.d.test", ("exact", "wide"), ("exact", "wide")),
        ("b.a.d.test", ("wide",), ("wide",)),
        ("notd.test", (), ()),
        ("d.test.evil.example", (), ()),
        ("test", (), ()),
    ],
)
def test_both_readings_of_a_wildcard_are_known(
    host: str, taken: tuple[str, ...], left: tuple[str, ...]
) -> None:
    """Newer documents take the name itself along, older ones do not; look-alikes never match."""
    found = Lists("x")
    found.add("wide", ["*.d.test"])
    found.add("exact", ["a.d.test"])
    assert found.matching(host, root_taken=True) == taken
    assert found.matching(host, root_taken=False) == left


Files = dict[str, bytes]


def _files(small: Any) -> Files:
    return dict(small.steered(small.everything(networks=small.FOUR)).files)


def _text(path: str, old: str, new: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert old.encode() in files[path]
        files[path] = files[path].replace(old.encode(), new.encode(), 1)

    return change


def _swap(files: Files) -> None:
    header, *rows = files["policies.csv"].decode().splitlines()
    first, last = rows[0].partition(",")[2], rows[-1].partition(",")[2]
    rows[0], rows[-1] = f"1,{last}", f"{len(rows)},{first}"
    files["policies.csv"] = "\n".join([header, *rows, ""]).encode()


REQUESTS, POLICIES = "requests.json", "policies.csv"
FINANCE = "locations/aipol-finance.csv"
CHANGES: dict[str, Callable[[Files], Any]] = {
    "no requests": lambda files: files.pop(REQUESTS),
    "no policies": lambda files: files.pop(POLICIES),
    "no location": lambda files: files.pop(FINANCE),
    "another file": lambda files: files.update({"x.csv": b"x\n"}),
    "no deployment": _text(REQUESTS, "urllist/deploy", "urllist"),
    "another method": _text(REQUESTS, '"POST"', '"PUT"'),
    "a regular expression": _text(REQUESTS, '"exact"', '"regex"'),
    "an unknown key": _text(REQUESTS, '"data"', '"id": 1, "data"'),
    "a list twice": _text(REQUESTS, '"aipol-1-___all"', '"aipol-2-_all"'),
    "a list in no category": _text(REQUESTS, '"name": "aipol-2-_all"', '"name": "other"'),
    "an entry twice": _text(REQUESTS, '"one.two.test"', '"big.test"'),
    "a wildcard without its name": _text(REQUESTS, '"big.test",', ""),
    "a name without its exception": _text(REQUESTS, '"sites.test",', ""),
    "other columns": _text(POLICIES, "action", "verdict"),
    "a column too many": _text(POLICIES, ",Block", ",Block,"),
    "another order": _text(POLICIES, "\n2,", "\n9,"),
    "an order that depths do not explain": _swap,
    "another action": _text(POLICIES, ",Block", ",Alert"),
    "a policy twice": _text(POLICIES, "aipol-2-_all-block", "aipol-2-_all-allow"),
    "an unknown location": _text(POLICIES, "aipol-finance,", "aipol-other,"),
    "a location twice": _text(POLICIES, "aipol__gateways aipol-finance", "aipol-finance " * 2),
    "a path as a location": _text(POLICIES, "aipol-finance,", "../policies,"),
    "a policy for what the next one does": _text(POLICIES, ",Allow", ",Block"),
    "a quote that does not end": _text(POLICIES, "1,aipol", '1,"aipol'),
    "an IPv6 network": _text(FINANCE, "10.20.0.0/24", "2001:db8::/64"),
    "host bits": _text(FINANCE, "10.20.0.0/24", "10.20.0.1/24"),
    "an empty location": _text(FINANCE, "10.20.0.0/24\n", ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_cannot_be_accounted_for_is_refused(name: str, small: Any) -> None:
    """Other objects, other orders, and entries that documents differ on."""
    files = _files(small)
    read(files)
    CHANGES[name](files)
    with pytest.raises(UnreadableArtifact):
        read(files)


def test_an_apex_that_only_a_wildcard_stands_for_is_refused(small: Any) -> None:
    """What a tenant does about it depends on the document, so nothing is answered."""
    emitted = small.steered(small.Policy(apps=(small.app("one", "one.test"),)))
    files = emitted.changed(REQUESTS, '"one.test",', "")
    with pytest.raises(UnreadableArtifact, match="documents differ"):
        read(files)


def test_names_are_compared_without_case_and_root(small: Any) -> None:
    """As browsers may send them."""
    emitted = small.steered(small.Policy(apps=(small.app("one", "one.test"),)))
    assert all(emitted.blocked("swg", small.ANYBODY, host) for host in ("ONE.test", "a.One.test."))
