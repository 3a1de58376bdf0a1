"""The stand-in itself: find out what a request asks, and answer it as Graph does."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote

from aipol_targets.standins.graph import batch, directory
from aipol_targets.standins.graph.errors import Refused, no_route, no_segment
from aipol_targets.standins.graph.policies import policies
from aipol_targets.standins.graph.query import Options, options
from aipol_targets.standins.graph.resources import RESOURCES, World
from aipol_targets.standins.graph.schema import PREFIX, TYPE, Version
from aipol_targets.standins.graph.store import Store, Stored, ticking
from aipol_targets.standins.graph.tenant import Answer, Call, Tenant
from aipol_targets.standins.server import Request, Response, Ways, json_response

_KEYED = re.compile(r"(\w+)\('([^']*)'\)$")  # collection('id'), the other way to write a key
_BODIES = frozenset({"POST", "PATCH", "PUT"})


class GraphStandin:
    """A tenant behind Microsoft Graph; what is made in it stays until the process ends."""

    def __init__(self, tenant: Tenant | None = None) -> None:
        self.tenant = tenant or Tenant()
        clock = self.tenant.clock or ticking()
        slowness = self.tenant.invisible_for, self.tenant.stale_for
        self._store = Store(self.tenant.seed, clock, *slowness)
        self._world = World(self.tenant, self._store)
        self._asked = 0

    @property
    def ways(self) -> Ways:
        """Errors as documents, and batches that write only if something in them does."""
        return Ways(refusal=self._refusal, is_write=_is_write)

    def answer(self, request: Request) -> Response:
        """Answer one request, or one batch of them."""
        if self.tenant.accepts and request.token not in self.tenant.accepts:
            return self._refusal(401, "the access token is not one that this tenant takes")
        try:
            version = _version(request)
            if request.segments[1:] == ("$batch",):
                return self._batch(version, request)
            call = _call(version, request.method, request.segments[1:], request.query, request)
            given = _dispatch(self._world, call)
        except Refused as refused:
            return json_response(refused.status, self._document(refused, request.headers))
        return Response(204) if given.value is None else json_response(given.status, given.value)

    def _batch(self, version: Version, request: Request) -> Response:
        if request.method != "POST":
            raise no_route(request.method, "$batch")
        found = batch.items(_document(request))

        def act(item: batch.Item) -> batch.Result:
            try:
                call = _item_call(version, item, request)
                given = _dispatch(self._world, call)
            except Refused as refused:
                return refused.status, {}, self._document(refused, request.headers)
            return given.status, {}, given.value

        def refusal(refused: Refused) -> dict[str, Any]:
            return self._document(refused, request.headers)

        responses, statuses = batch.answered(found, batch.Hands(act, refusal, request.fault))
        answer = json_response(200, {"responses": responses})
        parts = batch.seen(version, found, statuses)
        return Response(answer.status, answer.body, answer.headers, parts)

    def _document(self, refused: Refused, headers: Mapping[str, str]) -> dict[str, Any]:
        self._asked += 1
        own = self._store.derived_id("request", str(self._asked))
        client = headers.get("client-request-id", own)
        return refused.body(self._store.clock(), own, client)

    def _refusal(self, status: int, reason: str) -> Response:
        return json_response(status, self._document(Refused(status, reason), {}))

    # --- what tests and demonstrations do behind Graph's back ------------------------------------

    def seed(
        self,
        collection: str,
        body: Mapping[str, Any],
        assignments: tuple[Mapping[str, Any], ...] = (),
    ) -> str:
        """Put an object there as somebody else would have; give its id."""
        resource = RESOURCES[collection]
        kind = str(body.get(TYPE, resource.kind)).removeprefix(PREFIX)
        kept = {name: copy.deepcopy(each) for name, each in body.items() if name != TYPE}
        stored = self._store.add(collection, kind, kept)
        stored.hidden = 0
        stored.settings = kept.pop("settings", [])
        stored.actions = [
            {**each, "id": self._store.new_id()}
            for rule in kept.pop("scheduledActionsForRule", [])
            for each in rule.get("scheduledActionConfigurations", [])
        ]
        stored.assignments = [
            {**each, "id": f"{stored.id}_{number}", "sourceId": stored.id}
            for number, each in enumerate(assignments)
        ]
        return stored.id

    def edit(self, collection: str, key: str, changes: Mapping[str, Any]) -> None:
        """Change an object as somebody would by hand; `assignments` and `settings`, too."""
        stored = self._held(collection, key)
        before = replace(stored, body=dict(stored.body))
        for name, value in changes.items():
            match name:
                case "assignments":
                    stored.assignments = copy.deepcopy(value)
                case "settings":
                    stored.settings = copy.deepcopy(value)
                case _:
                    stored.body[name] = copy.deepcopy(value)
        self._store.changed(stored, before)

    def remove(self, collection: str, key: str) -> None:
        """Delete an object as somebody would by hand."""
        self._store.delete(collection, key)

    def state(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Give all there is, by collection and id, as it is held: nothing masked or left out."""
        return {
            name: {key: _held_item(stored) for key, stored in sorted(held.items())}
            for name, held in sorted(self._store.collections.items())
            if held
        }

    def _held(self, collection: str, key: str) -> Stored:
        return self._store.collections[collection][key]


