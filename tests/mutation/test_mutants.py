"""`verify` notices every change of an artefact that changes what the vendor would do.

A sample of the mutants is tried by default; AIPOL_MUTANTS=all tries every one of them.
"""

from __future__ import annotations

import json
import os
import plistlib

import pytest

from aipol.pipeline import Build, Run, verify_files
from tests.mutation import kit
from tests.mutation.excuses import METADATA, UNPROBED, noticed

SAMPLE = 120


def survivors(run: Run) -> list[kit.Mutant]:
    """The mutants, or a sample of them, that nobody notices."""
    every = [
        mutant
        for artifact in run.compiled.artifacts
        for mutant in kit.mutants(artifact.path, artifact.content)
    ]
    step = 1 if os.environ.get("AIPOL_MUTANTS") == "all" else max(1, len(every) // SAMPLE)
    return [mutant for mutant in every[::step] if not noticed(run, mutant)]


@pytest.mark.parametrize("target", sorted(METADATA))
def test_no_mutant_that_changes_a_decision_survives(small_build: Build, target: str) -> None:
    """Whoever drops, flips, renames or widens an entry of an emitted file is found out."""
    (run,) = (run for run in small_build.runs if run.target.id == target)
    known = (*METADATA[target], *UNPROBED[target])
    alive = [m for m in survivors(run) if not any(entry.holds(m) for entry in known)]
    assert [(mutant.path, mutant.where, mutant.what) for mutant in alive] == []


@pytest.mark.skipif(os.environ.get("AIPOL_MUTANTS") != "all", reason="asks every mutant")
@pytest.mark.parametrize("target", sorted(METADATA))
def test_every_excuse_is_needed(small_build: Build, target: str) -> None:
    """An entry of the lists of excuses that excuses nothing is taken out."""
    (run,) = (run for run in small_build.runs if run.target.id == target)
    alive = survivors(run)
    known = (*METADATA[target], *UNPROBED[target])
    assert [entry for entry in known if not any(entry.holds(m) for m in alive)] == []


def test_the_unmutated_artefacts_are_fine(small_build: Build) -> None:
    """What compile writes is read back without a finding, so that a finding is a mutant's."""
    for run in small_build.runs:
        assert verify_files(run, run.compiled.artifacts) == (), run.target.id


# --- the kit --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content", "least"),
    [
        ("a.txt", b"# note\nchatgpt.com\n.claude.ai\n", 5),
        ("a.conf", b"http_access deny a b\n", 2),
        ("a.conf", rb'set url "^chat\\.x\\.test$"' + b"\nset type regex\n", 8),
        ("a.json", json.dumps({"a": True, "b": [1, "x"], "c": '{"d": false}'}).encode(), 12),
        ("a.mobileconfig", plistlib.dumps({"a": True, "b": ["chatgpt.com"]}), 7),
        ("a.xml", b"<a><b>true</b><c d='1'>x</c></a>", 5),
    ],
)
def test_every_entry_of_every_format_is_mutated(path: str, content: bytes, least: int) -> None:
    """Each mutant differs from the original, and from every other one."""
    found = [mutant.content for mutant in kit.mutants(path, content)]
    assert len(found) >= least
    assert len(set(found)) == len(found)
    assert content not in found


def test_comments_are_not_mutated() -> None:
    """A comment decides nothing."""
    assert list(kit.mutants("a.txt", b"# chatgpt.com\n\n; x\n")) == []
