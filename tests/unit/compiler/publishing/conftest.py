"""A web root to publish into, and two sets of files for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aipol.publishing.guards import Consent
from aipol.publishing.places import Directory
from aipol.publishing.plan import Content, Plan
from aipol.publishing.record import Published
from aipol.publishing.ways import Wanted, backward, forward
from aipol.target import Form

Files = Mapping[str, bytes]

OLD: Files = {
    "lists/a.txt": b"one.test/\ntwo.test/\nthree.test/\n",
    "lists/gone.txt": b"four.test/\n",
    "lists/rules.csv": b"a.txt, gone.txt\n",
    "lists/same.txt": b"same.test/\n",
}
NEW: Files = {
    "lists/a.txt": b"one.test/\ntwo.test/\nfive.test/\n",
    "lists/deep/new.txt": b"six.test/\n",
    "lists/rules.csv": b"a.txt, deep/new.txt\n",
    "lists/same.txt": b"same.test/\n",
}
GOING = Consent(shrinking=frozenset({"lists/gone.txt"}))
NOBODY = Consent()


def contents(files: Files) -> dict[str, Content]:
    """Files with what they are to a device."""
    forms = {path: Form.RULES if path.endswith(".csv") else Form.LIST for path in files}
    return {path: Content(content, forms[path]) for path, content in files.items()}


@dataclass(frozen=True)
class Web:
    """A directory that devices fetch from."""

    place: Path
    old: Files = field(default_factory=lambda: OLD)
    new: Files = field(default_factory=lambda: NEW)
    going: Consent = GOING

    @property
    def there(self) -> Directory:
        """The same, as aipol has it."""
        return Directory(self.place)

    def plan(
        self,
        files: Files,
        consent: Consent = NOBODY,
        *,
        chosen: tuple[str, ...] = (),
        organization: str = "com.acme",
        now: int = 1_000,
    ) -> Plan:
        """What publishing these files would do."""
        wanted = Wanted(Published(organization, "2026-12-01"), contents(files), frozenset(chosen))
        return forward(self.there, wanted, consent, now)

    def give(self, files: Files, consent: Consent = NOBODY, **rest: object) -> Plan:
        """Publish these files; nothing may be refused."""
        plan = self.there.carry_out(lambda: self.plan(files, consent, **rest))  # type: ignore[arg-type] # as `plan` takes them
        assert plan.refusals == ()
        return plan

    def back(self, consent: Consent = NOBODY, now: int = 1_000) -> Plan:
        """Go back; nothing may be refused."""
        plan = self.there.carry_out(lambda: backward(self.there, consent, now))
        assert plan.refusals == ()
        return plan

    def refused(self, files: Files, consent: Consent = NOBODY, **rest: object) -> list[str]:
        """The codes for which these files are refused, with nothing touched."""
        before = self.everything()
        plan = self.there.carry_out(lambda: self.plan(files, consent, **rest))  # type: ignore[arg-type] # as `plan` takes them
        assert self.everything() == before
        return [refusal.code for refusal in plan.refusals]

    def served(self) -> dict[str, bytes]:
        """What a device can fetch: every file whose path has no part with a dot in front."""
        return {path: content for path, content in self.everything().items() if "/." not in path}

    def everything(self) -> dict[str, bytes]:
        """Every file but those of aipol's own folder, and the record."""
        found = {
            path.relative_to(self.place).as_posix(): path
            for path in sorted(self.place.rglob("*"))
            if path.is_file() or path.is_symlink()
        }
        return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".")}

    def times(self) -> dict[str, int]:
        """When each served file was changed, in nanoseconds."""
        return {path: (self.place / path).stat().st_mtime_ns for path in self.served()}


@pytest.fixture
def web(tmp_path: Path) -> Web:
    """A web root that is not there yet."""
    return Web(tmp_path / "www" / "aipol")
