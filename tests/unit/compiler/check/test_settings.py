"""What a policy says under `targets` is judged in the words of the language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.model import Diagnostic
from aipol.pipeline import open_policy
from aipol_targets import ALL

ROOT = Path(__file__).parents[4]
HEAD = """version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups: {everyone: {all: true}}
rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]
"""
MODE = "target `intune`: `mode` must be one of `report-only`, `enforce`, not the text `enforced`"
TENANT = "tenant: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"


def _check(file: Path) -> tuple[Diagnostic, ...]:
    return open_policy(str(file), date(2026, 12, 1), load_catalogue(), ALL).findings


def _findings(targets: str, folder: Path) -> tuple[Diagnostic, ...]:
    file = folder / "p.yaml"
    file.write_text(f"{HEAD}targets: {targets}\n", encoding="utf-8")
    return _check(file)


@pytest.mark.parametrize(
    ("targets", "message", "hint"),
    [
        (
            f"{{intune: {{{TENANT}, platforms: [window]}}}}",
            "target `intune`: an item of `platforms` must be one of `windows`, `macos`, not",
            "did you mean `windows`?",
        ),
        (
            f"{{intune: {{{TENANT}, platforms: windows}}}}",
            "target `intune`: `platforms` must be a list, not the text `windows`",
            "write `[windows]`",
        ),
        (
            f"{{intune: {{{TENANT}, mode: enforced}}}}",
            "target `intune`: `mode` must be one of `report-only`, `enforce`, not the text `enforc",
            "did you mean `enforce`?",
        ),
        (
            "{intune: {tenant: birch.onmicrosoft.com}}",
            "target `intune`: `tenant` must be an id such as 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1",
            "the Entra admin center shows under Overview",
        ),
        ("{intune: {}}", "target `intune` lacks `tenant`", "Entra admin center"),
        (
            "{intune: {tenent: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1}}",
            "unknown key `tenent` in target `intune`",
            "did you mean `tenant`?",
        ),
        (
            f"{{intune: {{{TENANT}, baseline: {{minimum_os: {{macos: 15.0}}}}}}}}",
            "target `intune`: `macos` must be text, not the number 15.0",
            'write it in quotes: "15.0"',
        ),
        (
            f"{{intune: {{{TENANT}, baseline: {{encrypted: true}}}}}}",
            "unknown key `encrypted` in `baseline` of target `intune`",
            "did you mean `encryption`?",
        ),
        (
            "{lists: {outputs: []}}",
            "`outputs` of target `lists` is empty",
            "say what is meant, or leave it out",
        ),
        (
            "{lists: {outputs: [domain]}}",
            "target `lists`: an item of `outputs` must be one of `domains`, `edl`",
            "did you mean `domains`?",
        ),
        (
            "{dns: {outputs: [bind], bind_view_include: zones}}",
            "target `dns`: `bind_view_include` must be an absolute path of letters, digits",
            "",
        ),
        (
            "{jamf: {unlisted_ai: block}}",
            "unknown key `unlisted_ai` in target `jamf`",
            "`unlisted_ai` is a key of the policy: check the indentation",
        ),
    ],
)
def test_a_wrong_setting_is_one_finding_in_the_words_of_the_language(
    targets: str, message: str, hint: str, tmp_path: Path
) -> None:
    """Nobody reads what a validator calls things, or hears of one slip twice."""
    (found,) = _findings(targets, tmp_path)
    assert found.code == "AIP404"
    assert found.message.startswith(message)
    assert hint in found.hint


def test_a_setting_of_a_base_is_shown_in_the_base(tmp_path: Path) -> None:
    """Merged settings are judged as a whole, and each fault stands in the file that has it."""
    base, child = tmp_path / "base.yaml", tmp_path / "child.yaml"
    base.write_text(f"{HEAD}targets: {{intune: {{{TENANT}, mode: enforced}}}}\n", encoding="utf-8")
    text = "version: 1\nextends: base.yaml\ntargets:\n  intune: {platforms: []}\n"
    child.write_text(text, encoding="utf-8")
    places = {
        (Path(found.span.file).name, found.span.line): found.message for found in _check(child)
    }
    assert places == {
        (
            "base.yaml",
            5,
        ): "target `intune`: `mode` must be one of `report-only`, `enforce`, not the "
        "text `enforced`",
        ("child.yaml", 4): "`platforms` of target `intune` is empty",
    }


def test_the_page_of_the_code_shows_what_passes(tmp_path: Path) -> None:
    """The example earns the code with the targets there are, and the advice earns nothing."""
    page = (ROOT / "docs" / "rules" / "AIP404.md").read_text(encoding="utf-8")
    bad, good = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "p.yaml"
    for example, codes in ((bad, {"AIP404"}), (good, set[str]())):
        file.write_text(HEAD + example, encoding="utf-8")
        assert {found.code for found in _check(file)} == codes


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ("staff: {jamf: S}", "`staff` has no `entra` identity, so intune and purview cannot"),
        ("staff: {entra: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1, jamf: S}", ""),
        ("staff: {any_of: [everyone]}", ""),
        ("staff: {any_of: [a]}, a: {jamf: A}", "`staff` has no `entra` identity, so"),
    ],
)
def test_a_group_that_a_target_cannot_know_is_told_once(
    groups: str, names: str, tmp_path: Path
) -> None:
    """One finding a group, whatever number of targets is blind to it."""
    file = tmp_path / "p.yaml"
    text = HEAD.replace("{all: true}}", f"{{all: true}}, {groups}}}")
    text = text.replace(
        "rules: [", "rules: [{id: s, apps: [claude], groups: [staff], effect: allow}, "
    )
    file.write_text(
        f"{text}targets: {{purview: {{}}, squid: {{}}, jamf: {{}}, intune: {{{TENANT}}}}}\n",
        encoding="utf-8",
    )
    found = [finding.message for finding in _check(file) if finding.code == "AIP308"]
    assert [message[: len(names)] for message in found] == ([names] if names else [])


@pytest.mark.parametrize(
    ("network", "codes"),
    [
        ("", ["AIP407"]),
        ("network: {resolvers: [10.0.0.53/32]}\n", ["AIP407"]),
        ("network: {close_bypasses: true, resolvers: [10.0.0.53/32]}\n", []),
        (
            (
                "network:\n  gateways: {g: {host: proxy.acme.example, networks: [10.9.0.8/32]}}\n"
                "  segments: [{id: s, networks: [10.1.0.0/24], groups: [everyone], only_via: g}]\n"
            ),
            [],
        ),
    ],
)
def test_a_target_that_would_do_nothing_is_told_of(
    network: str, codes: list[str], tmp_path: Path
) -> None:
    """A router's rules are there for ways around and segments; a policy has to ask for one."""
    file = tmp_path / "p.yaml"
    file.write_text(f"{HEAD}{network}targets:\n  nftables: {{}}\n", encoding="utf-8")
    found = _check(file)
    assert [finding.code for finding in found] == codes
    for finding in found:
        assert finding.span.line == len(file.read_text(encoding="utf-8").splitlines())
        assert "close_bypasses" in finding.hint
        assert "only_via" in finding.hint


