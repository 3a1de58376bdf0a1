"""A real squid, loaded with the emitted rules, decides as the reader says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from aipol.target import Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect, Situation
from aipol_targets.squid.facts import ACL_NAME, CONFIG_LINE
from aipol_targets.squid.read_domains import DomainAcl

OPEN_HOST = "open.test"
Start = Callable[[Callable[[str], Path]], Any]


@pytest.fixture(scope="module")
def proxy(emitted: Any, servers: Any, decrypting: Any) -> Iterator[Start]:
    """Start squid once, for the first test that has made sure of it."""
    started: list[Any] = []
    with ExitStack() as stack:

        def start(requires_engine: Callable[[str], Path]) -> Any:
            programs = (requires_engine("squid"), requires_engine("openssl"))
            if not started:
                hosts = (*emitted.hosts, OPEN_HOST)
                running = decrypting.started(emitted, servers, programs, hosts)
                started.append(stack.enter_context(running))
            return started[0]

        yield start


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
    questions = [
        (source, host, spelling)
        for source in emitted.sources
        for host in emitted.hosts
        for spelling in (host, host.upper(), f"{host}.")
    ]

    def ask(question: tuple[str, str, str]) -> Any:
        return running.denies(question[0], question[2])

    wanted = [emitted.blocks("squid", source, host) for source, host, _ in questions]
    with ThreadPoolExecutor(8) as pool:
        found = zip(questions, pool.map(ask, questions), wanted, strict=True)
        assert [each for each in found if each[1] != each[2]] == []
    assert set(wanted) == {True, False}


@pytest.mark.engine("squid")
def test_every_handshake_is_decided_as_the_reader_says(
    emitted: Any, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """An innocent CONNECT with another name in the TLS handshake does not get past squid."""
    running = proxy(requires_engine)
    pairs = [(source, host) for source in emitted.sources for host in emitted.hosts]

    def ask(pair: tuple[str, str]) -> bool:
        return running.get(pair[0], OPEN_HOST, pair[1]) is None

    expected = [emitted.blocks("squid-sni", source, host) for source, host in pairs]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, pairs))
    asked = zip(pairs, answers, expected, strict=True)
    assert [(pair, answer) for pair, answer, said in asked if answer != said] == []
    assert set(expected) == {True, False}


FINANCE, GATEWAY, ANYBODY = "127.0.0.5", "127.0.0.9", "127.0.0.1"


@pytest.mark.engine("squid")
@pytest.mark.parametrize(
    ("requested", "server_name", "reached"),
    [
        (OPEN_HOST, "big.test", False),
        (OPEN_HOST, "BIG.test", False),
        (OPEN_HOST, "big.test.", False),  # no entry of a list matches the dot
        (OPEN_HOST, "WWW.big.test.", False),
        (OPEN_HOST, "xn--bcher-kva.test", False),
        (OPEN_HOST, "b\u00fccher.test", False),
        ("127.0.0.1", "big.test", False),
        ("127.0.0.1", OPEN_HOST, True),
        ("127.0.0.1", None, True),  # an address that hides its name is beyond names
        (OPEN_HOST, None, True),
        (OPEN_HOST, "notbig.test", True),
    ],
)
def test_spellings_and_other_names_in_a_handshake_do_not_get_past(
    requested: str,
    server_name: str | None,
    reached: bool,
    emitted: Any,
    proxy: Start,
    requires_engine: Callable[[str], Path],
) -> None:
    """Case, a final dot, punycode and an address instead of a host, as the reader says."""
    running = proxy(requires_engine)
    assert (running.get(FINANCE, requested, server_name) is not None) is reached
    name = (server_name or requested).encode("idna" if server_name != "big.test." else "ascii")
    if not name.endswith(b"."):
        assert emitted.blocks("squid-sni", FINANCE, name.decode()) is not reached


@pytest.mark.engine("squid")
def test_a_denied_request_stays_denied_whatever_the_handshake_says(
    proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """On a port that decrypts, squid answers it inside, and the server sees nothing."""
    running = proxy(requires_engine)
    for requested in ("big.test", "BIG.test.", "xn--bcher-kva.test"):
        for server_name in (OPEN_HOST, None, "notbig.test"):
            reached = running.get(FINANCE, requested, server_name)
            assert reached is None or reached[0] == 403, (requested, server_name)
    assert running.get(GATEWAY, "big.test", "big.test") is not None


@pytest.mark.engine("squid")
def test_exactly_the_hosts_to_inspect_are_decrypted(
    emitted: Any, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Terminated, decrypted or passed through untouched: as the reader says, for every source."""
    running = proxy(requires_engine)
    hosts = ("watched.test", "www.watched.test", "closed.watched.test", "kids.test")
    seen: dict[str, str] = {}
    for source in (FINANCE, GATEWAY, ANYBODY):
        for host in (*hosts, "www.kids.test", "accounts.test", OPEN_HOST, "notwatched.test"):
            identity, situation = frozenset({source}), Situation.UNMANAGED_CORPORATE
            question = Question(Kind.HELD, host, identity, "inspect_tls", situation)
            held = bool(emitted.decider.decide(question).detail)
            blocked = emitted.blocks("squid", source, host)
            reached = running.get(source, host, host)
            found = "terminated"
            if reached:
                found = "decrypted" if reached[2] else "passed"
            wanted = "decrypted" if held else "passed"
            # A denied request is answered inside, or the handshake ends.
            assert reached is None or reached[0] == (403 if blocked else 200), (source, host)
            assert blocked or found == wanted, (source, host, found)
            seen[f"{source} {host}"] = "denied" if blocked else found
    assert seen[f"{FINANCE} www.watched.test"] == "decrypted"
    assert seen[f"{FINANCE} www.kids.test"] == "decrypted"
    assert seen[f"{FINANCE} kids.test"] == "passed"
    assert seen[f"{FINANCE} closed.watched.test"] == "denied"
    assert seen[f"{GATEWAY} watched.test"] == "passed"


