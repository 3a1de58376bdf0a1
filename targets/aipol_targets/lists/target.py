"""Turns a policy into lists that most firewalls and proxies can load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import Fetched, Form, StagedTarget, stage
from aipol.vocabulary import ON_NETWORK
from aipol_targets.common.network.facts import SHARED, SURFACES
from aipol_targets.lists.facts import (
    LIST_CHARACTERS,
    LIST_URIS,
    PAN_OS,
    TOKEN_LENGTH,
    URI_LENGTH,
    URI_LISTS,
    URI_TOKENS,
)
from aipol_targets.lists.settings import ListsSettings

if TYPE_CHECKING:
    from aipol_targets.lists.model import Lists

LISTS: StagedTarget[ListsSettings, Lists] = StagedTarget(
    id="lists",
    title="Lists for firewalls and proxies (EDL, plain domains, SonicWall, WatchGuard)",
    identity="networks",
    reach=ON_NETWORK,
    surfaces=SURFACES,
    limits=(
        LIST_CHARACTERS,
        LIST_URIS,
        *PAN_OS,
        *SHARED,
        TOKEN_LENGTH,
        URI_LENGTH,
        URI_LISTS,
        URI_TOKENS,
    ),
    settings=ListsSettings,
    lower=stage("aipol_targets.lists.lower:lower"),
    render=stage("aipol_targets.lists.render:render"),
    read=stage("aipol_targets.lists.read:read"),
    fetched=(Fetched("segments/*", Form.LIST), Fetched("*/rules.csv", Form.RULES)),
)
