"""Turn the bytes of configuration profiles into what browsers and macOS would do with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aipol.target import Answer, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.apple.read_features import FEATURES, Switch
from aipol_targets.common.apple.read_hosts import NOTHING, HostIndex
from aipol_targets.common.apple.read_plist import read_plist

CHROME, EDGE, FIREFOX = "com.google.Chrome", "com.microsoft.Edge", "org.mozilla.firefox"
_CHROMIUMS = {"chrome": CHROME, "edge": EDGE}

CLIENTS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.HOST: ("chrome", "edge", "firefox"),
        Kind.EXTENSION: ("chrome", "edge", "firefox"),
        Kind.FEATURE: tuple(sorted(FEATURES)),
    }
)

# Browsers ignore what comes after this many entries (kMaxUrlFiltersPerPolicy, LIST_LENGTH_LIMIT).
_READ = 1000
_LISTS = ("URLBlocklist", "URLAllowlist")
_IDS = ("ExtensionInstallBlocklist", "ExtensionInstallAllowlist")
_FIREFOX_KEYS = frozenset({"EnterprisePoliciesEnabled", "ExtensionSettings", "WebsiteFilter"})
_COMMON = frozenset(
    {"PayloadDisplayName", "PayloadIdentifier", "PayloadType", "PayloadUUID", "PayloadVersion"}
)
_TOP = _COMMON | {"PayloadContent", "PayloadDescription", "PayloadOrganization", "PayloadScope"}

_UUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
# A host alone: schemes, ports, paths and `*` are valid filters that no profile of ours holds.
_FILTER = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_PATTERN = re.compile(r"\*://(?P<below>\*\.)?(?P<host>[a-z0-9_-]+(\.[a-z0-9_-]+)*)/\*")


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """One profile: its settings by payload type and key."""

    path: str
    uuid: str
    name: str
    settings: Mapping[tuple[str, str], Any]
    hosts: Mapping[tuple[str, str], HostIndex]
    """The lists of hosts among the settings; Firefox's two as `Block` and `Exceptions`."""

    def locate(self, domain: str, key: str) -> str:
        """A place inside the profile, as a person would look for it."""
        return f"{domain}.{key}"


def read_profile(path: str, content: bytes) -> ReadProfile:
    """Read one .mobileconfig strictly; raises UnreadableArtifact."""
    top = read_plist(path, content)
    if not isinstance(top, dict) or top.keys() != _TOP:
        raise UnreadableArtifact(path, "the top level has other keys than a profile of ours")
    fixed = {"PayloadType": "Configuration", "PayloadVersion": 1, "PayloadScope": "System"}
    if any(top[key] != value for key, value in fixed.items()):
        raise UnreadableArtifact(path, f"the top level does not say {fixed}")
    _identified(path, top)
    if not isinstance(top["PayloadContent"], list) or not top["PayloadContent"]:
        raise UnreadableArtifact(path, "holds no payload")
    settings: dict[tuple[str, str], Any] = {}
    seen = {top["PayloadUUID"]}
    for payload in top["PayloadContent"]:
        domain = _payload(path, payload, seen)
        for key in payload.keys() - _COMMON:
            _check(path, domain, key, payload[key])
            if (domain, key) in settings:
                raise UnreadableArtifact(path, f"two payloads set {domain} {key}")
            settings[domain, key] = payload[key]
    frozen = MappingProxyType(settings)
    return ReadProfile(
        path, top["PayloadUUID"], top["PayloadDisplayName"], frozen, _hosts(settings)
    )


def _hosts(settings: Mapping[tuple[str, str], Any]) -> Mapping[tuple[str, str], HostIndex]:
    found: dict[tuple[str, str], HostIndex] = {}
    for (domain, key), value in settings.items():
        if key in _LISTS:
            filters = ((each.removeprefix("."), not each.startswith(".")) for each in value[:_READ])
            found[domain, key] = HostIndex(filters)
        if (domain, key) == (FIREFOX, "WebsiteFilter"):
            for name, patterns in value.items():
                parts = (_PATTERN.fullmatch(each) for each in patterns[:_READ])
                found[domain, name] = HostIndex(
                    (p["host"], p["below"] is not None) for p in parts if p
                )
    return MappingProxyType(found)


