"""State the limits and the reasons that Intune's mechanisms give."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

_CUSTOM_COMPLIANCE = (
    "MicrosoftDocs/memdocs intune/device-security/compliance/create-custom-json.md (2025-08-15)"
)

RULES = Limit("compliance rules per policy", 100, _CUSTOM_COMPLIANCE, date(2026, 11, 23))
RULES_BYTES = Limit("bytes of compliance rules", 100 * 1024, _CUSTOM_COMPLIANCE, date(2026, 11, 23))
GRACE_HOURS = Limit(
    "gracePeriodHours",
    8760,
    "learn.microsoft.com/graph/api/resources/intune-deviceconfig-devicecomplianceactionitem",
    date(2026, 11, 23),
)
# Ours, not the vendor's: each class is one more set of objects that a person has to look after.
CLASSES = Limit(
    "classes of people", 64, "targets/aipol_targets/intune/README.md", date(2026, 11, 23)
)

DETECTED = Reason(
    "detected-not-stopped",
    "the program is found and the device marked noncompliant; the program itself still runs",
    "stop it with App Control for Business, or gate access to company data on compliance",
)
NO_PROGRAM_PROMPT = Reason(
    "no-prompt",
    "Intune cannot warn or ask before a program runs",
    "use `block`, or a target that prompts",
)
UNDETECTABLE = Reason(
    "no-detectable-identifier",
    "no executable, package family or uninstall key of the app is known that a script could find",
    "add a sourced identifier to the catalogue, or block the app's hosts",
)
SHARED_PROGRAM = Reason(
    "shared-identifier", "a usable app is known by the same identifier", "block it on the network"
)
MACOS_PROGRAMS = Reason(
    "macos-programs",
    "custom compliance does not exist for macOS, and Intune cannot stop a Mac's programs",
    "use Jamf Pro, or an endpoint agent",
)
EDITORS = Reason(
    "editor-extensions",
    "Intune has no setting for extensions of code editors",
    "manage the editor's own policy",
)
CONNECTORS = Reason(
    "connector-not-governed",
    "what an app may read is consented to in Entra, not on the device",
    "add `entra`",
)
NO_IDENTIFIER = Reason(
    "no-identifier",
    "the app has nothing here that this target could recognise",
    "give its identifiers under `apps:`, or add them to the catalogue",
)
BROWSERS_ONLY = Reason(
    "browsers-only",
    "only managed browsers ask the list; scripts and programs call the API all the same",
    "block the hosts on the network",
)
OTHER_BROWSERS = Reason(
    "unmanaged-browser",
    "a browser other than Chrome, Edge and, on a Mac, Firefox takes no list of sites from Intune",
    "keep other browsers off and set `other_browsers: absent`, or block on the network",
)
BROWSER_NOT_GOVERNED = Reason(
    "browser-not-governed",
    "on Windows the lists reach Edge and Chrome only",
    "remove other browsers, or block the hosts on the network",
)
SETTING_UNVERIFIED = Reason(
    "setting-unverified",
    "no public export shows the settings catalog's own id and value for this switch",
    "set it by hand in the settings catalog",
)
RETIRED_SWITCH = Reason(
    "retired-switch",
    "TurnOffWindowsCopilot is deprecated: it removes Copilot in Windows, not the later Copilot app",
    "remove the app as well",
)
REPORT_ONLY = Reason(
    "report-only",
    "the object is deployed without an assignment",
    "set `targets.intune.mode: enforce`",
)
PLATFORM_LEFT_OUT = Reason(
    "platform-not-managed-here",
    "the policy does not manage this platform with Intune",
    "add it to `targets.intune.platforms`",
    absent=True,
)
UNLICENSED = Reason("intune-licence", "the tenant has no Intune licence", "buy Intune Plan 1")

NOT_GATING = Reason(
    "compliance-not-gating",
    "the device is judged, but compliance alone keeps nobody out",
    "require a compliant device in Entra Conditional Access",
)
NO_BASELINE = Reason(
    "no-compliance-baseline",
    "the settings do not say what makes a device compliant",
    "set `targets.intune.baseline`",
)
MANAGED_HERE = Reason(
    "managed-by-definition", "a device that Intune reaches is managed", by_definition=True
)
NOT_ON_DEVICE = Reason(
    "not-a-device-setting",
    "nothing that Intune sets on a device can hold this",
    "add a target for identity, data or the network",
)
