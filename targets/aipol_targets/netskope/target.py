"""Turns a policy into URL lists and policies of Netskope Secure Web Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.netskope.facts import LIMITS
from aipol_targets.netskope.settings import NetskopeSettings

if TYPE_CHECKING:
    from aipol_targets.netskope.model import Netskope

NETSKOPE: StagedTarget[NetskopeSettings, Netskope] = StagedTarget(
    id="netskope",
    title="Netskope Secure Web Gateway (URL lists, policies by source network)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(*LIMITS, *SHARED),
    settings=NetskopeSettings,
    lower=stage("aipol_targets.netskope.lower:lower"),
    render=stage("aipol_targets.netskope.render:render"),
    read=stage("aipol_targets.netskope.read:read"),
    spans_sites=True,
)
