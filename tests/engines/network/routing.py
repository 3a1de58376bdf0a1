"""Puts a router between two networks and lets real connections try to get through it.

Three network namespaces: clients with one address for each source, a router that loads the emitted
rules, and a server that answers at every destination. Nothing leaves them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

Way = tuple[str, str, int, str]
"""Source, protocol, port and destination."""

PORTS = (53, 80, 123, 443, 853)
ANSWERED, REFUSED, SILENT = "answered", "refused", "silent"

_SERVE = """
import json, selectors, socket, sys
every = selectors.DefaultSelector()
addresses, ports = json.load(sys.stdin)
for address in addresses:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port in ports:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            server = socket.socket(family, kind)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((address, port))
            if kind == socket.SOCK_STREAM:
                server.listen(512)
            every.register(server, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in every.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            key.fileobj.accept()[0].close()
        else:
            _, client = key.fileobj.recvfrom(64)
            key.fileobj.sendto(b"here", client)
"""

_ASK = """
import errno, json, selectors, socket, sys, time
ways, patience = json.load(sys.stdin)
found = {}
def batch(numbered):
    every = selectors.DefaultSelector()
    for number, (source, protocol, port, to) in numbered:
        family = socket.AF_INET6 if ":" in to else socket.AF_INET
        stream = protocol == "tcp"
        client = socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
        client.setblocking(False)
        client.bind((source, 0))
        code = client.connect_ex((to, port))
        if code not in (0, errno.EINPROGRESS):
            sys.exit(f"{source} {protocol}/{port} to {to}: {errno.errorcode[code]}")
        if not stream:
            client.send(b"hello")
        every.register(client, selectors.EVENT_WRITE if stream else selectors.EVENT_READ, number)
    until = time.monotonic() + patience
    while every.get_map() and time.monotonic() < until:
        for key, _ in every.select(0.05):
            client = key.fileobj
            if client.type == socket.SOCK_STREAM:
                code = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            else:
                try:
                    code = 0 if client.recv(64) == b"here" else -1
                except OSError as error:
                    code = error.errno
            found[key.data] = "answered" if code == 0 else "refused"
            every.unregister(client)
            client.close()
    for key in list(every.get_map().values()):
        found[key.data] = "silent"
        key.fileobj.close()
numbered = list(enumerate(ways))
for start in range(0, len(numbered), 300):
    batch(numbered[start:start + 300])
json.dump([found[number] for number in range(len(ways))], sys.stdout)
"""


class Unprivileged(Exception):
    """This machine does not let the tests make networks."""


@dataclass(frozen=True)
class Network:
    """The running namespaces."""

    name: str

    def load(self, file: Path, *options: str) -> str:
        """Have the router load rules; what nft says, empty when it takes them."""
        done = _inside(f"{self.name}-r", "nft", *options, "-f", file)
        return done.stdout + done.stderr + ("" if done.returncode == 0 else "refused")

    def listed(self) -> str:
        """The rules that the router has loaded."""
        return _inside(f"{self.name}-r", "nft", "list", "ruleset").stdout

    def tried(self, ways: Sequence[Way], patience: float = 0.4) -> list[str]:
        """What became of a new connection on each way."""
        text = json.dumps([list(ways), patience])
        done = _inside(f"{self.name}-c", sys.executable, "-c", _ASK, given=text)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        found: list[str] = json.loads(done.stdout)
        return found


@contextmanager
def network(sources: Sequence[str], destinations: Sequence[str]) -> Iterator[Network]:
    """A network for as long as the block runs. Raises Unprivileged."""
    name = f"aipol{os.getpid()}"
    spaces = [f"{name}-{each}" for each in "crs"]
    try:
        for each in spaces:
            made = _run("ip", "netns", "add", each)
            if made.returncode != 0:
                raise Unprivileged(made.stderr)
        _connected(name, sources, destinations)
        with _served(spaces[2], destinations):
            found = Network(name)
            _settled(found, sources, destinations)
            yield found
    finally:
        for each in spaces:
            _run("ip", "netns", "del", each)


def _connected(name: str, sources: Sequence[str], destinations: Sequence[str]) -> None:
    """Clients and server on either side of the router, each with a route to the other."""
    clients, router, server = (f"{name}-{each}" for each in "crs")
    lines = {clients: ["link set lo up"], router: ["link set lo up"], server: ["link set lo up"]}
    lines[router] += [
        f"link add client type veth peer name uplink netns {clients}",
        f"link add server type veth peer name uplink netns {server}",
    ]
    for side, space, own in (("client", clients, sources), ("server", server, destinations)):
        link = {"client": 0, "server": 1}[side]
        lines[router] += [
            f"addr add 10.255.{link}.1/30 dev {side}",
            f"addr add fd00:ffff:{link}::1/64 dev {side} nodad",
            f"link set {side} up",
        ]
        lines[space] += [
            f"addr add 10.255.{link}.2/30 dev uplink",
            f"addr add fd00:ffff:{link}::2/64 dev uplink nodad",
            "link set uplink up",
            f"route add default via 10.255.{link}.1",
            f"route add ::/0 via fd00:ffff:{link}::1",
        ]
        for address in own:
            here = f"fd00:ffff:{link}::2" if ":" in address else f"10.255.{link}.2"
            lines[router].append(f"route add {address} via {here}")
            lines[space].append(
                f"addr add {address}/{'128 dev lo nodad' if ':' in address else '32 dev lo'}"
            )
    for space in (router, clients, server):
        batch = "".join(f"{line}\n" for line in lines[space])
        done = _inside(space, "ip", "-batch", "-", given=batch)
        if done.returncode != 0:
            raise AssertionError(f"{space}: {done.stderr}")
    _forwarding(router)


def _settled(found: Network, sources: Sequence[str], destinations: Sequence[str]) -> None:
    """Wait until every source reaches every destination: new links take a moment, with IPv6."""
    ways = [
        (source, "tcp", 80, to)
        for source in sources
        for to in destinations
        if (":" in source) is (":" in to)
    ]
    until = time.monotonic() + 10
    while set(became := found.tried(ways)) != {ANSWERED}:
        if time.monotonic() > until:
            raise AssertionError(f"no way through before any rule is loaded: {became}")


def _forwarding(router: str) -> None:
    """Without the limit on refusals, which would make some of them silent."""
    wanted = (
        ("ipv4/ip_forward", "1"),
        ("ipv6/conf/all/forwarding", "1"),
        ("ipv4/icmp_ratemask", "0"),
        ("ipv6/icmp/ratelimit", "0"),
    )
    script = ";".join(f"echo {value} > /proc/sys/net/{key}" for key, value in wanted)
    done = _inside(router, "sh", "-c", script)
    if "ip_forward" in done.stderr or "forwarding" in done.stderr:
        raise Unprivileged(done.stderr)


@contextmanager
def _served(space: str, destinations: Sequence[str]) -> Iterator[None]:
    command = ("ip", "netns", "exec", space, sys.executable, "-c", _SERVE)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_ENVIRONMENT
    ) as server:
        try:
            assert server.stdin
            assert server.stdout
            server.stdin.write(json.dumps([list(destinations), PORTS]))
            server.stdin.close()
            assert server.stdout.readline() == "ready\n"
            yield
        finally:
            server.kill()


# Where Debian has `ip` and `nft`, whoever runs the tests.
_ENVIRONMENT = {**os.environ, "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"}


def _inside(space: str, *command: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return _run("ip", "netns", "exec", space, *command, given=given)


def _run(*command: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=_ENVIRONMENT,
    )
