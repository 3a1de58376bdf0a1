"""Real interpreters of proxy auto-config files give the way that the reader says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from aipol.bypasses import BYPASS_SWITCHES

ENGINES = ("pactester", "node")


def interpreter(engine: str, requires_engine: Callable[[str], Path]) -> Path:
    """The program; node is asked where it is there, for it is no part of what the tests install."""
    if engine == "node" and shutil.which(engine) is None:
        pytest.skip("node is not installed; pactester is asked the same")
    return requires_engine(engine)


def spellings(small: Any, ir: Any) -> list[str]:
    """Every probe, in upper case and with a final dot too."""
    claimed = [found.domain for each in ir.apps.values() for found in each.app.domains]
    hosts = small.probes((*claimed, "gateway.test", *BYPASS_SWITCHES, "__proto__.constructor"))
    return [each for host in hosts for each in (host, host.upper(), f"{host}.", f"{host}..")]


def differences(
    advising: Any,
    ask: Callable[[Path, Sequence[str]], list[str]],
    emitted: Any,
    hosts: Sequence[str],
    where: Path,
) -> Iterable[str]:
    """Where an interpreter does not answer as the reader says, from every segment."""
    for address in ("10.20.0.5", "2001:db8:20::5", "10.30.0.5", "192.0.2.1"):
        path = advising.handed(emitted, address)
        file = where / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(emitted.files[path])
        ways = ask(file, hosts)
        assert len(ways) == len(hosts)
        for host, way in zip(hosts, ways, strict=True):
            assert way == "DIRECT" or re.fullmatch(r"PROXY [a-z0-9.-]+:[0-9]+", way)
            if (way != "DIRECT") is not emitted.blocked("pac", address, host):
                yield f"{address} {host}: {way}"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_probe_is_answered_as_the_reader_says(
    engine: str, small: Any, advising: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """Entries, neighbours, upper case, final dots, from every segment of both families."""
    program = interpreter(engine, requires_engine)
    emitted = small.advised(small.everything(), gateways={"gateway": "proxy.test:8080"})
    hosts = spellings(small, emitted.ir)

    def ask(file: Path, asked: Sequence[str]) -> list[str]:
        ways: list[str] = advising.ASKING[engine](program, file, asked)
        return ways

    assert list(differences(advising, ask, emitted, hosts, tmp_path)) == []
    file = tmp_path / "segments" / "default.pac"
    asked = ["big.test", "api.big.test", "routed.test", "x.routed.test", "split.test", "192.0.2.7"]
    assert ask(file, asked) == [
        "PROXY 127.0.0.1:9",
        "DIRECT",
        "PROXY proxy.test:8080",
        "PROXY proxy.test:8080",
        "PROXY 127.0.0.1:9",
        "DIRECT",
    ]
    assert not emitted.blocked("pac", small.GATEWAY, "big.test")
