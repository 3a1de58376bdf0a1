"""Turn Jamf Pro's objects, read back from their bytes, into what happens on a Mac."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol.vocabulary import MACOS, Effect
from aipol_targets.common.apple.read_profile import (
    CLIENTS,
    Device,
    ReadProfile,
    mentions,
    read_profile,
)
from aipol_targets.jamf.read_xml import (
    ReadGroup,
    ReadRestriction,
    ReadScope,
    ReadWrapper,
    parse,
    read_group,
    read_restriction,
    read_wrapper,
)

_FORMS = ("macos:process", "cli:binary")


def read(files: Mapping[str, bytes]) -> Decider:
    """Every file must be an object that is understood; raises UnreadableArtifact."""
    bodies: dict[str, ReadWrapper] = {}
    restrictions: list[ReadRestriction] = []
    groups: dict[str, ReadGroup] = {}
    for path in sorted(files):
        if path.endswith(".mobileconfig"):
            continue
        root = parse(path, files[path])
        match root.tag:
            case "os_x_configuration_profile":
                bodies[path] = read_wrapper(path, root)
            case "restricted_software":
                restrictions.append(read_restriction(path, root))
            case "computer_group":
                group = read_group(path, root)
                if group.name in groups:
                    raise UnreadableArtifact(path, f"group {group.name!r} is defined twice")
                groups[group.name] = group
            case _:
                raise UnreadableArtifact(path, f"unknown object {root.tag}")
    profiles = _profiles(files, bodies)
    _named_once([*bodies.values()])
    _named_once(restrictions)
    return JamfDecider(profiles, tuple(restrictions), groups)


def _profiles(
    files: Mapping[str, bytes], bodies: Mapping[str, ReadWrapper]
) -> tuple[tuple[ReadScope, ReadProfile], ...]:
    """Each profile with the scope of its body; both must hold the same bytes."""
    bare = {path for path in files if path.endswith(".mobileconfig")}
    found = []
    seen: dict[str, str] = {}
    for path, body in bodies.items():
        beside = f"{path.removesuffix('.xml')}.mobileconfig"
        if beside not in bare:
            raise UnreadableArtifact(path, f"{beside} is missing")
        if files[beside] != body.payloads.encode():
            raise UnreadableArtifact(path, f"holds another profile than {beside}")
        bare.remove(beside)
        profile = read_profile(beside, files[beside])
        if profile.uuid in seen:
            # Installing one would replace the other.
            raise UnreadableArtifact(beside, f"has the UUID of {seen[profile.uuid]}")
        seen[profile.uuid] = beside
        found.append((body.scope, profile))
    if bare:
        raise UnreadableArtifact(min(bare), "nothing says who gets this profile")
    return tuple(found)


def _named_once(objects: Iterable[ReadWrapper | ReadRestriction]) -> None:
    seen: set[str] = set()
    for each in objects:
        if each.name in seen:
            raise UnreadableArtifact(each.path, f"the name {each.name!r} is used twice")
        seen.add(each.name)


@dataclass(frozen=True)
class _Applied:
    """What one Mac gets."""

    profiles: tuple[ReadProfile, ...]
    stopped: Mapping[str, str]
    """File by process name."""

    @cached_property
    def device(self) -> Device:
        """The Mac, once it is asked what profiles decide: raises where two collide on it."""
        return Device(self.profiles)


class JamfDecider:
    """Decides for a Mac by the computer groups it is in."""

    def __init__(
        self,
        profiles: tuple[tuple[ReadScope, ReadProfile], ...],
        restrictions: tuple[ReadRestriction, ...],
        groups: Mapping[str, ReadGroup],
    ) -> None:
        self._profiles = profiles
        self._restrictions = restrictions
        self._groups = groups
        self._applied: dict[frozenset[str], _Applied] = {}

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """Browsers for hosts, stores for extensions, forms of names for programs."""
        return _FORMS if kind is Kind.PROGRAM else CLIENTS.get(kind, ())

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """The profiles that apply to a Mac; for programs, the records that do."""
        memberships = self._memberships(identity)
        if kind is Kind.PROGRAM:
            return frozenset(e.path for e in self._restrictions if _within(e.scope, memberships))
        return frozenset(p.path for scope, p in self._profiles if _within(scope, memberships))

    def decide(self, question: Question) -> Answer:
        """What happens on the Mac; raises UnreadableArtifact where two profiles collide on it."""
        if question.situation not in MACOS:
            return Answer(None)
        applied = self._on(question.identity)
        if question.kind is not Kind.PROGRAM:
            return applied.device.answer(question)
        form, _, name = question.value.rpartition(":")
        # A bundle's name stands for the app inside it, a bare one for any process so called.
        names = (
            (name, f"{name}.app") if form == "macos:process" else (name,) if form in _FORMS else ()
        )
        for each in names:
            if each in applied.stopped:
                return Answer(Effect.BLOCK, applied.stopped[each], "general/process_name")
        return Answer(None)

    def groups(self) -> Iterable[str]:
        """Every group that is somebody else's, in scopes and in what our smart groups ask for."""
        scopes = [scope for scope, _ in self._profiles]
        scopes += [each.scope for each in self._restrictions]
        named = {name for scope in scopes for name in (*scope.include, *scope.exclude)}
        cubes = (cube for group in self._groups.values() for cube in group.cubes)
        return (named | {name for cube in cubes for name, _ in cube}) - self._groups.keys()

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """Every host, extension, feature and program that occurs."""
        yield from mentions([profile for _, profile in self._profiles])
        for each in self._restrictions:
            if each.process.endswith(".app"):
                yield Kind.PROGRAM, f"{_FORMS[0]}:{each.process.removesuffix('.app')}"
            else:
                # A bare name stops both; the folder says which of them the record is about.
                form = _FORMS["/tools/" in each.path]
                yield Kind.PROGRAM, f"{form}:{each.process}"

    def _on(self, identity: frozenset[str]) -> _Applied:
        known = self._applied.get(identity)
        if known is None:
            memberships = self._memberships(identity)
            profiles = tuple(p for scope, p in self._profiles if _within(scope, memberships))
            stopped = {
                r.process: r.path for r in self._restrictions if _within(r.scope, memberships)
            }
            known = self._applied[identity] = _Applied(profiles, stopped)
        return known

    def _memberships(self, identity: frozenset[str]) -> frozenset[str]:
        """The groups a Mac is put in, and the smart groups that follow from them."""
        return identity | {
            group.name
            for group in self._groups.values()
            if any(
                all((name in identity) is wanted for name, wanted in cube) for cube in group.cubes
            )
        }


def _within(scope: ReadScope, memberships: frozenset[str]) -> bool:
    wanted = scope.everyone or bool(scope.include & memberships)
    return wanted and not scope.exclude & memberships
