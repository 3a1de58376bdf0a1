"""Turns a policy into lists that most firewalls and proxies can load."""

from __future__ import annotations

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SEGMENTS, SURFACES
from aipol_targets.egress.model import Egress
from aipol_targets.egress.settings import EgressSettings

EGRESS: StagedTarget[EgressSettings, Egress] = StagedTarget(
    id="egress",
    title="Egress lists (EDL, plain domains, squid)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(SEGMENTS,),
    settings=EgressSettings,
    lower=stage("aipol_targets.egress.lower:lower"),
    render=stage("aipol_targets.egress.render:render"),
    read=stage("aipol_targets.egress.read:read"),
)
