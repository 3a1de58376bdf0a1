"""Starts resolvers with the emitted files, in front of a name server that knows every name."""

from __future__ import annotations

import secrets
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

NAME_ERROR = 3
REACHABLE = bytes([127, 0, 0, 1])
LOOPBACK = bytes([*bytes(15), 1])
NOWHERE = (bytes(4), bytes(16))


A, CNAME, AAAA = 1, 5, 28
ALIAS, TARGET = "alias.free.test", "big.test"
"""A name that nothing speaks about, which leads to one that is denied."""


def query(host: str, identifier: int, kind: int = A) -> bytes:
    """A question for an address."""
    return (
        struct.pack(">6H", identifier, 0x0100, 1, 0, 0, 0)
        + _wire(host)
        + struct.pack(">2H", kind, 1)
    )


def answer(question: bytes) -> bytes:
    """127.0.0.1 or ::1, whatever the name; an alias leads on to its target first."""
    end = question.index(b"\0", 12) + 5
    (kind,) = struct.unpack(">H", question[end - 4 : end - 2])
    records = []
    owner = b"\xc0\x0c"
    if question[12 : end - 4].lower() == _wire(ALIAS):
        records.append(_record(owner, CNAME, _wire(TARGET)))
        owner = _wire(TARGET)
    if address := {A: REACHABLE, AAAA: LOOPBACK}.get(kind):
        records.append(_record(owner, kind, address))
    head = question[:2] + struct.pack(">5H", 0x8180, 1, len(records), 0, 0)
    return head + question[12:end] + b"".join(records)


def _record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack(">2HIH", kind, 1, 60, len(data)) + data


def _wire(host: str) -> bytes:
    labels = host.removesuffix(".").encode().split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


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


def resolves(port: int, source: str, host: str, timeout: float = 5, kind: int = A) -> bool | None:
    """Whether a client at `source` gets an address that leads somewhere; None without an answer."""
    identifier = secrets.randbelow(65536)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        client.settimeout(timeout)
        try:
            client.send(query(host, identifier, kind))
            response = client.recv(4096)
        except OSError:
            return None
    assert response[:2] == struct.pack(">H", identifier)
    return _resolved(response)


def _resolved(response: bytes) -> bool | None:
    code = response[3] & 15
    addresses = tuple(_addresses(response))
    if code not in {0, NAME_ERROR} or set(addresses) - {REACHABLE, LOOPBACK, *NOWHERE}:
        return None
    return bool({REACHABLE, LOOPBACK} & set(addresses))


def resolved_all(port: int, source: str, hosts: Sequence[str]) -> list[bool | None]:
    """The same for many names, asked some at a time; who gets no answer asks once more."""
    found: list[bool | None] = [None] * len(hosts)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        client.settimeout(3)
        for _ in range(2):
            missing = [place for place, answer in enumerate(found) if answer is None]
            for start in range(0, len(missing), _AT_ONCE):
                _ask_some(client, hosts, missing[start : start + _AT_ONCE], found)
    return found


_AT_ONCE = 40


def _ask_some(
    client: socket.socket, hosts: Sequence[str], places: Sequence[int], found: list[bool | None]
) -> None:
    start = secrets.randbelow(1 << 15)
    asked = {start + number: place for number, place in enumerate(places)}
    try:
        for identifier, place in asked.items():
            client.send(query(hosts[place], identifier))
        while asked:
            response = client.recv(4096)
            # What comes late, to a question that was given up, is nobody's.
            if (identifier := int.from_bytes(response[:2])) in asked:
                found[asked.pop(identifier)] = _resolved(response)
    except OSError:
        return


def _addresses(response: bytes) -> Iterator[bytes]:
    """The addresses among the answers."""
    (answers,) = struct.unpack(">H", response[6:8])
    place = response.index(b"\0", 12) + 5
    for _ in range(answers):
        while 0 < response[place] < 192:
            place += response[place] + 1
        place += 2 if response[place] else 1
        kind, _, _, length = struct.unpack(">2HIH", response[place : place + 10])
        if kind in {A, AAAA}:
            yield response[place + 10 : place + 10 + length]
        place += 10 + length


# --- the servers ----------------------------------------------------------------------------------


def _bind(directory: Path, port: int, forward_to: int) -> tuple[str, list[str]]:
    return (
        f"""options {{
            directory "{directory}"; pid-file none; session-keyfile "{directory}/session.key";
            listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
            recursion yes; allow-recursion {{ any; }}; allow-query-cache {{ any; }};
            forward only; forwarders {{ 127.0.0.1 port {forward_to}; }};
            dnssec-validation no; empty-zones-enable no;
        }};
        controls {{ }};
        include "{directory}/bind/aipol.conf";
        """,
        ["-g", "-n", "1", "-c"],
    )


