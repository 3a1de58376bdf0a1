"""Turns what differs between two catalogues, and under them, into what matters to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from aipol.catalogue.model import Domain, OAuthClient
from aipol.diagnostics.model import has_errors
from aipol.difference import apart
from aipol.difference.reaches import host_marks
from aipol.identifiers import Mark, mark_of
from aipol.vocabulary import Surface

if TYPE_CHECKING:
    from datetime import date

    from aipol.catalogue.compare import AppStep, Contents, Row
    from aipol.catalogue.versions import Version
    from aipol.diagnostics.model import Diagnostic
    from aipol.difference import Difference
    from aipol.difference.reaches import Reach
    from aipol.difference.strictness import Direction

_Key = Mark | Surface
"""What of an app people get or lose: an identifier, or a surface."""


@dataclass(frozen=True)
class Taking:
    """What taking one version of the catalogue in place of another does under a policy.

    `difference` is None where the policy means nothing under one of the two.
    """

    old: Version
    new: Version
    policy: str
    as_of: date
    contents: Contents
    difference: Difference | None
    found: tuple[Diagnostic, ...]
    """What the policy is told under the new version only."""
    gone: tuple[Diagnostic, ...]
    """What it is told under the old version only."""
    both: tuple[Diagnostic, ...]
    """What it is told under either."""

    @property
    def fails(self) -> bool:
        """Whether the policy has errors under either version, a failed test among them."""
        return self.difference is None or has_errors((*self.found, *self.gone, *self.both))

    @property
    def for_somebody(self) -> bool:
        """Whether taking it is known to change anything for anybody."""
        return self.difference is not None and self.difference.for_somebody

    @cached_property
    def own(self) -> tuple[tuple[Reach, ...], ...]:
        """The identifiers of apps that both govern, folded."""
        return apart.own(self.difference) if self.difference else ()

    @cached_property
    def things(self) -> tuple[Direction, ...]:
        """Which way each thing goes that changes for somebody.

        The identifiers of apps that come or go are one thing with those apps.
        """
        if self.difference is None:
            return ()
        return (
            *(change.direction for change in self.difference.changes),
            *(members[0].direction for members in self.own),
            *(change.direction for change in self.difference.headers),
        )

    @cached_property
    def idle(self) -> tuple[AppStep, ...]:
        """The apps that differ without any effect on people."""
        touched: set[str] = set()
        if self.difference is not None:
            touched |= {app for change in self.difference.changes for app in change.apps}
            touched |= {app for reach in self.difference.reaches for app in reach.apps}
            touched |= {change.app for change in self.difference.headers}
        return tuple(step for step in self.contents.apps if step.app not in touched)

    @cached_property
    def idle_rows(self) -> tuple[tuple[str, Row], ...]:
        """The identifiers that differ without any effect on people, each with its app."""
        return tuple(
            (step.app, row)
            for step in self.contents.apps
            for row in step.identifiers
            if self._working.isdisjoint((step.app, key) for key in _keys(row))
        )

    @cached_property
    def _working(self) -> frozenset[tuple[str, _Key]]:
        """Pairs of an app and what of it makes a difference."""
        if self.difference is None:
            return frozenset()
        uses = (use for change in self.difference.changes for use in change.uses)
        reached = (
            (app, _folded(reach.mark)) for reach in self.difference.reaches for app in reach.apps
        )
        return frozenset((*uses, *reached))


def _keys(row: Row) -> Iterator[_Key]:
    """By what a row is known where people's uses are compared."""
    for listed in row.listed:
        match listed:
            case Domain(domain=host):
                yield from host_marks(host)
            case OAuthClient():
                # Nobody is asked about a client id: it makes the surface.
                yield Surface.CONNECTOR
            case _:
                mark = mark_of(listed)
                if mark is not None:
                    yield _folded(mark)


def _folded(mark: Mark) -> Mark:
    # Names and ids are the same in either case wherever they are compared.
    return replace(mark, value=mark.value.casefold())
