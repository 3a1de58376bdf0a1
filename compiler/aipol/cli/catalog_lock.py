"""`aipol catalog lock`: keep the catalogue's version in a file of the policy's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import Place, as_of_option, policy_argument
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.catalogue.lock import Lock
    from aipol.diagnostics import Diagnostic
    from aipol.source import Sources

SCHEMA = "aipol.catalog-lock-state/1"
"""Of what the verb answers; the lock itself has another: it is no answer."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is under the name of the lock: a lock, or why there is none."""

    file: str
    lock: Lock | None
    why: str


@click.command("lock")
@policy_argument
@click.option("--out", type=Place(), metavar="FILE", help="The lock, whatever the policy names.")
@click.option("--update", is_flag=True, help="Replace a lock that is not what ships.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 unless it is what ships.")
@as_of_option
@formats("text", "json")
def command(
    *, policy: str, out: str | None, update: bool, check: bool, as_of: date, form: str
) -> int:
    """Write the shipped catalogue into the lock that POLICY names under `catalogue.lock`.

    With a lock, a policy is compiled with the catalogue in it, whatever version of aipol is
    installed. Where the lock is not what ships, this shows what would change, and only `--update`
    takes it.
    """
    if update and check:
        raise click.UsageError("`--check` writes nothing and `--update` does; ask for one")
    file = out or _named_by(policy, form)
    if isinstance(file, int):
        return file
    new = _shipped()
    found = _found(file)
    if found.lock is not None and found.lock.digest == new.digest:
        _answer(form, _Told(found, new, "current"), policy, as_of)
        return CLEAN
    if check or (_exists(file) and not update):
        state = "differs" if _exists(file) else "missing"
        _answer(form, _Told(found, new, state), policy, as_of)
        return FINDINGS
    _must_be_replaceable(file)
    state = "updated" if found.lock is not None else "written"
    # What an update does is shown before it is taken, and one of which nobody can say is not taken.
    if not _answer(form, _Told(found, new, state), policy, as_of):
        return FINDINGS
    _write(file, new)
    return CLEAN


@dataclass(frozen=True, slots=True)
class _Effects:
    """What an update does to people, as lines and as data; whether that could be said at all."""

    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    known: bool = True


def effects(found: _Found, policy: str, as_of: date) -> _Effects:
    """What taking what ships in place of the lock does to people under the policy."""
    from aipol.catalogue.locked import locked_catalogue
    from aipol.catalogue.versions import SHIPPED, Version
    from aipol.cli.catalog_diff import taking
    from aipol.cli.composition import catalogue
    from aipol.report.catalogue_versions import text, versions_json

    if found.lock is None:
        return _Effects()
    shipped = catalogue()
    old = Version(found.file, locked_catalogue(found.lock, shipped))
    effect, _ = taking(policy, as_of, (old, Version(SHIPPED, shipped)))
    known = effect.difference is not None
    return _Effects(tuple(text(effect)), versions_json(effect), known)


def _named_by(policy: str, form: str) -> str | int:
    """The lock that the policy names; an exit code where the policy cannot be read."""
    from aipol.language.assemble import assemble, is_absolute, named_by

    assembled, findings, sources = assemble(policy)
    if assembled is None:
        return _unreadable(findings, sources, form)
    lock = assembled.lock
    if lock is None:
        raise click.ClickException(
            f"`{policy}` names no lock; add this line to it, or give `--out FILE`\n"
            "  catalogue: {lock: catalogue.lock.json}"
        )
    if is_absolute(lock.value):
        raise click.ClickException(f"{lock.span()}: `catalogue.lock` must be relative to its file")
    return named_by(lock.document, lock.value)


def _unreadable(findings: tuple[Diagnostic, ...], sources: Sources, form: str) -> int:
    from aipol.cli import output

    return output.findings(findings, sources, form, SCHEMA)


def _shipped() -> Lock:
    from aipol import __version__
    from aipol.catalogue.lock import lock_of
    from aipol.cli.composition import catalogue

    return lock_of(catalogue().content, __version__)


def _found(file: str) -> _Found:
    from aipol.catalogue.lock import LockError
    from aipol.catalogue.locked import lock_in

    if not _exists(file):
        return _Found(file, None, "there is no such file")
    try:
        return _Found(file, lock_in(file), "")
    except LockError as error:
        return _Found(file, None, str(error))


def _exists(file: str) -> bool:
    # A link to nowhere is something that must not be written over unasked.
    try:
        return Path(file).exists() or Path(file).is_symlink()
    except (OSError, ValueError):
        return True


def _must_be_replaceable(file: str) -> None:
    """A lock may be replaced, a broken one too; anything else is a slip of `--out`."""
    from aipol.catalogue.lock import looks_like_a_lock
    from aipol.diagnostics.quoting import printable

    if _exists(file) and not looks_like_a_lock(file):
        raise click.ClickException(f"`{printable(file)}` is not a lock: move it away first")


def _write(file: str, lock: Lock) -> None:
    from aipol.catalogue.lock import lock_bytes
    from aipol.cli.replacing import write_atomically
    from aipol.diagnostics.quoting import printable

    try:
        write_atomically(Path(file), lock_bytes(lock))
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise click.ClickException(f"cannot write `{printable(file)}`: {why.lower()}") from None


@dataclass(frozen=True, slots=True)
class _Told:
    """What there was, what ships, and what became of it."""

    found: _Found
    new: Lock
    state: str


def _answer(form: str, told: _Told, policy: str, as_of: date) -> bool:
    """Say what the lock is, and what an update changes; whether that could be said."""
    from aipol.cli import output
    from aipol.report.words import as_json

    found, new, state = told.found, told.new, told.state
    effect = _Effects() if state == "current" else effects(found, policy, as_of)
    if not effect.known and state == "updated":
        state = "differs"
    if form == "json":
        head = {"schema": SCHEMA, "lock": found.file, "state": state, "why": found.why}
        digests = {"locked": found.lock.digest if found.lock else None, "shipped": new.digest}
        output.answer(as_json({**head, **digests, "changes": dict(effect.data)}))
        return effect.known
    output.answer_lines(effect.lines)
    output.answer_lines([_verdict(found, new, state)])
    if state == "differs":
        hint = "`--update` takes what ships" if effect.known else f"see `aipol check {policy}`"
        output.remark(f"nothing was written; {hint}")
    return effect.known


def _verdict(found: _Found, new: Lock, state: str) -> str:
    ships = f"the catalogue of aipol {new.aipol}, seen {new.seen}, {len(new.content['apps'])} apps"
    match state:
        case "current":
            return f"{found.file} is what ships: {ships}."
        case "written" | "updated":
            return f"{found.file} holds {ships}."
        case _ if found.lock is None:
            return f"{found.file} cannot be used: {found.why}."
        case _:
            held = f"aipol {found.lock.aipol}, seen {found.lock.seen}"
            return f"{found.file} is of {held}; what ships is {ships}."
