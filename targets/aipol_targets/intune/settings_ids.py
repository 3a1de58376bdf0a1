"""List the settings catalog ids that are known for certain, each with where it was seen.

An id cannot be derived: Edge's carry the generation of the template that brought them, so one that
nobody has exported is not in this table, and what needs it is reported as a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ListSetting:
    """A list of strings: a choice that is switched on, whose one child holds the list."""

    browser: str
    """The preference domain that the same policy has on macOS."""
    policy: str
    definition: str
    child: str
    source: str
    verified: date

    @property
    def enabled(self) -> str:
        """The choice's value that switches the list on."""
        return f"{self.definition}_1"


_DEVICE = "device_vendor_msft_policy_config_"
_EDGE, _CHROME = "com.microsoft.Edge", "com.google.Chrome"
_READ = date(2026, 11, 23)

# `public-code:<number>` is a public file; each shows definition, choice `_1` and child together.
LIST_SETTINGS: tuple[ListSetting, ...] = (
    ListSetting(
        _CHROME,
        "ExtensionInstallBlocklist",
        f"{_DEVICE}chromeintunev1~policy~googlechrome~extensions_extensioninstallblocklist",
        f"{_DEVICE}chromeintunev1~policy~googlechrome~extensions_extensioninstallblocklist"
        "_extensioninstallblocklistdesc",
        "public-code:24054641559 (Terraform export)",
        _READ,
    ),
    ListSetting(
        _CHROME,
        "URLAllowlist",
        f"{_DEVICE}chromeintunev1~policy~googlechrome_urlallowlist",
        f"{_DEVICE}chromeintunev1~policy~googlechrome_urlallowlist_urlallowlistdesc",
        "public-code:41890599764 (Graph export, setting 10)",
        _READ,
    ),
    ListSetting(
        _CHROME,
        "URLBlocklist",
        f"{_DEVICE}chromeintunev1~policy~googlechrome_urlblocklist",
        f"{_DEVICE}chromeintunev1~policy~googlechrome_urlblocklist_urlblocklistdesc",
        "public-code:41890599764 (Graph export, setting 11)",
        _READ,
    ),
    ListSetting(
        _EDGE,
        "ExtensionInstallBlocklist",
        f"{_DEVICE}microsoft_edge~policy~microsoft_edge~extensions_extensioninstallblocklist",
        f"{_DEVICE}microsoft_edge~policy~microsoft_edge~extensions_extensioninstallblocklist"
        "_extensioninstallblocklistdesc",
        "deploymenttheory/terraform-provider-microsoft365@7e461231",
        _READ,
    ),
    ListSetting(
        _EDGE,
        "URLAllowlist",
        f"{_DEVICE}microsoft_edge~policy~microsoft_edge_urlallowlist",
        f"{_DEVICE}microsoft_edge~policy~microsoft_edge_urlallowlist_urlallowlistdesc",
        "public-code:10834185772 (Graph create call)",
        _READ,
    ),
    ListSetting(
        _EDGE,
        "URLBlocklist",
        f"{_DEVICE}microsoft_edge~policy~microsoft_edge_urlblocklist",
        f"{_DEVICE}microsoft_edge~policy~microsoft_edge_urlblocklist_urlblocklistdesc",
        "public-code:10834185772 (Graph create call); public-code:41890599764 (setting 22)",
        _READ,
    ),
)


@dataclass(frozen=True, slots=True)
class NodeSetting:
    """A documented node of the policy CSP that switches one feature off."""

    feature: str
    title: str
    uri: str
    off: int
    source: str
    verified: date


# The page of 2026-09-10 gives scopes and values; it calls DisableClickToDo a preview, and
# TurnOffWindowsCopilot deprecated.
_CSP = "learn.microsoft.com/windows/client-management/mdm/policy-csp-windowsai"

NODE_SETTINGS: tuple[NodeSetting, ...] = (
    NodeSetting(
        "windows-click-to-do",
        "Click to Do off",
        "./Device/Vendor/MSFT/Policy/Config/WindowsAI/DisableClickToDo",
        1,
        _CSP,
        _READ,
    ),
    NodeSetting(
        "windows-copilot",
        "Copilot in Windows off",
        "./User/Vendor/MSFT/Policy/Config/WindowsAI/TurnOffWindowsCopilot",
        1,
        _CSP,
        _READ,
    ),
    NodeSetting(
        "windows-recall",
        "Recall removed",
        "./Device/Vendor/MSFT/Policy/Config/WindowsAI/AllowRecallEnablement",
        0,
        _CSP,
        _READ,
    ),
)
