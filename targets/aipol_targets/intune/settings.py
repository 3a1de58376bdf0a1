"""Say what `targets.intune` may hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aipol_targets.intune.facts import GRACE_HOURS

_GUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
_VERSION = r"^[0-9]{1,5}(\.[0-9]{1,5}){1,3}$"


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class MinimumOs(_Strict):
    """The oldest version that is compliant, a platform."""

    windows: Annotated[str, Field(pattern=_VERSION)] = ""
    """Oldest Windows, such as `"10.0.26100.0"`."""
    macos: Annotated[str, Field(pattern=_VERSION)] = ""
    """Oldest macOS, such as `"15.0"`."""


class Baseline(_Strict):
    """What makes a device compliant where a rule says `device: compliant`."""

    encryption: bool = True
    """The disk must be encrypted: `true`."""
    minimum_os: MinimumOs = MinimumOs()
    """The oldest version of each operating system, such as `{macos: "15.0"}`."""


class Settings(_Strict):
    """What `targets.intune` may say."""

    tenant: Annotated[str, Field(pattern=_GUID)]
    """Id of the Entra tenant that Intune belongs to, which the Entra admin center shows under
    Overview, such as `3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1`."""
    mode: Literal["report-only", "enforce"] = "report-only"
    """`report-only` assigns nothing that acts, and gives noncompliant devices a year of grace;
    `enforce` assigns everything."""
    platforms: Annotated[tuple[Literal["windows", "macos"], ...], Field(min_length=1)] = (
        "windows",
        "macos",
    )
    """Whose devices Intune manages, such as `[windows]`."""
    other_browsers: Literal["present", "absent"] = "present"
    """`absent` asserts that people have no browser but those that get lists; `present` that they
    may."""
    assign_everyone_as: Literal["users", "devices"] = "users"
    """Whether everybody means all `users` or all `devices`: the kind that the groups in Entra
    hold, for Intune does not take one kind from the other."""
    grace_period_hours: Annotated[int, Field(ge=0, le=GRACE_HOURS.value)] = 24
    """Hours before a device with a blocked program counts as noncompliant, such as `24`."""
    more_info_url: Annotated[str, Field(pattern=r"^https://[!-~]{1,1000}$")] = (
        "https://learn.microsoft.com/intune/"
    )
    """Page that Company Portal offers to people whose device is noncompliant, such as
    `https://intranet.acme.example/ai`."""
    baseline: Baseline | None = None
    """What `device: compliant` means, such as `{encryption: true, minimum_os: {macos: "15.0"}}`."""
    licensed: bool = True
    """Whether the tenant has Intune Plan 1; with `false` nothing is emitted."""

    @property
    def enforcing(self) -> bool:
        """Whether objects that act are assigned."""
        return self.mode == "enforce"

    @property
    def grace_hours(self) -> int:
        """Hours until a device counts as noncompliant, in this mode."""
        return self.grace_period_hours if self.enforcing else GRACE_HOURS.value
