"""Turns a policy into lists that most firewalls, proxies and resolvers can load."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.egress.facts import MOST_SEGMENTS, NAME_OCTETS, SURFACES
from aipol_targets.egress.model import Egress
from aipol_targets.egress.settings import EgressSettings

LIMITS = (
    Limit(
        "owner name in a policy zone, octets", NAME_OCTETS, "RFC 1035, 2.3.4", date(2026, 11, 23)
    ),
    Limit(
        "network segments",
        MOST_SEGMENTS,
        "our own: every segment has its own lists",
        date(2026, 11, 23),
    ),
)

EGRESS: StagedTarget[EgressSettings, Egress] = StagedTarget(
    id="egress",
    title="Egress lists (EDL, plain domains, squid, DNS RPZ)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=LIMITS,
    settings=EgressSettings,
    lower=stage("aipol_targets.egress.lower:lower"),
    render=stage("aipol_targets.egress.render:render"),
    read=stage("aipol_targets.egress.read:read"),
)
