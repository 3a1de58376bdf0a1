"""What the tests that ask real engines share: a policy, its files, and something to reach."""

from __future__ import annotations

import importlib.util
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aipol.hosts import BYPASS_SWITCHES
from aipol.ir import Gateway, Ir
from aipol.target import Decider, Kind, Question
from aipol.vocabulary import Effect, Situation
from aipol_targets.egress.settings import EgressSettings
from aipol_targets.egress.target import EGRESS

PATH = Path(__file__).parents[2] / "unit" / "targets" / "egress" / "policies.py"


@pytest.fixture(scope="session")
def small() -> ModuleType:
    """The module that writes small policies."""
    name = "egress_policies"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, PATH)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


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
    resolved: Ir = small.resolve(small.everything(networks=networks, gateways=(gateway,)))
    return resolved


@pytest.fixture(scope="session")
def emitted(small: ModuleType) -> Iterator[Emitted]:
    """The files of the small policy, in a directory that any user can read."""
    with readable_directory() as directory:
        ir = policy(small)
        yield write(ir, directory, small)


def write(ir: Ir, directory: Path, small: Any, sources: tuple[str, ...] = SOURCES) -> Emitted:
    """Compile a policy into a directory, with paths that point there."""
    where = directory.as_posix()
    settings = EgressSettings(
        squid_directory=where,
        squid_log=f"{where}/log/aipol.log",
        bind_directory=where,
        unbound_directory=where,
    )
    compiled = EGRESS.compile(ir, settings)
    assert compiled.findings == ()
    for artifact in compiled.artifacts:
        path = directory / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    (directory / "log").mkdir()
    (directory / "log").chmod(0o777)
    decider = EGRESS.read({each.path: each.content for each in compiled.artifacts})
    claimed = tuple(found.domain for app in ir.apps.values() for found in app.app.domains)
    hosts = small.probes((*claimed, "gateway.test", *BYPASS_SWITCHES))
    return Emitted(directory, decider, hosts, sources, claimed)


