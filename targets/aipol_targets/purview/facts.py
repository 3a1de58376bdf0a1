"""What Purview is known to do, with sources, and the reasons why something is not enforced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aipol.target import Limit, Reason


class Carrier(StrEnum):
    """What carries data into an app; each is watched by its own kind of rule."""

    ITEMS = "items"
    """Files and mails the app reads; recognised by their sensitivity label."""
    TEXT = "text"
    """What a person types or pastes; recognised by sensitive information types."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A layer of Purview that acts; `carriers` are the ones it can act on."""

    id: str
    vendor_name: str
    setting: str
    """The `RestrictAccess` setting that blocks."""
    carriers: tuple[Carrier, ...]


# MicrosoftDocs/office-docs-powershell@036048df (2025-09-18), New-DlpCompliancePolicy example 4 and
# parameter EnforcementPlanes: location and action for labels. The same action for information
# types in prompts: page "Learn about using Microsoft Purview DLP to protect interactions with
# Microsoft 365 Copilot and Copilot Chat" (preview, read 2026-11-23) names the control, and
# chashea/purview-lab-deployer (README of copilot-protection, read 2026-11-23) the setting; an
# older note of that project says it is refused, so a tenant may answer
# ErrorMissingRestrictActionForCopilotException and apply-dlp.ps1 then reports the rule as failed.
COPILOT = Plane(
    "copilot",
    "CopilotExperiences",
    "ExcludeContentProcessing",
    (Carrier.ITEMS, Carrier.TEXT),
)
COPILOT_APP = "m365-copilot"
COPILOT_LOCATION = "470f2276-e011-4e9d-a6ec-20768be3a4b0"

# Same page, Application (formerly Entra): UploadText. Labels are no condition there: page "Data
# Loss Prevention policy reference", table "Location support for how content can be defined",
# managed cloud apps (read 2026-11-23).
APPLICATION = Plane("application", "Application", "UploadText", (Carrier.TEXT,))

# TechCommunity thread 4521647 (2026-05-20): prompts in Microsoft 365 Copilot with every licence,
# labels with E5 compliance or the Purview add-on for Business Premium only.
LICENCES_WITH_LABELS = ("e5", "e5-compliance", "purview-suite")

MODES = {
    "test": "TestWithoutNotifications",
    "test-notify": "TestWithNotifications",
    "enforce": "Enable",
}

_REFERENCE = "page `Data Loss Prevention policy reference`, DLP platform considerations"
_SITS = "page `Sensitive information type limits`"
_READ = date(2026, 11, 23)
POLICIES = Limit("DLP policies", 10_000, _REFERENCE, _READ)
RULES = Limit("DLP rules in the tenant", 600, _REFERENCE, _READ)
RULE_SIZE = Limit("characters of a DLP rule", 102_400, _REFERENCE, _READ)
NAME_LENGTH = Limit("characters of a policy's or rule's name", 64, _REFERENCE, _READ)
COMMENT_LENGTH = Limit("characters of a comment", 1024, _REFERENCE, _READ)
REGEX_LENGTH = Limit("characters of a pattern", 1024, _SITS, _READ)
PACKAGE_TYPES = Limit("patterns in the rule package", 50, "commonly stated; unverified", _READ)
LIMITS = (
    POLICIES,
    RULES,
    RULE_SIZE,
    NAME_LENGTH,
    COMMENT_LENGTH,
    REGEX_LENGTH,
    PACKAGE_TYPES,
)

