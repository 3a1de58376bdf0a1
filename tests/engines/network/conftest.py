"""What the tests that ask real engines share: a policy, its files, and something to reach."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from aipol.bypasses import BYPASS_SWITCHES
from aipol.catalogue.model import Match
from aipol.ir import Gateway, Group, Ir, Obligations
from aipol.target import Decider, Kind, Question, Target
from aipol.vocabulary import Effect, Situation
from aipol_targets.dns.target import DNS
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.squid.target import SQUID

HERE = Path(__file__).parent
UNIT = HERE.parents[1] / "unit" / "targets" / "network"


def _load(name: str, path: Path) -> ModuleType:
    """A module of the tests by its file: tests are files, not a package."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def small() -> ModuleType:
    """The module that writes small policies."""
    return _load("network_policies", UNIT / "policies.py")


@pytest.fixture(scope="session")
def resolving() -> ModuleType:
    """The module that starts resolvers and asks them."""
    return _load("network_resolving", HERE / "resolving.py")


@pytest.fixture(scope="session")
def proxying() -> ModuleType:
    """The module that starts proxies and asks them."""
    return _load("network_proxying", HERE / "proxying.py")


@pytest.fixture(scope="session")
def packets() -> ModuleType:
    """The module that makes what clients send."""
    return _load("network_packets", HERE / "packets.py")


@pytest.fixture(scope="session")
def drawn(small: ModuleType) -> tuple[Ir, ...]:
    """Policies that nobody wrote; AIPOL_POLICIES says how many."""
    count = int(os.environ.get("AIPOL_POLICIES", "6"))
    found: list[Ir] = []

    # The first ones drawn are nearly empty.
    @settings(max_examples=8 * count, derandomize=True, database=None, phases=[Phase.generate])
    @given(_load("network_round_trip", UNIT / "test_round_trip.py").policies(small))
    def draw(policy: Any) -> None:
        if sum(len(app.domains) for app in policy.apps) > 3:
            found.append(small.resolve(policy))

    draw()
    assert len(found) >= count
    return tuple(found[-count:])


@pytest.fixture(scope="session")
def routing() -> ModuleType:
    """The module that puts a router between two networks."""
    return _load("network_routing", HERE / "routing.py")


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
    where = directory.as_posix()
    choices: dict[str, Any] = {
        "squid": {"directory": where, "log": f"{where}/log/aipol.log"},
        "haproxy": {
            "tls_backend": "reached",
            "http_backend": "reached-http",
            "tls_bind": f"127.0.0.1:{Servers.free_port()}",
            "http_bind": f"127.0.0.1:{Servers.free_port()}",
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
    }
    settings = small.SETTINGS[target.id](**choices[target.id])
    compiled = target.compile(ir, settings)
    assert compiled.findings == ()
    for artifact in compiled.artifacts:
        path = directory / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    (directory / "log").mkdir()
    (directory / "log").chmod(0o777)
    decider = target.read({each.path: each.content for each in compiled.artifacts})
    claimed = tuple(found.domain for app in ir.apps.values() for found in app.app.domains)
    hosts = small.probes((*claimed, "gateway.test", *BYPASS_SWITCHES))
    return Emitted(directory, decider, hosts, sources, claimed)


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
