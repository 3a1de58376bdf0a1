"""Turns destination lists into bodies of requests, and policies into a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aipol.target import Artifact
from aipol_targets.umbrella.facts import DESTINATIONS
from aipol_targets.umbrella.model import (
    BUNDLE,
    POLICIES,
    DestinationList,
    Policy,
    Umbrella,
    list_files,
)


def render(model: Umbrella) -> tuple[Artifact, ...]:
    """The bodies of every list, and the policies, by path."""
    files = [_artifact(POLICIES, [_policy(policy) for policy in model.policies])]
    for policy in model.policies:
        for each in policy.lists:
            files += _bodies(each)
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.name,
        "internalNetworks": list(policy.networks) or "all others",
        "destinationLists": [each.name for each in policy.lists],
    }


def _bodies(made: DestinationList) -> Iterator[Artifact]:
    """The body that makes the list, and those that add what it cannot hold."""
    chunk, every = DESTINATIONS.value, [{"destination": name} for name in made.destinations]
    first, *more = list_files(made.name, len(every), chunk)
    yield _artifact(
        first,
        {
            "access": "block" if made.blocks else "allow",
            "isGlobal": False,
            "name": made.name,
            "bundleTypeId": BUNDLE,
            "destinations": every[:chunk],
        },
    )
    for number, path in enumerate(more, start=1):
        yield _artifact(path, every[number * chunk : (number + 1) * chunk])


def _artifact(path: str, body: Any) -> Artifact:
    return Artifact(path, f"{json.dumps(body, allow_nan=False, indent=1)}\n".encode())
