"""Cloudflare Gateway's side of plans: lists and policies of an account, and ways to change one.

Both have a description, where the mark is. A list of lists has no entries: those of ours are read
one list at a time. A policy refers to lists by their ids, so it is written after they are whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from aipol.remote import (
    Absent,
    Clock,
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
from aipol_targets.cloudflare.precedence import STEP, middle
from aipol_targets.cloudflare.remote_account import Account
from aipol_targets.cloudflare.remote_canonical import canonical
from aipol_targets.cloudflare.remote_files import artifacts
from aipol_targets.cloudflare.remote_http import TOKEN, VARIABLE, Session, address, checked
from aipol_targets.cloudflare.remote_kinds import (
    KINDS,
    LIST,
    POLICY,
    list_payload,
    policy_payload,
    resets,
)
from aipol_targets.cloudflare.remote_places import Taken
from aipol_targets.cloudflare.remote_wanted import wanted
from aipol_targets.common.http import client, is_loopback

EXTRA = "cloudflare"
SETTLES = 30.0  # unverified: nothing is written about how soon everybody sees an object


class Choices(Protocol):
    """What is needed of the settings."""

    @property
    def account(self) -> str:
        """The account's id."""
        ...

    @property
    def tls_decryption(self) -> bool:
        """Whether the policy relies on it."""
        ...


def open_remote(settings: Choices, surroundings: Surroundings) -> CloudflareRemote:
    """An account, not asked anything yet. Raises Unusable."""
    if not settings.account:
        raise Unusable("the policy names no account: set `targets.cloudflare.account` to its id")
    url = address(surroundings.variables.get(VARIABLE, ""))
    session = Session(
        url,
        settings.account,
        checked(surroundings.secret(TOKEN)),
        client(EXTRA, url),
        surroundings.clock or Clock(time.time, time.sleep),
    )
    return CloudflareRemote(session, surroundings.organization, settings)


class CloudflareRemote:
    """One account. One write at a time: 1,200 requests in five minutes are no more than that."""

    target = "cloudflare"
    concurrency = 1
    rehearsal = ""
    settles = SETTLES

    def __init__(self, session: Session, organization: str, settings: Choices) -> None:
        self.session, self._organization, self._settings = session, organization, settings
        self._account = Account(session, organization)

    @property
    def place(self) -> str:
        """The account."""
        played = "played " if is_loopback(self.session.url) else ""
        return f"{played}account {self.session.account}"

    def wanted(self, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
        """The lists and policies that files are made for. Raises Unusable."""
        return wanted(self._organization, files)

    def artifacts(self, objects: Iterable[Wanted]) -> Mapping[str, bytes]:
        """The files that lists and policies would be made for. Raises Unusable."""
        return artifacts(objects)

    def canonical(self, kind: str, body: Json) -> Json:
        """What of a body means something."""
        return canonical(kind, body)

    def observe(self) -> Observed:
        """All lists and policies, ours with what is in them."""
        self._account.guard()
        lists, policies = tuple(self._account.lists()), tuple(self._account.policies())
        limits = (*self._account.decryption(self._settings), *self._account.before(policies))
        return Observed((*lists, *policies), limits=limits)

    def absent(self, wanted: tuple[Wanted, ...]) -> tuple[Absent, ...]:
        """Nothing is needed of others: policies name lists of ours."""
        del wanted
        return ()

    def look(self, kind: str, identifier: str) -> Live | None:
        """One list with its entries, or one policy."""
        return self._account.one(KINDS[kind], identifier)

    def seek(self, kind: str, key: str) -> tuple[Live, ...]:
        """Those of ours with a key."""
        found = self._account.lists(key) if kind == LIST else self._account.policies()
        return tuple(each for each in found if each.mark is not None and each.mark.key == key)

    def create(self, wanted: Write) -> str:
        """A list with all its entries at once, or a policy for which there is room."""
        about = f"create {_called(wanted)}"
        if wanted.kind == LIST:
            payload = list_payload(wanted.body, wanted.mark)
        else:
            payload = policy_payload(wanted.body, wanted.mark, self._free(about, wanted.body))
        result = self._account.write("POST", KINDS[wanted.kind], "", about, payload)
        identifier = result.get("id") if isinstance(result, dict) else None
        if not isinstance(identifier, str) or not identifier:
            raise InDoubt(f"{about}: Cloudflare names no id")
        return identifier

    def finish(self, identifier: str, wanted: Write) -> None:
        """Nothing: what is made is whole."""

    def update(self, live: Live, wanted: Write) -> None:
        """Write it whole over what is there; at no time is a list empty."""
        about = f"update {_called(wanted)}"
        if live.kind == LIST:
            self._update_list(about, live, wanted)
            return
        precedence = self._free(about, wanted.body, live)
        payload = policy_payload(wanted.body, wanted.mark, precedence)
        payload |= resets(live.body or {}, wanted.body)
        if self._account.write("PUT", KINDS[POLICY], live.id, about, payload) is None:
            raise Refused(f"{about}: Cloudflare has it no more")

    def _update_list(self, about: str, live: Live, wanted: Write) -> None:
        """One PUT, which replaces all entries: "a non empty list items will overwrite the existing
        list" (SDK `cloudflare` 5.9). A PATCH would append before or after it removes, and one that
        was lost could not be sent again. Only what must become empty needs one.
        """
        payload = list_payload(wanted.body, wanted.mark)
        if payload.pop("type") != (live.body or wanted.body)["type"]:
            raise Refused(f"{about}: the type of a list cannot be changed")
        if self._account.write("PUT", KINDS[LIST], live.id, about, payload) is None:
            raise Refused(f"{about}: Cloudflare has it no more")
        values = [each["value"] for each in (live.body or wanted.body)["items"]]
        if values and not payload["items"]:
            self._account.write("PATCH", KINDS[LIST], live.id, about, {"remove": values})

    def delete(self, live: Live) -> None:
        """Remove a list or a policy; lists go after the policies that name them."""
        about = f"delete {live.kind} `{live.name}`"
        self._account.write("DELETE", KINDS[live.kind], live.id, about)

    def _free(self, about: str, body: Json, live: Live | None = None) -> int:
        """A precedence in the body's place that no other policy has."""
        wanted = body["precedence"]
        current = (live.body or {}).get("precedence") if live else None
        if type(current) is int and middle(current) == middle(wanted):
            return current
        number = Taken(dict(self._others(live))).free(wanted, current)
        if number is None:
            start = middle(wanted) // STEP * STEP
            raise Refused(
                f"{about}: other policies have all precedences from {start} to {start + STEP - 1}; "
                "set `targets.cloudflare.first_precedence` to where there is room"
            )
        return number

    def _others(self, live: Live | None) -> Iterator[tuple[int, bool]]:
        for each in self._account.policies():
            number: Any = each.body["precedence"]
            if type(number) is int and (live is None or each.id != live.id):
                yield number, self._account.is_ours(each)


def _called(wanted: Write) -> str:
    return f"{wanted.kind} `{wanted.body['name']}`"
