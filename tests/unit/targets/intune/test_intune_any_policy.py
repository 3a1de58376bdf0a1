"""Whatever a policy says, the account of Intune's artefacts is true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipol.audience import EVERYBODY, NOBODY
from aipol.vocabulary import Account, Effect, Surface

USES = (
    ("chatgpt", Surface.WEB),
    ("chatgpt", Surface.API),
    ("chatgpt", Surface.DESKTOP),
    ("chatgpt", Surface.EXTENSION),
    ("claude", Surface.WEB),
    ("claude", Surface.DESKTOP),
    ("claude", Surface.EXTENSION),
    ("twin", Surface.DESKTOP),
    ("copilot", Surface.BUILTIN),
    ("recall", Surface.BUILTIN),
    ("click", Surface.BUILTIN),
    ("edge-ai", Surface.BUILTIN),
    ("winget-only", Surface.DESKTOP),
)
GROUPS = ("finance", "legal", "pilot")
PEOPLE = st.lists(st.lists(st.sampled_from(GROUPS), max_size=2), max_size=2)
SOFTER = st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.WARN, Effect.JUSTIFY])
CHOICE = st.tuples(st.sampled_from(USES), PEOPLE, PEOPLE, SOFTER, st.booleans())


def _region(made: Any, people: list[list[str]]) -> Any:
    """Whoever is in all groups of any of the lists."""
    universe = made.universe
    return universe.any_of(universe.all_of(made.of(name) for name in names) for names in people)


@pytest.mark.parametrize("tighten", [False, True])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choices=st.lists(CHOICE, min_size=1, max_size=6, unique_by=lambda choice: choice[0]),
    nameless=st.sampled_from([(), (), ("pilot",), GROUPS]),
    mode=st.sampled_from(["enforce", "enforce", "report-only"]),
)
def test_every_answer_is_the_policys_or_accounted_for(
    policy: Any,
    compiled: Any,
    tighten: bool,
    choices: list[Any],
    nameless: tuple[str, ...],
    mode: str,
) -> None:
    """For random policies, groups without an identity and both modes, the proof finds nothing."""
    made = policy(tighten=tighten, nameless=nameless)
    for (app, surface), people, personal, softer, accounts in choices:
        kept = _region(made, people)
        if accounts:
            made.split(app, surface, kept, account=Account.CORPORATE, softer=softer)
            fewer = made.universe.both(kept, _region(made, personal))
            made.split(app, surface, fewer, account=Account.PERSONAL, softer=softer)
        else:
            made.split(app, surface, kept, softer=softer)
    result = compiled(made, mode=mode)
    assert result.compiled.findings == ()
    assert [finding.message for finding in result.verified()] == []


def test_the_extremes_are_proved_too(policy: Any, compiled: Any) -> None:
    """Everything for everybody, and nothing for anybody."""
    for people in (EVERYBODY, NOBODY):
        made = policy()
        for app, surface in USES:
            made.split(app, surface, people)
        assert compiled(made).verified() == ()
