"""The limits of lists for a SonicWall."""

from __future__ import annotations

from typing import Any

from aipol_targets.lists import facts as lists
from tests.unit.targets.network.limits.measures import longest, most
from tests.unit.targets.network.limits.needs import alike, subtrees
from tests.unit.targets.network.limits.rows import Refused, Row, Split, Within


def uri_lists(emitted: Any) -> list[list[str]]:
    """The lines of each list for a SonicWall."""
    texts = (text for name, text in emitted.text.items() if "/sonicwall/" in name)
    return [text.splitlines() for text in texts]


def uri_lines(emitted: Any) -> list[str]:
    """All of them."""
    return [line for each in uri_lists(emitted) for line in each]


_URIS = {"outputs": ["sonicwall"]}
_HOME = "aipol_targets.lists"
ROWS: tuple[Row, ...] = (
    Within(
        "lists",
        lists.URI_LENGTH,
        # As long as a name may be, with labels that a list takes.
        lambda small, _: small.Policy((small.app("one", f"{('a' * 60 + '.') * 4}b.test"),)),
        longest(r"^.+$", "/sonicwall/"),
        _URIS,
        f"{_HOME}.read_sonicwall._LONGEST_URI",
    ),
    Refused(
        "lists",
        lists.URI_TOKENS,
        lambda small, count: small.Policy((small.app("one", "a." * (count - 1) + "test"),)),
        most(lambda emitted: [line.count(".") + 1 for line in uri_lines(emitted)]),
        _URIS,
        f"{_HOME}.read_sonicwall._MOST_TOKENS",
        what="tokens of `a.",
        checked=f"{_HOME}.limits.URI_TOKENS",
    ),
    Refused(
        "lists",
        lists.TOKEN_LENGTH,
        lambda small, count: small.Policy((small.app("one", f"a.{'b' * (count - 2)}.test"),)),
        longest(r"\.b+\.", "/sonicwall/"),
        _URIS,
        f"{_HOME}.read_sonicwall._LONGEST_TOKEN",
        what="characters of a token of `a.",
        checked=f"{_HOME}.limits.TOKEN_LENGTH",
    ),
    Split(
        "lists",
        lists.LIST_CHARACTERS,
        subtrees,
        most(lambda emitted: [len("\n".join(each)) for each in uri_lists(emitted)]),
        _URIS,
        f"{_HOME}.read_sonicwall._LONGEST_LIST",
        parts=lambda emitted: [len("\n".join(each)) for each in uri_lists(emitted)],
        checked=(f"{_HOME}.model.LIST_CHARACTERS",),
        at=100,
    ),
    Split(
        "lists",
        lists.LIST_URIS,
        subtrees,
        most(lambda emitted: [len(each) for each in uri_lists(emitted)]),
        _URIS,
        f"{_HOME}.read_sonicwall._MOST_URIS",
        parts=lambda emitted: [len(each) for each in uri_lists(emitted)],
    ),
    Refused(
        "lists",
        lists.URI_LISTS,
        lambda small, count: alike(small, count - 1),
        lambda emitted: len(uri_lists(emitted)),
        _URIS,
        f"{_HOME}.read_sonicwall._MOST_LISTS",
        what="SonicWall URI lists",
        checked=f"{_HOME}.limits.URI_LISTS",
    ),
)