LIMITS_DATA = Reason(
    "dlp-limits-data-not-use",
    "DLP limits what data an app gets, not who may use it",
    "use a browser, network or device target for the use itself",
    absent=True,
)
NOT_DLP = Reason(
    "not-a-dlp-matter", "DLP rules say nothing about this", "use another target", absent=True
)
NO_REDACTION = Reason(
    "no-redaction",
    "DLP blocks a prompt or lets it through; it takes nothing out",
    "use a gateway that redacts",
)
LOG_NEEDS_COLLECTION = Reason(
    "collection-policy-preview",
    "prompts are recorded by collection policies, which are in preview and not emitted",
    "create one in the Purview portal under DSPM for AI",
)
TEST_MODE = Reason(
    "test-mode",
    "the policies run in simulation: matches are recorded and nothing is blocked",
    "set `mode: enforce` when the simulation looks right",
)
NEEDS_ENTRA_APP_ID = Reason(
    "needs-entra-app-id",
    "Purview can only name an app of yours by its Entra application id",
    "copy `Application (client) ID` from Entra admin center, App registrations, to `entra_app_id`",
)
NEEDS_MDA_APP_ID = Reason(
    "needs-mda-app-id",
    "Purview names a cloud app by its number in the Defender for Cloud Apps catalogue",
    "look it up in Defender portal, Cloud apps, Cloud app catalog, and give it as `mda_app_id`",
)
SETTING_UNVERIFIED = Reason(
    "setting-unverified",
    "no source says which rule setting blocks uploads on the Browser plane; nothing is emitted",
    "build the policy for Edge for Business in the Purview portal",
)
PROMPTS_UNVERIFIED = Reason(
    "copilot-prompts-unverified",
    "the cmdlet is documented to keep labelled items from Copilot, not text typed into it",
    "try a rule on your tenant; once it holds, set `copilot_prompts: true`",
)
APP_DOES_NOT_ASK = Reason(
    "app-does-not-ask",
    "on the Application plane Purview blocks only in an app that asks it about every prompt",
    "call `processContent` of Microsoft Graph in the app, then list it in `asking_apps`",
)
PERSONAL_UNSEEN = Reason(
    "personal-account-unseen",
    "Purview sees the organisation's own accounts only",
    "block personal accounts, or use tenant restriction",
)
CLASS_UNMARKED = Reason(
    "data-class-unmarked",
    "nothing marks data of this class: it has no label, information type or pattern",
    "give the data class a `label` or `info_types`",
)
TEXT_UNMARKED = Reason(
    "text-unmarked",
    "text that is typed or pasted carries no label, and the class has no information type",
    "give the data class `info_types` or `patterns`",
)
ITEMS_UNMARKED = Reason(
    "items-unmarked",
    "files and mails are recognised by their label only, and the class has none",
    "give the data class a `label`, and label such files automatically",
)
ITEMS_UNSEEN = Reason(
    "files-not-inspected",
    "files given to this app are not inspected; only text is",
    "let the app take labelled files through Microsoft 365 Copilot instead",
)
UNKNOWN_INFO_TYPE = Reason(
    "unknown-info-type",
    "an information type of the class is not known, so it is left out rather than guessed",
    "give its name and GUID in `info_types` of the target, from Get-DlpSensitiveInformationType",
)
PATTERN_REFUSED = Reason(
    "pattern-refused",
    "Purview refuses a pattern of the class on upload, so it is left out",
    "rewrite it without look-around, and without open repeats on or in groups",
)
LABELS_NEED_E5 = Reason(
    "labels-need-e5",
    "label conditions for Microsoft 365 Copilot need E5 Compliance or the Purview suite",
    "state the licence in `licence`, or rely on information types",
)
INDISTINCT = Reason(
    "audience-indistinct",
    "a policy can name groups in Entra but not this combination of them",
    "add a derived group with an `entra` identity",
)
USES_INDISTINCT = Reason(
    "uses-indistinct",
    "Purview does not tell the app's surfaces and accounts apart, and another ruling differs",
    "give the rulings of the app one `data.max`",
)
SHARED_MARK = Reason(
    "shared-mark",
    "a label or information type also marks a more sensitive class",
    "give each data class marks of its own",
)
USE_BLOCKED = Reason("use-is-blocked", "the use is blocked, so there is no data to limit")
