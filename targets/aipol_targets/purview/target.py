"""Purview DLP as a target: where it acts, what it may be told, and its three stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import EVERYWHERE, Surface
from aipol_targets.purview.facts import LIMITS
from aipol_targets.purview.settings import PurviewSettings

if TYPE_CHECKING:
    from aipol_targets.purview.model import DlpModel

# The two planes that are emitted act in the service, whatever the device and network. The Browser
# plane (Edge for Business on managed Windows) and endpoint DLP (onboarded devices) would reach
# less, and are not emitted: no source gives the rule setting of the one, and the other is about
# files on devices rather than about apps.
PURVIEW: StagedTarget[PurviewSettings, DlpModel] = StagedTarget(
    id="purview",
    title="Microsoft Purview DLP",
    identity="entra",
    reach=EVERYWHERE,
    surfaces=tuple(Surface),
    limits=LIMITS,
    settings=PurviewSettings,
    lower=stage("aipol_targets.purview.lower:lower"),
    render=stage("aipol_targets.purview.render:render"),
    read=stage("aipol_targets.purview.read:read"),
    remote=stage("aipol_targets.purview.remote:open_remote"),
    objects=stage("aipol_targets.purview.remote_objects:objects_of"),
    writes_on="Windows",
)
