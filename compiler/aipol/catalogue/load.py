"""Turns the catalogue's files into one object, by the derived form where it is up to date."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aipol.catalogue.hosts import HostIndex
from aipol.catalogue.kinds import IdentifierKind, Match
from aipol.domains import parents

if TYPE_CHECKING:
    from aipol.catalogue.model import (
        App,
        CommonHost,
        ProtectedHost,
        ProtectedProgram,
        SharedPlatform,
        Sourced,
        Team,
        Vendor,
    )
    from aipol.catalogue.search import Hit
    from aipol.programs import Indispensable

HERE = Path(__file__).parent
DERIVED = HERE / "_derived.json"
# In a wheel the YAML lies beside this module; in a checkout the developers edit it under policy/.
_PLACES = (HERE / "data", HERE.parents[2] / "policy" / "catalogue")


class CatalogueError(Exception):
    """The catalogue cannot be used; each line of the text names a file and a line."""


class Catalogue:
    """All apps; an app is built when it is first asked for."""

    def __init__(self, content: dict[str, Any], digest: str = "") -> None:
        """`content` is everything it says; `digest` is of that, where it was computed before."""
        self._raw: dict[str, dict[str, Any]] = content["apps"]
        self._content = content
        self._digest = digest
        self._built: dict[str, App] = {}
        self.ids: tuple[str, ...] = tuple(sorted(self._raw))
        self.categories: tuple[str, ...] = tuple(sorted(content["index"]["categories"]))

    def __contains__(self, app_id: object) -> bool:
        return app_id in self._raw

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def content(self) -> dict[str, Any]:
        """Everything the catalogue says, by section, as it was written; not to be changed."""
        return dict(self._content)

    @property
    def digest(self) -> str:
        """SHA-256 over its content: equal catalogues are equal, shipped, locked or in files."""
        if not self._digest:
            self._digest = content_digest(self._content)
        return self._digest

    def app(self, app_id: str) -> App:
        """The app with this id; KeyError where the catalogue has none."""
        found = self._built.get(app_id)
        if found is None:
            from aipol.catalogue import build

            found = self._built[app_id] = build.app(app_id, self._raw[app_id])
        return found

    def apps(self) -> tuple[App, ...]:
        """Every app, by id."""
        return tuple(self.app(app_id) for app_id in self.ids)

    def name_of(self, app_id: str) -> str:
        """The name to show for an app; it is not built for that."""
        return str(self._raw[app_id]["name"])

    def vendor_name(self, slug: str) -> str:
        """The name to show for a vendor's slug."""
        return self.vendors[slug].name

    def search(self, text: str) -> tuple[Hit, ...]:
        """What `text` names: a host, an identifier, an id or part of a name; the closest first."""
        from aipol.catalogue.search import search

        return search(self._content, text)

    @cached_property
    def vendors(self) -> dict[str, Vendor]:
        """Vendors by slug."""
        from aipol.catalogue import build

        return {slug: build.vendor(slug, row) for slug, row in self._content["vendors"].items()}

    @cached_property
    def protected(self) -> tuple[ProtectedHost, ...]:
        """Hosts that no rule may block."""
        from aipol.catalogue import build

        rows = self._content["protected"].items()
        found = (build.protected(owner, row) for owner, hosts in rows for row in hosts)
        return tuple(sorted(found, key=lambda row: (row.host, row.match)))

    @cached_property
    def protected_index(self) -> HostIndex[ProtectedHost]:
        """The same, by the names at which a host could meet them."""
        return HostIndex((row.host, row.match, row) for row in self.protected)

    @cached_property
    def protected_programs(self) -> tuple[ProtectedProgram, ...]:
        """Programs that no rule may stop."""
        from aipol.catalogue import build

        owners = self._content.get("protected_programs", {}).items()
        found = (build.protected_program(owner, row) for owner, rows in owners for row in rows)
        return tuple(sorted(found, key=lambda row: (row.kind, row.value)))

    @property
    def indispensable(self) -> Indispensable:
        """The same, to be asked about a program."""
        from aipol.programs import Indispensable

        rows = self.protected_programs
        return Indispensable.of((row.kind, row.value, row.breaks) for row in rows)

    @cached_property
    def common_hosts(self) -> tuple[CommonHost, ...]:
        """Hosts that apps of many vendors need: never blocked for one of them."""
        from aipol.catalogue import build

        return tuple(build.common_host(row) for row in self._content.get("common_hosts", ()))

    @cached_property
    def common_index(self) -> HostIndex[CommonHost]:
        """The same, by the names at which a host could meet them."""
        return HostIndex((row.host, row.match, row) for row in self.common_hosts)

    @cached_property
    def shared_hosts(self) -> tuple[tuple[str, Match, str], ...]:
        """Hosts that serve more than one app, how far they reach, and what a block would break."""
        from aipol.catalogue.collateral import UNTOLD

        own = {
            (row["domain"], Match(row["match"])): f"{row.get('serves') or UNTOLD} ({app_id})"
            for app_id in self.ids
            for row in self._raw[app_id].get("domains", ())
            if row.get("shared")
        }
        common = {(row.host, row.match): row.serves for row in self.common_hosts}
        every = sorted({**own, **common}.items())
        return tuple((host, match, breaks) for (host, match), breaks in every)

    @cached_property
    def shared_index(self) -> HostIndex[str]:
        """The same, by the names of which each is a part."""
        return HostIndex(self.shared_hosts)

    @cached_property
    def shared_programs(self) -> dict[tuple[IdentifierKind, str], str]:
        """What stops with each program that does more than its app, by kind and folded name."""
        return {
            (IdentifierKind(row["kind"]), row["value"].casefold()): row.get("breaks", "")
            for app_id in self.ids
            for section in ("macos", "windows", "cli")
            for row in self._raw[app_id].get(section, ())
            if row.get("shared")
        }

    @cached_property
    def apps_by_host(self) -> dict[str, tuple[str, ...]]:
        """The ids of the apps that name a host, by host."""
        found: dict[str, list[str]] = {}
        for app_id in self.ids:
            for row in self._raw[app_id].get("domains", ()):
                found.setdefault(row["domain"], []).append(app_id)
        return {host: tuple(dict.fromkeys(apps)) for host, apps in found.items()}

    @cached_property
    def apps_below_host(self) -> dict[str, tuple[str, ...]]:
        """The ids of the apps that name a host below a name, by that name."""
        found: dict[str, dict[str, None]] = {}
        for host, apps in self.apps_by_host.items():
            for parent in parents(host):
                found.setdefault(parent, {}).update(dict.fromkeys(apps))
        return {parent: tuple(apps) for parent, apps in found.items()}

    @cached_property
    def teams(self) -> dict[str, Team]:
        """Signing teams that sign more than AI apps, by id."""
        from aipol.catalogue import build

        rows = self._content.get("teams", {}).items()
        return {team_id: build.team(team_id, row) for team_id, row in rows}

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """What is known of each source, by repository or page host."""
        found: dict[str, dict[str, Any]] = self._content.get("sources", {})
        return found

    @cached_property
    def wanted(self) -> tuple[dict[str, str], ...]:
        """What was looked for and not found in any source: `app`, `what`, `sought`, `looked`."""
        return tuple(self._content.get("gaps", ()))

    def seen_of(self, fact: Sourced) -> str:
        """When a fact was read: its own month or day, else its source's."""
        if fact.seen:
            return fact.seen
        from aipol.catalogue.source import parse

        found = parse(fact.source)
        name = found.registered_as if found else None
        return str(self.sources[name]["seen"]) if name in self.sources else ""

    @property
    def seen(self) -> str:
        """The month or day of the newest source."""
        return str(self._content["index"]["seen"])

    @cached_property
    def shared_platforms(self) -> tuple[SharedPlatform, ...]:
        """Suffixes that are never the root of a subtree block."""
        from aipol.catalogue import build

        return tuple(build.shared_platform(row) for row in self._content["shared_platforms"])

    @cached_property
    def platform_index(self) -> HostIndex[SharedPlatform]:
        """The same, by the names of which each is a part."""
        return HostIndex((row.suffix, Match.SUBTREE, row) for row in self.shared_platforms)


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The shipped catalogue; read once a process."""
    return load_from(source_directory(), DERIVED)


def source_directory() -> Path:
    """Where the catalogue's YAML lies."""
    for place in _PLACES:
        if (place / "index.yaml").is_file():
            return place
    raise CatalogueError(f"no catalogue: neither {_PLACES[0]} nor {_PLACES[1]} has an index.yaml")


