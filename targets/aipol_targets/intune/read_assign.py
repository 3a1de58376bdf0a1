"""Read the body of an `assign` action to whom an object applies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aipol.target import UnreadableArtifact
from aipol_targets.intune.read_json import fields, read_json, text

_GROUP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EVERYBODY = (
    "#microsoft.graph.allDevicesAssignmentTarget",
    "#microsoft.graph.allLicensedUsersAssignmentTarget",
)
_INCLUDED = "#microsoft.graph.groupAssignmentTarget"
_EXCLUDED = "#microsoft.graph.exclusionGroupAssignmentTarget"


@dataclass(frozen=True, slots=True)
class Applies:
    """Groups by object id; an excluded one wins."""

    everybody: bool
    include: frozenset[str]
    exclude: frozenset[str]

    def to(self, identity: frozenset[str]) -> bool:
        """Whether somebody in exactly these groups gets the object."""
        return (self.everybody or bool(self.include & identity)) and not self.exclude & identity


def read_assign(path: str, content: bytes) -> Applies:
    """Read the whole list of assignments strictly."""
    (assignments,) = fields(path, read_json(path, content), "the body", ["assignments"])
    if not isinstance(assignments, list):
        raise UnreadableArtifact(path, "assignments must be a list")
    everybody = False
    groups: dict[str, set[str]] = {_INCLUDED: set(), _EXCLUDED: set()}
    for each in assignments:
        (target,) = fields(path, each, "an assignment", ["target"])
        kind = target.get("@odata.type") if isinstance(target, dict) else None
        if kind in _EVERYBODY:
            fields(path, target, "a target for everybody", ["@odata.type"])
            if everybody:
                raise UnreadableArtifact(path, "everybody is assigned twice")
            everybody = True
        elif kind in groups:
            _, group = fields(path, target, "a target", ["@odata.type", "groupId"])
            name = text(path, group, "groupId").lower()
            if not _GROUP.fullmatch(name) or any(name in found for found in groups.values()):
                raise UnreadableArtifact(path, f"{name!r} is no object id, or is given twice")
            groups[kind].add(name)
        else:
            raise UnreadableArtifact(path, f"unknown target {kind!r}")
    if everybody and groups[_INCLUDED]:
        raise UnreadableArtifact(path, "everybody is assigned, and groups of everybody")
    return Applies(everybody, frozenset(groups[_INCLUDED]), frozenset(groups[_EXCLUDED]))
