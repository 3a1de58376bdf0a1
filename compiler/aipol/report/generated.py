"""Turns a build into every file of the output directory, and compares it with what is there."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aipol import __version__
from aipol.diagnostics import Diagnostic, codes
from aipol.report.manifest import (
    COVERAGE,
    MANIFEST,
    Inputs,
    Manifest,
    Section,
    coverage_bytes,
    fingerprint,
    manifest_bytes,
    sections,
)
from aipol.source import whole_file

if TYPE_CHECKING:
    from aipol.coverage import Gap
    from aipol.pipeline import Build, Opened


@dataclass(frozen=True, slots=True)
class Generated:
    """Everything a compile writes. `gaps` is None where a target is of other inputs."""

    inputs: Inputs
    targets: Mapping[str, Mapping[str, bytes]]
    sections: Mapping[str, Section]
    digests: Mapping[str, str]
    """Of each target, the digest of the inputs that its files were compiled from."""
    others: Mapping[str, tuple[str, int]]
    """Files of targets that are left as they are."""
    gaps: tuple[Gap, ...] | None

    @property
    def artifacts(self) -> dict[str, bytes]:
        """Every artefact by its path below the directory."""
        return {
            f"{target}/{name}": content
            for target, files in self.targets.items()
            for name, content in files.items()
        }

    @property
    def top(self) -> dict[str, bytes]:
        """The coverage record and the manifest."""
        coverage = coverage_bytes(self.sections, self.gaps)
        files = {name: fingerprint(content) for name, content in self.artifacts.items()}
        files |= {**self.others, COVERAGE: fingerprint(coverage)}
        manifest = manifest_bytes(Manifest(self.inputs, self.digests, files))
        return {COVERAGE: coverage, MANIFEST: manifest}

    @property
    def files(self) -> dict[str, bytes]:
        """Every file by its path below the directory."""
        return {**self.artifacts, **self.top}


def generated(policy: Opened, build: Build) -> Generated:
    """The files of all configured targets, and the two that describe them."""
    inputs = inputs_of(policy, build)
    targets: dict[str, dict[str, bytes]] = {}
    for run in build.runs:
        files = targets.setdefault(run.target.id, {})
        files.update((artifact.path, artifact.content) for artifact in run.compiled.artifacts)
    matrix = build.matrix
    digests = dict.fromkeys(targets, inputs.digest)
    return Generated(inputs, targets, sections(matrix), digests, {}, matrix.gaps)


def inputs_of(policy: Opened, build: Build) -> Inputs:
    """What a build depends on; no name among it says where the policy lies on this machine."""
    folder = posixpath.dirname(policy.path)
    digests = {
        posixpath.relpath(file, folder or "."): hashlib.sha256(text.encode()).hexdigest()
        for file, text in policy.sources.texts.items()
    }
    return Inputs(__version__, build.ir.as_of, digests, policy.catalogue.digest)


def only(
    chosen: frozenset[str], new: Generated, old: Manifest, old_sections: Mapping[str, Section]
) -> Generated:
    """What a compile of the `chosen` targets writes into a directory that has others already."""
    kept = {target for target in old.targets if target not in chosen}
    files = {
        target: {name: found for name, found in old.files.items() if name.startswith(f"{target}/")}
        for target in kept
    }
    # What would come out the same is of these inputs too.
    current = {
        target
        for target in kept & new.targets.keys()
        if files[target]
        == {f"{target}/{name}": fingerprint(b) for name, b in new.targets[target].items()}
    }
    digests = {target: old.targets[target] for target in kept} | {
        target: new.digests[target] for target in chosen | current
    }
    found = {target: old_sections[target] for target in kept & old_sections.keys()} | {
        target: new.sections[target] for target in chosen | current
    }
    return replace(
        new,
        targets={target: new.targets[target] for target in sorted(chosen)},
        sections=found,
        digests=digests,
        others={name: entry for target in kept for name, entry in files[target].items()},
        gaps=new.gaps if current | chosen == set(new.targets) and kept <= current else None,
    )


def alone(chosen: frozenset[str], new: Generated) -> Generated:
    """What a compile of the `chosen` targets writes into an empty directory."""
    nothing = Manifest(new.inputs, {}, {})
    return only(chosen, new, nothing, {})


def differences(
    expected: Mapping[str, bytes], found: Mapping[str, bytes], label: str, fix: str
) -> Iterator[Diagnostic]:
    """One finding for each file that is missing, different or not ours; `fix` mends them."""
    for name in sorted({*expected, *found}):
        path = posixpath.join(label, name)
        span = whole_file(path)
        if name not in found:
            yield codes.ARTIFACT_MISSING.at(span, artifact=f"`{path}`", hint=fix)
        elif name not in expected:
            hint = f"move it away, or, if an earlier compile wrote it, {fix}"
            yield codes.ARTIFACT_UNEXPECTED.at(span, artifact=f"`{path}`", hint=hint)
        elif expected[name] != found[name]:
            line, why = _first_difference(expected[name], found[name])
            span = replace(span, line=line)
            yield codes.ARTIFACT_STALE.at(span, artifact=f"`{path}`", why=why, hint=fix)


def _first_difference(expected: bytes, found: bytes) -> tuple[int, str]:
    ours, theirs = expected.split(b"\n"), found.split(b"\n")
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        if one != other:
            return number, f"line {number} differs"
    number = min(len(ours), len(theirs))
    more = "lacks lines at its end" if len(theirs) < len(ours) else "has more lines"
    return number, f"it {more}"