@pytest.mark.engine("squid")
def test_no_handshake_gets_past_the_inspection_of_a_requested_host(
    proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Another name, or another spelling of it, is ended; without a name the request decides."""
    running = proxy(requires_engine)
    for host in ("accounts.test", "watched.test"):
        for server_name in (OPEN_HOST, f"{host}.", f"not{host}"):
            assert running.get(FINANCE, host, server_name) is None, (host, server_name)
        for spelling in (host, host.upper(), None):
            reached = running.get(FINANCE, host, spelling)
            assert reached
            assert reached[0] == 200
            assert reached[2], (host, spelling)


@pytest.mark.engine("squid")
def test_what_is_asked_inside_an_inspected_connection_is_decided_too(
    proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Another host in the request inside is denied by its own name, and the header follows it."""
    running = proxy(requires_engine)
    for within, status, sent in (
        ("accounts.test", 200, True),
        ("ACCOUNTS.test", 200, True),
        ("big.test", 403, False),
        ("BIG.test.", 403, False),
    ):
        reached = running.get(FINANCE, "accounts.test", "accounts.test", within=within)
        assert reached
        assert reached[0] == status, within
        assert ("Example-Allowed-Workspace" in reached[1]) is sent, within


@pytest.mark.engine("squid")
@pytest.mark.parametrize(("length", "accepted"), [(62, True), (63, False), (64, False)])
def test_squid_takes_names_of_access_lists_up_to_our_limit(
    length: int, accepted: bool, tmp_path: Path, requires_engine: Any
) -> None:
    """One character more than the limit is cut off, and the list is not found."""
    name = "x" * length
    conf = tmp_path / "squid.conf"
    conf.write_text(f"acl {name} src 10.0.0.0/8\nhttp_access deny {name}\n")
    command = [requires_engine("squid"), "-k", "parse", "-f", conf]
    assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) is accepted
    assert (length <= ACL_NAME.value) is accepted


@pytest.mark.engine("squid")
@pytest.mark.parametrize(
    ("lines", "accepted"),
    [
        ([".d.test", "d.test"], False),
        (["d.test", ".d.test"], False),
        (["a.d.test", ".d.test"], False),
        ([".d.test", "D.test"], False),
        ([".D.test", "a.d.test"], True),
        ([".a.d.test", ".d.test"], False),
        ([".d.test", "a.d.test"], True),
        (["d.test", ".a.d.test"], True),
        (["d.test", "a.d.test", "notd.test"], True),
    ],
)
@pytest.mark.parametrize("kind", ["dstdomain -n", "ssl::server_name"])
def test_squid_refuses_the_lists_that_the_reader_refuses(
    kind: str, lines: list[str], accepted: bool, tmp_path: Path, requires_engine: Any
) -> None:
    """Overlaps that end the whole configuration: the order counts, and the reader knows it."""
    (tmp_path / "list").write_text("".join(f"{line}\n" for line in lines))
    conf = tmp_path / "squid.conf"
    conf.write_text(f'acl x {kind} "{tmp_path}/list"\n')
    command = [requires_engine("squid"), "-k", "parse", "-f", conf]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode == 0) is accepted, done.stderr.decode()
    if accepted:
        assert DomainAcl(lines, "list").line_for("a.d.test")
    else:
        with pytest.raises(UnreadableArtifact):
            DomainAcl(lines, "list")


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
    emitted: Any, proxy: Start, requires_engine: Callable[[str], Path]
) -> None:
    """Addresses that must be blocked with the header are, and the rest of the host is not.

    The reader says so too.
    """
    running = proxy(requires_engine)
    identity = frozenset({"127.0.0.5"})
    for path, status in (("/anonymous/", 403), ("/anonymous/x", 403), ("/", 200), ("/x", 200)):
        asked = f"https://accounts.test{path}"
        question = Question(Kind.URL, asked, identity, "squid", Situation.UNMANAGED_CORPORATE)
        denied = emitted.decider.decide(question).effect is Effect.BLOCK
        assert denied is (status == HTTPStatus.FORBIDDEN), path
        reached = running.get("127.0.0.5", "accounts.test", "accounts.test", path)
        assert reached
        assert reached[0] == status, path


@pytest.mark.engine("squid")
@pytest.mark.parametrize("over", [0, 1])
def test_the_longest_line_of_a_configuration_is_as_measured(
    over: int, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """Squid takes one of that length whole, and the end of a longer one for another directive."""
    words = ("request_header_add Example-Workspace ", " a")
    value = "t" * (CONFIG_LINE.value + over - len("".join(words)))
    conf = tmp_path / "squid.conf"
    conf.write_text(f"http_port 127.0.0.1:3128\nacl a dstdomain a.test\n{value.join(words)}\n")
    command: list[str | Path] = [requires_engine("squid"), "-k", "parse", "-f", conf]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("unrecognized" in done.stderr) is bool(over)
    assert bool(done.returncode) is bool(over)
