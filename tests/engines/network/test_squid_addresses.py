"""A real squid that looks into TLS denies the addresses that the reader says it denies."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from aipol.addresses import SCHEME
from aipol.catalogue.model import Role, Tier, Url
from aipol.ir import Ir
from aipol.target import Kind, Question
from aipol.vocabulary import Effect, Situation
from aipol_targets.squid.target import SQUID

FINANCE, ANYBODY = "127.1.0.1", "127.0.0.1"
SITE, OTHER, UNTOUCHED = "site.test", "other.test", "untouched.test"
Start = Callable[[Callable[[str], Path]], Any]
PATHS = (
    # The part that is blocked, an exception in it, and one of two segments with a dot.
    *("/assistant", "/assistant/", "/assistant/x", "/assistant?x=1", "/assistant/ours", "/a/b.c"),
    *("/assistant/ours/x", "/assistant/ourselves", "/a/b.c/d", "/a/bxc", "/a", "/", "/a/b"),
    # What is beside it.
    *("/assistants", "/assistan", "/x/assistant", "/xassistant", "/assistant;x", "/assistant:x"),
    "/x?u=https://site.test/assistant",
    # Other spellings.
    *(
        "/Assistant",
        "/%61ssistant",
        "/%41ssistant",
        "/%2561ssistant",
        "/assistant%2Fx",
        "//assistant",
    ),
    *("/assistant//ours", "/a//b.c", "/%2fassistant", "/assistant%3fx", "/assistant%00", "/%zz"),
    *(
        "/assistant%0a",
        "/x%0a/assistant",
        "/assistant%",
        "/assistant%%",
        "/a%20b",
        "/%25/assistant",
    ),
    # Dots.
    *("/x/../assistant", "/./assistant", "/x/%2e%2e/assistant", "/x%3f/../assistant", "/.", "/.."),
    *("/assistant/ours/../x", "/a/./b.c", "/x..", "/..x/y", "/.hidden", "/x?u=/../y", "/x?y=../z"),
)


def policy(small: Any) -> Ir:
    """A part that finance may use, one inside it for all, and one on two sites for nobody."""

    def part(name: str, *urls: str) -> Any:
        rows = tuple(Url(f"{SCHEME}{url}", Role.UI, "test", Tier.A) for url in urls)
        return small.app(name, urls=rows)

    resolved: Ir = small.resolve(
        small.Policy(
            apps=(
                part("mixed", f"{SITE}/assistant"),
                part("inner", f"{SITE}/assistant/ours"),
                part("never", f"{SITE}/a/b.c", f"{OTHER}/x"),
            ),
            rules=(
                small.Rule(("mixed",), ("finance",), Effect.ALLOW),
                small.Rule(("inner",), ("everyone",), Effect.ALLOW),
            ),
            networks={"finance": (f"{FINANCE}/32",)},
            inspect_tls="ai-only",
        )
    )
    return resolved


@pytest.fixture(scope="module")
def proxy(small: Any, written: Any, servers: Any, decrypting: Any) -> Iterator[Start]:
    """Start squid once, for the first test that has made sure of it."""
    started: list[tuple[Any, Any]] = []
    with ExitStack() as stack:

        def start(requires_engine: Callable[[str], Path]) -> tuple[Any, Any]:
            programs = (requires_engine("squid"), requires_engine("openssl"))
            if not started:
                emitted = stack.enter_context(written(SQUID, policy(small), (FINANCE, ANYBODY)))
                hosts = (SITE, OTHER, UNTOUCHED)
                running = decrypting.started(emitted, servers, programs, hosts)
                started.append((emitted, stack.enter_context(running)))
            return started[0]

        yield start


def said(emitted: Any, source: str, url: str) -> bool:
    """Whether the reader says that a request for a URL is denied."""
    question = Question(Kind.URL, url, frozenset({source}), "squid", Situation.UNMANAGED_CORPORATE)
    return bool(emitted.decider.decide(question).effect is Effect.BLOCK)


@pytest.mark.engine("squid")
def test_every_path_is_decided_as_the_reader_says(
    proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Parts, exceptions, neighbours, other spellings and dots, for each source and site."""
    emitted, running = proxy(requires_engine)
    asked = [
        (source, host, path)
        for source in (FINANCE, ANYBODY)
        for host, paths in ((SITE, PATHS), (OTHER, (*PATHS[:2], "/x", "/xs", "/y/../x")))
        for path in paths
    ]

    def ask(question: tuple[str, str, str]) -> int:
        source, host, path = question
        reached = running.get(source, host, host, path)
        assert reached, question
        assert reached[2], (question, "was not decrypted")
        return int(reached[0])

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, asked))
    wanted = [said(emitted, source, f"{SCHEME}{host}{path}") for source, host, path in asked]
    pairs = zip(asked, answers, wanted, strict=True)
    assert [each for each in pairs if each[1] != (403 if each[2] else 200)] == []
    assert set(wanted) == {True, False}


@pytest.mark.engine("squid")
@pytest.mark.parametrize(
    ("requested", "named", "within", "status"),
    [
        (SITE, SITE, "SITE.test", 403),
        ("SITE.test", SITE, SITE, 403),
        (SITE, SITE, f"{SITE}.", 403),
        (SITE, SITE, f"user@{SITE}", 403),
        ("127.0.0.1", SITE, SITE, 403),  # asked for by address
        (OTHER, OTHER, SITE, 403),  # inside a connection to another site that is decrypted
        (SITE, SITE, OTHER, 200),  # a request is judged by the host that it names
    ],
)
def test_no_other_name_gets_past_the_address(
    requested: str,
    named: str,
    within: str,
    status: int,
    proxy: Start,
    requires_engine: Callable[[str], Path],
) -> None:
    """Case, a final dot, a user, an address for a host, another host."""
    _, running = proxy(requires_engine)
    reached = running.get(ANYBODY, requested, named, "/assistant", within=within)
    assert reached
    assert reached[0] == status


@pytest.mark.engine("squid")
@pytest.mark.parametrize(
    ("target", "denied"),
    [
        (f"http://{SITE}/assistant", True),
        ("HTTP://SITE.test/a/b.c", True),
        (f"http://user:word@{SITE}/assistant", True),
        (f"http://{SITE}:80/assistant", True),
        (f"http://{SITE}/x/../assistant", True),
        (f"http://{SITE}/assistants", False),
    ],
)
def test_the_address_is_denied_without_tls_as_well(
    target: str, denied: bool, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """A plain request shows its path, too."""
    _, running = proxy(requires_engine)
    with socket.create_connection(("127.0.0.1", running.port), 10, (ANYBODY, 0)) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: {SITE}\r\n\r\n".encode())
        status = int(client.recv(100).split()[1])
    # Nobody listens there: what is let through is not reached.
    assert status == (403 if denied else 503)


@pytest.mark.engine("squid")
def test_no_other_host_is_decrypted(proxy: Start, requires_engine: Callable[[str], Path]) -> None:
    """Nor is the path looked at where nothing is denied."""
    _, running = proxy(requires_engine)
    reached = running.get(ANYBODY, UNTOUCHED, UNTOUCHED, "/assistant")
    assert reached
    assert (reached[0], reached[2]) == (200, False)


@pytest.mark.engine("squid")
def test_squid_takes_the_lists_without_a_word(
    proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Squid -k parse has no complaint about a pattern."""
    emitted, _ = proxy(requires_engine)
    done = subprocess.run(
        [requires_engine("squid"), "-k", "parse", "-f", emitted.directory / "aipol.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr
