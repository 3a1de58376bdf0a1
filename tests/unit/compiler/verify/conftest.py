"""A whole target in a page: lists of hosts for each class of computers, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel

from aipol.catalogue.load import Catalogue
from aipol.catalogue.model import Match, ProtectedHost, Purpose, Tier
from aipol.diagnostics import Diagnostic
from aipol.domains import HostTrie
from aipol.hosts import host_deviations, host_entries, hosts_behind
from aipol.ir import Ir, Ruling
from aipol.language.assemble import assemble
from aipol.resolve import resolve
from aipol.scoping import Cell, addressable, classes, verdicts
from aipol.target import (
    EFFECT_CLAUSE,
    Answer,
    Artifact,
    Coverage,
    Deviation,
    Kind,
    Lowered,
    Question,
    Reason,
    StagedTarget,
    Status,
)
from aipol.verify import verify
from aipol.vocabulary import MACOS, Effect, Surface

SURFACES = tuple(Surface)
NOTHING_HERE = Reason("nothing-here", "this target has lists of hosts only")
Lists = dict[str, Any]


class Settings(BaseModel):
    """Nothing can be set."""


def _deviations(ir: Ir, cells: tuple[Cell, ...], ruling: Ruling) -> Iterator[Deviation]:
    for cell in cells:
        people = ir.universe.both(cell.region, ruling.audience.region)
        table = verdicts(ir, cell, SURFACES)
        if people:
            trie = HostTrie(host_entries(ir, table).values())
            verdict = table[ruling.app, ruling.surface]
            yield from host_deviations(ir, ruling, verdict, people, trie, "*")


def _record(ir: Ir, cells: tuple[Cell, ...], ruling: Ruling) -> Coverage:
    bare = Coverage(ruling.id, EFFECT_CLAUSE, "lists", MACOS, Status.ENFORCED)
    if not list(hosts_behind(ir.apps[ruling.app], ruling.surface)):
        return replace(bare, status=Status.UNSUPPORTED, reason=NOTHING_HERE)
    found = tuple(dict.fromkeys(_deviations(ir, cells, ruling)))
    if not found:
        return bare
    looser = any(deviation.status is Status.LOOSER for deviation in found)
    status = Status.LOOSER if looser else Status.STRICTER
    return replace(bare, status=status, reason=found[0].reason, deviations=found)


def lower(ir: Ir, _: Settings) -> Lowered[Lists]:
    """One list for each class of computers."""
    cells = classes(ir, addressable(ir, "jamf"), SURFACES, limit=100)
    names = {name: group.jamf for name, group in ir.groups.items()}
    lists: Lists = {
        cell.id: {
            "include": [names[name] for name in cell.scope.include],
            "everyone": cell.scope.everyone,
            "exclude": [names[name] for name in cell.scope.exclude],
            "hosts": [
                [entry.host, entry.intent.value, entry.blocked]
                for entry in HostTrie(
                    host_entries(ir, verdicts(ir, cell, SURFACES)).values()
                ).minimal()
            ],
        }
        for cell in cells
    }
    effects = [_record(ir, cells, ruling) for ruling in ir.rulings]
    others = [
        Coverage(ruling.id, clause, "lists", MACOS, Status.UNSUPPORTED, NOTHING_HERE)
        for ruling in ir.rulings
        for clause, _ in ruling.obligations.items()
    ]
    return Lowered(lists, (*effects, *others))


def render(lists: Lists) -> tuple[Artifact, ...]:
    """The lists as a file."""
    return (Artifact("lists.json", json.dumps(lists).encode()),)


@dataclass(frozen=True)
class Reader:
    """Decides by the longest name that matches, then by the narrowest meaning."""

    lists: Lists

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """Only hosts are known."""
        return ("browser",) if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """The lists that apply, which are all of hosts."""
        del kind
        return self._applying(identity)

    def _applying(self, identity: frozenset[str]) -> tuple[str, ...]:
        return tuple(
            name
            for name, entry in self.lists.items()
            if (entry["everyone"] or identity & {*entry["include"]})
            and not identity & {*entry["exclude"]}
        )

    def decide(self, question: Question) -> Answer:
        """The most specific entry of the list that applies; two that conflict do nothing."""
        applying = self._applying(question.identity)
        if len(applying) > 1:
            return Answer(None, "lists/lists.json", "hosts")
        hits: list[tuple[int, int, bool]] = []
        for host, intent, blocked in (h for name in applying for h in self.lists[name]["hosts"]):
            at, below = question.value == host, question.value.endswith(f".{host}")
            if {"exact": at, "children": below}.get(intent, at or below):
                hits.append((host.count("."), intent != "subtree", blocked))
        effect = Effect.BLOCK if hits and max(hits)[2] else None
        return Answer(effect, "lists/lists.json", "hosts")

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """Every host of every list."""
        return [(Kind.HOST, host[0]) for entry in self.lists.values() for host in entry["hosts"]]


def read(files: Mapping[str, bytes]) -> Reader:
    """The lists in the file."""
    return Reader(json.loads(files["lists.json"]))


TARGET: StagedTarget[Settings, Lists] = StagedTarget(
    "lists", "Lists", "jamf", MACOS, SURFACES, (), Settings, lower, render, read
)

HEAD = """\
version: 1
organization: {name: Acme, identifier: com.acme}
groups:
  everyone: {all: true}
  a: {jamf: A}
  b: {jamf: B}
  hidden: {}
