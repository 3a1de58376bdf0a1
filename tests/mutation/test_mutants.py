"""`verify` notices every change of an artefact that changes what the vendor would do.

A sample of the mutants is tried by default; AIPOL_MUTANTS=all tries every one of them.
"""

from __future__ import annotations

import json
import os
import plistlib
from typing import Any

import pytest

from aipol.pipeline import Build, Run, verify_files
from aipol.target import Artifact, UnreadableArtifact
from tests.mutation import kit

SAMPLE = 120


_OURS = "it is for readers of the files; no vendor acts on it"
METADATA = {
    "cloudflare": (
        kit.Metadata(r"^lists\.json$", r"^/\d+/description$", _OURS),
        kit.Metadata(r"^rules\.json$", r"^/\w+/\d+/(description|name)$", _OURS),
    ),
    "dns": (),
    "e2guardian": (),
    "fortigate": (),
    "haproxy": (),
    "intune": (
        kit.Metadata(r"\.json$", r"^/(description|displayName|name|publisher)$", _OURS),
        kit.Metadata(r"\.json$", r"^/(payloadName|payloadFileName)$", _OURS),
        kit.Metadata(r"\.json$", r"^/omaSettings/\d+/(displayName|description)$", _OURS),
        kit.Metadata(r"Policy\.json$", r"/gracePeriodHours$", "it says when, not whether"),
    ),
    "jamf": (
        kit.Metadata(r"\.xml$", r"^/general\[\d+\]/(name|description)\[\d+\]$", _OURS),
        kit.Metadata(r"\.xml$", r"^/general\[\d+\]/display_message\[\d+\]$", "words for people"),
    ),
    "lists": (),
    "meraki": (),
    "netskope": (),
    "nftables": (),
    "pac": (),
    "paloalto": (
        kit.Metadata(r"\.xml$", r"/rules\[0\]/entry\[\d+\]@name$", "what a rule is called"),
        kit.Metadata(r"\.xml$", r"/http-header-insertion\[\d+\]/entry\[\d+\]@name$", _OURS),
    ),
    "purview": (kit.Metadata(r"^index\.json$", r"", "the index is aipol's own"),),
    "squid": (),
    "umbrella": (kit.Metadata(r"policies\.json$", r"/policy$", _OURS),),
    "suricata": (),
    "zscaler": (kit.Metadata(r"", r"^/\d+/body/name$", "what a rule is called"),),
}
# Vendors act on these, and yet no question of `verify` is about them.
UNPROBED = {
    "cloudflare": (),
    "dns": (),
    "e2guardian": (),
    "fortigate": (),
    "haproxy": (),
    "intune": (
        # No clause about Windows' browsers speaks of what a command-line client calls.
        kit.Metadata(
            r"^windows/browsers-.*Policy\.json$",
            r"/simpleSettingCollectionValue/\d+$",
            "a browser does not call the backend of Claude Code",
            was=r"^\.(api|mcp-proxy)\.anthropic\.com$",
        ),
    ),
    "jamf": (),
    "lists": (),
    "meraki": (),
    "netskope": (),
    "nftables": (),
    "pac": (),
    "paloalto": (
        kit.Metadata(r"-decrypt\.txt$", r"", "inspecting more breaks no clause"),
        kit.Metadata(r"set/", r"", "inspecting more breaks no clause", was="-decrypt list "),
    ),
    "purview": (),
    "squid": (),
    "umbrella": (),
    "zscaler": (),
    "suricata": (),
}


def noticed(run: Run, mutant: Any) -> bool:
    """Whether the target's artefacts with one of them mutated are found out."""
    artifacts = [
        Artifact(
            artifact.path, mutant.content if artifact.path == mutant.path else artifact.content
        )
        for artifact in run.compiled.artifacts
    ]
    try:
        return bool(verify_files(run, artifacts))
    except UnreadableArtifact:
        return True


def survivors(run: Run) -> list[Any]:
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
