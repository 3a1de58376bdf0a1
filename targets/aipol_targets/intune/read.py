"""Read Graph bodies back to a decider: what Windows, macOS and their browsers then do."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.apple.read_profile import CLIENTS, Device, ReadProfile
from aipol_targets.common.apple.read_profile import mentions as profile_mentions
from aipol_targets.intune.read_assign import Applies, read_assign
from aipol_targets.intune.read_compliance import Finds, read_baseline, read_custom, read_script
from aipol_targets.intune.read_json import fields, items, read_json, text
from aipol_targets.intune.read_settings import NODES, read_lists, read_mac, read_nodes
from aipol_targets.intune.read_windows import PROGRAM_FORMS, Lists, WindowsDevice, windows_mentions

_BINDINGS = "bindings.json"
_PROPERTY = "deviceCompliancePolicyScript.deviceComplianceScriptId"
_CUSTOM = "beta.windows10CompliancePolicy"
_SCRIPT = "beta.deviceComplianceScript"

# What the objects that decide each kind of question hold; nodes are a mapping of features.
_DECIDING: Mapping[Kind, tuple[type, ...]] = {
    Kind.HOST: (Lists, ReadProfile),
    Kind.EXTENSION: (Lists, ReadProfile),
    Kind.FEATURE: (Mapping, ReadProfile),
    Kind.PROGRAM: (Finds,),
}


@dataclass(frozen=True, slots=True)
class _Object:
    path: str
    applies: Applies
    holds: Lists | Finds | ReadProfile | Mapping[str, int] | None


def read(files: Mapping[str, bytes]) -> Decider:
    """Every file must be understood; raises UnreadableArtifact."""
    documents: dict[str, Any] = {}
    assigned: dict[str, Applies] = {}
    for path in sorted(files):
        if path.endswith("~assign.json"):
            assigned[f"{path.removesuffix('~assign.json')}.json"] = read_assign(path, files[path])
        else:
            documents[path] = read_json(path, files[path])
    scripts = _bound_scripts(documents)
    objects = [
        _object(path, document, assigned, scripts)
        for path, document in documents.items()
        if path != _BINDINGS and _kind(path) != _SCRIPT
    ]
    if assigned:
        raise UnreadableArtifact(min(assigned), "is assigned, but is not there")
    _named_once(documents)
    return IntuneDecider(tuple(objects))


def _kind(path: str) -> str:
    """The Graph type in a file's name, with `beta.` before it where only beta knows it."""
    *name, kind, _ = path.rpartition("/")[2].split(".")
    return f"beta.{kind}" if "beta" in name[1:] else kind


