"""What a locked rule rests on is not for the layers above it to change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.model import Diagnostic
from aipol.pipeline import open_policy

CODE = "AIP309"
BASE = """\
version: 1
organization: {name: Base, identifier: com.base}
groups:
  everyone: {all: true}
  office: {entra: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1}
  shop: {jamf: Shop Macs}
  all-staff: {any_of: [office, shop]}
  guests: {jamf: Guest Macs}
data_classes: [{id: public}, {id: internal}, {id: secret, info_types: [Credit Card Number]}]
vendors: {openai: {sso: true}}
vendor_tiers: [{id: good, when: {sso: true}, max_data: internal}, {id: any, max_data: public}]
apps:
  acme-gpt: {name: Acme, vendor: acme, category: chat, domains: [{domain: gpt.acme.example}],
             urls: [{url: "https://site.example/assistant/gpt"}]}
network:
  gateways: {gate: {host: gate.acme.example}, other: {host: other.acme.example}}
  segments:
    - {id: berlin, networks: [10.1.0.0/16], groups: [office]}
    - {id: lobby, networks: [10.2.0.0/16], groups: [guests]}
rules:
  - {id: no-deepseek, apps: [deepseek], groups: [all-staff], effect: block, locked: true}
  - {id: no-chat, apps: ["category:chat"], except_apps: [claude], groups: [all-staff],
     effect: block, locked: true}
  - {id: code, apps: [claude-code], groups: [office], effect: allow, locked: true,
     require: {data: {max: internal}, via: gate}}
  - {id: unlocked, apps: [perplexity], groups: [guests], effect: block}
