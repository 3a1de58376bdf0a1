"""Push to Microsoft Purview: through PowerShell, or read what a script wrote down elsewhere.

There is no interface for DLP policies but Security & Compliance PowerShell. Where that runs, a
session of it reads and writes; elsewhere a file that export-dlp.ps1 wrote is planned from, and a
person runs apply-dlp.ps1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from aipol.remote import (
    Absent,
    Handwork,
    InDoubt,
    Json,
    Live,
    Observed,
    Refused,
    Remote,
    Surroundings,
    Unusable,
    Wanted,
    Write,
    WrongPlace,
)
from aipol_targets.purview import remote_write as writing
from aipol_targets.purview.remote_canonical import canonical
from aipol_targets.purview.remote_files import artifacts
from aipol_targets.purview.remote_kinds import PACKAGE
from aipol_targets.purview.remote_session import WRONG, Session
from aipol_targets.purview.remote_state import Tenant, tenant_of
from aipol_targets.purview.remote_wanted import missing, wanted
from aipol_targets.purview.remote_ways import EXPORT, EXPORTED, LOOK, STATE, session
from aipol_targets.purview.settings import PurviewSettings

SETTLES = 60.0  # unverified: nothing is written about how soon everybody sees an object
_REHEARSAL = "mode: test"
_SHOWN = 5


def open_remote(settings: PurviewSettings, surroundings: Surroundings) -> Remote:
    """The tenant as the environment lets it be reached; asks nothing yet. Raises Unusable."""
    if not settings.tenant:
        raise Unusable("the policy names no tenant: set `targets.purview.tenant` to its id")
    rehearsal = _REHEARSAL if settings.mode == "enforce" else ""
    organization = surroundings.organization
    if surroundings.variables.get(STATE):
        file = Path(surroundings.variables[STATE])
        return Exported(file, settings.tenant, organization, rehearsal)
    return Connected(
        session(surroundings, settings.tenant), settings.tenant, organization, rehearsal
    )


class _Reading:
    """What both sides have in common: all of it is read at once."""

    target = "purview"
    concurrency = 1
    settles = 0.0

    def __init__(
        self, read: Callable[[], Json], tenant: str, organization: str, rehearsal: str
    ) -> None:
        self._read, self._tenant = read, tenant.lower()
        self._organization, self.rehearsal = organization, rehearsal
        self._seen: Tenant | None = None
        self._files: Mapping[str, bytes] = {}

    @property
    def place(self) -> str:
        """The tenant that the policy names."""
        return f"tenant {self._tenant}"

    def wanted(self, files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
        """The objects that the artefacts are made for."""
        self._files = files
        return wanted(files)

    def artifacts(self, objects: Iterable[Wanted]) -> Mapping[str, bytes]:
        """The files that objects would be made for; what names are say those of `wanted`."""
        return artifacts(objects, self._files, self._organization)

    def absent(self, wanted: tuple[Wanted, ...]) -> tuple[Absent, ...]:
        """Labels and information types without which rules would match nothing."""
        if not wanted:
            return ()
        return tuple(missing(self._files, self._seen or self._there()))

    def canonical(self, kind: str, body: Json) -> Json:
        """What of a body means something."""
        return canonical(kind, body)

    def observe(self) -> Observed:
        """All DLP policies, rules and rule packages, ours with their bodies."""
        tenant = self._there()
        found = (each if self._is_ours(each) else _bare(each) for each in tenant.objects)
        leaving = [f"`{name}` is still being deleted" for name in tenant.leaving[:_SHOWN]]
        return Observed(tuple(found), (*self._notes(tenant), *leaving))

    def look(self, kind: str, identifier: str) -> Live | None:
        """One object with its body; cmdlets that are asked for one that is gone answer with all."""
        objects = self._there().objects
        return next((each for each in objects if (each.kind, each.id) == (kind, identifier)), None)

    def seek(self, kind: str, key: str) -> tuple[Live, ...]:
        """Those of a kind that bear the key."""
        objects = self._there().objects
        return tuple(
            each for each in objects if each.kind == kind and each.mark and each.mark.key == key
        )

    def _notes(self, tenant: Tenant) -> tuple[str, ...]:
        del tenant
        return ()

    def _there(self) -> Tenant:
        tenant = tenant_of(self._read())
        if tenant.id != self._tenant:
            raise WrongPlace(WRONG.format(found=tenant.id, wanted=self._tenant))
        self._seen = tenant
        return tenant

    def _is_ours(self, live: Live) -> bool:
        return live.mark is not None and live.mark.is_of(self._organization)


class Exported(_Reading):
    """A tenant as export-dlp.ps1 found it; nothing is written to it from here."""

    def __init__(self, file: Path, tenant: str, organization: str, rehearsal: str) -> None:
        super().__init__(self._document, tenant, organization, rehearsal)
        self._file = file

    def steps(self, work: Handwork) -> tuple[str, ...]:
        """The commands for a machine that has PowerShell, and how to look at the plan again."""
        switches = ["-Apply", "-Prune", *(["-Enforce"] if self.rehearsal else [])]
        switches += ["-Again"] if work.edits else []
        compiled, connect, export = EXPORT
        adopting = (
            "rename or remove what has a name of ours: the script leaves what is not ours alone",
        )
        return (
            *(adopting if work.adopts else ()),
            compiled,
            connect,
            rf".\apply-dlp.ps1 {' '.join(switches)}",
            export,
            LOOK,
        )

    def create(self, wanted: Write) -> str:
        """Never: a person does."""
        raise self._only_read(wanted.kind)

    def finish(self, identifier: str, wanted: Write) -> None:
        """Never."""
        del identifier
        raise self._only_read(wanted.kind)

    def update(self, live: Live, wanted: Write) -> None:
        """Never."""
        del live
        raise self._only_read(wanted.kind)

    def delete(self, live: Live) -> None:
        """Never."""
        raise self._only_read(live.kind)

    def _only_read(self, kind: str) -> Refused:
        return Refused(
            f"a {kind} is not written from here: {STATE} is what a script read elsewhere"
        )

    def _notes(self, tenant: Tenant) -> tuple[str, ...]:
        return (f"this is the tenant as {self._file.name} has it, of {tenant.taken}",)

    def _document(self) -> Json:
        try:
            return json.loads(self._file.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            raise Unusable(f"cannot read `{self._file}` ({STATE}): {error.strerror}") from None
        except (ValueError, RecursionError):
            raise Unusable(f"`{self._file}` ({STATE}) is no JSON: {EXPORTED} is") from None


class Connected(_Reading):
    """A tenant to which PowerShell is connected."""

    settles = SETTLES

    def __init__(self, session: Session, tenant: str, organization: str, rehearsal: str) -> None:
        super().__init__(session.read, tenant, organization, rehearsal)
        self._session = session

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def create(self, wanted: Write) -> str:
        """Make an object; its id."""
        call = writing.created(wanted)
        found = self._session.change(call)
        if wanted.kind == PACKAGE or not found:
            return self._made(wanted, call)
        return found

    def finish(self, identifier: str, wanted: Write) -> None:
        """Nothing: what is made is whole."""

    def update(self, live: Live, wanted: Write) -> None:
        """Bring an object to a body, from what it is now: people are added and taken away."""
        now = self.look(live.kind, live.id)
        if now is None:
            raise Refused(f"the {live.kind} `{live.name}` is gone")
        self._session.change(writing.updated(now, wanted))

    def delete(self, live: Live) -> None:
        """Remove an object; one that is gone already is no error."""
        tenant = self._there()
        if not any((each.kind, each.id) == (live.kind, live.id) for each in tenant.objects):
            return
        identity = tenant.packages[live.id] if live.kind == PACKAGE else live.id
        self._session.change(writing.removed(live.kind, identity))

    def _made(self, wanted: Write, call: writing.Call) -> str:
        """The id of what was made, by its mark."""
        found = self.seek(wanted.kind, wanted.mark.key) if wanted.mark else ()
        if not found:
            raise InDoubt(f"{call.name} gave no id")
        return found[0].id


def _bare(live: Live) -> Live:
    return Live(live.kind, live.id, live.name, live.mark)
