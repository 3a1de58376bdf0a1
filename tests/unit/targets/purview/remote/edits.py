"""Ways in which somebody weakens a rule, by what of it they show in."""

from __future__ import annotations

from typing import Any


def _override(rule: dict[str, Any]) -> None:
    rule["NotifyAllowOverride"] = "WithoutJustification"


def _except(rule: dict[str, Any]) -> None:
    rule["ExceptIfFrom"] = "ceo@acme.example"


def _disable(rule: dict[str, Any]) -> None:
    rule["Disabled"] = True


def _audit(rule: dict[str, Any]) -> None:
    rule["RestrictAccess"][0]["value"] = "Audit"


def _another_label(rule: dict[str, Any]) -> None:
    rule["AdvancedRule"] = rule["AdvancedRule"].replace("e7f1c1d4", "e7f1c1d5")


def _negated(rule: dict[str, Any]) -> None:
    rule["AdvancedRule"] = rule["AdvancedRule"].replace('"And"', '"Not"')


EDITS = {
    "Exceptions": _override,
    "Exceptions.": _except,
    "Disabled": _disable,
    "RestrictAccess": _audit,
    "AdvancedRule": _another_label,
    "AdvancedRule.": _negated,
}
