"""A policy that is rich in kinds and poor in apps, compiled for every target we ship."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import Catalogue, load_catalogue
from aipol.cli.composition import all_targets
from aipol.diagnostics.model import has_errors
from aipol.pipeline import Build, build, open_policy

APPS = (
    "apple-intelligence",
    "chatgpt",
    "chrome-genai",
    "claude",
    "claude-code",
    "deepl",
    "edge-copilot",
    "github-copilot",
    "m365-copilot",
    "notion-ai",
    "ollama",
    "perplexity",
    "siri",
    "windows-recall",
)
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance:
    entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd
    jamf: Finance Macs
    networks: [10.20.0.0/24]
  engineering:
    entra: 90ecb0c2-a93e-4a07-aaf3-2b97c6673e4d
    jamf: Engineering Macs
    networks: [10.30.0.0/24]
data_classes:
  - {id: public}
  - {id: internal, label: a270ad41-4cc0-463c-bfc0-949bd958f998}
  - id: confidential
    label: 653999c0-5770-48fd-9ac2-d050d8f3e07b
    info_types: [Credit Card Number]
  - id: restricted
    label: b796b99e-e575-408d-9b43-d322eedb03be
    patterns: [{id: payroll-number, regex: "PAY-[0-9]{4}-[0-9]{6}"}]
rules:
  - {id: copilot, apps: [m365-copilot], groups: [everyone], effect: allow,
     require: {data: {max: confidential}}}
  - id: chatgpt
    apps: [chatgpt]
    groups: [finance]
    account: {corporate: [0eabacb2-b3f4-49c8-b9ba-fa9b54517f80]}
    effect: allow
    require: {inspect_tls: true}
  - {id: agents, apps: [claude-code, github-copilot, ollama], groups: [engineering], effect: allow}
  - {id: translation, apps: [deepl], groups: [everyone], effect: allow}
  - {id: siri, apps: [siri], groups: [engineering], effect: allow}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
network:
  inspect_tls: ai-only
  close_bypasses: true
  resolvers: [10.0.0.53/32, "2001:db8::53/128"]
targets:
  cloudflare: {on_ramp: wan, tls_decryption: true}
  dns:
    outputs: [adguard, bind, dnsmasq, hosts, knot, pihole, powerdns, unbound, unbound-local]
  e2guardian: {}
  fortigate: {inside: [lan], outside: [wan1]}
  haproxy: {tls_backend: to-internet, http_backend: to-internet-http}
  intune: {tenant: 9ef53cd9-367c-4b21-af75-2d4df289ac2a, mode: enforce}
  jamf: {url: "https://acme.jamfcloud.example"}
  lists: {}
  meraki: {}
  netskope: {}
  nftables: {}
  pac: {}
  paloalto:
    outputs: [edl, set, xml]
    edl_url: https://lists.acme.example/aipol
  purview: {mode: enforce, licence: e5}
  squid: {}
  suricata: {}
  umbrella: {}
  zscaler: {}
"""


HOSTS = 8
"""The most hosts of an app: more of them make more mutants, of no other kind."""


def small_catalogue() -> Catalogue:
    """The shipped catalogue with a handful of apps, each with a handful of hosts."""
    whole = load_catalogue()
    apps = json.loads(json.dumps({name: whole.content["apps"][name] for name in APPS}))
    for entry in apps.values():
        # What people open and programs call first: the rest only supports it.
        rows = sorted(entry.get("domains", ()), key=lambda row: row["role"] not in {"ui", "api"})
        entry["domains"] = rows[:HOSTS]
        if not rows:
            del entry["domains"]
    return Catalogue({**whole.content, "apps": apps})


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """What all our targets make of the policy."""
    path: Path = tmp_path_factory.mktemp("policy") / "ai-usage.yaml"
    path.write_text(POLICY, encoding="utf-8")
    policy = open_policy(str(path), date(2026, 12, 1), small_catalogue(), all_targets())
    assert policy.ir is not None, policy.findings
    done = build(policy.ir, policy.settings, all_targets())
    assert not has_errors(done.findings), done.findings
    return done
