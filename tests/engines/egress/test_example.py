"""The engines take the example policy's files, and its zones answer as their reader says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue import load_catalogue
from aipol.ir import Group, Ir
from aipol.language.assemble import assemble
from aipol.resolve import resolve

# The gateway, nobody's network, and the first groups'.
SOURCES = ("127.1.0.200", "127.0.0.1", "127.1.0.1", "127.1.0.2", "127.1.0.3")
POLICY = Path(__file__).parents[3] / "policy" / "ai-usage.yaml"


@pytest.fixture(scope="module")
def example(written: Any) -> Iterator[Any]:
    """The example policy's files, with its networks moved to loopback."""
    assembled, _, _ = assemble(POLICY.as_posix())
    assert assembled is not None
    ir, _ = resolve(assembled, load_catalogue(), date(2026, 12, 1))
    assert ir is not None
    with written(on_loopback(ir), SOURCES) as emitted:
        yield emitted


def on_loopback(ir: Ir) -> Ir:
    """Every group with networks at an address of its own."""
    listed = [name for name, group in ir.groups.items() if group.networks]
    places = {name: (f"127.1.0.{number}/32",) for number, name in enumerate(listed, start=1)}

    def moved(group: Group) -> Group:
        return replace(group, networks=places.get(group.name, ()))

    gateways = {
        name: replace(gateway, networks=("127.1.0.200/32",))
        for name, gateway in ir.gateways.items()
    }
    groups = {name: moved(group) for name, group in ir.groups.items()}
    return replace(ir, groups=groups, gateways=gateways)


@pytest.mark.engine("squid", "named-checkzone", "named-checkconf", "unbound-checkconf")
def test_every_checker_accepts_the_example(
    example: Any, requires_engine: Callable[[str], Path]
) -> None:
    """Squid, BIND and Unbound parse the files without an error or a warning."""
    directory = example.directory
    conf = {name: directory / name / "aipol.conf" for name in ("squid", "bind", "unbound")}
    commands: list[list[str | Path]] = [
        [requires_engine("squid"), "-k", "parse", "-f", conf["squid"]],
        [requires_engine("named-checkconf"), "-z", conf["bind"]],
        [requires_engine("unbound-checkconf"), conf["unbound"]],
    ]
    commands += [
        [requires_engine("named-checkzone"), f"{zone.parent.name}.aipol.invalid", zone]
        for zone in sorted(directory.glob("segments/*/rpz.zone"))
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert "WARNING" not in said
        assert "ERROR" not in said


@pytest.mark.parametrize("engine", ["named", "unbound"])
def test_every_host_of_the_example_is_answered_as_the_reader_says(
    engine: str, example: Any, resolver: Any, requires_engine: Callable[[str], Path]
) -> None:
    """All hosts of the catalogue, from an address of every segment and of the gateway."""
    program = requires_engine(engine)
    wrong: list[str] = []
    with resolver(engine, example, program) as ask:
        for source in SOURCES:
            for host in example.claimed:
                blocked = example.blocks("rpz", source, host)
                if (ask(source, host) == 3) != blocked:
                    wrong.append(f"{source} {host}: the reader says {blocked}")
    assert wrong == []
