"""WatchGuard: what an exception matches, and which exceptions are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from aipol.domains import HostEntry, Intent
from aipol.target import Status, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.levels import Level
from aipol_targets.lists.read_watchguard import Exceptions
from aipol_targets.lists.webblocker import exception_lines
from tests.unit.targets.network.boxes import EXCEPTIONS, blocked


def lines(*entries: tuple[str, Intent, bool]) -> Iterator[str]:
    """Exceptions for these hosts, one level each."""
    levels = (Level(0, deny, (HostEntry(host, kind, deny),)) for host, kind, deny in entries)
    return exception_lines(tuple(levels))


@pytest.mark.parametrize(
    ("intent", "hits", "misses"),
    [
        (Intent.EXACT, ["d.test"], ["a.d.test", "b.a.d.test"]),
        (Intent.SUBTREE, ["d.test", "a.d.test", "b.a.d.test"], []),
        (Intent.CHILDREN, ["a.d.test", "b.a.d.test"], ["d.test"]),
    ],
)
def test_an_expression_matches_the_host_whatever_follows_it(
    intent: Intent, hits: list[str], misses: list[str]
) -> None:
    """A name alone, as a proxy sees it that does not decrypt; with port, path, dot and capitals."""
    (line,) = lines(("d.test", intent, True))
    pattern = re.compile(line.split(",")[-1])
    for form in ("{}", "{}/", "{}/path", "{}:8080/x", "{}.", "{}.:443"):
        for host in hits:
            assert pattern.search(form.format(host))
            assert pattern.search(form.format(host.upper()))
        for host in (*misses, "notd.test", "dxtest", "d.test.evil.example", "d.testing", "test"):
            assert not pattern.search(form.format(host))
    assert not pattern.search("evil.example/d.test/")
    assert not pattern.search("evil.example/a.d.test")
    assert not pattern.search("evil.example:80/x.d.test")


def test_every_intent_and_every_depth_is_exact(small: Any) -> None:
    """Levels are tried from the deepest: nothing is looser or wider, no look-alike matches."""
    emitted = small.boxed(small.everything(), "watchguard")
    names = [line.split(",")[0] for line in emitted.text[EXCEPTIONS].splitlines()]
    assert names[:3] == [
        "aipol deny subtree x.api.big.test",
        "aipol allow subtree api.big.test",
        "aipol allow exact a.b.big.test",
    ]
    hosts = ("big.test", "api.big.test", "v1.x.api.big.test", "sites.test", "a.sites.test")
    inside = blocked(emitted, "watchguard", *hosts, "one.two.test", "a.one.two.test")
    assert inside == ["big.test", "v1.x.api.big.test", "a.sites.test", "one.two.test"]
    assert not blocked(emitted, "watchguard", "notbig.test", "big.test.evil.example")
    assert emitted.record("deep/web/any/0").status is Status.ENFORCED
    assert emitted.findings() == ()


def test_the_first_exception_that_matches_decides() -> None:
    """Whatever stands in a later one, and however specific it is."""
    wide, narrow = ("d.test", Intent.SUBTREE, True), ("a.d.test", Intent.SUBTREE, False)
    for order, effect in (((wide, narrow), Effect.BLOCK), ((narrow, wide), Effect.ALLOW)):
        assert Exceptions([*lines(*order)], "x").decide("a.d.test").effect is effect


LINE = "n,deny,enabled,no log,no alarm,regular expression,(?i)^d\\.test\\.?(:|/|$)"


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"# {LINE}",
        "d.test",
        LINE.replace("n,", ",", 1),
        LINE.replace("deny", "drop"),
        LINE.replace("enabled", "disabled"),
        LINE.replace("regular expression", "exact match"),
        LINE.replace("regular expression", "pattern match"),
        LINE.replace("no alarm,", ""),
        LINE.replace("(?i)", ""),
        LINE.replace("^", ""),
        LINE.replace("\\.test", ".test"),
        LINE.replace("(:|/|$)", ""),
        LINE.replace("d\\.", "D\\."),
        LINE.replace("^", "^(.+\\.)*"),
        f"{LINE},more",
        f" {LINE} ",
    ],
)
def test_an_exception_whose_hosts_are_not_known_is_refused(line: str) -> None:
    """Other kinds, unanchored, open-ended and case-counting expressions, and what is turned off."""
    Exceptions([LINE], "x")
    with pytest.raises(UnreadableArtifact):
        Exceptions([line], "x")
