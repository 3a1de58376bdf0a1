"""Turns values into text that each output language takes as data and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

from jinja2 import Environment, StrictUndefined, Template

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]")
_SQUID = re.compile(r"!?[A-Za-z0-9?][A-Za-z0-9._:@/+=,?-]*|/[A-Za-z0-9._/-]*")
_BIND = re.compile(r"[A-Za-z0-9._:?/-]+")
_OWNER = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


class UnsafeTextError(ValueError):
    """A value that cannot be written in an output language; lowering should have refused it."""


def comment(text: str) -> str:
    """Text for a comment line of any of the languages.

    A trailing backslash continues a line of squid.conf and a line break ends any comment, so
    nothing but letters, digits and three marks is kept.
    """
    return _NOT_PLAIN.sub("?", text)


def squid_token(value: object) -> str:
    """Words of squid.conf, one or a tuple: no blank, quote, comment, macro or continuation."""
    if isinstance(value, tuple):
        return " ".join(map(squid_token, value))
    return _checked(_SQUID, value)


def server_word(value: object) -> str:
    """One quoted word of named.conf or unbound.conf."""
    return _checked(_BIND, value)


def owner_name(value: str) -> str:
    """One owner name of a zone file, relative to its origin."""
    return _checked(_OWNER, value)


def template(source: str, escape: Callable[[object], str]) -> Template:
    """A template of which every value goes through `escape`."""
    environment = Environment(  # noqa: S701 - `finalize` escapes, and none of the languages is HTML
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(source)


def _checked(pattern: re.Pattern[str], value: object) -> str:
    text = str(value)
    if not pattern.fullmatch(text):
        raise UnsafeTextError(f"cannot be written safely: {text!r}")
    return text
