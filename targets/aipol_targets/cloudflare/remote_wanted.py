"""Turns the files into the objects that they are made for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aipol.remote import REF, Json, Unusable, Wanted
from aipol_targets.cloudflare.model import LISTS, RULES
from aipol_targets.cloudflare.remote_expression import named
from aipol_targets.cloudflare.remote_kinds import LIST, POLICY


def wanted(organization: str, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """A list for each of `lists.json`, and a policy for each of `rules.json`. Raises Unusable."""
    lists = _parsed(files, LISTS)
    policies = [body for bodies in _parsed(files, RULES).values() for body in bodies or ()]
    keys = {body["name"]: key_of(organization, LIST, body["name"]) for body in lists}
    return (
        *(Wanted(keys[each["name"]], LIST, each["name"], each, (LISTS,)) for each in lists),
        *(_policy(organization, each, keys) for each in policies),
    )


def key_of(organization: str, kind: str, name: str) -> str:
    """What an object is called for good."""
    return f"{organization}/{kind}/{name}"


def _policy(organization: str, body: Mapping[str, Any], keys: Mapping[str, str]) -> Wanted:
    traffic: list[Json] = list(named(body["traffic"]))
    try:
        traffic[1::2] = [{REF: keys[name]} for name in traffic[1::2]]
    except KeyError as error:
        raise Unusable(f"{RULES}: `{body['name']}` names {error}, which is no list") from None
    key = key_of(organization, POLICY, body["name"])
    uses = (RULES, LISTS) if len(traffic) > 1 else (RULES,)
    return Wanted(key, POLICY, body["name"], {**body, "traffic": traffic}, uses)


def _parsed(files: Mapping[str, bytes], path: str) -> Any:
    try:
        return json.loads(files[path])
    except (KeyError, ValueError):
        raise Unusable(f"{path}: is not there, or no JSON") from None
