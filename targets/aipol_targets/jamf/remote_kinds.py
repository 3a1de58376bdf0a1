"""What kinds of objects are pushed to Jamf Pro: where they live, what they hold, their keys.

Elements and their order are those of the Classic API's schema, 11.26; the ways in which objects on
the wire differ from it are deploymenttheory/go-api-sdk-jamfpro's, 14d543b (read 2026-11-29).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, unquote

MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "computers": "computer",
        "computer_groups": "computer_group",
        "buildings": "building",
        "departments": "department",
        "users": "user",
        "user_groups": "user_group",
        "network_segments": "network_segment",
        "ibeacons": "ibeacon",
        "jss_users": "user",
        "jss_user_groups": "user_group",
    }
)
"""Lists of a scope, and what one of each is called where it is written."""

TARGETS = ("computers", "computer_groups", "buildings", "departments")
"""The lists of which `all_computers` is the union."""


@dataclass(frozen=True, slots=True)
class Part:
    """One level of a scope: its flags, its lists and the parts in it, in the schema's order.

    Jamf Pro ignores what comes out of that order, and answers 200 (Jamf-Concepts/jamf-cli notes).
    """

    flags: tuple[str, ...]
    lists: tuple[str, ...]
    parts: Mapping[str, Part]


def _part(*lists: str) -> Part:
    return Part((), lists, {})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; `general` are its fields in the schema's order, `flags` those of yes and no."""

    id: str
    title: str
    resource: str
    root: str
    folder: str
    privilege: str
    general: tuple[str, ...]
    flags: frozenset[str]
    scope: Part | None
    described: bool
    """Whether its description has room for a mark; where not, its name is the mark."""


PROFILE = Kind(
    id="profile",
    title="configuration profile",
    resource="osxconfigurationprofiles",
    root="os_x_configuration_profile",
    folder="profiles/",
    privilege="macOS Configuration Profiles",
    general=(
        "name",
        "description",
        "site",
        "category",
        "distribution_method",
        "user_removable",
        "level",
        "payloads",
    ),
    flags=frozenset({"user_removable"}),
    scope=Part(
        ("all_computers", "all_jss_users"),
        (*TARGETS, "jss_users", "jss_user_groups"),
        {
            "limitations": _part("users", "user_groups", "network_segments", "ibeacons"),
            "exclusions": _part(
                *TARGETS,
                "users",
                "user_groups",
                "network_segments",
                "ibeacons",
                "jss_users",
                "jss_user_groups",
            ),
        },
    ),
    described=True,
)
RESTRICTION = Kind(
    id="restricted-software",
    title="Restricted Software record",
    resource="restrictedsoftware",
    root="restricted_software",
    folder="restricted-software/",
    privilege="Restricted Software",
    general=(
        "name",
        "process_name",
        "match_exact_process_name",
        "send_notification",
        "kill_process",
        "delete_executable",
        "display_message",
        "site",
    ),
    flags=frozenset(
        {"match_exact_process_name", "send_notification", "kill_process", "delete_executable"}
    ),
    scope=Part(("all_computers",), TARGETS, {"exclusions": _part(*TARGETS, "users")}),
    described=False,
)
GROUP = Kind(
    id="computer-group",
    title="smart computer group",
    resource="computergroups",
    root="computer_group",
    folder="computer-groups/",
    privilege="Smart Computer Groups",
    general=("name", "is_smart", "site"),
    flags=frozenset({"is_smart"}),
    scope=None,
    described=False,
)
KINDS = (GROUP, PROFILE, RESTRICTION)
BY_ID: Mapping[str, Kind] = MappingProxyType({kind.id: kind for kind in KINDS})

CRITERION = ("name", "priority", "and_or", "search_type", "value", "opening_paren", "closing_paren")
CRITERION_FLAGS = frozenset({"opening_paren", "closing_paren"})

# What Jamf Pro is told where an object is to be in no site and no category (the SDK named above).
NOWHERE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"site": ("-1", "None"), "category": ("-1", "No category assigned")}
)


# What a mark cannot hold, and what stands for it.
_UNFIT = re.compile(r"[\s:%+]")


def prefix(organization: str) -> str:
    """What the names of all our objects begin with."""
    return f"aipol {organization} "


def key_of(organization: str, kind: Kind, name: str) -> str:
    """The key of the object of ours that has a name; empty where the name is not one of ours."""
    begin = prefix(organization)
    if not name.startswith(begin) or name == begin:
        return ""
    return f"{organization}/{kind.id}/{_UNFIT.sub(_fit, name.removeprefix(begin))}"


def _fit(found: re.Match[str]) -> str:
    return "+" if found[0] == " " else quote(found[0], safe="")


def name_of(organization: str, kind: Kind, key: str) -> str:
    """The name that a key was made of; empty where it is no key of this kind."""
    begin = f"{organization}/{kind.id}/"
    if not key.startswith(begin):
        return ""
    return prefix(organization) + unquote(key.removeprefix(begin).replace("+", " "))


def identifier(kind: Kind, number: str) -> str:
    """How an object is known outside: Jamf Pro counts each kind from 1."""
    return f"{kind.id}/{number}"


def number_in(text: str) -> str:
    """The server's number in what `identifier` made."""
    return text.rpartition("/")[2]
