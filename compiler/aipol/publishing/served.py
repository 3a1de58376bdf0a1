"""Turns a build into the files that devices fetch, and what devices have to be told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aipol.pipeline import Build, Run
from aipol.publishing.plan import Content
from aipol.publishing.record import Published
from aipol.publishing.ways import Wanted
from aipol.serving import Serving
from aipol.target import Fetched, Room


@dataclass(frozen=True, slots=True)
class Address:
    """Where the devices of one target look for files, and the folder that has to be there."""

    target: str
    setting: str
    url: str
    folder: str


def fetched(run: Run) -> tuple[Fetched, ...]:
    """Which artefacts of a run devices fetch."""
    return run.target.fetched if isinstance(run.target, Serving) else ()


def wanted(build: Build, chosen: frozenset[str]) -> Wanted:
    """What devices are to be given of a build: all of it, or that of the chosen targets."""
    runs = (run for run in build.runs if not chosen or run.target.id in chosen)
    files = dict(pair for run in runs for pair in _files(run))
    published = Published(build.ir.organization.identifier, build.ir.as_of.isoformat())
    return Wanted(published, files, chosen)


def _files(run: Run) -> Iterator[tuple[str, Content]]:
    kinds = fetched(run)
    for artifact in run.compiled.artifacts:
        found = next((kind for kind in kinds if kind.takes(artifact.path)), None)
        if found is not None:
            yield f"{run.target.id}/{artifact.path}", Content(artifact.content, found.form)


def rooms(build: Build, targets: Iterable[str]) -> Iterator[tuple[str, Room]]:
    """What the files take up on the devices of each target."""
    about = set(targets)
    for run in build.runs:
        if run.target.id in about:
            yield from ((run.target.id, room) for room in run.compiled.rooms)


def addresses(build: Build, files: Iterable[str]) -> Iterator[Address]:
    """Where devices look for any of the files, of the targets that have to tell them."""
    names = tuple(files)
    for run in build.runs:
        for kind in fetched(run):
            url = getattr(run.settings, kind.address, "") if kind.address else ""
            folder = f"{run.target.id}/{kind.pattern.rpartition('/')[0]}"
            if url and any(name.startswith(f"{folder}/") for name in names):
                yield Address(run.target.id, kind.address, str(url), folder)
