"""Turns a policy into the rules of a squid proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.squid.facts import ACL_NAME, CONFIG_LINE
from aipol_targets.squid.settings import SquidSettings

if TYPE_CHECKING:
    from aipol_targets.squid.model import Squid

SQUID: StagedTarget[SquidSettings, Squid] = StagedTarget(
    id="squid",
    title="squid proxy",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(ACL_NAME, CONFIG_LINE, *SHARED),
    settings=SquidSettings,
    lower=stage("aipol_targets.squid.lower:lower"),
    render=stage("aipol_targets.squid.render:render"),
    read=stage("aipol_targets.squid.read:read"),
)
