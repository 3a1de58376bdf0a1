"""Findings as values: what is wrong, where, and what to do instead."""

from aipol.diagnostics.model import Diagnostic, Related, Rule, Severity

__all__ = ["Diagnostic", "Related", "Rule", "Severity"]
