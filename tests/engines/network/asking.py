"""Asks each program about a drawn policy, by every path on which it decides."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aipol.target import Kind, Question, Target
from aipol.vocabulary import Situation
from aipol_targets.common.network.reading import address_of
from aipol_targets.dns.target import DNS
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.haproxy.target import HAPROXY
from aipol_targets.pac.target import PAC
from aipol_targets.squid.target import SQUID
from aipol_targets.suricata.target import SURICATA

IPV6 = ("2001:db8:20::5", "2001:db8:99::1")
"""An address of a drawn network, and one of nobody's."""
WAYS = {"DIRECT": False, "PROXY 127.0.0.1:9": True, "PROXY proxy.test:8080": True}

Answers = Sequence[bool | None]
Programs = tuple[Path, ...]


@dataclass(frozen=True)
class Running:
    """A program with a policy's files."""

    ask: Callable[[Sequence[Any]], Answers]
    """Whether each of the probes is blocked, None where nobody knows."""
    wrong: Callable[[], Iterable[str]] = tuple
    """What it does otherwise than its reader says where a question has more than one name."""


@dataclass(frozen=True)
class Engine:
    """What is started for a policy, by which paths it decides, and what else it is asked."""

    target: Target
    clients: tuple[str, ...]
    programs: tuple[str, ...]
    start: Callable[[Any, Any, Programs], AbstractContextManager[Running]]
    addresses: tuple[str, ...] = ()
    """Source addresses besides those of the policy's networks on loopback."""
    literals: bool = True
    """Whether a client can name an address where a host should be."""

    def probes(self, kit: Any, files: Any) -> Iterator[Any]:
        """All questions about a policy that have one name."""
        yield from kit.comparing.probes(files, self.clients)
        literal = kit.comparing.LITERAL
        for client in self.clients:
            for source in files.sources if self.literals else ():
                yield kit.comparing.Probe(client, source, literal, literal)
            for source in self.addresses:
                for host in files.hosts:
                    yield kit.comparing.Probe(client, source, host, host)


def _at_once(answer: Callable[[Any], bool | None]) -> Callable[[Sequence[Any]], Answers]:
    """Ask some questions at a time."""

    def ask(probes: Sequence[Any]) -> Answers:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(answer, probes))

    return ask


# --- squid ----------------------------------------------------------------------------------------


@contextmanager
def squid(kit: Any, files: Any, programs: Programs) -> Iterator[Running]:
    """By the requested host, and by the name in a handshake after an innocent request."""
    innocent, literal = kit.comparing.INNOCENT, kit.comparing.LITERAL
    hosts = (*files.hosts, innocent)
    with kit.decrypting.started(files, kit.servers, programs, hosts) as proxy:

        def answer(probe: Any) -> bool | None:
            if probe.client == "squid":
                denied: bool | None = proxy.denies(probe.source, probe.spelling)
                return denied
            # A handshake has no address for a name; without any, only the request is left.
            named = probe.spelling if probe.host != literal else None
            return proxy.get(probe.source, innocent, named) is None

        def wrong() -> Iterator[str]:
            yield from _of_two_names(proxy, files, innocent, literal)
            yield from _inside(proxy, files)

        yield Running(_at_once(answer), wrong)


def _of_two_names(proxy: Any, files: Any, innocent: str, literal: str) -> Iterator[str]:
    """Where squid decides otherwise when a request and its handshake differ."""
    draw = random.Random(len(files.hosts))  # noqa: S311 - for tests, not for secrets
    pairs = [
        pair
        for source in _one_of_each(files)
        for host in (*files.claimed, *draw.sample(files.hosts, 20))
        for pair in (
            (source, host, innocent),
            (source, literal, host),
            (source, host, draw.choice(files.claimed)),
        )
    ]

    def stopped(pair: tuple[str, str, str]) -> bool:
        found = proxy.get(*pair)
        return found is None or found[0] == 403

    for pair, found in zip(pairs, _at_once(stopped)(pairs), strict=True):
        said = _stops(files, *pair)
        if found is not said:
            yield f"{pair}: {found}, the reader says {said}"


def _stops(files: Any, source: str, requested: str, name: str) -> bool:
    """What the reader says of a request for one host with the name of another in its handshake."""
    line = files.decider._proxy._handshake(address_of(frozenset({source})), requested, name)
    denied: bool = files.blocks("squid", source, requested)
    return denied or line.action == "terminate"


def _inside(proxy: Any, files: Any) -> Iterator[str]:
    """Where squid decrypts other hosts than the reader says, or sends other headers."""
    own = ("example-TENANT", "mine")
    header = f"{': '.join(own)}\r\n"
    for source in _one_of_each(files):
        for host in dict.fromkeys((*files.claimed, *(f"www.{each}" for each in files.claimed))):
            if host not in files.hosts or files.blocks("squid", source, host):
                continue
            reached = proxy.get(source, host, host, header=header)
            held = _detail(files, Kind.HELD, source, host, "inspect_tls")
            if reached is None or reached[0] != 200 or reached[2] is not bool(held):
                yield f"{source} {host}: {reached}, the reader says {held or 'not decrypted'}"
                continue
            lines = _detail(files, Kind.HEADER, source, host, "squid").split("\n")
            pairs = (line.partition(": ") for line in lines if line)
            wanted = {name: value for name, _, value in pairs}
            if "Example-Tenant" not in wanted:
                wanted[own[0]] = own[1]
            sent = {key: text for key, text in reached[1].items() if "tenant" in key.lower()}
            if sent != wanted:
                yield f"{source} {host}: {sent}, the reader says {wanted}"


