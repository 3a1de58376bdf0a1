"""Turns values into words of the FortiOS command line that it takes as data and nothing else."""

from __future__ import annotations

import re

from aipol_targets.common.network.escape import checked

# A question mark asks the command line for help, a dollar names a variable except at the end.
_TEXT = re.compile(r"[A-Za-z0-9._:/^()\[\]*+|\\-]+\$?\)?")
_WORDS = re.compile(r"[A-Za-z0-9._:/-]+(?: [A-Za-z0-9._:/-]+)*")


def quoted(value: object) -> str:
    """One text in quotes; FortiOS takes a backslash in quotes as the start of an escape."""
    return '"{}"'.format(checked(_TEXT, value).replace("\\", "\\\\"))


def words(value: object) -> str:
    """Keywords, numbers and addresses, without quotes."""
    return checked(_WORDS, value)
