"""Mistakes in the filters of a FortiGate."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.mistakes.change import LOOKALIKE, NO_APEX, NO_CHILDREN, TOO_WIDE, WIDER, Change


def _fortigate() -> Iterator[Change]:
    """For each form by itself: with both, the other one would give the mistake away."""
    known = "not known in both modes"
    for output, path, url, domain in (
        ("cli", "aipol.conf", "set url ", "set domain "),
        ("rest", "rest.json", '"url": ', '"domain": '),
    ):
        for what, word in ((url, r"\(\[\^\./:\]\+"), (domain, r"\(\[\^\.\]\+")):
            labels = rf"({what}\"\^){word}\\\\\.\)\*"
            some = rf"({what}\"\^)({word}\\\\\.\))\*"
            for mistake, find, put, why in (
                (NO_CHILDREN, labels, r"\1", ""),
                (NO_APEX, some, r"\1\2+", ""),
                (TOO_WIDE, rf"({what}\"\^)(one|y)", _any(what), ""),
                (WIDER, rf"({what}\"\^)a\\\\\.(b\\\\\.big)", r"\1\2", ""),
                (WIDER, rf"({what}\"\^\S+\*)(?:api|own)\\\\\.", r"\1", ""),
                ("unanchored", rf"({what}\")\^", r"\1", known),
                ("unanchored", rf"({what}\"\S*)(?:\(:\|/\|\$\)|\$)\"", r'\1"', known),
                (LOOKALIKE, rf"({what}\"\S*?[a-z])\\\\\.", r"\1.", known),
                ("asterisk", rf"{what}\"\S*?([a-z.\\-]+?)\\\\\.\*\S*\"", rf'{what}"*\1"', known),
            ):
                yield Change("fortigate", mistake, path, find, put, why, (output,))
        quoted = output == "rest"
        kind, simple = (
            ('"type": "regex"', '"type": "simple"')
            if quoted
            else (
                "set type regex",
                "set type simple",
            )
        )
        wildcard = simple.replace("simple", "wildcard")
        regex = "`type` is not `regex`"
        yield Change("fortigate", "substring", path, kind, simple, regex, (output,))
        yield Change("fortigate", "asterisk", path, kind, wildcard, regex, (output,))


def _any(what: str) -> str:
    """Any labels before the rest."""
    label = "[^./:]+" if "url" in what else "[^.]+"
    return rf"\1({label}\\\\.)*\2"


CHANGES = tuple(_fortigate())
