"""Turns a built-in feature's id into the managed settings that switch it off.

The value that means "off" differs from key to key: 1 of two values, 2 of three.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aipol_targets.common.apple.model import Family, Table, Value

CHROME = "com.google.Chrome"
EDGE = "com.microsoft.Edge"
FIREFOX = "org.mozilla.firefox"
RESTRICTIONS = "com.apple.applicationaccess"

Settings = tuple[tuple[str, Value], ...]

# chromium/chromium components/policy/resources/templates/policy_definitions/GenerativeAI, read
# November 2026. GenAiDefaultSettings is left out: it is cloud_only, a profile cannot set it.
_CHROME: Settings = (
    ("AIModeSettings", 1),
    ("CreateThemesSettings", 2),
    ("DevToolsGenAiSettings", 2),
    ("GeminiActOnWebSettings", 1),
    ("GeminiSettings", 1),
    ("GenAILocalFoundationalModelSettings", 1),
    ("HelpMeWriteSettings", 2),
    ("HistorySearchSettings", 2),
    ("SearchContentSharingSettings", 1),
    ("TabCompareSettings", 2),
)

# MicrosoftDocs/Edge-Enterprise 1b9f554 and the per-policy pages of learn.microsoft.com/deployedge,
# read November 2026. EdgeCopilotEnabled and StandaloneHubsSidebarEnabled do not exist on macOS.
_EDGE: Settings = (
    ("AIGenThemesEnabled", False),
    ("BuiltInAIAPIsEnabled", False),
    ("ComposeInlineEnabled", False),
    ("CopilotPageContext", False),
    ("EdgeEntraCopilotPageContext", False),
    ("HubsSidebarEnabled", False),
    ("TabServicesEnabled", False),
)

_BLOCKED = Table((("Locked", True), ("Value", "blocked")))

# mozilla/policy-templates a5e0c6a4, read November 2026. GenerativeAI acts from 144 (ESR 140.4),
# AIControls from 149.0.2 (ESR 153): a fleet has both. Translations stay: they neither generate
# nor leave the machine.
_FIREFOX: Settings = (
    (
        "AIControls",
        Table(
            (
                ("LinkPreviewKeyPoints", _BLOCKED),
                ("PDFAltText", _BLOCKED),
                ("SidebarChatbot", _BLOCKED),
                ("SmartTabGroups", _BLOCKED),
                ("SmartWindow", _BLOCKED),
            )
        ),
    ),
    (
        "GenerativeAI",
        Table(
            (
                ("Chatbot", False),
                ("Enabled", False),
                ("LinkPreviews", False),
                ("Locked", True),
                ("SmartWindow", False),
                ("TabGroups", False),
            )
        ),
    ),
)

# apple/device-management 97a11a86 (June 2026), com.apple.applicationaccess on macOS. Every key is
# deprecated from 26.4 in favour of declarations, and still listed in the 27 seeds.
# allowAppleIntelligenceReport stays, for it only shows people what was sent.
_APPLE_INTELLIGENCE: Settings = (
    ("allowGenmoji", False),
    ("allowImagePlayground", False),
    ("allowMailSmartReplies", False),
    ("allowMailSummary", False),
    ("allowNotesTranscription", False),
    ("allowNotesTranscriptionSummary", False),
    ("allowSafariSummary", False),
    ("allowWritingTools", False),
)
_SIRI: Settings = (("allowAssistant", False),)
_EXTERNAL: Settings = (("allowExternalIntelligenceIntegrations", False),)

EXTERNAL_INTELLIGENCE = "external-intelligence"
WORKSPACES = "allowedExternalIntelligenceWorkspaceIDs"

OFF: Mapping[str, tuple[str, Settings]] = MappingProxyType(
    {
        "apple-intelligence": (RESTRICTIONS, _APPLE_INTELLIGENCE),
        "chrome-genai": (CHROME, _CHROME),
        "edge-copilot": (EDGE, _EDGE),
        EXTERNAL_INTELLIGENCE: (RESTRICTIONS, _EXTERNAL),
        "firefox-genai": (FIREFOX, _FIREFOX),
        "siri": (RESTRICTIONS, _SIRI),
    }
)

FEATURES: Mapping[Family, frozenset[str]] = MappingProxyType(
    {
        Family.BROWSERS: frozenset({"chrome-genai", "edge-copilot", "firefox-genai"}),
        Family.INTELLIGENCE: frozenset({"apple-intelligence", EXTERNAL_INTELLIGENCE, "siri"}),
    }
)


def off(features: frozenset[str], domain: str) -> Settings:
    """The settings of one preference domain that switch `features` off."""
    return tuple(
        setting
        for feature in sorted(features)
        for where, settings in (OFF[feature],)
        if where == domain
        for setting in settings
    )
