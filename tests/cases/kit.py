"""Turns a case's folder into what every target makes of its policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from aipol.catalogue.load import Catalogue
from aipol.coverage import OUT_OF_REACH, Matrix, clauses_of
from aipol.ir import Ruling
from aipol.pipeline import Opened, open_policy
from aipol.target import Coverage, Target

HERE = Path(__file__).parent
CASES = tuple(sorted(path.parent.name for path in HERE.glob("*/policy.yaml")))
AS_OF = date(2026, 12, 1)
_SOURCED = {"source": "tests/cases", "tier": "A"}


def catalogue_of(names: Sequence[str]) -> Catalogue:
    """The cases' catalogue with only these apps."""
    written = yaml.safe_load((HERE / "catalogue.yaml").read_text(encoding="utf-8"))
    apps = {name: _app(written["apps"][name]) for name in sorted(names)}
    protected = {
        owner: [{**_SOURCED, **row} for row in rows] for owner, rows in written["protected"].items()
    }
    raw = {
        "apps": apps,
        "index": {"seen": "2026-08", "categories": {a["category"]: "" for a in apps.values()}},
        "vendors": {app["vendor"]: {"name": app["vendor"]} for app in apps.values()},
        "protected": protected,
        "shared_platforms": [{**_SOURCED, **row} for row in written["shared_platforms"]],
    }
    return Catalogue(raw, "0" * 64)


def apps_of(case: str) -> tuple[str, ...]:
    """The apps that exist as far as a case is concerned."""
    return tuple((HERE / case / "apps.txt").read_text(encoding="utf-8").split())


def _app(entry: dict[str, Any]) -> dict[str, Any]:
    rows = ("domains", "macos", "windows", "cli", "extensions")
    sourced = {key: [{**_SOURCED, **row} for row in entry[key]] for key in rows if key in entry}
    for domain in sourced.get("domains", ()):
        domain["sources"] = 1
    app = {"kind": entry["category"], "source": "tests/cases", **entry, **sourced}
    if "tenant_restriction" in entry:
        app["tenant_restriction"] = {**_SOURCED, **entry["tenant_restriction"]}
    return app


def opened(case: str, targets: Sequence[Target]) -> Opened:
    """The case's policy, resolved against its own catalogue on a fixed day."""
    catalogue = catalogue_of(apps_of(case))
    return open_policy(str(HERE / case / "policy.yaml"), AS_OF, catalogue, targets)


def coverage_text(matrix: Matrix) -> str:
    """A line for each ruling, and below it for each clause and target; then the whole policy's."""
    return "".join(f"{line}\n" for line in _lines(matrix))


def _lines(matrix: Matrix) -> Iterator[str]:
    for ruling in matrix.ir.rulings:
        yield f"{ruling.id}: {ruling.effect} for {ruling.audience}"
        values = dict(ruling.obligations.items())
        for clause in clauses_of(ruling):
            words = " ".join(filter(None, (clause, values.get(clause))))
            for target, records in matrix.records.items():
                yield f"  {words} | {target} | {_account(ruling, clause, records)}"
    for record in matrix.policy:
        said = f"{record.status} ({record.reason.code})" if record.reason else record.status.value
        yield f"{record.clause.key}: {record.clause.value} | {record.target} | {said}"


def _account(ruling: Ruling, clause: str, records: Sequence[Coverage]) -> str:
    """What a target does wherever it acts, and by how many situations when that differs."""
    here: dict[str, int] = {}
    for record in records:
        if (record.ruling, record.clause) != (ruling.id, clause) or record.reason == OUT_OF_REACH:
            continue
        codes = sorted({each.reason.code for each in record.deviations})
        codes = codes or ([record.reason.code] if record.reason else [])
        said = " ".join((record.status, *([f"({', '.join(codes)})"] if codes else [])))
        here[said] = here.get(said, 0) + len(record.situations)
    if len(here) == 1:
        return next(iter(here))
    return ", ".join(f"{said} in {count}" for said, count in sorted(here.items()))
