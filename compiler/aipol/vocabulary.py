"""The words every stage shares: effects, surfaces, accounts, situations."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A word that tables are kept by: looked up as the text that it is, which is sooner."""

    __hash__ = str.__hash__


class Effect(Word):
    """What happens to a use, from least to most strict."""

    ALLOW = "allow"
    WARN = "warn"
    JUSTIFY = "justify"
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """Position on the ladder, 0 for `allow`."""
        return _LADDER[self]


_LADDER = {effect: position for position, effect in enumerate(Effect)}


def strictest(first: Effect, second: Effect) -> Effect:
    """The stricter of two effects."""
    return first if first.strictness >= second.strictness else second


class Surface(Word):
    """A way to reach an app."""

    WEB = "web"
    API = "api"
    DESKTOP = "desktop"
    EXTENSION = "extension"
    IDE = "ide"
    CLI = "cli"
    BUILTIN = "builtin"
    CONNECTOR = "connector"


class Account(Word):
    """Whose tenant or workspace a person is signed in to; `any` where it makes no difference."""

    CORPORATE = "corporate"
    PERSONAL = "personal"
    ANY = "any"


class Condition(Word):
    """What a change of a policy does that somebody may have to agree to."""

    LOOSER = "looser"
    STRICTER = "stricter"
    NEW_DATA_FLOW = "new-data-flow"
    FULL_LOGGING = "full-logging"
    NEW_GAP = "new-gap"
    EXCEPTION = "exception"
    FLOOR = "floor"
    PROTECTED = "protected"
    CATALOGUE = "catalogue"
    TARGETS = "targets"
    APPROVALS = "approvals"

    @property
    def narrows(self) -> bool:
        """Whether it can be about some people, apps or data rather than about all."""
        return self not in _ABOUT_ALL


_ABOUT_ALL = frozenset(
    {Condition.PROTECTED, Condition.CATALOGUE, Condition.TARGETS, Condition.APPROVALS}
)


class Situation(Word):
    """On which device and from which network an app is used."""

    MACOS_CORPORATE = "managed-macos/corporate"
    MACOS_ELSEWHERE = "managed-macos/elsewhere"
    WINDOWS_CORPORATE = "managed-windows/corporate"
    WINDOWS_ELSEWHERE = "managed-windows/elsewhere"
    UNMANAGED_CORPORATE = "unmanaged/corporate"
    UNMANAGED_ELSEWHERE = "unmanaged/elsewhere"

    device: str
    """`managed-macos`, `managed-windows` or `unmanaged`."""
    network: str
    """`corporate` or `elsewhere`."""

    def __init__(self, value: str) -> None:
        self.device, _, self.network = value.partition("/")


MACOS = (Situation.MACOS_CORPORATE, Situation.MACOS_ELSEWHERE)
WINDOWS = (Situation.WINDOWS_CORPORATE, Situation.WINDOWS_ELSEWHERE)
ON_NETWORK = (
    Situation.MACOS_CORPORATE,
    Situation.WINDOWS_CORPORATE,
    Situation.UNMANAGED_CORPORATE,
)
EVERYWHERE = tuple(Situation)
