"""Turns a policy into web and DNS filters of a FortiGate firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.fortigate.facts import ADDRESS_NAME, OBJECT_NAME, PATTERN
from aipol_targets.fortigate.settings import FortigateSettings

if TYPE_CHECKING:
    from aipol_targets.fortigate.model import Fortigate

FORTIGATE: StagedTarget[FortigateSettings, Fortigate] = StagedTarget(
    id="fortigate",
    title="FortiGate (web filter and DNS filter by source address)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(ADDRESS_NAME, OBJECT_NAME, PATTERN, *SHARED),
    settings=FortigateSettings,
    lower=stage("aipol_targets.fortigate.lower:lower"),
    render=stage("aipol_targets.fortigate.render:render"),
    read=stage("aipol_targets.fortigate.read:read"),
)
