"""Two computations at once give what each gives alone."""

from __future__ import annotations

import os

import pytest

from aipol import both as module
from aipol.both import both


@pytest.fixture(params=[True, False], ids=["child", "alone"])
def _forking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a child, wherever the test runs, and without one."""
    monkeypatch.setattr(module, "_worth_a_child", lambda: request.param)
    monkeypatch.setattr(os, "fork", _quiet_fork)


_fork = os.fork


def _quiet_fork() -> int:
    """A fork in a test runner that has threads, which newer Pythons warn about."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return _fork()


@pytest.mark.usefixtures("_forking")
def test_both_results_come_back_in_order() -> None:
    """What the first gives comes first, however much it is."""
    first, second = both(lambda: ("first" * 100_000,), lambda: ("second",))
    assert first == ("first" * 100_000,)
    assert second == ("second",)


@pytest.mark.usefixtures("_forking")
def test_a_fault_in_either_is_raised_as_it_is() -> None:
    """A child's fault is not lost and not another one."""

    def fails() -> tuple[str, ...]:
        raise LookupError("as it is")

    with pytest.raises(LookupError, match="as it is"):
        both(fails, lambda: ("fine",))


@pytest.mark.usefixtures("_forking")
def test_a_result_that_cannot_be_sent_is_computed_here() -> None:
    """What cannot be pickled costs time, not the result."""
    unsendable = open(os.devnull)  # noqa: SIM115, PTH123 - a file cannot be pickled
    with unsendable:
        first, second = both(lambda: (unsendable,), lambda: (unsendable,))
        assert first == second == (unsendable,)
