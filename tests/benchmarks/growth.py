"""Measures how the core grows: seconds for sizes that double, and the exponent between them.

Run from the root of the repository: `python tests/benchmarks/growth.py`, with the names of some
of the series `rulings`, `rules`, `groups` and `hosts` for less. An exponent of 1 is linear.
These are measurements to read, not tests to pass.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast

import yaml

from aipol.catalogue.load import Catalogue
from aipol.catalogue.model import App, Domain, Match, Role, Tier
from aipol.hosts import host_entries
from aipol.ir import Ir
from aipol.language.assemble import Assembled, assemble
from aipol.resolve import resolve
from aipol.scoping import Cell, Scope, addressable, classes, verdict_classes, verdicts
from aipol.vocabulary import Surface

TODAY = date(2026, 6, 15)
REPEATS = 3


class Shelf:
    """A catalogue of made-up apps."""

    def __init__(self, count: int) -> None:
        self.protected: tuple[Any, ...] = ()
        self.protected_programs: tuple[Any, ...] = ()
        self._apps = tuple(self._app(number) for number in range(count))

    def apps(self) -> tuple[App, ...]:
        """All of them."""
        return self._apps

    @staticmethod
    def _app(number: int) -> App:
        name = f"app{number}"
        roles = (Role.UI, Role.API)
        domains = tuple(
            Domain(f"{role}.{name}.example", role, Match.SUBTREE, "s", Tier.A) for role in roles
        )
        return App(name, name, f"vendor{number % 40}", "chat", "chat", "s", domains=domains)


def assembled_of(rules: int, groups: int, apps: int) -> Assembled:
    """A policy in which rule k is about a few apps and one group."""
    raw = {
        "version": 1,
        "organization": {"name": "Acme", "identifier": "com.acme"},
        "groups": {
            "everyone": {"all": True},
            **{f"g{number}": {"jamf": f"G{number}"} for number in range(groups)},
        },
        "rules": [
            *(
                {
                    "id": f"r{number}",
                    "apps": [f"app{(number * 7 + step) % apps}" for step in range(3)],
                    "groups": [f"g{number % groups}"],
                    "effect": ("allow", "warn", "block")[number % 3],
                }
                for number in range(rules)
            ),
            {"id": "all", "apps": ["*"], "groups": ["everyone"], "effect": "block"},
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.yaml")
        path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
        assembled, findings, _ = assemble(path)
    assert assembled is not None, findings[:3]
    return assembled


def ir_of(assembled: Assembled, shelf: Shelf) -> Ir:
    """What the policy means."""
    ir, _ = resolve(assembled, cast("Catalogue", shelf), TODAY)
    assert ir is not None
    return ir


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the quickest of a few runs."""
    seconds: list[float] = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def rulings() -> Iterator[tuple[str, int, float]]:
    """Resolving for ever more apps, the rules staying as they are."""
    for apps in (250, 500, 1000, 2000):
        assembled, shelf = assembled_of(50, 10, apps), Shelf(apps)
        yield "apps, 50 rules", apps, fastest(partial(ir_of, assembled, shelf))


def rules() -> Iterator[tuple[str, int, float]]:
    """Resolving ever more rules, the apps staying as they are."""
    for count in (50, 100, 200, 400):
        assembled, shelf = assembled_of(count, 10, 250), Shelf(250)
        yield "rules, 250 apps", count, fastest(partial(ir_of, assembled, shelf))


def groups() -> Iterator[tuple[str, int, float]]:
    """Splitting ever more people who each have an app of their own, one class a group."""
    for count in (10, 20, 40, 80):
        ir = one_class_each(count)
        named = addressable(ir, "jamf")
        work = fastest(partial(classes, ir, named, [Surface.WEB], 1000))
        yield "classes, n groups x n apps", count, work


def one_class_each(count: int) -> Ir:
    """Everybody's first group decides everything: as many classes as groups, and one."""
    raw_rules = [
        {"id": f"r{n}", "apps": [f"app{m}"], "groups": [f"g{n}"], "effect": effect}
        for n in range(count)
        for m in range(count)
        for effect in ["allow" if n == m else "block"]
    ]
    raw = {
        "version": 1,
        "organization": {"name": "Acme", "identifier": "com.acme"},
        "groups": {
            "everyone": {"all": True},
            **{f"g{number}": {"jamf": f"G{number}"} for number in range(count)},
        },
        "rules": [{**rule, "id": f"{rule['id']}-{n}"} for n, rule in enumerate(raw_rules)],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.yaml")
        path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
        assembled, findings, _ = assemble(path)
    assert assembled is not None, findings[:3]
    return ir_of(assembled, Shelf(count))


def host_list(ir: Ir, cell: Cell) -> object:
    """The host list of one class of people."""
    return host_entries(ir, verdicts(ir, cell, Surface))


def hosts() -> Iterator[tuple[str, int, float]]:
    """Making the host list of one class of people for ever more apps."""
    for apps in (500, 1000, 2000, 4000):
        ir = ir_of(assembled_of(20, 4, apps), Shelf(apps))
        (region, *_) = verdict_classes(ir, frozenset({Surface.WEB}), 1000)
        cell = Cell("one", region, Scope((), (), everyone=True))
        work = fastest(partial(host_list, ir, cell))
        yield "host lists, apps", apps, work


BENCHMARKS = {"rulings": rulings, "rules": rules, "groups": groups, "hosts": hosts}


def main(names: list[str]) -> None:
    """Print each series with the exponent from one size to the next."""
    for name in names or list(BENCHMARKS):
        before: tuple[str, int, float] | None = None
        for row in BENCHMARKS[name]():
            what, size, seconds = row
            note = ""
            if before is not None and before[0] == what:
                ratio = seconds / before[2]
                exponent = math.log(ratio) / math.log(size / before[1])
                note = f"  x{ratio:.2f}  exponent {exponent:.2f}"
            sys.stdout.write(f"{what:32} {size:6} {seconds * 1000:9.1f} ms{note}\n")
            before = row


if __name__ == "__main__":
    main(sys.argv[1:])
