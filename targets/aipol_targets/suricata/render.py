"""Turns rules and groups of addresses into files for Suricata."""

from __future__ import annotations

import json
from collections.abc import Iterable

from aipol.target import Artifact
from aipol_targets.common.network.escape import comment
from aipol_targets.suricata.lines import rule_line
from aipol_targets.suricata.model import GROUPS, RULES, Suricata


def render(model: Suricata) -> tuple[Artifact, ...]:
    """The rules, and the groups that they name, by path."""
    head = f"# aipol: AI rules of {comment(model.identifier)} for Suricata 7."
    files = [_file(RULES, (head, *map(rule_line, model.rules)))]
    if model.groups:
        # A text in JSON is one in YAML, too.
        lines = (
            f"{group.name}: {json.dumps('[' + ','.join(group.networks) + ']')}"
            for group in model.groups
        )
        files.append(_file(GROUPS, ("%YAML 1.1", "---", *lines)))
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _file(path: str, lines: Iterable[str]) -> Artifact:
    return Artifact(path, "".join(f"{line}\n" for line in lines).encode())
