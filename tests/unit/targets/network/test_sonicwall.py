"""SonicWall: what is imported, what it means there, and what is accounted for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipol.catalogue.model import Identifier, IdentifierKind, Match, Tier
from aipol.diagnostics.codes import LIMIT_EXCEEDED
from aipol.target import Status, UnreadableArtifact
from aipol.verify import verify
from aipol.vocabulary import Effect, Surface
from aipol_targets.lists.facts import LIST_CHARACTERS, LIST_URIS, URI_LISTS
from aipol_targets.lists.read_sonicwall import UriList
from tests.unit.targets.network.boxes import ALLOWED, FORBIDDEN, URI_POLICIES, blocked

EXACT, CHILDREN = Match.EXACT, Match.CHILDREN


def uris(*entries: str) -> UriList:
    """A URI list object with these entries."""
    found = UriList()
    found.load(entries, "list.txt")
    return found


def found_in(entries: UriList, hosts: list[str]) -> list[str]:
    """The hosts that some entry matches."""
    return [host for host in hosts if entries.find(host)]


def lists(emitted: Any) -> tuple[list[str], list[str]]:
    """What is forbidden and what is allowed for the default segment."""
    text = emitted.text
    return text.get(FORBIDDEN, "").split(), text.get(ALLOWED, "").split()


def told(emitted: Any, ruling: str) -> list[tuple[str, str, Status]]:
    """Value, reason and status of each deviation."""
    record = emitted.record(ruling)
    return [(each.value, each.reason.code, each.status) for each in record.deviations]


# --- what an entry matches ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "hits", "misses"),
    [
        (
            "example.com",
            ["example.com", "www.example.com", "example.com.uk", "www.example.com.uk"],
            ["specialexample.com", "example.org", "com", "example.co.com"],
        ),
        (
            "example.*.com",
            ["example.exam1.com", "example.exam1.exam2.com", "www.example.exam1.com"],
            ["example.com", "example.exam1.org"],
        ),
        ("*.d.test", ["a.d.test", "b.a.d.test", "a.d.test.evil.example"], ["d.test", "nota.test"]),
        ("d.test.*", ["d.test.uk", "www.d.test.evil.example"], ["d.test", "www.d.test"]),
    ],
)
def test_an_entry_is_found_anywhere_in_a_host(
    entry: str, hits: list[str], misses: list[str]
) -> None:
    """The examples of the vendor's pages, and what follows from them."""
    assert found_in(uris(entry), [*hits, *misses]) == hits


@pytest.mark.parametrize(
    "line",
    [
        *("", ".d.test", "d.test.", "d..test", "D.test", "d.test/path", "https://d.test", "d t"),
        *(
            "*",
            "*d.test",
            "d*.test",
            "a.*.*.test",
            "192.0.2.1",
            "*.1",
            "d.test:80",
            "[2001:db8::1]",
        ),
        *("\u0431.test", "a." * 16 + "test", "a" * 65, f"a.{'b' * 63}.test", "a." * 130 + "test"),
    ],
)
def test_an_entry_that_sonicos_refuses_or_takes_otherwise_is_refused(line: str) -> None:
    """Separators at the ends, asterisks beside others, paths, addresses, and what is too long."""
    with pytest.raises(UnreadableArtifact):
        uris(line)


def test_the_longest_entry_is_read() -> None:
    """16 tokens; 64 characters of a token with the dots around it."""
    entries = ("a." * 15 + "test", f"a.{'b' * 62}.test", f"{'b' * 63}.test", "b" * 63)
    assert sorted(uris(*entries)) == sorted(entries)


def test_a_list_holds_5000_entries_and_131072_characters() -> None:
    """A line end counts where another line follows it."""
    names = [f"d{number}.test" for number in range(LIST_URIS.value)]
    uris(*names)
    with pytest.raises(UnreadableArtifact, match="longer than a list"):
        uris(*names, "more.test")
    # 1,024 lines of 127 characters, each with a line end, are one too many for the last line's.
    wide = [f"{number:04}.{'a' * 60}.{'b' * 61}" for number in range(1024)]
    assert sum(map(len, wide)) + len(wide) - 1 == LIST_CHARACTERS.value - 1
    uris(*wide[:-1], f"{wide[-1]}x")
    with pytest.raises(UnreadableArtifact, match="longer than a list"):
        uris(*wide[:-1], f"x{wide[-1]}x")


# --- what is written ------------------------------------------------------------------------------


def test_longer_names_are_blocked_too_and_told(small: Any) -> None:
    """Nobody's names that go on after a blocked one; a look-alike that does not is let through."""
    policy = small.Policy(apps=(small.app("one", "d.test"), small.app("two", "e.test")))
    emitted = small.boxed(policy, "sonicwall")
    hosts = ["d.test", "D.Test.", "a.b.d.test", "d.test.evil.example", "notd.test", "test", "d"]
    assert blocked(emitted, "sonicwall", *hosts) == hosts[:4]
    assert told(emitted, "one/web/any/0") == [
        ("d.test.*", "also-longer-names", Status.STRICTER),
    ]
    assert emitted.findings() == ()


