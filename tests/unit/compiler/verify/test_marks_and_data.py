"""Artefacts that block what no app is known by, or keep data that no record accounts for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from aipol.audience import EVERYBODY
from aipol.coverage import clauses_of
from aipol.ir import Ir
from aipol.target import (
    EFFECT_CLAUSE,
    Answer,
    Coverage,
    Deviation,
    Kind,
    Question,
    Reason,
    StagedTarget,
    Status,
)
from aipol.verify import verify
from aipol.vocabulary import MACOS, Effect, Surface

WHY = Reason("why", "because")
_NEVER = cast("Any", None)  # it is only ever read back
TARGET: StagedTarget[Any, Any] = StagedTarget(
    "stub", "Stub", "jamf", MACOS, tuple(Surface), (), dict, _NEVER, _NEVER, _NEVER
)
BLOCK_ALL = 'rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]\n'
LIMIT_WEB = """\
rules:
  - {id: web, apps: [chatty], groups: [everyone], surfaces: [web], effect: allow,
     require: {data: {max: public}}}
  - {id: rest, apps: [chatty], groups: [everyone], effect: %s}
"""


@dataclass(frozen=True)
class Stub:
    """Blocks exactly what it mentions, for everybody."""

    blocked: tuple[tuple[Kind, str], ...]

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """Programs on macOS by their process, a browser's extensions, a feature and data."""
        paths = {
            Kind.PROGRAM: ("macos:process",),
            Kind.EXTENSION: ("chrome",),
            Kind.FEATURE: ("siri",),
            Kind.DATA: ("text",),
        }
        return paths.get(kind, ())

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """Nobody is told apart."""
        del identity, kind
        return 0

    def decide(self, question: Question) -> Answer:
        """Block what is mentioned."""
        hit = (question.kind, question.value) in self.blocked
        return Answer(Effect.BLOCK if hit else None, "stub/list.json")

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """All that is blocked."""
        return self.blocked


def _asked(ir: Ir, *blocked: tuple[Kind, str], records: Iterable[Coverage] = ()) -> list[str]:
    """The questions that verify finds wrongly answered; what has no record is not supported."""
    given = {(record.ruling, record.clause): record for record in records}
    coverage = [
        given.get(
            (ruling.id, clause),
            Coverage(ruling.id, clause, "stub", MACOS, Status.UNSUPPORTED, WHY),
        )
        for ruling in ir.rulings
        for clause in clauses_of(ruling)
    ]
    return [finding.message for finding in verify(ir, TARGET, Stub(blocked), coverage)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.PROGRAM, "macos:process:Stranger"),
        (Kind.EXTENSION, "chrome:abcdefghijklmnopabcdefghijklmnop"),
        (Kind.FEATURE, "siri"),
    ],
)
def test_blocking_what_no_app_is_known_by_is_found(
    ir_of: Callable[..., Ir], kind: Kind, value: str
) -> None:
    """A program, extension or feature of nobody's in the artefacts is a wrong answer."""
    ir = ir_of(BLOCK_ALL)
    (message,) = _asked(ir, (kind, value))
    assert f"{kind} `{value}`" in message
    assert "no app of the policy is known by it" in message


def test_blocking_what_an_app_is_known_by_is_right(ir_of: Callable[..., Ir]) -> None:
    """The process of an app that is blocked may stand in the artefacts."""
    assert _asked(ir_of(BLOCK_ALL), (Kind.PROGRAM, "macos:process:Chatty")) == []


@pytest.mark.parametrize("effect", ["allow", "warn"])
def test_keeping_data_from_a_use_without_a_limit_takes_a_record(
    ir_of: Callable[..., Ir], effect: str
) -> None:
    """That a plane limits another use of the app is no excuse without a record that says so."""
    ir = ir_of(LIMIT_WEB % effect)
    limited = next(ruling for ruling in ir.rulings if ruling.obligations.data_max)
    free = [r for r in ir.rulings if r.effect is not Effect.BLOCK and not r.obligations.data_max]
    held = Coverage(limited.id, "data.max", "stub", MACOS, Status.ENFORCED)
    keeps = (Kind.DATA, "chatty/internal")
    assert free
    found = _asked(ir, keeps, records=[held])
    assert found
    assert all("data `chatty/internal`" in message and "`rest`" in message for message in found)
    kept = Deviation(Status.STRICTER, WHY, EVERYBODY, "chatty/internal", "text")
    owned = [
        Coverage(ruling.id, EFFECT_CLAUSE, "stub", MACOS, Status.STRICTER, WHY, (), (kept,))
        for ruling in free
    ]
    excused = _asked(ir, keeps, records=[held, *owned])
    assert not [message for message in excused if "chatty/internal" in message]