def _identified(path: str, holder: Mapping[str, Any]) -> None:
    name = holder["PayloadUUID"]
    if (
        not isinstance(name, str)
        or not _UUID.fullmatch(name)
        or holder["PayloadIdentifier"] != name
    ):
        raise UnreadableArtifact(
            path, "PayloadIdentifier and PayloadUUID are not one upper-case UUID"
        )


def _payload(path: str, payload: Any, seen: set[str]) -> str:
    if not isinstance(payload, dict) or not payload.keys() > _COMMON:
        raise UnreadableArtifact(path, "a payload lacks its common keys, or has no others")
    domain = payload["PayloadType"]
    if payload["PayloadVersion"] != 1 or not isinstance(domain, str):
        raise UnreadableArtifact(path, "a payload has another version or no type")
    _identified(path, payload)
    if payload["PayloadUUID"] in seen:
        raise UnreadableArtifact(path, "a UUID is used twice")
    seen.add(payload["PayloadUUID"])
    return domain


def _check(path: str, domain: str, key: str, value: Any) -> None:
    """Refuse a setting whose effect on an answer is not known here."""
    if any((domain, key) in switches for switches in FEATURES.values()):
        return
    known = False
    if domain in _CHROMIUMS.values():
        known = key in (*_LISTS, *_IDS) and _strings(value)
        if known and key in _LISTS:
            known = all(_FILTER.fullmatch(each) for each in value)
    elif domain == FIREFOX and key in _FIREFOX_KEYS:
        known = _firefox_value(key, value)
    elif (domain, key) == _WORKSPACES:
        known = _strings(value) and len(value) == 1
    if not known:
        raise UnreadableArtifact(path, f"{domain} {key} has a value that is not accounted for")


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _firefox_value(key: str, value: Any) -> bool:
    if key == "EnterprisePoliciesEnabled":
        return isinstance(value, bool)
    if not isinstance(value, dict):
        return False
    if key == "WebsiteFilter":
        lists = value.values()
        patterns = (pattern for each in lists if _strings(each) for pattern in each)
        return (
            value.keys() <= {"Block", "Exceptions"}
            and all(map(_strings, lists))
            and all(_PATTERN.fullmatch(pattern) for pattern in patterns)
        )
    modes = ({"installation_mode": "blocked"}, {"installation_mode": "allowed"})
    return all(settings in modes for settings in value.values())


_WORKSPACES = ("com.apple.applicationaccess", "allowedExternalIntelligenceWorkspaceIDs")


