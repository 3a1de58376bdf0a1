"""Run the policy's own tests that ask only what is decided; coverage answers the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.audience import Person
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ir, Ruling
from aipol.resolve.resolve import resolve
from aipol.vocabulary import Account

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.language.model import PolicyTest


def failed_tests(assembled: Assembled, ir: Ir, catalogue: Catalogue) -> tuple[Diagnostic, ...]:
    """One finding for each test whose answer is not the expected one."""
    findings: list[Diagnostic] = []
    worlds = {ir.as_of: ir}
    for number, placed in enumerate(assembled.tests, start=1):
        test = placed.value
        day = test.as_of or ir.as_of
        if day not in worlds:
            then, _ = resolve(assembled, catalogue, day)
            worlds[day] = then or ir
        found = ask(worlds[day], test)
        why = _mismatch(ir, test, found)
        if why:
            hint = f"decided by {found.decided_by.origin} `{found.decided_by.id}`" if found else ""
            findings.append(
                codes.POLICY_TEST_FAILED.at(placed.span(), number=number, why=why, hint=hint)
            )
    return tuple(findings)


def person_in(ir: Ir, names: tuple[str, ...]) -> Person | None:
    """The person in these groups and in as few others as that implies, None when nobody can be."""
    return ir.universe.witness(ir.universe.all_of(ir.groups[name].region for name in names))


def ask(ir: Ir, test: PolicyTest) -> Ruling | None:
    """The ruling that answers a test."""
    person = person_in(ir, test.who)
    if person is None:
        return None
    return ir.decide(person, test.app, test.surface, Account(test.account))


def _mismatch(ir: Ir, test: PolicyTest, found: Ruling | None) -> str:
    if person_in(ir, test.who) is None:
        return f"nobody can be in all of {', '.join(f'`{name}`' for name in test.who)}"
    if found is None:
        return f"`{test.app}` has no surface `{test.surface}`"
    if found.effect is not test.expect:
        return f"expected `{test.expect}`, the policy says `{found.effect}`"
    if test.rule and found.decided_by.id != test.rule:
        return f"expected `{test.rule}` to decide, `{found.decided_by.id}` does"
    return ""
