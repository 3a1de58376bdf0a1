"""Turns a policy into rules that close the ways around it on a Linux router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.ir import CLOSE_BYPASSES, ONLY_VIA
from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SURFACES
from aipol_targets.nftables.facts import INTERFACE_NAME
from aipol_targets.nftables.settings import NftablesSettings

if TYPE_CHECKING:
    from aipol_targets.nftables.model import Table

NFTABLES: StagedTarget[NftablesSettings, Table] = StagedTarget(
    id="nftables",
    title="nftables on a Linux router (ways around, one way out)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(INTERFACE_NAME,),
    settings=NftablesSettings,
    lower=stage("aipol_targets.nftables.lower:lower"),
    render=stage("aipol_targets.nftables.render:render"),
    read=stage("aipol_targets.nftables.read:read"),
    waits_for=(CLOSE_BYPASSES, ONLY_VIA),
)
