"""The fixed PowerShell scripts, as far as they can be judged without PowerShell."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

SCRIPTS = {
    name: files("aipol_targets.purview").joinpath(f"{name}-dlp.ps1").read_bytes()
    for name in ("apply", "export", "session")
}
SCRIPT = SCRIPTS["apply"]

TENANTS = {
    "Get-DlpCompliancePolicy",
    "Get-DlpComplianceRule",
    "Get-DlpSensitiveInformationType",
    "Get-DlpSensitiveInformationTypeRulePackage",
    "Get-Label",
}
WRITES = {
    "New-DlpCompliancePolicy",
    "New-DlpComplianceRule",
    "New-DlpSensitiveInformationTypeRulePackage",
    "Remove-DlpCompliancePolicy",
    "Remove-DlpComplianceRule",
    "Remove-DlpSensitiveInformationTypeRulePackage",
    "Set-DlpCompliancePolicy",
    "Set-DlpComplianceRule",
    "Set-DlpSensitiveInformationTypeRulePackage",
}
HARMLESS = {
    "Connect-IPPSSession",
    "ConvertFrom-Json",
    "ConvertTo-Json",
    "ForEach-Object",
    "Join-Path",
    "Out-Host",
    "Select-Object",
    "Set-StrictMode",
    "Where-Object",
    "Write-Output",
}
# What each calls besides its own functions: only one of them writes to a tenant by itself.
CALLED = {
    "apply": TENANTS | WRITES | HARMLESS | {"Get-Content", "Test-Path"},
    "export": TENANTS
    | {
        "Connect-IPPSSession",
        "ConvertTo-Json",
        "Get-ConnectionInformation",
        "Set-StrictMode",
        "Write-Output",
    },
    "session": TENANTS
    | WRITES
    | {
        "Connect-IPPSSession",
        "ConvertFrom-Json",
        "ConvertTo-Json",
        "ConvertTo-SecureString",
        "Get-ConnectionInformation",
        "Set-StrictMode",
    },
}
# Whatever turns text into code, or a value into part of a text that could become code.
FORBIDDEN_NODES = {
    "ERROR",
    "command_invokation_operator",
    "expandable_here_string_literal",
    "expandable_string_literal",
    "sub_expression",
}


def _nodes(script: bytes) -> list[tuple[str, str]]:
    """Every node of the syntax tree with its text."""
    tree_sitter = pytest.importorskip("tree_sitter")
    grammar = pytest.importorskip("tree_sitter_powershell")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    found: list[tuple[str, str]] = []
    waiting: list[Any] = [parser.parse(script).root_node]
    while waiting:
        node = waiting.pop()
        kind = "ERROR" if node.is_missing else node.type
        found.append((kind, script[node.start_byte : node.end_byte].decode()))
        waiting += node.children
    return found


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_is_ascii_with_line_feeds(name: str) -> None:
    """Windows PowerShell reads a file without a mark in the machine's own code page."""
    assert SCRIPTS[name].isascii()
    assert b"\r" not in SCRIPTS[name]
    assert b'"' not in SCRIPTS[name]


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_has_no_syntax_error_and_builds_no_code(name: str) -> None:
    """No text is expanded, no expression invoked, nothing called by a computed name."""
    assert not {kind for kind, _ in _nodes(SCRIPTS[name])} & FORBIDDEN_NODES


@pytest.mark.parametrize(
    "text",
    [
        b'Write-Output "a$(Get-Date)"',
        b'Write-Output "a $b"',
        b"& $command",
        b". $file",
        b"$x = $(Get-Date)",
        b"if ($a { }",
        b'Write-Output @"\n$a\n"@',
    ],
)
def test_what_the_script_must_not_hold_is_found(text: bytes) -> None:
    """Each way from text to code shows in the syntax tree."""
    assert {kind for kind, _ in _nodes(text)} & FORBIDDEN_NODES


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_calls_only_what_is_allowed(name: str) -> None:
    """The set of commands is the script's own functions and a short list."""
    nodes = _nodes(SCRIPTS[name])
    own = {text.strip() for kind, text in nodes if kind == "function_name"}
    called = {text for kind, text in nodes if kind == "command_name"}
    assert called - own == CALLED[name]
    assert own <= called


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_every_variable_has_a_value(name: str) -> None:
    """Under strict mode one that was never set is an error on its first use."""
    text = SCRIPTS[name].decode().lower()
    used = {each.lower() for kind, each in _nodes(SCRIPTS[name]) if kind == "variable"}
    used = {f"${each.lstrip('@$').removeprefix('script:')}" for each in used}
    known = set(re.findall(r"(\$\w+)(?=\s*(?:,\s*\$\w+\s*)?=)", text.replace("$script:", "$")))
    known |= set(re.findall(r"foreach \((\$\w+) in", text))
    for block in re.findall(r"\bparam\((.*?)\n?\)\n", text, re.DOTALL):
        known |= set(re.findall(r"\$\w+", block))
    builtin = {"$true", "$false", "$null", "$_", "$matches", "$psscriptroot", "$executioncontext"}
    assert used - known - builtin == set()


def test_every_write_is_behind_apply() -> None:
    """Each line that writes stands in a function after a check of -Apply."""
    for part in SCRIPT.decode().split("\nfunction ")[1:]:
        name, _, body = part.partition(" ")
        lines = body.split("\n}\n")[0].splitlines()
        for number, line in enumerate(lines):
            if any(f" {command} " in line for command in WRITES):
                before = "\n".join(lines[: number + 1])
                assert "if (-not $Apply) { return" in before or "if ($Apply -and $Prune)" in line, (
                    name
                )


def test_no_write_stands_outside_a_function() -> None:
    """The main part of the script only reads and calls functions."""
    main = SCRIPT.decode().rpartition("\n}\n\n")[2]
    assert "Set-OnePolicy" in SCRIPT.decode()
    assert not any(f"{command} " in main for command in WRITES)
