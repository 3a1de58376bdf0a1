"""Turn names into the typed objects that Intune is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from aipol_targets.common.apple.model import Profile
from aipol_targets.intune.settings_ids import ListSetting, NodeSetting

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Assignment:
    """Entra group ids; `everyone` is `users`, `devices` or nothing. All empty: nobody."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    everyone: str = ""


@dataclass(frozen=True, slots=True)
class Programs:
    """One app's identifiers on Windows."""

    name: str
    exe: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    product: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgramSetting:
    """One setting: programs that one line of the policy forbids, and what people are told."""

    name: str
    title: str
    description: str
    apps: tuple[Programs, ...]


@dataclass(frozen=True, slots=True)
class ProgramCompliance:
    """A custom compliance policy with the discovery script that is its own."""

    name: str
    assignment: Assignment
    settings: tuple[ProgramSetting, ...]
    grace_hours: int
    more_info_url: str


@dataclass(frozen=True, slots=True)
class BrowserLists:
    """The lists of Edge and Chrome on Windows for one class of people."""

    name: str
    assignment: Assignment
    lists: tuple[tuple[ListSetting, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class FeatureSwitches:
    """Built-in features of Windows that are switched off."""

    name: str
    assignment: Assignment
    nodes: tuple[NodeSetting, ...]


@dataclass(frozen=True, slots=True)
class MacProfile:
    """A configuration profile, delivered by Intune."""

    name: str
    assignment: Assignment
    profile: Profile


@dataclass(frozen=True, slots=True)
class Baseline:
    """What makes a device compliant, by built-in settings alone."""

    platform: str
    name: str
    assignment: Assignment
    encryption: bool
    minimum_os: str
    grace_hours: int


IntuneObject: TypeAlias = ProgramCompliance | BrowserLists | FeatureSwitches | MacProfile | Baseline


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that is emitted, in order."""

    organization: str
    objects: tuple[IntuneObject, ...] = ()


def logical_name(kind: str, scope: str) -> str:
    """A name that is stable for what it names, and safe in a file's name.

    A dot would end the name where the Graph type begins; a group may have one in its name.
    """
    name = f"{kind}-{scope}".replace(".", "+")
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}--{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def platform_of(item: IntuneObject) -> str:
    """`windows` or `macos`."""
    match item:
        case MacProfile():
            return "macos"
        case Baseline():
            return item.platform
        case _:
            return "windows"


# Read by scripts/check-oracles: the type is what stands before `.json`, `~` its action's slash.
FILE_NAME_RULE = "<platform>/<logical name>[.beta].<graphType>[~action].json"


def file_name(item: IntuneObject, action: str = "") -> str:
    """The path of an object's own body, or of an action's."""
    suffix = f"~{action}" if action else ""
    return f"{platform_of(item)}/{item.name}.{_graph_type(item)}{suffix}.json"


def _graph_type(item: IntuneObject) -> str:
    match item:
        case ProgramCompliance():
            return "beta.windows10CompliancePolicy"
        case BrowserLists():
            return "beta.deviceManagementConfigurationPolicy"
        case FeatureSwitches():
            return "windows10CustomConfiguration"
        case MacProfile():
            return "macOSCustomConfiguration"
        case Baseline(platform="macos"):
            return "macOSCompliancePolicy"
        case Baseline():
            return "windows10CompliancePolicy"
        case _:
            assert_never(item)


def script_file_name(item: ProgramCompliance) -> str:
    """The path of the discovery script's body."""
    return f"windows/{item.name}.beta.deviceComplianceScript.json"
