"""Turns a policy into files by which browsers choose a proxy; a program may ignore them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import Fetched, Form, StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.pac.facts import FILE_SIZE
from aipol_targets.pac.settings import PacSettings

if TYPE_CHECKING:
    from aipol_targets.pac.model import Pac

PAC: StagedTarget[PacSettings, Pac] = StagedTarget(
    id="pac",
    title="Proxy auto-config files",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(*SHARED, FILE_SIZE),
    settings=PacSettings,
    lower=stage("aipol_targets.pac.lower:lower"),
    render=stage("aipol_targets.pac.render:render"),
    read=stage("aipol_targets.pac.read:read"),
    fetched=(Fetched("segments/*.pac", Form.RULES),),
)