"""
MINE = "name: M, vendor: acme,"
OPENAI = "2DC432GLL2"
TAKEN = "{domain: chat.deepseek.com}"
SHARED = "{domain: gpt.acme.example, shared: true}"
ON_ITS_HOST = '{url: "https://www.chat.deepseek.com/part"}'
INSIDE = '{url: "https://site.example/assistant/gpt/mine"}'
ABOVE = '{url: "https://site.example/assistant/"}'
BESIDE = '{url: "https://site.example/assistants"}'
CARDS, LABEL = "info_types: [Credit Card Number]", "label: 91ab3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5"
CHILD = """\
version: 1
extends: base.yaml
rules: [{id: rest, apps: ["*"], groups: [everyone], effect: allow}]
"""


def _findings(folder: Path, *layers: str) -> list[Diagnostic]:
    """The findings about floors in the last of `layers`, each of which extends the one before."""
    for name, text in zip(("base.yaml", "middle.yaml"), layers[:-1], strict=False):
        (folder / name).write_text(text, encoding="utf-8")
    file = folder / "policy.yaml"
    file.write_text(layers[-1], encoding="utf-8")
    found = open_policy(str(file), date(2026, 12, 1), load_catalogue(), ())
    assert found.assembled is not None, found.findings
    return [finding for finding in found.findings if finding.code == CODE]


@pytest.mark.parametrize(
    ("change", "what", "locked"),
    [
        ("groups: {all-staff: {any_of: [shop]}}", "group `all-staff`", "no-deepseek"),
        ("groups: {all-staff: {all: true}}", "group `all-staff`", "no-deepseek"),
        ("groups: {shop: {jamf: Two Macs}}", "group `shop`", "no-deepseek"),
        ("groups: {shop: {any_of: [guests], jamf: Shop Macs}}", "group `shop`", "no-deepseek"),
        ("apps: {chatgpt: {category: coding}}", "app `chatgpt`", "no-chat"),
        ("apps: {acme-gpt: {name: Acme, vendor: acme, category: coding}}", "`acme-gpt`", "no-chat"),
        ("apps: {deepseek: {domains: [{domain: x.example}]}}", "app `deepseek`", "no-deepseek"),
        ("apps: {chatgpt: {macos: {processes: [Nothing]}}}", "app `chatgpt`", "no-chat"),
        (
            "data_classes: [{id: secret}, {id: internal}, {id: public}]",
            "`data_classes`",
            "code",
        ),
        ("data_classes: [{id: public}, {id: internal}, {id: secret}]", "`data_classes`", "code"),
        ("network: {gateways: {gate: {host: open.example}}}", "gateway `gate`", "code"),
        (
            "network: {segments: [{id: all, networks: [10.1.0.0/16], groups: [guests]}]}",
            "`network.segments`",
            "no-deepseek",
        ),
        (
            f"apps: {{mine: {{{MINE} category: coding, domains: [{TAKEN}]}}}}",
            "`chat.deepseek.com` of app `deepseek`",
            "no-deepseek",
        ),
        (
            f"apps: {{mine: {{{MINE} category: chat, domains: [{SHARED}]}}}}",
            "`gpt.acme.example` of app `acme-gpt`",
            "no-chat",
        ),
        (
            f"apps: {{mine: {{{MINE} category: coding, macos: {{processes: [ChatGPT]}}}}}}",
            "`ChatGPT` of app `chatgpt`",
            "no-chat",
        ),
        # A usable app at an address opens its host, and what it is in.
        (
            f"apps: {{mine: {{{MINE} category: coding, urls: [{ON_ITS_HOST}]}}}}",
            "app `deepseek`",
            "no-deepseek",
        ),
        (f"apps: {{mine: {{{MINE} category: coding, urls: [{INSIDE}]}}}}", "`acme-gpt`", "no-chat"),
        (f"apps: {{mine: {{{MINE} category: coding, urls: [{ABOVE}]}}}}", "`acme-gpt`", "no-chat"),
        (f"apps: {{acme-gpt: {{urls: [{INSIDE}]}}}}", "app `acme-gpt`", "no-chat"),
    ],
)
def test_a_child_may_not_change_what_a_locked_rule_rests_on(
    change: str, what: str, locked: str, tmp_path: Path
) -> None:
    """Each way to undo a floor by redefining its words is one error at the line that does it."""
    (finding,) = _findings(tmp_path, BASE, f"{CHILD}{change}\n")
    assert what in finding.message
    assert f"locked rule `{locked}`" in finding.message
    assert finding.span.file.endswith("policy.yaml")
    assert finding.span.line == 4
    assert finding.related[0].span.file.endswith("base.yaml")


@pytest.mark.parametrize(
    "change",
    [
        "groups: {guests: {jamf: Other Macs}}",
        "groups: {lab: {jamf: Lab}, everyone: {all: true}}",
        "groups: {all-staff: {any_of: [office, shop]}}",
        "groups: {shop: {jamf: Shop Macs, entra: 91ab3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5}}",
        "apps: {chatgpt: {name: GPT, mda_app_id: 7}}",
        "apps: {perplexity: {category: coding}}",
        f"apps: {{mine: {{{MINE} category: coding, macos: {{team_ids: [{OPENAI}]}}}}}}",
        "apps: {claude: {category: coding}}",
        f"apps: {{mine: {{{MINE} category: coding, urls: [{BESIDE}]}}}}",
        "apps: {mine: {name: M, vendor: acme, category: coding, domains: [{domain: m.example}]}}",
        f"data_classes: [{{id: public}}, {{id: internal}}, {{id: secret, {CARDS}, {LABEL}}}]",
        "vendors: {openai: {sso: false}}",
        "vendor_tiers: [{id: any, max_data: secret}]",
        "network: {gateways: {other: {host: open.example}}}",
        "network: {segments: [{id: berlin, networks: [10.1.0.0/16], groups: [office]}]}",
    ],
)
def test_a_child_may_change_what_no_locked_rule_rests_on(change: str, tmp_path: Path) -> None:
    """Other words are the child's to define, and what the base leaves open is its to add."""
    assert _findings(tmp_path, BASE, f"{CHILD}{change}\n") == []


def test_what_the_base_leaves_to_its_companies_can_be_defined(tmp_path: Path) -> None:
    """A locked rule may name a group that only the child defines."""
    base = """\
version: 1
groups: {everyone: {all: true}}
rules: [{id: no-deepseek, apps: [deepseek], groups: [staff], effect: block, locked: true}]
"""
    head = "organization: {name: A, identifier: a.b}\ngroups: {staff: {jamf: Ours}}\n"
    assert _findings(tmp_path, base, f"{CHILD}{head}") == []


def test_the_layer_that_locks_a_rule_may_redefine_its_own_base(tmp_path: Path) -> None:
    """A floor binds the layers that extend it, not those it extends or the one it is in."""
    middle = """\
version: 1
extends: base.yaml
groups: {guests: {jamf: All Guests}}
rules: [{id: mine, apps: [deepseek], groups: [guests], effect: block, locked: true}]
"""
    child = CHILD.replace("base.yaml", "middle.yaml")
    assert _findings(tmp_path, BASE, middle, child) == []
    changed = f"{child}groups: {{guests: {{jamf: Few}}}}\n"
    (finding,) = _findings(tmp_path, BASE, middle, changed)
    assert "locked rule `mine`" in finding.message


def test_the_only_layer_may_lock_and_define(tmp_path: Path) -> None:
    """A policy without a base has nobody's floor to go below."""
    assert _findings(tmp_path, BASE) == []
