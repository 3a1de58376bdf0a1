"""BIND and Unbound, loaded with the emitted zones, answer as the reader says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ALLOWED, BLOCKED = 0, 3  # NOERROR and NXDOMAIN


@pytest.mark.parametrize("engine", ["named", "unbound"])
def test_a_resolver_answers_every_probe_as_the_reader_does(
    engine: str, emitted: Any, resolver: Any, requires_engine: Callable[[str], Path]
) -> None:
    """From every segment: entries, their neighbours, implied names, upper case, a final dot."""
    program = requires_engine(engine)
    wrong: list[str] = []
    asked = set[bool]()
    with resolver(engine, emitted, program) as ask:
        for source in emitted.sources:
            for host in emitted.hosts:
                blocked = emitted.blocks("rpz", source, host)
                asked.add(blocked)
                for spelling in (host, host.upper(), f"{host}."):
                    code = ask(source, spelling)
                    if code != (BLOCKED if blocked else ALLOWED):
                        wrong.append(f"{source} {spelling}: {code}, the reader says {blocked}")
    assert wrong == []
    assert asked == {True, False}


@pytest.mark.engine("named-checkzone", "named-checkconf")
def test_the_zones_are_accepted_by_their_checker(
    emitted: Any, requires_engine: Callable[[str], Path]
) -> None:
    """named-checkzone loads every zone under its name, and the views name the zones that exist."""
    zones = sorted(emitted.directory.glob("segments/*/rpz.zone"))
    assert [zone.parent.name for zone in zones] == ["default", "engineering", "finance"]
    for zone in zones:
        name = f"{zone.parent.name}.aipol.invalid"
        done = subprocess.run(
            [requires_engine("named-checkzone"), name, zone],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.endswith("OK\n"), done.stdout
    conf = emitted.directory / "bind" / "aipol.conf"
    done = subprocess.run(
        [requires_engine("named-checkconf"), "-z", conf],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.engine("unbound-checkconf")
def test_the_unbound_configuration_is_accepted(
    emitted: Any, requires_engine: Callable[[str], Path]
) -> None:
    """unbound-checkconf reads the snippet without complaint."""
    done = subprocess.run(
        [requires_engine("unbound-checkconf"), emitted.directory / "unbound" / "aipol.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.engine("dig")
def test_a_client_that_asks_for_signatures_is_not_let_through(
    emitted: Any, resolver: Any, requires_engine: Callable[[str], Path]
) -> None:
    """A blocked name stays blocked with DNSSEC requested, and over TCP."""
    program, dig = requires_engine("named"), requires_engine("dig")
    with resolver("named", emitted, program) as ask:
        for option in ("+dnssec", "+tcp"):
            done = subprocess.run(
                [dig, "@127.0.0.1", "-p", str(ask.port), "-b", "127.0.0.6", "split.test", option],
                capture_output=True,
                text=True,
                check=False,
            )
            assert "status: NXDOMAIN" in done.stdout, done.stdout
