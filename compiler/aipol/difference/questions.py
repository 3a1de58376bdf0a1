"""Turns a policy, and what readers know of artefacts, into everything to ask both readers of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aipol.catalogue.model import IdentifierKind
from aipol.domains import Intent, parents
from aipol.hosts import header_hosts
from aipol.ir import Ir
from aipol.target import Decider, Kind
from aipol.verify.probes import address_probes, probes_of
from aipol.verify.reference import DEEP, HostReference
from aipol.vocabulary import Surface

Use = tuple[str, Surface]
UNLISTED = "unlisted-ai.example"
"""A name under a top-level domain that is kept for examples: no app has it."""

_OF_HOSTS = (Kind.HEADER, Kind.HELD, Kind.CATEGORY)
_KINDS = {
    "cli:binary": (IdentifierKind.BINARY, IdentifierKind.COMMAND),
    "macos:bundle": (IdentifierKind.BUNDLE_ID,),
    "macos:process": (IdentifierKind.PROCESS,),
    "windows:exe": (IdentifierKind.EXE,),
}
_BELOW = {"exact": (True, False), "subtree": (True, True), "children": (False, True)}


@dataclass(frozen=True, slots=True)
class Thing:
    """One identifier; a `form` is the only path that knows it, and without one all do."""

    kind: Kind
    value: str
    form: str = ""

    @property
    def name(self) -> str:
        """As a person knows it."""
        below = self.value.removeprefix(f"{DEEP}.")
        return self.value if below == self.value else f"*.{below}"


def needed(ir: Ir, deciders: Iterable[Decider]) -> dict[Thing, str]:
    """What nothing may block, as far as readers can be asked, and what it is needed for.

    What stops a program names it, so that programs are among what is mentioned; so is a host that
    is below a protected one, of which the protected one's own answer says nothing.
    """
    found: dict[Thing, str] = {}
    every = tuple(deciders)
    by_category = any(decider.clients(Kind.CATEGORY) for decider in every)
    for name, purpose in (*_protected(ir), *_mentioned_below(ir, every)):
        found[Thing(Kind.HOST, name)] = purpose
        if by_category:
            found[Thing(Kind.CATEGORY, name)] = purpose
    for decider in every:
        for kind, value in decider.mentions():
            form = value.rpartition(":")[0]
            for known in _KINDS.get(form, ()) if kind is Kind.PROGRAM else ():
                breaks = ir.indispensable.broken_by(known, value.removeprefix(f"{form}:"))
                if breaks:
                    found[Thing(kind, value, form)] = breaks
    return found


def _protected(ir: Ir) -> Iterator[tuple[str, str]]:
    for host, match, purpose in ir.protected_hosts:
        names = (host, f"{DEEP}.{host}")
        yield from ((n, purpose) for n, meant in zip(names, _BELOW[match], strict=True) if meant)


def _mentioned_below(ir: Ir, deciders: Iterable[Decider]) -> Iterator[tuple[str, str]]:
    """The hosts that readers speak of which are below protected ones, and what is below those."""
    above = {host: purpose for host, match, purpose in ir.protected_hosts if _BELOW[match][1]}
    for decider in deciders:
        for kind, value in decider.mentions():
            host = value.casefold()
            found = next((n for n in parents(host) if n in above), "") if kind is Kind.HOST else ""
            if found:
                yield from ((name, above[found]) for name in (host, f"{DEEP}.{host}"))


@dataclass
class Questions:
    """What is asked of both readers."""

    ir: Ir
    deciders: tuple[Decider, ...]
    uses: dict[Thing, set[Use]] = field(default_factory=dict[Thing, set[Use]])
    """The uses that people have by each thing; none of those of no app."""
    needed: dict[Thing, str] = field(init=False)
    """What things are needed for that nothing may block."""

    def __post_init__(self) -> None:
        """Everything that either reader can be asked about."""
        self._reference = HostReference(self.ir)
        self._probes()
        self._mentions()
        self.needed = needed(self.ir, self.deciders)
        for thing in self.needed:
            self._note(thing)
        hosts = [thing for thing in self.uses if thing.kind is Kind.HOST]
        for kind in _OF_HOSTS:
            if any(decider.clients(kind) for decider in self.deciders):
                self._of_hosts(kind, hosts)

    def _note(self, thing: Thing, uses: Iterable[Use] = ()) -> None:
        self.uses.setdefault(thing, set()).update(uses)

    def _probes(self) -> None:
        for ruling in self.ir.rulings:
            use = (ruling.app, ruling.surface)
            asked = [*probes_of(self.ir, ruling)]
            for decider in self.deciders:
                asked += address_probes(self.ir, ruling, decider)
            for probe in asked:
                form = "" if probe.kind in {Kind.HOST, Kind.URL} else probe.form
                self._note(Thing(probe.kind, probe.value, form), (use,))

    def _mentions(self) -> None:
        """What artefacts speak of: that no app is known by it matters, too."""
        # Names and ids are the same in either case wherever they are compared.
        known = {(thing.kind, thing.value.casefold()) for thing in self.uses}
        for decider in self.deciders:
            for kind, value in decider.mentions():
                if kind is Kind.HOST:
                    for host in (value, f"{DEEP}.{value}"):
                        self._note(Thing(kind, host), self._speaking(host))
                elif kind is Kind.DATA:
                    self._note(Thing(kind, value), self._given(value.rpartition("/")[0]))
                elif kind is not Kind.HEADER and (kind, value.casefold()) not in known:
                    form = {Kind.URL: "", Kind.FEATURE: value}.get(kind, value.rpartition(":")[0])
                    self._note(Thing(kind, value, form))

    def _given(self, app: str) -> Iterator[Use]:
        """All uses of an app: data is the same to a reader whichever of them it is given to."""
        return (use for use in self.ir.by_use if use[0] == app)

    def _speaking(self, host: str) -> Iterator[Use]:
        for claim in self._reference.speaking(host):
            yield from ((claim.app, s) for s in claim.surfaces if (claim.app, s) in self.ir.by_use)

    def _of_hosts(self, kind: Kind, hosts: list[Thing]) -> None:
        if kind is Kind.CATEGORY:
            self._note(Thing(kind, UNLISTED))
        elif kind is Kind.HEADER:
            sent = {name for app in self.ir.apps.values() for name in _sent(header_hosts(app))}
            hosts = [Thing(Kind.HOST, name) for name in sorted(sent)]
        for host in hosts:
            uses = self.uses.get(host) or self._speaking(host.value)
            self._note(Thing(kind, host.value), uses)


def _sent(hosts: Iterable[tuple[str, Intent]]) -> Iterator[str]:
    for host, intent in hosts:
        yield host
        if intent is not Intent.EXACT:
            yield f"{DEEP}.{host}"
