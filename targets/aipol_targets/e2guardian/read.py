"""Turns e2guardian's emitted files back into decisions, as e2guardian 5.3 makes them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence

from aipol.target import Answer, Decider, Kind, Question, UnreadableArtifact
from aipol_targets.common.network.reading import Files, address_of
from aipol_targets.e2guardian.read_groups import GroupsByAddress
from aipol_targets.e2guardian.read_sites import SiteList
from aipol_targets.e2guardian.read_story import Story

CLIENT, BY_NAME = CLIENTS = ("e2guardian", "e2guardian-sni")
MAIN = "main.conf"

_OPTION = re.compile(r"([a-z]+) = (?:'([^'#]*)'|([a-z0-9]+))")
_INCLUDE = re.compile(r"\.Include<(/[A-Za-z0-9._/-]+)>")
_SITES = re.compile(
    r"sitelist = 'name=([a-z0-9-]+),messageno=[0-9]+,(sitewild=false,)?path=(/[A-Za-z0-9._/-]+)'"
)
_MAIN_KEYS = {"filtergroups", "defaultfiltergroup", "authplugin", "abortiflistmissing"}
_GROUP_KEYS = {"groupname", "storyboard", "reportinglevel", "bypass"}


class E2guardianDecider:
    """Filter groups by source address, each with its story."""

    __slots__ = ("_bases", "_directory", "_files", "_groups", "_lists", "_stories")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lists: list[SiteList] = []
        self._bases: dict[str, str] = {}
        main = self._options(MAIN, _MAIN_KEYS)
        if main.keys() != _MAIN_KEYS or main["abortiflistmissing"] != "on":
            raise UnreadableArtifact(MAIN, "lacks a setting; a list may be left out without a word")
        if not main["filtergroups"].isdigit() or main["defaultfiltergroup"] != "1":
            raise UnreadableArtifact(MAIN, "has other groups than ours")
        self._directory, _, plugin = main["authplugin"].rpartition("/")
        self._groups = self._by_address(plugin, main)
        self._stories = {
            number: self._group(f"e2guardianf{number}.conf")
            for number in range(1, int(main["filtergroups"]) + 1)
        }
        for path in files.unread():
            raise UnreadableArtifact(path, "nothing refers to it")

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """What is requested, and the name in the handshake that follows."""
        return CLIENTS if kind is Kind.HOST else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (all kinds alike)
        """Which group a source address is in."""
        return self._groups.of(address_of(identity))

    def decide(self, question: Question) -> Answer:
        """The decision of the group that the address is in."""
        story = self._stories[self._groups.of(address_of(question.identity))]
        # Measured: behind a request that is let through, no name in a handshake is looked at.
        if question.kind is not Kind.HOST or question.client != CLIENT or story is None:
            return Answer(None)
        # Measured: a request is compared without case, and without the root's dot.
        found = story.decide(question.value.lower().removesuffix("."))
        return Answer(found.effect, found.artifact, f"line {found.line}" if found.line else "")

    def edges(self) -> Iterator[str]:
        """The addresses on both sides of each edge of its source networks."""
        return self._groups.edges()

    def told(self) -> Mapping[str, str]:
        """What the files say of the settings."""
        return {"directory": self._directory, **self._bases}

    def mentions(self) -> Iterator[tuple[Kind, str]]:
        """Every host that occurs anywhere in the files."""
        hosts = {host for sites in self._lists for host in sites.hosts()}
        return ((Kind.HOST, host) for host in sorted(hosts))

    def _by_address(self, plugin: str, main: Mapping[str, str]) -> GroupsByAddress:
        options = self._options(plugin, {"plugname", "ipgroups"}, named_in=MAIN)
        if options.get("plugname") != "ip" or "ipgroups" not in options:
            raise UnreadableArtifact(plugin, "is not the plugin that asks for addresses")
        path = self._ours(plugin, options["ipgroups"])
        lines = self._files.lines(path, named_in=plugin)
        return GroupsByAddress(lines, path, int(main["filtergroups"]), default=1)

    def _options(
        self, path: str, known: set[str], *, named_in: str = "", lines: Sequence[str] | None = None
    ) -> dict[str, str]:
        """Settings that are each given once; what is not known is refused."""
        found: dict[str, str] = {}
        text = self._files.lines(path, named_in=named_in or path) if lines is None else lines
        for line in text:
            if line.startswith("#"):
                continue
            option = _OPTION.fullmatch(line)
            if not option or option[1] not in known or option[1] in found:
                raise UnreadableArtifact(path, f"{line!r} is not known, or given twice")
            found[option[1]] = option[2] if option[2] is not None else option[3]
        return found

    def _ours(self, named_in: str, path: str) -> str:
        """A path on the proxy, relative to our files."""
        inside = path.removeprefix(f"{self._directory}/")
        if inside == path:
            raise UnreadableArtifact(named_in, f"{path} is not a file of ours")
        return inside

    def _group(self, path: str) -> Story | None:
        """A group's story, None when it has none of ours."""
        first, *rest = self._files.lines(path, named_in=MAIN)
        base = _INCLUDE.fullmatch(first)
        if not base:
            # What comes last counts, so others' settings come first.
            raise UnreadableArtifact(path, "does not begin with the settings it adds to")
        self._begins(path, "base", base[1])
        sites = [line for line in rest if line.startswith("sitelist")]
        options = self._options(path, _GROUP_KEYS, lines=[x for x in rest if x not in sites])
        lists = self._site_lists(path, sites)
        if not {"groupname", "storyboard"} <= options.keys():
            # The setting of what is included would count, which is for all groups the same.
            raise UnreadableArtifact(path, "has no name or no story of its own")
        story = options["storyboard"]
        if not lists and not story.startswith(f"{self._directory}/"):
            self._begins(path, "story", story)
            return None
        if (options.get("reportinglevel"), options.get("bypass")) != ("3", "0"):
            raise UnreadableArtifact(path, "may only report, or let people past a block")
        inside = self._ours(path, story)
        found = Story(self._files.lines(inside, named_in=path), inside, lists)
        self._begins(inside, "story", found.begins_with)
        return found

    def _begins(self, path: str, what: str, file: str) -> None:
        """Note the organisation's own file that one of ours goes on from: the same everywhere."""
        if self._bases.setdefault(what, file) != file:
            raise UnreadableArtifact(path, f"goes on from {file}, and others do not")

    def _site_lists(self, path: str, lines: Sequence[str]) -> dict[str, SiteList]:
        found: dict[str, SiteList] = {}
        for line in lines:
            parts = _SITES.fullmatch(line)
            if not parts or parts[1] in found:
                raise UnreadableArtifact(path, f"{line!r} is no list, or its name is there twice")
            inside = self._ours(path, parts[3])
            sites = self._files.lines(inside, named_in=path)
            found[parts[1]] = SiteList(sites, inside, wild=parts[2] is None)
        self._lists += found.values()
        return found


def read(files: Mapping[str, bytes]) -> Decider:
    """Artefacts to decisions. Raises UnreadableArtifact."""
    try:
        return E2guardianDecider(Files(files))
    except (KeyError, ValueError):
        raise UnreadableArtifact(MAIN, "has a number of groups that there are not") from None
