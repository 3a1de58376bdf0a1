"""`aipol catalog lint` on the console: clean on what ships, and on no copy with a fault in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aipol.catalogue.load import source_directory

AIPOL = Path(sys.executable).with_name("aipol")


def lint(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verb on a catalogue."""
    return subprocess.run(
        [AIPOL, "catalog", "lint", *arguments, str(directory)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what ships."""
    copy = tmp_path_factory.mktemp("catalogue") / "catalogue"
    shutil.copytree(source_directory(), copy)
    return copy


def test_what_ships_is_clean(pristine: Path) -> None:
    """No finding, exit code 0."""
    done = lint(pristine)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("catalogue: no findings\n")


HOST = "{domain: chatgpt.com, role: ui, match: subtree"
TEAM = "value: 2DC432GLL2, source: Installomator"
# Each fault as (file, text that is there, text in its place, piece of the message).
SEEDED = {
    "a host with a scheme": (
        "chat",
        "domain: chatgpt.com,",
        "domain: https://chatgpt.com,",
        "not a host name",
    ),
    "a wildcard": ("chat", "domain: chatgpt.com,", "domain: '*.chatgpt.com',", "not a host name"),
    "an upper-case host": ("chat", "domain: chatgpt.com,", "domain: ChatGPT.com,", "not a host"),
    "a broken punycode label": (
        "chat",
        "domain: chatgpt.com,",
        "domain: xn--zzzzzz.com,",
        "not a host name",
    ),
    "a public suffix": ("chat", "domain: chatgpt.com,", "domain: co.uk,", "public suffix"),
    "a protected host": (
        "chat",
        "domain: chatgpt.com,",
        "domain: login.microsoftonline.com,",
        "overlaps the protected host",
    ),
    "what is below a protected host": (
        "chat",
        "domain: chatgpt.com, role: ui, match: subtree",
        "domain: push.apple.com, role: ui, match: children",
        "overlaps the protected host",
    ),
    "one extension twice": (
        "chat",
        "    - {store: chrome, id: ejcfepkfckglbgocfkanmcdngdijcgld, name:",
        (
            "    - {store: chrome, id: ejcfepkfckglbgocfkanmcdngdijcgld, name: Other, "
            "source: public-code:1, tier: C, also: public-code:2, seen: 2026-08}\n"
            "    - {store: chrome, id: ejcfepkfckglbgocfkanmcdngdijcgld, name:"
        ),
        "stands here twice",
    ),
    "a pattern that may never end": (
        "chat",
        "    format: ",
        "    format: (.+)+! # ",
        "not a regular expression of classes",
    ),
    "a platform of many": (
        "chat",
        "domain: chatgpt.com,",
        "domain: microsoft.com,",
        "platform of many services",
    ),
    "a role that is none": ("chat", HOST, HOST.replace("ui", "web"), "`web` is not one of"),
    "a match that is none": ("chat", HOST, HOST.replace("subtree", "suffix"), "is not one of"),
    "a source of no form": (
        "chat",
        "source: Installomator/Installomator:fragments/labels/chatgpt.sh@71741a8",
        "source: I know it",
        "is not a source",
    ),
    "a source nobody registered": (
        "sources",
        "v2fly/domain-list-community:",
        "v2fly/domain-list:",
        "is not in sources.yaml",
    ),
    "a tier above the source's": (
        "sources",
        "v2fly/domain-list-community: {tier: B",
        "v2fly/domain-list-community: {tier: C",
        "is a source of tier C, not B",
    ),
    "a source that speaks for another": (
        "sources",
        "speaks_for: [openai]",
        "speaks_for: [anthropic]",
        "speaks for anthropic",
    ),
    "a Team id of nine": ("chat", TEAM, TEAM.replace("2DC432GLL2", "2DC432GLL"), "not a Team id"),
    "a bundle id with a space": (
        "chat",
        "value: com.openai.chat,",
        "value: com openai chat,",
        "not an identifier of dotted names",
    ),
    "an extension id outside a to p": (
        "chat",
        "id: ejcfepkfckglbgocfkanmcdngdijcgld",
        "id: zjcfepkfckglbgocfkanmcdngdijcgld",
        "not a Chrome extension id",
    ),
    "a GUID of the wrong length": (
        "chat",
        "client_id: e0476654-c1d5",
        "client_id: e047665-c1d5",
        "not a lower-case GUID",
    ),
    "a package family of no hash": (
        "chat",
        "OpenAI.ChatGPT-Desktop_2p2nqsd0c76g0",
        "OpenAI.ChatGPT-Desktop_2p2nqsd0c76gu",
        "not a package family name",
    ),
    "an unknown key": ("chat", "  kind: chat\n", "  kind: chat\n  kinds: x\n", "unknown key"),
    "a duplicate key": ("chat", "  kind: chat\n", "  kind: chat\n  kind: x\n", "duplicate key"),
    "an unknown vendor": ("chat", "vendor: openai\n", "vendor: opened\n", "not in vendors.yaml"),
    "one identifier, told by one side": (
        "chat",
        "shared_with: [openai-codex], ",
        "",
        "`shared_with` must be",
    ),
    "a file that is missing": ("protected", None, None, "the file is missing"),
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_fault_is_found(name: str, pristine: Path, tmp_path: Path) -> None:
    """Exit code 1, and the fault by file, line and column."""
    file, old, new, piece = SEEDED[name]
    copy = tmp_path / "catalogue"
    shutil.copytree(pristine, copy)
    path = copy / f"{file}.yaml"
    if old is None or new is None:
        path.unlink()
    else:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = lint(copy, "--format", "json")
    findings = json.loads(done.stdout)["findings"]
    assert (done.returncode, done.stderr) == (1, "")
    assert any(piece in each["message"] for each in findings), findings[:3]
    assert all(each["code"] == "AIP224" and each["line"] >= 1 for each in findings)