class Device:
    """A Mac with the profiles that apply to it."""

    def __init__(self, profiles: Sequence[ReadProfile]) -> None:
        self._settings: dict[tuple[str, str], tuple[Any, ReadProfile]] = {}
        for profile in profiles:
            for place, value in profile.settings.items():
                if place in self._settings:
                    other = self._settings[place][1].path
                    raise UnreadableArtifact(
                        profile.path, f"{other} sets {' '.join(place)} on the same Mac"
                    )
                self._settings[place] = (value, profile)
        self._hosts = {
            place: index for profile in profiles for place, index in profile.hosts.items()
        }

    def answer(self, question: Question) -> Answer:
        """What the browser or the system does."""
        match question.kind:
            case Kind.HOST if question.client in _CHROMIUMS:
                return self._chromium_host(_CHROMIUMS[question.client], question.value.lower())
            case Kind.HOST if question.client == "firefox":
                return self._firefox_host(question.value.lower())
            case Kind.EXTENSION:
                return self._extension(question.value)
            case Kind.FEATURE:
                return self._feature(question.value)
            case _:
                return Answer(None)

    def _says(
        self, effect: Effect, domain: str, key: str, where: str = "", detail: str = ""
    ) -> Answer:
        profile = self._settings[domain, key][1]
        locator = profile.locate(domain, key) + where
        return Answer(effect, profile.path, locator, detail)

    def _chromium_host(self, domain: str, host: str) -> Answer:
        """The filter that wins: an exact one, then the longest host, then the allow list."""
        found = [
            (match.exact, match.length, key == "URLAllowlist", key, match.position)
            for key in _LISTS
            if (match := self._hosts.get((domain, key), NOTHING).find(host))
        ]
        if not found:
            return Answer(None)
        _, _, allowed, key, position = max(found)
        effect = Effect.ALLOW if allowed else Effect.BLOCK
        return self._says(effect, domain, key, f"[{position}]")

    def _firefox_on(self) -> bool:
        return self._settings.get((FIREFOX, "EnterprisePoliciesEnabled"), (False, None))[0] is True

    def _firefox_host(self, host: str) -> Answer:
        """Blocked when a Block pattern matches and no exception does."""
        blocked, excepted = (
            self._hosts.get((FIREFOX, key), NOTHING).find(host) for key in ("Block", "Exceptions")
        )
        if blocked is None or not self._firefox_on():
            return Answer(None)
        if excepted is not None:
            return self._says(
                Effect.ALLOW, FIREFOX, "WebsiteFilter", f".Exceptions[{excepted.position}]"
            )
        return self._says(Effect.BLOCK, FIREFOX, "WebsiteFilter", f".Block[{blocked.position}]")

    def _extension(self, value: str) -> Answer:
        """The laxest of the browsers that install from the store: Edge takes Chrome's too."""
        store, _, identifier = value.partition(":")
        match store:
            case "chrome":
                found = [self._chromium_extension(domain, identifier) for domain in (CHROME, EDGE)]
                return next((a for a in found if a.effect is not Effect.BLOCK), found[0])
            case "edge":
                return self._chromium_extension(EDGE, identifier)
            case "firefox":
                return self._firefox_extension(identifier)
            case _:
                return Answer(None)

    def _chromium_extension(self, domain: str, identifier: str) -> Answer:
        blocked, allowed = (self._settings.get((domain, key), ((), None))[0] for key in _IDS)
        if identifier in allowed:
            return self._says(Effect.ALLOW, domain, _IDS[1])
        if identifier in blocked or "*" in blocked:
            return self._says(Effect.BLOCK, domain, _IDS[0])
        return Answer(None)

    def _firefox_extension(self, identifier: str) -> Answer:
        place = (FIREFOX, "ExtensionSettings")
        modes: dict[str, Any] = self._settings[place][0] if place in self._settings else {}
        mode = modes.get(identifier, modes.get("*"))
        if mode is None or not self._firefox_on():
            return Answer(None)
        effect = Effect.BLOCK if mode["installation_mode"] == "blocked" else Effect.ALLOW
        return self._says(effect, FIREFOX, "ExtensionSettings", f".{identifier}")

    def _feature(self, feature: str) -> Answer:
        """Off only when every switch of it is off: one that is left on is a way in."""
        switches: Mapping[tuple[str, str], Switch] = FEATURES.get(feature, {})
        present = [place for place in switches if place in self._settings]
        if feature == "external-intelligence" and not present and _WORKSPACES in self._settings:
            value = self._settings[_WORKSPACES][0][0]
            return self._says(Effect.ALLOW, *_WORKSPACES, detail=f"workspace {value}")
        if not present or (present[0][0] == FIREFOX and not self._firefox_on()):
            return Answer(None)
        off = all(
            place in present and self._off(place, switch) for place, switch in switches.items()
        )
        return self._says(Effect.BLOCK if off else Effect.ALLOW, *present[0])

    def _off(self, place: tuple[str, str], switch: Switch) -> bool:
        value = self._settings[place][0]
        # In a profile `true` and `1` are different types, and a browser takes only its own.
        return type(value) is type(switch) and value == switch


def mentions(profiles: Sequence[ReadProfile]) -> Iterator[tuple[Kind, str]]:
    """Every host, extension and feature that occurs in the profiles."""
    places = [(place, value) for profile in profiles for place, value in profile.settings.items()]
    from_chrome = {
        each for (d, key), value in places if d == CHROME and key in _IDS for each in value
    }
    for (domain, key), value in places:
        if key in _LISTS:
            yield from ((Kind.HOST, each.removeprefix(".")) for each in value)
        elif key in _IDS:
            for each in value:
                store = "chrome" if each in from_chrome else "edge"
                if each != "*":
                    yield Kind.EXTENSION, f"{store}:{each}"
        elif (domain, key) == (FIREFOX, "WebsiteFilter"):
            patterns = (_PATTERN.fullmatch(each) for found in value.values() for each in found)
            yield from ((Kind.HOST, found["host"]) for found in patterns if found)
        elif (domain, key) == (FIREFOX, "ExtensionSettings"):
            yield from ((Kind.EXTENSION, f"firefox:{each}") for each in value if each != "*")
        else:
            yield from (
                (Kind.FEATURE, name) for name, places in FEATURES.items() if (domain, key) in places
            )
