"""The kinds of objects that are pushed, and what the tenant's rows of each are called."""

from __future__ import annotations

POLICY = "DLP policy"
RULE = "DLP rule"
PACKAGE = "information type package"

COPILOT = "470f2276-e011-4e9d-a6ec-20768be3a4b0"
# Where Microsoft 365 Copilot may be given back under its other name: apply-dlp.ps1 knows both.
COPILOT_NAMES = (COPILOT, "copilot.m365")
EXCEPTIONS = "Exceptions"
"""What of a rule lets something through again, by the name of its property."""
