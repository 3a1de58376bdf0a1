"""Turns a policy into URL filtering of Zscaler Internet Access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.zscaler.facts import LIMITS
from aipol_targets.zscaler.settings import ZscalerSettings

if TYPE_CHECKING:
    from aipol_targets.zscaler.model import Zia

ZSCALER: StagedTarget[ZscalerSettings, Zia] = StagedTarget(
    id="zscaler",
    title="Zscaler Internet Access (URL filtering by source address)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(*LIMITS, *SHARED),
    settings=ZscalerSettings,
    lower=stage("aipol_targets.zscaler.lower:lower"),
    render=stage("aipol_targets.zscaler.render:render"),
    read=stage("aipol_targets.zscaler.read:read"),
    spans_sites=True,
)
