"""The reader of Zscaler's requests decides as its documents say, and refuses all it cannot."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipol.domains import HostEntry, HostTrie, Intent
from aipol.target import UnreadableArtifact
from aipol_targets.common.network.nested import Reached, Seen, entries, named_in
from aipol_targets.zscaler.read import read
from aipol_targets.zscaler.read_urls import Urls

Requests = list[dict[str, Any]]


@pytest.mark.parametrize(
    ("urls", "host", "expected"),
    [
        ([".d.test"], "d.test", True),
        ([".d.test"], "a.d.test", True),
        ([".d.test"], "e.d.c.b.a.d.test", True),
        ([".d.test"], "f.e.d.c.b.a.d.test", False),
        ([".d.test"], "notd.test", False),
        ([".d.test"], "d.test.evil.example", False),
        ([".d.test"], "test", False),
        (["d.test"], "d.test", True),
        (["d.test"], "a.d.test", False),
        (["d.test"], "notd.test", False),
        (["d.test"], "d.test.evil.example", False),
    ],
)
def test_urls_are_matched_as_documented(urls: list[str], host: str, expected: bool) -> None:
    """A leading period is the name and five levels; without one it is the host."""
    found = Urls("x")
    found.add("c", urls)
    assert (found.category(host) == "c") is expected


def test_the_most_specific_entry_gives_the_category() -> None:
    """Exact before wildcard, a longer wildcard before a shorter one, in whatever category."""
    found = Urls("x")
    found.add("wide", [".d.test"])
    found.add("narrow", [".a.d.test"])
    found.add("exact", ["a.d.test", "d.test"])
    assert [found.category(host) for host in ("d.test", "x.d.test", "a.d.test", "x.a.d.test")] == [
        "exact",
        "wide",
        "exact",
        "narrow",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "*.d.test",
        "*d.test",
        "..d.test",
        "d.test.",
        "D.test",
        "https://d.test",
        "d.test/path",
        "d.test:443",
        "test",
        ".test",
        "a.d_e.test",
        "a.d.t_t",
        "_.d.test",
        "d\u00e9.test",
        f"{'a' * 64}.test",
        ".".join(["a" * 60] * 18),
        "",
        " d.test",
    ],
)
def test_what_no_category_takes_is_refused(url: str) -> None:
    """Asterisks, upper case, schemes, paths, bare top-level domains, stray underscores, lengths."""
    with pytest.raises(UnreadableArtifact):
        Urls("x").add("c", [url])


LABELS = ("a", "b", "c.b", "e.d.c.b", "f.e.d.c.b.a")
HOSTS = [
    f"{prefix}{base}"
    for base in ("x.test", "y.x.test")
    for prefix in ("", *(f"{label}." for label in LABELS), "f.e.d.c.b.a.f.e.d.c.b.")
]
PROBES = [
    f"{prefix}{host}"
    for host in HOSTS
    for prefix in ("", "n.", "not", "5.4.3.2.1.", "6.5.4.3.2.1.")
]
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(HOSTS), st.sampled_from(list(Intent))), st.booleans(), max_size=8
)


@given(TABLES, TABLES)
def test_entries_mean_what_the_policy_means_up_to_five_levels(
    rest: dict[tuple[str, Intent], bool], finance: dict[tuple[str, Intent], bool]
) -> None:
    """Model and reader agree on every host; where they are looser, the host is named by none."""
    tables = {"default": rest, "finance": finance}
    patterns = {
        segment: [HostEntry(*pattern, blocked) for pattern, blocked in table.items()]
        for segment, table in tables.items()
    }
    tries = {segment: HostTrie(found) for segment, found in patterns.items()}
    named = named_in(patterns.values())
    found = tuple(entries(tries, named, 5))
    urls, blocked = Urls("x"), dict[str, frozenset[str]]()
    for number, entry in enumerate(found):
        urls.add(str(number), [f".{entry.host}" if entry.wide else entry.host])
        blocked[str(number)] = entry.blocked
    wide = [host for host, more in named.items() if more]
    for segment, trie in tries.items():
        said = Seen(Reached(found, 5), segment)
        for host in PROBES:
            category = urls.category(host)
            read_back = category is not None and segment in blocked[category]
            assert read_back is said.blocked(host)
            if read_back is not trie.blocked(host):
                assert not read_back
                assert host not in named
                above = min(_levels(host, each) for each in wide if host.endswith(f".{each}"))
                assert above > 5


def _levels(host: str, above: str) -> int:
    return host.count(".") - above.count(".")


# --- requests -------------------------------------------------------------------------------------


def _requests(small: Any) -> Requests:
    policy = small.everything(networks=small.FOUR)
    found: Requests = json.loads(small.categorised(policy).files["requests.json"])
    return found


def _of(requests: Requests, resource: str) -> list[Any]:
    return [each["body"] for each in requests if each["path"].endswith(f"/{resource}")]


def _rule(requests: Requests, number: int = 0) -> Any:
    return _of(requests, "urlFilteringRules")[number]


def _category(requests: Requests) -> Any:
    return _of(requests, "urlCategories")[0]


def _swap_first_rules(requests: Requests) -> None:
    first, last = _rule(requests, 0), _rule(requests, -1)
    first["urlCategories"], last["urlCategories"] = last["urlCategories"], first["urlCategories"]


def _set(pick: Callable[[Requests], Any], key: str, value: Any) -> Callable[[Requests], None]:
    def change(requests: Requests) -> None:
        pick(requests)[key] = value

    return change


def _group(requests: Requests) -> Any:
    return _of(requests, "ipSourceGroups")[0]


CHANGES: dict[str, Callable[[Requests], Any]] = {
    "no activation": lambda r: r.pop(),
    "activation twice": lambda r: r.append(copy.deepcopy(r[-1])),
    "a rule before its category": lambda r: r.insert(0, r.pop(-2)),
    "another method": _set(lambda r: r[0], "method", "PUT"),
    "another resource": _set(lambda r: r[0], "path", "/zia/api/v1/webDlpRules"),
    "another prefix": _set(lambda r: r[0], "path", "/api/v1/ipSourceGroups"),
    "an unknown key": _set(_rule, "blockOverride", True),
    "a time window": _set(_rule, "timeWindows", [{"id": 1}]),
    "request methods": _set(_rule, "requestMethods", ["GET"]),
    "a second category field": _set(_rule, "urlCategories2", ["${aipol-0-_all}"]),
    "another action": _set(_rule, "action", "CAUTION"),
    "disabled": _set(_rule, "state", "DISABLED"),
    "one protocol": _set(_rule, "protocols", ["HTTP_RULE"]),
    "any category": _set(_rule, "urlCategories", ["ANY"]),
    "no category": _set(_rule, "urlCategories", []),
    "a category twice": _set(_rule, "urlCategories", ["${aipol-2-_all}"] * 2),
    "an order with a gap": _set(_rule, "order", 99),
    "an order that is no number": _set(_rule, "order", True),
    "an order below one": _set(_rule, "order", 0),
    "a rank of its own": _set(_rule, "rank", 1),
    "no sources": _set(_rule, "sourceIpGroups", []),
    "an id that nobody knows": _set(_rule, "sourceIpGroups", [{"id": 12}]),
    "a group that is not made": _set(_rule, "sourceIpGroups", [{"id": "${aipol-x}"}]),
    "a name twice": lambda r: _rule(r, 1).update(name=_rule(r, 0)["name"]),
    "a category twice made": lambda r: r.insert(0, copy.deepcopy(r[2])),
    "an unused category": _set(_category, "configuredName", "other"),
    "an unused group": lambda r: r.insert(
        0, {**r[0], "body": {"name": "other", "ipAddresses": ["10.0.0.0/8"]}}
    ),
    "another super category": _set(_category, "superCategory", "ENTERTAINMENT"),
    "a TLD category": _set(_category, "type", "TLD_CATEGORY"),
    "keywords": _set(_category, "keywords", ["chat"]),
    "retaining the parent": _set(_category, "dbCategorizedUrls", [".one.test"]),
    "no custom category": _set(_category, "customCategory", 1),
    "no URLs": _set(_category, "urls", []),
    "an IPv6 network": _set(_group, "ipAddresses", ["2001:db8::/64"]),
    "host bits": _set(_group, "ipAddresses", ["10.20.0.1/24"]),
    "a range": _set(_group, "ipAddresses", ["10.20.0.1-10.20.0.9"]),
    "rules in an order that depths do not explain": _swap_first_rules,
    "a rule that does what the next one does": _set(_rule, "action", "BLOCK"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_cannot_be_accounted_for_is_refused(name: str, small: Any) -> None:
    """Other objects, other criteria, other orders, dangling and unused names."""
    requests = _requests(small)
    CHANGES[name](requests)
    with pytest.raises(UnreadableArtifact):
        read({"requests.json": json.dumps(requests).encode()})


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"[NaN]", b"[1]", b'[{"method": "POST", "method": "POST"}]', b"\xff"],
)
def test_other_json_is_refused(content: bytes) -> None:
    """Nothing, repeated keys, numbers that are none, other bytes."""
    with pytest.raises(UnreadableArtifact):
        read({"requests.json": content})


def test_other_files_are_refused(small: Any) -> None:
    """A file that is missing, and one that nothing refers to."""
    content = json.dumps(_requests(small)).encode()
    for files in ({}, {"requests.json": content, "x.json": b"[]"}):
        with pytest.raises(UnreadableArtifact):
            read(files)


@pytest.mark.parametrize(
    ("resource", "most"), [("urlFilteringRules", 1_000), ("ipSourceGroups", 4_000)]
)
def test_more_objects_than_there_can_be_are_refused(resource: str, most: int, small: Any) -> None:
    """The limits of an organisation, whoever wrote the file."""
    requests = _requests(small)
    template = next(each for each in requests if each["path"].endswith(f"/{resource}"))
    made = []
    for number in range(most + 1):
        body = {**template["body"], "name": f"n{number}"}
        if resource == "urlFilteringRules":
            body["order"] = number + 100
        made.append({**template, "body": body})
    place = len(requests) - 1 if resource == "urlFilteringRules" else 0
    requests[place:place] = made
    with pytest.raises(UnreadableArtifact, match=f"more than {most}"):
        read({"requests.json": json.dumps(requests).encode()})


def test_names_are_compared_without_case_and_root(small: Any) -> None:
    """As browsers may send them."""
    emitted = small.categorised(small.Policy(apps=(small.app("one", "one.test"),)))
    for host in ("ONE.test", "one.test.", "A.One.Test."):
        assert emitted.blocked("zia", small.ANYBODY, host)
    assert not emitted.blocked("zia", small.ANYBODY, "one.test..")
