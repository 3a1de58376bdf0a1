"""Turns targets and policies into the pairs of which the conformance suite asks everything.

Whoever adds a target extends `SETTINGS`, if it does not compile with none, and `EXCUSES`, if its
files hold what no vendor acts on. Targets of other distributions are found as the command line
finds them: by the entry point `aipol.targets`.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from aipol.cli.composition import all_targets
from aipol.coverage import complete
from aipol.ir import Ir
from aipol.pipeline import Run, open_policy
from aipol.sites import has_sites, places
from aipol.target import Compiled, Target
from tests.cases import kit as cases
from tests.mutation import kit
from tests.mutation.excuses import METADATA, UNPROBED

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "cloudflare": {"on_ramp": "wan", "tls_decryption": True},
    "dns": {
        "outputs": ["adguard", "bind", "dnsmasq", "hosts", "pihole", "unbound", "unbound-local"]
    },
    "fortigate": {"inside": ["lan"], "outside": ["wan1"]},
    "haproxy": {"tls_backend": "to-internet", "http_backend": "to-internet-http"},
    "intune": {"tenant": "9ef53cd9-367c-4b21-af75-2d4df289ac2a", "mode": "enforce"},
    "lists": {"outputs": ["domains", "edl", "sonicwall", "watchguard"]},
    "paloalto": {
        "outputs": ["edl", "set", "xml"],
        "edl_url": "https://lists.acme.example/aipol",
        "capacity": {"lists": 99},
    },
    "purview": {"mode": "enforce"},
}
"""What `targets.<id>` says where a policy does not configure the target; `{}` for all others."""


_UNASKED: Mapping[str, tuple[Any, ...]] = {
    "squid": (
        kit.Metadata(
            r"/log-\d+\.txt$", r"", "`metadata-only` admits that a host is not logged at all"
        ),
    ),
}
EXCUSES: Mapping[str, tuple[Any, ...]] = {
    name: (*METADATA[name], *UNPROBED[name], *_UNASKED.get(name, ())) for name in METADATA
}
"""For each target, the places in its files whose change changes no decision that is asked for."""

TARGETS: Mapping[str, Target] = {target.id: target for target in all_targets()}
GENERATED = tuple(f"random-{seed}" for seed in range(5))
POLICIES: tuple[str, ...] = (*cases.CASES, *GENERATED)
PAIRS = tuple((name, policy) for name in TARGETS for policy in POLICIES)

every_pair = pytest.mark.parametrize(("name", "policy"), PAIRS)
at_sites = pytest.mark.parametrize(
    ("name", "policy"), [pair for pair in PAIRS if has_sites(TARGETS[pair[0]])]
)
every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@dataclass(frozen=True)
class Tried:
    """One target with one policy."""

    target: Target
    ir: Ir
    settings: Any

    def compiled(self) -> Compiled:
        """What the target makes of the policy, made anew."""
        return self.target.compile(self.ir, self.settings)

    def run(self) -> Run:
        """The same with its account completed, as the pipeline keeps it."""
        compiled = self.compiled()
        return Run(
            self.target, self.ir, compiled, complete(self.ir, self.target, compiled.coverage)
        )

    def given(self, **changes: Any) -> Tried:
        """The same target with another policy."""
        return replace(self, ir=replace(self.ir, **changes))


def fresh(target: str, policy: str) -> Tried:
    """The pair, resolved from the policy's text."""
    return _resolved(target, policy, _texts(policy))


def rearranged(target: str, policy: str) -> Tried:
    """The pair, from a text with all in another order that has none: keys, and apps of a rule."""
    backwards = {
        name: yaml.safe_dump(_reversed(yaml.safe_load(text)), sort_keys=False)
        for name, text in _texts(policy).items()
    }
    return _resolved(target, policy, backwards)


