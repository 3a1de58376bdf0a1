"""The engines take the example policy's files, and its zones answer as their reader says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue import load_catalogue
from aipol.ir import Ir
from aipol.language.assemble import assemble
from aipol.resolve import resolve
from aipol_targets.dns.target import DNS
from aipol_targets.squid.target import SQUID

# The gateway, nobody's network, and the first groups'.
SOURCES = ("127.1.0.200", "127.0.0.1", "127.1.0.1", "127.1.0.2", "127.1.0.3")
POLICY = Path(__file__).parents[3] / "policy" / "ai-usage.yaml"


@pytest.fixture(scope="module")
def ir() -> Ir:
    """The example policy, resolved."""
    assembled, _, _ = assemble(POLICY.as_posix())
    assert assembled is not None
    resolved, _ = resolve(assembled, load_catalogue(), date(2026, 12, 1))
    assert resolved is not None
    return resolved


@pytest.fixture(scope="module")
def answered_example(ir: Ir, written: Any) -> Iterator[Any]:
    """The example policy's files for resolvers, with its networks moved to loopback."""
    with written(DNS, ir, SOURCES) as emitted:
        yield emitted


@pytest.mark.engine("squid")
def test_squid_accepts_the_example(
    ir: Ir, written: Any, requires_engine: Callable[[str], Path]
) -> None:
    """It parses the files without an error or a warning."""
    with written(SQUID, ir, SOURCES) as emitted:
        conf = emitted.directory / "aipol.conf"
        _accepted([[requires_engine("squid"), "-k", "parse", "-f", conf]])


@pytest.mark.engine("named-checkzone", "named-checkconf", "unbound-checkconf")
def test_every_checker_of_resolvers_accepts_the_example(
    answered_example: Any, requires_engine: Callable[[str], Path]
) -> None:
    """BIND and Unbound parse the files without an error or a warning."""
    directory = answered_example.directory
    conf = {name: directory / name / "aipol.conf" for name in ("bind", "unbound", "unbound-local")}
    _accepted(
        [
            [requires_engine("named-checkconf"), "-z", conf["bind"]],
            [requires_engine("unbound-checkconf"), conf["unbound"]],
            [requires_engine("unbound-checkconf"), conf["unbound-local"]],
            *(
                [requires_engine("named-checkzone"), f"{zone.parent.name}.aipol.invalid", zone]
                for zone in sorted(directory.glob("segments/*/rpz.zone"))
            ),
        ]
    )


def _accepted(commands: list[list[str | Path]]) -> None:
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert "WARNING" not in said
        assert "ERROR" not in said


@pytest.mark.parametrize(
    "client", ["bind", "unbound", "unbound-local", "knot", "powerdns", "dnsmasq", "hosts"]
)
def test_every_host_of_the_example_is_answered_as_the_reader_says(
    client: str,
    answered_example: Any,
    resolver: Any,
    resolving: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """All hosts of the catalogue, from an address of every segment and of the gateway."""
    program = requires_engine(resolving.ENGINES[client].program)
    wrong: list[str] = []
    with resolver(client, answered_example, program) as resolves:
        for source in SOURCES:
            for host in answered_example.claimed:
                blocked = answered_example.blocks(client, source, host)
                if resolves(source, host) is not (not blocked):
                    wrong.append(f"{source} {host}: the reader says {blocked}")
    assert wrong == []
