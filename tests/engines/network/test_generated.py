"""Policies that nobody wrote: squid and e2guardian decide each of them as their readers say.

A few are tried by default; AIPOL_POLICIES=300 tries so many.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Gateway, Ir
from aipol.vocabulary import Effect
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.squid.target import SQUID

POLICIES = int(os.environ.get("AIPOL_POLICIES", "4"))
# Where `written` puts the first groups and the gateway, and an address of nobody.
SOURCES = ("127.1.0.1", "127.1.0.2", "127.1.0.200", "127.0.0.1")
NAMES = [
    f"{prefix}{host}"
    for host in ("x.test", "y.test", "xn--bcher-kva.test")
    for prefix in ("", "a.", "b.a.", "_c.a.", "d.b.a.")
]


def drawn(small: Any, seed: int) -> Ir:
    """Three apps with nested hosts of every intent, and rules for two networks and the rest."""
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    names = draw.sample(NAMES, 9)
    hosts = [small.domain(name, draw.choice(list(Match))) for name in names]
    apps = tuple(
        small.app(name, *hosts[place::3]) for place, name in enumerate(("one", "two", "three"))
    )
    rules = tuple(
        small.Rule(
            tuple(draw.sample(("one", "two", "three"), 2)),
            (draw.choice(("finance", "engineering", "everyone")),),
            draw.choice((Effect.ALLOW, Effect.ALLOW, Effect.BLOCK)),
        )
        for _ in range(4)
    )
    networks = {"finance": ("10.0.0.0/24",), "engineering": ("10.0.1.0/24",)}
    resolved: Ir = small.resolve(
        small.Policy(
            apps=apps,
            rules=rules,
            networks=networks if draw.random() < 0.5 else {"finance": networks["finance"]},
            groups=("finance", "engineering"),
            gateways=(Gateway("gateway", "gateway.a.x.test", ("10.9.0.0/24",)),),
        )
    )
    return resolved


def disagreements(files: Any, client: str, blocked: Callable[[str, str], bool]) -> list[str]:
    """Questions that the program and the reader answer differently."""
    return [
        f"{source} {host}"
        for source in files.sources
        for host in files.hosts
        if blocked(source, host) is not files.blocks(client, source, host)
    ]


@pytest.mark.engine("squid")
@pytest.mark.parametrize("seed", range(POLICIES))
def test_squid_decides_a_drawn_policy_as_the_reader_says(
    seed: int,
    small: Any,
    written: Any,
    proxying: Any,
    servers: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """CONNECT by name from every segment, for entries and their neighbours."""
    program = requires_engine("squid")
    with (
        written(SQUID, drawn(small, seed), SOURCES) as files,
        proxying.squid(files, program, servers) as blocked,
    ):
        assert disagreements(files, "squid", blocked) == []


@pytest.mark.engine("e2guardian")
@pytest.mark.parametrize("seed", range(POLICIES))
def test_e2guardian_decides_a_drawn_policy_as_the_reader_says(
    seed: int,
    small: Any,
    written: Any,
    proxying: Any,
    servers: Any,
    requires_engine: Callable[[str], Path],
) -> None:
    """The same for filter groups."""
    program = requires_engine("e2guardian")
    with (
        written(E2GUARDIAN, drawn(small, seed), SOURCES) as files,
        proxying.e2guardian(files, program, servers) as blocked,
    ):
        assert disagreements(files, "e2guardian", blocked) == []
