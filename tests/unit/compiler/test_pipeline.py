"""The stages in order: what stops where, and what comes out at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel, ConfigDict

from aipol.catalogue import load_catalogue
from aipol.coverage import clauses_of
from aipol.diagnostics import codes
from aipol.ir import Ir
from aipol.pipeline import Opened, build, open_policy
from aipol.target import (
    Artifact,
    Coverage,
    Decider,
    Kind,
    Lowered,
    Reason,
    StagedTarget,
    Status,
    Target,
    UnreadableArtifact,
)
from aipol.vocabulary import MACOS

POLICY = """\
version: 1
organization: {name: Acme, identifier: com.acme}
groups: {everyone: {all: true}, a: {}}
rules:
  - {id: all, apps: [chatgpt], groups: [everyone], effect: block}
targets: {still: {}}
"""


class Settings(BaseModel):
    """One number."""

    model_config = ConfigDict(extra="forbid", strict=True)
    number: int = 1


class Silent:
    """Reads nothing and decides nothing."""

    def clients(self, _: Kind) -> tuple[str, ...]:
        """No path at all."""
        return ()

    def view(self, *_: object) -> int:
        """Nobody is told apart."""
        return 0

    def mentions(self) -> tuple[()]:
        """Nothing is mentioned."""
        return ()


def _lower(ir: Ir, settings: Settings) -> Lowered[int]:
    why = Reason("nothing", "it does nothing")
    return Lowered(
        settings.number,
        tuple(
            Coverage(ruling.id, clause, "still", MACOS, Status.UNSUPPORTED, why)
            for ruling in ir.rulings
            for clause in clauses_of(ruling)
        ),
    )


def _render(model: int) -> tuple[Artifact, ...]:
    return (Artifact("number.txt", str(model).encode()),)


def _read(files: Mapping[str, bytes]) -> Decider:
    if files["number.txt"] == b"13":
        raise UnreadableArtifact("number.txt", "thirteen is no number")
    return cast("Decider", Silent())


STILL = cast(
    "Target",
    StagedTarget("still", "Still", "jamf", MACOS, (), (), Settings, _lower, _render, _read),
)


def opened(folder: Path, text: str) -> Opened:
    """A policy file, as far as it is understood."""
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return open_policy(str(path), date(2026, 6, 15), load_catalogue(), [STILL])


def errors(found: Opened) -> list[str]:
    """The codes of the errors."""
    return [finding.code for finding in found.findings if finding.severity == "error"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("version: 1", "version: 2", "AIP110"),
        ("[chatgpt]", "[chatgtp]", "AIP201"),
        ("still: {}", "still: {numbre: 1}", "AIP404"),
        ("a: {}", "a: {}, b: {all_of: [a], none_of: [a]}", "AIP213"),
    ],
)
def test_an_error_of_any_stage_leaves_no_meaning(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    """Text, names, settings, groups: an error in any of them and nothing is compiled."""
    found = opened(tmp_path, POLICY.replace(old, new))
    assert found.ir is None
    assert errors(found) == [code]


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    """A missing policy is reported, not raised."""
    found = open_policy(str(tmp_path / "none.yaml"), date(2026, 6, 15), load_catalogue(), [])
    assert (found.assembled, found.ir, errors(found)) == (None, None, ["AIP101"])


def test_a_failed_policy_test_is_an_error(tmp_path: Path) -> None:
    """The policy's own tests run on opening it."""
    found = opened(tmp_path, POLICY + "tests: [{app: chatgpt, expect: allow}]\n")
    assert errors(found) == ["AIP304"]


def built(folder: Path, text: str) -> Any:
    """What the pipeline makes of a policy."""
    found = opened(folder, text)
    assert found.ir is not None, [finding.message for finding in found.findings]
    return build(found.ir, found.settings, [STILL])


def test_only_configured_targets_run(tmp_path: Path) -> None:
    """A target that the policy does not name makes nothing."""
    assert list(built(tmp_path, POLICY).files) == ["still/number.txt"]
    assert built(tmp_path, POLICY.replace("targets: {still: {}}\n", "")).files == {}


@pytest.mark.parametrize("on_gap", ["report", "tighten"])
def test_settings_reach_the_target(tmp_path: Path, on_gap: str) -> None:
    """What the policy says about a target is what it is given, whatever becomes of gaps."""
    text = POLICY.replace("{still: {}}", "{still: {number: 7}}") + f"on_gap: {on_gap}\n"
    made = built(tmp_path, text)
    assert made.files == {"still/number.txt": b"7"}
    assert made.findings == ()
    assert made.matrix.gaps


