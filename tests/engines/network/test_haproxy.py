"""A real HAProxy, loaded with the emitted files, decides as the reader says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aipol.vocabulary import Effect
from aipol_targets.haproxy.target import HAPROXY

# The first two groups', the gateway's and nobody's.
SOURCES = ("127.1.0.1", "127.1.0.2", "127.1.0.200", "127.0.0.1")


@pytest.fixture(scope="module")
def emitted(written: Callable[..., Any], small: Any) -> Iterator[Any]:
    """The files for the small policy."""
    with written(HAPROXY, small.resolve(small.everything()), SOURCES) as found:
        yield found


def differences(proxy: Any, emitted: Any) -> list[str]:
    """Where the program does not decide as the reader says, by either frontend."""
    return [
        f"{client} {source} {spelling}: {found}, the reader says {blocked}"
        for client in ("tls", "http")
        for source in emitted.sources
        for host in emitted.hosts
        for blocked in (emitted.blocks(client, source, host),)
        for spelling in (host, host.upper(), f"{host}.")
        if (found := proxy.blocks(client, source, spelling)) is not blocked
    ]


@pytest.mark.engine("haproxy")
def test_every_probe_is_decided_as_the_reader_says(
    emitted: Any, servers: Any, packets: Any, fronting: Any, requires_engine: Callable[[str], Path]
) -> None:
    """Entries, neighbours, upper case, a final dot, from every segment, by name and by header."""
    with (
        fronting.origin() as behind,
        fronting.proxied(emitted, servers, packets, requires_engine("haproxy"), behind) as proxy,
    ):
        assert differences(proxy, emitted) == []
        source = emitted.sources[-1]
        # A port, a look-alike by its beginning, and names that HAProxy would not split.
        assert proxy.blocks("http", source, "big.test:80")
        assert proxy.blocks("http", source, "big.test.:8080")
        assert proxy.blocks("tls", source, "big.test..")
        assert proxy.blocks("tls", source, " big.test") is False
    found = {
        emitted.blocks("tls", each, host) for each in emitted.sources for host in emitted.hosts
    }
    assert found == {True, False}


@pytest.mark.engine("haproxy")
def test_what_names_no_host_is_refused(
    emitted: Any, servers: Any, packets: Any, fronting: Any, requires_engine: Callable[[str], Path]
) -> None:
    """A handshake without a name, one that never ends, and what is no TLS; a slow one is read."""
    source = emitted.sources[-1]
    with (
        fronting.origin() as behind,
        fronting.proxied(emitted, servers, packets, requires_engine("haproxy"), behind) as proxy,
    ):
        assert proxy.blocks("tls", source, None)
        assert proxy.send(proxy.http, source, packets.request(None))[9:12] == b"403"
        assert proxy.blocks("tls", source, "192.0.2.7") is False
        assert proxy.send(proxy.tls, source, b"SSH-2.0-x\r\n") == b""
        assert proxy.send(proxy.tls, source, packets.client_hello("big.test")[:-1]) == b""
        # Where a request and its header differ, neither is believed.
        for target, host in (("big.test", "open.test"), ("open.test", "big.test")):
            asked = f"GET http://{target}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"
            assert proxy.send(proxy.http, source, asked.encode())[9:12] in {b"400", b"403"}


@pytest.mark.engine("haproxy")
def test_addresses_of_the_other_family_are_told_apart_too(
    small: Any,
    tmp_path: Path,
    servers: Any,
    packets: Any,
    fronting: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """A list without IPv6 addresses has none of them, and `!` before it is for all."""
    apps = (small.app("one", "one.test"), small.app("split", "split.test"))
    rule = small.Rule(("split",), ("pilot",), Effect.ALLOW)
    for networks, blocked in ((("10.0.0.0/8",), True), (("::1/128",), False)):
        policy = small.Policy(apps, (rule,), networks={"pilot": networks})
        tls, http = servers.two_free_ports()
        places = {"tls_bind": f"[::1]:{tls}", "http_bind": f"[::1]:{http}"}
        where = tmp_path / ("default" if blocked else "pilot")
        settings = {"tls_backend": "reached", "http_backend": "reached-http"}
        emitted = small.proxied(policy, directory=where.as_posix(), **settings, **places)
        for path, content in emitted.files.items():
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_bytes(content)
        with fronting.origin() as behind:
            (where / "around.cfg").write_text(fronting.AROUND.format(port=behind))
            port = int(places["tls_bind"].rpartition(":")[2])
            command = [requires_engine("haproxy"), "-db", "-f", where / "around.cfg"]
            ready = partial(fronting.listens, "::1", port)
            log = where / "haproxy.log"
            with servers.running([*command, "-f", where / "aipol.cfg"], ready, log):
                proxy = fronting.Proxy(port, port, packets, "::1")
                assert proxy.blocks("tls", "::1", "split.test") is blocked
                assert proxy.blocks("tls", "::1", "one.test") is True
                assert emitted.blocked("tls", "::1", "split.test") is blocked


@pytest.mark.engine("haproxy", "curl", "openssl")
def test_a_client_gets_through_to_what_is_not_blocked(
    emitted: Any, servers: Any, packets: Any, fronting: Any, requires_engine: Callable[[str], Path]
) -> None:
    """A real TLS client reaches a real TLS server by an open name, and not by a blocked one."""
    certificate = emitted.directory / "origin.pem"
    made: list[str | Path] = [
        requires_engine("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
    ]
    subprocess.run(
        [*made, "-keyout", certificate, "-out", f"{certificate}.crt", "-subj", "/CN=origin"],
        check=True,
        capture_output=True,
    )
    certificate.write_bytes(certificate.read_bytes() + Path(f"{certificate}.crt").read_bytes())
    with (
        fronting.origin(certificate) as behind,
        fronting.proxied(emitted, servers, packets, requires_engine("haproxy"), behind) as proxy,
    ):
        for host in ("big.test", "api.big.test", "x.api.big.test", "split.test", "open.test"):
            for source in emitted.sources:
                curl: list[str | Path] = [
                    requires_engine("curl"),
                    "-sk",
                    "--noproxy",
                    "*",
                    "--interface",
                    source,
                ]
                place = ["--connect-to", f"::127.0.0.1:{proxy.tls}", f"https://{host}/"]
                done = subprocess.run([*curl, *place], capture_output=True, check=False)
                assert (done.returncode == 0) is not emitted.blocks("tls", source, host), host
