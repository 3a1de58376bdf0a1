"""A real e2guardian, loaded with the emitted groups, decides as the reader says."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

FINANCE, GATEWAY, ANYBODY = "127.0.0.5", "127.0.0.9", "127.0.0.1"

Start = Callable[[Callable[[str], Path]], int]


@pytest.fixture(scope="module")
def filtering(grouped: Any, servers: Any, proxying: Any) -> Iterator[Start]:
    """Start e2guardian once, for the first test that is sure of it; the result is its port."""
    ports: list[int] = []
    with ExitStack() as stack:

        def start(requires_engine: Callable[[str], Path]) -> int:
            program = requires_engine("e2guardian")
            if not ports:
                running = proxying.filtering(grouped, program, servers)
                ports.append(stack.enter_context(running))
            return ports[0]

        yield start


@pytest.mark.engine("e2guardian")
def test_every_request_is_decided_as_the_reader_says(
    grouped: Any, filtering: Start, proxying: Any, requires_engine: Callable[[str], Path]
) -> None:
    """CONNECT by name: entries, neighbours, upper case, a final dot, from every segment."""
    port = filtering(requires_engine)
    questions = [
        (source, host, spelling)
        for source in grouped.sources
        for host in grouped.hosts
        for spelling in (host, host.upper(), f"{host}.")
    ]

    def answer(question: tuple[str, str, str]) -> bool | None:
        found = proxying.connect(port, question[0], question[2])
        blocked = found.startswith(b"HTTP/1.1 302 ")
        return blocked if blocked or found.startswith(b"HTTP/1.1 200 ") else None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answer, questions))
    said = [grouped.blocks("e2guardian", source, host) for source, host, _ in questions]
    pairs = zip(questions, answers, said, strict=True)
    assert [(question, found) for question, found, wanted in pairs if found is not wanted] == []
    assert set(said) == {True, False}


@pytest.mark.engine("e2guardian")
def test_every_plain_request_is_decided_as_the_reader_says(
    grouped: Any, filtering: Start, proxying: Any, requires_engine: Callable[[str], Path]
) -> None:
    """A block is a page, with the status 200; what passes is answered by what is behind."""
    port = filtering(requires_engine)
    seen = set[bool]()
    for source in (FINANCE, GATEWAY, ANYBODY):
        for host in grouped.claimed:
            blocked = grouped.blocks("e2guardian", source, host)
            found = proxying.get(port, source, host)
            assert (b"X-Reached" in found) is not blocked, (source, host)
            assert (b"Blocked site" in found) is blocked, (source, host)
            seen.add(blocked)
    assert seen == {True, False}


@pytest.mark.engine("e2guardian")
def test_the_name_in_a_handshake_is_not_looked_at(
    grouped: Any, filtering: Start, proxying: Any, requires_engine: Callable[[str], Path]
) -> None:
    """As the other client of the reader says: behind an innocent CONNECT another name gets past."""
    port = filtering(requires_engine)
    assert grouped.blocks("e2guardian", FINANCE, "big.test")
    assert not grouped.blocks("e2guardian-sni", FINANCE, "big.test")
    for requested in ("open.test", "127.0.0.1"):
        hello = _hello("big.test")
        assert proxying.connect(port, FINANCE, requested, hello) == hello


@pytest.mark.engine("e2guardian")
@pytest.mark.parametrize(("setting", "starts"), [("on", False), ("off", True)])
def test_a_missing_list_stops_the_start_because_we_ask_for_it(
    setting: str,
    starts: bool,
    grouped: Any,
    servers: Any,
    proxying: Any,
    requires_engine: Any,
    request: pytest.FixtureRequest,
) -> None:
    """Without our line in `main.conf` e2guardian would run, and block nothing of that list."""
    program, port = requires_engine("e2guardian"), servers.free_port()
    # Beside the other, where a server that gives up its privileges can read it.
    folder = grouped.directory.with_name(f"{grouped.directory.name}-{setting}")
    shutil.copytree(grouped.directory, folder, ignore=shutil.ignore_patterns("log"))
    request.addfinalizer(lambda: shutil.rmtree(folder))
    (folder / "log").mkdir()
    (folder / "log").chmod(0o777)
    for path in folder.rglob("*"):
        if path.suffix in {".conf", ".story"} or path.name == "ipgroups":
            text = path.read_text().replace(grouped.directory.as_posix(), folder.as_posix())
            path.write_text(
                text.replace("abortiflistmissing = on", f"abortiflistmissing = {setting}")
            )
    next(folder.glob("segments/finance/*-block-subtree.txt")).unlink()
    conf = proxying.configure(folder, port, servers.free_port())
    command = [program, "-N", "-c", conf]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None and not proxying.listens(port):
                time.sleep(0.05)
            assert proxying.listens(port) is starts
        finally:
            server.kill()


def _hello(name: str) -> bytes:
    """The first bytes of a TLS connection that names a host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    sent = ssl.MemoryBIO()
    handshake = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        handshake.do_handshake()
    return sent.read()
