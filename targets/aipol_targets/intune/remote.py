"""Push to Microsoft Intune, through Microsoft Graph: read, make, change and delete objects."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from aipol.remote import (
    Absent,
    Clock,
    InDoubt,
    Json,
    Live,
    Observed,
    Refused,
    Surroundings,
    Wanted,
    Write,
    WrongPlace,
    mark_in,
    without_mark,
)
from aipol_targets.common.microsoft.address import VARIABLE, address
from aipol_targets.common.microsoft.batch import read_many
from aipol_targets.common.microsoft.graph import GONE, Forbidden, Gone, Graph, Needs
from aipol_targets.common.microsoft.signing_in import tokens
from aipol_targets.common.microsoft.transport import SdkTransport, Timeouts
from aipol_targets.intune import remote_writing as writing
from aipol_targets.intune.remote_canonical import canonical
from aipol_targets.intune.remote_files import artifacts
from aipol_targets.intune.remote_form import part, writable
from aipol_targets.intune.remote_kinds import KINDS, Kind
from aipol_targets.intune.remote_wanted import wanted as wanted_by
from aipol_targets.intune.settings import Settings

# microsoftgraph/microsoft-graph-devx-content @6cbd6bbd permissions/new/permissions.json.
NEEDS = Needs(
    "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"
)
_HINT = "make it there, or correct the `entra` identity of the group in the policy"
# What Intune takes of writes at once is unverified; it answers 429 to what is too much.
_CONCURRENCY = 4
# How long a new object may stay unseen is unverified.
_SETTLES = 30.0


def open_remote(
    settings: Settings, surroundings: Surroundings, timeouts: Timeouts | None = None
) -> IntuneRemote:
    """Intune as the environment lets it be asked; asks nothing yet. Raises Unusable."""
    at = address(surroundings.variables.get(VARIABLE, ""))
    source = tokens(at, settings.tenant, surroundings)
    transport = SdkTransport(timeouts or Timeouts(), proxies=not at.stand_in)
    clock = surroundings.clock or Clock(time.time, time.sleep)
    graph = Graph(at, source, transport, clock, NEEDS)
    rehearsal = "mode: report-only" if settings.enforcing else ""
    return IntuneRemote(graph, settings.tenant.lower(), surroundings.organization, rehearsal)


class IntuneRemote:
    """One tenant's Intune."""

    target = "intune"
    concurrency = _CONCURRENCY
    settles = _SETTLES

    def __init__(self, graph: Graph, tenant: str, organization: str, rehearsal: str = "") -> None:
        self._graph, self._tenant, self._organization = graph, tenant, organization
        self.rehearsal = rehearsal
        self._known = False
        self._lock = threading.Lock()

    @property
    def place(self) -> str:
        """The tenant that the policy names."""
        played = "played " if self._graph.address.stand_in else ""
        return f"{played}tenant {self._tenant}"

    def close(self) -> None:
        """End its connections; also done when nobody holds it any more."""
        self._graph.transport.close()

    def wanted(self, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
        """The objects that the artefacts are made for."""
        return wanted_by(files)

    def artifacts(self, objects: Iterable[Wanted]) -> Mapping[str, bytes]:
        """The files that objects with these bodies would be made for. Raises Unusable."""
        return artifacts(objects)

    def canonical(self, kind: str, body: Json) -> Json:
        """What of a body means something; the same for every kind."""
        del kind
        return canonical(body)

    def observe(self) -> Observed:
        """What is there of the four kinds; a request a page, and one for twenty of our objects."""
        rows = [(kind, row) for kind in KINDS.values() for row in self._rows(kind)]
        ours = [(kind, str(row["id"])) for kind, row in rows if self._is_ours(row)]
        known = self._whole(ours)
        found = (
            known.get((kind.id, row["id"])) if self._is_ours(row) else _live(kind, row)
            for kind, row in rows
        )
        return Observed(tuple(each for each in found if each))

    def absent(self, wanted: tuple[Wanted, ...]) -> tuple[Absent, ...]:
        """Groups that objects are assigned to and the tenant does not have, where we may look.

        What reads Intune does not read groups (/groups/{id} in permissions.json, as above).
        """
        needs = Counter(group for each in wanted for group in set(writing.groups(each.body)))
        paths = {group: f"groups/{quote(group, safe='')}?$select=id" for group in sorted(needs)}
        try:
            found = read_many(self._tenants(), "v1.0", paths.values()) if paths else {}
        except Forbidden:
            return ()
        return tuple(
            Absent("group", group, needs[group], _HINT)
            for group, path in paths.items()
            if found[path] is None
        )

    def look(self, kind: str, identifier: str) -> Live | None:
        """One object by its id, with its body; None where there is none."""
        return self._whole([(KINDS[kind], identifier)]).get((kind, identifier))

    def seek(self, kind: str, key: str) -> tuple[Live, ...]:
        """Those of a kind that bear the key; Graph cannot be asked for a description."""
        held = KINDS[kind]
        bearing = [(held, str(row["id"])) for row in self._rows(held) if _key(row) == key]
        return tuple(self._whole(bearing).values())

    def create(self, wanted: Write) -> str:
        """Make an object, which is assigned to nobody yet; its id."""
        kind = KINDS[wanted.kind]
        answer = self._tenants().write("POST", _path(kind), writing.made(kind, wanted))
        try:
            return str(answer.json()["id"])
        except (ValueError, KeyError, TypeError):
            raise InDoubt(f"POST {kind.path}: the answer gives no id") from None

    def finish(self, identifier: str, wanted: Write) -> None:
        """Assign a new object to those it is for, if to anybody."""
        kind = KINDS[wanted.kind]
        if kind.assigned and wanted.body.get("assignments"):
            self._assign(kind, identifier, wanted)

    def update(self, live: Live, wanted: Write) -> None:
        """Bring an object to a body: itself, then its actions, then its assignments.

        All three are sent whatever was seen of them, for a read may be older than the last write.
        What was set that is not wanted has to be unset by name.
        """
        kind = KINDS[wanted.kind]
        seen = live if live.body is not None else self.look(live.kind, live.id)
        if seen is None:
            raise Refused(f"{kind.one(live.id)} is gone")
        graph, here = self._tenants(), f"{kind.version}/{kind.one(live.id)}"
        if kind.settings:
            graph.write("PUT", here, writing.made(kind, wanted))
        else:
            graph.write("PATCH", here, writing.changed(kind, wanted, seen.body))
        if kind.scheduled:
            graph.write("POST", f"{here}/scheduleActionsForRules", writing.actions(wanted))
        if kind.assigned:
            self._assign(kind, live.id, wanted)

    def delete(self, live: Live) -> None:
        """Remove an object; one that is gone already is no error."""
        kind = KINDS[live.kind]
        self._tenants().write("DELETE", f"{kind.version}/{kind.one(live.id)}", accept=(GONE,))

    def _assign(self, kind: Kind, identifier: str, wanted: Write) -> None:
        path = f"{kind.version}/{kind.one(identifier)}/assign"
        self._tenants().write("POST", path, writing.assigned(wanted))

    def _tenants(self) -> Graph:
        """Graph, once it is known to be the tenant's that the policy names."""
        with self._lock:
            if not self._known:
                found = {str(each.get("id")).lower() for each in self._graph.pages(_ORGANIZATION)}
                if found != {self._tenant}:
                    others = ", ".join(sorted(found)) or "nobody's"
                    raise WrongPlace(
                        f"the credentials are of the tenant {others}, and the policy names "
                        f"{self._tenant} (targets.intune.tenant)"
                    )
                self._known = True
        return self._graph

    def _rows(self, kind: Kind) -> list[dict[str, Any]]:
        return self._tenants().pages(f"{_path(kind)}?$select=id,{kind.named},description")

    def _is_ours(self, row: Mapping[str, Any]) -> bool:
        mark = mark_in(str(row.get("description") or ""))
        return mark is not None and mark.is_of(self._organization)

    def _whole(self, wanted: Iterable[tuple[Kind, str]]) -> dict[tuple[str, str], Live]:
        """Objects with their bodies, by kind and id; those that are not there are left out."""
        asked = tuple(wanted)
        found: dict[tuple[str, str], Live] = {}
        for version in sorted({kind.version for kind, _ in asked}):
            here = [(kind, each) for kind, each in asked if kind.version == version]
            paths = [path for kind, each in here for path in _paths(kind, each)]
            documents = read_many(self._tenants(), version, paths)
            for kind, each in here:
                item, *settings = (documents[path] for path in _paths(kind, each))
                if item is None:
                    continue
                rows = self._all_of(settings)
                if rows is not None:
                    found[kind.id, each] = _live(kind, item, _body(kind, item, rows))
        return found

    def _all_of(self, pages: Iterable[Any]) -> list[Any] | None:
        """The items of lists from their first pages on; None where one is gone meanwhile."""
        found = list[Any]()
        try:
            for page in pages:
                if page is None:
                    return None
                found += self._graph.items(page)
        except Gone:
            return None
        return found


_ORGANIZATION = "v1.0/organization?$select=id"


def _path(kind: Kind) -> str:
    return f"{kind.version}/{kind.path}"


def _paths(kind: Kind, identifier: str) -> tuple[str, ...]:
    whole = kind.whole(identifier)
    return (whole, kind.settings_of(identifier)) if kind.settings else (whole,)


def _key(row: Mapping[str, Any]) -> str:
    mark = mark_in(str(row.get("description") or ""))
    return mark.key if mark else ""


def _live(kind: Kind, row: Mapping[str, Any], body: Json = None) -> Live:
    mark = mark_in(str(row.get("description") or ""))
    return Live(kind.id, str(row["id"]), str(row.get(kind.named) or ""), mark, body)


def _body(kind: Kind, item: Mapping[str, Any], settings: list[Any]) -> Json:
    """The form that can be written back: the object without its mark, and its assignments."""
    given = {name: value for name, value in item.items() if name != "assignments"}
    given["description"] = without_mark(str(item.get("description") or ""))
    if kind.settings:
        given["settings"] = settings
    if not kind.assigned:
        return {"object": writable(given)}
    return {"object": writable(given), "assignments": part(item.get("assignments") or [])}
