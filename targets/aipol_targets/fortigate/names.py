"""Turns segments, networks and rules into names and patterns of FortiOS objects."""

from __future__ import annotations

import hashlib

from aipol.domains import Intent
from aipol_targets.fortigate.facts import OBJECT_NAME
from aipol_targets.fortigate.filters import Rule

# No segment has an underscore, so that no segment is called like another one's second policy.
_SIX = "_v6"
_DIGEST = 8
# Labels before a host: none, any, or at least one. Without `?`, which the command line keeps for
# itself, and without two ways to match one text, so that a long name costs no time.
_LABELS = {Intent.EXACT: "", Intent.SUBTREE: "*", Intent.CHILDREN: "+"}


def object_name(segment: str) -> str:
    """What the objects of a segment are called, short enough for a policy of either family."""
    name = f"aipol-{segment}"
    longest = OBJECT_NAME.value - len(_SIX)
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(segment.encode()).hexdigest()[:_DIGEST]
    return f"{name[: longest - _DIGEST - 1].rstrip('-')}-{digest}"


def policy_name(name: str, *, six: bool) -> str:
    """What a segment's policy for one family is called."""
    return f"{name}{_SIX}" if six else name


def address_name(network: str) -> str:
    """What a network is called; no two networks share a name."""
    return f"aipol-net-{network.replace(':', '-').replace('/', '_')}"


def url_pattern(rule: Rule) -> str:
    """The addresses of a rule's hosts: nothing before the host, and its end after it.

    The dot of the root and a port may follow the name, whatever the mode of inspection keeps.
    """
    return rf"^{_before(rule, '[^./:]+')}{_literal(rule.host)}\.*(:|/|$)"


def domain_pattern(rule: Rule) -> str:
    """The names that a rule is about, from their first character to their last."""
    return rf"^{_before(rule, '[^.]+')}{_literal(rule.host)}\.*$"


def _before(rule: Rule, label: str) -> str:
    repeated = _LABELS[rule.intent]
    return rf"({label}\.){repeated}" if repeated else ""


def _literal(host: str) -> str:
    return host.replace(".", r"\.")
