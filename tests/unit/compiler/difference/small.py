"""Writes small policies and catalogues, and what they mean together."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from aipol.catalogue.load import Catalogue
from aipol.ir import Ir
from aipol.language.assemble import assemble
from aipol.resolve import resolve

Raw = dict[str, Any]
SOURCED = {"source": "s", "tier": "A"}
GROUPS: Raw = {
    "everyone": {"all": True},
    **{name: {} for name in ("finance", "pilot", "temps")},
}
ALLOW: Raw = {"id": "r", "apps": ["chatty"], "groups": ["everyone"], "effect": "allow"}


def host(name: str, **more: Any) -> Raw:
    """A host's row."""
    return {"domain": name, "role": "ui", "match": "exact", **SOURCED, **more}


def app(*domains: Raw, **more: Any) -> Raw:
    """An app's entry."""
    entry = {"name": "n", "vendor": "v", "kind": "chat", "category": "chat", "source": "s"}
    return {**entry, "domains": list(domains), **more}


CHATTY = {"chatty": app(host("chatty.example"))}


def rule(effect: str, **more: Any) -> Raw:
    """A rule about the app for everybody."""
    return {**ALLOW, "effect": effect, **more}


def policy_of(*rules: Raw, **more: Any) -> Raw:
    """A policy of these rules."""
    return {
        "version": 1,
        "organization": {"name": "Acme", "identifier": "com.acme"},
        "groups": GROUPS,
        "data_classes": [{"id": "public"}, {"id": "internal"}],
        "rules": [{**rule, "id": f"r{number}"} for number, rule in enumerate(rules)],
        **more,
    }


def ir_of(folder: Path, policy: Raw, apps: Raw) -> Ir:
    """What a policy means with a catalogue."""
    path = folder / "policy.yaml"
    path.write_text(json.dumps(policy), encoding="utf-8")
    assembled, findings, _ = assemble(str(path))
    assert assembled is not None, [finding.message for finding in findings]
    raw = {"apps": apps, "index": {"categories": {}}, "vendors": {}, "protected": {}}
    catalogue = Catalogue({**raw, "shared_platforms": []})
    ir, _ = resolve(assembled, catalogue, date(2026, 6, 15))
    assert ir is not None
    return ir
