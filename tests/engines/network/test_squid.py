"""A real squid, loaded with the emitted rules, decides as the reader says."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aipol.target import Kind, Question
from aipol.vocabulary import Situation

CERTGEN = Path("/usr/lib/squid/security_file_certgen")
OPEN_HOST = "open.test"


@dataclass(frozen=True)
class Proxy:
    """A running squid and the TLS server behind it."""

    port: int
    bumping: int
    """A port that looks into TLS; there squid says 200 to a denied CONNECT, to show its page."""
    origin: int
    certificate: bytes

    def connect(self, port: int, source: str, host: str) -> tuple[int, socket.socket]:
        """The status of a CONNECT from `source`, and the connection."""
        tunnel = socket.create_connection(("127.0.0.1", port), 5, (source, 0))
        request = f"CONNECT {host}:{self.origin} HTTP/1.1\r\nHost: {host}:{self.origin}\r\n\r\n"
        tunnel.sendall(request.encode())
        response = b""
        while b"\r\n\r\n" not in response:
            received = tunnel.recv(1)
            assert received, response
            response += received
        return int(response.split()[1]), tunnel

    def get(
        self, source: str, requested: str, server_name: str, path: str = "/", header: str = ""
    ) -> tuple[int, dict[str, str], bool] | None:
        """Status, the request headers the server saw, and whether squid looked into the TLS.

        None when the handshake is refused.
        """
        status, tunnel = self.connect(self.bumping, source, requested)
        with tunnel:
            assert status == 200, (requested, status)
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            try:
                with context.wrap_socket(tunnel, server_hostname=server_name) as tls:
                    shown = tls.getpeercert(binary_form=True)
                    inspected = shown != self.certificate
                    text = f"GET {path} HTTP/1.1\r\nHost: {server_name}:{self.origin}\r\n{header}"
                    tls.sendall(f"{text}Connection: close\r\n\r\n".encode())
                    return *_response(tls), inspected
            except (ssl.SSLError, ConnectionError):
                return None


def _response(tls: ssl.SSLSocket) -> tuple[int, dict[str, str]]:
    received = b""
    while piece := tls.recv(65536):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    return status, json.loads(body) if status == 200 else {}


@contextmanager
def origin(certificate: Path) -> Iterator[int]:
    """A TLS server that answers every request with the headers it came with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stop = threading.Event()

    def answer(raw: socket.socket) -> None:
        try:
            with context.wrap_socket(raw, server_side=True) as tls:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += tls.recv(4096) or b"\r\n\r\n"
                lines = request.decode().split("\r\n")[1:]
                pairs = (line.partition(": ")[::2] for line in lines if line)
                headers: dict[str, str] = {}
                for name, value in pairs:
                    headers[name] = f"{headers[name]}|{value}" if name in headers else value
                body = json.dumps(headers).encode()
                head = (
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                )
                tls.sendall(head.encode() + body)
        except OSError:
            raw.close()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(0.1)

        def serve() -> None:
            while not stop.is_set():
                try:
                    raw, _ = server.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=answer, args=(raw,)).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            stop.set()
            thread.join()


def _certificate(openssl: Path, path: Path, name: str, *, authority: bool) -> None:
    extension = ["-addext", "basicConstraints=critical,CA:TRUE"] if authority else []
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", path, "-out", path.with_suffix(".crt"), "-subj", f"/CN={name}"),
            *extension,
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    path.chmod(0o644)


def _configuration(directory: Path, ports: tuple[int, int], hosts: tuple[str, ...]) -> str:
    names = "".join(f"127.0.0.1 {host.removesuffix('.').lower()}\n" for host in hosts)
    (directory / "hosts").write_text(names)
    return f"""
include {directory}/aipol.conf
http_access allow all
http_port 127.0.0.1:{ports[0]}
http_port 127.0.0.1:{ports[1]} ssl-bump tls-cert={directory}/ca.pem generate-host-certificates=on
sslcrtd_program {CERTGEN} -s {directory}/log/certificates -M 4MB
sslcrtd_children 1 startup=1
sslproxy_cert_error allow all
cache deny all
hosts_file {directory}/hosts
dns_nameservers 127.0.0.1
pid_filename none
cache_log {directory}/log/cache.log
netdb_filename none
coredump_dir none
visible_hostname proxy.test
shutdown_lifetime 0 seconds
"""


