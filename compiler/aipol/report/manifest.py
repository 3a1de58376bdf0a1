"""Turns a build into the two files that describe it: the manifest and the coverage record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aipol.coverage import Gap, Matrix
from aipol.target import Coverage, Deviation, Status
from aipol.vocabulary import Situation

MANIFEST, COVERAGE = "manifest.json", "coverage.json"
SCHEMA = "aipol.manifest/1"
COVERAGE_SCHEMA = "aipol.generated-coverage/1"

Section = Mapping[str, Any]
"""What `coverage.json` says about one target."""


class ManifestError(ValueError):
    """A manifest that is not one; says why."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a directory was compiled from; policy files are named as seen from the policy."""

    version: str
    as_of: date
    policy: Mapping[str, str]
    catalogue: str

    @property
    def digest(self) -> str:
        """One number for all inputs, the day included."""
        text = json.dumps(
            [self.version, self.as_of.isoformat(), sorted(self.policy.items()), self.catalogue]
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generated directory holds. `targets` maps each target to its inputs' digest."""

    inputs: Inputs
    targets: Mapping[str, str]
    files: Mapping[str, tuple[str, int]]
    """SHA-256 and size of every file but the manifest."""


def fingerprint(content: bytes) -> tuple[str, int]:
    """SHA-256 and size."""
    return hashlib.sha256(content).hexdigest(), len(content)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is written."""
    inputs = manifest.inputs
    return _bytes(
        {
            "schema": SCHEMA,
            "aipol": inputs.version,
            "as_of": inputs.as_of.isoformat(),
            "policy": dict(sorted(inputs.policy.items())),
            "catalogue": inputs.catalogue,
            "targets": dict(sorted(manifest.targets.items())),
            "files": {
                name: {"sha256": digest, "size": size}
                for name, (digest, size) in sorted(manifest.files.items())
            },
        }
    )


def read_manifest(content: bytes) -> Manifest:
    """The manifest in `content`. Raises ManifestError."""
    try:
        raw = json.loads(content)
        schema = raw["schema"]
        policy = {str(name): str(digest) for name, digest in raw["policy"].items()}
        day = date.fromisoformat(raw["as_of"])
        inputs = Inputs(str(raw["aipol"]), day, policy, str(raw["catalogue"]))
        files = {
            str(name): (str(entry["sha256"]), int(entry["size"]))
            for name, entry in raw["files"].items()
        }
        targets = {str(name): str(digest) for name, digest in raw["targets"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ManifestError("it is not a manifest of aipol") from None
    if schema != SCHEMA:
        raise ManifestError(f"its schema is `{schema}`, not `{SCHEMA}`")
    return Manifest(inputs, targets, files)


def sections(matrix: Matrix) -> dict[str, Section]:
    """For each target: how much it enforces, and every record, equal ones folded."""
    totals = matrix.totals()
    return {
        target: {"totals": totals[target], "records": _folded(records)}
        for target, records in sorted(matrix.records.items())
    }


def coverage_bytes(sections: Mapping[str, Section], gaps: Iterable[Gap] | None) -> bytes:
    """The coverage record as it is written; `gaps` is None when the targets' inputs differ."""
    return _bytes(
        {
            "schema": COVERAGE_SCHEMA,
            "gaps": None if gaps is None else _folded_gaps(gaps),
            "targets": dict(sorted(sections.items())),
        }
    )


def read_sections(content: bytes) -> dict[str, Section]:
    """The sections of a coverage record; none where it cannot be read."""
    try:
        raw = json.loads(content)
        if raw["schema"] != COVERAGE_SCHEMA:
            return {}
        return {str(name): dict(section) for name, section in raw["targets"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _folded(records: Iterable[Coverage]) -> list[dict[str, Any]]:
    """Records that say the same of several rulings as one; those out of reach go without saying."""
    folded: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for record in records:
        if record.status is Status.UNSUPPORTED and _unreached(record):
            continue
        body = _body(record)
        key = json.dumps(body, sort_keys=True)
        folded.setdefault(key, (body, []))[1].append(record.ruling)
    return [
        {**body, "rulings": sorted(rulings)}
        for _, (body, rulings) in sorted(folded.items(), key=lambda item: item[0])
    ]


def _unreached(record: Coverage) -> bool:
    return record.reason is not None and record.reason.code == "out-of-reach"


def _body(record: Coverage) -> dict[str, Any]:
    return {
        "clause": record.clause,
        "status": record.status.value,
        "situations": _situations(record.situations),
        "reason": record.reason.code if record.reason else "",
        "artifacts": sorted(record.artifacts),
        "differs": sorted({_differs(deviation) for deviation in record.deviations}),
        **({"site": record.site} if record.site else {}),
    }


def _differs(deviation: Deviation) -> str:
    where = "" if deviation.client == "*" else f" ({deviation.client})"
    return f"{deviation.status}: {deviation.value}{where}: {deviation.reason.code}"


def _folded_gaps(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    by_clause: dict[tuple[str, str, str, tuple[str, ...]], list[Situation]] = {}
    for gap in gaps:
        key = (gap.ruling.id, gap.clause, gap.reason.code, gap.sites)
        by_clause.setdefault(key, []).append(gap.situation)
    folded: dict[tuple[str, str, tuple[Situation, ...], tuple[str, ...]], list[str]] = {}
    for (ruling, clause, reason, sites), situations in by_clause.items():
        folded.setdefault((clause, reason, tuple(situations), sites), []).append(ruling)
    return [
        {
            "clause": clause,
            "reason": reason,
            "situations": _situations(situations),
            **({"sites": list(sites)} if sites else {}),
            "rulings": sorted(rulings),
        }
        for (clause, reason, situations, sites), rulings in sorted(folded.items())
    ]


def _situations(situations: Iterable[Situation]) -> list[str]:
    here = set(situations)
    return [situation.value for situation in Situation if situation in here]


def _bytes(value: Any) -> bytes:
    return f"{json.dumps(value, indent=1, ensure_ascii=False)}\n".encode()
