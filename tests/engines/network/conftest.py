"""What the tests that ask real engines share: a policy, its files, and something to reach."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aipol.bypasses import BYPASS_SWITCHES
from aipol.catalogue.model import Match
from aipol.ir import Gateway, Group, Ir, Obligations
from aipol.pipeline import Build, build
from aipol.target import Artifact, Decider, Kind, Question, Target
from aipol.vocabulary import Effect, Situation
from aipol_targets.dns.target import DNS
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.squid.target import SQUID
from tests.engines.network import (
    advising,
    asking,
    capturing,
    comparing,
    decrypting,
    drawing,
    fronting,
    packets,
    proxying,
    resolving,
    routing,
)
from tests.unit.targets.network import policies


@pytest.fixture(scope="session")
def small() -> ModuleType:
    """The module that writes small policies."""
    return policies


@pytest.fixture(name="resolving", scope="session")
def _resolving() -> ModuleType:
    """The module that starts resolvers and asks them."""
    return resolving


@pytest.fixture(name="proxying", scope="session")
def _proxying() -> ModuleType:
    """The module that starts proxies and asks them."""
    return proxying


@pytest.fixture(name="packets", scope="session")
def _packets() -> ModuleType:
    """The module that makes what clients send."""
    return packets


@pytest.fixture(name="decrypting", scope="session")
def _decrypting() -> ModuleType:
    """The module that starts a squid that looks into TLS."""
    return decrypting


@pytest.fixture(name="fronting", scope="session")
def _fronting() -> ModuleType:
    """The module that starts an HAProxy."""
    return fronting


@pytest.fixture(name="capturing", scope="session")
def _capturing() -> ModuleType:
    """The module that replays captures to a Suricata."""
    return capturing


@pytest.fixture(name="advising", scope="session")
def _advising() -> ModuleType:
    """The module that asks interpreters of proxy auto-config files."""
    return advising


@pytest.fixture(name="asking", scope="session")
def _asking() -> ModuleType:
    """The module that asks each program about a drawn policy."""
    return asking


@pytest.fixture(name="comparing", scope="session")
def _comparing() -> ModuleType:
    """The module that says where answers differ."""
    return comparing


@pytest.fixture(name="drawing", scope="session")
def _drawing() -> ModuleType:
    """The module that draws policies."""
    return drawing


@pytest.fixture(name="routing", scope="session")
def _routing() -> ModuleType:
    """The module that puts a router between two networks."""
    return routing


@dataclass(frozen=True)
class Emitted:
    """Files of one policy where an engine can read them, and what their reader makes of them."""

    directory: Path
    decider: Decider
    hosts: tuple[str, ...]
    sources: tuple[str, ...]
    """One address of every segment, and the gateway's."""
    claimed: tuple[str, ...]
    """The hosts of apps, without their neighbours."""

    def blocks(self, client: str, address: str, host: str) -> bool:
        """Whether the reader says that the host is blocked."""
        question = Question(
            Kind.HOST, host, frozenset({address}), client, Situation.UNMANAGED_CORPORATE
        )
        return self.decider.decide(question).effect is Effect.BLOCK


FINANCE, ENGINEERING, GATEWAY, ANYBODY = "127.0.0.5", "127.0.0.6", "127.0.0.9", "127.0.0.1"
SOURCES = (FINANCE, ENGINEERING, GATEWAY, ANYBODY)


def policy(small: Any) -> Ir:
    """Every kind of pattern and of nesting, with networks on loopback."""
    gateway = Gateway("gateway", "gateway.test", (f"{GATEWAY}/32",))
    networks = {"finance": (f"{FINANCE}/32",), "engineering": (f"{ENGINEERING}/32",)}
    base = small.everything(networks=networks, gateways=(gateway,))
    watched = small.Rule(
        ("watched",), ("finance",), Effect.ALLOW, obligations=Obligations(inspect_tls=True)
    )
    inspected = small.app("watched", "watched.test", small.domain("kids.test", Match.CHILDREN))
    below = small.app("below", "closed.watched.test")
    resolved: Ir = small.resolve(
        replace(base, apps=(*base.apps, inspected, below), rules=(*base.rules, watched))
    )
    return resolved


