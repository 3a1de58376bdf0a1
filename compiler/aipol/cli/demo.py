"""`aipol demo`: compile a small policy and show what comes out."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aipol.cli.app import CLEAN
from aipol.cli.demo_tenant import command as tenant
from aipol.cli.demo_tenant import edit
from aipol.cli.options import today

if TYPE_CHECKING:
    from aipol.cli.compile import Done

POLICY = """\
version: 1
organization: {name: Demo Ltd, identifier: com.example.demo}
groups:
  everyone: {all: true}
  engineering:
    entra: 90ecb0c2-a93e-4a07-aaf3-2b97c6673e4d
    jamf: Engineering Macs
    networks: [10.30.0.0/24]
rules:
  - {id: agents, apps: [claude-code], groups: [engineering], effect: allow}
  - {id: everything-else, apps: ["*"], except_apps: [m365-copilot], groups: [everyone],
     effect: block}
  - {id: copilot, apps: [m365-copilot], groups: [everyone], effect: allow}
targets:
  jamf: {}
  lists: {outputs: [domains]}
  squid: {}
"""
_NAME, _OUT, _SHOWN = "ai-usage.yaml", "generated", 12


@click.group("demo", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """Compile a small policy in a folder that goes again, and show what came out.

    `aipol init` writes a policy of your own to start from; `aipol demo tenant` plays the vendors.
    """
    return CLEAN if context.invoked_subcommand else _compiled()


command.add_command(tenant)
command.add_command(edit)


def _compiled() -> int:
    from aipol.cli import output
    from aipol.cli.compile import compile_into

    output.answer_lines([*POLICY.splitlines(), ""])
    with tempfile.TemporaryDirectory() as scratch, chdir(scratch):
        Path(_NAME).write_text(POLICY, encoding="utf-8")
        code = compile_into(_NAME, Path(_OUT), (), today(), "text", _after)
        if code == CLEAN:
            output.answer_lines(["", *_files(Path(_OUT))])
    return code


def _after(done: Done) -> Iterable[str]:
    del done
    return ["Next: aipol init, then aipol compile: this folder goes again."]


def _files(folder: Path) -> list[str]:
    """How many files there are where, and the beginning of one that explains itself."""
    from aipol.cli.writing import files_below

    names = list(files_below(folder))
    counts = Counter(name.rpartition("/")[0] or "." for name in names)
    plain = next((name for name in names if name.endswith(".txt")), names[0])
    text = (folder / plain).read_text(encoding="utf-8", errors="replace").splitlines()
    listed = [f"{number:>5} in {place}" for place, number in sorted(counts.items())]
    return [*listed, "", f"{plain} begins:", *(f"  {line}" for line in text[:_SHOWN])]