def load_from(directory: Path, derived: Path) -> Catalogue:
    """The catalogue in `directory`; `derived` serves only while it is of the very same bytes."""
    found = _read_derived(derived, file_hashes(texts_of(directory)))
    if found is None:
        from aipol.catalogue.derive import merged

        return Catalogue(merged(directory))
    return found


def texts_of(directory: Path) -> dict[str, bytes]:
    """The content of every file by name; CatalogueError where one is no file, such as a pipe."""
    paths = sorted(directory.glob("*.yaml"))
    for path in paths:
        if not path.is_file():
            raise CatalogueError(f"{path}:1:1: cannot be read: it is not a regular file")
    return {path.name: path.read_bytes() for path in paths}


def file_hashes(texts: dict[str, bytes]) -> dict[str, str]:
    """SHA-256 of every file, by name: what the derived form is kept by, and nothing else."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in texts.items()}


def content_digest(content: dict[str, Any]) -> str:
    """SHA-256 over what a catalogue says, however it is laid out."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _read_derived(derived: Path, hashes: dict[str, str]) -> Catalogue | None:
    try:
        form = json.loads(derived.read_bytes())
        return Catalogue(form["content"], form["digest"]) if form["files"] == hashes else None
    except (OSError, ValueError, LookupError, TypeError):
        # Absent, damaged or of another version: the YAML answers instead.
        return None
