"""Turns a policy into lists and policies of Cloudflare Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.cloudflare.facts import (
    ENTERPRISE_ENTRIES,
    EXPRESSION,
    LIST_CALLS,
    LISTS,
    POLICIES,
    STANDARD_ENTRIES,
)
from aipol_targets.cloudflare.settings import CloudflareSettings
from aipol_targets.common.network.facts import SHARED, SURFACES

if TYPE_CHECKING:
    from aipol_targets.cloudflare.model import Gateway

CLOUDFLARE: StagedTarget[CloudflareSettings, Gateway] = StagedTarget(
    id="cloudflare",
    title="Cloudflare Gateway (DNS, network and HTTP policies by source address)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(
        ENTERPRISE_ENTRIES,
        EXPRESSION,
        LISTS,
        LIST_CALLS,
        POLICIES,
        *SHARED,
        STANDARD_ENTRIES,
    ),
    settings=CloudflareSettings,
    lower=stage("aipol_targets.cloudflare.lower:lower"),
    render=stage("aipol_targets.cloudflare.render:render"),
    read=stage("aipol_targets.cloudflare.read:read"),
    spans_sites=True,
    remote=stage("aipol_targets.cloudflare.remote:open_remote"),
    objects=stage("aipol_targets.cloudflare.remote_objects:objects_of"),
)