def _detail(files: Any, kind: Kind, source: str, host: str, client: str) -> str:
    here = Situation.UNMANAGED_CORPORATE
    question = Question(kind, host, frozenset({source}), client, here)
    detail: str = files.decider.decide(question).detail
    return detail


def _one_of_each(files: Any) -> Iterator[str]:
    """An address of every segment, and of the gateways."""
    return (addresses[0] for addresses in files.seats.values())


# --- other proxies --------------------------------------------------------------------------------


@contextmanager
def e2guardian(kit: Any, files: Any, programs: Programs) -> Iterator[Running]:
    """By the requested host, and by the name in a handshake after an innocent request."""
    asked, innocent = kit.proxying, kit.comparing.INNOCENT
    with asked.filtering(files, programs[0], kit.servers) as port:

        def answer(probe: Any) -> bool | None:
            if probe.client == "e2guardian":
                found = asked.connect(port, probe.source, probe.spelling)
                return {b"200": False, b"302": True}.get(found.split()[1])
            named = probe.spelling if probe.host != kit.comparing.LITERAL else None
            hello = kit.packets.client_hello(named)
            return {hello: False, b"": True}.get(asked.connect(port, probe.source, innocent, hello))

        def wrong() -> Iterator[str]:
            for source in _one_of_each(files):
                for host in dict.fromkeys(files.claimed):
                    blocked = files.blocks("e2guardian", source, host)
                    page = asked.get(port, source, host)
                    if (b"X-Reached" in page, b"Blocked site" in page) != (not blocked, blocked):
                        yield f"{source} {host}: {page[:80]!r}, the reader says {blocked}"

        yield Running(_at_once(answer), wrong)


@contextmanager
def haproxy(kit: Any, files: Any, programs: Programs) -> Iterator[Running]:
    """By the name in a handshake, and by the host of a plain request."""
    with (
        kit.fronting.origin() as behind,
        kit.fronting.proxied(files, kit.servers, kit.packets, programs[0], behind) as proxy,
    ):

        def answer(probe: Any) -> bool | None:
            found: bool | None = proxy.blocks(probe.client, probe.source, probe.spelling)
            return found

        yield Running(_at_once(answer))


# --- what is asked in one go ----------------------------------------------------------------------


@contextmanager
def suricata(kit: Any, files: Any, programs: Programs) -> Iterator[Running]:
    """What it stops in a capture."""
    directory: Path = files.directory / "log"
    emitted = {each.path: each.content for each in files.build.runs[0].compiled.artifacts}

    def ask(probes: Sequence[Any]) -> Answers:
        asked = [(each.client, each.source, each.spelling) for each in probes]
        found = kit.capturing.stopped(programs[0], kit.packets, directory, emitted, asked)
        return [each in found for each in asked]

    yield Running(ask)


@contextmanager
def advice(kit: Any, files: Any, programs: Programs, *, engine: str) -> Iterator[Running]:
    """The way that an interpreter is given; any proxy is not the direct one."""
    table = (files.directory / "handout.csv").read_text()
    handout = SimpleNamespace(text={"handout.csv": table})

    def ask(probes: Sequence[Any]) -> Answers:
        found: dict[Any, bool | None] = {}
        paths = {each: kit.advising.handed(handout, each.source) for each in probes}
        for path in dict.fromkeys(paths.values()):
            some = [each for each in probes if paths[each] == path]
            hosts = [each.spelling for each in some]
            # A gateway is handed no file, and goes where it likes.
            ways = (
                kit.advising.ASKING[engine](programs[0], files.directory / path, hosts)
                if path
                else ["DIRECT"] * len(hosts)
            )
            found |= dict(zip(some, map(WAYS.get, ways), strict=True))
        return [found[each] for each in probes]

    yield Running(ask)


@contextmanager
def resolver(kit: Any, files: Any, programs: Programs, *, client: str) -> Iterator[Running]:
    """Whether a name is denied an address."""
    with kit.resolving.started(client, files, kit.servers, programs[0]) as running:

        def ask(probes: Sequence[Any]) -> Answers:
            found: dict[Any, bool | None] = {}
            for source in dict.fromkeys(each.source for each in probes):
                some = [each for each in probes if each.source == source]
                names = [each.spelling for each in some]
                answers = kit.resolving.resolved_all(running.port, source, names)
                denied = (None if each is None else not each for each in answers)
                found |= dict(zip(some, denied, strict=True))
            return [found[each] for each in probes]

        yield Running(ask)


def _resolver(client: str, program: str) -> Engine:
    return Engine(DNS, (client,), (program,), partial(resolver, client=client), literals=False)


def _advice(engine: str) -> Engine:
    return Engine(PAC, ("pac",), (engine,), partial(advice, engine=engine), IPV6)


ENGINES = {
    "squid": Engine(SQUID, ("squid", "squid-sni"), ("squid", "openssl"), squid),
    "e2guardian": Engine(E2GUARDIAN, ("e2guardian", "e2guardian-sni"), ("e2guardian",), e2guardian),
    "haproxy": Engine(HAPROXY, ("tls", "http"), ("haproxy",), haproxy),
    "suricata": Engine(SURICATA, ("dns", "http", "tls"), ("suricata",), suricata, IPV6),
    "pactester": _advice("pactester"),
    "node": _advice("node"),
    "bind": _resolver("bind", "named"),
    "unbound": _resolver("unbound", "unbound"),
    "unbound-local": _resolver("unbound-local", "unbound"),
    "knot": _resolver("knot", "kresd"),
    "powerdns": _resolver("powerdns", "pdns_recursor"),
    "dnsmasq": _resolver("dnsmasq", "dnsmasq"),
    "hosts": _resolver("hosts", "dnsmasq"),
}
