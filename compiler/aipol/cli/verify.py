"""`aipol verify`: read written artefacts back and compare."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import Day, policy_argument
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.blocklist import Blocklist
    from aipol.diagnostics import Diagnostic
    from aipol.pipeline import Build, Opened
    from aipol.reader import DecidesAll, DecidesMany, DrawsEdges, Tells
    from aipol.report.manifest import Manifest
    from aipol.target import Answer, Decider, Kind, Question, Target

SCHEMA = "aipol.verify/1"


@click.command("verify")
@policy_argument
@click.option(
    "--generated",
    "directory",
    default="generated",
    show_default=True,
    metavar="DIR",
    help="The directory that `aipol compile` wrote.",
)
@click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="The day to judge by; the one that DIR was compiled for when left out.",
)
@formats("text", "json", "markdown")
def command(policy: str, directory: str, as_of: date | None, form: str) -> int:
    """Read the files in DIR as the vendors would and hold every answer against POLICY.

    What DIR says about itself is not believed: what each target claims to enforce comes from
    compiling the policy anew, in memory.
    """
    place = Path(directory)
    day = as_of or _recorded(place).inputs.as_of
    return _judge(policy, place, day, form)


def check_directory(policy: str, place: Path, today_: date, form: str) -> int:
    """`compile --check`: whether `place` is what `policy` compiles to, then and today."""
    from aipol.cli import output
    from aipol.cli.composition import built, opened, shortcomings
    from aipol.diagnostics.model import has_errors
    from aipol.report.behind import with_policy_lines
    from aipol.report.generated import differences, generated

    day = _recorded(place).inputs.as_of
    found = opened(policy, day)
    if found.ir is None or has_errors(found.findings):
        return output.findings(found.findings, found.sources, form, SCHEMA_CHECK)
    build = built(found)
    problems = (*found.findings, *build.findings, *shortcomings(found, build))
    problems = tuple(finding for finding in problems if has_errors((finding,)))
    files = generated(found, build).files
    fix = f"run `{_compile_command(policy, place, day)}`"
    changed = differences(files, _contents(place), place.as_posix(), fix)
    problems += tuple(with_policy_lines(changed, found, build, place.as_posix()))
    problems += tuple(_overtaken(found, place, day, today_))
    if problems:
        return output.findings(problems, found.sources, form, SCHEMA_CHECK)
    _fine(
        form,
        SCHEMA_CHECK,
        f"{place} is what {policy} compiles to as of {day}, and nothing has ended by {today_}: "
        f"{len(files):,} files compared.",
        {"files": len(files), "as_of": day.isoformat(), "today": today_.isoformat()},
    )
    return CLEAN


SCHEMA_CHECK = "aipol.compile-check/1"


def _recorded(place: Path) -> Manifest:
    from aipol.cli.writing import existing_manifest
    from aipol.report.manifest import MANIFEST, ManifestError

    fix = f"`aipol compile --out {place}` writes it anew"
    try:
        manifest = existing_manifest(place)
    except ManifestError as error:
        raise click.ClickException(f"`{place / MANIFEST}`: {error}; {fix}") from None
    if manifest is None:
        raise click.ClickException(f"`{place}` has no {MANIFEST}; {fix}")
    return manifest


def _compile_command(policy: str, place: Path, day: date) -> str:
    from aipol.cli.options import DEFAULT_POLICY

    return " ".join(
        (
            f"aipol compile --out {place} --as-of {day}",
            *((policy,) if policy != DEFAULT_POLICY else ()),
        )
    )


def _contents(place: Path) -> dict[str, bytes]:
    """Every file in the directory; what cannot be read is empty, and so differs."""
    from aipol.cli.writing import files_below

    return {name: _bytes(place / name) for name in files_below(place)}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError:
        return b""


def _overtaken(policy: Opened, place: Path, recorded: date, now: date) -> Iterator[Diagnostic]:
    """What has ended since the directory was compiled, where that changes what the policy means."""
    from aipol.diagnostics import codes
    from aipol.report.turns import change_words
    from aipol.schedule import turns

    if policy.assembled is None or now <= recorded:
        return
    for turn in turns(policy.assembled, policy.catalogue, recorded, now):
        for ending in turn.endings:
            told = [change_words(change) for change in turn.changes[:2]]
            more = len(turn.changes) - len(told)
            why = f"{ending.what} ended on {ending.last}: {'; '.join(told)}"
            yield codes.ARTIFACT_STALE.at(
                ending.span,
                artifact=f"`{place}` (compiled as of {recorded})",
                why=f"{why}{f'; {more} more' if more else ''}",
                hint=f"run `{_compile_command(policy.path, place, now)}`",
            )


def _judge(policy: str, place: Path, day: date, form: str) -> int:
    from aipol.cli import output
    from aipol.cli.composition import built, opened
    from aipol.cli.output import waiting
    from aipol.diagnostics.model import has_errors
    from aipol.report.behind import with_policy_lines
    from aipol.report.generated import differences, generated
    from aipol.report.words import count

    found = opened(policy, day)
    if found.ir is None or has_errors(found.findings):
        return output.findings(found.findings, found.sources, form, SCHEMA)
    build = built(found)
    if has_errors(build.findings):
        return output.findings(build.findings, found.sources, form, SCHEMA)
    files = _contents(place)
    with waiting("verifying"):
        problems, answers = _read_back(build, files)
    expected = generated(found, build).files
    fix = f"run `{_compile_command(policy, place, day)}`"
    problems += tuple(differences(expected, files, place.as_posix(), fix))
    if has_errors(problems):
        told = with_policy_lines(problems, found, build, place.as_posix())
        return output.findings(tuple(told), found.sources, form, SCHEMA)
    output.warnings(problems, found.sources)
    artifacts = len(files) - 2
    _fine(
        form,
        SCHEMA,
        f"{place} does what {policy} says as of {day}: {answers:,} answers of "
        f"{artifacts:,} artefacts checked, for {count(len(build.runs), 'target')}.",
        {"answers": answers, "artifacts": artifacts, "as_of": day.isoformat()},
    )
    return CLEAN


def _read_back(build: Build, files: Mapping[str, bytes]) -> tuple[tuple[Diagnostic, ...], int]:
    """What the readers find in `files` against the policy, and how often they answered."""
    from aipol.pipeline import verify_files
    from aipol.target import Artifact

    problems: list[Diagnostic] = []
    answers = 0
    for run in build.runs:
        prefix = f"{run.target.id}/"
        artifacts = [
            Artifact(name.removeprefix(prefix), content)
            for name, content in files.items()
            if name.startswith(prefix)
        ]
        counted = _Counted(run.target, [])
        problems += verify_files(replace(run, target=cast("Target", counted)), artifacts)
        answers += sum(counter.answers for counter in counted.deciders)
    return tuple(problems), answers


def _fine(form: str, schema: str, text: str, values: Mapping[str, Any]) -> None:
    from aipol.cli import output
    from aipol.report.words import as_json

    if form == "json":
        output.answer(as_json({"schema": schema, "ok": True, "findings": [], **values}))
    else:
        output.answer_lines([text])


@dataclass(frozen=True, slots=True)
class _Counted:
    """A target whose reader counts its answers."""

    target: Target
    deciders: list[_Counting]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    def read(self, files: Mapping[str, bytes]) -> Decider:
        """The target's reader, counting."""
        from aipol.reader import DecidesAll, DecidesMany

        decider = self.target.read(files)
        if isinstance(decider, DecidesAll):
            counting: _Counting = _CountingAll(decider)
        else:
            many = isinstance(decider, DecidesMany)
            counting = _CountingMany(decider) if many else _Counting(decider)
        self.deciders.append(counting)
        return counting


