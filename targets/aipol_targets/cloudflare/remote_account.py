"""Asks an account for its lists and policies, and for what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from aipol.remote import InDoubt, Json, Live, Refused, WrongPlace
from aipol_targets.cloudflare.remote_http import Ask, Session
from aipol_targets.cloudflare.remote_kinds import (
    KINDS,
    LIST,
    POLICY,
    Kind,
    live_list,
    live_policy,
    mark_of,
)

READS, WRITES = "Zero Trust Read", "Zero Trust Write"
ACCOUNT_READS = "Account Settings Read"
PER_PAGE = 1_000  # entries; that so many are given is unverified, and less only means more pages

# What ends the search of its type, or keeps a request from it (HTTP and DNS policies, Actions).
_SPARES = "Do Not Inspect"
_LETS_THROUGH = {"allow": "Allow", "off": _SPARES}


class Decrypting(Protocol):
    """What is needed of the settings."""

    @property
    def tls_decryption(self) -> bool:
        """Whether the policy relies on it."""
        ...


class Account:
    """One account as one organisation sees it."""

    def __init__(self, session: Session, organization: str) -> None:
        self._session, self._organization = session, organization

    def is_ours(self, live: Live) -> bool:
        """Whether an object bears our mark."""
        return live.mark is not None and live.mark.is_of(self._organization)

    def guard(self) -> None:
        """That the token is for this account. Raises WrongPlace, Refused, InDoubt."""
        session = self._session
        ask = Ask("GET", session.path(), "read the account", permission=ACCOUNT_READS)
        try:
            document = session.read(ask)
        except Refused as why:
            raise WrongPlace(f"{why}, if it is its account at all") from None
        found = document.get("result") if document else None
        if not isinstance(found, dict) or found.get("id") != session.account:
            raise WrongPlace(f"the token is not for account {session.account}")

    def lists(self, key: str = "") -> Iterator[Live]:
        """All lists; the entries of ours, or of that one of ours, are read."""
        for shown in self._shown(KINDS[LIST]):
            mark = mark_of(shown)
            live = live_list(shown, None)
            read = self.is_ours(live) and (not key or (mark is not None and mark.key == key))
            if not read:
                yield live
            elif (items := self._items(shown["id"])) is not None:
                yield live_list(shown, items)

    def policies(self) -> Iterator[Live]:
        """All policies."""
        return map(live_policy, self._shown(KINDS[POLICY]))

    def _shown(self, kind: Kind) -> list[Any]:
        session = self._session
        about = f"read {kind.folder}"
        found = session.all(Ask("GET", session.path("gateway", kind.folder), about))
        if found is None:
            raise Refused(f"{about}: account {session.account} has no Gateway")
        if not all(isinstance(each.get("id"), str) for each in found):
            raise InDoubt(f"{about}: Cloudflare shows one without an id")
        return [each for each in found if not each.get("deleted_at")]

    def _items(self, identifier: str) -> list[Any] | None:
        session = self._session
        path = session.path("gateway", KINDS[LIST].folder, identifier, "items")
        return session.all(Ask("GET", path, "read the entries of a list", per_page=PER_PAGE))

    def one(self, kind: Kind, identifier: str) -> Live | None:
        """One object with its body."""
        session = self._session
        path = session.path("gateway", kind.folder, identifier)
        try:
            document = session.read(Ask("GET", path, f"read a {kind.id}"))
        except Refused:
            # It told of a policy that was gone by an error of its own ("invalid rule id", the
            # Terraform provider 4, read 2026-11-29), with which status is not known.
            if any(each["id"] == identifier for each in self._shown(kind)):
                raise
            return None
        shown = document.get("result") if document else None
        if not isinstance(shown, dict) or shown.get("deleted_at"):
            return None
        shown = {**shown, "id": identifier}
        if kind.id == POLICY:
            return live_policy(shown)
        items = self._items(identifier)
        return None if items is None else live_list(shown, items)

    def write(self, method: str, kind: Kind, identifier: str, about: str, body: Json = None) -> Any:
        """What the API says of what was written; None where there is no such object."""
        session = self._session
        parts = ("gateway", kind.folder, *filter(None, (identifier,)))
        document = session.write(Ask(method, session.path(*parts), about, body, WRITES))
        return None if document is None else document.get("result", {}) or {}

    # --- what a person should know ---------------------------------------------------------------

    def decryption(self, settings: Decrypting) -> Iterator[str]:
        """That the account does not decrypt, although the policy relies on it."""
        if not settings.tls_decryption:
            return
        session = self._session
        try:
            ask = Ask("GET", session.path("gateway", "configuration"), "read the settings")
            document = session.read(ask)
        except Refused as why:
            yield f"whether Gateway decrypts TLS is not known: {why}"
            return
        match (document or {}).get("result"):
            case {"settings": {"tls_decrypt": {"enabled": True}}}:
                return
            case _:
                yield (
                    "the account does not decrypt TLS, as `targets.cloudflare.tls_decryption` "
                    "says: HTTP policies see no HTTPS"
                )

    def before(self, policies: Iterable[Live]) -> Iterator[str]:
        """The policies of others that let through what ours are then not asked about."""
        every = list(policies)
        last: dict[str, int] = {}
        for each in filter(self.is_ours, every):
            for layer, number in _places(each):
                last[layer] = max(number, last.get(layer, number))
        for each in every:
            told = _LETS_THROUGH.get(each.body["action"])
            if told is None or self.is_ours(each) or each.body["enabled"] is not True:
                continue
            for layer, number in _places(each):
                if layer in last and (number < last[layer] or told == _SPARES):
                    yield (
                        f"policy `{each.name}` ({told}, precedence {number}) comes first: "
                        "aipol's policies are not asked about what it lets through"
                    )


def _places(policy: Live) -> Iterator[tuple[str, int]]:
    """The types that a policy is of, and where it stands there."""
    number = policy.body["precedence"]
    if type(number) is int:
        yield from ((layer, number) for layer in policy.body["filters"] or ())
