"""Every resolver, loaded with the emitted files, answers as the reader says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CLIENTS = ("bind", "unbound", "unbound-local", "knot", "powerdns", "dnsmasq", "hosts")
WITHOUT_ENGINE = {
    "adguard": "AdGuard Home and its engine are in no package registry that the tests can use",
    "pihole": "Pi-hole is installed by a program of its own, and is in no distribution",
}
"""Outputs that only the reader answers for here, each with why."""


@pytest.mark.parametrize("client", CLIENTS)
def test_a_resolver_answers_every_probe_as_the_reader_does(
    client: str,
    answered: Any,
    resolver: Any,
    resolving: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """From every segment: entries, their neighbours, implied names, upper case, a final dot."""
    program = requires_engine(resolving.ENGINES[client].program)
    wrong: list[str] = []
    asked = set[bool]()
    with resolver(client, answered, program) as resolves:
        for source in answered.sources:
            for host in answered.hosts:
                blocked = answered.blocks(client, source, host)
                asked.add(blocked)
                wrong += (
                    f"{source} {spelling}: {found}, the reader says {blocked}"
                    for spelling in (host, host.upper(), f"{host}.")
                    if (found := resolves(source, spelling)) is not (not blocked)
                )
    assert wrong == []
    assert asked == {True, False}


@pytest.mark.parametrize("client", CLIENTS)
def test_the_other_family_and_an_alias_are_answered_as_the_readme_says(
    client: str,
    answered: Any,
    resolver: Any,
    resolving: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """No IPv6 address of a denied name; whether an alias of one is denied differs by server."""
    program = requires_engine(resolving.ENGINES[client].program)
    source = answered.sources[-1]
    with resolver(client, answered, program) as resolves:
        for host in ("big.test", "split.test", "open.test"):
            blocked = answered.blocks(client, source, host)
            assert resolves(source, host, resolving.AAAA) is not blocked, host
        assert answered.blocks(client, source, resolving.TARGET)
        assert resolves(source, resolving.ALIAS) is (client not in FOLLOWING)


FOLLOWING = ("bind", "unbound", "powerdns")
"""Resolvers that also look at the names an answer leads to."""


def test_every_output_has_an_engine_or_is_known_to_have_none(answered: Any, resolving: Any) -> None:
    """No resolver that we write for is left to the reader alone without saying why."""
    from aipol.target import Kind

    assert set(resolving.ENGINES) == set(CLIENTS)
    assert set(answered.decider.clients(Kind.HOST)) == {*CLIENTS, *WITHOUT_ENGINE}
    assert not set(CLIENTS) & set(WITHOUT_ENGINE)


@pytest.mark.engine("named-checkzone", "named-checkconf")
def test_the_zones_are_accepted_by_their_checker(
    answered: Any, requires_engine: Callable[[str], Path]
) -> None:
    """named-checkzone loads every zone under its name, and the views name the zones that exist."""
    zones = sorted(answered.directory.glob("segments/*/rpz.zone"))
    assert [zone.parent.name for zone in zones] == ["default", "engineering", "finance"]
    conf = answered.directory / "bind" / "aipol.conf"
    commands = [
        [requires_engine("named-checkzone"), f"{zone.parent.name}.aipol.invalid", zone]
        for zone in zones
    ]
    for command in (*commands, [requires_engine("named-checkconf"), "-z", conf]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("output", ["unbound", "unbound-local"])
@pytest.mark.engine("unbound-checkconf")
def test_the_unbound_configuration_is_accepted(
    output: str, answered: Any, requires_engine: Callable[[str], Path]
) -> None:
    """unbound-checkconf reads the snippet without complaint."""
    done = subprocess.run(
        [requires_engine("unbound-checkconf"), answered.directory / output / "aipol.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("client", ["bind", "unbound"])
@pytest.mark.engine("dig")
def test_a_client_that_asks_for_signatures_is_not_let_through(
    client: str,
    answered: Any,
    resolver: Any,
    resolving: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """A blocked name stays blocked with DNSSEC requested, and over TCP."""
    program, dig = requires_engine(resolving.ENGINES[client].program), requires_engine("dig")
    with resolver(client, answered, program) as resolves:
        for option in ("+dnssec", "+tcp"):
            port = str(resolves.port)
            done = subprocess.run(
                [dig, "@127.0.0.1", "-p", port, "-b", "127.0.0.6", "split.test", option],
                capture_output=True,
                text=True,
                check=False,
            )
            assert "status: NXDOMAIN" in done.stdout, done.stdout
