"""Jamf Pro: what it can enforce, where, and what an organisation may set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from aipol.target import StagedTarget, stage
from aipol.vocabulary import MACOS, Surface
from aipol_targets.common.apple.browsers import CHROMIUM_LIMIT, FIREFOX_LIMIT
from aipol_targets.common.apple.model import Extensions

if TYPE_CHECKING:
    from aipol_targets.jamf.model import Jamf


class Settings(BaseModel):
    """What `targets.jamf` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    url: str = Field(
        default="",
        pattern=r"^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?)?$",
        description="The Jamf Pro server, for `plan` and `apply`, such as "
        "`https://acme.jamfcloud.example`.",
    )
    category: str = Field(
        default="",
        description="Category of the profiles, such as `AI`; it must exist on the server.",
    )
    extensions: Literal["listed", "allowed-only"] = Field(
        default="listed",
        description="`listed` blocks the known extensions of blocked apps; `allowed-only` blocks "
        "every browser extension but the known ones of usable apps.",
    )
    programs: Literal["restricted-software", "none"] = Field(
        default="restricted-software",
        description="How blocked programs are stopped: as `restricted-software`, or not (`none`).",
    )
    other_browsers: Literal["present", "absent"] = Field(
        default="present",
        description="`absent` asserts that people have no browser but Chrome, Edge and Firefox; "
        "`present` that they may.",
    )
    # Jamf Pro documents no limit on groups or profiles; more classes than this nobody can review.
    max_classes: int = Field(
        default=50,
        ge=1,
        le=1000,
        description="Most classes of people before compiling fails, such as `50`.",
    )

    @property
    def extension_mode(self) -> Extensions:
        """`extensions` as the profiles' own option."""
        return Extensions(self.extensions)


JAMF: StagedTarget[Settings, Jamf] = StagedTarget(
    id="jamf",
    title="Jamf Pro",
    identity="jamf",
    reach=MACOS,
    surfaces=(
        Surface.WEB,
        Surface.API,
        Surface.DESKTOP,
        Surface.EXTENSION,
        Surface.CLI,
        Surface.BUILTIN,
    ),
    limits=(CHROMIUM_LIMIT, FIREFOX_LIMIT),
    settings=Settings,
    lower=stage("aipol_targets.jamf.lower:lower"),
    render=stage("aipol_targets.jamf.render:render"),
    read=stage("aipol_targets.jamf.read:read"),
    remote=stage("aipol_targets.jamf.remote:open_remote"),
    objects=stage("aipol_targets.jamf.remote_objects:objects_of"),
)
