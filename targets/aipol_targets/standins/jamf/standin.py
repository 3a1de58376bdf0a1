"""Answer as Jamf Pro does, for tests and for a first try without a server of one's own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import Any
from xml.etree import ElementTree as ET

from aipol_targets.standins.clock import Clock, Ticks
from aipol_targets.standins.jamf import wire
from aipol_targets.standins.jamf.conduct import Conduct
from aipol_targets.standins.jamf.library import LONG_AGO, Library, Moment, head
from aipol_targets.standins.jamf.profiles import Delivery, Ghost
from aipol_targets.standins.jamf.resources import ALL, Resource
from aipol_targets.standins.jamf.shapes import written
from aipol_targets.standins.jamf.store import SYNC_SECONDS, Record
from aipol_targets.standins.jamf.tokens import LIFETIME, ApiClient, Tokens
from aipol_targets.standins.jamf.wire import Refused
from aipol_targets.standins.server import READS, Request, Response, Ways, json_response

COOKIE = "jpro-ingress"
VERSION = "11.26.0"
NOT_FOUND = "The server has not found anything matching the request URI"
DEMO = ApiClient("aipol-demo", "not-a-secret")
TOKEN_PATHS = frozenset({("api", "oauth", "token"), ("api", "v1", "oauth", "token")})

_BY_PATH = {each.path: each for each in ALL}


class JamfStandin:
    """A Jamf Pro server in Jamf's cloud."""

    def __init__(
        self,
        clients: Iterable[ApiClient] = (DEMO,),
        *,
        clock: Clock | None = None,
        seed: str = "jamf",
        nodes: int = 2,
        sync_seconds: float = SYNC_SECONDS,
        token_seconds: int = LIFETIME,
        organization: str = "Example",
        others: Mapping[str, tuple[str, ...]] | None = None,
        pace: float = 0.0,
    ) -> None:
        """`others` are names of what only Macs or people make: computers, buildings, users.

        `pace` is for how many seconds a request keeps the server busy.
        """
        namespace = uuid.uuid5(uuid.NAMESPACE_DNS, f"{seed}.jamf.example")
        self._clock = clock or Ticks()
        self._nodes = nodes
        self._pace = pace
        self._turn = 0
        self._tokens = Tokens(clients, token_seconds, namespace)
        self._library = Library(sync_seconds, organization, namespace, others or {})
        self.conduct = Conduct(_is_write)

    @property
    def ways(self) -> Ways:
        """Errors are pages, tokens are asked for without one, and what overlaps is counted."""
        return Ways(
            refusal=wire.page,
            is_open=lambda request: request.segments in TOKEN_PATHS,
            is_write=_is_write,
            during=self.conduct.during,
        )

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """Profiles that Macs have twice."""
        return tuple(self._library.profiles.ghosts)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Updates of profiles, in order."""
        return tuple(self._library.profiles.deliveries)

    def records(self, resource: Resource) -> Mapping[int, Record]:
        """What is stored, by id."""
        return deepcopy(dict(self._library.all(resource)))

    def seed(self, resource: Resource, body: bytes) -> int:
        """Let somebody else create an object, long ago."""
        element = wire.parse(Request("POST", "/", body=body), resource.root)
        return self._library.create(resource, element, LONG_AGO)

    def answer(self, request: Request) -> Response:
        """Answer one request at the server that its cookie names, or at the next one."""
        now = self._clock()
        if self._pace:
            time.sleep(self._pace)
        moment = Moment(now, self._node(request))
        response = self._answered(request, moment)
        cookie = {"Set-Cookie": f"{COOKIE}=node-{moment.node}; Path=/"}
        return replace(response, headers={**response.headers, **cookie})

    def _node(self, request: Request) -> int:
        try:
            cookie = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        names = [f"node-{each}" for each in range(self._nodes)]
        if cookie is not None and cookie.value in names:
            return names.index(cookie.value)
        self._turn += 1
        return self._turn % self._nodes

    def _answered(self, request: Request, moment: Moment) -> Response:
        if request.segments in TOKEN_PATHS:
            return self._tokens.grant(request, moment.now)
        client = self._tokens.holder(request.token, moment.now)
        if client is None:
            return wire.page(401, "the access token is missing or has expired")
        if _is_write(request) and not client.writes:
            # That it is refused is certain; the status is unverified.
            return wire.page(403, "the API role lacks the privilege")
        try:
            return self._routed(request, moment)
        except Refused as refusal:
            return wire.page(refusal.status, refusal.reason)

    def _routed(self, request: Request, moment: Moment) -> Response:
        match request.segments:
            case ("api", "v1", "auth"):
                return self._tokens.told(request, moment.now)
            case ("api", "v1", "jamf-pro-version"):
                return json_response(200, {"version": VERSION})
            case ("JSSResource", path) if path in _BY_PATH:
                return self._list(_BY_PATH[path], request, moment)
            case ("JSSResource", path, "id", "0") if path in _BY_PATH and request.method == "POST":
                resource = _BY_PATH[path]
                number = self._library.create(resource, wire.parse(request, resource.root), moment)
                return wire.acknowledged(201, resource.root, number)
            case ("JSSResource", path, "id" | "name" as by, key) if path in _BY_PATH:
                return self._one(_BY_PATH[path], request, moment, (by, key))
            case _:
                raise Refused(404, NOT_FOUND)

    def _list(self, resource: Resource, request: Request, moment: Moment) -> Response:
        _expect(request, "GET")
        records = self._library.seen(resource, moment)
        rows = [_row(resource, number, record) for number, record in records.items()]
        if wire.wants_json(request):
            return wire.json_document(resource.listing, rows)
        root = ET.Element(resource.listing)
        ET.SubElement(root, "size").text = str(len(rows))
        for row in rows:
            entry = ET.SubElement(root, resource.entry)
            for name, value in row.items():
                ET.SubElement(entry, name).text = _plain(value)
        return wire.document(200, root)

    def _one(
        self, resource: Resource, request: Request, moment: Moment, key: tuple[str, str]
    ) -> Response:
        _expect(request, "GET", "PUT", "DELETE")
        if request.method == "GET":
            seen = self._library.seen(resource, moment)
            number = _found(resource, seen, key)
            return _shown(resource, request, number, seen[number])
        number = _found(resource, self._library.all(resource), key)
        if request.method == "DELETE":
            self._library.delete(resource, number, moment)
            return wire.acknowledged(200, resource.root, number)
        element = wire.parse(request, resource.root)
        left_out = self._library.update(resource, number, element, moment)
        # What a scope lost is told by nothing: "answering 200 either way" (jamf-cli).
        return wire.acknowledged(200 if left_out else resource.updated, resource.root, number)


def _is_write(request: Request) -> bool:
    """To ask for a token changes nothing."""
    return request.method not in READS and request.segments not in TOKEN_PATHS


def _expect(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise Refused(405, f"{request.method} is not allowed here")


def _row(resource: Resource, number: int, record: Record) -> dict[str, Any]:
    return {"id": number, **{name: head(resource, record)[name] for name in resource.listed}}


def _found(resource: Resource, records: Mapping[int, Record], key: tuple[str, str]) -> int:
    by, wanted = key
    for number, record in records.items():
        if wanted == (str(number) if by == "id" else head(resource, record)["name"]):
            return number
    raise Refused(404, NOT_FOUND)


def _shown(resource: Resource, request: Request, number: int, record: Record) -> Response:
    if wire.wants_json(request):
        value = {"id": number, **record}
        if resource.headed:
            value = {**record, "general": {"id": number, **record["general"]}}
        return wire.json_document(resource.root, value)
    element = written(resource.root, resource.shape, record)
    part = element.find("general") if resource.headed else element
    identifier = ET.Element("id")
    identifier.text = str(number)
    (element if part is None else part).insert(0, identifier)
    return wire.document(200, element)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