def test_only_a_record_about_the_same_name_admits_a_longer_one(small: Any) -> None:
    """Without it the look-alike is a finding, and one that no list bears out is a finding too."""
    policy = small.Policy(apps=(small.app("one", "d.test"), small.app("two", "e.test")))
    emitted = small.boxed(policy, "sonicwall")
    silent = tuple(
        replace(each, status=Status.ENFORCED, reason=None, deviations=())
        if each.ruling.startswith("one/")
        else each
        for each in emitted.compiled.coverage
    )
    found = verify(emitted.ir, emitted.target, emitted.decider, silent)
    assert {f.message for f in found if "d.test.evil.example" in f.message}
    assert not {f.message for f in found if "e.test.evil.example" in f.message}
    exact = small.boxed(policy, "watchguard")
    claimed, said = emitted.compiled.coverage, exact.compiled.told
    idle = verify(exact.ir, exact.target, exact.decider, claimed, told=said)
    assert {f.name for f in idle} == {"coverage-untrue"}


@pytest.mark.parametrize("tighten", [False, True])
def test_a_longer_name_that_somebody_may_use_is_allowed_again(tighten: bool, small: Any) -> None:
    """The allowed list is searched first; what is below the longer name is open with it."""
    apps = (small.app("one", "d.test"), small.app("two", small.domain("d.test.uk.test", EXACT)))
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    emitted = small.boxed(small.Policy(apps, (rule,), tighten=tighten), "sonicwall")
    assert lists(emitted) == (["d.test"], ["d.test.uk.test"])
    assert emitted.record("two/web/any/0").status is Status.ENFORCED
    assert blocked(emitted, "sonicwall", "d.test.uk.test", "d.test.de.test") == ["d.test.de.test"]
    assert emitted.findings() == ()


@pytest.mark.parametrize("tighten", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_a_longer_name_that_nothing_may_block_is_allowed_again(
    shared: bool, tighten: bool, small: Any
) -> None:
    """A host of others, and a protected one."""
    longer = "d.test.kept.test"
    more = (small.app("two", small.domain(longer, shared=True)),) if shared else ()
    protected = () if shared else ((longer, "subtree", "management"),)
    policy = small.Policy(
        apps=(small.app("one", "d.test"), *more), protected=protected, tighten=tighten
    )
    emitted = small.boxed(policy, "sonicwall")
    assert lists(emitted) == (["d.test"], [longer])
    assert emitted.findings() == ()


def test_an_exception_that_opens_a_longer_block_costs_one_of_them(small: Any) -> None:
    """Looser, the longer name is let through; stricter, the exception goes. Both are told."""
    apps = (
        small.app("one", "d.test", "x.d.test.z.test"),
        small.app("two", small.domain("d.test.z.test", EXACT)),
    )
    policy = small.Policy(apps, (small.Rule(("two",), ("everyone",), Effect.ALLOW),))
    loose = small.boxed(policy, "sonicwall")
    assert lists(loose)[1] == ["d.test.z.test"]
    assert ("x.d.test.z.test", "subtrees-only", Status.LOOSER) in told(loose, "one/web/any/0")
    tight = small.boxed(replace(policy, tighten=True), "sonicwall")
    assert lists(tight)[1] == []
    assert ("d.test.z.test", "widened", Status.STRICTER) in told(tight, "two/web/any/0")
    assert loose.findings() == tight.findings() == ()


def test_one_host_cannot_be_said(small: Any) -> None:
    """As `on_gap` says it is left out, or blocked with all below it and all that goes on after."""
    policy = small.Policy(apps=(small.app("one", small.domain("d.test", EXACT)),))
    loose = small.boxed(policy, "sonicwall")
    assert lists(loose) == ([], [])
    assert loose.record("one/web/any/0").status is Status.UNSUPPORTED
    assert loose.record("one/web/any/0").reason.code == "subtrees-only"
    tight = small.boxed(replace(policy, tighten=True), "sonicwall")
    assert lists(tight) == (["d.test"], [])
    assert told(tight, "one/web/any/0") == [
        ("*.d.test", "widened", Status.STRICTER),
        ("d.test.*", "also-longer-names", Status.STRICTER),
    ]


def test_a_program_that_needs_no_network_is_not_said_to_be_stopped(small: Any) -> None:
    """Its hosts are blocked, and longer names with them; the use itself is still out of reach."""
    program = Identifier(IdentifierKind.EXE, "x.exe", "test", Tier.A, Surface.DESKTOP)
    apps = (small.app("one", "d.test", category="local-runner", windows=(program,)),)
    emitted = small.boxed(small.Policy(apps=apps), "sonicwall")
    record = emitted.record("one/desktop/any/0")
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "runs-locally")
    assert [each.value for each in record.deviations] == ["d.test.*"]
    assert emitted.findings() == ()


