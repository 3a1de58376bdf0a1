"""Turns a policy into the filter groups of an e2guardian proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.e2guardian.facts import LINE_LENGTH
from aipol_targets.e2guardian.settings import E2guardianSettings

E2GUARDIAN: StagedTarget[E2guardianSettings, E2guardian] = StagedTarget(
    id="e2guardian",
    title="e2guardian proxy",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(LINE_LENGTH, *SHARED),
    settings=E2guardianSettings,
    lower=stage("aipol_targets.e2guardian.lower:lower"),
    render=stage("aipol_targets.e2guardian.render:render"),
    read=stage("aipol_targets.e2guardian.read:read"),
)

if TYPE_CHECKING:
    from aipol_targets.e2guardian.model import E2guardian
