"""Find out how a tenant can be reached from here, by the environment, and say what to do if not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping

from aipol.remote import NotFromHere, Surroundings, Unusable
from aipol_targets.purview.remote_session import Login, Session

STATE = "PURVIEW_STATE"
PROGRAM = "AIPOL_PWSH"
ORGANIZATION = "PURVIEW_ORGANIZATION"
USER = "PURVIEW_USER"
THUMBPRINT = "PURVIEW_CERTIFICATE_THUMBPRINT"
# The names that azure-identity gave them, so that one app signs in to Intune and here.
CLIENT = "AZURE_CLIENT_ID"
CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH"
PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105 - the name of a variable

EXPORTED = "purview-state.json"
EXPORT = (
    "aipol compile                            # and copy its folder purview/ to Windows",
    "Connect-IPPSSession                      # there, with the module ExchangeOnlineManagement",
    rf".\export-dlp.ps1 -Out {EXPORTED}   # it only reads; copy the file back",
)
LOOK = f"{STATE}={EXPORTED} aipol plan -t purview"
_WAYS = (
    f"nobody is signed in to Purview; what signs in: {CLIENT} and {ORGANIZATION} (such as "
    f"contoso.onmicrosoft.com) with {THUMBPRINT}, or with {CERTIFICATE} and {PASSWORD}; or {USER}, "
    "who is asked"
)


def program(variables: Mapping[str, str]) -> str:
    """PowerShell 7. Raises NotFromHere where there is none that can reach Purview."""
    named = variables.get(PROGRAM, "")
    if named:
        return named
    # "Security & Compliance PowerShell isn't available in PowerShell 7 on Linux clients", and the
    # same of macOS: MicrosoftDocs/office-docs-powershell@93336da2 (2026-08-21),
    # exchange/docs-conceptual/exchange-online-powershell-v2.md.
    if sys.platform != "win32":
        raise NotFromHere(_not_from_here("Security & Compliance PowerShell is for Windows alone"))
    found = shutil.which("pwsh", path=variables.get("PATH"))
    if not found:
        raise NotFromHere(_not_from_here("`pwsh`, PowerShell 7, is not installed"))
    return found


def session(surroundings: Surroundings, tenant: str) -> Session:
    """A session with whoever the environment names; connects nobody yet. Raises Unusable."""
    pwsh = program(surroundings.variables)
    given = _who(surroundings.variables)
    # A person is asked in a window of their own; nobody could answer a question on the terminal.
    command = (pwsh, "-NoLogo", "-NoProfile", "-NonInteractive", "-File")
    password = surroundings.secret(PASSWORD if "CertificateFilePath" in given else "")
    login = Login(tenant, given, password)
    return Session(command, login, surroundings.variables)


def _who(variables: Mapping[str, str]) -> dict[str, str]:
    """The arguments of Connect-IPPSSession, but for a password.

    MicrosoftDocs/office-docs-powershell@93336da2, pages Connect-IPPSSession and "App-only
    authentication".
    """
    app, place = variables.get(CLIENT, ""), variables.get(ORGANIZATION, "")
    if app and place:
        base = {"AppId": app, "Organization": place}
        if variables.get(THUMBPRINT):
            return {**base, "CertificateThumbprint": variables[THUMBPRINT]}
        if variables.get(CERTIFICATE):
            return {**base, "CertificateFilePath": variables[CERTIFICATE]}
    if variables.get(USER):
        return {"UserPrincipalName": variables[USER]}
    raise Unusable(_WAYS)


def _not_from_here(why: str) -> str:
    steps = "\n".join(f"  {step}" for step in (*EXPORT, LOOK))
    return (
        f"{why}, and Purview has no other interface for DLP policies. To plan from here:\n{steps}"
    )
