"""`aipol compile`: write what each target understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import DEFAULT_POLICY, Day, Place, policy_argument, today
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.cli.writing import Written
    from aipol.diagnostics import Diagnostic
    from aipol.pipeline import Build, Opened
    from aipol.report.generated import Generated

SCHEMA = "aipol.compile/1"


@dataclass(frozen=True, slots=True)
class Done:
    """A compile that came to its end."""

    policy: Opened
    build: Build
    files: Generated
    written: Written
    place: Path
    findings: tuple[Diagnostic, ...]


Following = Callable[[Done], Iterable[str]]
"""What to say at the end, about what to do next."""


@click.command("compile")
@policy_argument
@click.option(
    "--out",
    "directory",
    type=Place(),
    default="generated",
    show_default=True,
    metavar="DIR",
    help="Where the files go, one folder a target.",
)
@click.option("-t", "--target", "chosen", multiple=True, metavar="TARGET", help="Only this target.")
@click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="The day to judge by, such as 2027-01-31; today in UTC when left out.",
)
@click.option("--check", is_flag=True, help="Write nothing; say whether DIR is up to date.")
@formats("text", "json", "markdown")
def command(
    *,
    policy: str,
    directory: str,
    chosen: tuple[str, ...],
    as_of: date | None,
    check: bool,
    form: str,
) -> int:
    """Compile POLICY (policy/ai-usage.yaml when left out) into DIR.

    Every file is read back and compared with the policy before anything is written. With an error,
    nothing is. `--check` compiles as of the day that DIR was compiled for, compares every byte, and
    says whether the policy means something else today.
    """
    place = Path(directory)
    if check:
        from aipol.cli.verify import check_directory

        if chosen:
            raise click.UsageError("`--check` looks at all targets; leave `-t` out")
        return check_directory(policy, place, as_of or today(), form)
    return compile_into(policy, place, chosen, as_of or today(), form)


def following(done: Done) -> Iterable[str]:
    """The commands that go on from here."""
    from aipol.cli.called import called
    from aipol.report.following import next_lines
    from aipol.report.words import folded

    path = done.policy.path
    policy = "" if path == DEFAULT_POLICY else path
    # Of a directory that is all new git has nothing to compare with.
    tracked = bool(done.written.unchanged or done.written.removed)
    program = called()
    for line in next_lines(done.build, done.place, policy, program, tracked=tracked):
        yield from folded(line)


def compile_into(  # noqa: PLR0917 - as the command line has them
    policy: str,
    place: Path,
    chosen: tuple[str, ...],
    as_of: date,
    form: str,
    after: Following = following,
) -> int:
    """Compile and write, or report why not; the exit code."""
    from aipol.cli import output
    from aipol.cli.composition import known, opened, sound
    from aipol.cli.writing import write_build
    from aipol.durable import OutputError
    from aipol.report.generated import generated

    found = opened(policy, as_of)
    known(chosen, found)
    build, findings = sound(found)
    if build is None:
        return output.findings(findings, found.sources, form, SCHEMA)
    earlier = _day_of(place)
    try:
        files = _for_the_chosen(chosen, generated(found, build), place)
        written = write_build(place, _folders(files, chosen, place), files.top)
    except OutputError as error:
        raise click.ClickException(f"{error}; nothing was written") from None
    output.warnings(findings, found.sources)
    _warn_of_serials(place, files, earlier, as_of)
    _report(Done(found, build, files, written, place, findings), form, after)
    return CLEAN


def _day_of(place: Path) -> date | None:
    """The day that `place` was last compiled for."""
    from aipol.cli.writing import existing_manifest
    from aipol.report.manifest import ManifestError

    try:
        manifest = existing_manifest(place)
    except ManifestError:
        return None
    return manifest.inputs.as_of if manifest else None


def _warn_of_serials(place: Path, files: Generated, earlier: date | None, as_of: date) -> None:
    """Say that resolvers keep the zones they have when the serial, which is the day, falls."""
    from aipol.cli import output

    zones = any(name.endswith(".zone") for name in files.artifacts)
    if zones and earlier and as_of < earlier:
        output.remark(
            f"warning: the serials of the zones in {place} fall from {earlier} to {as_of}: "
            "a resolver that transfers a zone keeps the newer one until they have grown past it"
        )


def _for_the_chosen(chosen: tuple[str, ...], files: Generated, place: Path) -> Generated:
    """All files, or those of the chosen targets beside what `place` has of others."""
    from aipol.cli.writing import existing_manifest, interrupted
    from aipol.durable import OutputError
    from aipol.report.generated import alone, only
    from aipol.report.manifest import COVERAGE, ManifestError, read_sections

    if not chosen:
        return files
    if interrupted(place):
        raise OutputError(
            "an earlier compile was cut short, or another is running; compile without `-t` first"
        )
    try:
        manifest = existing_manifest(place)
    except ManifestError as error:
        raise OutputError(f"`{place / 'manifest.json'}`: {error}; compile without `-t`") from None
    if manifest is None:
        return alone(frozenset(chosen), files)
    try:
        sections = read_sections((place / COVERAGE).read_bytes())
    except OSError:
        sections = {}
    return only(frozenset(chosen), files, manifest, sections)


def _folders(files: Generated, chosen: tuple[str, ...], place: Path) -> dict[str, dict[str, bytes]]:
    """What each folder is to hold; those of targets that are configured no more are to be empty."""
    from aipol.cli.writing import target_folders

    folders = {target: dict(content) for target, content in files.targets.items()}
    if not chosen:
        folders |= {name: {} for name in target_folders(place) if name not in folders}
    return folders


def _report(done: Done, form: str, after: Following) -> None:
    from aipol.cli import output
    from aipol.report import summary
    from aipol.report.words import as_json, count, folded

    build, written, place = done.build, done.written, done.place
    if form == "json":
        head = {
            "schema": SCHEMA,
            "ok": True,
            "out": place.as_posix(),
            "files": sorted(done.files.files),
            "changed": list(written.changed),
            "removed": list(written.removed),
            "findings": output.findings_json(done.findings),
        }
        output.answer(as_json(head | summary.summary_json(build)))
        return
    changed = f"{len(written.changed):,} changed" + (
        f", {len(written.removed):,} removed" if written.removed else ""
    )
    number = sum(len(content) for content in done.files.targets.values())
    head_line = (
        f"Compiled {done.policy.path} as of {build.ir.as_of} into {place}: "
        f"{count(number, 'file')} ({changed}), read back and verified; manifest.json and "
        "coverage.json beside them give the account."
    )
    if form == "markdown":
        output.answer_lines([head_line, "", *summary.summary_markdown(build)])
        return
    output.answer_lines([*folded(head_line), *summary.summary_text(build)])
    if written.changed or written.removed:
        output.answer_lines(after(done))
    else:
        output.answer_lines([f"{place} was up to date."])
