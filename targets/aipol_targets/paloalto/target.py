"""Turns a policy into rules for firewalls of Palo Alto Networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import Fetched, Form, StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.paloalto.facts import LIMITS
from aipol_targets.paloalto.settings import PaloAltoSettings

if TYPE_CHECKING:
    from aipol_targets.paloalto.model import Firewall

PALOALTO: StagedTarget[PaloAltoSettings, Firewall] = StagedTarget(
    id="paloalto",
    title="Palo Alto Networks firewalls (PAN-OS)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(*LIMITS, *SHARED),
    settings=PaloAltoSettings,
    lower=stage("aipol_targets.paloalto.lower:lower"),
    render=stage("aipol_targets.paloalto.render:render"),
    read=stage("aipol_targets.paloalto.read:read"),
    fetched=(Fetched("edl/lists/*.txt", Form.LIST, address="edl_url"),),
)
