"""Sites are gone through one after the other, and what is found is in the order of the targets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.pipeline import build, open_policy
from aipol.sites import by_site
from aipol.verify.settled import reference_of
from aipol_targets import ALL

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}, finance: {}}
rules: [{id: all, apps: [claude], groups: [finance], effect: block}]
network: {inventory: sites.yaml}
targets: {squid: {}, dns: {outputs: [unbound, bind]}, lists: {outputs: [domains]}, umbrella: {}}
"""
SITES = "version: 1\nsites:\n" + "".join(
    f"  s{site}: {{groups: {{finance: {{networks: [10.{site}.0.0/24]}}}}}}\n" for site in range(4)
)


@dataclass(frozen=True)
class _Somewhere:
    what: str
    site: str


def test_a_site_is_done_with_before_the_next_and_order_stays() -> None:
    """What is at no site comes first, and each answer stays with what it is about."""
    given = [_Somewhere(what, site) for what in ("a", "b") for site in ("x", "y")]
    given.append(_Somewhere("c", ""))
    asked: list[str] = []

    def do(each: _Somewhere) -> str:
        asked.append(f"{each.what}{each.site}")
        return asked[-1]

    assert by_site(given, do) == ["ax", "ay", "bx", "by", "c"]
    assert asked == ["c", "ax", "bx", "ay", "by"]


def test_what_a_policy_says_of_hosts_is_worked_out_once_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many targets there are: it is kept for few policies at a time."""
    (tmp_path / "sites.yaml").write_text(SITES, encoding="utf-8")
    file = tmp_path / "p.yaml"
    file.write_text(POLICY, encoding="utf-8")
    opened = open_policy(str(file), date(2026, 12, 1), load_catalogue(), ALL)
    assert opened.ir is not None, opened.findings
    monkeypatch.setattr("aipol.pipeline._MANY_RECORDS", sys.maxsize)  # all in this process
    reference_of.cache_clear()
    made = build(opened.ir, opened.settings, ALL)
    assert made.findings == ()
    labels = [run.label for run in made.runs]
    assert labels[:4] == [f"dns at s{site}" for site in range(4)]
    assert len(labels) == 3 * 4 + 1
    assert reference_of.cache_info().misses == 4 + 1
