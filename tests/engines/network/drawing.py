"""Draws policies that nobody wrote, each from its number: a file, and the catalogue it is about."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from aipol.catalogue.load import Catalogue
from aipol.diagnostics.model import has_errors
from aipol.ir import Ir
from aipol.pipeline import open_policy

AS_OF = date(2026, 12, 1)
_SOURCED = {"source": "tests/engines/network", "tier": "A"}

APPS = ("one", "two", "three", "four")
CHAIN = ("x.test", "a.x.test", "b.a.x.test", "c.b.a.x.test", "d.c.b.a.x.test", "e.d.c.b.a.x.test")
"""Each is below the one before."""
OTHERS = (
    "y.test",
    "a.y.test",
    "b.a.y.test",
    "notx.test",  # what a careless pattern for another takes for it
    "x.test.y.test",
    "xn--bcher-kva.test",
    "a.xn--bcher-kva.test",
    "_e.a.x.test",
    "f._e.a.x.test",
    "_e.y.test",
    "z-0.a.x.test",
    "0.test",
    f"{'l' * 63}.y.test",
)
ROLES = ("ui", "ui", "ui", "api", "api", "backend", "auth", "cdn", "telemetry", "marketing")
KINDS = ("exact", "subtree", "children")
MATCHES = (*KINDS, "subtree")
EFFECTS = ("allow", "allow", "warn", "justify", "block", "block")
REQUIRED: tuple[dict[str, Any], ...] = (
    {},
    {"inspect_tls": True},
    {"inspect_tls": True, "log": "metadata"},
    {"sso": True, "data": {"max": "public"}, "log": "full"},
)
SIX = "2001:db8:20::/64"
NETWORKS: tuple[dict[str, tuple[str, ...]], ...] = (
    {"finance": ("127.20.0.0/24",), "engineering": ("127.30.0.0/30", "127.30.0.8/32")},
    {"finance": ("127.20.0.0/16", SIX), "engineering": ("127.20.1.0/24", "127.30.0.0/24")},
    {"finance": ("127.20.0.0/24",)},
    {"finance": ("127.20.0.0/25",), "engineering": ("127.20.0.0/24", "127.20.1.0/25")},
    {"finance": ("127.20.0.0/24", SIX), "both": ("127.40.0.0/24",), "guests": ("127.50.0.0/24",)},
    {"everyone": ("127.60.0.0/24",), "finance": ("127.20.0.0/24",)},
    {"finance": ("127.0.0.0/8",)},
)
"""On loopback, so that servers can be asked from there; the last leaves nothing of it to others."""
GATEWAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gateway.test", ("127.99.0.0/30",)),
    ("gateway.a.x.test", ("127.20.0.9/32", "127.99.0.1/32")),
    ("gateway.y.test", ()),
)


@dataclass(frozen=True)
class Drawn:
    """A policy's file with the apps that there are."""

    text: str
    catalogue: Catalogue


def drawn(seed: int) -> Drawn:
    """The policy of this number. What has few kinds takes turns, so that a handful has all."""
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    domains = _domains(draw)
    # What is JSON is a policy, too.
    return Drawn(json.dumps(_policy(seed, draw), indent=1), _catalogue(draw, domains))


