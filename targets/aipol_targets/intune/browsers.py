"""Turn each class's profile into what Intune deploys: the profile itself, or Windows' lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aipol.domains import HostTrie
from aipol.hosts import NO_PROMPT
from aipol.ir import Ir, Ruling
from aipol.target import Deviation, Reason, Status
from aipol_targets.common.apple.account import Account, account_for
from aipol_targets.common.apple.model import CellProfile, Profile
from aipol_targets.intune.facts import BROWSER_NOT_GOVERNED, REPORT_ONLY, SETTING_UNVERIFIED
from aipol_targets.intune.model import Assignment, BrowserLists, MacProfile, logical_name
from aipol_targets.intune.scopes import Assigner
from aipol_targets.intune.settings_ids import LIST_SETTINGS, ListSetting

_FIREFOX = frozenset({"firefox", "firefox-genai"})
_UNVERIFIED = frozenset({"chrome-genai", "edge-copilot"})


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of all classes as one platform has them."""

    ir: Ir
    platform: str
    profiles: tuple[CellProfile, ...]
    assigned: bool

    def account(self, ruling: Ruling) -> Account:
        """How far they carry out `ruling`, with the platform's own reasons."""
        account = account_for(self.ir, ruling, self.profiles)
        deviations = tuple(replace(d, reason=self._reason(d)) for d in account.deviations)
        return replace(account, deviations=deviations)

    def _reason(self, deviation: Deviation) -> Reason:
        if deviation.status is not Status.LOOSER or deviation.reason is NO_PROMPT:
            return deviation.reason
        if self.platform == "windows" and deviation.client in _FIREFOX:
            return BROWSER_NOT_GOVERNED
        if self.platform == "windows" and deviation.client in _UNVERIFIED:
            return SETTING_UNVERIFIED
        return deviation.reason if self.assigned else REPORT_ONLY


def as_seen(
    ir: Ir, platform: str, profiles: tuple[CellProfile, ...], *, assigned: bool
) -> Profiles:
    """`profiles` with the decisions that take effect on `platform`."""
    found = profiles
    if platform == "windows":
        found = tuple(_on_windows(profile) for profile in found)
    if not assigned:
        found = tuple(_inactive(profile) for profile in found)
    return Profiles(ir, platform, found, assigned)


def _on_windows(profile: CellProfile) -> CellProfile:
    """Firefox, and every switch of a browser's own features, stay as they are on Windows."""
    known = (each for each in profile.decisions.extensions if not each.startswith("firefox:"))
    decisions = replace(
        profile.decisions, firefox=HostTrie(()), extensions=frozenset(known), features=frozenset()
    )
    kept = tuple(p for p in profile.profile.payloads if any(_values(profile.profile)))
    return replace(profile, decisions=decisions, profile=replace(profile.profile, payloads=kept))


def _inactive(profile: CellProfile) -> CellProfile:
    nothing = HostTrie(())
    decisions = replace(
        profile.decisions,
        chromium=nothing,
        firefox=nothing,
        extensions=frozenset(),
        features=frozenset(),
        workspace="",
    )
    return replace(profile, decisions=decisions)


def mac_profiles(
    profiles: tuple[CellProfile, ...], assigner: Assigner, *, assigned: bool
) -> Iterator[MacProfile]:
    """Each profile that a class needs, byte for byte what Jamf would be given."""
    for profile in profiles:
        if profile.needed:
            yield MacProfile(
                object_name(profile),
                _assignment(profile, assigner, assigned=assigned),
                profile.profile,
            )


def windows_lists(
    profiles: tuple[CellProfile, ...], assigner: Assigner, *, assigned: bool
) -> Iterator[BrowserLists]:
    """The lists of the same profiles, in the settings catalog."""
    for profile in profiles:
        lists = tuple(_values(profile.profile))
        if lists:
            yield BrowserLists(
                object_name(profile), _assignment(profile, assigner, assigned=assigned), lists
            )


def object_name(profile: CellProfile) -> str:
    """The name of the objects that carry `profile`."""
    return logical_name(profile.family.value, profile.cell.id)


def _assignment(profile: CellProfile, assigner: Assigner, *, assigned: bool) -> Assignment:
    return assigner.assign(profile.cell.scope) if assigned else Assignment()


def _values(profile: Profile) -> Iterator[tuple[ListSetting, tuple[str, ...]]]:
    tables = {payload.type: dict(payload.settings.entries) for payload in profile.payloads}
    for setting in LIST_SETTINGS:
        values = tables.get(setting.browser, {}).get(setting.policy)
        if isinstance(values, tuple) and values:
            yield setting, values
