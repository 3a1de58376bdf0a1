"""A target at one site: what it makes and what its reader says are of that site's folder."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from types import new_class
from typing import Any, Generic, TypeVar

from aipol.blocklist import Blocklist
from aipol.diagnostics import Diagnostic
from aipol.ir import Ir
from aipol.reader import DecidesAll, DecidesMany, DrawsEdges, Tells
from aipol.serving import Serving
from aipol.source import whole_file
from aipol.target import (
    Answer,
    Artifact,
    Compiled,
    Coverage,
    Decider,
    Fetched,
    Kind,
    Limit,
    PolicyCoverage,
    Question,
    Target,
    UnreadableArtifact,
)
from aipol.vocabulary import Situation, Surface

FOLDER = "sites"


@dataclass(frozen=True, slots=True)
class Sited:
    """A target at one site: its files are in a folder of the site's, its account is the site's."""

    target: Target
    site: str

    @property
    def id(self) -> str:
        """As the target: a policy configures it once."""
        return self.target.id

    @property
    def title(self) -> str:
        """As the target."""
        return self.target.title

    @property
    def identity(self) -> str:
        """As the target."""
        return self.target.identity

    @property
    def reach(self) -> tuple[Situation, ...]:
        """As the target."""
        return self.target.reach

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """As the target."""
        return self.target.surfaces

    @property
    def limits(self) -> tuple[Limit, ...]:
        """As the target."""
        return self.target.limits

    @property
    def settings(self) -> type[Any]:
        """As the target."""
        return self.target.settings

    @property
    def folder(self) -> str:
        """Where its files are, below the target's folder."""
        return f"{FOLDER}/{self.site}/"

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """The artefacts that devices fetch by address."""
        kinds = self.target.fetched if isinstance(self.target, Serving) else ()
        return tuple(replace(each, pattern=f"{self.folder}{each.pattern}") for each in kinds)

    def compile(self, ir: Ir, settings: Any) -> Compiled:
        """As the target, for the site."""
        made = self.target.compile(ir, settings)
        return replace(
            made,
            artifacts=tuple(Artifact(f"{self.folder}{a.path}", a.content) for a in made.artifacts),
            coverage=tuple(self._coverage(record) for record in made.coverage),
            findings=tuple(self._finding(finding) for finding in made.findings),
            rooms=tuple(replace(room, what=f"{room.what} at {self.site}") for room in made.rooms),
            policy=tuple(self._policy(record) for record in made.policy),
        )

    def read(self, files: Mapping[str, bytes]) -> Decider:
        """As the target, from the files of the site."""
        own = {
            name.removeprefix(self.folder): content
            for name, content in files.items()
            if name.startswith(self.folder)
        }
        with self.naming_its_own():
            return _decider(self, self.target.read(own))

    @contextmanager
    def naming_its_own(self) -> Iterator[None]:
        """Whatever the target's reader cannot read is a file of the site."""
        try:
            yield
        except UnreadableArtifact as fault:
            raise UnreadableArtifact(self.moved(fault.artifact), fault.why) from None

    def moved(self, artifact: str) -> str:
        """The path of an artefact of the target's, below its folder or with it."""
        own = f"{self.target.id}/"
        if artifact.startswith(own):
            return f"{own}{self.folder}{artifact.removeprefix(own)}"
        return f"{self.folder}{artifact}" if artifact else ""

    def _coverage(self, record: Coverage) -> Coverage:
        artifacts = tuple(map(self.moved, record.artifacts))
        return replace(record, artifacts=artifacts, site=self.site)

    def _policy(self, record: PolicyCoverage) -> PolicyCoverage:
        artifacts = tuple(map(self.moved, record.artifacts))
        return replace(record, artifacts=artifacts, site=self.site)

    def _finding(self, finding: Diagnostic) -> Diagnostic:
        span = finding.span
        if span.file.startswith(f"{self.target.id}/"):
            span = whole_file(self.moved(span.file))
        return replace(finding, span=span, message=f"{finding.message}, at site `{self.site}`")


# --- what its reader is ---------------------------------------------------------------------------

D = TypeVar("D", bound=Decider)


@dataclass(frozen=True)
class _Decides(Generic[D]):
    """A reader's decider, whose answers name the files of the site."""

    sited: Sited
    decider: D

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """As the decider."""
        return self.decider.clients(kind)

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """As the decider."""
        return self.decider.view(identity, kind)

    def decide(self, question: Question) -> Answer:
        """As the decider. Raises UnreadableArtifact."""
        try:  # asked too often for a context
            answer = self.decider.decide(question)
        except UnreadableArtifact as fault:
            raise UnreadableArtifact(self.sited.moved(fault.artifact), fault.why) from None
        if not answer.artifact:
            return answer
        return replace(answer, artifact=self.sited.moved(answer.artifact))

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """As the decider."""
        return self.decider.mentions()


class _DecidesMany(_Decides[DecidesMany]):
    """One that answers for many hosts at once."""

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterable[str]:
        """As the decider."""
        with self.sited.naming_its_own():
            return tuple(self.decider.blocked(hosts, identity, client))


class _DecidesAll(_Decides[DecidesAll]):
    """One that says all that it blocks."""

    def blocklist(self, identity: frozenset[str], client: str) -> Blocklist | None:
        """As the decider."""
        with self.sited.naming_its_own():
            return self.decider.blocklist(identity, client)


class _DrawsEdges(_Decides[DrawsEdges]):
    """One that knows people by source addresses."""

    def edges(self) -> Iterable[str]:
        """As the decider."""
        return self.decider.edges()


class _Tells(_Decides[Tells]):
    """One that says more than decisions."""

    def told(self) -> Mapping[str, str]:
        """As the decider. Raises UnreadableArtifact."""
        with self.sited.naming_its_own():
            return self.decider.told()


_PARTS: tuple[tuple[type, type], ...] = (
    (DecidesMany, _DecidesMany),
    (DecidesAll, _DecidesAll),
    (DrawsEdges, _DrawsEdges),
    (Tells, _Tells),
)
"""What a decider may be besides, with what passes that on."""


def _decider(sited: Sited, decider: Decider) -> Decider:
    """The decider of a site: whatever the one of the target's own files is, and nothing else."""
    parts = tuple(part for protocol, part in _PARTS if isinstance(decider, protocol))
    return _kind(parts)(sited, decider)


@cache
def _kind(parts: tuple[type, ...]) -> Callable[[Sited, Decider], Decider]:
    return new_class("SitedDecider", (*parts, _Decides))
