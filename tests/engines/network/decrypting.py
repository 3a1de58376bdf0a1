"""Starts a squid that looks into TLS, in front of a server that says what reached it."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

CERTGEN = Path("/usr/lib/squid/security_file_certgen")
# Without the system's certificates, which take longer to load than all else here.
_TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_TRUSTING.check_hostname, _TRUSTING.verify_mode = False, ssl.CERT_NONE


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
        tunnel = socket.create_connection(("127.0.0.1", port), 10, (source, 0))
        request = f"CONNECT {host}:{self.origin} HTTP/1.1\r\nHost: {host}:{self.origin}\r\n\r\n"
        tunnel.sendall(request.encode())
        response = b""
        while b"\r\n\r\n" not in response:
            received = tunnel.recv(1)
            assert received, response
            response += received
        return int(response.split()[1]), tunnel

    def denies(self, source: str, host: str) -> bool | None:
        """Whether a CONNECT is refused where nothing is decrypted; None when nobody knows."""
        status, tunnel = self.connect(self.port, source, host)
        tunnel.close()
        return {200: False, 403: True}.get(status)

    def get(
        self,
        source: str,
        requested: str,
        server_name: str | None,
        path: str = "/",
        header: str = "",
        within: str = "",
    ) -> tuple[int, dict[str, str], bool] | None:
        """Status, the request headers the server saw, and whether squid looked into the TLS.

        None when the handshake is refused. `within` is the host that is asked for inside.
        """
        status, tunnel = self.connect(self.bumping, source, requested)
        with tunnel:
            assert status == 200, (requested, status)
            try:
                with _TRUSTING.wrap_socket(tunnel, server_hostname=server_name) as tls:
                    shown = tls.getpeercert(binary_form=True)
                    inspected = shown != self.certificate
                    host = within or server_name or requested
                    text = f"GET {path} HTTP/1.1\r\nHost: {host}:{self.origin}\r\n{header}"
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
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        thread = threading.Thread(target=_serve, args=(server, context))
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            raw, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(raw, context), daemon=True).start()


def _answer(raw: socket.socket, context: ssl.SSLContext) -> None:
    try:
        with context.wrap_socket(raw, server_side=True) as tls:
            request = b""
            while b"\r\n\r\n" not in request:
                request += tls.recv(4096) or b"\r\n\r\n"
            pairs = (line.partition(": ")[::2] for line in request.decode().split("\r\n")[1:])
            headers: dict[str, str] = {}
            for name, value in pairs:
                if name:
                    headers[name] = f"{headers[name]}|{value}" if name in headers else value
            body = json.dumps(headers).encode()
            length = f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            tls.sendall(f"HTTP/1.1 200 OK\r\n{length}".encode() + body)
    except OSError:
        raw.close()


@cache
def _certificate(openssl: Path, name: str, extension: tuple[str, ...] = ()) -> bytes:
    """A key with its certificate, made once: that takes longer than squid's start."""
    with tempfile.TemporaryDirectory() as folder:
        key, shown = Path(folder) / "key.pem", Path(folder) / "shown.pem"
        command = (openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
        places = ("-keyout", key, "-out", shown, "-subj", f"/CN={name}")
        subprocess.run([*command, *places, *extension], check=True, capture_output=True)
        return key.read_bytes() + shown.read_bytes()


def _configuration(directory: Path, ports: tuple[int, int], hosts: tuple[str, ...]) -> str:
    plain = dict.fromkeys(host.removesuffix(".").lower() for host in hosts)
    (directory / "hosts").write_text("".join(f"127.0.0.1 {host}\n" for host in plain))
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


@contextmanager
def started(
    files: Any, servers: Any, programs: tuple[Path, Path], hosts: tuple[str, ...]
) -> Iterator[Proxy]:
    """A squid with a policy's files, to which these hosts are there; `programs` has openssl too."""
    squid, openssl = programs
    directory: Path = files.directory
    made = ("-addext", "basicConstraints=critical,CA:TRUE")
    places = {
        "ca.pem": _certificate(openssl, "aipol test proxy", made),
        "origin.pem": _certificate(openssl, "aipol test origin"),
    }
    for name, content in places.items():
        (directory / name).write_bytes(content)
    kept = directory / "log" / "certificates"
    if not kept.exists():
        command: list[str | Path] = [CERTGEN, "-c", "-s", kept, "-M", "4MB"]
        subprocess.run(command, check=True, capture_output=True)
    for path in (directory / "log").rglob("*"):
        path.chmod(0o777)
    ports: tuple[int, int] = servers.two_free_ports()
    conf = directory / "squid.conf"
    conf.write_text(_configuration(directory, ports, hosts))
    shown = ssl.PEM_cert_to_DER_cert(
        "-----BEGIN CERT" + places["origin.pem"].decode().partition("-----BEGIN CERT")[2]
    )
    log = directory / "log" / "squid.log"
    ready = partial(_listens, ports[1])
    with (
        origin(directory / "origin.pem") as behind,
        servers.running([squid, "-N", "-f", conf], ready, log),
    ):
        yield Proxy(*ports, behind, shown)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
