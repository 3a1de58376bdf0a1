"""Check whom approvals ask, and for what."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.check.known import Known, hint_or_list
from aipol.check.selectors import named_apps
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled


def check_approvals(assembled: Assembled, known: Known) -> Iterator[Diagnostic]:
    """Contacts that nobody is, and apps that there are not."""
    contacts = assembled.organization.value.contacts
    for approval in assembled.approvals:
        for position, name in enumerate(approval.value.contacts):
            if name not in contacts:
                hint = hint_or_list(name, contacts, "name them under `organization.contacts`")
                span = approval.span("contacts", position)
                yield codes.UNKNOWN_CONTACT.at(span, contact=name, hint=hint)
        for key in ("apps", "except_apps"):
            yield from named_apps(approval, key, getattr(approval.value, key) or (), known)
