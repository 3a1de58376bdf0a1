"""Turn a policy into what Microsoft Intune enforces on managed Windows PCs and Macs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aipol.target import StagedTarget, stage
from aipol.vocabulary import MACOS, WINDOWS, Surface
from aipol_targets.common.apple.browsers import CHROMIUM_LIMIT, FIREFOX_LIMIT
from aipol_targets.intune.facts import CLASSES, GRACE_HOURS, RULES, RULES_BYTES
from aipol_targets.intune.settings import Settings

if TYPE_CHECKING:
    from aipol_targets.intune.model import Model

INTUNE: StagedTarget[Settings, Model] = StagedTarget(
    id="intune",
    title="Microsoft Intune",
    identity="entra",
    reach=(*MACOS, *WINDOWS),
    surfaces=(
        Surface.WEB,
        Surface.API,
        Surface.DESKTOP,
        Surface.EXTENSION,
        Surface.CLI,
        Surface.BUILTIN,
    ),
    limits=(CLASSES, RULES, RULES_BYTES, GRACE_HOURS, CHROMIUM_LIMIT, FIREFOX_LIMIT),
    settings=Settings,
    lower=stage("aipol_targets.intune.lower:lower"),
    render=stage("aipol_targets.intune.render:render"),
    read=stage("aipol_targets.intune.read:read"),
    remote=stage("aipol_targets.intune.remote:open_remote"),
    objects=stage("aipol_targets.intune.remote_objects:objects_of"),
)