data_classes: [{id: public}, {id: internal}]
apps:
  chatty:
    domains: [{domain: chatty.example}, {domain: api.chatty.example, role: api, match: exact}]
    macos: {processes: [Chatty]}
  other:
    domains: [{domain: other.example, match: exact}, {domain: x.other.example, match: children}]
  mixed: {domains: [{domain: mixed.example}, {domain: cdn.big.example, role: cdn, shared: true}]}
targets: {lists: {}}
"""


@dataclass(frozen=True)
class _Shelf:
    protected: tuple[ProtectedHost, ...] = (
        ProtectedHost("mdm.example", Match.SUBTREE, Purpose.DEVICE_MANAGEMENT, "x", "s", Tier.A),
    )
    protected_programs: tuple[Any, ...] = ()

    def apps(self) -> tuple[Any, ...]:
        return ()


@dataclass(frozen=True)
class World:
    """A policy, what the target made of it, and a way to ask whether that is right."""

    ir: Ir
    coverage: tuple[Coverage, ...]
    lists: Lists

    def findings(
        self, lists: Lists | None = None, coverage: Iterable[Coverage] | None = None
    ) -> tuple[Diagnostic, ...]:
        """What verify says about these lists and records, else about the target's own."""
        decider = Reader(self.lists if lists is None else lists)
        return verify(self.ir, TARGET, decider, self.coverage if coverage is None else coverage)


@pytest.fixture
def ir_of(tmp_path: Path) -> Callable[..., Ir]:
    """Give the meaning of rules below the usual head, with more groups and apps where wanted."""

    def make(rules: str, *, groups: str = "", apps: str = "") -> Ir:
        head = HEAD.replace("data_classes:", f"{groups}data_classes:")
        path = tmp_path / "policy.yaml"
        path.write_text(head.replace("targets:", f"{apps}targets:") + rules, encoding="utf-8")
        assembled, findings, _ = assemble(path)
        assert assembled is not None, [finding.message for finding in findings]
        ir, _ = resolve(assembled, cast("Catalogue", _Shelf()), date(2026, 6, 15))
        assert ir is not None
        return ir

    return make


@pytest.fixture
def world(ir_of: Callable[..., Ir]) -> Callable[..., World]:
    """Give a policy with what the target made of it."""

    def make(rules: str, *, groups: str = "", apps: str = "") -> World:
        ir = ir_of(rules, groups=groups, apps=apps)
        compiled = TARGET.compile(ir, Settings())
        return World(ir, compiled.coverage, json.loads(compiled.artifacts[0].content))

    return make
