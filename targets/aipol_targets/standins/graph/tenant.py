"""What a stand-in of Graph is told about the tenant it plays, and what one call asks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aipol_targets.standins.graph.errors import Refused
from aipol_targets.standins.graph.query import Options
from aipol_targets.standins.graph.schema import Schema, Version, schema

READ_CONFIGURATION = "DeviceManagementConfiguration.Read.All"
WRITE_CONFIGURATION = "DeviceManagementConfiguration.ReadWrite.All"
READ_SCRIPTS = "DeviceManagementScripts.Read.All"
WRITE_SCRIPTS = "DeviceManagementScripts.ReadWrite.All"
READ_GROUPS = "Group.Read.All"
READ_MEMBERS = "GroupMember.Read.All"
READ_DIRECTORY = "Directory.Read.All"
READ_ORGANIZATION = "Organization.Read.All"
EVERYTHING = frozenset({WRITE_CONFIGURATION, WRITE_SCRIPTS, READ_GROUPS, READ_ORGANIZATION})
READ_ONLY = frozenset({READ_CONFIGURATION, READ_SCRIPTS, READ_GROUPS, READ_ORGANIZATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """The facts of a tenant that a test or a demonstration decides."""

    id: str = "6d1c4a2e-0f2b-4c8e-9d11-3a0e5b7c9f10"
    name: str = "Stand-in"
    groups: Mapping[str, str] | None = None  # id -> name; None: every id is some group's
    definitions: Mapping[str, tuple[str, ...]] | None = None  # settings catalog: id -> options
    scopes: frozenset[str] = EVERYTHING
    tokens: Mapping[str, frozenset[str]] = field(default_factory=dict)  # those with other scopes
    accepts: frozenset[str] = frozenset()  # the tokens that it takes; empty: any
    page_size: int = 5
    invisible_for: int = 0  # how many reads do not see a new object
    stale_for: int = 0  # how many reads see an object as it was before it was changed or deleted
    # Where the text of a custom setting does not read back. XML does in neither version
    # (microsoftgraph/msgraph-sdk-dotnet#2188); that other text does not in v1.0 is unverified.
    masked_in: frozenset[Version] = frozenset(Version)
    seed: str = "graph"
    clock: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request, or one item of a batch: the path below the version, its keys apart."""

    version: Version
    method: str
    segments: tuple[str, ...]
    asked: Options
    body: Any
    token: str
    origin: str  # scheme and host, as the client wrote them

    @property
    def schema(self) -> Schema:
        """What this version knows."""
        return schema(self.version)

    @property
    def url(self) -> str:
        """Where the client asked, without options."""
        return f"{self.origin}/{self.version}/{'/'.join(self.segments)}"

    def context(self, what: str) -> str:
        """The `@odata.context` of an answer."""
        return f"{self.origin}/{self.version}/$metadata#{what}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered: nothing at all, with 204."""

    status: int
    value: dict[str, Any] | None = None


NO_CONTENT = Answer(204)


def need(tenant: Tenant, call: Call, scopes: frozenset[str]) -> None:
    """Refuse a call whose token has none of the scopes that allow it."""
    held = tenant.tokens.get(call.token, tenant.scopes)
    if held & scopes:
        return
    if call.segments[0] != "deviceManagement":  # microsoftgraph/microsoft-graph-docs#94
        message = "Insufficient privileges to complete the operation."
        raise Refused(403, message, "Authorization_RequestDenied")
    # microsoft/Intune-ACSC-Windows-Hardening-Guidelines#14
    message = "Application is not authorized to perform this operation. Application must have one"
    wanted = ", ".join(sorted(scopes))
    raise Refused(403, f"{message} of the following scopes: {wanted}", by_intune=True)
