"""What Gateway's reader takes, what it refuses, and which changes of the files are noticed."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aipol.diagnostics.codes import BAD_DOMAIN
from aipol.domains import parents
from aipol.target import Kind, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.cloudflare.escape import listed, networks, text
from aipol_targets.common.network.escape import UnsafeTextError

LISTED, RULED = "lists.json", "rules.json"


# --- order ----------------------------------------------------------------------------------------


def edited(emitted: Any, path: str, edit: Any) -> dict[str, bytes]:
    """The files with one of them changed."""
    found = json.loads(emitted.files[path])
    replaced = edit(found)
    return {
        **emitted.files,
        path: json.dumps(found if replaced is None else replaced).encode(),
    }


def test_the_lowest_precedence_decides_and_nothing_after_it(small: Any) -> None:
    """Wherever it stands in the file; an Allow ends the search for its type and no other."""

    def add(found: Any, precedence: int) -> None:
        rule = dict(found["dns"][0], name="theirs", action="allow", precedence=precedence)
        found["dns"].append(rule)

    emitted = small.gated(small.Policy(apps=(small.app("one", "one.test"),)))
    for precedence, effect in ((5, Effect.ALLOW), (45, Effect.BLOCK)):
        files = edited(emitted, RULED, lambda found, at=precedence: add(found, at))
        changed = replace(emitted, files=files)
        assert changed.answer("dns", small.ANYBODY, "a.one.test").effect is effect
        assert changed.answer("network", small.ANYBODY, "a.one.test").effect is Effect.BLOCK
        assert emitted.noticed(files) is (effect is Effect.ALLOW)


def test_a_header_before_the_block_of_its_segment_is_noticed(small: Any) -> None:
    """It would let through what is blocked within its hosts."""
    restriction = small.tenant(small.HEADER, "accounts.test")
    base = small.everything()
    apps = (
        *(each for each in base.apps if each.id != "accounts"),
        small.app("accounts", "accounts.test", tenant=restriction),
        small.app("below", "x.accounts.test"),
    )
    emitted = small.gated(replace(base, apps=apps))

    def first(found: Any) -> None:
        (rule,) = (rule for rule in found["http"] if rule["action"] == "allow")
        rules = [each for kind in found.values() for each in kind]
        rules.sort(key=lambda each: (each is not rule, each["precedence"]))
        for index, each in enumerate(rules):
            each["precedence"] = 5 + 10 * index

    assert emitted.findings() == ()
    assert emitted.noticed(edited(emitted, RULED, first))


def evaluated(traffic: str, lists: Any, host: str, source: str) -> bool:
    """What Python makes of the same expression: every comparison decided, the rest left as it is.

    Anything but these three comparisons would be a fault of Python's.
    """
    names = {host, *parents(host)}
    said = re.sub(
        r"any\([a-z.]+\[\*\] in \$<([^>]*)>\)",
        lambda found: str(not names.isdisjoint(lists[found[1]])),
        traffic,
    )
    said = re.sub(
        r"[a-z._]+ in \{([^}]*)\}",
        lambda found: str(any(inside(source, each) for each in found[1].split())),
        said,
    )
    said = re.sub(r"[a-z.]+ in \$<([^>]*)>", lambda found: str(host in lists[found[1]]), said)
    assert set(re.findall(r"[A-Za-z]+", said)) <= {"True", "False", "and", "or", "not"}
    return bool(eval(said))  # noqa: S307 - five words and parentheses


def inside(source: str, network: str) -> bool:
    """Whether an address is in a network."""
    return ipaddress.ip_address(source) in ipaddress.ip_network(network)


def test_the_reader_answers_as_the_expressions_do(small: Any) -> None:
    """Every expression is decided once more by other means, in the order of precedence."""
    emitted = small.gated(small.everything(), tls_decryption=False)
    bodies = json.loads(emitted.text[LISTED])
    lists = {body["name"]: {item["value"] for item in body["items"]} for body in bodies}
    kinds = json.loads(emitted.text[RULED])
    hosts = small.probes(host for _, host in emitted.decider.mentions())
    decided = set[bool]()
    for kind, client in (("dns", "dns"), ("http", "http"), ("l4", "network")):
        ordered = sorted(kinds[kind], key=lambda rule: rule["precedence"])
        for source in (*small.SOURCES, "2001:db8:20::5", "2001:db8:99::5"):
            for host in hosts:
                matching = [r for r in ordered if evaluated(r["traffic"], lists, host, source)]
                expected = bool(matching) and matching[0]["action"] == "block"
                assert emitted.blocked(client, source, host) is expected, (host, source)
                decided.add(expected)
    assert decided == {True, False}


# --- files that are refused -----------------------------------------------------------------------


def _set(kind: str, key: str, value: Any) -> Any:
    return lambda found: found[kind][0].__setitem__(key, value)


RULE_FAULTS = {
    "no traffic": lambda found: found["dns"][0].pop("traffic"),
    "empty traffic": _set("dns", "traffic", ""),
    "identity": _set("dns", "identity", 'identity.email == "x"'),
    "schedule": _set("dns", "schedule", {"mon": "08:00-12:30"}),
    "off": _set("dns", "enabled", value=False),
    "other action": _set("dns", "action", "safesearch"),
    "isolate": _set("http", "action", "isolate"),
    "two filters": _set("dns", "filters", ["dns", "http"]),
    "other filter": _set("dns", "filters", ["l4"]),
    "text precedence": _set("dns", "precedence", "1"),
    "true precedence": _set("dns", "precedence", value=True),
    "negative precedence": _set("dns", "precedence", -1),
    "same precedence": lambda found: found["dns"][0].update(
        precedence=found["http"][0]["precedence"]
    ),
    "same name": lambda found: found["dns"][0].update(name=found["http"][0]["name"]),
    "settings": _set("dns", "rule_settings", {"block_page_enabled": True}),
    "headers on dns": _set("dns", "rule_settings", {"add_headers": {"X": ["a"]}}),
    "no type": lambda _: {},
    "null types": lambda _: {"dns": None, "http": None, "l4": None},
    "lost type": lambda found: found.pop("http") and None,
    "other type": lambda found: found.__setitem__("egress", []),
    "a list": lambda found: found["dns"],
    "not a body": lambda found: found["dns"].append("x"),
    "too long": lambda found: found["dns"][0].update(traffic=found["dns"][0]["traffic"] * 2000),
    "too many": lambda found: found["dns"].extend(
        dict(found["dns"][0], name=f"n{n}", precedence=1000 + n) for n in range(500)
    ),
}
LIST_FAULTS = {
    "other type": lambda found: found[0].update(type="URL"),
    "other key": lambda found: found[0].update(id="x"),
    "twice": lambda found: found.append(found[0]),
    "unused": lambda found: found.append(dict(found[0], name="x")),
    "missing": lambda found: found.pop() and None,
    "empty": lambda found: found[0].update(items=[]),
    "same entry": lambda found: found[0]["items"].append(found[0]["items"][0]),
    "wildcard": lambda found: found[0]["items"].append({"value": "*.d.test"}),
    "upper case": lambda found: found[0]["items"].append({"value": "D.test"}),
    "root": lambda found: found[0]["items"].append({"value": "d.test."}),
    "address": lambda found: found[0]["items"].append({"value": "https://d.test/"}),
    "null": lambda found: found[0]["items"].append({"value": None}),
    "more than a value": lambda found: found[0]["items"].append({"value": "d.test", "x": 1}),
    "too large": lambda found: found[0].update(
        items=[{"value": f"h{n}.test"} for n in range(5001)]
    ),
    "too many": lambda found: found.extend(dict(found[0], name=f"l{n}") for n in range(100)),
    "a body": lambda _: {},
}
HEADER_FAULTS = {
    "empty": {},
    "no list": {"X-Y": "a"},
    "two values": {"X-Y": ["a", "b"]},
    "a break": {"X-Y": ["a\r\nZ: b"]},
    "no name": {"": ["a"]},
    "a name with a colon": {"X:": ["a"]},
    "a selector": {"X-Y": ["@{identity.email}"]},
    "one twice": {"X-Y": ["a"], "x-y": ["b"]},
}


@pytest.mark.parametrize("fault", RULE_FAULTS)
def test_policies_that_are_not_accounted_for_are_refused(fault: str, small: Any) -> None:
    """A policy without traffic is for everything; what is off does nothing."""
    emitted = small.gated(small.everything())
    with pytest.raises(UnreadableArtifact):
        small.CLOUDFLARE.read(edited(emitted, RULED, RULE_FAULTS[fault]))


@pytest.mark.parametrize("fault", LIST_FAULTS)
def test_lists_that_are_not_accounted_for_are_refused(fault: str, small: Any) -> None:
    """Duplicates and wildcards, which the API refuses too, and lists that nobody looks at."""
    emitted = small.gated(small.everything())
    with pytest.raises(UnreadableArtifact):
        small.CLOUDFLARE.read(edited(emitted, LISTED, LIST_FAULTS[fault]))


@pytest.mark.parametrize("fault", HEADER_FAULTS)
def test_headers_that_are_none_are_refused(fault: str, small: Any) -> None:
    """One plain value each."""

    def change(found: Any) -> None:
        for rule in found["http"]:
            if "rule_settings" in rule:
                rule["rule_settings"] = {"add_headers": HEADER_FAULTS[fault]}

    emitted = small.gated(small.everything())
    with pytest.raises(UnreadableArtifact):
        small.CLOUDFLARE.read(edited(emitted, RULED, change))


@pytest.mark.parametrize("path", [LISTED, RULED])
@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"[", b"1", b"[NaN]", b'[{"name": 1, "name": 2}]', b"\xff", b"[" * 99_999],
)
def test_what_is_no_such_json_is_refused(path: str, content: bytes, small: Any) -> None:
    """And so is a missing file, and one too many."""
    files = small.gated(small.everything()).files
    others = {name: text for name, text in files.items() if name != path}
    for changed in ({**files, path: content}, others, {**files, "other.json": b"[]"}):
        with pytest.raises(UnreadableArtifact):
            small.CLOUDFLARE.read(changed)


# --- changes --------------------------------------------------------------------------------------


def changes(content: str) -> Iterator[tuple[str, str]]:
    """What a slip would do to an expression or an entry, each place on its own."""
    swaps = [
        (r"\bnot\(", "("),
        (r" and ", " or "),
        (r" or ", " and "),
        (r"-subtree>", "-exact>"),
        (r"-exact>", "-subtree>"),
        (r"_0-", "_1-"),
        (r"_1-", "_2-"),
        (r"10\.20\.0\.0/24", "10.20.0.0/25"),
        (r"10\.99\.0\.8/32", "10.99.0.9/32"),
        (r'"block"', '"allow"'),
        (r'"allow"', '"block"'),
        (r"ws-1,ws-2", "ws-1"),
        (r"\$<aipol_finance_0-subtree>", "$<aipol_default_0-subtree>"),
        (r'"value": "', '"value": "not'),
        (r'"value": "[a-z0-9-]+\.(?=[a-z.]+\.test)', '"value": "'),
        (r'"value": "', '"value": "x.'),
    ]
    for old, new in swaps:
        for found in re.finditer(old, content):
            if "uri.path" in content[found.start() :].partition("\n")[0]:
                continue  # no question is about some addresses of a host
            yield (
                f"{old} -> {new} at {found.start()}",
                content[: found.start()] + new + content[found.end() :],
            )


def test_the_classic_mistakes_are_noticed(small: Any) -> None:
    """A missing apex or children, a look-alike, one label too wide, another segment, no `not`."""
    emitted = small.gated(small.everything())
    alive = [
        (path, what)
        for path in (LISTED, RULED)
        for what, content in changes(emitted.text[path])
        if not emitted.noticed({**emitted.files, path: content.encode()})
    ]
    assert alive == []


# --- hostile text ---------------------------------------------------------------------------------

HOSTILE = ['a"b', "a\nend", "a\\", 'x" or "a', "a>", "$<a", "a}", "a b", "a\u202eb", ""]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_does_not_leave_its_place(words: str, small: Any) -> None:
    """In a host or the organisation's name; the escapers refuse it by themselves."""
    for escape in (listed, text):
        with pytest.raises(UnsafeTextError):
            escape(words)
    with pytest.raises(UnsafeTextError):
        networks([words])
    policy = small.Policy(apps=(small.app("one", f"x{words}.-test"),))
    made = small.compiled(small.resolve(policy), small.CLOUDFLARE, on_ramp="wan")
    assert {finding.code for finding in made.findings} == {BAD_DOMAIN.code}
    named = small.gated(replace(small.everything(), identifier=words))
    assert named.findings() == ()
    assert named.decider.clients(Kind.HOST) == ("dns", "http", "network")


def test_a_group_called_like_a_part_of_a_name_is_another(small: Any) -> None:
    """No name of ours can be made by a name of a group."""
    names = ("default", "finance-0-exact", "finance", "http", "aipol")
    groups = {name: (f"10.{number}.0.0/24",) for number, name in enumerate(names, start=1)}
    apps = tuple(small.app(name, f"{name}.test") for name in ("one", "two"))
    rule = small.Rule(("one",), ("finance",), Effect.ALLOW)
    policy = small.Policy(apps=apps, rules=(rule,), networks=groups)
    assert small.gated(policy).findings() == ()
