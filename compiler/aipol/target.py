"""What a target is, what it must account for, and what its reader must answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from aipol.audience import Region
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.model import has_errors
from aipol.ir import Ir, PolicyClause
from aipol.vocabulary import Effect, Situation, Surface, Word

if TYPE_CHECKING:
    from aipol.remote import Objects, Remote, Surroundings


class Status(Word):
    """How far a target carries out one clause of one ruling."""

    ENFORCED = "enforced"
    STRICTER = "approximated-stricter"
    LOOSER = "approximated-looser"
    UNSUPPORTED = "unsupported"
    NOT_APPLICABLE = "not-applicable"
    LICENCE_MISSING = "licence-missing"

    @property
    def holds(self) -> bool:
        """Whether the clause holds at least as strictly as written."""
        return self in (Status.ENFORCED, Status.STRICTER)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clause is not enforced exactly: a stable code, a sentence, and what would help."""

    code: str
    text: str
    advice: str = ""
    absent: bool = False
    """It only says that the target is not there: another target's reason says more."""
    by_definition: bool = False
    """The clause holds by what the situation is; no artefact carries it out."""


LONGER, EXCEPTED = ".*", "*.exception.*"
"""How a deviation ends that is about names in which more labels follow a host, and what one is
about that speaks of names below a host in which an exception stands."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where an artefact is known to answer other than the ruling says.

    `value` is the identifier (host, extension id, process ...), `*.host` for what is below a host
    (`*.*.host` for what is two labels below it, or more), `host.*` for names that nothing names, in
    which more labels follow the host, or `*` for all of the ruling's; `client` the enforcement path
    (`chrome`), one family of addresses on it (`zia/ipv6`), or `*`; `people` those it concerns;
    `found` what the artefact answers instead, where only one answer is admitted.
    """

    status: Status
    reason: Reason
    people: Region
    value: str = "*"
    client: str = "*"
    found: Effect | None = None

    def speaks_of(self, named: str, asked: str, client: str) -> bool:
        """Whether it is about `asked`, which an app is known by as `named`, on a path.

        What it says of everything below a host says nothing of names that are known otherwise; what
        it says of one host is about that host by whatever name above it the app is known, too.
        """
        if not self.concerns(client):
            return False
        place, levels = self.value, 0
        while place.startswith("*."):
            place, levels = place.removeprefix("*."), levels + 1
        if not levels:
            within = place == asked and place.endswith(f".{named}")
            return self.value in ("*", named) or within
        above, found, last = asked.rpartition(f".{place}")
        below = bool(found) and not last and above.count(".") + 1 >= levels
        return below and (named == place or place.endswith(f".{named}"))

    def concerns(self, client: str) -> bool:
        """Whether it is about an enforcement path, or one family's part of a path."""
        return self.client in ("*", client, client.partition("/")[0])


EFFECT_CLAUSE = "effect"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one target does for one clause (`effect`, `data.max`, `sso` ...) of one ruling.

    `status` sums up `deviations`: each identifier, or set of people, that differs. An empty `site`
    says that it is about every site.
    """

    ruling: str
    clause: str
    target: str
    situations: tuple[Situation, ...]
    status: Status
    reason: Reason | None = None
    artifacts: tuple[str, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    site: str = ""

    @property
    def carried_out(self) -> bool:
        """Whether an artefact makes it hold: what is allowed holds without one, too."""
        return self.status.holds and bool(self.artifacts)


@dataclass(frozen=True, slots=True)
class PolicyCoverage:
    """What one target does for one clause about the whole policy.

    `leaves` are what stays open, in words that all targets share. The value of
    a deviation is `port 53` or `*`, of what everybody sends on a way, or one of these words.
    """

    clause: PolicyClause
    target: str
    status: Status
    reason: Reason | None = None
    artifacts: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One emitted file; `path` is relative to the target's own folder, with forward slashes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Limit:
    """A vendor's limit, with where it was read and when."""

    name: str
    value: int
    source: str
    verified: date


@dataclass(frozen=True, slots=True)
class Room:
    """How much of what a device holds is used; `limit` is None where the settings say none."""

    what: str
    used: int
    limit: int | None
    setting: str
    """The setting below `targets.<id>` that says what the device holds, such as `edl_capacity`."""
    assumed: bool = False
    """The limit is the target's own default: the policy does not say it."""


class Form(StrEnum):
    """What a file is to the device that fetches it."""

    LIST = "list"
    """Entries, one a line, that a rule somewhere else refers to."""
    RULES = "rules"
    """What refers to lists, or decides by itself."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Artefacts that devices fetch by address: those whose path is like `pattern`, `*` any text.

    `address` is the setting that tells devices where they are, such as `edl_url`, if there is one.
    """

    pattern: str
    form: Form
    address: str = ""

    def takes(self, path: str) -> bool:
        """Whether it is about this artefact."""
        return fnmatchcase(path, self.pattern)


class Kind(Word):
    """What a reader can be asked about."""

    HOST = "host"
    """A host name a person opens; no vendor counts it as AI."""
    EXTENSION = "extension"
    """`store:id` of a browser or editor extension."""
    PROGRAM = "program"
    """`platform:form:value`, such as `macos:process:ChatGPT` or `windows:exe:chatgpt.exe`."""
    FEATURE = "feature"
    """A built-in feature, by its catalogue id."""
    DATA = "data"
    """`app/data class`: giving data of that class to that app."""
    HEADER = "header"
    """A host whose connections must carry a tenant header; see `Answer.detail`."""
    HELD = "held"
    """A host where an obligation, the client, is carried out: detail `held`."""
    URL = "url"
    """A web address, such as `https://chat.example/anonymous/`, as a request asks for it."""
    CATEGORY = "category"
    """A host that the vendor counts as AI: what the rules about such hosts do, and no lists."""
    WAY = "way"
    """A new connection out, such as `udp/443 to 192.0.2.1` or `gre to 192.0.2.1`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One use, as the enforcement point sees it; the paths of a `way` are `ipv4` and `ipv6`.

    `identity` is the platform's names of all groups the person is in, or one source address.
    """

    kind: Kind
    value: str
    identity: frozenset[str]
    client: str
    situation: Situation


