"""`aipol demo tenant`: vendors on this machine, to plan and apply against without credentials."""

from __future__ import annotations

import gc
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import DEFAULT_POLICY, today

if TYPE_CHECKING:
    from aipol.cli.composition import Demonstrated


@click.command("edit")
@click.argument("target", metavar="TARGET")
@click.option(
    "--foreign", is_flag=True, help="Take the mark out of it, so that it is somebody else's."
)
def edit(target: str, *, foreign: bool) -> int:
    """Edit one of our objects at a vendor that `aipol demo tenant` plays, as a colleague would."""
    from aipol.cli import output
    from aipol.cli.composition import edited

    output.answer_lines([f"{target}: {edited(target, os.environ, unmarking=foreign)}."])
    return CLEAN


@click.command("tenant", context_settings={"ignore_unknown_options": True})
@click.option(
    "--policy",
    default=DEFAULT_POLICY,
    show_default=True,
    metavar="POLICY",
    help="The policy whose vendors are played.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_000),
    default=0,
    metavar="PORT",
    help="The first port; a free one when left out.",
)
@click.argument("command_", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def command(**given: Any) -> int:
    """Play the vendors that POLICY pushes to, on loopback, until Ctrl-C or COMMAND ends.

    They behave as Microsoft Graph, Jamf Pro and Cloudflare do, as far as documentation tells: they
    check, rewrite and forget, and hold things of other people. Nothing leaves this machine, and
    what is made in them goes when they end. COMMAND, such as `sh`, is run with what makes aipol use
    them.
    """
    from aipol.cli import output
    from aipol.cli.composition import demonstrations, opened
    from aipol.diagnostics.model import has_errors

    policy = opened(given["policy"], today())
    if policy.ir is None or has_errors(policy.findings):
        return output.findings(policy.findings, policy.sources, "text", "aipol.demo/1")
    gc.enable()  # it serves for hours, where other verbs end before there is much to collect
    with ExitStack() as stack:
        played = [stack.enter_context(each) for each in demonstrations(policy, given["port"])]
        variables = {name: value for each in played for name, value in each.variables.items()}
        if given["command_"]:
            return _run(given["command_"], variables)
        output.answer_lines(_told(played, variables, given["policy"]))
        sys.stdout.flush()
        _until_interrupted()
    return CLEAN


def _run(command_: tuple[str, ...], variables: Mapping[str, str]) -> int:
    try:
        return subprocess.run(command_, env={**os.environ, **variables}, check=False).returncode
    except OSError as error:
        raise click.ClickException(f"cannot run `{command_[0]}`: {error.strerror}") from None


def _told(played: list[Demonstrated], variables: Mapping[str, str], policy: str) -> Iterator[str]:
    from aipol.cli.called import called

    for each in played:
        yield f"{each.title} for `{each.target}` is at {each.url}"
    yield ""
    yield "In another shell:"
    yield from (f"  export {name}={shlex.quote(value)}" for name, value in variables.items())
    rest = "" if policy == DEFAULT_POLICY else f" {shlex.quote(Path(policy).as_posix())}"
    target = played[0].target
    yield f"  {called()} plan -t {target}{rest}"
    yield f"  {called()} apply -t {target}{rest}"
    yield f"  {called()} demo edit {target}    # as a colleague in the console would"
    yield f"  {called()} drift -t {target}{rest}"
    yield f"  {called()} rollback -t {target}"
    yield ""
    yield "Ctrl-C ends it; nothing of it stays."


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