@pytest.fixture(scope="session")
def emitted(small: ModuleType) -> Iterator[Emitted]:
    """Squid's files of the small policy, in a directory that any user can read."""
    with readable_directory() as directory:
        yield write(SQUID, policy(small), directory, small)


@pytest.fixture(scope="session")
def grouped(small: ModuleType) -> Iterator[Emitted]:
    """The same for e2guardian."""
    with readable_directory() as directory:
        yield write(E2GUARDIAN, policy(small), directory, small)


@pytest.fixture(scope="session")
def answered(small: ModuleType) -> Iterator[Emitted]:
    """The same for resolvers."""
    with readable_directory() as directory:
        yield write(DNS, policy(small), directory, small)


def write(
    target: Target, ir: Ir, directory: Path, small: Any, sources: tuple[str, ...] = SOURCES
) -> Emitted:
    """Compile a policy into a directory, with paths that point there."""
    compiled = target.compile(ir, settings_for(target, ir, directory, small))
    assert compiled.findings == ()
    decider = put(target, compiled.artifacts, directory)
    return Emitted(directory, decider, asked_about(small, ir), sources, claimed_by(ir))


def put(target: Target, artifacts: Iterable[Artifact], directory: Path) -> Decider:
    """Write the files where an engine can read them; what the reader makes of them."""
    files = {artifact.path: artifact.content for artifact in artifacts}
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (directory / "log").mkdir()
    (directory / "log").chmod(0o777)
    return target.read(files)


def claimed_by(ir: Ir) -> tuple[str, ...]:
    """The hosts of apps."""
    return tuple(found.domain for app in ir.apps.values() for found in app.app.domains)


def asked_about(small: Any, ir: Ir) -> tuple[str, ...]:
    """The hosts of apps and of gateways, and switches, each with its neighbours."""
    gateways = (gateway.host for gateway in ir.gateways.values())
    hosts: tuple[str, ...] = small.probes((*claimed_by(ir), *gateways, *BYPASS_SWITCHES))
    return tuple(host for host in hosts if max(map(len, host.split("."))) < 64)


def settings_for(target: Target, ir: Ir, directory: Path, small: Any) -> Any:
    """What a target is told, with paths that point into the directory."""
    where = directory.as_posix()
    tls, http = Servers.two_free_ports()
    choices: dict[str, Any] = {
        "squid": {"directory": where, "log": f"{where}/log/aipol.log"},
        "haproxy": {
            "tls_backend": "reached",
            "http_backend": "reached-http",
            "tls_bind": f"127.0.0.1:{tls}",
            "http_bind": f"127.0.0.1:{http}",
            "directory": where,
        },
        "e2guardian": {"directory": where, "base": "/etc/e2guardian/e2guardianf1.conf"},
        "dns": {
            "outputs": small.RESOLVERS,
            # Loopback, where the tests ask from, is not among them: it has rules all the same.
            "resolver_clients": ("10.0.0.0/8",),
            "bind_directory": where,
            "unbound_directory": where,
            "knot_directory": where,
            "powerdns_directory": where,
        },
        "pac": {"gateways": dict.fromkeys(ir.gateways, "proxy.test:8080")},
        "suricata": {},
    }
    return small.SETTINGS[target.id](**choices[target.id])


def on_loopback(ir: Ir) -> Ir:
    """Every group with networks at an address of its own."""
    listed = [name for name, group in ir.groups.items() if group.networks]
    places = {name: (f"127.1.0.{number}/32",) for number, name in enumerate(listed, start=1)}

    def moved(group: Group) -> Group:
        return replace(group, networks=places.get(group.name, ()))

    gateways = {
        name: replace(gateway, networks=("127.1.0.200/32",))
        for name, gateway in ir.gateways.items()
    }
    groups = {name: moved(group) for name, group in ir.groups.items()}
    return replace(ir, groups=groups, gateways=gateways)


