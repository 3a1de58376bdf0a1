"""What the escapers of all output languages share: a check, comments, and templates."""

from __future__ import annotations

import re
from collections.abc import Callable

from jinja2 import Environment, StrictUndefined, Template

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


class UnsafeTextError(ValueError):
    """A value that cannot be written in an output language; lowering should have refused it."""


def comment(text: str) -> str:
    """Text for a comment line of any of the languages.

    A trailing backslash continues a line of squid.conf and a line break ends any comment, so
    nothing but letters, digits and three marks is kept.
    """
    return _NOT_PLAIN.sub("?", text)


def checked(pattern: re.Pattern[str], value: object) -> str:
    """The value as text, if it is nothing but what the pattern allows. Raises UnsafeTextError."""
    text = str(value)
    if not pattern.fullmatch(text):
        raise UnsafeTextError(f"cannot be written safely: {text!r}")
    return text


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