def _bound_scripts(documents: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """What each custom compliance policy's own script looks for."""
    scripts = {path for path in documents if _kind(path) == _SCRIPT}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    if _BINDINGS in documents:
        (bindings,) = fields(_BINDINGS, documents[_BINDINGS], "the file", ["bindings"])
        for each in items(_BINDINGS, bindings, "bindings"):
            script, policy, place = fields(
                _BINDINGS, each, "a binding", ["idOf", "object", "property"]
            )
            if script not in scripts or policy in found or place != _PROPERTY:
                raise UnreadableArtifact(_BINDINGS, f"{policy!r} needs a script of its own")
            scripts.remove(script)
            found[text(_BINDINGS, policy, "object")] = read_script(script, documents[script])
    if scripts:
        raise UnreadableArtifact(min(scripts), "no policy uses this script")
    missing = found.keys() - {path for path in documents if _kind(path) == _CUSTOM}
    if missing:
        raise UnreadableArtifact(_BINDINGS, f"{min(missing)} is not there")
    return found


def _object(
    path: str,
    document: Any,
    assigned: dict[str, Applies],
    scripts: Mapping[str, dict[str, tuple[str, ...]]],
) -> _Object:
    holds: Lists | Finds | ReadProfile | Mapping[str, int] | None = None
    platform, kind = path.partition("/")[0], _kind(path)
    match platform, kind:
        case "windows", "beta.windows10CompliancePolicy":
            if path not in scripts:
                raise UnreadableArtifact(path, "no script is bound to it")
            holds = read_custom(path, document, scripts[path])
        case "windows", "beta.deviceManagementConfigurationPolicy":
            holds = Lists(read_lists(path, document))
        case "windows", "windows10CustomConfiguration":
            holds = read_nodes(path, document)
        case "macos", "macOSCustomConfiguration":
            holds = read_mac(path, document)
        case ("windows", "windows10CompliancePolicy") | ("macos", "macOSCompliancePolicy"):
            read_baseline(path, document, kind)
        case _:
            raise UnreadableArtifact(path, "is no object that is known here")
    if path not in assigned:
        raise UnreadableArtifact(path, "nothing says who gets it")
    return _Object(path, assigned.pop(path), holds)


def _named_once(documents: Mapping[str, Any]) -> None:
    """Two objects of one name cannot be told apart in the portal."""
    seen: dict[tuple[str, Any], str] = {}
    for path, document in documents.items():
        name = document.get("displayName", document.get("name")) if path != _BINDINGS else None
        key = (f"{path.partition('/')[0]}/{_kind(path)}", name)
        if name is not None and key in seen:
            raise UnreadableArtifact(path, f"has the name of {seen[key]}")
        seen[key] = path


@dataclass(frozen=True)
class _Devices:
    objects: Mapping[str, Lists | Finds | Mapping[str, int]]
    profiles: Mapping[str, ReadProfile]

    @cached_property
    def windows(self) -> WindowsDevice:
        """A PC."""
        return WindowsDevice(self.objects)

    @cached_property
    def mac(self) -> Device:
        """A Mac, once it is asked about: raises where two profiles collide on it."""
        return Device([*self.profiles.values()])

    @cached_property
    def lists(self) -> Mapping[str, Hashable]:
        """By platform, the objects that decide hosts."""
        windows = frozenset(path for path, held in self.objects.items() if isinstance(held, Lists))
        return {"managed-windows": windows, "managed-macos": frozenset(self.profiles)}


class IntuneDecider:
    """Decides for the devices of somebody who is in certain groups of Entra."""

    def __init__(self, objects: tuple[_Object, ...]) -> None:
        self._objects = objects
        self._by_identity: dict[frozenset[str], _Devices] = {}
        self._by_view: dict[Hashable, _Devices] = {}
        self._hosts: dict[Hashable, Answer] = {}

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """Browsers for hosts, stores for extensions, forms for programs, features themselves."""
        match kind:
            case Kind.PROGRAM:
                return PROGRAM_FORMS
            case Kind.FEATURE:
                return tuple(sorted({*CLIENTS[kind], *(feature for feature, _ in NODES.values())}))
            case _:
                return CLIENTS.get(kind, ())

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """The objects that apply and decide questions of `kind`."""
        deciding = _DECIDING.get(kind, ())
        applying = self._applying(identity)
        return frozenset(each.path for each in applying if isinstance(each.holds, deciding))

    def decide(self, question: Question) -> Answer:
        """What happens on the device of the situation."""
        devices = self._by_identity.get(question.identity) or self._of(question.identity)
        platform = question.situation.device
        if question.kind is not Kind.HOST:
            return _answer(devices, platform, question)
        # Few of the objects decide hosts, so that most people share these answers.
        key = (devices.lists.get(platform), platform, question.client, question.value)
        known = self._hosts.get(key)
        if known is None:
            known = self._hosts[key] = _answer(devices, platform, question)
        return known

    def groups(self) -> Iterable[str]:
        """Every group that is assigned something, or left out of that."""
        for each in self._objects:
            yield from (*each.applies.include, *each.applies.exclude)

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """Every host, extension, feature and program that occurs."""
        for each in self._objects:
            match each.holds:
                case ReadProfile():
                    yield from profile_mentions([each.holds])
                case None:
                    pass
                case _:
                    yield from windows_mentions(each.holds)

    def _applying(self, identity: frozenset[str]) -> tuple[_Object, ...]:
        groups = frozenset(name.lower() for name in identity)
        return tuple(each for each in self._objects if each.applies.to(groups))

    def _of(self, identity: frozenset[str]) -> _Devices:
        applying = self._applying(identity)
        paths = tuple(each.path for each in applying)
        known = self._by_view.get(paths)
        if known is None:
            known = self._by_view[paths] = _devices(applying)
        self._by_identity[identity] = known
        return known


def _devices(objects: Iterable[_Object]) -> _Devices:
    profiles = {each.path: each.holds for each in objects if isinstance(each.holds, ReadProfile)}
    windows = {
        each.path: each.holds
        for each in objects
        if each.holds is not None and not isinstance(each.holds, ReadProfile)
    }
    return _Devices(windows, profiles)


def _answer(devices: _Devices, platform: str, question: Question) -> Answer:
    match platform:
        case "managed-windows":
            return devices.windows.answer(question)
        case "managed-macos":
            return devices.mac.answer(question)
        case _:
            return Answer(None)