@dataclass(frozen=True, slots=True)
class Answer:
    """What an artefact makes the vendor do, and the place (`locator`) that makes it so.

    `effect` None means that nothing speaks about it; `detail` is a header's value and the like.
    """

    effect: Effect | None
    artifact: str = ""
    locator: str = ""
    detail: str = ""


class Decider(Protocol):
    """Artefacts read back: decides as the vendor would, knowing nothing of the policy."""

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """The enforcement paths that each answer such questions on their own."""
        ...

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """Which objects apply to a subject; equal views answer questions of `kind` alike."""
        ...

    def decide(self, question: Question) -> Answer:
        """The vendor's decision."""
        ...

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """Every identifier in the artefacts, so that strangers among them are probed."""
        ...


class UnreadableArtifact(Exception):
    """A reader met bytes that it cannot account for; says which artefact and why."""

    def __init__(self, artifact: str, why: str) -> None:
        super().__init__(f"{artifact}: {why}")
        self.artifact, self.why = artifact, why


S = TypeVar("S")
N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Lowered(Generic[N]):
    """A target's own objects with the account of what they enforce."""

    model: N
    coverage: tuple[Coverage, ...]
    findings: tuple[Diagnostic, ...] = ()
    rooms: tuple[Room, ...] = ()
    """What the files that devices fetch take up."""
    policy: tuple[PolicyCoverage, ...] = ()
    """What it does for clauses about the whole policy."""
    idle: frozenset[str] = frozenset()
    """Settings of those that files tell of which nothing in these files has occasion to follow."""
    indistinct: tuple[str, ...] = ()
    """Paths (`dnsmasq`, `zia/ipv6`) that cannot let gateways through; all others do."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a target made of a policy."""

    artifacts: tuple[Artifact, ...]
    coverage: tuple[Coverage, ...]
    findings: tuple[Diagnostic, ...]
    rooms: tuple[Room, ...] = ()
    policy: tuple[PolicyCoverage, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict[str, str])
    """What its reader must find the artefacts to say of settings: see `aipol.reader.Tells`."""
    indistinct: tuple[str, ...] = ()  # see `Lowered`


class Target(Protocol):
    """One enforcement point's compiler back end."""

    @property
    def id(self) -> str:
        """The name by which a policy configures it."""
        ...

    @property
    def title(self) -> str:
        """The name people know it by."""
        ...

    @property
    def identity(self) -> str:
        """Which identity of a group the target sees: `jamf`, `entra` or `networks`."""
        ...

    @property
    def reach(self) -> tuple[Situation, ...]:
        """Where it can act at all."""
        ...

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """The ways to reach an app that it can act on."""
        ...

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The vendor's limits that it keeps to."""
        ...

    @property
    def settings(self) -> type[Any]:
        """A strict pydantic model of what `targets.<id>` may say."""
        ...

    def compile(self, ir: Ir, settings: Any) -> Compiled:
        """Rulings to artefacts, with each clause accounted for once a situation in reach."""
        ...

    def read(self, files: Mapping[str, bytes], /) -> Decider:
        """Artefacts to decisions. Raises UnreadableArtifact."""
        ...


def stage(place: str) -> Callable[..., Any]:
    """The function at `module:name`, imported when first called: listing targets stays quick."""
    module, _, name = place.partition(":")
    return lambda *given: getattr(import_module(module), name)(*given)  # noqa: PLW0108 - later


@dataclass(frozen=True, slots=True)
class StagedTarget(Generic[S, N]):
    """A target made of three functions; the usual way to be one."""

    id: str
    title: str
    identity: str
    reach: tuple[Situation, ...]
    surfaces: tuple[Surface, ...]
    limits: tuple[Limit, ...]
    settings: type[S]
    lower: Callable[[Ir, S], Lowered[N]]
    render: Callable[[N], tuple[Artifact, ...]]
    read: Callable[[Mapping[str, bytes]], Decider]
    fetched: tuple[Fetched, ...] = ()
    spans_sites: bool = False
    waits_for: tuple[str, ...] = ()
    remote: Callable[[S, Surroundings], Remote] | None = None
    """Opens the vendor's side, asking nothing; None where aipol cannot push. Raises Unusable."""
    writes_on: str = ""
    """The one system on which aipol can write to the vendor, such as Windows; else a hand does."""
    objects: Callable[[str], Objects] | None = None
    """What is pushed for the organisation of an identifier, told without the vendor's side."""

    def compile(self, ir: Ir, settings: S) -> Compiled:
        """Lower, then render; nothing is rendered when lowering found an error."""
        lowered = self.lower(ir, settings)
        artifacts = () if has_errors(lowered.findings) else self.render(lowered.model)
        account = (lowered.coverage, lowered.findings, lowered.rooms, lowered.policy)
        told: Mapping[str, str] = getattr(settings, "told", {})
        followed = {name: said for name, said in told.items() if name not in lowered.idle}
        return Compiled(artifacts, *account, followed, lowered.indistinct)