def test_what_its_own_reader_cannot_read_is_an_error(tmp_path: Path) -> None:
    """Artefacts that do not read back stop the compile, with the artefact's name."""
    made = built(tmp_path, POLICY.replace("{still: {}}", "{still: {number: 13}}"))
    assert [finding.message for finding in made.findings] == [
        "still/number.txt: thirteen is no number"
    ]


@pytest.mark.parametrize("many", [0, sys.maxsize], ids=["meanwhile", "in turn"])
def test_what_is_read_back_while_others_are_made_is_found_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """In a process of its own or not; where a target has an error, nothing is said of others."""
    monkeypatch.setattr("aipol.pipeline._MANY_RECORDS", many)
    found = opened(tmp_path, POLICY)
    assert found.ir is not None
    fault = codes.LIMIT_EXCEEDED.at(
        found.ir.unlisted_span, target="other", what="rules", count=2, limit=1
    )

    def lower(ir: Ir, settings: Settings) -> Lowered[int]:
        of_other = tuple(replace(each, target="other") for each in _lower(ir, settings).coverage)
        wrong = (fault,) if settings.number else ()
        return replace(_lower(ir, settings), coverage=of_other, findings=wrong)

    other = StagedTarget("other", "Other", "jamf", MACOS, (), (), Settings, lower, _render, _read)
    targets = [STILL, cast("Target", other)]
    settings = {"still": Settings(number=13), "other": Settings(number=0)}
    made = build(found.ir, settings, targets)
    assert [run.target.id for run in made.runs] == ["still", "other"]
    assert [each.message for each in made.findings] == ["still/number.txt: thirteen is no number"]
    failing = build(found.ir, {**settings, "other": Settings()}, targets)
    assert failing.findings == (fault,)


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "child"])
def test_an_error_is_told_before_what_others_made_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    """Reading much back takes minutes, and is for nothing where another target has an error."""
    monkeypatch.setattr("aipol.pipeline._MANY_RECORDS", 0)
    monkeypatch.setattr("aipol.both._worth_a_child", lambda: not alone)
    found = opened(tmp_path, POLICY)
    assert found.ir is not None
    span = found.ir.unlisted_span
    fault = codes.LIMIT_EXCEEDED.at(span, target="other", what="rules", count=2, limit=1)

    def lower(ir: Ir, settings: Settings) -> Lowered[int]:
        return replace(_lower(ir, settings), findings=(fault,))

    def read(_: Mapping[str, bytes]) -> Decider:
        time.sleep(60)
        raise NotImplementedError

    slow = StagedTarget("still", "Slow", "jamf", MACOS, (), (), Settings, _lower, _render, read)
    other = StagedTarget("other", "Other", "jamf", MACOS, (), (), Settings, lower, _render, _read)
    targets = [cast("Target", slow), cast("Target", other)]
    begun = time.monotonic()
    failing = build(found.ir, {"still": Settings(), "other": Settings()}, targets)
    assert failing.findings == (fault,)
    assert time.monotonic() - begun < 30


def test_nothing_is_rendered_from_what_has_an_error(tmp_path: Path) -> None:
    """A target that finds an error while lowering makes no file, and its account is kept."""
    found = opened(tmp_path, POLICY)
    assert found.ir is not None
    fault = codes.LIMIT_EXCEEDED.at(
        found.ir.unlisted_span, target="still", what="rules", count=2, limit=1
    )

    def lower(ir: Ir, settings: Settings) -> Lowered[int]:
        return replace(_lower(ir, settings), findings=(fault,))

    broken = StagedTarget("still", "Still", "jamf", MACOS, (), (), Settings, lower, _render, _read)
    compiled = broken.compile(found.ir, Settings())
    assert (compiled.artifacts, compiled.findings) == ((), (fault,))
    assert compiled.coverage


def test_a_sampled_verification_says_so(tmp_path: Path) -> None:
    """A target that can see more memberships than are asked about is named in a note."""
    nine = "".join(f", g{number}: {{jamf: G{number}}}" for number in range(9))
    made = built(tmp_path, POLICY.replace("a: {}", f"a: {{}}{nine}"))
    (note,) = made.findings
    assert (note.code, note.severity) == ("AIP508", "note")
    # Nobody's group, nine groups and 36 pairs.
    assert note.message.startswith("`still` can see more than 256 combinations")
    assert note.message.endswith("46 were checked")
    eight = "".join(f", g{number}: {{jamf: G{number}}}" for number in range(8))
    assert built(tmp_path, POLICY.replace("a: {}", f"a: {{}}{eight}")).findings == ()
