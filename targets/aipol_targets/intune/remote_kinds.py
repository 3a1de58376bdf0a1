"""The kinds of objects that are pushed, and how Graph wants each of them.

Paths, bodies of actions and what PATCH refuses: microsoftgraph/msgraph-metadata @f54f11b6,
msgraph-beta-sdk 1.66.0 and deploymenttheory/terraform-provider-microsoft365 @7e461231, read
2026-11-23.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from aipol.remote import Unusable

ACTIONS = "scheduledActionsForRule"
CONFIGURATIONS = "scheduledActionConfigurations"


@dataclass(frozen=True, slots=True)
class Kind:
    """One collection below `deviceManagement`."""

    id: str
    version: str = "beta"
    named: str = "displayName"
    """The property that people see."""
    assigned: bool = True
    expands: tuple[str, ...] = ("assignments",)
    """What comes along with an object only when it is asked for."""
    settings: bool = False
    """Whether its settings are a collection of their own, and replaced only by PUT."""
    scheduled: bool = False
    """Whether it has actions, which PATCH must not hold."""

    @property
    def path(self) -> str:
        """Where its objects are, below the version."""
        return f"deviceManagement/{self.id}"

    def one(self, identifier: str) -> str:
        """Where one object is, below the version."""
        return f"{self.path}/{quote(identifier, safe='')}"

    def whole(self, identifier: str) -> str:
        """The same, with what has to be asked for."""
        asked = f"?$expand={','.join(self.expands)}" if self.expands else ""
        return f"{self.one(identifier)}{asked}"

    def settings_of(self, identifier: str) -> str:
        """Where an object's settings are, below the version."""
        return f"{self.one(identifier)}/settings"


# Custom compliance, and the settings catalog, exist in beta alone; both versions list every
# compliance policy, so these are read and written in beta, too. Custom configurations are whole in
# v1.0.
_ALL = (
    Kind("deviceComplianceScripts", assigned=False, expands=()),
    Kind(
        "deviceCompliancePolicies",
        expands=("assignments", f"{ACTIONS}($expand={CONFIGURATIONS})"),
        scheduled=True,
    ),
    Kind("configurationPolicies", named="name", settings=True),
    Kind("deviceConfigurations", version="v1.0"),
)
KINDS: Mapping[str, Kind] = MappingProxyType({each.id: each for each in _ALL})

_OF_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "deviceComplianceScript": "deviceComplianceScripts",
        "deviceManagementConfigurationPolicy": "configurationPolicies",
        "macOSCompliancePolicy": "deviceCompliancePolicies",
        "macOSCustomConfiguration": "deviceConfigurations",
        "windows10CompliancePolicy": "deviceCompliancePolicies",
        "windows10CustomConfiguration": "deviceConfigurations",
    }
)


def kind_of(graph_type: str) -> Kind:
    """The kind that objects of a Graph type are. Raises Unusable for one that is not pushed."""
    if graph_type not in _OF_TYPE:
        raise Unusable(f"aipol does not push objects of the type {graph_type}")
    return KINDS[_OF_TYPE[graph_type]]
