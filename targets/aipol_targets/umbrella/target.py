"""Turns a policy into destination lists of Cisco Umbrella."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.umbrella.facts import DESTINATIONS, NAME_LENGTH
from aipol_targets.umbrella.settings import UmbrellaSettings

if TYPE_CHECKING:
    from aipol_targets.umbrella.model import Umbrella

UMBRELLA: StagedTarget[UmbrellaSettings, Umbrella] = StagedTarget(
    id="umbrella",
    title="Cisco Umbrella (destination lists by internal network)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(DESTINATIONS, NAME_LENGTH, *SHARED),
    settings=UmbrellaSettings,
    lower=stage("aipol_targets.umbrella.lower:lower"),
    render=stage("aipol_targets.umbrella.render:render"),
    read=stage("aipol_targets.umbrella.read:read"),
    spans_sites=True,
)
