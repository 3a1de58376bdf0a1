"""Dispatch a command line to the one verb that it names."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TextIO

import click

from aipol import __version__

# What each verb does and where it lives. `aipol --help` reads this table and imports none of it.
VERBS: dict[str, tuple[str, str]] = {
    "init": ("aipol.cli.init:command", "Write a policy to start from."),
    "check": ("aipol.cli.check:command", "Say what is wrong with a policy."),
    "fmt": ("aipol.cli.fmt:command", "Bring a policy into the canonical layout."),
    "fix": ("aipol.cli.fix:command", "Fix mistakes that have only one possible fix."),
    "show": ("aipol.cli.show:command", "Print a policy with its bases merged."),
    "diff": ("aipol.cli.diff:command", "Say what a change of the policy does to people."),
    "compile": ("aipol.cli.compile:command", "Write what each target understands."),
    "publish": ("aipol.cli.publish:command", "Put lists where devices fetch them."),
    "plan": ("aipol.cli.plan:command", "Say what applying a policy would change at vendors."),
    "apply": ("aipol.cli.apply:command", "Change what vendors have into what a policy asks for."),
    "adopt": ("aipol.cli.adopt:command", "Take over what others made at vendors."),
    "drift": ("aipol.cli.drift:command", "Say what others changed at the vendors since."),
    "rollback": ("aipol.cli.rollback:command", "Bring back what was there before an apply."),
    "verify": ("aipol.cli.verify:command", "Read written artefacts back and compare."),
    "explain": ("aipol.cli.explain:command", "Say what happens to one use, and why."),
    "coverage": ("aipol.cli.coverage:command", "Say what is enforced where, and what is not."),
    "schedule": ("aipol.cli.schedule:command", "List the days on which the outputs change."),
    "catalog": ("aipol.cli.catalog:command", "Ask, check and hold the catalogue of AI apps."),
    "targets": ("aipol.cli.targets:command", "List the targets and what each can enforce."),
    "schema": ("aipol.cli.schema:command", "Print JSON Schemas for editors."),
    "rule": ("aipol.cli.rule:command", "Explain a code such as AIP201."),
    "demo": ("aipol.cli.demo:command", "Compile a small policy and show what comes out."),
}
CLEAN, FINDINGS, USAGE, INTERNAL, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 130, 141
DEBUG = "AIPOL_DEBUG"


class Verbs(click.Group):
    """A group that imports a command when it is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order of use."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, from the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or a usage error with the verb that was meant."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from aipol.language.words import near

            guess = near(args[0], VERBS)
            hint = f"did you mean `{guess}`?" if guess else "`aipol --help` lists the commands"
            raise click.UsageError(f"no command `{args[0]}`; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 internal error, 130 interrupted.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Compile one AI-usage policy into what each enforcement point understands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line, the process's own where none is given; the answer is the exit code."""
    if arguments is not None:
        return _run(arguments)
    # What a process of ours makes lives to its end, where the collector of cycles would walk all of
    # it once more: it is not to look for any, neither on the way nor then.
    gc.disable()
    code = _run(None)
    gc.freeze()
    return code


def _run(arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_a_character(stream)
    try:
        code = app.main(args=arguments, prog_name="aipol", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        _show(error)
        return USAGE
    except (BrokenPipeError, SystemExit) as error:
        # click leaves by SystemExit when whoever reads the output has gone.
        return _quietly(error)
    except Exception as error:  # noqa: BLE001 - the one place that must not let anything through
        return _internal(error)
    return code if isinstance(code, int) else CLEAN


def _never_fail_on_a_character(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _show(error: click.ClickException) -> None:
    """Show what is wrong with the command line, whatever it and the catalogue quote."""
    from aipol.diagnostics.quoting import printable

    said = io.StringIO()
    error.show(said)
    click.echo("\n".join(map(printable, said.getvalue().rstrip("\n").split("\n"))), err=True)


def _quietly(error: BaseException) -> int:
    if isinstance(error, SystemExit) and error.code != FINDINGS:
        return error.code if isinstance(error.code, int) else INTERNAL
    # The interpreter flushes once more when it ends; let that go nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _internal(error: Exception) -> int:
    from aipol.diagnostics.quoting import printable

    if os.environ.get(DEBUG) == "1":
        traceback.print_exception(error)
        return INTERNAL
    text = printable(" ".join(str(error).split()))
    click.echo(f"aipol: internal error: {type(error).__name__}: {text}", err=True)
    click.echo(f"  hint: run it again with {DEBUG}=1 to see where", err=True)
    return INTERNAL
