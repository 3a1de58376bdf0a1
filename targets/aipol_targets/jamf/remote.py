"""Jamf Pro's side of plans: its objects as they are, and the ways to change one.

Ours are the objects whose name begins with `aipol <organisation> ` and the profiles whose
description bears our mark. Lists tell names alone, so every profile is read once a plan: one of
ours that somebody renamed would otherwise get a double. Restricted Software records and smart
groups have no description; their name is their mark, and a renamed one is somebody else's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol
from xml.etree import ElementTree as ET

from aipol.remote import (
    Absent,
    InDoubt,
    Json,
    Live,
    Observed,
    Refused,
    Surroundings,
    Unusable,
    Wanted,
    Write,
)
from aipol_targets.jamf.remote_canonical import canonical
from aipol_targets.jamf.remote_files import artifacts
from aipol_targets.jamf.remote_http import Ask, Session, address, open_session
from aipol_targets.jamf.remote_kinds import (
    BY_ID,
    GROUP,
    KINDS,
    NOWHERE,
    PROFILE,
    Kind,
    identifier,
    name_of,
    number_in,
)
from aipol_targets.jamf.remote_plist import Identity, identity_in
from aipol_targets.jamf.remote_privileges import lacking
from aipol_targets.jamf.remote_server import (
    CATEGORY,
    COMPUTER_GROUP,
    Need,
    Server,
    number_of,
    place,
)
from aipol_targets.jamf.remote_token import Credentials
from aipol_targets.jamf.remote_wanted import wanted
from aipol_targets.jamf.remote_write import Kept, document
from aipol_targets.jamf.remote_xml import UnreadableXml, body_of, text_of

# A cluster of Jamf Cloud comes to agree about once a minute (developer.jamf.com, read 2026-11-23).
SETTLES = 60.0


class Choices(Protocol):
    """What is needed of the settings."""

    @property
    def url(self) -> str:
        """The server's address."""
        ...


def open_remote(settings: Choices, surroundings: Surroundings) -> JamfRemote:
    """A server, not asked anything yet. Raises Unusable."""
    url = address(settings.url, surroundings.variables.get("JAMF_URL", ""))
    credentials = Credentials(
        surroundings.secret("JAMF_CLIENT_ID"), surroundings.secret("JAMF_CLIENT_SECRET")
    )
    if not (credentials.identifier and credentials.secret):
        raise Unusable(
            "set JAMF_CLIENT_ID and JAMF_CLIENT_SECRET to an API client of Jamf Pro "
            "(Settings > System > API roles and clients)"
        )
    session = open_session(url, credentials, surroundings.clock)
    return JamfRemote(session, surroundings.organization)


