"""The composition root: the one place that knows which targets there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipol.cli.options import DEFAULT_POLICY

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.coverage import Matrix
    from aipol.diagnostics import Diagnostic
    from aipol.pipeline import Build, Opened
    from aipol.review.objects import ObjectChanges
    from aipol.target import Target

GROUP = "aipol.targets"


@lru_cache(maxsize=1)
def all_targets() -> tuple[Target, ...]:
    """Our own targets and those that other distributions register, by id."""
    from importlib.metadata import entry_points

    from aipol_targets import ALL

    found: dict[str, Target] = {target.id: target for target in ALL}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        target: Target = entry.load()
        if target.id in found:
            raise click.UsageError(
                f"two targets are called `{target.id}`, one of them is `{entry.value}`; "
                "uninstall it, or ask its author for another id"
            )
        found[target.id] = target
    return tuple(found[name] for name in sorted(found))


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """A vendor that is being played: for which target, where, and how a shell finds it."""

    target: str
    title: str
    url: str
    variables: Mapping[str, str]


def demonstrations(policy: Opened, port: int) -> Iterator[AbstractContextManager[Demonstrated]]:
    """What plays the vendors that a policy pushes to, each once entered."""
    from aipol_targets.standins.demo import DEMOS

    played = [name for name in DEMOS if name in policy.settings]
    if not played:
        names = ", ".join(f"`{name}`" for name in DEMOS)
        raise click.ClickException(f"`{policy.path}` pushes to no vendor that is played: {names}")
    for offset, name in enumerate(played):
        yield _played(policy, name, port + offset if port else 0)


def edited(target: str, environment: Mapping[str, str], *, unmarking: bool) -> str:
    """Edit one of our objects as a colleague in a vendor's console would; what was edited."""
    from aipol_targets.standins.demo import EDITS, UNMARKED, NothingToEdit, played_in

    edits, played = UNMARKED if unmarking else EDITS, played_in(environment)
    if target not in edits:
        names = ", ".join(f"`{name}`" for name in edits)
        raise click.UsageError(f"nothing of `{target}` is edited so; of these: {names}")
    if not played:
        raise click.ClickException("no vendor is played on this machine: `aipol demo tenant` does")
    if target not in played:
        raise click.ClickException(
            f"this demo plays {' and '.join(played)}: its policy does not configure `{target}`"
        )
    try:
        return edits[target](environment)
    except NothingToEdit as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _played(policy: Opened, target: str, port: int) -> Iterator[Demonstrated]:
    from aipol_targets.standins.demo import DEMOS
    from aipol_targets.standins.server import serving

    if policy.ir is None:
        raise ValueError("a policy with errors has no vendors")
    demo = DEMOS[target](policy.settings[target], policy.ir)
    with ExitStack() as stack:
        try:
            url = stack.enter_context(serving(demo.standin, port=port)).url
        except OSError as error:
            why = (error.strerror or "it failed").lower()
            raise click.ClickException(
                f"cannot play {demo.title} on port {port}: {why}; choose another `--port`"
            ) from None
        yield Demonstrated(target, demo.title, url, demo.variables(url))


def catalogue() -> Catalogue:
    """The shipped catalogue; wrong usage where somebody has edited it into no catalogue."""
    from aipol.catalogue.load import CatalogueError, load_catalogue

    try:
        return load_catalogue()
    except CatalogueError as error:
        raise click.ClickException(
            f"the catalogue cannot be used; `aipol catalog lint` says where:\n{error}"
        ) from None


def opened(policy: str, as_of: date, root: str = "") -> Opened:
    """A policy, checked against its catalogue and all targets, and resolved.

    Where `root` is given, no file of the policy may be outside of that folder.
    """
    from aipol.pipeline import open_policy

    return _hinted(policy, open_policy(policy, as_of, catalogue(), all_targets(), root=root))


def opened_with(policy: str, as_of: date, text: str) -> Opened:
    """The same if the policy's file had this text."""
    from aipol.pipeline import open_policy

    return open_policy(policy, as_of, catalogue(), all_targets(), instead=text)


def opened_under(policy: str, as_of: date, known: Catalogue) -> Opened:
    """The same under another catalogue than the one it locks, or than the shipped one."""
    from aipol.pipeline import open_policy_under

    return _hinted(policy, open_policy_under(policy, as_of, known, all_targets()))


def _hinted(policy: str, found: Opened) -> Opened:
    if policy != DEFAULT_POLICY or Path(policy).exists():
        return found
    hint = "`aipol init` writes one to start from; or name the one you mean"
    return replace(found, findings=tuple(replace(each, hint=hint) for each in found.findings))


def built(policy: Opened) -> Build:
    """What the configured targets make of a policy without errors."""
    from aipol.cli.output import waiting
    from aipol.pipeline import build

    if policy.ir is None:
        raise ValueError("a policy with errors cannot be built")
    if not policy.settings:
        names = ", ".join(f"`{target.id}`" for target in all_targets())
        raise click.ClickException(
            f"`{policy.path}` configures no target; add one, of {names}, such as\n"
            "  targets:\n"
            "    lists: {outputs: [domains]}"
        )
    with waiting("compiling"):
        return build(policy.ir, policy.settings, all_targets())


def sound(policy: Opened) -> tuple[Build | None, tuple[Diagnostic, ...]]:
    """What the targets make of a policy, with every finding; nothing where one is an error."""
    from aipol.diagnostics.model import has_errors

    if policy.ir is None or has_errors(policy.findings):
        return None, policy.findings
    build = built(policy)
    findings = (*policy.findings, *build.findings)
    if not has_errors(findings):
        findings += shortcomings(policy, build)
    return (None if has_errors(findings) else build), findings


def known(chosen: tuple[str, ...], policy: Opened) -> None:
    """Wrong usage where a chosen target is not one that the policy configures."""
    from aipol.diagnostics.model import has_errors
    from aipol.language.words import suggest

    for name in () if has_errors(policy.findings) else chosen:
        if name not in policy.settings:
            hint = suggest(name, policy.settings)
            raise click.ClickException(f"`{policy.path}` configures no target `{name}`; {hint}")


def object_changes(
    organization: str, target: str, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> ObjectChanges | None:
    """What becomes of a target's objects, by its files; None where it is not pushed to."""
    from aipol.remote import RemoteError
    from aipol.review.objects import object_changes as changes
    from aipol.target import StagedTarget

    found = next(each for each in all_targets() if each.id == target)
    if not isinstance(found, StagedTarget) or found.objects is None:
        return None
    pushed = found.objects(organization)
    try:
        old, new = (pushed.wanted(files) if files else () for files in (before, after))
    except RemoteError:
        return None  # files of another aipol; that they differ is told
    return changes(target, old, new, pushed.canonical)


def shortcomings(policy: Opened, build: Build) -> tuple[Diagnostic, ...]:
    """What the policy says about its own enforcement that is not so: its tests, its gap budget."""
    from aipol.pipeline import build as build_again
    from aipol.report.expectations import over_budget, unmet_expectations
    from aipol.resolve import resolve

    if policy.assembled is None:
        return ()
    assembled = policy.assembled

    def on_another_day(day: date) -> Matrix | None:
        ir, _ = resolve(assembled, policy.catalogue, day)
        return build_again(ir, policy.settings, all_targets()).matrix if ir else None

    return (
        *unmet_expectations(assembled, build.matrix, on_another_day),
        *over_budget(assembled, build.matrix),
    )
