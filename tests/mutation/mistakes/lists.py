"""Mistakes in lists of names, and in those for firewalls of one make."""

from __future__ import annotations

from tests.mutation.mistakes.change import (
    CASE,
    DOT,
    HOST,
    LOOKALIKE,
    LOST,
    NO_APEX,
    NO_CHILDREN,
    TOO_WIDE,
    WIDER,
    Change,
)

DOMAINS = tuple(
    Change("lists", mistake, path, find, put, why, ("domains",))
    for mistake, path, find, put, why in (
        (NO_CHILDREN, "domains/rules.csv", ",subtree,", ",exact,", ""),
        (TOO_WIDE, "domains/rules.csv", ",exact,", ",subtree,", ""),
        (LOST, r"/domains/level-0-block-subtree", rf"^{HOST}\n", "", ""),
        (WIDER, r"/domains/level-1-allow", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, r"/domains/level-1-allow", r"^(?:api|own)\.(\S+)$", r"\1", ""),
        (LOOKALIKE, r"/domains/level-", rf"^({HOST})$", r"*\1", "is not a name"),
        (DOT, r"/domains/level-", rf"^({HOST})$", r"\1.", "is not a name"),
    )
)

_URI = r"/sonicwall/"
SONICWALL = tuple(
    Change("lists", mistake, path, find, put, why, ("sonicwall",))
    for mistake, path, find, put, why in (
        (LOST, rf"{_URI}forbidden", rf"^{HOST}\n", "", "exception from no block"),
        ("exception lost", rf"{_URI}allowed", rf"^{HOST}\n", "", ""),
        (WIDER, rf"{_URI}allowed", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, rf"{_URI}allowed", r"^api\.(big\.test)$", r"\1", ""),
        (NO_APEX, rf"{_URI}forbidden", rf"^({HOST})$", r"*.\1", "exception from no block"),
        (LOOKALIKE, rf"{_URI}forbidden", rf"^({HOST})$", r"*\1", "is not an entry"),
        ("dot before it", rf"{_URI}forbidden", rf"^({HOST})$", r".\1", "is not an entry"),
        ("forbidden first", r"sonicwall/policies", "allowed first", "forbidden first", ""),
    )
)
_BOX = r"/watchguard/"
_UNKNOWN = "is not known"
WATCHGUARD = tuple(
    Change("lists", mistake, _BOX, find, put, why, ("watchguard",))
    for mistake, find, put, why in (
        (NO_CHILDREN, r"(,\(\?i\)\^)\(\[\^\./:\]\+\\\.\)\*", r"\1", ""),
        (NO_APEX, r"(,\(\?i\)\^\(\[\^\./:\]\+\\\.\))\*", r"\1+", ""),
        ("apex too many", r"(,\(\?i\)\^\(\[\^\./:\]\+\\\.\))\+", r"\1*", ""),
        (TOO_WIDE, r"(,\(\?i\)\^)(one\\\.)", r"\1([^./:]+\\.)*\2", ""),
        (WIDER, r"(,\(\?i\)\^)a\\\.(b\\\.big)", r"\1\2", ""),
        (WIDER, r"(^aipol allow .*\.\))([*+])(?:api|own)\\\.", r"\1\2", ""),
        (LOST, r"^aipol deny subtree .*\n", "", ""),
        ("exception lost", r"^aipol allow .*\n", "", ""),
        ("unanchored", r",\(\?i\)\^", ",(?i)", _UNKNOWN),
        ("unanchored", r"\(:\|/\|\$\)$", "", _UNKNOWN),
        (LOOKALIKE, r"([a-z])\\\.(test)", r"\1.\2", _UNKNOWN),
        (CASE, r"\(\?i\)", "", _UNKNOWN),
        ("asterisk", r"regular expression,.*$", "pattern match,*big.test/*", _UNKNOWN),
        (
            "exceptions behind blocks",
            r"^((?:aipol allow .*\n)+)((?:aipol deny .*\n)+)",
            r"\2\1",
            "",
        ),
    )
)

CHANGES: tuple[Change, ...] = (*DOMAINS, *SONICWALL, *WATCHGUARD)
