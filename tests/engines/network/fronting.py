"""Starts an HAProxy with a policy's files, in front of a server that says that it was reached."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

REACHED = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
AROUND = """\
defaults
    timeout client 10s
    timeout server 10s
    timeout connect 2s
backend reached
    mode tcp
    server origin 127.0.0.1:{port}
backend reached-http
    mode http
    server origin 127.0.0.1:{port}
"""


@dataclass(frozen=True)
class Proxy:
    """A running HAProxy."""

    tls: int
    http: int
    packets: Any
    address: str = "127.0.0.1"

    def blocks(self, client: str, source: str, host: str | None) -> bool | None:
        """Whether what names the host does not get through; None when nobody knows."""
        if client == "http":
            answer = self.send(self.http, source, self.packets.request(host))
            return {b"200": False, b"403": True}.get(answer[9:12])
        answer = self.send(self.tls, source, self.packets.client_hello(host))
        return {REACHED: False, b"": True}.get(answer)

    def send(self, port: int, source: str, data: bytes) -> bytes:
        """What comes back to a client at an address."""
        with socket.create_connection((self.address, port), 10, (source, 0)) as client:
            try:
                client.sendall(data)
                return client.recv(4096)
            except ConnectionError:
                return b""


@contextmanager
def origin(certificate: Path | None = None) -> Iterator[int]:
    """A server that says that it was reached, over TLS if it has a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        context.load_cert_chain(certificate)

    def answer(raw: socket.socket) -> None:
        try:
            with context.wrap_socket(raw, server_side=True) if certificate else raw as server:
                if server.recv(4096):
                    server.sendall(REACHED)
        except OSError:
            raw.close()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    raw, _ = server.accept()
                except TimeoutError:
                    continue
                raw.settimeout(10)
                threading.Thread(target=answer, args=(raw,)).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            stop.set()
            thread.join()


def listens(address: str, port: int) -> bool:
    """Whether a server is there."""
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


@contextmanager
def proxied(
    emitted: Any, servers: Any, packets: Any, program: Path, behind: int
) -> Iterator[Proxy]:
    """An HAProxy with the files, in front of a server."""
    directory: Path = emitted.directory
    around = directory / "around.cfg"
    around.write_text(AROUND.format(port=behind))
    conf = directory / "aipol.cfg"
    tls, http = map(int, re.findall(r"bind 127\.0\.0\.1:([0-9]+)", conf.read_text()))

    command = [program, "-db", "-f", around, "-f", conf]
    ready = partial(listens, "127.0.0.1", http)
    with servers.running(command, ready, directory / "log" / "haproxy.log"):
        yield Proxy(tls, http, packets)