def _held_item(stored: Stored) -> dict[str, Any]:
    return copy.deepcopy(
        {
            TYPE: f"{PREFIX}{stored.kind}",
            "id": stored.id,
            **stored.body,
            "assignments": stored.assignments,
            **({"settings": stored.settings} if stored.settings else {}),
            **({"scheduledActions": stored.actions} if stored.actions else {}),
        }
    )


def _dispatch(world: World, call: Call) -> Answer:
    others: dict[tuple[str, ...], Callable[[Tenant, Call], Answer]] = {
        ("organization",): directory.organization,
        ("groups",): directory.groups,
        ("deviceManagement", "configurationSettings"): directory.settings,
    }
    for path, answer in others.items():
        if call.segments[: len(path)] == path:
            return answer(world.tenant, call)
    if call.segments[:1] == ("deviceManagement",):
        return policies(world, call)
    raise no_segment(call.segments[0] if call.segments else "")


def _version(request: Request) -> Version:
    first = request.segments[0]
    if first not in {each.value for each in Version}:
        raise Refused(400, f"Invalid version: {first}", "BadRequest")
    return Version(first)


def _document(request: Request) -> Any:
    if not request.headers.get("content-type", "").lower().startswith(batch.JSON):
        raise Refused(400, "A body needs the Content-Type header application/json.")
    try:
        return json.loads(request.body)
    except ValueError:
        raise Refused(400, "Unable to read JSON request payload.") from None


def _call(
    version: Version,
    method: str,
    segments: tuple[str, ...],
    query: Mapping[str, tuple[str, ...]],
    request: Request,
) -> Call:
    body = _document(request) if method in _BODIES else None
    return Call(
        version, method, _keys(segments), options(query), body, request.token, _origin(request)
    )


def _item_call(version: Version, item: batch.Item, request: Request) -> Call:
    path, _, text = item.url.lstrip("/").partition("?")
    segments = tuple(unquote(each) for each in path.split("/"))
    if segments[0] in {each.value for each in Version}:
        raise Refused(405, "The URL of a batch's request is relative to the batch's own version.")
    query = {name: tuple(each) for name, each in parse_qs(text, keep_blank_values=True).items()}
    asked: Options = options(query)
    origin = _origin(request)
    return Call(version, item.method, _keys(segments), asked, item.body, request.token, origin)


def _keys(segments: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for each in segments:
        keyed = _KEYED.match(each)
        found += [keyed[1], keyed[2]] if keyed else [each]
    return tuple(found)


def _origin(request: Request) -> str:
    return f"http://{request.headers.get('host', 'graph.example')}"


def _is_write(request: Request) -> bool:
    if request.path.endswith("/$batch"):
        try:
            return batch.writes(json.loads(request.body))
        except ValueError:
            return False
    return request.method not in batch.READS
