"""Turns a policy into frontends and lists for an HAProxy that people's traffic passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.haproxy.settings import HaProxySettings

if TYPE_CHECKING:
    from aipol_targets.haproxy.model import HaProxy

HAPROXY: StagedTarget[HaProxySettings, HaProxy] = StagedTarget(
    id="haproxy",
    title="HAProxy",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=SHARED,
    settings=HaProxySettings,
    lower=stage("aipol_targets.haproxy.lower:lower"),
    render=stage("aipol_targets.haproxy.render:render"),
    read=stage("aipol_targets.haproxy.read:read"),
)
