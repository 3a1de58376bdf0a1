"""Mistakes in two lists of names, one of which always wins."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.mistakes.change import DOT, HOST, LOOKALIKE, LOST, WIDER, Change, Dropped


def _pairs() -> Iterator[Change]:
    """Of two lists of names, one of which always wins."""
    for target, blocking, allowing, value in (
        ("meraki", r"\.json$", r"\.json$", ""),
        ("umbrella", r"block\.json$", r"allow\.json$", '"destination": '),
    ):
        for mistake, path, find, put, why in (
            (WIDER, allowing, rf'({value}")a\.(b\.big\.test")', r"\1\2", ""),
            (WIDER, allowing, rf'({value}")api\.(big\.test")', r"\1\2", ""),
            ("one label too wide", blocking, rf'({value}")split\.(test")', r"\1\2", ""),
            (
                LOOKALIKE,
                blocking,
                rf'({value}")({HOST}\.test|[a-z]+\.test)"',
                r'\1*\2"',
                "not a host",
            ),
            ("asterisk", blocking, rf'({value}")([a-z]+\.test)"', r'\1*.\2"', "not a host"),
            (DOT, blocking, rf'({value}")([a-z]+\.test)"', r'\1\2."', "not a host"),
        ):
            yield Change(target, mistake, path, find, put, why)
        yield Dropped(target, LOST, blocking, r"[a-z0-9-]+\.test", "", "exception from no block")
        yield Dropped(target, "exception lost", allowing, r"(?:api|a\.b)\.big\.test", "")


CHANGES = tuple(_pairs())