LABELS = st.sampled_from(["a", "b", "a.b"])

CHAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_names_that_stand_in_each_other_are_accounted_for(data: st.DataObject, small: Any) -> None:
    """Whatever is allowed, shared and tightened where names begin, end and are within others."""
    hosts = data.draw(st.lists(CHAINS, min_size=1, max_size=6, unique=True))
    matches = st.sampled_from([Match.SUBTREE, Match.SUBTREE, EXACT, CHILDREN])
    shared = st.sampled_from([False, False, False, True])
    drawn = [small.domain(host, data.draw(matches), shared=data.draw(shared)) for host in hosts]
    apps = tuple(small.app(f"app{n}", each) for n, each in enumerate(drawn))
    names = tuple(each.id for each in apps)
    usable = tuple(data.draw(st.lists(st.sampled_from(names), unique=True)))
    rules = (small.Rule(usable, ("everyone",), Effect.ALLOW),) if usable else ()
    policy = small.Policy(apps, rules, tighten=data.draw(st.booleans()))
    emitted = small.boxed(policy, data.draw(st.sampled_from(["sonicwall", "watchguard"])))
    assert [finding.message for finding in emitted.findings()] == []


def test_an_exception_below_another_block_is_told(small: Any) -> None:
    """It is found anywhere: below a blocked host a name that begins with it is let through."""
    apps = (small.app("one", "d.test"), small.app("two", "a.d.test"), small.app("three", "e.test"))
    emitted = small.boxed(
        small.Policy(apps, (small.Rule(("two",), ("everyone",), Effect.ALLOW),)), "sonicwall"
    )
    assert not blocked(emitted, "sonicwall", "a.d.test.e.test")
    assert told(emitted, "three/web/any/0") == [
        ("*.exception.*", "exception-anywhere", Status.LOOSER),
        ("e.test.*", "also-longer-names", Status.STRICTER),
    ]
    assert emitted.findings() == ()


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "files"), [(5000, 1), (5001, 2), (10_000, 2), (10_001, 3)])
def test_more_than_5000_names_are_several_lists(count: int, files: int, small: Any) -> None:
    """The first keeps its name, and the policy and the account name them all."""
    apps = (small.app("one", *(f"d{number}.test" for number in range(count))),)
    emitted = small.boxed(small.Policy(apps=apps), "sonicwall")
    found = [path for path in emitted.files if path.endswith(".txt")]
    assert len(found) == files
    assert FORBIDDEN in found
    assert emitted.text[URI_POLICIES].count(".txt") == files
    assert len(emitted.record("one/web/any/0").artifacts) == files
    assert blocked(emitted, "sonicwall", "d0.test", f"d{count - 1}.test", "d.test") == [
        "d0.test",
        f"d{count - 1}.test",
    ]


def test_a_list_that_is_too_long_is_two(small: Any) -> None:
    """131,072 characters with the line ends between them."""
    names = tuple(f"{'a' * 50}.{'b' * 50}.d{number}.test" for number in range(1300))
    emitted = small.boxed(small.Policy(apps=(small.app("one", *names),)), "sonicwall")
    found = [text for path, text in emitted.text.items() if path.endswith(".txt")]
    assert len(found) == 2
    assert max(len(text) - 1 for text in found) <= LIST_CHARACTERS.value
    assert max(len(text) - 1 for text in found) > LIST_CHARACTERS.value - 120


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("a." * 16 + "test", "tokens of `" + "a." * 16 + "test`: 17, limit 16"),
        (
            f"a.{'b' * 63}.test",
            f"characters of a token of `a.{'b' * 63}.test`: 65, limit 64",
        ),
    ],
)
def test_a_name_that_is_no_uri_is_an_error(host: str, why: str, small: Any) -> None:
    """17 tokens; a label of 63 between two dots. Other formats take both."""
    ir = small.resolve(small.Policy(apps=(small.app("one", host),)))
    (finding,) = small.compiled(ir, small.LISTS, outputs=["sonicwall"]).findings
    assert finding.code == LIMIT_EXCEEDED.code
    assert finding.message == f"lists: {why}"
    assert not small.compiled(ir, small.LISTS, outputs=["edl", "watchguard"]).findings


def test_more_lists_than_a_device_holds_are_an_error(small: Any) -> None:
    """128 objects: one for every segment and list."""

    def of(count: int) -> Any:
        networks = {f"g{number}": (f"10.0.{number}.0/24",) for number in range(count)}
        policy = small.Policy(apps=(small.app("one", "d.test"),), networks=networks)
        return small.compiled(small.resolve(policy), small.LISTS, outputs=["sonicwall"])

    assert not of(URI_LISTS.value - 1).findings
    (finding,) = of(URI_LISTS.value).findings
    assert finding.message == "lists: SonicWall URI lists 129, limit 128"
