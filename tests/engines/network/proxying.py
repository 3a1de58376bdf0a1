"""Starts proxies with a policy's files, in front of one that reaches every host there is."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DISTRIBUTED = Path("/etc/e2guardian/e2guardian.conf")
REACHED = b"HTTP/1.1 200 OK\r\nX-Reached: yes\r\n"


@contextmanager
def upstream() -> Iterator[int]:
    """A proxy behind the one that is asked; it echoes what is tunnelled."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        thread = threading.Thread(target=_serve, args=(server,), daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(server: socket.socket) -> None:
    while True:
        try:
            raw, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(raw,), daemon=True).start()


def _answer(raw: socket.socket) -> None:
    try:
        with raw:
            if not head(raw).startswith(b"CONNECT "):
                raw.sendall(REACHED + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
                return
            raw.sendall(REACHED + b"\r\n")
            while received := raw.recv(65536):
                raw.sendall(received)
    except OSError:
        return


def head(connection: socket.socket) -> bytes:
    """What comes up to an empty line, or the end."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(4096)
        if not piece:
            break
        received += piece
    return received


def listens(port: int) -> bool:
    """Whether a server is there."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def connect(port: int, source: str, host: str, through: bytes = b"") -> bytes:
    """The answer to a CONNECT, or to what is sent through it."""
    with socket.create_connection(("127.0.0.1", port), 10, (source, 0)) as client:
        client.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        found = head(client)
        if through:
            client.sendall(through)
            return client.recv(4096)
        return found


def get(port: int, source: str, host: str) -> bytes:
    """The answer to a plain request, with the page."""
    with socket.create_connection(("127.0.0.1", port), 10, (source, 0)) as client:
        client.sendall(
            f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        found = b""
        while piece := client.recv(65536):
            found += piece
        return found


@contextmanager
def filtering(files: Any, program: Path, servers: Any) -> Iterator[int]:
    """An e2guardian that asks the proxy behind it for all that is not blocked, by its port."""
    port = servers.free_port()
    with upstream() as behind:
        conf = configure(files.directory, port, behind)
        log = files.directory / "log" / "e2guardian.log"
        with servers.running([program, "-N", "-c", conf], lambda: listens(port), log):
            yield port


def configure(directory: Path, port: int, behind: int) -> Path:
    """The distributed settings of e2guardian with our lines in place of their own."""
    ours = (directory / "main.conf").read_text()
    changed = f"""\
{ours}
filterip = 127.0.0.1
filterports = {port}
proxyip = 127.0.0.1
proxyport = {behind}
httpworkers = 64
pidfilename = '{directory}/log/pid'
loglocation = '{directory}/log/access.log'
nologger = on
"""
    own = [*re.findall(r"^([a-z]+) =", changed, re.MULTILINE), "checkip", "transparenthttpsport"]
    kept = [
        line
        for line in DISTRIBUTED.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("#") and line.partition("=")[0].strip() not in own
    ]
    text = "\n".join(line for line in kept if line.strip())
    conf = directory / "e2guardian.conf"
    conf.write_text(f"{text}\n{changed}")
    return conf
