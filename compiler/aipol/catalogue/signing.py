"""Turns what Apple's signatures are asked for into the teams and programs that it stands for."""

from __future__ import annotations

import re
from typing import Any

_COMMENT = re.compile(r"/\*.*?\*/")
# `cert` is `certificate` and the leaf is certificate 0 in that language, and blanks do not count.
_LEAF = r"cert(?:ificate)?\s*(?:leaf|0)\s*\[\s*subject\s*\.\s*"
_TEAM_OF = re.compile(rf'{_LEAF}OU\s*\]\s*=\s*("[^"]*"|[^\s()"]+)', re.IGNORECASE)
_NAME_OF = re.compile(rf'{_LEAF}CN\s*\]\s*=\s*"[^"]*\(([^()"]*)\)"', re.IGNORECASE)
_IDENTIFIER_OF = re.compile(r'\bidentifier\s*=?\s*("[^"]*"|[^\s()"=]+)')
_TEAM = re.compile(r"[A-Z0-9]{10}")
_BEGINS = re.compile(r"\(?\s*(?:anchor\s+apple|identifier|cert(?:ificate)?\s+leaf|designated)\b")


def teams_of(requirement: str) -> tuple[str, ...]:
    """The signing teams a designated requirement accepts; none where it asks for no team."""
    told = _COMMENT.sub(" ", requirement)
    found = [*_TEAM_OF.findall(told), *_NAME_OF.findall(told)]
    return tuple(dict.fromkeys(name.strip('"') for name in found))


def identifiers_of(requirement: str) -> tuple[str, ...]:
    """The signing identifiers, which of an app are its bundle ids, that a requirement accepts."""
    found = _IDENTIFIER_OF.findall(_COMMENT.sub(" ", requirement))
    return tuple(dict.fromkeys(name.strip('"') for name in found))


def signed_as(kind: str, value: str) -> tuple[str, ...]:
    """The identifiers with which a program must be signed to be known by `value`."""
    if kind == "signing_id":
        return (value,)
    return identifiers_of(value) if kind == "requirement" else ()


def requirement(value: Any) -> str | None:
    """A designated requirement that tells one vendor's programs, or one program, from others."""
    told = _COMMENT.sub(" ", value).strip() if isinstance(value, str) else ""
    if not _BEGINS.match(told) or "\n" in told:
        return f"`{value}` is not a designated requirement"
    if "!" in re.sub(r'"[^"]*"', "", told):
        return "the requirement says what a program is not, and so accepts all others"
    teams, identifiers = teams_of(told), identifiers_of(told)
    if any("*" in name or not name for name in identifiers):
        return "an `identifier` of the requirement is not that of one program"
    if not teams and not identifiers:
        return "the requirement names neither an identifier nor a team: it accepts any program"
    wrong = next((team for team in teams if not _TEAM.fullmatch(team)), None)
    return wrong and f"`{wrong}` in the requirement is not a Team id (10 letters and digits)"
