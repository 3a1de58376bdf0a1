"""Turn the objects that apply to a Windows PC into what it and its browsers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aipol.target import Answer, Kind, Question
from aipol.vocabulary import Effect
from aipol_targets.common.apple.read_hosts import NOTHING, HostIndex
from aipol_targets.intune.read_compliance import Finds
from aipol_targets.intune.read_settings import NODES

PROGRAM_FORMS = ("windows:exe", "windows:family", "windows:product")
_URLS = ("URLBlocklist", "URLAllowlist")
_BLOCKED_IDS = "ExtensionInstallBlocklist"
# kMaxUrlFiltersPerPolicy (chromium/chromium components/policy/core/browser): the rest is ignored.
_READ = 1000


@dataclass(frozen=True, slots=True)
class Lists:
    """One settings catalog policy: lists by browser and policy."""

    values: Mapping[tuple[str, str], tuple[str, ...]]


Held = Lists | Finds | Mapping[str, int]


class WindowsDevice:
    """A PC with the objects that apply to it, by path."""

    def __init__(self, objects: Mapping[str, Held]) -> None:
        self._lists: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        self._nodes: dict[str, tuple[str, int]] = {}
        self._finds: dict[str, tuple[str, str]] = {}
        self._conflicts: set[tuple[str, str] | str] = set()
        for path, held in objects.items():
            self._take(path, held)
        # Intune reports a conflict, and then none of the objects applies in that setting.
        for each in self._conflicts:
            if isinstance(each, tuple):
                del self._lists[each]
            else:
                del self._nodes[each]
        self._hosts = {
            place: HostIndex((v.removeprefix("."), not v.startswith(".")) for v in values[:_READ])
            for place, (_, values) in self._lists.items()
            if place[1] in _URLS
        }

    def _take(self, path: str, held: Held) -> None:
        match held:
            case Lists():
                # Lists do not merge, not even equal ones.
                self._conflicts |= held.values.keys() & self._lists.keys()
                for place, values in held.values.items():
                    self._lists[place] = (path, values)
            case Finds():
                for program, setting in held.settings.items():
                    self._finds.setdefault(program, (path, setting))
            case _:
                for uri, number in held.items():
                    if self._nodes.setdefault(uri, (path, number))[1] != number:
                        self._conflicts.add(uri)

    def answer(self, question: Question) -> Answer:
        """What the PC or the browser does."""
        match question.kind:
            case Kind.HOST:
                return self._host(question.client, question.value.lower())
            case Kind.EXTENSION:
                return self._extension(question.value)
            case Kind.PROGRAM:
                return self._program(question.value)
            case Kind.FEATURE:
                return self._feature(question.value)
            case _:
                return Answer(None)

    def _host(self, browser: str, host: str) -> Answer:
        """The filter that takes precedence: an exact one, then the longest, then the allow list."""
        found = [
            (match.exact, match.length, policy == "URLAllowlist", policy, match.position)
            for policy in _URLS
            if (match := self._hosts.get((browser, policy), NOTHING).find(host))
        ]
        if not found:
            return Answer(None)
        _, _, allowed, policy, position = max(found)
        path, _ = self._lists[browser, policy]
        effect = Effect.ALLOW if allowed else Effect.BLOCK
        return Answer(effect, path, f"{browser} {policy}[{position}]")

    def _extension(self, value: str) -> Answer:
        """Edge installs from Chrome's store too, so its list must hold those extensions as well."""
        store, _, identifier = value.partition(":")
        installing: dict[str, tuple[str, ...]] = {"chrome": ("chrome", "edge"), "edge": ("edge",)}
        browsers = installing.get(store, ())
        places = [self._lists.get((browser, _BLOCKED_IDS)) for browser in browsers]
        if not places or not all(place and identifier in place[1] for place in places):
            return Answer(None)
        path = places[0][0] if places[0] else ""
        return Answer(Effect.BLOCK, path, f"{browsers[0]} {_BLOCKED_IDS}")

    def _program(self, value: str) -> Answer:
        """A program that is found still runs: the person is told, and the device noncompliant."""
        place = self._finds.get(value.casefold())
        if place is None:
            return Answer(None)
        return Answer(Effect.WARN, place[0], place[1], "noncompliant")

    def _feature(self, feature: str) -> Answer:
        for uri, (name, off) in NODES.items():
            if name == feature and uri in self._nodes:
                path, value = self._nodes[uri]
                return Answer(Effect.BLOCK if value == off else Effect.ALLOW, path, uri)
        return Answer(None)


def windows_mentions(held: Held) -> Iterator[tuple[Kind, str]]:
    """Every host, extension, feature and program that occurs in one object."""
    match held:
        case Lists():
            in_chrome = held.values.get(("chrome", _BLOCKED_IDS), ())
            for (_, policy), values in held.values.items():
                for value in values:
                    if policy in _URLS:
                        yield Kind.HOST, value.removeprefix(".")
                    else:
                        store = "chrome" if value in in_chrome else "edge"
                        yield Kind.EXTENSION, f"{store}:{value}"
        case Finds():
            yield from ((Kind.PROGRAM, value) for value in held.settings)
        case _:
            yield from ((Kind.FEATURE, NODES[uri][0]) for uri in held)
