"""Real interpreters of proxy auto-config files give the way that the reader says."""

from __future__ import annotations

import ipaddress
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from aipol.bypasses import BYPASS_SWITCHES

NODE = """\
const [file, asked] = process.argv.slice(1);
const fs = require("fs"), vm = require("vm");
const script = vm.createContext({});
vm.runInContext(fs.readFileSync(file, "utf8"), script);
const hosts = JSON.parse(fs.readFileSync(asked, "utf8"));
const ways = hosts.map((host) => script.FindProxyForURL("https://" + host + "/", host));
console.log(JSON.stringify(ways));
"""


def by_pactester(program: Path, file: Path, hosts: Sequence[str]) -> list[str]:
    """What a library in C answers, with an old SpiderMonkey inside."""
    asked = file.with_suffix(".urls")
    asked.write_text("".join(f"https://{host}/\n" for host in hosts))
    done = subprocess.run(
        [program, "-p", file, "-f", asked], capture_output=True, text=True, check=True
    )
    return [line.partition(" : ")[2] for line in done.stdout.splitlines()]


def by_node(program: Path, file: Path, hosts: Sequence[str]) -> list[str]:
    """What a browser's engine answers: V8, with none of the functions that browsers predefine."""
    asked = file.with_suffix(".json")
    asked.write_text(json.dumps(hosts))
    done = subprocess.run(
        [program, "-e", NODE, file, asked], capture_output=True, text=True, check=True
    )
    return [str(way) for way in json.loads(done.stdout)]


ASKING: Mapping[str, Callable[[Path, Path, Sequence[str]], list[str]]] = {
    "pactester": by_pactester,
    "node": by_node,
}


def interpreter(engine: str, requires_engine: Callable[[str], Path]) -> Path:
    """The program; node is asked where it is there, for it is no part of what the tests install."""
    if engine == "node" and shutil.which(engine) is None:
        pytest.skip("node is not installed; pactester is asked the same")
    return requires_engine(engine)


def handed(emitted: Any, address: str) -> str:
    """The file that an address is handed: the last row that names it, or everybody's."""
    rows = [line.split(",") for line in emitted.text["handout.csv"].splitlines()[1:]]
    for network, path in rows:
        if network != "*" and ipaddress.ip_address(address) in ipaddress.ip_network(network):
            return str(path)
    return next(str(path) for network, path in rows if network == "*")


def spellings(small: Any, ir: Any) -> list[str]:
    """Every probe, in upper case and with a final dot too."""
    claimed = [found.domain for each in ir.apps.values() for found in each.app.domains]
    hosts = small.probes((*claimed, "gateway.test", *BYPASS_SWITCHES, "__proto__.constructor"))
    return [each for host in hosts for each in (host, host.upper(), f"{host}.", f"{host}..")]


def differences(
    ask: Callable[[Path, Sequence[str]], list[str]], emitted: Any, hosts: Sequence[str], where: Path
) -> Iterable[str]:
    """Where an interpreter does not answer as the reader says, from every segment."""
    for address in ("10.20.0.5", "2001:db8:20::5", "10.30.0.5", "192.0.2.1"):
        path = handed(emitted, address)
        file = where / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(emitted.files[path])
        ways = ask(file, hosts)
        assert len(ways) == len(hosts)
        for host, way in zip(hosts, ways, strict=True):
            assert way == "DIRECT" or re.fullmatch(r"PROXY [a-z0-9.-]+:[0-9]+", way)
            if (way != "DIRECT") is not emitted.blocked("pac", address, host):
                yield f"{address} {host}: {way}"


@pytest.mark.parametrize("engine", ASKING)
def test_every_probe_is_answered_as_the_reader_says(
    engine: str, small: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """Entries, neighbours, upper case, final dots, from every segment of both families."""
    program = interpreter(engine, requires_engine)
    emitted = small.advised(small.everything(), gateways={"gateway": "proxy.test:8080"})
    hosts = spellings(small, emitted.ir)

    def ask(file: Path, asked: Sequence[str]) -> list[str]:
        return ASKING[engine](program, file, asked)

    assert list(differences(ask, emitted, hosts, tmp_path)) == []
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


@pytest.mark.parametrize("engine", ASKING)
def test_drawn_policies_are_answered_as_the_reader_says(
    engine: str, drawn: Any, small: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """Whatever the policy, every segment's file answers as it is read back."""
    program = interpreter(engine, requires_engine)

    def ask(file: Path, asked: Sequence[str]) -> list[str]:
        return ASKING[engine](program, file, asked)

    for number, ir in enumerate(drawn):
        known = dict.fromkeys(ir.gateways, "proxy.test:8080")
        compiled = small.compiled(ir, small.PAC, gateways=known)
        assert compiled.findings == ()
        files = {artifact.path: artifact.content for artifact in compiled.artifacts}
        emitted = small.Emitted(ir, small.PAC, compiled, files)
        hosts = spellings(small, ir)
        assert list(differences(ask, emitted, hosts, tmp_path / str(number))) == []
