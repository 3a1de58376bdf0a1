"""Turns a policy into rules for a Suricata that people's traffic passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.suricata.facts import RULE_LENGTH, RULES
from aipol_targets.suricata.settings import SuricataSettings

if TYPE_CHECKING:
    from aipol_targets.suricata.model import Suricata

SURICATA: StagedTarget[SuricataSettings, Suricata] = StagedTarget(
    id="suricata",
    title="Suricata",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(*SHARED, RULES, RULE_LENGTH),
    settings=SuricataSettings,
    lower=stage("aipol_targets.suricata.lower:lower"),
    render=stage("aipol_targets.suricata.render:render"),
    read=stage("aipol_targets.suricata.read:read"),
)
