"""Gateway policies: checked, numbered and given back as Cloudflare's API does it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aipol_targets.standins.cloudflare.envelope import Refused, text
from aipol_targets.standins.cloudflare.expressions import (
    MOST_CHARACTERS,
    Malformed,
    lists_in,
    normalized,
)

# The SDK cloudflare 5.9, gateway rules: action, filters, rule_settings.
ACTIONS = frozenset(
    {
        "on",
        "off",
        "allow",
        "block",
        "scan",
        "noscan",
        "safesearch",
        "ytrestricted",
        "isolate",
        "noisolate",
        "override",
        "l4_override",
        "egress",
        "resolve",
        "quarantine",
        "redirect",
    }
)
FILTERS = frozenset({"http", "dns", "l4", "egress", "dns_resolver"})
SETTABLE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "add_headers": (frozenset({"http"}), frozenset({"allow"})),
    "ignore_cname_category_matches": (frozenset({"dns", "dns_resolver"}), ACTIONS),
    "block_page_enabled": (frozenset({"dns"}), frozenset({"block"})),
    "block_reason": (frozenset({"dns", "l4", "http"}), frozenset({"block"})),
}
"""What is "settable only for" which filters and actions. Whether the API refuses it elsewhere or
drops it is unverified: here it is refused."""

MOST_HEADERS = 20
FIRST_PRECEDENCE = 1000  # Cloudflare One docs, Order of enforcement, Precedence calculations

# Settings that are there whether they were sent or not. That the API adds to what was sent is what
# the SDK warns of; which it adds is unverified, these are what the Terraform provider shows as set.
_ADDED: Mapping[str, Any] = {
    "insecure_disable_dnssec_validation": False,
    "ip_categories": False,
    "ip_indicator_feeds": False,
}


@dataclass(frozen=True, slots=True)
class GatewayRule:
    """A policy; never changed, only replaced."""

    id: str
    name: str
    description: str
    action: str
    enabled: bool
    filters: tuple[str, ...]
    precedence: int
    traffic: str
    identity: str
    device_posture: str
    settings: Mapping[str, Any]
    created_at: str
    updated_at: str
    version: int = 1
    read_only: bool = False

    @property
    def lists(self) -> frozenset[str]:
        """The ids of the lists that it needs, without dashes."""
        parts = (self.traffic, self.identity, self.device_posture)
        return frozenset().union(*(lists_in(each) for each in parts))

    def shown(self, account: str) -> dict[str, Any]:
        """The policy in an answer."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "action": self.action,
            "enabled": self.enabled,
            "filters": list(self.filters),
            "precedence": self.precedence,
            "traffic": self.traffic,
            "identity": self.identity,
            "device_posture": self.device_posture,
            "rule_settings": {**_ADDED, **self.settings},
            "schedule": None,
            "expiration": None,
            "version": self.version,
            "read_only": self.read_only,
            "sharable": not self.read_only,
            "source_account": account,
            "warning_status": None,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "deleted_at": None,
        }


def created(
    body: Mapping[str, Any], number: str, now: str, others: Iterable[GatewayRule]
) -> GatewayRule:
    """A new policy; without a precedence it goes to the end."""
    taken = [each.precedence for each in others]
    rule = _read(dict(body), number, now, _last(taken, number))
    _free(rule, taken)
    return rule


def replaced(
    old: GatewayRule, body: Mapping[str, Any], now: str, others: Iterable[GatewayRule]
) -> GatewayRule:
    """A policy after a PUT, of which nothing is left that was not sent, but for its place."""
    if old.read_only:
        raise Refused(403, "the rule is shared with this account and read only")
    rule = _read(dict(body), old.id, now, old.precedence)
    _free(rule, [each.precedence for each in others if each.id != old.id])
    return replace(rule, created_at=old.created_at, version=old.version + 1)


def _last(taken: list[int], number: str) -> int:
    """From 1000, then behind the last by something between 1 and 100 (Order of enforcement)."""
    step = 1 + uuid.UUID(number).int % 100
    return max(taken) + step if taken else FIRST_PRECEDENCE


def _free(rule: GatewayRule, taken: Iterable[int]) -> None:
    """Any value may be set "that is not already in use" (Order of enforcement)."""
    if rule.precedence in taken:
        raise Refused(400, f"precedence {rule.precedence} is in use by another rule")


def _read(body: dict[str, Any], number: str, now: str, place: int) -> GatewayRule:
    action = text(body, "action", required=True)
    if action not in ACTIONS:
        raise Refused(400, f"action {action} is not known")
    filters = _filters(body.get("filters"))
    precedence = body.get("precedence", place)
    if not isinstance(precedence, int) or isinstance(precedence, bool):
        raise Refused(400, "precedence is not a number")
    enabled = body.get("enabled", False)  # the default is unverified
    if not isinstance(enabled, bool):
        raise Refused(400, "enabled is not a boolean")
    return GatewayRule(
        id=number,
        name=text(body, "name", required=True),
        description=text(body, "description"),
        action=action,
        enabled=enabled,
        filters=filters,
        precedence=precedence,
        traffic=_expression(body, "traffic"),
        identity=_expression(body, "identity"),
        device_posture=_expression(body, "device_posture"),
        settings=_settings(body.get("rule_settings"), filters, action),
        created_at=now,
        updated_at=now,
    )


def _filters(sent: object) -> tuple[str, ...]:
    """One value and no more, although it is a list (the SDK's words)."""
    match sent:
        case [str(only)] if only in FILTERS:
            return (only,)
        case _:
            raise Refused(400, f"filters can only contain a single value of {sorted(FILTERS)}")


def _expression(body: dict[str, Any], name: str) -> str:
    sent = text(body, name)
    if len(sent) > MOST_CHARACTERS:
        raise Refused(400, f"{name} has more than {MOST_CHARACTERS} characters")
    try:
        return normalized(sent)
    except Malformed as fault:
        raise Refused(400, f"{name} is not an expression: {fault}") from fault


def _settings(sent: object, filters: tuple[str, ...], action: str) -> Mapping[str, Any]:
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        raise Refused(400, "rule_settings is not an object")
    for name in sent:
        layers, actions = SETTABLE.get(name, (FILTERS, ACTIONS))
        if not layers.intersection(filters) or action not in actions:
            raise Refused(400, f"{name} cannot be set for this rule")
    headers = sent.get("add_headers") or {}
    if not isinstance(headers, dict) or len(headers) > MOST_HEADERS:
        raise Refused(400, f"a rule has at most {MOST_HEADERS} headers")
    return {name: value for name, value in sent.items() if value is not None}
