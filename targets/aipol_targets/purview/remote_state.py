"""Read what export-dlp.ps1, or a session, says of a tenant into the objects that it has."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aipol.remote import Json, Live, Unusable, mark_in
from aipol_targets.purview.remote_canonical import listed
from aipol_targets.purview.remote_form import is_shallow, policy_body, rule_body, types_in
from aipol_targets.purview.remote_kinds import PACKAGE, POLICY, RULE
from aipol_targets.purview.remote_xml import (
    package_id,
    package_mark,
    package_name,
    package_root,
    package_types,
)

SCHEMA = "aipol.purview-state/1"
_LEAVING = "PendingDeletion"
_DEEPEST = 100
"""Far more levels than a tenant's objects have, and far fewer than what reads them can go down."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """What a tenant has, all objects with their bodies."""

    id: str
    taken: str
    """When it was read, in UTC."""
    objects: tuple[Live, ...]
    labels: frozenset[str]
    types: Mapping[str, str]
    """Names of information types by their ids."""
    packages: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the tenant calls each rule package, by its id."""
    leaving: tuple[str, ...] = ()
    """Names of what is being deleted, which cannot be used again yet."""


def tenant_of(document: Json) -> Tenant:
    """A tenant by what was read of it. Raises Unusable where that is no such document."""
    try:
        if document["schema"] != SCHEMA:
            raise Unusable(f"its schema is `{document['schema']}`, not `{SCHEMA}`")
        if not is_shallow(document, _DEEPEST):
            raise Unusable(f"it is nested more than {_DEEPEST} levels deep")
        return _tenant(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unusable(f"it is not what export-dlp.ps1 writes: {error!r}") from None


def _tenant(document: Mapping[str, Any]) -> Tenant:
    rows = {name: listed(document[name]) for name in ("policies", "rules", "packages")}
    packages = tuple(_packages(rows["packages"]))
    policies = tuple(_policy(row) for row in rows["policies"] if row["Mode"] != _LEAVING)
    ids = {live.name.lower(): live.id for live in policies}
    types = {kind: row[1].id for row in packages for kind in row[2]}
    rules = (_rule(row, ids, types) for row in rows["rules"] if row["Mode"] != _LEAVING)
    left = (row for name in ("policies", "rules") for row in rows[name])
    objects = (*policies, *rules, *(live for _, live, _ in packages))
    return Tenant(
        str(document["tenant"]).lower(),
        str(document["taken"]),
        tuple(_once(objects)),
        frozenset(str(each).lower() for each in listed(document["labels"])),
        {str(key).lower(): str(name) for key, name in dict(document["types"]).items()},
        {live.id: called for called, live, _ in packages},
        tuple(str(row["Name"]) for row in left if row["Mode"] == _LEAVING),
    )


def _once(objects: Iterable[Live]) -> Iterator[Live]:
    """Each once, also where a row was told twice. Raises ValueError where two have one id."""
    seen: dict[tuple[str, str], Live] = {}
    for each in objects:
        known = seen.setdefault((each.kind, each.id), each)
        if known is each:
            yield each
        elif known != each:
            raise ValueError(f"`{known.name}` and `{each.name}` have one id")


def _policy(row: Mapping[str, Any]) -> Live:
    mark = mark_in(str(row["Comment"] or ""))
    return Live(POLICY, _guid(row), str(row["Name"]), mark, policy_body(row))


def _rule(row: Mapping[str, Any], policies: Mapping[str, str], types: Mapping[str, str]) -> Live:
    parent = str(row["ParentPolicyName"] or row["Policy"] or "")
    policy = policies.get(parent.lower(), str(row["Policy"] or parent).lower())
    body = rule_body(row, policy, ())
    uses = {types[each] for each in types_in(body["AdvancedRule"]) if each in types}
    mark = mark_in(str(row["Comment"] or ""))
    return Live(RULE, _guid(row), str(row["Name"]), mark, {**body, "Packages": sorted(uses)})


def _packages(rows: list[Any]) -> Iterator[tuple[str, Live, tuple[str, ...]]]:
    """Each with what the tenant calls it, and the types that it defines where that was read."""
    for row in rows:
        called = str(row["Identity"])
        text = _text(str(row["Data"] or ""))
        root = package_root(text)
        if root is None:
            yield called, Live(PACKAGE, f"package {called.lower()}", called, None), ()
        else:
            name, mark = package_name(root), package_mark(root)
            live = Live(PACKAGE, package_id(root), name, mark, {"Package": text})
            yield called, live, package_types(root)


def _text(data: str) -> str:
    """The text of a package, which the service keeps as UTF-16. Raises ValueError."""
    content = base64.b64decode(data, validate=True)
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[1:2] == b"\0"
    return content.decode("utf-16" if wide else "utf-8-sig", "replace")


def _guid(row: Mapping[str, Any]) -> str:
    found = str(row["Guid"]).lower()
    if not found:
        raise ValueError(f"`{row['Name']}` has no Guid")
    return found
