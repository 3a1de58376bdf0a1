"""Turns what a configuration says besides decisions into what the settings are said to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aipol_targets.common.network.settings import in_words
from aipol_targets.paloalto.read_rules import Alike
from aipol_targets.paloalto.read_tree import NAME


def told_of(system: Mapping[str, Any], alike: Alike) -> dict[str, str]:
    """Settings by name, without those that nothing has an occasion to follow."""
    found: dict[str, str] = {"vsys": system[NAME]} if NAME in system else {}
    if alike.zones:
        found["from_zones"], found["to_zones"] = map(in_words, alike.zones)
    if alike.watching is not None:
        each = (f"{kind} {name}" for kind, names in alike.watching for name in names)
        found["threat_profiles"] = in_words(each)
    for listed in system.get("external-list", {}).values():
        for fetched in listed["type"].values():
            found["edl_url"] = fetched["url"].rpartition("/")[0]
    return found
