"""Make one target of many: one at each site, with that site's addresses, settings and files."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast, runtime_checkable

from aipol.diagnostics import Diagnostic
from aipol.ir import Ir
from aipol.reader import DecidesMany, DrawsEdges, Tells
from aipol.source import whole_file
from aipol.target import (
    Answer,
    Artifact,
    Compiled,
    Coverage,
    Decider,
    Fetched,
    Kind,
    PolicyCoverage,
    Question,
    Serving,
    Target,
    UnreadableArtifact,
)

FOLDER = "sites"


@runtime_checkable
class Spanning(Protocol):
    """What a network target may be besides: one for all sites, such as an account in a cloud."""

    @property
    def spans_sites(self) -> bool:
        """Whether it is."""
        ...


def has_sites(target: Target) -> bool:
    """Whether there is one of it at each site: all that know people by addresses, but those."""
    spans = isinstance(target, Spanning) and target.spans_sites
    return target.identity == "networks" and not spans


def at_site(what: str, site: str) -> str:
    """`squid at berlin`, or what it is alone where it is at no single site."""
    return f"{what} at {site}" if site else what


@dataclass(frozen=True, slots=True)
class AtSites:
    """The validated settings of a target that is at sites, by site."""

    by_site: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A target where it is: at a site, or, with an empty `site`, wherever it reaches."""

    target: Target
    site: str
    ir: Ir
    settings: Any


def places(ir: Ir, settings: Mapping[str, Any], targets: Sequence[Target]) -> Iterator[Place]:
    """The configured targets, those that are at sites once for each."""
    for target in targets:
        if target.id not in settings:
            continue
        own = settings[target.id]
        if isinstance(own, AtSites):
            for site, there in sorted(own.by_site.items()):
                at: Target = cast("Target", Sited(target, site))
                yield Place(at, site, ir.sites[site], there)
        else:
            yield Place(target, "", ir, own)


@dataclass(frozen=True, slots=True)
class Sited:
    """A target at one site: its files are in a folder of the site's, its account is the site's."""

    target: Target
    site: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

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
        try:
            decider = self.target.read(own)
        except UnreadableArtifact as fault:
            raise self._unreadable(fault) from None
        many = isinstance(decider, DecidesMany)
        return _DeciderOfMany(self, decider) if many else _Decider(self, decider)

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

    def _unreadable(self, fault: UnreadableArtifact) -> UnreadableArtifact:
        return UnreadableArtifact(self.moved(fault.artifact), fault.why)


@dataclass(frozen=True)
class _Decider:
    """A reader's decider, whose answers name the files of the site."""

    sited: Sited
    decider: Decider

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """As the decider."""
        return self.decider.clients(kind)

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """As the decider."""
        return self.decider.view(identity, kind)

    def decide(self, question: Question) -> Answer:
        """As the decider. Raises UnreadableArtifact."""
        try:
            answer = self.decider.decide(question)
        except UnreadableArtifact as fault:
            raise UnreadableArtifact(self.sited.moved(fault.artifact), fault.why) from None
        return replace(answer, artifact=self.sited.moved(answer.artifact))

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """As the decider."""
        return self.decider.mentions()

    def edges(self) -> Iterable[str]:
        """As the decider, if it draws any."""
        return self.decider.edges() if isinstance(self.decider, DrawsEdges) else ()

    def told(self) -> Mapping[str, str]:
        """As the decider, if it tells any."""
        return self.decider.told() if isinstance(self.decider, Tells) else {}


class _DeciderOfMany(_Decider):
    """The same for a reader that answers for many hosts at once."""

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterable[str]:
        """As the decider."""
        return cast("DecidesMany", self.decider).blocked(hosts, identity, client)