@contextmanager
def readable_directory() -> Iterator[Path]:
    """A temporary directory for a server that gives up its privileges."""
    with tempfile.TemporaryDirectory(prefix="aipol-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


@pytest.fixture(scope="session")
def written(
    small: ModuleType,
) -> Callable[[Ir, tuple[str, ...]], AbstractContextManager[Emitted]]:
    """Write another policy's files, to be asked from these addresses."""

    @contextmanager
    def start(ir: Ir, sources: tuple[str, ...]) -> Iterator[Emitted]:
        with readable_directory() as directory:
            yield write(ir, directory, small, sources)

    return start


@pytest.fixture(scope="session")
def servers() -> type[Servers]:
    """How servers are started."""
    return Servers


class Servers:
    """Short-lived servers on loopback."""

    @staticmethod
    def free_port() -> int:
        """A port that nothing listens on."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            return int(server.getsockname()[1])

    @staticmethod
    @contextmanager
    def running(
        command: Sequence[str | Path], ready: Callable[[], bool], log: Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A server for as long as the block runs."""
        with running(command, ready, log) as server:
            yield server


@contextmanager
def running(
    command: Sequence[str | Path], ready: Callable[[], bool], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as the block runs."""
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True) as server,
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


# --- name servers ---------------------------------------------------------------------------------

ALLOWED, BLOCKED = 0, 3  # NOERROR and NXDOMAIN


def query(host: str, identifier: int) -> bytes:
    """A question for an IPv4 address."""
    labels = host.removesuffix(".").encode().split(b".")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">6H", identifier, 0x0100, 1, 0, 0, 0) + name + struct.pack(">2H", 1, 1)


def answer(question: bytes) -> bytes:
    """127.0.0.1, whatever the name."""
    end = question.index(b"\0", 12) + 5
    kind = struct.unpack(">H", question[end - 4 : end - 2])[0]
    head = question[:2] + struct.pack(">5H", 0x8180, 1, kind == 1, 0, 0)
    record = struct.pack(">3HIH4B", 0xC00C, 1, 1, 60, 4, 127, 0, 0, 1)
    return head + question[12:end] + (record if kind == 1 else b"")


@contextmanager
def upstream() -> Iterator[int]:
    """A name server that knows every name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.1)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    question, client = server.recvfrom(4096)
                except TimeoutError:
                    continue
                server.sendto(answer(question), client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            stop.set()
            thread.join()


def ask(port: int, source: str, host: str, timeout: float = 5) -> int | None:
    """The response code a client at `source` gets, None when there is no answer."""
    identifier = secrets.randbelow(65536)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        client.settimeout(timeout)
        try:
            client.send(query(host, identifier))
            response = client.recv(4096)
        except OSError:
            return None
    assert response[:2] == struct.pack(">H", identifier)
    return response[3] & 15


@contextmanager
def bind(emitted: Any, servers: Any, program: Path, forward_to: int) -> Iterator[int]:
    """BIND with the emitted views."""
    directory, port = emitted.directory, servers.free_port()
    conf = directory / "named.conf"
    conf.write_text(
        f"""options {{
            directory "{directory}"; pid-file none; session-keyfile "{directory}/session.key";
            listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
            recursion yes; allow-recursion {{ any; }}; allow-query-cache {{ any; }};
            forward only; forwarders {{ 127.0.0.1 port {forward_to}; }};
            dnssec-validation no; empty-zones-enable no;
        }};
        controls {{ }};
        include "{directory}/bind/aipol.conf";
        """
    )
    command = [program, "-g", "-n", "1", "-c", conf]
    with servers.running(command, lambda: _is_up(port, emitted), directory / "log" / "named.log"):
        yield port


@contextmanager
def unbound(emitted: Any, servers: Any, program: Path, forward_to: int) -> Iterator[int]:
    """Unbound with the emitted zones and tags."""
    directory, port = emitted.directory, servers.free_port()
    conf = directory / "unbound.conf"
    conf.write_text(
        f"""server:
            directory: "{directory}"
            username: ""
            chroot: ""
            pidfile: "{directory}/unbound.pid"
            use-syslog: no
            do-daemonize: no
            interface: 127.0.0.1
            port: {port}
            do-not-query-localhost: no
            local-zone: "test." nodefault
        include: "{directory}/unbound/aipol.conf"
        forward-zone:
            name: "."
            forward-addr: 127.0.0.1@{forward_to}
        remote-control:
            control-enable: no
        """
    )
    command = [program, "-d", "-c", conf]
    with servers.running(command, lambda: _is_up(port, emitted), directory / "log" / "unbound.log"):
        yield port


def _is_up(port: int, emitted: Emitted) -> bool:
    """Whether every zone is in force: BIND answers while it is still taking them in."""
    for source in emitted.sources:
        blocked = (host for host in emitted.claimed if emitted.blocks("rpz", source, host))
        host = next(blocked, "up.test")
        expected = ALLOWED if host == "up.test" else BLOCKED
        if ask(port, source, host, timeout=0.2) != expected:
            return False
    return True


@dataclass(frozen=True)
class Ask:
    """A running name server."""

    port: int

    def __call__(self, source: str, host: str) -> int | None:
        """The response code a client at `source` gets."""
        return ask(self.port, source, host)


START = {"named": bind, "unbound": unbound}


@pytest.fixture(scope="session")
def resolver(servers: type[Servers]) -> Callable[..., AbstractContextManager[Ask]]:
    """Start BIND or Unbound with a policy's zones; the result asks it."""

    @contextmanager
    def start(engine: str, emitted: Emitted, program: Path) -> Iterator[Ask]:
        with upstream() as forward_to, START[engine](emitted, servers, program, forward_to) as port:
            yield Ask(port)

    return start