def test_the_language_lists_what_targets_must_be_told() -> None:
    """Exactly the settings without a default, of exactly the targets that have such."""
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    table = re.search(r"\| target \| needs \|\n\|[ -|]+\|\n((?:\|.*\n)+)", page)
    assert table
    rows = [re.findall(r"`(\w+)`", row.partition(":")[0]) for row in table[1].splitlines()]
    needed = {
        target.id: {n for n, field in target.settings.model_fields.items() if field.is_required()}
        for target in ALL
    }
    assert {name: set(keys) for name, *keys in rows} == {
        n: keys for n, keys in needed.items() if keys
    }


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("pihole", "write `dns: {outputs: [pihole]}`"),
        ("edl", "write `lists: {outputs: [edl]}` or `paloalto: {outputs: [edl]}`"),
        ("carbonblack", ", ".join(f"`{target.id}`" for target in ALL)),
    ],
)
def test_an_unknown_target_is_told_what_there_is(name: str, instead: str, tmp_path: Path) -> None:
    """An output leads to its targets; whatever is nothing near gets the names of all."""
    (found,) = _findings(f"{{{name}: {{}}}}", tmp_path)
    assert found.code == "AIP207"
    assert instead in found.hint


@pytest.mark.parametrize(
    ("targets", "hint"),
    [
        ("[lists]", "write `{lists: {}}`"),
        ("lists", "write `{lists: {}}`"),
        ("[dns, {squid: {}}]", "write `{dns: {}, squid: {}}`"),
        ("{lists: domains}", "write `lists: {}`, or `lists: {outputs: [domains]}`"),
        ("{lists: [edl, domains]}", "`lists: {outputs: [edl, domains]}`"),
        ("{jamf: yes}", "write `jamf: {}`"),
        ("{jamf: 3}", "write `jamf: {}`"),
    ],
)
def test_targets_of_another_shape_are_told_theirs(targets: str, hint: str, tmp_path: Path) -> None:
    """Whoever lists targets, or gives one nothing but outputs, reads what to write."""
    (found,) = _findings(targets, tmp_path)
    assert found.code == "AIP109"
    assert hint in found.hint
    assert ("outputs" in found.hint) == ("outputs" in hint)