@pytest.fixture(scope="module")
def proxy(
    emitted: Any, servers: Any, request: pytest.FixtureRequest
) -> Callable[[Callable[[str], Path]], Proxy]:
    """Start squid once, for the first test that has made sure of it."""
    started: list[Proxy] = []
    stack = request.getfixturevalue("cleanup")

    def start(requires_engine: Callable[[str], Path]) -> Proxy:
        squid, openssl = requires_engine("squid"), requires_engine("openssl")
        if not started:
            directory = emitted.directory
            _certificate(openssl, directory / "ca.pem", "aipol test proxy", authority=True)
            _certificate(openssl, directory / "origin.pem", "aipol test origin", authority=False)
            subprocess.run(
                [CERTGEN, "-c", "-s", directory / "log" / "certificates", "-M", "4MB"],
                check=True,
                capture_output=True,
            )
            for path in (directory / "log").rglob("*"):
                path.chmod(0o777)
            (directory / "log" / "certificates").chmod(0o777)
            ports = (servers.free_port(), servers.free_port())
            conf = directory / "squid.conf"
            conf.write_text(_configuration(directory, ports, (*emitted.hosts, OPEN_HOST)))
            text = (directory / "origin.crt").read_text()
            shown = ssl.PEM_cert_to_DER_cert(text)
            command = [squid, "-N", "-f", conf]
            behind = stack.enter_context(origin(directory / "origin.pem"))
            log = directory / "log" / "squid.log"
            stack.enter_context(servers.running(command, lambda: _listens(ports[1]), log))
            started.append(Proxy(*ports, behind, shown))
        return started[0]

    return start


@pytest.fixture(scope="module")
def cleanup() -> Iterator[Any]:
    """What is to be stopped in the end."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield stack


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


Start = Callable[[Callable[[str], Path]], Proxy]


@pytest.mark.engine("squid")
def test_squid_accepts_the_configuration(
    emitted: Any, requires_engine: Callable[[str], Path]
) -> None:
    """Squid -k parse has no complaint, not even a warning, about our lines or lists."""
    conf = emitted.directory / "aipol.conf"
    done = subprocess.run(
        [requires_engine("squid"), "-k", "parse", "-f", conf],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


@pytest.mark.engine("squid")
def test_every_request_is_decided_as_the_reader_says(
    emitted: Any, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """CONNECT by name: entries, neighbours, upper case, a final dot, from every segment."""
    running = proxy(requires_engine)
    wrong: list[str] = []
    asked = set[bool]()
    for source in emitted.sources:
        for host in emitted.hosts:
            blocked = emitted.blocks("squid", source, host)
            asked.add(blocked)
            for spelling in (host, host.upper(), f"{host}."):
                status, tunnel = running.connect(running.port, source, spelling)
                tunnel.close()
                if (status == 403) != blocked or status not in {200, 403}:
                    wrong.append(f"{source} {spelling}: {status}, the reader says {blocked}")
    assert wrong == []
    assert asked == {True, False}


@pytest.mark.engine("squid")
def test_every_handshake_is_decided_as_the_reader_says(
    emitted: Any, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """An innocent CONNECT with another name in the TLS handshake does not get past squid."""
    running = proxy(requires_engine)
    wrong: list[str] = []
    asked = set[bool]()
    for source in emitted.sources:
        for host in emitted.hosts:
            blocked = emitted.blocks("squid-sni", source, host)
            asked.add(blocked)
            reached = running.get(source, OPEN_HOST, host)
            if (reached is None) != blocked:
                wrong.append(f"{source} {host}: {reached}, the reader says {blocked}")
    assert wrong == []
    assert asked == {True, False}


@pytest.mark.engine("squid")
def test_the_tenant_header_is_sent_exactly_where_the_reader_says(
    emitted: Any, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """The server sees the header, once and with our value even if the client sends its own."""
    running = proxy(requires_engine)
    sent: dict[str, str] = {}
    for source in emitted.sources:
        for host in ("accounts.test", "www.accounts.test", "big.test", "split.test"):
            if emitted.blocks("squid", source, host):
                continue
            identity = frozenset({source})
            question = Question(Kind.HEADER, host, identity, "squid", Situation.UNMANAGED_CORPORATE)
            expected = emitted.decider.decide(question).detail
            own = "example-allowed-WORKSPACE: mine\r\n"
            reached = running.get(source, host, host, header=own)
            assert reached
            _, seen, inspected = reached
            header, _, value = expected.partition(": ")
            found = {name: text for name, text in seen.items() if "workspace" in name.lower()}
            assert found == ({header: value} if expected else {"example-allowed-WORKSPACE": "mine"})
            assert inspected == bool(expected)
            sent[f"{source} {host}"] = expected
    assert sent["127.0.0.5 accounts.test"] == "Example-Allowed-Workspace: ws-1,ws-2"
    assert sent["127.0.0.9 accounts.test"] == ""


@pytest.mark.engine("squid")
def test_the_way_around_the_restriction_is_closed(
    proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Addresses that must be blocked with the header are, and the rest of the host is not."""
    running = proxy(requires_engine)
    for path, status in (("/anonymous/", 403), ("/anonymous/x", 403), ("/", 200)):
        reached = running.get("127.0.0.5", "accounts.test", "accounts.test", path)
        assert reached
        assert reached[0] == status, path