class JamfRemote:
    """One Jamf Pro server. Writes go one at a time, reads at most five."""

    target = "jamf"
    concurrency = 1
    settles = SETTLES
    rehearsal = ""  # profiles and records act, or are not there

    def __init__(self, session: Session, organization: str) -> None:
        self.session, self._organization = session, organization
        self._server = Server(session, organization)

    @property
    def place(self) -> str:
        """The server's address."""
        return self.session.url

    def wanted(self, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
        """The objects that files are made for. Raises Unusable where one is none."""
        return wanted(self._organization, files)

    def artifacts(self, objects: Iterable[Wanted]) -> Mapping[str, bytes]:
        """The files that objects with these bodies would be made for. Raises Unusable."""
        return artifacts(objects)

    def canonical(self, kind: str, body: Json) -> Json:  # noqa: ARG002 - one form for all kinds
        """What of a body means something."""
        return canonical(body)

    def observe(self) -> Observed:
        """All objects by name, ours with their bodies."""
        found = tuple(each for kind in KINDS for each in self._observed(kind))
        names = ", ".join(f"`{each}`" for each in lacking(self.session))
        note = f"the API client's role lacks {names}: what needs it would not be applied"
        return Observed(found, (note,) if names else ())

    def _observed(self, kind: Kind) -> Iterator[Live]:
        entries = self._server.entries(kind)
        read = [each for each in entries if self._server.may_be_ours(kind, each)]
        for each in entries:
            if not self._server.may_be_ours(kind, each):
                yield Live(kind.id, identifier(kind, each.number), each.name, None)
        for found in self._server.several(kind, read):
            ours = found.mark is not None and found.mark.is_of(self._organization)
            yield found if ours else replace(found, body=None)

    def absent(self, wanted: tuple[Wanted, ...]) -> tuple[Absent, ...]:
        """Groups and categories that objects name and the server does not have."""
        ours = {each.name for each in wanted if each.kind == GROUP.id}
        needs = Counter(
            need for each in wanted for need in set(_needs(each.body)) if need.name not in ours
        )
        return tuple(
            Absent(need.of.what, need.name, needs[need], need.of.hint)
            for need in self._server.unknown(sorted(needs, key=lambda each: each.name))
        )

    def look(self, kind: str, identifier: str) -> Live | None:
        """One object with its body."""
        return self._server.live(BY_ID[kind], number_in(identifier))

    def seek(self, kind: str, key: str) -> tuple[Live, ...]:
        """Those with a key: by its name or, where none has it, by the marks of all."""
        known = BY_ID[kind]
        entries = [
            each for each in self._server.entries(known) if self._server.may_be_ours(known, each)
        ]
        name = name_of(self._organization, known, key)
        named = [each for each in entries if each.name == name]
        found = self._bearing(known, named, key)
        if found or not known.described:
            return found
        return self._bearing(known, [each for each in entries if each not in named], key)

    def _bearing(self, kind: Kind, entries: list[Any], key: str) -> tuple[Live, ...]:
        several = self._server.several(kind, entries)
        return tuple(each for each in several if each.mark is not None and each.mark.key == key)

    def create(self, wanted: Write) -> str:
        """Make an object with all it needs."""
        kind = BY_ID[wanted.kind]
        answer = self._written("POST", kind, "0", wanted, Kept())
        number = number_of(answer) if answer is not None else ""
        if not number:
            raise InDoubt(f"create {_called(wanted)}: {self.place} names no number")
        return identifier(kind, number)

    def finish(self, identifier: str, wanted: Write) -> None:
        """Nothing: an object is made with its scope."""

    def update(self, live: Live, wanted: Write) -> None:
        """Write a whole object over, under the identity that Macs know it by."""
        kind, number = BY_ID[wanted.kind], number_in(live.id)
        stored = self._server.element(kind, number)
        if stored is None:
            raise Refused(f"update {_called(wanted)}: {self.place} has it no more")
        self._written("PUT", kind, number, wanted, self._kept(kind, stored, wanted))

    def delete(self, live: Live) -> None:
        """Remove an object."""
        kind = BY_ID[live.kind]
        about = f"delete {kind.title} `{live.name}`"
        path = place(kind, number_in(live.id))
        self.session.write(Ask("DELETE", path, f"Delete {kind.privilege}", about))

    def _written(
        self, method: str, kind: Kind, number: str, wanted: Write, kept: Kept
    ) -> ET.Element | None:
        verb = "Create" if method == "POST" else "Update"
        about = f"{verb.lower()} {_called(wanted)}"
        try:
            content = document(kind, wanted.body, wanted.mark, kept)
        except UnreadableXml as why:
            raise Refused(f"{about}: its payload cannot be written: {why}") from None
        self._server.require(_needs(wanted.body))
        ask = Ask(method, place(kind, number), f"{verb} {kind.privilege}", about, content)
        answer = self.session.write(ask)
        if answer is None:
            raise Refused(f"{about}: {self.place} has no such object")
        return self._server.parsed(answer, about) if method == "POST" else None

    def _kept(self, kind: Kind, stored: ET.Element, wanted: Write) -> Kept:
        try:
            general = body_of(self._organization, kind, stored)["general"]
        except UnreadableXml as why:
            raise InDoubt(f"update {_called(wanted)}: {why}") from None
        said = wanted.body["general"]
        resets = frozenset(each for each in NOWHERE if general.get(each) and not said.get(each))
        if kind is not PROFILE:
            return Kept(None, resets)
        identity = _identity(general["payloads"], text_of(stored, "general/uuid").strip())
        if identity is None:
            # Another identity would leave Macs with the old profile beside the new one.
            raise Refused(f"update {_called(wanted)}: {self.place} does not say its PayloadUUID")
        return Kept(identity, resets)


def _identity(payloads: str, uuid: str) -> Identity | None:
    try:
        found = identity_in(payloads)
    except UnreadableXml:
        found = None
    return found or (Identity(uuid, uuid) if uuid else None)


def _called(wanted: Write) -> str:
    return f"{BY_ID[wanted.kind].title} `{wanted.body['general']['name']}`"


def _needs(body: Json) -> Iterator[Need]:
    """The category and the groups that a body refers to by name.

    Those of criteria, too: a smart group that is not member of what does not exist is everybody.
    """
    if category := body["general"].get("category", ""):
        yield Need(CATEGORY, category)
    yield from (Need(COMPUTER_GROUP, name) for name in _groups(body.get("scope", {})))
    for each in body.get("criteria", ()):
        if each["name"] == "Computer Group":
            yield Need(COMPUTER_GROUP, each["value"])


def _groups(part: Mapping[str, Any]) -> Iterator[str]:
    for name, value in part.items():
        if isinstance(value, dict):
            yield from _groups(value)
        elif name == "computer_groups":
            yield from (each for each in value if isinstance(each, str))