@lru_cache(maxsize=512)
def resolved(seed: int) -> Ir:
    """What it means, as the language says."""
    policy = drawn(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(policy.text)
        opened = open_policy(path.as_posix(), AS_OF, policy.catalogue, ())
    assert not has_errors(opened.findings), [each.message for each in opened.findings]
    assert opened.ir
    return opened.ir


# --- apps -----------------------------------------------------------------------------------------


def _domains(draw: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Hosts of every app: a chain of nested ones, others, and some that two apps need."""
    start = draw.randrange(2)
    names = [*CHAIN[start : start + draw.choice((4, 5))], *draw.sample(OTHERS, draw.randint(5, 7))]
    found: dict[str, list[dict[str, Any]]] = {app: [] for app in APPS}
    # The first hosts are whole uses of three apps, and one of each kind.
    for app, name, match in zip(APPS, names, draw.sample(KINDS, 3), strict=False):
        found[app].append({**_domain(draw, name), "role": "ui", "match": match, "shared": False})
    for name in names[3:]:
        app = draw.choice(APPS)
        domain = _domain(draw, name)
        found[app].append(domain if found[app] else {**domain, "role": "ui"})
    for name in draw.sample(names, draw.randint(1, 3)):
        free = [app for app in APPS if name not in {each["domain"] for each in found[app]}]
        found[draw.choice(free)].append(_domain(draw, name))
    return {app: rows for app, rows in found.items() if rows}


def _domain(draw: random.Random, name: str) -> dict[str, Any]:
    return {
        "domain": name,
        "role": draw.choice(ROLES),
        "match": draw.choice(MATCHES),
        "shared": draw.random() < 0.12,
        "sources": 1,
        **_SOURCED,
    }


def _catalogue(draw: random.Random, domains: dict[str, list[dict[str, Any]]]) -> Catalogue:
    apps = {app: _app(draw, app, rows) for app, rows in domains.items()}
    raw = {
        "apps": apps,
        "index": {"seen": "2026-08", "categories": {"chat": "", "coding": ""}},
        "vendors": {"vendor": {"name": "Vendor"}},
        "protected": {"vendor": [_protected("push.test", "children"), _protected("id.test")]},
        "shared_platforms": [],
    }
    return Catalogue(raw, "0" * 64)


def _protected(host: str, match: str = "exact") -> dict[str, str]:
    return {"host": host, "match": match, "purpose": "push", **_SOURCED}


def _app(draw: random.Random, app: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": app,
        "vendor": "vendor",
        "category": "coding" if app == "three" else "chat",
        "kind": "chat",
        "domains": rows,
        "cli": [{"kind": "binary", "value": app, **_SOURCED}],
        **_SOURCED,
    }
    if app in {"one", "three"}:
        held = draw.sample(rows, min(len(rows), 2))
        found["tenant_restriction"] = {
            "header": draw.choice(("Example-Tenant", f"Example-Tenant-{app}")),
            "value": "ids",
            "hosts": [{"host": each["domain"], "match": each["match"]} for each in held],
            **_SOURCED,
        }
    return found


# --- the file -------------------------------------------------------------------------------------


def _policy(seed: int, draw: random.Random) -> dict[str, Any]:
    networks = NETWORKS[seed % len(NETWORKS)]
    groups: dict[str, Any] = {
        "everyone": {"all": True},
        "finance": {},
        "engineering": {},
        "pilot": {},
        "both": {"all_of": ["finance", "engineering"]},
        "guests": {"none_of": ["finance", "engineering", "pilot"]},
    }
    for group, listed in networks.items():
        groups[group] = {**groups[group], "networks": list(listed)}
    gateway = seed % 4 < 3
    found: dict[str, Any] = {
        "version": 1,
        "organization": {"name": "Acme Ltd", "identifier": "com.acme"},
        "groups": groups,
        "data_classes": [{"id": "public"}, {"id": "internal"}],
        "exceptions": list(_exceptions(draw)),
        "rules": list(_rules(draw, gateway=gateway)),
        "on_gap": ("report", "tighten")[seed % 2],
        "network": {
            "inspect_tls": ("ai-only", "none", "ai-only")[seed % 3],
            "close_bypasses": seed % 4 < 2,
        },
    }
    if gateway:
        host, places = GATEWAYS[seed % 4]
        placed = {"networks": list(places)} if places else {}
        found["network"]["gateways"] = {"gateway": {"host": host, **placed}}
    if seed % 3 == 2:
        found["network"]["never_inspect"] = draw.sample((*CHAIN, *OTHERS[:3]), 2)
    return found


def _rules(draw: random.Random, *, gateway: bool) -> Iterator[dict[str, Any]]:
    required = (*REQUIRED, *(({"via": "gateway"},) * 2 if gateway else ()))
    for number in range(draw.randint(4, 7)):
        effect = draw.choice(EFFECTS)
        chosen = {} if effect == "block" else draw.choice(required)
        yield {
            "id": f"rule-{number}",
            "apps": draw.choice((draw.sample(("one", "two", "three"), 2), ["category:chat"])),
            "groups": _people(draw),
            "effect": effect,
            **({"require": chosen} if chosen else {}),
            **_narrower(draw),
        }
    yield {
        "id": "rest",
        "apps": ["*"],
        "groups": ["everyone"],
        "effect": draw.choice(("allow", "block")),
    }


def _people(draw: random.Random) -> list[str]:
    some: list[str] = draw.sample(("finance", "engineering", "pilot", "both", "guests"), 2)
    return draw.choice((some, some[:1], ["everyone"]))


def _narrower(draw: random.Random) -> dict[str, Any]:
    """What makes a rule be about some accounts or some surfaces only."""
    kind = draw.randrange(8)
    if kind < 2:
        return {"account": {"corporate": draw.choice((["t1"], ["t2", "t1"]))}}
    if kind == 2:
        return {"account": draw.choice(("corporate", "personal"))}
    return {"surfaces": draw.choice((["web"], ["cli", "web"], ["cli"]))} if kind == 3 else {}


def _exceptions(draw: random.Random) -> Iterator[dict[str, Any]]:
    if draw.random() < 0.3:
        yield {
            "id": "granted",
            "apps": [draw.choice(("one", "two"))],
            "groups": [draw.choice(("finance", "pilot"))],
            "effect": "allow",
            "until": "2027-01-31",
            "owner": "cfo@acme.example",
            "reason": "a trial",
        }
