"""Format the expression of a policy as the API does before it stores it.

"The API automatically formats and sanitizes expressions before storing them" (the SDK cloudflare
5.9, gateway rules; "returns a normalized version that may differ from your input" in the Terraform
provider). How is not published. Here it is what others had to undo: white space is made even
(terraform-provider-cloudflare 6631), the values of a set are in the order of their text (the
provider's own test has `{443 80}`), and ids of lists lose their dashes (2770).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(rf"{_STRING}|\$[0-9a-fA-F-]+|\s+|[{{}}()]|[^\s{{}}()\"]+")
_LIST = re.compile(r"\$([^\s(){}]*)")
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_CHARACTERS = 140_000
"""Of an expression (Cloudflare One docs, Account limits)."""


class Malformed(ValueError):
    """It is no expression."""


def normalized(expression: str) -> str:
    """The expression as it is stored."""
    return "".join(_parts(expression)).strip()


def lists_in(expression: str) -> frozenset[str]:
    """The ids of lists that it refers to, without dashes."""
    outside = re.sub(_STRING, '""', expression)
    found = set()
    for name in _LIST.findall(outside):
        if not _ID.fullmatch(name.lower()):
            raise Malformed(f"${name} is not a list")
        found.add(name.lower().replace("-", ""))
    return frozenset(found)


def _parts(expression: str) -> Iterator[str]:
    depth = 0
    values: list[str] | None = None
    position = 0
    while position < len(expression):
        token = _TOKEN.match(expression, position)
        if token is None:
            raise Malformed(f"unexpected {expression[position]!r}")
        position = token.end()
        piece = token.group()
        if piece == "{":
            values = []
        elif piece == "}":
            if values is None:
                raise Malformed("a set ends that did not begin")
            yield "{" + " ".join(sorted(values)) + "}"
            values = None
        elif values is not None:
            values.extend([] if piece.isspace() else [piece])
        else:
            depth += (piece == "(") - (piece == ")")
            yield _plain(piece)
    if depth or values is not None:
        raise Malformed("a bracket is not closed")


def _plain(piece: str) -> str:
    if piece.isspace():
        return " "
    return piece.lower().replace("-", "") if piece.startswith("$") else piece