@dataclass(frozen=True)
class Drawn(Emitted):
    """The same for a drawn policy, with what the pipeline made of it."""

    build: Build
    seats: Mapping[str, tuple[str, ...]]
    """The addresses by whose they are: a segment's, or the gateways'."""


@pytest.fixture(scope="session")
def drawn(
    small: ModuleType, drawing: Any, comparing: Any
) -> Callable[[Target, int], AbstractContextManager[Drawn]]:
    """Write the files of the policy of a number, which are verified first."""

    @contextmanager
    def place(target: Target, seed: int) -> Iterator[Drawn]:
        ir = drawing.resolved(seed)
        ir = without_ipv6(ir) if target is E2GUARDIAN else ir
        with readable_directory() as directory:
            settings = settings_for(target, ir, directory, small)
            made = build(ir, {target.id: settings}, (target,))
            assert [finding.message for finding in made.findings] == [], seed
            decider = put(target, made.runs[0].compiled.artifacts, directory)
            seats = comparing.addresses(ir)
            yield Drawn(
                directory,
                decider,
                asked_about(small, ir),
                tuple(address for each in seats.values() for address in each),
                claimed_by(ir),
                made,
                seats,
            )

    return place


def without_ipv6(ir: Ir) -> Ir:
    """The policy as a target can have it that knows IPv4 addresses only."""
    groups = {
        name: replace(group, networks=tuple(each for each in group.networks if ":" not in each))
        for name, group in ir.groups.items()
    }
    return replace(ir, groups=groups)


@contextmanager
def readable_directory() -> Iterator[Path]:
    """A temporary directory for a server that gives up its privileges."""
    with tempfile.TemporaryDirectory(prefix="aipol-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


@pytest.fixture(scope="session")
def written(small: ModuleType) -> Callable[..., AbstractContextManager[Emitted]]:
    """Write another policy's files for a target, to be asked from these addresses."""

    @contextmanager
    def start(target: Target, ir: Ir, sources: tuple[str, ...]) -> Iterator[Emitted]:
        with readable_directory() as directory:
            yield write(target, on_loopback(ir), directory, small, sources)

    return start


@pytest.fixture(scope="session")
def resolver(servers: type[Servers], resolving: Any) -> Callable[..., AbstractContextManager[Any]]:
    """Start a resolver with a policy's files; the result asks it."""

    @contextmanager
    def start(client: str, emitted: Emitted, program: Path) -> Iterator[Any]:
        with resolving.started(client, emitted, servers, program) as ask:
            yield ask

    return start


@pytest.fixture(scope="session")
def servers() -> type[Servers]:
    """How servers are started."""
    return Servers


class Servers:
    """Short-lived servers on loopback."""

    # Below the ports that the system gives to whoever connects: one of those may be taken between
    # asking for it and the server's start. Processes that run beside each other begin elsewhere.
    _ports = itertools.cycle(range(10_000 + os.getpid() * 61 % 20_000, 32_000))

    @classmethod
    def free_port(cls) -> int:
        """A port that nothing listens on, over TCP or UDP, and that was not given before."""
        return next(port for port in cls._ports if _is_free(port))

    @classmethod
    def two_free_ports(cls) -> tuple[int, int]:
        """Two of them."""
        return cls.free_port(), cls.free_port()

    @staticmethod
    @contextmanager
    def running(
        command: Sequence[str | Path], ready: Callable[[], bool], log: Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A server for as long as the block runs."""
        with running(command, ready, log) as server:
            yield server


def _is_free(port: int) -> bool:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
    ):
        try:
            stream.bind(("127.0.0.1", port))
            datagram.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def running(
    command: Sequence[str | Path], ready: Callable[[], bool], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as the block runs."""
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, stdout=out, stderr=out, start_new_session=True, cwd=log.parent
        ) as server,
    ):
        try:
            deadline = time.monotonic() + 20
            while not ready():
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"{command[0]} did not start:\n{log.read_text()[-3000:]}")
                time.sleep(0.02)
            yield server
        finally:
            server.kill()
