"""A real Suricata, with the emitted rules, stops in a capture what the reader says it does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from aipol.bypasses import BYPASS_SWITCHES

INSTALLED = Path("/etc/suricata/suricata.yaml")
SECOND_FAMILY = ("2001:db8:20::5", "2001:db8:30::5")
CLIENTS = ("dns", "http", "tls")
Asked = tuple[str, str, str]


@pytest.fixture
def stopped(capturing: Any) -> Any:
    """What rules stop in a capture of everything that is asked."""
    return capturing.stopped


def questions(small: Any, emitted: Any, sources: Iterable[str]) -> list[Asked]:
    """Every probe from every source on every path, in upper case and with a final dot too."""
    claimed = [found.domain for each in emitted.ir.apps.values() for found in each.app.domains]
    hosts = small.probes((*claimed, "gateway.test", *BYPASS_SWITCHES))
    return [
        (client, source, spelling)
        for client in CLIENTS
        for source in sources
        for host in hosts
        for spelling in (host, host.upper(), f"{host}.")
    ]


def wanted(emitted: Any, asked: Iterable[Asked]) -> set[Asked]:
    """What the reader says is stopped."""
    return {each for each in asked if emitted.blocked(*each)}


@pytest.mark.engine("suricata")
def test_every_probe_is_decided_as_the_reader_says(
    small: Any, packets: Any, stopped: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """Entries, neighbours, upper case, a final dot, from every segment of both families."""
    emitted = small.inspected(small.everything())
    asked = questions(small, emitted, (*small.SOURCES, *SECOND_FAMILY))
    found = stopped(requires_engine("suricata"), packets, tmp_path, emitted.files, asked)
    expected = wanted(emitted, asked)
    assert found ^ expected == set()
    assert 0 < len(expected) < len(asked)


@pytest.mark.engine("suricata")
def test_ports_and_connections_without_a_name(
    small: Any, packets: Any, stopped: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """A port after a host is no part of it; what names no host is let through."""
    emitted = small.inspected(small.everything())
    source = small.ANYBODY
    asked: list[Any] = [
        ("http", source, "big.test:8080"),
        ("http", source, "big.test.:8080"),
        ("tls", source, "big.test.."),
        ("http", source, "api.big.test:80"),
        ("tls", source, None),
        ("http", source, None),
        ("tls", source, "192.0.2.7"),
        ("http", source, "192.0.2.7"),
    ]
    found = stopped(requires_engine("suricata"), packets, tmp_path, emitted.files, asked)
    assert found == set(asked[:3])


@pytest.mark.engine("suricata")
def test_rules_that_only_alert_stop_nothing(
    small: Any, packets: Any, stopped: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """As their reader says."""
    emitted = small.inspected(small.everything(), action="alert")
    asked = [("tls", small.ANYBODY, "big.test"), ("dns", small.ANYBODY, "big.test")]
    assert stopped(requires_engine("suricata"), packets, tmp_path, emitted.files, asked) == set()
    assert wanted(emitted, asked) == set()


@pytest.mark.engine("suricata")
def test_a_pass_rule_would_win_over_a_block_inside_it(
    small: Any, packets: Any, stopped: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """That is why exceptions are taken out of blocks instead of being rules of their own."""
    start, end = "tls any any -> any any (flow:to_server; tls.sni; dotprefix; content", "endswith;"
    rules = (
        f'drop {start}:".a.test"; {end} sid:1;)\n'
        f'pass {start}:".b.a.test"; {end} sid:2;)\n'
        f'drop {start}:".c.b.a.test"; {end} sid:3;)\n'
    )
    asked = [("tls", small.ANYBODY, host) for host in ("a.test", "b.a.test", "c.b.a.test")]
    files = {"aipol.rules": rules.encode()}
    found = stopped(requires_engine("suricata"), packets, tmp_path, files, asked)
    assert found == {asked[0]}


@pytest.mark.engine("suricata")
def test_a_rule_of_the_greatest_length_is_loaded(
    small: Any, packets: Any, stopped: Any, tmp_path: Path, requires_engine: Callable[[str], Path]
) -> None:
    """The limit is what Suricata takes, and it leaves a longer rule out with an error."""
    (limit,) = (each for each in small.SURICATA.limits if each.name.startswith("rule,"))
    rule = 'drop tls any any -> any any (msg:"x"; tls.sni; content:"a.test"; sid:1;)'
    asked = [("tls", small.ANYBODY, "a.test")]
    program = requires_engine("suricata")
    fits = rule.replace('"x"', f'"{"x" * (limit.value - len(rule) + 1)}"')
    assert len(fits) == limit.value
    found = stopped(program, packets, tmp_path, {"aipol.rules": f"{fits}\n".encode()}, asked)
    assert found == set(asked)
    longer = fits.replace('"x', '"xxxx', 1)
    (tmp_path / "long.rules").write_text(f"{longer}\n")
    command: list[str | Path] = [
        program,
        "-T",
        "-c",
        INSTALLED,
        "-S",
        tmp_path / "long.rules",
        "-l",
        tmp_path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "error parsing signature" in done.stdout + done.stderr
