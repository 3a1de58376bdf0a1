"""Policies that nobody wrote: every program decides each of them as its reader and `explain` say.

A few are tried by default; AIPOL_POLICIES=300 tries so many.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aipol.domains import Intent, parents
from aipol_targets.squid.target import SQUID

POLICIES = int(os.environ.get("AIPOL_POLICIES", "4"))
FIRST = int(os.environ.get("AIPOL_FIRST_POLICY", "0"))
MOST_SHOWN = 20
RESOLVERS = ("bind", "unbound", "unbound-local", "knot", "powerdns", "dnsmasq", "hosts")
NAMES = ("squid", "e2guardian", "haproxy", "suricata", "pactester", "node", *RESOLVERS)


@pytest.fixture
def kit(request: pytest.FixtureRequest) -> Any:
    """The modules that start programs and ask them."""
    names = ("advising", "asking", "capturing", "comparing", "decrypting", "fronting", "packets")
    more = ("proxying", "resolving", "servers")
    return SimpleNamespace(**{name: request.getfixturevalue(name) for name in (*names, *more)})


@pytest.mark.parametrize("name", NAMES)
def test_drawn_policies_are_decided_as_the_reader_and_explain_say(
    name: str,
    kit: Any,
    drawn: Any,
    request: pytest.FixtureRequest,
    requires_engine: Callable[[str], Path],
) -> None:
    """Whatever the policy, on every path: names, neighbours, spellings, addresses, two names."""
    if name == "node" and shutil.which(name) is None:
        pytest.skip("node is not installed; pactester is asked the same")
    engine = kit.asking.ENGINES[name]
    programs = tuple(requires_engine(program) for program in engine.programs)
    questions, wrong = 0, list[str]()
    for seed in range(FIRST, FIRST + POLICIES):
        with drawn(engine.target, seed) as files, engine.start(kit, files, programs) as running:
            asked = list(dict.fromkeys(engine.probes(kit, files)))
            answers = dict(zip(asked, running.ask(asked), strict=True))
            found = (
                *kit.comparing.misread(files, answers),
                *kit.comparing.unexplained(seed, files, answers),
                *running.wrong(),
            )
            questions += len(asked)
            wrong += (f"policy {seed}: {each}" for each in found[:MOST_SHOWN])
    request.node.user_properties.append(("questions", questions))  # a report in XML has it
    assert wrong == []


def test_every_engine_is_asked(asking: Any) -> None:
    """None is left out of the list above."""
    assert set(asking.ENGINES) == set(NAMES)


def test_an_answer_turned_round_is_noticed(drawn: Any, comparing: Any) -> None:
    """By the comparison with the reader, and by that with `explain`."""
    for seed in range(4):
        with drawn(SQUID, seed) as files:
            asked = comparing.probes(files, ("squid",))
            answers = {
                each: files.blocks(each.client, each.source, each.spelling) for each in asked
            }
            turned = {each: not blocked for each, blocked in answers.items()}
            assert list(comparing.misread(files, answers)) == []
            assert list(comparing.unexplained(seed, files, answers)) == []
            assert len(list(comparing.misread(files, turned))) == len(turned)
            assert list(comparing.unexplained(seed, files, turned))


def test_a_few_policies_have_all_that_they_are_drawn_for(drawing: Any) -> None:
    """Every intent, four names below one another, hosts of two apps and of others, spellings."""
    seen = set[str]()
    for seed in range(4):
        ir = drawing.resolved(seed)
        claims = [claim for app in ir.apps.values() for claim in app.claims]
        hosts = {claim.host for claim in claims}
        assert len(ir.apps) >= 3
        assert {claim.intent for claim in claims} == set(Intent)
        assert any(len(hosts.intersection(parents(host))) >= 3 for host in hosts)
        assert len({(claim.app, claim.host) for claim in claims}) > len(hosts)
        seen |= {each.effect for each in ir.rulings}
        seen |= {clause for each in ir.rulings for clause, _ in each.obligations.items()}
        seen |= {mark for mark in ("xn--", "_") for host in hosts if mark in host}
        seen |= {f"{sum(bool(group.networks) for group in ir.groups.values())} networks"}
        seen |= {f"decrypts {ir.inspect_tls}", f"tightens {ir.tighten}"}
        seen |= {f"closes {ir.close_bypasses}", f"{len(ir.gateways)} gateways"}
        seen |= {"others"} if any(claim.shared for claim in claims) else set()
        seen |= {"tenants"} if any(each.tenants for each in ir.rulings) else set()
        seen |= {"spared"} if ir.never_inspect else set()
    assert seen >= {"xn--", "_", "others", "tenants", "spared", "1 networks", "2 networks"}
    assert seen >= {"allow", "warn", "justify", "block", "via", "inspect_tls", "log", "data.max"}
    assert seen >= {f"{each} {flag}" for each in ("tightens", "closes") for flag in (True, False)}
    assert seen >= {"decrypts none", "decrypts ai-only", "0 gateways", "1 gateways"}
