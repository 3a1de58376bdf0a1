"""What in files no vendor acts on, and what no question is about; all else has to be noticed."""

from __future__ import annotations

from aipol.pipeline import Run, verify_files
from aipol.target import Artifact, UnreadableArtifact
from tests.mutation import kit

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


def noticed(run: Run, mutant: kit.Mutant) -> bool:
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