@dataclass(slots=True)
class _Counting:
    """A decider that counts its answers."""

    decider: Decider
    answers: int = 0

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """As the decider."""
        return self.decider.clients(kind)

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:
        """As the decider."""
        return self.decider.view(identity, kind)

    def decide(self, question: Question) -> Answer:
        """As the decider, and one more answer."""
        self.answers += 1
        return self.decider.decide(question)

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """As the decider."""
        return self.decider.mentions()

    def edges(self) -> Iterable[str]:
        """As the decider, if it has any."""
        return cast("DrawsEdges", self.decider).edges() if hasattr(self.decider, "edges") else ()

    def told(self) -> Mapping[str, str]:
        """As the decider, if it tells any."""
        return cast("Tells", self.decider).told() if hasattr(self.decider, "told") else {}


@dataclass(slots=True)
class _CountingMany(_Counting):
    """The same for a reader that answers for many hosts at once."""

    def blocked(self, hosts: Iterable[str], identity: frozenset[str], client: str) -> Iterable[str]:
        """As the decider, and an answer more for each host."""
        asked = frozenset(hosts)
        self.answers += len(asked)
        many = cast("DecidesMany", self.decider)
        return many.blocked(asked, identity, client)


@dataclass(slots=True)
class _CountingAll(_CountingMany):
    """The same for a reader that can say all that it blocks."""

    def blocklist(self, identity: frozenset[str], client: str) -> Blocklist | None:
        """As the decider, and an answer more for each name that it says."""
        said = cast("DecidesAll", self.decider).blocklist(identity, client)
        self.answers += len(said.exact) + len(said.below) if said else 0
        return said
