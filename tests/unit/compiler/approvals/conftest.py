"""What the tests of approvals share: two small policies, and what a change between them needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aipol.approvals import Compared, Policy, Required, required
from aipol.catalogue.load import Catalogue
from aipol.difference import difference
from aipol.difference.later import later
from aipol.language.assemble import assemble
from aipol.people import People
from aipol.resolve import resolve

Raw = dict[str, Any]
SOURCED = {"source": "s", "tier": "A"}


def app(vendor: str, name: str, category: str = "chat") -> Raw:
    """An app on the web."""
    domain = {"domain": f"{name}.example", "role": "ui", "match": "exact", **SOURCED}
    more = {"name": "n", "kind": "chat", "source": "s"}
    return {"vendor": vendor, "category": category, "domains": [domain], **more}


APPS = {
    "chatty": app("v1", "chatty"),
    "coder": app("v1", "coder", "coding"),
    "far": app("v2", "far"),
}


def meaning(folder: Path, policy: Raw, apps: Raw | None = None) -> Policy:
    """A policy with what it means under a catalogue."""
    path = folder / "policy.yaml"
    path.write_text(json.dumps(policy), encoding="utf-8")
    assembled, findings, _ = assemble(str(path))
    assert assembled is not None, [finding.message for finding in findings]
    raw: Raw = {"apps": apps or APPS, "index": {"categories": {}}, "vendors": {}, "protected": {}}
    catalogue = Catalogue({**raw, "shared_platforms": []})
    ir, _ = resolve(assembled, catalogue, date(2026, 6, 15))
    assert ir is not None
    return Policy(assembled, ir, catalogue)


def between(before: Policy, after: Policy) -> Compared:
    """Two policies, compared; no gap opens."""
    assert before.ir is not None
    assert after.ir is not None
    found = difference(before.ir, after.ir)
    old, new = (before.assembled, before.catalogue), (after.assembled, after.catalogue)
    return Compared(before, after, found, (), later(old, new, after.ir.as_of, found))


def policy_of(*rules: Raw, **more: Any) -> Raw:
    """A policy of these rules, with contacts and an approval for each condition."""
    conditions = (
        "looser stricter new-data-flow full-logging new-gap exception floor protected catalogue"
        " targets approvals"
    )
    return {
        "version": 1,
        "organization": {
            "name": "Acme",
            "identifier": "com.acme",
            "contacts": {"security": "s@acme.example", "legal": "l@acme.example"},
        },
        "groups": {
            "everyone": {"all": True},
            **{name: {} for name in ("finance", "pilot", "temps")},
        },
        "data_classes": [{"id": "public"}, {"id": "internal"}, {"id": "secret"}],
        "rules": [{"id": f"r{n}", **rule} for n, rule in enumerate(rules)],
        "approvals": [
            {"id": f"on-{name}", "when": [name], "contacts": ["security"]}
            for name in conditions.split()
        ],
        **more,
    }


def rule(effect: str = "allow", **more: Any) -> Raw:
    """A rule about an app for everybody."""
    return {"apps": ["chatty"], "groups": ["everyone"], "effect": effect, **more}


@pytest.fixture
def every(tmp_path: Path) -> Callable[..., tuple[Required, ...]]:
    """What a change from one policy to another needs."""

    def asked(
        before: Raw, after: Raw, people: People | None = None, apps: tuple[Raw, Raw] = (APPS, APPS)
    ) -> tuple[Required, ...]:
        sides = (meaning(tmp_path, p, a) for p, a in zip((before, after), apps, strict=True))
        return required(between(*sides), people)

    return asked


@pytest.fixture
def needed(every: Callable[..., tuple[Required, ...]]) -> Callable[..., dict[str, Required]]:
    """The same by approval, where no two have one name."""

    def asked(*change: Any, **more: Any) -> dict[str, Required]:
        found = every(*change, **more)
        assert len({each.id for each in found}) == len(found)
        return {each.id: each for each in found}

    return asked
