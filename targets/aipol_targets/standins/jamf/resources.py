"""The resources of the Classic API that a policy about AI needs, as they are on the wire.

Names and required fields follow Jamf's own description of the Classic API 11.26 (in
Jamf-Concepts/jamfplatform-go-sdk), with the two slips that are known of it put right: `level` is
sent and read as System or User (deploymenttheory/terraform-provider-jamfpro), and the child of
`jss_user_groups` is `user_group` (jamf-cli). The description is sorted by name, so that the order
of a scope's children is the one that the tools send which work; of exclusions it is unverified.
What Self Service shows is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aipol_targets.standins.jamf.shapes import Flag, Link, Many, Number, Section, Shape, Text

CATEGORY = Link("category", "Unknown")
SITE = Link("site", "None")

# Whom the directory knows is not for the server to check: any name is taken.
_PERSON = Section({"name": Text()})

_DEVICES: Mapping[str, Shape] = {
    "computers": Many("computer", Link("computer")),
    "computer_groups": Many("computer_group", Link("computer_group")),
    "buildings": Many("building", Link("building")),
    "departments": Many("department", Link("department")),
}
_USERS: Mapping[str, Shape] = {
    "jss_users": Many("user", Link("user")),
    "jss_user_groups": Many("user_group", Link("user_group")),
}
_NARROWING: Mapping[str, Shape] = {
    "users": Many("user", _PERSON),
    "user_groups": Many("user_group", _PERSON),
    "network_segments": Many("network_segment", Link("network_segment")),
    "ibeacons": Many("ibeacon", Link("ibeacon")),
}


def _scope(parts: Mapping[str, Shape]) -> Section:
    return Section(parts, whole=True, ordered=True)


_PROFILE_SCOPE = _scope(
    {
        "all_computers": Flag(),
        "all_jss_users": Flag(),
        **_DEVICES,
        **_USERS,
        "limitations": _scope(_NARROWING),
        "exclusions": _scope({**_DEVICES, **_NARROWING, **_USERS}),
    }
)
_RESTRICTION_SCOPE = _scope(
    {
        "all_computers": Flag(),
        **_DEVICES,
        "exclusions": _scope({**_DEVICES, "users": Many("user", _PERSON)}),
    }
)

_PROFILE = Section(
    {
        "general": Section(
            {
                "name": Text(),
                "description": Text(),
                "site": SITE,
                "category": CATEGORY,
                "distribution_method": Text(
                    "Install Automatically",
                    {
                        "Install Automatically": "Install Automatically",
                        "Make Available in Self Service": "Make Available in Self Service",
                    },
                ),
                "user_removable": Flag(),
                "level": Text(
                    "System",
                    {"System": "System", "computer": "System", "User": "User", "user": "User"},
                ),
                "uuid": Text(),
                "redeploy_on_update": Text("Newly Assigned"),
                "payloads": Text(),
            }
        ),
        "scope": _PROFILE_SCOPE,
    }
)

_RESTRICTION = Section(
    {
        "general": Section(
            {
                "name": Text(),
                "process_name": Text(),
                "match_exact_process_name": Flag(),
                "send_notification": Flag(),
                "kill_process": Flag(),
                "delete_executable": Flag(),
                "display_message": Text(),
                "site": SITE,
            }
        ),
        "scope": _RESTRICTION_SCOPE,
    }
)

_CRITERION = Section(
    {
        "name": Text(),
        "priority": Number(),
        # "maybe" reads back as `and` (jamf-cli, checked on a server).
        "and_or": Text("and", {"and": "and", "or": "or"}),
        "search_type": Text(),
        "value": Text(),
        "opening_paren": Flag(),
        "closing_paren": Flag(),
    }
)

_GROUP = Section(
    {
        "name": Text(),
        "is_smart": Flag(),
        "site": SITE,
        "criteria": Many("criterion", _CRITERION, counted=True),
        "computers": Many("computer", Link("computer"), counted=True),
    }
)

_CATEGORY = Section({"name": Text(), "priority": Number(9)})
_SITE = Section({"name": Text()})


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its path, the names of its elements, and what it cannot do without."""

    path: str
    root: str
    entry: str  # one of the list
    listing: str  # the list's root
    shape: Section
    required: tuple[str, ...] = ("name",)
    listed: tuple[str, ...] = ("name",)  # in the list, besides the id
    updated: int = 201

    @property
    def headed(self) -> bool:
        """Whether id and name are in a section of their own."""
        return "general" in self.shape.parts


PROFILES = Resource(
    "osxconfigurationprofiles",
    "os_x_configuration_profile",
    "os_x_configuration_profile",
    "os_x_configuration_profiles",
    _PROFILE,
)
RESTRICTIONS = Resource(
    "restrictedsoftware",
    "restricted_software",
    "restricted_software_title",
    "restricted_software",
    _RESTRICTION,
    required=("name", "process_name"),
)
GROUPS = Resource(
    "computergroups",
    "computer_group",
    "computer_group",
    "computer_groups",
    _GROUP,
    required=("name", "is_smart"),
    listed=("name", "is_smart"),
)
CATEGORIES = Resource("categories", "category", "category", "categories", _CATEGORY, updated=200)
SITES = Resource("sites", "site", "site", "sites", _SITE)

ALL = (PROFILES, RESTRICTIONS, GROUPS, CATEGORIES, SITES)
