"""Long lists are looked at as a whole: what comes of it is what each line for itself would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aipol.domains import HostEntry, Intent
from aipol.target import UnreadableArtifact
from aipol_targets.common.network import faults, urllist
from aipol_targets.common.network.escape import UnsafeTextError
from aipol_targets.common.network.hostlists import url_lines, url_list
from aipol_targets.common.network.levels import levels_of
from aipol_targets.common.network.reading import all_parents, note_parents, run_of
from aipol_targets.dns import read_zone
from aipol_targets.dns.escape import owner_name, zone_lines
from aipol_targets.squid import read_domains

NAMES = st.sampled_from(
    [
        *("a.test", "b.a.test", "c.test", "test", "A.test", "rpz-ip", "a.rpz-ip", "x.rpz-y.test"),
        *("", ".", "a..test", "a.test.", "-a.test", "#a.test", "*.a.test", ".c.test", "a_b.test"),
        *(f"{'a' * 64}.test", f"{'a' * 63}.test", ".".join(["a" * 60] * 4), "c.test CNAME .", "é"),
    ]
)
HEAD = [
    "; a zone",
    "$TTL 60",
    "$ORIGIN z.invalid.",
    "@ IN SOA localhost. hostmaster.localhost. 2026112900 3600 600 604800 60",
    "@ IN NS localhost.",
]


def read(made: Callable[[], Any], told: tuple[str, ...]) -> Any:
    """All that a reader found, or why it refuses."""
    try:
        found = made()
    except UnreadableArtifact as fault:
        return str(fault)
    return [getattr(found, name) for name in told]


READERS: dict[str, tuple[ModuleType, str, tuple[str, ...], Callable[[Sequence[str]], Any]]] = {
    "zone": (
        read_zone,
        "{} CNAME {}",
        ("_lines", "_names", "_passed"),
        lambda lines: read_zone.Zone([*HEAD, *lines], "zone", "z.invalid"),
    ),
    "squid": (
        read_domains,
        "{}",
        ("_exact", "_subtree"),
        lambda lines: read_domains.DomainAcl(lines, "list"),
    ),
    "urls": (
        urllist,
        "{}/",
        ("_exact", "_below", "_others"),
        lambda lines: urllist.UrlList(lines, "list"),
    ),
}


@pytest.mark.parametrize(("module", "form", "told", "reader"), READERS.values(), ids=READERS.keys())
@given(st.lists(st.tuples(NAMES, st.sampled_from([".", ".", "rpz-passthru."])), max_size=6))
@example([("a.test", "."), ("c.test", "."), ("b.a.test", ".")])
@example([("a.test", "."), ("c.test", "."), ("a.test", ".")])
@example([("a.test", "."), ("a.x-rpz-y", ".")])
def test_a_run_is_read_as_its_lines_are(
    module: ModuleType,
    form: str,
    told: tuple[str, ...],
    reader: Callable[[Sequence[str]], Any],
    written: list[tuple[str, str]],
) -> None:
    """What is read at once is what is read line by line, and so is what is refused, and why."""
    lines = [form.format(name, action) for name, action in written]
    found = read(lambda: reader(lines), told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "run_of", lambda lines, _: lines[:0])
        assert read(lambda: reader(lines), told) == found


def test_a_run_ends_where_the_form_does() -> None:
    """It is the lines at the start alone, however many of the form follow."""
    lines = ["a", "b", "c!", "d"]
    assert run_of(lines, urllist._HOSTS) == []
    assert run_of([f"{line}/" for line in lines], urllist._HOSTS) == ["a/", "b/"]


@given(st.lists(NAMES))
def test_all_parents_are_those_of_each(hosts: list[str]) -> None:
    """However many share them; what is above a final dot does not matter."""
    known: set[str] = set()
    for host in hosts:
        note_parents(host, known)
    assert all_parents(hosts) - {""} == known - {""}


@given(st.lists(NAMES, min_size=1))
@example(["a.test\nc.test"])
def test_names_are_plain_together_if_each_is_a_host_name(hosts: list[str]) -> None:
    """Being asked about at once lets no text through that is none."""
    if faults._all_plain(hosts):
        assert not any(map(faults._no_host, hosts))


@given(st.lists(st.tuples(NAMES, st.booleans())))
@example([("a.test CNAME .\nc.test", True)])
@example([("a.test\nc.test", False)])
def test_a_zone_is_written_only_of_owner_names(records: list[tuple[str, bool]]) -> None:
    """What one name alone is refused for, all are refused for."""
    try:
        wanted = [f"{owner_name(o)} CNAME {'.' if b else 'rpz-passthru.'}" for o, b in records]
    except UnsafeTextError:
        with pytest.raises(UnsafeTextError):
            zone_lines(records)
    else:
        assert list(zone_lines(records)) == wanted


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(Intent)))))
def test_a_url_list_is_of_the_lines_of_each_entry(patterns: list[tuple[str, Intent]]) -> None:
    """In the order of the entries; a level knows them by intent."""
    entries = [HostEntry(host, intent, blocked=True) for host, intent in patterns]
    assert list(url_list(entries)) == [
        line for e in entries for line in url_lines(e.host, e.intent)
    ]
    for level in levels_of(entries):
        for intent in Intent:
            hosts = tuple(e.host for e in level.entries if e.intent is intent)
            assert level.hosts.get(intent, ()) == hosts
