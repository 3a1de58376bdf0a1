"""Turn the artefacts of this target into the objects that are to be in the tenant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from aipol.remote import REF, Json, Unusable, Wanted, mark_in, without_mark
from aipol_targets.intune.remote_kinds import Kind, kind_of

BINDINGS = "bindings.json"
ASSIGN = "~assign.json"


def wanted(files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """The objects, by path; a script before the policy that runs it."""
    documents = {path: json.loads(content) for path, content in files.items()}
    objects = {
        path: body
        for path, body in documents.items()
        if path != BINDINGS and not path.endswith(ASSIGN)
    }
    keys = {path: _key(path, body) for path, body in objects.items()}
    if len(set(keys.values())) != len(keys):
        raise Unusable("two artefacts bear one mark: compile them again")
    for each in documents.get(BINDINGS, {}).get("bindings", ()):
        _bind(objects[each["object"]], each["property"], keys[each["idOf"]])
    found = (_wanted(path, body, keys[path], documents) for path, body in objects.items())
    return tuple(sorted(found, key=lambda each: (each.kind, each.key)))


def _key(path: str, body: Mapping[str, Any]) -> str:
    mark = mark_in(str(body.get("description", "")))
    if mark is None:
        raise Unusable(f"{path} bears no mark: it was made by another aipol")
    return mark.key


def _bind(body: dict[str, Any], place: str, key: str) -> None:
    """Refer to another object where Graph wants the id that only the tenant can give."""
    *above, last = place.split(".")
    for name in above:
        body = body.setdefault(name, {})
    body[last] = {REF: key}


def _wanted(path: str, body: Mapping[str, Any], key: str, documents: Mapping[str, Any]) -> Wanted:
    kind = kind_of(_graph_type(path))
    plain = {**body, "description": without_mark(body["description"])}
    artifacts = [path]
    if kind.assigned:
        artifacts.append(f"{path.removesuffix('.json')}{ASSIGN}")
    return Wanted(
        key,
        kind.id,
        str(body[kind.named]),
        _body(kind, plain, (documents.get(each) for each in artifacts[1:])),
        tuple(each for each in artifacts if each in documents),
        # `windows/browsers-finance...`: what it is about, and for which class of people.
        path.partition("-")[0],
    )


def _body(kind: Kind, plain: Json, assigning: Iterable[Json]) -> Json:
    if not kind.assigned:
        return {"object": plain}
    given = [each for document in assigning if document for each in document["assignments"]]
    return {"object": plain, "assignments": given}


def _graph_type(path: str) -> str:
    """`windows/x.beta.windows10CompliancePolicy.json` is of the type before the suffix."""
    return path.removesuffix(".json").rpartition(".")[2]
