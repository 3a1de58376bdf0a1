"""What the API client may do, as far as the server tells: a note before anything is applied.

`GET /api/v1/auth` tells of whoever asks `account.privilegesBySite`, a list of privileges for each
site (ruby-jss, AuthAccountV1, and the Go client's documentation of it, read 2026-11-29). That it
does so for an API client, and names privileges as roles do, is unverified: a list is believed only
where it has those that a plan has just made use of.
"""

from __future__ import annotations

import json
from typing import Any

from aipol.remote import RemoteError
from aipol_targets.jamf.remote_http import Ask, Session
from aipol_targets.jamf.remote_kinds import KINDS

_ASK = Ask("GET", "/api/v1/auth", "", "ask what we may do", form="application/json")
_VERBS = ("Create", "Update", "Delete")


def lacking(session: Session) -> tuple[str, ...]:
    """The privileges for `apply` that the client has not; none where that is not known."""
    try:
        answer = session.read(_ASK)
        held = _held(json.loads(answer.text)) if answer else frozenset[str]()
    except (RemoteError, ValueError, RecursionError):
        return ()
    if not all(f"Read {kind.privilege}" in held for kind in KINDS):
        return ()
    needed = (f"{verb} {kind.privilege}" for kind in KINDS for verb in _VERBS)
    return tuple(each for each in needed if each not in held)


def _held(said: Any) -> frozenset[str]:
    match said:
        case {"account": {"privilegesBySite": dict(by_site)}}:
            lists = (each for each in by_site.values() if isinstance(each, list))
            return frozenset(name for each in lists for name in each if isinstance(name, str))
        case _:
            return frozenset()
