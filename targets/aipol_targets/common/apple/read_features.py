"""Turns managed settings into the built-in features they switch off, as the products document them.

Written down a second time, on purpose, from the products' own documents: a reader that shared the
emitter's table would repeat its mistakes. Read November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Switch = Any
_Switches = Mapping[tuple[str, str], Switch]


def _of(domain: str, values: Mapping[str, Switch]) -> _Switches:
    return MappingProxyType({(domain, key): value for key, value in values.items()})


def _denied(*keys: str) -> _Switches:
    return _of("com.apple.applicationaccess", dict.fromkeys(keys, False))


_LOCKED = {"Value": "blocked", "Locked": True}

FEATURES: Mapping[str, _Switches] = MappingProxyType(
    {
        # Of two values 1 means off, of three 2 (chromium policy_definitions).
        "chrome-genai": _of(
            "com.google.Chrome",
            {
                "GeminiSettings": 1,
                "GeminiActOnWebSettings": 1,
                "AIModeSettings": 1,
                "SearchContentSharingSettings": 1,
                "GenAILocalFoundationalModelSettings": 1,
                "HelpMeWriteSettings": 2,
                "CreateThemesSettings": 2,
                "TabCompareSettings": 2,
                "HistorySearchSettings": 2,
                "DevToolsGenAiSettings": 2,
            },
        ),
        "edge-copilot": _of(
            "com.microsoft.Edge",
            dict.fromkeys(
                (
                    "HubsSidebarEnabled",
                    "CopilotPageContext",
                    "EdgeEntraCopilotPageContext",
                    "ComposeInlineEnabled",
                    "AIGenThemesEnabled",
                    "BuiltInAIAPIsEnabled",
                    "TabServicesEnabled",
                ),
                False,
            ),
        ),
        "firefox-genai": _of(
            "org.mozilla.firefox",
            {
                "GenerativeAI": {
                    "Enabled": False,
                    "Chatbot": False,
                    "LinkPreviews": False,
                    "TabGroups": False,
                    "SmartWindow": False,
                    "Locked": True,
                },
                "AIControls": {
                    "PDFAltText": _LOCKED,
                    "SmartTabGroups": _LOCKED,
                    "LinkPreviewKeyPoints": _LOCKED,
                    "SidebarChatbot": _LOCKED,
                    "SmartWindow": _LOCKED,
                },
            },
        ),
        "apple-intelligence": _denied(
            "allowWritingTools",
            "allowImagePlayground",
            "allowGenmoji",
            "allowMailSummary",
            "allowMailSmartReplies",
            "allowNotesTranscription",
            "allowNotesTranscriptionSummary",
            "allowSafariSummary",
        ),
        "external-intelligence": _denied("allowExternalIntelligenceIntegrations"),
        "siri": _denied("allowAssistant"),
    }
)
