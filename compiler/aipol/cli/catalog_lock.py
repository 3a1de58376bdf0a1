"""`aipol catalog lock`: keep the catalogue's version in a file of the policy's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN, FINDINGS
from aipol.cli.options import Place, as_of_option, policy_argument
from aipol.cli.output import formats

if TYPE_CHECKING:
    from aipol.catalogue.lock import Lock
    from aipol.language.assemble import Assembled

SCHEMA = "aipol.catalog-lock-state/1"
"""Of what the verb answers; the lock itself has another: it is no answer."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is under the name of the lock: a lock, or why there is none."""

    file: str
    exists: bool
    lock: Lock | None
    why: str


@dataclass(frozen=True, slots=True)
class _Effects:
    """What an update does to people, as lines and as data; None where nobody can say."""

    lines: tuple[str, ...]
    data: Mapping[str, Any] | None
    mendable: bool = False
    """Whether it could be said if the policy were mended first."""


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
    if out is None:
        from aipol.cli import output
        from aipol.language.assemble import assemble

        assembled, findings, sources = assemble(policy)
        if assembled is None:
            return output.findings(findings, sources, form, SCHEMA)
        out = _named_by(assembled, policy)
    found, new = _found(out), _shipped()
    if found.lock is not None and found.lock.digest == new.digest:
        _conclude(form, _Told(found, new, _Effects((), {}), "current"))
        return CLEAN
    writes = not check and (update or not found.exists)
    if writes:
        _must_be_replaceable(found)
    effects = _effects(found, policy, as_of)
    _show(form, effects)
    # An update of which nobody can say what it does is not taken while that can be mended.
    if not writes or effects.mendable:
        state = "differs" if found.exists else "missing"
        _conclude(form, _Told(found, new, effects, state))
        _remark_on_what_to_do(form, effects, policy, state)
        return FINDINGS
    _write(out, new)
    _conclude(form, _Told(found, new, effects, "updated" if found.exists else "written"))
    return CLEAN


def _effects(found: _Found, policy: str, as_of: date) -> _Effects:
    """What taking what ships in place of the lock does to people under the policy."""
    from aipol.catalogue.locked import locked_catalogue
    from aipol.catalogue.versions import SHIPPED, Version
    from aipol.cli.catalog_diff import taking
    from aipol.cli.composition import catalogue
    from aipol.report.catalogue_versions import text, versions_json

    if not found.exists:
        return _Effects((), {})
    if found.lock is None:
        unknown = "What taking what ships in its place changes for people cannot be said."
        return _Effects((f"{found.file} cannot be used: {found.why}.", unknown), None)
    shipped = catalogue()
    old = Version(found.file, locked_catalogue(found.lock, shipped))
    effect, _ = taking(policy, as_of, (old, Version(SHIPPED, shipped)))
    mendable = effect.difference is None
    return _Effects(tuple(text(effect)), versions_json(effect), mendable)


def _named_by(assembled: Assembled, policy: str) -> str:
    """The lock that the policy names; wrong usage where it names none."""
    from aipol.language.files import is_absolute, named_by

    lock = assembled.lock
    if lock is None:
        raise click.ClickException(
            f"`{policy}` names no lock; add this line to it, or give `--out FILE`\n"
            "  catalogue: {lock: catalogue.lock.json}"
        )
    if is_absolute(lock.value):
        raise click.ClickException(f"{lock.span()}: `catalogue.lock` must be relative to its file")
    return named_by(lock.document, lock.value)


def _shipped() -> Lock:
    from aipol import __version__
    from aipol.catalogue.lock import lock_of
    from aipol.cli.composition import catalogue

    return lock_of(catalogue().content, __version__)


def _found(file: str) -> _Found:
    from aipol.catalogue.lock import LockError
    from aipol.catalogue.locked import lock_in

    if not _exists(file):
        return _Found(file, exists=False, lock=None, why="there is no such file")
    try:
        return _Found(file, exists=True, lock=lock_in(file), why="")
    except LockError as error:
        return _Found(file, exists=True, lock=None, why=str(error))


def _exists(file: str) -> bool:
    # A link to nowhere is something that must not be written over unasked.
    try:
        return Path(file).exists() or Path(file).is_symlink()
    except (OSError, ValueError):
        return True


def _must_be_replaceable(found: _Found) -> None:
    """A lock may be replaced, a broken one too; anything else is a slip of `--out`."""
    from aipol.catalogue.lock import looks_like_a_lock
    from aipol.diagnostics.quoting import printable

    if found.exists and not looks_like_a_lock(found.file):
        raise click.ClickException(f"`{printable(found.file)}` is not a lock: move it away first")


def _write(file: str, lock: Lock) -> None:
    from aipol.catalogue.lock import lock_bytes
    from aipol.cli.replacing import write_atomically
    from aipol.diagnostics.quoting import printable

    try:
        write_atomically(Path(file), lock_bytes(lock))
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise click.ClickException(f"cannot write `{printable(file)}`: {why.lower()}") from None


def _show(form: str, effects: _Effects) -> None:
    """Say what an update does before it is taken; JSON is one document, which comes at the end."""
    from aipol.cli import output

    if form != "json":
        output.answer_lines(effects.lines)


@dataclass(frozen=True, slots=True)
class _Told:
    """What there was, what ships, what that does to people, and what became of it."""

    found: _Found
    new: Lock
    effects: _Effects
    state: str


def _conclude(form: str, told: _Told) -> None:
    """Say what the lock is now."""
    from aipol.cli import output
    from aipol.report.words import as_json

    if form != "json":
        output.answer_lines([_verdict(told)])
        return
    found, data = told.found, told.effects.data
    answer = {
        "schema": SCHEMA,
        "lock": found.file,
        "state": told.state,
        "why": found.why,
        "locked": found.lock.digest if found.lock else None,
        "shipped": told.new.digest,
        "changes": None if data is None else dict(data),
    }
    output.answer(as_json(answer))


def _verdict(told: _Told) -> str:
    found, new = told.found, told.new
    ships = f"the catalogue of aipol {new.aipol}, seen {new.seen}, {len(new.content['apps'])} apps"
    match told.state:
        case "current":
            return f"{found.file} is what ships: {ships}."
        case "written" | "updated":
            return f"{found.file} holds {ships}."
        case "missing":
            return f"{found.file} cannot be used: {found.why}."
        case _ if found.lock is None:
            return f"What ships is {ships}."
        case _:
            held = f"aipol {found.lock.aipol}, seen {found.lock.seen}"
            return f"{found.file} is of {held}; what ships is {ships}."


def _remark_on_what_to_do(form: str, effects: _Effects, policy: str, state: str) -> None:
    from aipol.cli import output

    if form != "json" and state == "differs":
        hint = f"see `aipol check {policy}`" if effects.mendable else "`--update` takes what ships"
        output.remark(f"nothing was written; {hint}")
