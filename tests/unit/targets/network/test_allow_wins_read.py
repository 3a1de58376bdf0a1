"""Umbrella and Meraki: what a reader of what is sent refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aipol.target import UnreadableArtifact
from tests.unit.targets.network.test_allow_wins import BLOCK, WIDE


def policies(small: Any) -> dict[str, Any]:
    """What is sent to Umbrella, as values."""
    emitted = small.resolved_by_umbrella(small.everything())
    return {path: json.loads(text) for path, text in emitted.text.items()}


def bodies(small: Any) -> dict[str, Any]:
    """What is sent to Meraki, as values."""
    emitted = small.grouped(small.everything())
    return {path: json.loads(text) for path, text in emitted.text.items()}


def refused(target: Any, files: dict[str, Any]) -> bool:
    """Whether a reader does not account for it."""
    try:
        target.read({path: f"{json.dumps(value)}\n".encode() for path, value in files.items()})
    except UnreadableArtifact:
        return True
    return False


Change = Callable[[dict[str, Any]], object]

NAMES = ("*", "*.d.test", "d.test/", "https://d.test", "D.test", "d.test.", "192.0.2.1", ".d.test")

IN_UMBRELLA: list[Change] = [
    lambda files: files.pop("policies.json"),
    lambda files: files.pop(BLOCK),
    lambda files: files.update({"lists/other.json": files[BLOCK]}),
    lambda files: files.update(
        {"lists/aipol_default_block.add-3.json": [{"destination": "x.test"}]}
    ),
    lambda files: files.update({"lists/aipol_default_block.add-2.json": []}),
    lambda files: files["policies.json"].reverse(),
    lambda files: files["policies.json"][1].update(internalNetworks=[]),
    lambda files: files["policies.json"][1].update(internalNetworks=["10.20.0.0/25"]),
    lambda files: files["policies.json"][1].update(internalNetworks="finance"),
    lambda files: files["policies.json"][1].update(identities=["x"]),
    lambda files: files["policies.json"][1].update(policy="aipol_finance"),
    lambda files: files["policies.json"][1]["destinationLists"].append("aipol_finance_block"),
    lambda files: files["policies.json"][0]["destinationLists"].append("../policies"),
    lambda files: files["policies.json"].append("x"),
    lambda files: files[BLOCK].update(access="allow"),
    lambda files: files[BLOCK].update(access="none"),
    lambda files: files[BLOCK].update(isGlobal=True),
    lambda files: files[BLOCK].update(isGlobal=0),
    lambda files: files[BLOCK].update(name="other"),
    lambda files: files[BLOCK].update(bundleTypeId=2),
    lambda files: files[BLOCK].update(bundleTypeId=True),
    lambda files: files[BLOCK].update(comment="x"),
    lambda files: files[BLOCK].update(destinations=[]),
    lambda files: files[BLOCK]["destinations"].append(files[BLOCK]["destinations"][0]),
    lambda files: files[BLOCK]["destinations"][0].update(type="URL"),
    lambda files: files[BLOCK]["destinations"].append("d.test"),
]

FINANCE = "group-policies/aipol_finance.json"

IN_MERAKI: list[Change] = [
    lambda files: files.pop("bindings.json"),
    lambda files: files.pop(FINANCE),
    lambda files: files.update({"group-policies/other.json": files[FINANCE]}),
    lambda files: files["bindings.json"].append(files["bindings.json"][0]),
    lambda files: files["bindings.json"][1].update(networks=["10.20.0.0/25"]),
    lambda files: files["bindings.json"][1].update(networks=[]),
    lambda files: files["bindings.json"][1].update(networks=[7]),
    lambda files: files["bindings.json"][1].update(vlan=0),
    lambda files: files["bindings.json"][1].update(vlan=True),
    lambda files: [each.update(vlan=20) for each in files["bindings.json"]],
    lambda files: files["bindings.json"][1].update(clients=[]),
    lambda files: files.update({"bindings.json": {}}),
    lambda files: files[FINANCE].update(name="other"),
    lambda files: files[FINANCE].update(scheduling={}),
    lambda files: files[FINANCE].pop("contentFiltering"),
    lambda files: files[FINANCE]["contentFiltering"].pop("allowedUrlPatterns"),
    lambda files: files[FINANCE]["contentFiltering"].update(blockedUrlCategories={}),
    lambda files: files[FINANCE]["contentFiltering"]["blockedUrlPatterns"].update(
        settings="append"
    ),
    lambda files: files[FINANCE]["contentFiltering"]["allowedUrlPatterns"].update(patterns="x"),
    lambda files: files[WIDE].update(urlCategoryListSize="topSites"),
    lambda files: files[WIDE].pop("allowedUrlPatterns"),
    lambda files: files[WIDE]["blockedUrlPatterns"].append(files[WIDE]["blockedUrlPatterns"][0]),
]


@pytest.mark.parametrize("change", IN_UMBRELLA)
def test_what_umbrella_would_take_otherwise_is_refused(change: Change, small: Any) -> None:
    """Unknown keys, names twice, files nobody uses, orders and networks that hide a policy."""
    files = policies(small)
    assert not refused(small.UMBRELLA, files)
    change(files)
    assert refused(small.UMBRELLA, files)


@pytest.mark.parametrize("change", IN_MERAKI)
def test_what_meraki_would_take_otherwise_is_refused(change: Change, small: Any) -> None:
    """Unknown keys, patterns of the network beside ours, networks and VLANs twice."""
    files = bodies(small)
    assert not refused(small.MERAKI, files)
    change(files)
    assert refused(small.MERAKI, files)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_that_is_no_name_is_refused(name: str, small: Any) -> None:
    """Asterisks above all: Umbrella refuses them, and for Meraki `*` is everything."""
    sent = policies(small)
    sent[BLOCK]["destinations"].append({"destination": name})
    assert refused(small.UMBRELLA, sent)
    for wanted in ("allowedUrlPatterns", "blockedUrlPatterns"):
        files = bodies(small)
        files[WIDE][wanted].append(name)
        assert refused(small.MERAKI, files)


def test_an_exception_from_no_block_is_refused(small: Any) -> None:
    """An allowed name also opens what categories and security filters close."""
    sent, files = policies(small), bodies(small)
    sent["lists/aipol_finance_allow.json"]["destinations"].append({"destination": "free.test"})
    files[WIDE]["allowedUrlPatterns"].append("free.test")
    assert refused(small.UMBRELLA, sent)
    assert refused(small.MERAKI, files)
