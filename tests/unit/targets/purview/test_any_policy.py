"""Whatever a policy limits for whomever, the artefacts do what the records say."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aipol.vocabulary import Account, Effect, Surface

GROUPS = ("finance", "legal", "pilot")
LIMITS = ("", "public", "internal", "confidential", "restricted")
# Who gets which limit on one surface, by the first group that fits; the rest get the last.
_SURFACE = st.tuples(
    st.lists(
        st.tuples(
            st.frozensets(st.sampled_from(GROUPS), min_size=1),
            st.sampled_from(LIMITS),
            st.sampled_from((Effect.ALLOW, Effect.WARN, Effect.BLOCK)),
        ),
        max_size=3,
    ),
    st.sampled_from(LIMITS),
)
_MARKS = st.lists(
    st.sampled_from(
        ("Credit Card Number", "ABA Routing Number", "unknown", "Belgium Passport Number")
    ),
    max_size=3,
    unique=True,
)


def _rulings(policy: Any, surface: Surface, account: Account, drawn: Any) -> None:
    universe, taken = policy.universe, 0
    for names, limit, effect in drawn[0]:
        people = universe.minus(universe.all_of(map(policy.of, sorted(names))), taken)
        taken = universe.either(taken, people)
        if people:
            kept = "" if effect is Effect.BLOCK else limit
            policy.limit(kept, people, surface=surface, account=account, effect=effect)
    rest = universe.others(taken)
    if rest:
        policy.limit(drawn[1], rest, surface=surface, account=account)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
)
@given(
    web=_SURFACE,
    desktop=st.none() | _SURFACE,
    nameless=st.frozensets(st.sampled_from(GROUPS)),
    tighten=st.booleans(),
    types=st.tuples(_MARKS, _MARKS),
    labels=st.tuples(st.booleans(), st.booleans()),
    licence=st.sampled_from(("e5", "e3")),
    mode=st.sampled_from(("enforce", "test")),
)
def test_every_answer_is_the_policys_or_admitted(
    web: Any,
    desktop: Any,
    nameless: frozenset[str],
    tighten: bool,
    types: tuple[list[str], list[str]],
    labels: tuple[bool, bool],
    licence: str,
    mode: str,
    make: Any,
    with_marks: Any,
    compiled: Any,
) -> None:
    """Compiling runs the independent verification: no unexplained answer, for anybody."""
    policy = make(
        groups=GROUPS,
        nameless=tuple(sorted(nameless)),
        tighten=tighten,
        classes=with_marks(types, labels),
    )
    _rulings(policy, Surface.WEB, Account.ANY, web)
    if desktop is not None:
        _rulings(policy, Surface.DESKTOP, Account.ANY, desktop)
    compiled(policy, licence=licence, mode=mode)