def _texts(policy: str) -> dict[str, str]:
    """The policy's files by name."""
    if policy in GENERATED:
        drawn = _rules(random.Random(policy))  # noqa: S311 - for tests, not for secrets
        return {"policy.yaml": _HEAD + "".join(drawn)}
    folder = cases.HERE / policy
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}


def _reversed(written: Any, key: str = "") -> Any:
    """The same meaning: mappings and what is unordered backwards, rules and ladders as they are."""
    if isinstance(written, dict):
        return {name: _reversed(written[name], name) for name in reversed(written)}
    if isinstance(written, list):
        found = [_reversed(each) for each in written]
        return found[::-1] if key in _UNORDERED else found
    return written


def _resolved(target: str, policy: str, texts: Mapping[str, str]) -> Tried:
    apps = _APPS if policy in GENERATED else cases.apps_of(policy)
    targets = tuple(TARGETS.values())
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        path = str(Path(folder) / "policy.yaml")
        opened = open_policy(path, cases.AS_OF, cases.catalogue_of(apps), targets)
    assert opened.ir is not None, opened.findings
    chosen = TARGETS[target]
    # Of sites, the first: it is like a policy of its own.
    place = next(places(opened.ir, opened.settings, [chosen]), None)
    if place is not None:
        return Tried(place.target, place.ir, place.settings)
    return Tried(chosen, opened.ir, chosen.settings(**SETTINGS.get(target, {})))


@cache
def tried(target: str, policy: str) -> Tried:
    """The pair; shared, for nothing changes it."""
    return fresh(target, policy)


@cache
def ran(target: str, policy: str) -> Run:
    """What the pair gives."""
    return tried(target, policy).run()


# --- policies that nobody wrote -------------------------------------------------------------------


def files_of(run: Run) -> dict[str, bytes]:
    """What the target made, by path."""
    return {artifact.path: artifact.content for artifact in run.compiled.artifacts}


_HEAD = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance:
    {entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd, jamf: Finance Macs, networks: [10.20.0.0/24]}
  engineering:
    {entra: 90ecb0c2-a93e-4a07-aaf3-2b97c6673e4d, jamf: Engineering Macs, networks: [10.30.0.0/24]}
  sales: {jamf: Sales Macs}
  pilot: {entra: 77de7f1c-2f0e-4fb1-8f5f-0b7e6c1d2a3b}
data_classes:
  - {id: public}
  - {id: internal, label: a270ad41-4cc0-463c-bfc0-949bd958f998}
  - {id: confidential, info_types: [Credit Card Number]}
network:
  inspect_tls: ai-only
  close_bypasses: true
  resolvers: [10.0.0.53/32]
  gateways: {gateway: {host: ai-gateway.acme.example, networks: [10.99.0.8/32]}}
  segments:
    - {id: guest-wifi, networks: [10.90.0.0/24], groups: [pilot], only_via: gateway}
rules:
"""
_APPS = (
    "chatgpt",
    "claude",
    "claude-code",
    "deepl",
    "m365-copilot",
    "notion-ai",
    "ollama",
    "openai-api",
)
_UNORDERED = ("apps", "except_apps", "surfaces")
_REQUIRED = (
    "{via: gateway}",
    "{data: {max: public}}",
    "{data: {max: internal}, log: full}",
    "{inspect_tls: true, sso: true}",
    "",
    "",
)


def _rules(draw: random.Random) -> Iterator[str]:
    for number in range(6):
        apps = ", ".join(draw.sample(_APPS, 3))
        groups = draw.sample(("finance", "engineering", "sales", "pilot", "everyone"), 2)
        people = ", ".join(["everyone"] if "everyone" in groups else groups)
        effect = draw.choice(("allow", "allow", "warn", "justify", "block"))
        require = draw.choice(_REQUIRED) if effect != "block" else ""
        more = f", require: {require}" if require else ""
        line = f"id: rule-{number}, apps: [{apps}], groups: [{people}], effect: {effect}{more}"
        yield f"  - {{{line}}}\n"
