"""Turns a policy into content filtering of Cisco Meraki MX appliances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.meraki.facts import PATTERN, POLICY_NAME
from aipol_targets.meraki.settings import MerakiSettings

if TYPE_CHECKING:
    from aipol_targets.meraki.model import Meraki

MERAKI: StagedTarget[MerakiSettings, Meraki] = StagedTarget(
    id="meraki",
    title="Cisco Meraki MX (content filtering by group policy)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(PATTERN, POLICY_NAME, *SHARED),
    settings=MerakiSettings,
    lower=stage("aipol_targets.meraki.lower:lower"),
    render=stage("aipol_targets.meraki.render:render"),
    read=stage("aipol_targets.meraki.read:read"),
)