def _unbound(directory: Path, port: int, forward_to: int, output: str) -> tuple[str, list[str]]:
    return (
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
        include: "{directory}/{output}/aipol.conf"
        forward-zone:
            name: "."
            forward-addr: 127.0.0.1@{forward_to}
        remote-control:
            control-enable: no
        """,
        ["-d", "-c"],
    )


def _knot(directory: Path, port: int, forward_to: int) -> tuple[str, list[str]]:
    # The rule that follows shows that what a zone lets through is left to later rules.
    return (
        f"""net.listen('127.0.0.1', {port}, {{kind='dns'}})
        trust_anchors.remove('.')
        log_target('stdout')
        cache.open(10 * MB, 'lmdb://{directory}/log')
        modules.load('policy')
        dofile('{directory}/knot/aipol.lua')
        policy.add(policy.all(policy.FORWARD({{'127.0.0.1@{forward_to}'}})))
        """,
        ["-n", "-q", "-c"],
    )


def _powerdns(directory: Path, port: int, forward_to: int) -> tuple[str, list[str]]:
    # Its packet cache is on, as it is by default: it must not mix up clients.
    return (
        f"""local-address=127.0.0.1
local-port={port}
forward-zones-recurse=.=127.0.0.1:{forward_to}
dont-query=
dnssec=off
security-poll-suffix=
hint-file=no
socket-dir={directory}
daemon=no
disable-syslog=yes
allow-from=127.0.0.0/8
lua-config-file={directory}/powerdns/zones.lua
lua-dns-script={directory}/powerdns/aipol.lua
""",
        [f"--config-dir={directory}"],
    )


def _dnsmasq(directory: Path, port: int, forward_to: int) -> tuple[str, list[str]]:
    return _pooled(port, forward_to, f"conf-file={directory}/dnsmasq/aipol.conf")


def _hosts(directory: Path, port: int, forward_to: int) -> tuple[str, list[str]]:
    return _pooled(port, forward_to, f"addn-hosts={directory}/hosts/hosts")


def _pooled(port: int, forward_to: int, option: str) -> tuple[str, list[str]]:
    return (
        f"""port={port}
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
no-daemon
user=root
server=127.0.0.1#{forward_to}
{option}
""",
        ["-C"],
    )


@dataclass(frozen=True)
class Engine:
    """How a program is started with the files of one output."""

    program: str
    conf: str
    configuration: Callable[[Path, int, int], tuple[str, list[str]]]


ENGINES = {
    "bind": Engine("named", "named.conf", _bind),
    "unbound": Engine("unbound", "unbound.conf", partial(_unbound, output="unbound")),
    "unbound-local": Engine("unbound", "local.conf", partial(_unbound, output="unbound-local")),
    "knot": Engine("kresd", "kresd.conf", _knot),
    "powerdns": Engine("pdns_recursor", "recursor.conf", _powerdns),
    "dnsmasq": Engine("dnsmasq", "dnsmasq.conf", _dnsmasq),
    "hosts": Engine("dnsmasq", "hosts.conf", _hosts),
}
"""The outputs of the target `dns` with the program that answers for each."""


@dataclass(frozen=True)
class Ask:
    """A running name server."""

    port: int

    def __call__(self, source: str, host: str, kind: int = A) -> bool | None:
        """Whether a client at `source` gets an address that leads somewhere."""
        return resolves(self.port, source, host, kind=kind)


@contextmanager
def started(client: str, emitted: Any, servers: Any, program: Path) -> Iterator[Ask]:
    """A resolver with the files of one output, for as long as the block runs."""
    engine, directory = ENGINES[client], emitted.directory
    with upstream() as forward_to:
        port = servers.free_port()
        text, options = engine.configuration(directory, port, forward_to)
        conf = directory / engine.conf
        conf.write_text(text)
        place = [] if engine.program == "pdns_recursor" else [conf]
        command = [program, *options, *place]
        log = directory / "log" / f"{client}.log"
        with servers.running(command, lambda: _is_up(port, emitted, client), log):
            yield Ask(port)


def _is_up(port: int, emitted: Any, client: str) -> bool:
    """Whether all rules are in force: BIND answers while it is still taking in zones."""
    for source in emitted.sources:
        blocked = (host for host in emitted.claimed if emitted.blocks(client, source, host))
        host = next(blocked, "up.test")
        if resolves(port, source, host, timeout=0.2) is not (host == "up.test"):
            return False
    return True
