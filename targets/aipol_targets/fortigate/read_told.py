"""Turns what all policies have in common into what the settings are said to be."""

from __future__ import annotations

from collections.abc import Iterator

from aipol_targets.common.network.settings import in_words
from aipol_targets.fortigate.read_tree import Config

_NAMES = {"srcintf": "inside", "dstintf": "outside", "service": "services"}
_SWITCH = {"enable": "true", "disable": "false"}
_NUMBERED = ("webfilter urlfilter", "dnsfilter domain-filter", "firewall policy")


def told_of(config: Config) -> dict[str, str]:
    """Settings by name, without those that nothing has an occasion to follow."""
    found: dict[str, str] = {}
    for node in config.entries("firewall policy").values():
        # That policies do not differ in them is seen to where they are read.
        found |= {name: in_words(node.sets[word]) for word, name in _NAMES.items()}
        if "nat" in node.sets:
            found["nat"] = _SWITCH.get(config.one(node, "nat"), "")
        found["before_policy"] = in_words({other for _, other in config.moves})
    if tables := config.entries(_NUMBERED[0]):
        found["first_id"] = str(min(map(int, tables)))
    return found


def refuse_numbers(config: Config) -> None:
    """Refuse ids that a device may take for others, and entries that are not numbered in order."""
    for path in _NUMBERED:
        for key in config.entries(path):
            if not (key.isdigit() and str(int(key)) == key and key != "0"):
                config.refuse(0, f"{key} is no id in {path}")
    for number, keys in _entries(config):
        if keys != [str(place) for place in range(1, len(keys) + 1)]:
            config.refuse(0, f"the entries of {number} are not numbered in their order")


def _entries(config: Config) -> Iterator[tuple[str, list[str]]]:
    for path in _NUMBERED[:2]:
        for number, table in config.entries(path).items():
            yield number, [*table.blocks["entries"].edits] if "entries" in table.blocks else []
